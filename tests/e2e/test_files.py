"""Files over HTTP: uploads that go on where they broke off (tus 1.0), downloads in part, links without a login."""

from __future__ import annotations

import base64
import hashlib
import os

import pytest

from deploy.client import Client
from tests.support.district import PASSWORD, District

OCTETS = "application/offset+octet-stream"
KIT = b"%PDF-1.7\n" + os.urandom(700_000)


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@pytest.fixture(scope="module")
def place(platform):
    place = District(platform, "9942")
    Client(platform.address).activate(place.id, place.card["code"], PASSWORD)
    return place


@pytest.fixture(scope="module")
def call(platform, place):
    login = {"district": place.id, "login": "operator", "password": PASSWORD}
    token = platform.http("POST", "/v1/auth/login", json=login).json()["access_token"]

    def call(method, path, headers=None, **how):
        tus = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
        return platform.http(method, path, headers={**tus, **(headers or {})}, **how)

    return call


def begin(call, content, name="modul ajar é.pdf", kind="application/pdf"):
    metadata = f"filename {b64(name.encode())},filetype {b64(kind.encode())}"
    made = call("POST", "/v1/uploads", {"Upload-Length": str(len(content)), "Upload-Metadata": metadata})
    assert made.status_code == 201, made.text
    assert made.headers["Tus-Resumable"] == "1.0.0"
    return made.headers["Location"]


def append(call, address, offset, data, **headers):
    given = {"Upload-Offset": str(offset), "Content-Type": OCTETS, **headers}
    return call("PATCH", address, given, data=data)


@pytest.fixture(scope="module")
def file(call):
    address = begin(call, KIT)
    return append(call, address, 0, KIT).headers["Sanggar-File"]


def test_an_upload_goes_on_where_it_broke_off(call):
    address = begin(call, KIT)
    assert append(call, address, 0, KIT[:300_000]).headers["Upload-Offset"] == "300000"
    head = call("HEAD", address)
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("300000", str(len(KIT)))
    assert head.headers["Cache-Control"] == "no-store"
    rest = append(call, address, 300_000, KIT[300_000:])
    assert rest.status_code == 204
    assert call("GET", f"/v1/files/{rest.headers['Sanggar-File']}").content == KIT


def test_bytes_that_do_not_join_on_are_refused_and_nothing_is_lost(call):
    address = begin(call, KIT)
    append(call, address, 0, KIT[:1000])
    assert append(call, address, 5000, KIT[5000:6000]).status_code == 409
    assert append(call, address, 900, b"").status_code == 409
    assert call("HEAD", address).headers["Upload-Offset"] == "1000"


def test_bytes_that_changed_on_the_way_are_noticed(call):
    address = begin(call, KIT)
    for algorithm in ("sha1", "sha256"):
        digest = hashlib.new(algorithm, KIT[:400_000]).digest()
        spoiled = append(call, address, 0, KIT[1:400_001], **{"Upload-Checksum": f"{algorithm} {b64(digest)}"})
        assert spoiled.status_code == 460
        assert call("HEAD", address).headers["Upload-Offset"] == "0"
    digest = hashlib.sha256(KIT[:400_000]).digest()
    good = append(call, address, 0, KIT[:400_000], **{"Upload-Checksum": f"sha256 {b64(digest)}"})
    assert (good.status_code, good.headers["Upload-Offset"]) == (204, "400000")


def test_an_upload_can_be_given_up(call):
    address = begin(call, KIT)
    append(call, address, 0, KIT[:1000])
    assert call("DELETE", address).status_code == 204
    assert call("HEAD", address).status_code in (404, 410)


def test_a_file_that_is_too_large_is_refused_when_it_is_announced(call):
    refused = call("POST", "/v1/uploads", {"Upload-Length": str(2**40), "Upload-Metadata": f"filename {b64(b'x')}"})
    assert refused.status_code in (413, 422)
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_a_download_can_be_resumed(call, file):
    address = f"/v1/files/{file}"
    whole = call("GET", address)
    assert whole.content == KIT
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = call("GET", address, {"Range": "bytes=300000-399999"})
    assert (part.status_code, part.content) == (206, KIT[300_000:400_000])
    assert part.headers["Content-Range"] == f"bytes 300000-399999/{len(KIT)}"
    assert call("GET", address, {"Range": "bytes=-10"}).content == KIT[-10:]
    beyond = call("GET", address, {"Range": "bytes=9000000-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(KIT)}")
    changed = call("GET", address, {"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (changed.status_code, changed.content) == (200, KIT)
    assert call("GET", address, {"If-None-Match": whole.headers["ETag"]}).status_code == 304
    assert call("HEAD", address).headers["Content-Length"] == str(len(KIT))


def test_a_file_is_never_more_than_a_file_to_a_browser(call):
    notes = b"Catatan pertemuan: <script>alert(1)</script>"
    file = append(call, begin(call, notes, "catatan.txt", "text/plain"), 0, notes).headers["Sanggar-File"]
    answer = call("GET", f"/v1/files/{file}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_link_opens_one_file_without_a_login(call, platform, file):
    link = call("POST", f"/v1/files/{file}/link").json()
    opened = platform.http("GET", link["path"])
    assert opened.content == KIT
    assert "modul%20ajar%20%C3%A9.pdf" in opened.headers["Content-Disposition"]
    assert platform.http("GET", f"/v1/files/{file}").status_code == 401
    assert platform.http("GET", link["path"][:-4] + "0000").status_code == 404
    assert platform.http("GET", f"/v1/files/{file}?token=nonsense").status_code == 422
    assert link["token"] not in platform.logs("gateway")
