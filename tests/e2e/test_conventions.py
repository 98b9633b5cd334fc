"""The conventions of API.md, on the running platform: keys, versions, reading one's own writes, languages, lists."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import requests

from deploy.client import Client
from shared.ids import new_id
from tests.support.district import PASSWORD, District
from tests.support.ground import Platform

NEXT_WEEK = (datetime.now(UTC) + timedelta(days=7)).strftime("%Y-%m-%dT06:00:00Z")
SCHOOL = {"npsn": "20306577", "name": "SMP Negeri 1 Contoh", "level": "SMP", "status": "Negeri", "subdistrict": "Kota"}


class Caller:
    """Bare HTTP with the operator's token, so that every header can be seen."""

    def __init__(self, platform: Platform, token: str) -> None:
        self._platform = platform
        self._token = token

    def __call__(self, method: str, path: str, headers: dict[str, str] | None = None, **how) -> requests.Response:
        return self._platform.http(
            method, path, headers={"Authorization": f"Bearer {self._token}", **(headers or {})}, **how
        )


@pytest.fixture
def place(platform, district) -> District:
    place = District(platform, district)
    Client(platform.address).activate(district, place.card["code"], PASSWORD)
    return place


@pytest.fixture
def call(platform, place) -> Caller:
    login = {"district": place.id, "login": "operator", "password": PASSWORD}
    return Caller(platform, platform.http("POST", "/v1/auth/login", json=login).json()["access_token"])


def test_a_repeated_request_has_one_effect_and_one_answer(call):
    key = {"Idempotency-Key": new_id()}
    first = call("POST", "/v1/schools", key, json=SCHOOL)
    again = call("POST", "/v1/schools", key, json=SCHOOL)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert len(call("GET", "/v1/schools").json()["items"]) == 1


def test_the_same_request_sent_at_once_from_many_sides_has_one_effect(call):
    key = {"Idempotency-Key": new_id()}
    body = {"name": "Siti Aminah"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: call("POST", "/v1/people", key, json=body), range(8)))
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert all(a.json()["code"] == "in_progress" for a in answers if a.status_code == 409)


def test_a_key_means_one_thing_only(call):
    key = {"Idempotency-Key": new_id()}
    call("POST", "/v1/schools", key, json=SCHOOL)
    other = call("POST", "/v1/schools", key, json={**SCHOOL, "npsn": "20306578"})
    assert (other.status_code, other.json()["code"]) == (422, "invalid")


def test_a_refusal_does_not_use_up_its_key(call):
    key = {"Idempotency-Key": new_id()}
    community = {"kind": "kombel", "name": "Kombel Contoh", "npsn": SCHOOL["npsn"]}
    assert call("POST", "/v1/communities", key, json=community).status_code >= 400
    call("POST", "/v1/schools", json=SCHOOL)
    assert call("POST", "/v1/communities", key, json=community).status_code == 201


def test_an_object_is_changed_only_by_who_has_read_it(call):
    made = call("POST", "/v1/schools", json=SCHOOL)
    address = f"/v1/schools/{SCHOOL['npsn']}"
    assert made.headers["ETag"] == call("GET", address).headers["ETag"] == f'"{made.json()["version"]}"'
    changed = call("PATCH", address, {"If-Match": made.headers["ETag"]}, json={"name": "SMPN 1 Contoh"})
    assert changed.status_code == 200
    assert changed.json()["version"] > made.json()["version"]
    stale = call("PATCH", address, {"If-Match": made.headers["ETag"]}, json={"name": "SMP Satu"})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert call("GET", address).json()["name"] == "SMPN 1 Contoh"
    assert call("PATCH", address, json={"name": "SMP Satu"}).status_code == 428


def test_what_was_just_written_is_seen_by_the_next_service_asked(call):
    """Founding a community and posting its first session at once works, by header and by cookie."""
    for carry in ("header", "cookie"):
        founded = call("POST", "/v1/communities", json={"kind": "mgmp", "name": f"MGMP {carry}", "subject": "IPA"})
        assert founded.status_code == 201
        seen = founded.headers["Sanggar-After"]
        carried = {"Sanggar-After": seen} if carry == "header" else {"Cookie": f"sanggar_after={seen}"}
        session = {
            "community_id": founded.json()["id"],
            "title": "Pertemuan pertama",
            "goal": "Murid dapat menjelaskan siklus air.",
            "starts_at": NEXT_WEEK,
        }
        posted = call("POST", "/v1/sessions", carried, json=session)
        assert posted.status_code == 201, posted.text
        assert "sanggar_after=" in posted.headers["Set-Cookie"]


def test_waiting_for_what_never_happened_ends_in_not_yet(call):
    written = call("POST", "/v1/people", json={"name": "Guru Baru"}).headers["Sanggar-After"]
    future = {"Sanggar-After": written.rpartition(":")[0] + ":9999999999999"}
    answer = call("GET", "/v1/sessions", future)
    assert (answer.status_code, answer.json()["code"]) == (503, "not_yet")
    assert int(answer.headers["Retry-After"]) >= 1


