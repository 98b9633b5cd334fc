"""Whatever is sent, the answer is a problem that says what is wrong: never a fault, never a stack trace."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.ids import new_id

PEOPLE = "/v1/people"


def problem(response, status):
    """The problem that a response is, with all that every problem holds."""
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.mimetype == "application/problem+json"
    body = response.get_json()
    assert body["status"] == status
    assert {"type", "title", "detail", "code", "correlation_id"} <= body.keys()
    assert body["correlation_id"] == response.headers["X-Correlation-Id"]
    assert "Traceback" not in response.get_data(as_text=True)
    return body


def test_an_unknown_address_is_told_as_one(client):
    for path in (
        "/",
        "/v1",
        "/v1/nothing",
        "/v1/people/",
        "//v1/people",
        "/v1/people/x/y/z",
        "/%00",
        "/v1/people\u2603",
    ):
        assert problem(client.get(path), 404)["code"] == "not_found"


def test_a_wrong_method_is_told_with_those_there_are(client):
    response = client.delete("/v1/people")
    problem(response, 405)
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))


def test_an_unheard_of_method_does_no_harm(client):
    problem(client.open("/v1/people", method="BREW"), 405)


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic abc", "Bearer a.b.c", "Bearer " + "x" * 5000, "Bearer \xe9", "bearer null"],
)
def test_whoever_holds_no_good_token_is_asked_to_log_in(client, header):
    response = client.get("/v1/me", headers={"Authorization": header} if header else {})
    assert problem(response, 401)["code"] == "unauthenticated"
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")


def test_a_forged_token_is_no_token(client, token):
    head, claims, signature = token.split(".")
    for forged in (f"{head}.{claims}.{signature[::-1]}", f"{head}.{claims}.", f"{head}.{signature}.{claims}"):
        problem(client.get("/v1/me", headers={"Authorization": f"Bearer {forged}"}), 401)


def test_the_token_is_asked_for_before_the_body_is_read(client):
    problem(client.post(PEOPLE, data="{", content_type="application/json"), 401)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"name": ' + b"9" * 10_000 + b"}", "application/json", 400),
        (b'{"name": Infinity}', "application/json", 400),
        (b"[]", "application/json", 422),
        (b'"text"', "application/json", 422),
        (b"null", "application/json", 422),
        (b"{}", "application/json", 422),
        (b'{"name": {"$ne": null}}', "application/json", 422),
        (b'{"name": "a\\u0000b"}', "application/json", 422),
        (b'{"name": "\\ud800"}', "application/json", 422),
        (b'{"$where": "1"}', "application/json", 422),
        (b'{"name.first": "a"}', "application/json", 422),
        (b'{"name": 1e400}', "application/json", 422),
        (b"name=a", "application/x-www-form-urlencoded", 415),
        (b"<name/>", "text/xml", 415),
        (b"{}", "", 415),
    ],
)
def test_bodies_that_are_no_person(client, signed_in, body, content_type, status):
    problem(client.post(PEOPLE, data=body, content_type=content_type, headers=signed_in), status)


def test_a_body_over_a_megabyte_is_too_large(client, signed_in):
    body = b'{"name": "' + b"x" * 1_100_000 + b'"}'
    response = client.post(PEOPLE, data=body, content_type="application/json", headers=signed_in)
    assert problem(response, 413)["code"] == "too_large"


def test_wrong_fields_are_named_in_the_language_of_the_reader(client, signed_in):
    sent = {"name": "", "nuptk": 5, "subjects": "IPA", "npsn": "1", "email": "nobody", "shoe_size": 43}
    indonesian = problem(client.post(PEOPLE, json=sent, headers=signed_in), 422)
    english = problem(client.post(PEOPLE, json=sent, headers={**signed_in, "Accept-Language": "en"}), 422)
    assert indonesian["errors"].keys() == english["errors"].keys() == sent.keys()
    assert indonesian["errors"]["shoe_size"] == ["Isian ini tidak dikenal."]
    assert english["errors"]["shoe_size"] == ["This field is not known."]
    assert indonesian["title"] != english["title"]


def test_a_query_is_checked_as_a_body_is(client, signed_in):
    for query in (
        "limit=101",
        "limit=0",
        "limit=x",
        "limit=1&limit=2",
        "page=2",
        "q=a",
        "school=%00",
        "after=" + "x" * 501,
    ):
        problem(client.get(f"{PEOPLE}?{query}", headers=signed_in), 422)


def test_a_request_with_a_body_takes_no_query(client, signed_in):
    problem(client.post(f"{PEOPLE}?name=Siti", json={"name": "Siti"}, headers=signed_in), 422)


@pytest.mark.parametrize("id_", ["1", "x" * 300, "%00", "{}", "..%2f", "01980000-0000-7000-8000-00000000000G"])
def test_an_id_that_cannot_be_one_is_not_found(client, signed_in, id_):
    problem(client.get(f"{PEOPLE}/{id_}", headers=signed_in), 404)


def test_a_change_needs_the_version_it_changes(client, signed_in):
    address = f"{PEOPLE}/{new_id()}"
    assert problem(client.patch(address, json={"name": "Siti"}, headers=signed_in), 428)["code"] == "version_required"
    stale = client.patch(address, json={"name": "Siti"}, headers={**signed_in, "If-Match": '"abc"'})
    assert problem(stale, 412)["code"] == "stale"


def test_the_version_stands_in_the_header_and_nowhere_else(client, signed_in):
    headers = {**signed_in, "If-Match": '"1"'}
    sent = client.patch(f"{PEOPLE}/{new_id()}", json={"name": "Siti", "version": 1}, headers=headers)
    assert problem(sent, 422)["errors"] == {"version": ["Isian ini tidak dikenal."]}


def test_headers_that_cannot_be_kept_are_refused(client, signed_in):
    for name, value in (("Idempotency-Key", "x" * 201), ("Sanggar-After", "nonsense")):
        body = problem(client.post("/v1/auth/logout", headers={**signed_in, name: value}), 422)
        assert list(body["errors"]) == [name]


def test_a_service_that_is_away_is_told_as_such(client, signed_in):
    response = client.get("/v1/me", headers=signed_in)
    assert problem(response, 503)["code"] == "unavailable"
    assert int(response.headers["Retry-After"]) >= 1


def test_a_refresh_token_without_a_district_is_no_token(client):
    problem(client.post("/v1/auth/refresh", json={"refresh_token": "nonsense"}), 401)
    problem(client.post("/v1/auth/refresh", json={"refresh_token": 5}), 422)
    problem(client.post("/v1/auth/refresh", json={"refresh_token": "3307-x", "district": "3307"}), 422)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["district", "code", "password", "other"]), anything, max_size=4))
def test_no_json_breaks_a_public_route(client, sent):
    response = client.post("/v1/auth/activate", data=json.dumps(sent), content_type="application/json")
    assert response.status_code in (400, 422, 503)
    assert response.mimetype == "application/problem+json"


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_no_bytes_break_a_public_route(client, body):
    response = client.post("/v1/auth/login", data=body, content_type="application/json")
    assert response.status_code in (400, 422)


# --- uploads and imports


def test_an_import_is_a_form_with_one_file(client, signed_in):
    problem(client.post("/v1/imports", json={}, headers=signed_in), 415)
    problem(
        client.post("/v1/imports", data={"kind": "teachers"}, content_type="multipart/form-data", headers=signed_in),
        422,
    )


def upload(client, signed_in, **headers):
    return client.post("/v1/uploads", headers={**signed_in, **{k.replace("_", "-"): v for k, v in headers.items()}})


def test_an_upload_says_how_long_it_is_and_what_it_is_called(client, signed_in):
    name = "filename bW9kdWwucGRm"
    assert "Upload-Length" in problem(upload(client, signed_in, Upload_Metadata=name), 422)["errors"]
    assert "filename" in problem(upload(client, signed_in, Upload_Length="5"), 422)["errors"]
    assert (
        "Upload-Length" in problem(upload(client, signed_in, Upload_Length="-5", Upload_Metadata=name), 422)["errors"]
    )
    problem(upload(client, signed_in, Upload_Length="5", Upload_Metadata="filename ***"), 422)
    response = upload(client, signed_in, Upload_Length="5", Upload_Metadata=name, Tus_Resumable="0.2.2")
    assert problem(response, 412)["code"] == "tus_version"
    assert response.headers["Tus-Version"] == "1.0.0"


def test_the_bytes_of_an_upload_say_where_they_belong(client, signed_in):
    address = f"/v1/uploads/{new_id()}"
    octets = "application/offset+octet-stream"
    problem(client.patch(address, data=b"abc", headers=signed_in), 415)
    missing = client.patch(address, data=b"abc", content_type=octets, headers=signed_in)
    assert "Upload-Offset" in problem(missing, 422)["errors"]
    spoiled = {**signed_in, "Upload-Offset": "0", "Upload-Checksum": "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="}
    assert problem(client.patch(address, data=b"abc", content_type=octets, headers=spoiled), 460)
    unknown = {**signed_in, "Upload-Offset": "0", "Upload-Checksum": "crc32 AAAA"}
    problem(client.patch(address, data=b"abc", content_type=octets, headers=unknown), 422)


def test_tus_clients_can_ask_what_is_possible_without_a_token(client):
    response = client.options("/v1/uploads")
    assert response.status_code == 204
    assert response.headers["Tus-Version"] == "1.0.0"
    assert set(response.headers["Tus-Extension"].split(",")) == {"creation", "checksum", "expiration", "termination"}
