"""A person's data as one archive, made while it is sent."""

import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import archive
from gateway.app import create_app
from gateway.settings import Settings

FILE = {"id": "f1", "filename": "../../rpp.pdf", "content_type": "application/pdf", "size": 6, "sha256": "x"}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    keys = tmp_path_factory.mktemp("keys") / "verify.json"
    keys.write_text("{}")
    return create_app(Settings(amqp_uri="amqp://127.0.0.1:1//", verify_keys=str(keys)))


def parts(*files, name="Siti <b>Aminah</b>"):
    said = {"service": "membership", "made_at": "2026-07-01T08:00:00Z"}
    return [
        {**said, "sections": [{"name": "people", "items": [{"name": name, "subjects": ["IPA"], "nip": None}]}]},
        {**said, "service": "content", "sections": [{"name": "files", "items": list(files)}]},
    ]


def made(app, given, language="id"):
    with app.test_request_context():
        zipped = b"".join(
            archive.stream(archive.entries(given, language, lambda id_: iter([b"by", b"tes", id_[:1].encode()])))
        )
    return zipfile.ZipFile(io.BytesIO(zipped))


def test_it_holds_a_page_the_data_and_the_files(app):
    found = made(app, parts(FILE))
    assert found.testzip() is None
    assert found.namelist() == ["index.html", "data/membership.json", "data/content.json", "files/f1-rpp.pdf"]
    assert json.loads(found.read("data/membership.json")) == parts(FILE)[0]
    assert found.read("files/f1-rpp.pdf") == b"bytesf"


def test_the_page_reads_indonesian_or_english_and_shows_markup_as_text(app):
    page = made(app, parts()).read("index.html").decode()
    assert "Identitas dan kontak" in page and "&lt;b&gt;" in page and "<b>" not in page
    assert "Identity and contacts" in made(app, parts(), "en").read("index.html").decode()


def test_files_that_there_is_no_room_for_are_named(app):
    large = {**FILE, "id": "f2", "filename": "video.mp4", "size": archive.MOST_OF_FILES}
    found = made(app, parts(FILE, large))
    assert [name for name in found.namelist() if name.startswith("files/")] == ["files/f1-rpp.pdf"]
    assert "video.mp4" in found.read("index.html").decode()


@given(st.lists(st.lists(st.binary(max_size=200), max_size=4), max_size=5))
def test_what_goes_in_comes_out(contents):
    named = [(f"{number}.bin", pieces) for number, pieces in enumerate(contents)]
    found = zipfile.ZipFile(io.BytesIO(b"".join(archive.stream(named))))
    assert [found.read(name) for name, _ in named] == [b"".join(pieces) for _, pieces in named]
