"""Two districts in one cell never see, count, find or notify each other.

Every operation of the OpenAPI document is tried with the other district's ids (tests/support/samples.py), so nothing
new escapes it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests

from shared.contracts.words import SERVICES
from shared.ids import new_id
from tests.support.district import PASSWORD, District, event_log, inbox_of
from tests.support.ground import Platform
from tests.support.home import GOAL, LATER, Home, calendar_token
from tests.support.patience import eventually
from tests.support.roster import Gaps, make_roster
from tests.support.samples import QUERIES, SCHOOL, Attempt, attempts

# Each reading of these makes them longer, or they tell when they were read.
TELL_OF_READING = {"membership.list_audit", "membership.export_audit", "scheduling.get_bundle"}
REFUSALS = {401, 403, 404, 422}
# What may be read without a login: the other district's code or token is what would have to leak first.
OF_WHOEVER_HOLDS_IT = {
    "membership.preview_invitation",
    "membership.draw_invitation",
    "scheduling.read_public_session",
    "scheduling.read_calendar",
    "scheduling.check_certificate",
    "scheduling.print_certificate",
}


# --- every operation


def _token_of(home: Home, login: str) -> str:
    return str(home.place.client().log_in(home.place.id, login, PASSWORD)["access_token"])


@pytest.mark.parametrize("role", ["operator", "ketua"])
def test_no_operation_gets_at_anything_of_the_other_district(platform, homes, role):
    theirs, ours = homes
    theirs.grow_up()
    document = platform.http("GET", "/v1/openapi.json").json()
    login = "operator" if role == "operator" else ours.ketua.get("/v1/me")["username"]
    token = _token_of(ours, login)
    before = theirs.at_rest()
    tried = []

    for attempt in attempts(document, theirs, ours):
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_id(), **attempt.options["headers"]}
        response = platform.http(attempt.method.upper(), attempt.path, **{**attempt.options, "headers": headers})
        tried.append(attempt.operation)
        said = f"{attempt.operation}: {response.status_code} {response.text[:300]}"
        assert response.status_code < 500, said
        if attempt.names and attempt.operation not in OF_WHOEVER_HOLDS_IT:
            assert response.status_code in REFUSALS, said
            assert _reached(response, attempt, theirs), f"{said} for its form: mend the sample, it shows nothing"
        sent = response.request.url + json.dumps(attempt.options.get("json", ""))
        leaked = [mark for mark in theirs.marks if mark in response.text and mark not in sent]
        assert not leaked, f"{said} shows {leaked}"

    assert len(set(tried)) == len({each["operationId"] for each in _operations(document)})
    assert theirs.portrait() == before


def _reached(response: Any, attempt: Attempt, theirs: Home) -> bool:
    """Whether a request was refused for whom it speaks of, and not because it is ill-formed."""
    if response.status_code != 422:
        return True
    sent = attempt.options.get("json", {})
    theirs_in = {name for name, value in sent.items() if any(mark in json.dumps(value) for mark in theirs.marks)}
    return {name.partition(".")[0] for name in response.json()["errors"]} <= theirs_in


def _operations(document: Mapping[str, Any]) -> Iterator[Any]:
    for methods in document["paths"].values():
        yield from (about for name, about in methods.items() if isinstance(about, dict) and "operationId" in about)


def test_the_very_same_paths_are_open_to_those_whose_they_are(platform, homes):
    """Else the test above could not fail."""
    theirs, _ = homes
    # Whoever tried every operation in this district before has renewed it.
    theirs.ids["calendar_token"] = calendar_token(theirs.place.operator)
    people = (theirs.ketua, theirs.member)
    tokens = [_token_of(theirs, login) for login in ("operator", *(each.get("/v1/me")["username"] for each in people))]
    for path, methods in platform.http("GET", "/v1/openapi.json").json()["paths"].items():
        if "get" not in methods or "{" not in path:
            continue
        aimed = path.format(**theirs.ids)
        params = QUERIES.get(methods["get"]["operationId"], lambda ids: {})(theirs.ids)
        statuses = {
            platform.http("GET", aimed, params=params, headers={"Authorization": f"Bearer {token}"}).status_code
            for token in tokens
        }
        # What there is, but is not ready yet, is told of as 409.
        assert statuses & {200, 409}, f"{aimed}: {statuses}"


def _answers(platform: Platform, home: Home, tokens: list[str]) -> dict[str, Any]:
    """All that can be read of one's own district: bodies, cursors and headers, a page of one item and of many."""
    found: dict[str, Any] = {}
    with requests.Session() as session:
        session.trust_env = False
        for path, methods in platform.http("GET", "/v1/openapi.json").json()["paths"].items():
            if "get" not in methods:
                continue
            operation = methods["get"]["operationId"]
            if operation in TELL_OF_READING:
                continue
            lists = "limit" in {each.get("name") for each in methods["get"]["parameters"]}
            queries: list[dict[str, str]] = [QUERIES.get(operation, lambda ids: {})(home.ids)]
            if operation == "notification.list_events":
                queries = [{"service": name, "after": after} for name in SERVICES for after in ("", "now")]
            for query in [*queries, *({**query, "limit": "1"} for query in queries if lists)]:
                for place, token in enumerate(tokens):
                    headers = {"Authorization": f"Bearer {token}", "X-Correlation-Id": "same"}
                    url = platform.address + path.format(**home.ids)
                    answer = session.get(url, params=query, headers=headers, timeout=30)
                    kept = {name: value for name, value in answer.headers.items() if name != "Date"}
                    found[f"{place} {answer.request.path_url}"] = (answer.status_code, kept, answer.text)
    return found


