"""Bad input, against the whole platform: a clear problem or a reason for the row, in Indonesian; nothing half-written.

The gateway's own tests (tests/unit/gateway/test_rubbish.py) go through what HTTP can carry; here every operation is
given what its contract forbids, and imports what files can hold.
"""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from posixpath import normpath
from typing import Any
from urllib.parse import unquote

import pytest
import requests

from deploy.client import Refused
from shared.errors import Text
from shared.ids import is_id
from shared.texts import render
from tests.support.district import PASSWORD, District
from tests.support.ground import Platform
from tests.support.neighbours import grown_id
from tests.support.patience import eventually
from tests.support.roster import (
    DEFECTS,
    SCHOOL_COLUMNS,
    TEACHER_COLUMNS,
    UNKNOWN_NPSN,
    WRITINGS,
    as_xlsx,
    csv_bytes,
    make_roster,
    spoil,
)

OPERATOR_OF_MONGO = {"$ne": None}
RUBBISH: tuple[Any, ...] = (OPERATOR_OF_MONGO, {"$gt": ""}, [[]], 1e300, True)
SMALL = 10
# A login provider adds what it likes, and what is not known is to be left aside (RFC 6749, section 4.1.2).
OPEN_ENDED = {"/v1/auth/oidc/callback"}


def said(key: str, **params: Any) -> str:
    """What people read of a text."""
    return render(Text(key, params), "id")


@pytest.fixture(scope="module")
def place(platform: Platform) -> District:
    """A district with two schools and ten teachers."""
    place = District(platform, "3381")
    place.import_roster(make_roster("3381", seed=41, schools=2, teachers=SMALL))
    place.enter(teacher_of(place))
    return place


def teacher_of(place: District) -> str:
    """Somebody without any role."""
    return next(person["id"] for person in reversed(place.people) if person["id"] != place.operator_id)


@pytest.fixture(scope="module")
def token(place: District) -> str:
    place.operator.get("/v1/me")
    return str(place.client().log_in(place.id, "operator", PASSWORD)["access_token"])


@pytest.fixture(scope="module")
def document(platform: Platform) -> Mapping[str, Any]:
    found: Mapping[str, Any] = platform.http("GET", "/v1/openapi.json").json()
    return found


@pytest.fixture
def unchanged(place: District) -> Iterator[None]:
    """Whatever happens in the test, the district's records are the same after it."""
    before = records_of(place)
    yield
    assert records_of(place) == before


def records_of(place: District) -> dict[str, Any]:
    lists = ("schools", "people", "communities", "sessions", "resources", "webhooks")
    found: dict[str, Any] = {name: list(place.operator.every(f"/v1/{name}")) for name in lists}
    return {**found, "district": place.operator.get("/v1/district"), "me": place.operator.get("/v1/me")}


def problem(response: requests.Response, *statuses: int) -> Any:
    """The problem that a response is: complete, in Indonesian, and without a trace of the inside."""
    assert response.status_code in statuses, f"{response.request.url}: {response.status_code} {response.text[:400]}"
    assert response.headers["Content-Type"] == "application/problem+json"
    told = response.json()
    assert told["status"] == response.status_code
    assert told["title"] == said(f"gateway.title_{told['code']}")
    assert told["correlation_id"] == response.headers["X-Correlation-Id"]
    assert told["detail"]
    assert not any(word in response.text for word in ("Traceback", "pymongo", "marshmallow", 'File "'))
    return told