def test_what_was_written_at_home_is_not_waited_for_in_another_district(call):
    """A browser sends its cookie to the public pages of every district."""
    founded = call("POST", "/v1/communities", json={"kind": "mgmp", "name": "MGMP Jauh", "subject": "IPA"})
    cookie = {"Cookie": f"sanggar_after={founded.headers['Sanggar-After']}"}
    answer = call("GET", "/v1/certificate-keys?district=0000", cookie)
    assert answer.status_code == 200, answer.text


def test_a_list_is_read_page_by_page_without_gaps_or_repetitions(call):
    for number in range(5):
        call("POST", "/v1/people", json={"name": f"Guru {number}"})
    seen, after = [], None
    while True:
        page = call("GET", "/v1/people?limit=2" + (f"&after={after}" if after else "")).json()
        assert len(page["items"]) <= 2
        seen += [person["name"] for person in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert [name for name in seen if name.startswith("Guru")] == [f"Guru {number}" for number in range(5)]
    assert call("GET", "/v1/people?after=nonsense").status_code == 422


def test_what_a_service_refuses_is_told_in_the_language_of_the_reader(call):
    call("POST", "/v1/schools", json=SCHOOL)
    indonesian = call("POST", "/v1/schools", json=SCHOOL)
    english = call("POST", "/v1/schools", {"Accept-Language": "en"}, json=SCHOOL)
    assert indonesian.status_code == english.status_code == 409
    assert indonesian.json()["detail"] != english.json()["detail"]
    assert indonesian.headers["Content-Language"] == "id"
    assert english.headers["Content-Language"] == "en"


def test_the_correlation_id_of_a_request_is_found_in_the_gateway_and_its_answer(call, platform):
    name = f"phone-{new_id()}"
    answer = call("GET", "/v1/district", {"X-Correlation-Id": name})
    assert answer.headers["X-Correlation-Id"] == name
    assert name in platform.logs("gateway")


def test_passwords_and_tokens_are_in_no_log(call, platform, place):
    call("GET", "/v1/me")
    call("POST", "/v1/auth/password", json={"current": PASSWORD, "new": "rumput-laut-di-teluk-19"})
    for process in ("gateway", "membership", "nginx"):
        logs = platform.logs(process)
        for secret in (PASSWORD, "rumput-laut-di-teluk-19", place.card["code"], call._token):
            assert secret not in logs, process


def test_a_body_over_a_megabyte_is_refused_as_a_problem(call):
    answer = call("POST", "/v1/schools", {"Content-Type": "application/json"}, data=b'{"name": "' + b"x" * 1_100_000)
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "too_large"


def test_ready_names_every_dependency(platform):
    answer = platform.http("GET", "/ready")
    assert answer.status_code == 200
    assert set(answer.json()["dependencies"].values()) == {"ok"}
    assert set(answer.json()["dependencies"]) == {
        *("broker", "database", "membership", "scheduling", "content", "learning", "notification")
    }


def test_the_event_log_is_read_on_from_where_one_stopped(call):
    start = call("GET", "/v1/events?service=membership&after=now").json()
    assert start["items"] == []
    call("POST", "/v1/schools", json=SCHOOL)
    page = call("GET", f"/v1/events?service=membership&after={start['next']}&types=membership.school_changed.v1")
    for _ in range(50):
        if page.json()["items"]:
            break
        page = call("GET", f"/v1/events?service=membership&after={start['next']}&types=membership.school_changed.v1")
    [event] = page.json()["items"]
    assert event["type"] == "membership.school_changed.v1"
    assert event["data"]["npsn"] == SCHOOL["npsn"]
    assert call("GET", "/v1/events").status_code == 422
    assert call("GET", "/v1/events?service=gateway").status_code == 422


def test_who_scans_a_card_gets_a_page_and_an_account_and_stays_logged_in_nowhere(call, platform, place):
    """What the page's script does: the code as the QR code writes it, then the end of the login that came with it."""
    page = platform.http("GET", "/aktivasi", headers={"Accept": "text/html"})
    assert page.status_code == 200 and 'data-to="/v1/auth/activate"' in page.text
    person = call("POST", "/v1/people", json={"name": "Siti Aminah"}).json()
    code = call("POST", f"/v1/people/{person['id']}/activation").json()["code"]
    wrong = {"district": place.id, "code": code.replace("-", ""), "password": "password123"}
    told = platform.http("POST", "/v1/auth/activate", json=wrong)
    assert (told.status_code, list(told.json()["errors"])) == (422, ["password"])
    entered = platform.http("POST", "/v1/auth/activate", json={**wrong, "password": "tiga kata lucu"}).json()
    assert entered["person"]["username"] == person["username"]
    held = {"Authorization": f"Bearer {entered['access_token']}"}
    assert platform.http("POST", "/v1/auth/logout", headers=held).status_code == 204
    refresh = {"refresh_token": entered["refresh_token"]}
    assert platform.http("POST", "/v1/auth/refresh", json=refresh).status_code == 401
    login = {"district": place.id, "login": person["username"], "password": "tiga kata lucu"}
    again = platform.http("POST", "/v1/auth/login", json=login).json()
    listed = platform.http("GET", "/v1/me/sessions", headers={"Authorization": f"Bearer {again['access_token']}"})
    assert len(listed.json()["items"]) == 1