def test_nothing_that_happens_in_one_shows_in_any_answer_to_the_other(platform, homes):
    """Cursors, counts, versions, lengths: whatever is answered stays what it was, whatever the others do."""
    theirs, ours = homes
    tokens = [_token_of(ours, login) for login in ("operator", ours.ketua.get("/v1/me")["username"])]
    before = _answers(platform, ours, tokens)
    # What is still on its way from the tests before comes to rest first.
    for _ in range(20):
        earlier, before = before, _answers(platform, ours, tokens)
        moving = [path for path, answer in before.items() if answer != earlier[path]]
        if not moving:
            break
    assert not moving, "these are never twice the same"
    community = {"community_id": theirs.ids["community_id"]}
    title = f"Rapat {new_id()}"
    theirs.place.operator.post("/v1/schools", {**SCHOOL, "npsn": "88000077"})
    person = theirs.place.operator.post("/v1/people", {"name": "Tri Utami", "npsn": "88000077"})
    theirs.ketua.post(f"/v1/communities/{theirs.ids['community_id']}/members", {"person_id": person["id"]})
    session = theirs.ketua.post("/v1/sessions", {**community, "title": title, "goal": GOAL, "starts_at": LATER})
    theirs.member.put(f"/v1/sessions/{session['id']}/rsvp", {"answer": "yes"})
    theirs.ketua.post(f"/v1/communities/{theirs.ids['community_id']}/cycles", {"title": "Baru", "goal": GOAL})
    draft = theirs.member.post("/v1/resources", {**community, "title": "Modul", "kind": "other", "text": "Isi."})
    theirs.member.post(f"/v1/resources/{draft['id']}/submit")
    eventually(lambda: title in json.dumps(inbox_of(theirs.member)), 20)
    eventually(lambda: any(title.encode() in call.body for call in theirs.receiver.calls), 20)
    after = _answers(platform, ours, tokens)
    assert {path: answer for path, answer in after.items() if answer != before[path]} == {}


def test_neither_hears_of_what_happens_in_the_other(homes):
    theirs, ours = homes
    for home, other in ((theirs, ours), (ours, theirs)):
        home.ketua.post(
            "/v1/sessions",
            {"community_id": home.ids["community_id"], "title": "Susulan", "goal": GOAL, "starts_at": LATER},
        )
        eventually(lambda home=home: "Susulan" in json.dumps(inbox_of(home.member)), 20)
        eventually(lambda home=home: any(b"Susulan" in call.body for call in home.receiver.calls), 20)
        assert {call.event["district"] for call in home.receiver.calls} == {home.place.id}
        for service in SERVICES:
            log = event_log(home.place.operator, service)
            assert {event["district"] for event in log} <= {home.place.id}
            assert not [mark for mark in other.marks if mark in json.dumps(log)]
        told = json.dumps([inbox_of(client) for client in (home.place.operator, home.ketua, home.member)])
        assert not [mark for mark in other.marks if mark in told]


# --- what is unique is so within a district


@pytest.fixture
def pair(platform: Platform, district: str, other_district: str) -> tuple[District, District]:
    return District(platform, district), District(platform, other_district)


def test_the_same_school_person_and_login_may_be_in_both(pair):
    school = {**SCHOOL, "npsn": "88000002"}
    person = {"name": "Wening Lestari", "nuptk": "4487734264833898", "email": "wening@guru.example"}
    made = []
    for place in pair:
        assert place.operator.post("/v1/schools", school)["npsn"] == "88000002"
        made.append(place.operator.post("/v1/people", {**person, "npsn": "88000002"}))
    for place, own in zip(pair, made, strict=True):
        place.enter(own["id"])
        entered = place.client().log_in(place.id, person["nuptk"], PASSWORD)
        assert entered["person"]["id"] == own["id"]
        assert [each["id"] for each in place.operator.every("/v1/people", q="Wening")] == [own["id"]]
        assert len(list(place.operator.every("/v1/schools"))) == 1


def test_one_idempotency_key_is_two_in_two_districts(pair):
    order = {"name": "MGMP Kunci", "kind": "mgmp"}
    key = new_id()
    founded = [place.operator.post("/v1/communities", order, key=key)["id"] for place in pair]
    assert len(set(founded)) == 2
    for place, own in zip(pair, founded, strict=True):
        assert [each["id"] for each in place.operator.every("/v1/communities")] == [own]


def test_a_file_of_one_district_imported_into_the_other_touches_nobody_of_the_first(pair):
    first, second = pair
    roster = make_roster(first.id, seed=9, schools=2, teachers=8, gaps=Gaps(same_name=0))
    first.import_roster(roster)
    before = first.people

    schools, teachers = roster.files()
    unknown = second.import_file("teachers", teachers)
    assert unknown["counts"]["rejected"] == 8, "its schools are not known there"
    second.import_file("schools", schools)
    taken = second.import_file("teachers", teachers)
    assert (taken["counts"]["created"], taken["counts"]["changed"]) == (8, 0)

    assert list(first.operator.every("/v1/people")) == before
    assert not {each["id"] for each in before} & {each["id"] for each in second.people}
    assert Counter(person["nuptk"] for person in before) == Counter(person["nuptk"] for person in second.people)