def every_operation(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in document["paths"].items():
        for method in ("get", "post", "put", "patch", "delete"):
            if method in methods:
                yield method.upper(), path, methods[method]


_LOOKS_LIKE = {"npsn": "88000099", "n": "1", "code": "3381-222222222222", "revision": "1", "document": "invitation"}


def aimed(path: str) -> str:
    """The path with arguments that could be, and are not."""
    return re.sub(r"{(\w+)}", lambda argument: _LOOKS_LIKE.get(argument[1]) or grown_id(), path)


def schema_of(document: Mapping[str, Any], about: Mapping[str, Any]) -> Mapping[str, Any]:
    """The JSON schema of a request's body, or one without properties."""
    content = about.get("requestBody", {}).get("content", {})
    schema: Mapping[str, Any] = content.get("application/json", {}).get("schema", {})
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    found: Mapping[str, Any] = document["components"]["schemas"].get(name, schema)
    return found


# --- tokens


@pytest.mark.parametrize("kind", ["missing", "forged", "of another key", "not one"])
def test_no_operation_is_answered_without_a_good_token(platform, document, token, unchanged, kind):
    head, claims, signature = token.split(".")
    presented = {
        "missing": {},
        "forged": {"Authorization": f"Bearer {head}.{claims}.{signature[::-1]}"},
        "of another key": {"Authorization": f"Bearer {_with_other_kid(head)}.{claims}.{signature}"},
        "not one": {"Authorization": "Bearer null"},
    }[kind]
    closed = [(method, path) for method, path, about in every_operation(document) if about["security"]]
    assert len(closed) > 60
    for method, path in closed:
        told = problem(platform.http(method, aimed(path), headers=presented, json={}), 401)
        assert told["code"] == "unauthenticated"


def _with_other_kid(head: str) -> str:
    claims = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    return base64.urlsafe_b64encode(json.dumps({**claims, "kid": "other"}).encode()).decode().rstrip("=")


# --- fields


def test_every_operation_refuses_a_field_that_it_does_not_know(platform, document, token, unchanged):
    headers = {"Authorization": f"Bearer {token}", "If-Match": '"1"'}
    for method, path, about in every_operation(document):
        if schema_of(document, about).get("properties"):
            for name in ("shoe_size", "$where", "district.id", "name.$ne", "_id"):
                told = problem(platform.http(method, aimed(path), headers=headers, json={name: 1}), 422)
                assert name in told["errors"] or told["errors"].keys() == {name.split(".")[0]}, (path, told)
        elif method == "GET" and path not in OPEN_ENDED:
            told = problem(platform.http(method, aimed(path), headers=headers, params={"shoe_size": 1}), 422)
            expected = {"shoe_size": [said("fields.unknown")]}
            missing = {name: texts for name, texts in told["errors"].items() if texts == [said("fields.required")]}
            assert missing or "shoe_size" in told["errors"], (path, told)
            assert told["errors"].keys() <= {*expected, *missing}, (path, told)
            assert told["errors"].get("shoe_size", expected["shoe_size"]) == expected["shoe_size"], (path, told)


def test_every_field_of_every_operation_refuses_what_is_no_value_for_it(platform, document, token, unchanged):
    """Mongo operators above all: no field of any operation lets one through."""
    headers = {"Authorization": f"Bearer {token}", "If-Match": '"1"'}
    tried: Counter[str] = Counter()
    with requests.Session() as session:
        session.trust_env = False
        for method, path, about in every_operation(document):
            for name, schema in schema_of(document, about).get("properties", {}).items():
                for rubbish in RUBBISH:
                    if _is_fine(rubbish, schema):
                        continue
                    response = session.request(
                        method, platform.address + aimed(path), headers=headers, json={name: rubbish}, timeout=30
                    )
                    told = problem(response, 422)
                    assert any(field.split(".")[0] == name for field in told["errors"]), (path, name, rubbish, told)
                    tried[about["operationId"]] += 1
    assert len(tried) > 25
    assert sum(tried.values()) > 300


def _is_fine(rubbish: Any, schema: Mapping[str, Any]) -> bool:
    return rubbish is True and "boolean" in str(schema.get("type"))


@pytest.mark.parametrize("value", ['{"$ne": null}', "$ne", "[$ne]", "%00", "\ud800".encode("utf-8", "surrogatepass")])
def test_a_query_takes_no_operators(platform, document, token, unchanged, value):
    headers = {"Authorization": f"Bearer {token}"}
    for method, path, about in every_operation(document):
        names = [each["name"] for each in about["parameters"] if each.get("in") == "query"]
        for name in names if method == "GET" else ():
            response = platform.http(method, aimed(path), headers=headers, params={name: value})
            assert response.status_code in (200, 401, 403, 404, 422), response.text
            if response.status_code == 200:
                assert response.json()["items"] == [] or name in ("q",), (path, name, response.text)
            else:
                problem(response, 401, 403, 404, 422)
        problem(platform.http("GET", aimed(path), headers=headers, params={"limit[$gt]": "1"}), 401, 404, 405, 422)


@pytest.mark.parametrize(
    "cursor", [[{"$gt": ""}, "x"], [1, {"$gt": ""}], [1], "x", [True, "x"], [10**30, "x"], [-1, ""], [1.5, "x"], None]
)
def test_a_cursor_that_was_made_up_is_refused_or_leads_nowhere(platform, token, cursor):
    text = base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode().rstrip("=")
    for path in ("/v1/people", "/v1/schools", "/v1/sessions", "/v1/resources", "/v1/notifications", "/v1/webhooks"):
        response = platform.http("GET", path, headers={"Authorization": f"Bearer {token}"}, params={"after": text})
        if response.status_code != 200:
            problem(response, 422)


def test_an_id_that_is_none_is_not_found(platform, document, token, unchanged):
    headers = {"Authorization": f"Bearer {token}", "If-Match": '"1"'}
    for rubbish in ("%7B%22$ne%22:null%7D", "$ne", "..", "%2e%2e%2f", "a" * 300, "%E2%98%83", "null"):
        for method, path, about in every_operation(document):
            if "{" not in path or not about["security"] or "multipart" in str(about.get("requestBody")):
                continue
            start = path.partition("{")[0]
            rest = path.partition("}")[2]
            address = start + rubbish + aimed(rest)
            if normpath(unquote(address)) in document["paths"]:
                # Whoever climbs out of a path asks for another one, before the request is even sent.
                continue
            problem(platform.http(method, address, headers=headers), 404, 405, 415, 422)


# --- sizes


def test_text_that_is_too_long_is_refused_by_name(platform, document, token, unchanged):
    headers = {"Authorization": f"Bearer {token}", "If-Match": '"1"'}
    tried = 0
    for method, path, about in every_operation(document):
        for name, schema in schema_of(document, about).get("properties", {}).items():
            if "string" in str(schema.get("type")) and "enum" not in schema:
                told = problem(platform.http(method, aimed(path), headers=headers, json={name: "x" * 60_000}), 422)
                assert name in told["errors"], (path, name, told)
                tried += 1
    assert tried > 60


def test_a_body_of_more_than_a_megabyte_is_too_large(platform, document, token, unchanged):
    headers = {"Authorization": f"Bearer {token}", "If-Match": '"1"', "Content-Type": "application/json"}
    body = b'{"name": "' + b"x" * 1_100_000 + b'"}'
    for method, path, about in every_operation(document):
        if schema_of(document, about).get("properties"):
            assert problem(platform.http(method, aimed(path), headers=headers, data=body), 413)["code"] == "too_large"


def test_a_body_that_is_no_json_is_malformed(platform, token, unchanged):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for body in (b"{", b"\xff\xfe", b"[" * 200_000, b'{"name": NaN}', b'{"name": "\x00"}'):
        problem(platform.http("POST", "/v1/people", headers=headers, data=body), 400)
    problem(platform.http("POST", "/v1/people", headers={**headers, "Content-Type": "text/xml"}, data=b"<a/>"), 415)


# --- files that are no lists


def _zip(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


HEADER = ",".join(TEACHER_COLUMNS)
NO_LISTS: Mapping[str, tuple[str, bytes, str]] = {
    "a picture": ("foto.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "membership.file_not_a_table"),
    "a PDF that is called xlsx": ("daftar.xlsx", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", ""),
    "a zip that is no workbook": ("daftar.xlsx", _zip(**{"a.txt": b"a"}), "membership.file_not_a_table"),
    "half a workbook": ("daftar.xlsx", as_xlsx([], TEACHER_COLUMNS)[:900], "membership.file_not_a_table"),
    "a workbook that unpacks to a gigabyte": (
        "daftar.xlsx",
        _zip(
            **{
                "[Content_Types].xml": b"<a/>",
                "xl/workbook.xml": b"<a/>",
                "xl/worksheets/sheet1.xml": bytes(300_000_000),
            }
        ),
        "",
    ),
    "only titles": ("daftar.csv", (HEADER + "\r\n").encode(), "membership.file_without_rows"),
    "other columns": ("daftar.csv", b"a,b,c\r\n1,2,3\r\n", ""),
    "blanks": ("daftar.csv", b"\r\n \r\n\t\r\n", "membership.file_empty"),
    "a web page": ("daftar.csv", b"<!doctype html><html><body>Halaman tidak ditemukan</body></html>", ""),
}


@pytest.mark.parametrize("what", NO_LISTS)
def test_a_file_that_is_no_list_is_refused_at_once_and_changes_nothing(place, unchanged, what):
    name, content, key = NO_LISTS[what]
    with pytest.raises(Refused) as refused:
        place.import_file("teachers", content, name)
    assert refused.value.status == 422
    [told] = refused.value.problem["errors"]["file"]
    assert told == said(key) if key else told in _file_problems(), told


def _file_problems() -> set[str]:
    columns = ("npsn", "nama", "npsn, nama")
    return {
        said("membership.file_not_a_table"),
        said("membership.file_unpacks_too_large"),
        *(said("membership.columns_missing", columns=each) for each in columns),
    }


def test_a_failed_import_cannot_be_applied(place, unchanged):
    rows = (TEACHER_COLUMNS, *[["99999999", "Siti"]] * 1500, ["99999999", *["x"] * 200])
    files = {"file": ("daftar.csv", "\r\n".join(map(",".join, rows)).encode())}
    started = place.operator.request("POST", "/v1/imports", data={"kind": "teachers"}, files=files)
    eventually(lambda: place.operator.get(f"/v1/imports/{started['id']}")["status"] == "failed")
    with pytest.raises(Refused) as refused:
        place.operator.post(f"/v1/imports/{started['id']}/apply")
    assert (refused.value.status, refused.value.code) == (409, "conflict")
    assert refused.value.problem["detail"] == said("membership.import_not_ready")


@pytest.mark.parametrize(
    ("form", "files", "status"),
    [
        ({"kind": "teachers"}, {}, 415),
        ({"kind": "teachers"}, {"file": ("a.csv", b"")}, 422),
        ({"kind": "pupils"}, {"file": ("a.csv", b"a")}, 422),
        ({}, {"file": ("a.csv", b"a")}, 422),
        ({"kind": "teachers", "shoe_size": "43"}, {"file": ("a.csv", b"a")}, 422),
        ({"kind": '{"$ne": null}'}, {"file": ("a.csv", b"a")}, 422),
        ({"kind": "teachers", "scope": "everything"}, {"file": ("a.csv", b"a")}, 422),
        ({"kind": "teachers"}, {"other": ("a.csv", b"a")}, 422),
        ({"kind": "teachers"}, {"file": ("x" * 300 + ".csv", b"a")}, 422),
        ({"kind": "teachers"}, {"file": ("a.csv", b"x" * 21_500_000)}, 413),
    ],
)
def test_an_upload_that_is_no_import_is_refused(platform, token, unchanged, form, files, status):
    headers = {"Authorization": f"Bearer {token}"}
    problem(platform.http("POST", "/v1/imports", headers=headers, data=form, files=files or None), status)


def test_teachers_import_nothing(platform, place, unchanged):
    files = {"file": ("a.csv", b"a")}
    with pytest.raises(Refused) as refused:
        place.enter(teacher_of(place)).request("POST", "/v1/imports", data={"kind": "teachers"}, files=files)
    assert refused.value.status == 403


# --- rows


@pytest.fixture(scope="module")
def roster() -> Any:
    return make_roster("3382", seed=42, schools=2, teachers=len(DEFECTS) + 30)


@pytest.fixture
def fresh(platform: Platform, district: str, roster: Any) -> District:
    """A district that knows the roster's schools, and none of its teachers."""
    place = District(platform, district)
    place.import_file("schools", roster.files()[0])
    return place


def test_each_bad_row_is_told_with_its_reason_and_disturbs_no_other(fresh, roster):
    spoiled = spoil(roster.teachers)
    state = fresh.import_file("teachers", csv_bytes(spoiled.rows, TEACHER_COLUMNS))

    rows = {row["row"] - 2: row for row in fresh.rows(state["id"])}
    assert len(rows) == len(spoiled.rows)
    for place, defect in spoiled.broken.items():
        row = rows[place]
        if row["outcome"] == "rejected":
            assert row["problems"] and all(each["reason"] and each["code"] for each in row["problems"]), defect
        else:
            _nothing_kept_as_it_stood(fresh, row, defect)
    expected = {
        "no name": said("membership.name_missing"),
        "unknown school": said("membership.unknown_school", npsn=UNKNOWN_NPSN),
        "nuptk too short": said("membership.nuptk_form", length=5),
    }
    for defect, reason in expected.items():
        [place] = [place for place, name in spoiled.broken.items() if name == defect]
        assert rows[place]["problems"][0]["reason"] == reason
    for place, original in spoiled.repeated.items():
        assert rows[place]["outcome"] == "rejected"
        assert str(original + 2) in rows[place]["problems"][0]["reason"], "it names the row that it repeats"
    whole = set(rows) - set(spoiled.broken) - set(spoiled.repeated)
    assert {rows[place]["outcome"] for place in whole} == {"created"}
    names = {spoiled.rows[place]["nama"] for place in whole}
    assert names <= {person["name"] for person in fresh.people}


def _nothing_kept_as_it_stood(place: District, row: Any, defect: str) -> None:
    """A row that was taken in spite of its defect was mended, or the cell was left out."""
    person = place.person_named(row["name"])
    for column, value in DEFECTS[defect].items():
        assert person[{"nama": "name", "hp": "phone", "email": "email"}[column]] != value, defect


def test_a_number_that_a_spreadsheet_rounded_is_refused_and_explained(fresh, roster):
    rows = [row for row in roster.teachers if row["nuptk"]][:5]
    state = fresh.import_file("teachers", as_xlsx(rows, TEACHER_COLUMNS, numeric=["nuptk"]), "daftar.xlsx")
    assert state["counts"]["rejected"] == 5
    for row in fresh.rows(state["id"], "rejected"):
        [found] = row["problems"]
        assert found["column"] == "nuptk"
        assert found["reason"] == said("membership.rounded_by_excel", what="NUPTK")
        assert found["suggestion"] == said("membership.suggest_text_column")
    assert len(fresh.people) == 1, "only the operator"


def test_a_school_list_by_dapodik_has_titles_above_and_is_read_all_the_same(fresh, roster):
    titles = ["Daftar Guru", "SMP NEGERI 1", "Tanggal Unduh: 2026-11-23"]
    state = fresh.import_file("teachers", as_xlsx(roster.teachers, TEACHER_COLUMNS, title_rows=titles), "guru.xlsx")
    assert state["counts"]["created"] == len(roster.teachers)
    assert fresh.rows(state["id"])[0]["row"] == 5, "the row's number is the one that the spreadsheet shows"


@pytest.mark.parametrize("writing", WRITINGS)
def test_one_list_is_the_same_list_however_it_is_written(place, unchanged, writing):
    teachers = make_roster("3381", seed=41, schools=2, teachers=SMALL).teachers
    counts = place.import_file("teachers", csv_bytes(teachers, TEACHER_COLUMNS, **WRITINGS[writing]))["counts"]
    nothing = dict.fromkeys(("created", "changed", "ended", "doubtful", "rejected"), 0)
    assert counts == {**nothing, "unchanged": SMALL, "reported": counts["reported"]}


def test_a_quotation_mark_that_is_never_closed_swallows_no_row_unseen(fresh, roster):
    plain = [{**row, "nama": row["nama"].partition(",")[0]} for row in roster.teachers]
    lines = csv_bytes(plain, TEACHER_COLUMNS).decode().splitlines(keepends=True)
    lines[20] = lines[20].replace(plain[19]["nama"], f'"{plain[19]["nama"]}')
    before = len(list(fresh.operator.every("/v1/people")))
    with pytest.raises(Refused) as refused:
        fresh.import_file("teachers", "".join(lines).encode())
    assert refused.value.status == 422
    assert refused.value.problem["errors"] == {"file": [said("membership.file_broken_csv")]}
    assert len(list(fresh.operator.every("/v1/people"))) == before


def test_a_school_stands_in_a_list_once(fresh, roster):
    schools = [*roster.schools, {**roster.schools[0], "nama": "SD NEGERI KEMBAR"}]
    state = fresh.import_file("schools", csv_bytes(schools, SCHOOL_COLUMNS))
    [twice] = fresh.rows(state["id"], "rejected")
    assert twice["problems"][0]["reason"] == said("membership.row_twice", row=2)
    assert "KEMBAR" not in json.dumps([school["name"] for school in fresh.operator.every("/v1/schools")])


def test_ids_in_answers_are_ids(fresh):
    assert all(is_id(person["id"]) for person in fresh.people)
