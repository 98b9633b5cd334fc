"""School systems: a token for their secret, what scopes and schools let through, and the end of it all at once."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import pytest
import requests

from shared.contracts.scopes import SCOPES
from shared.contracts.words import SERVICES
from shared.ids import new_id
from tests.support.district import District, event_log
from tests.support.ground import Platform
from tests.support.home import GOAL, LATER
from tests.support.patience import eventually
from tests.support.receiver import Receiver, receiving
from tests.support.roster import make_roster

DISTRICT = "3376"
ONE_READ_EACH = {
    "membership": "/v1/schools",
    "scheduling": "/v1/sessions",
    "content": "/v1/resources",
    "learning": "/v1/communities/{community}/cycles",
    "notification": "/v1/webhooks",
}
"""A read that a client may do, of each service."""


@dataclass
class Machine:
    """A system that calls the API by itself."""

    platform: Platform
    made: Mapping[str, Any]
    token: str = ""

    def enter(self, **asked: str) -> Machine:
        self.token = ask_token(self.platform, self.made, **asked).json()["access_token"]
        return self

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": new_id()}
        return self.platform.http(method, path, headers=headers, **options)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.send("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def log(self, service: str) -> list[Any]:
        """All events of a service that it is shown."""
        found: list[Any] = []
        after = None
        while True:
            page = self.get("/v1/events", service=service, limit=100, **({"after": after} if after else {}))
            found += page["items"]
            if page["next"] == after:
                return found
            after = page["next"]


def ask_token(platform: Platform, made: Mapping[str, Any], **asked: str) -> requests.Response:
    """The answer to ``client_secret_post``."""
    form = {"grant_type": "client_credentials", "client_id": made["client_id"], "client_secret": made["client_secret"]}
    return platform.http("POST", "/v1/auth/token", data={**form, **asked})


@dataclass
class Place:
    """A district with two schools, a community of each, and one that belongs to none."""

    district: District
    schools: list[str]
    staff: list[list[Any]]
    kombels: list[str]
    mgmp: str
    sessions: dict[str, str]

    def machine(self, *scopes: str, schools: tuple[str, ...] = ()) -> Machine:
        order = {"name": "Dapodik", "scopes": list(scopes or SCOPES), "schools": list(schools)}
        return Machine(self.district.platform, self.district.operator.post("/v1/api-clients", order))

    def bound(self, *scopes: str) -> Machine:
        """One that is bound to the first school, and has entered."""
        return self.machine(*scopes, schools=(self.schools[0],)).enter()


@pytest.fixture(scope="module")
def place(platform: Platform) -> Place:
    district = District(platform, DISTRICT)
    roster = make_roster(DISTRICT, seed=36, schools=2, teachers=8)
    district.import_roster(roster)
    schools = [row["npsn"] for row in roster.schools]
    staff = [[person for person in district.people if person["npsn"] == npsn] for npsn in schools]
    ketuas = [staff[0][0], staff[1][0]]

    def found(ketua: Mapping[str, Any], **order: Any) -> str:
        return str(district.operator.post("/v1/communities", {"ketua_id": ketua["id"], **order})["id"])

    kombels = [
        found(ketua, name=f"Kombel {npsn}", kind="kombel", npsn=npsn)
        for ketua, npsn in zip(ketuas, schools, strict=True)
    ]
    mgmp = found(ketuas[0], name="MGMP IPA", kind="mgmp")
    district.operator.post(f"/v1/communities/{mgmp}/members", {"person_ids": [staff[0][1]["id"], staff[1][0]["id"]]})
    plan = {"title": "Rapat", "goal": GOAL, "starts_at": LATER}
    first, second = (district.enter(ketua["id"]) for ketua in ketuas)
    led = ((kombels[0], first), (kombels[1], second), (mgmp, first))
    sessions = {id_: client.post("/v1/sessions", {**plan, "community_id": id_})["id"] for id_, client in led}
    return Place(district, schools, staff, kombels, mgmp, sessions)


# --- tokens


def test_a_token_is_told_as_the_standard_says(platform, place):
    made = place.machine("people:read", "schools:read").made
    answer = ask_token(platform, made)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json()
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 600, "people:read schools:read")
    assert made["client_id"].startswith(f"{DISTRICT}-") and made["client_secret"].startswith(f"{DISTRICT}-")


def test_credentials_come_by_http_basic_too(platform, place):
    made = place.machine("schools:read").made
    pair = f"{quote_plus(made['client_id'])}:{quote_plus(made['client_secret'])}"
    headers = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    answer = platform.http("POST", "/v1/auth/token", data={"grant_type": "client_credentials"}, headers=headers)
    assert answer.status_code == 200
    assert platform.http("POST", "/v1/auth/token", json={"grant_type": "client_credentials", **made}).status_code == 200
    twice = platform.http(
        "POST",
        "/v1/auth/token",
        data={"grant_type": "client_credentials", "client_secret": made["client_secret"]},
        headers=headers,
    )
    assert (twice.status_code, twice.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "client_id": "", "client_secret": ""}, 401, "invalid_client"),
        ({"client_secret": f"{DISTRICT}-wrong"}, 401, "invalid_client"),
        ({"client_id": "9999-01980000-0000-7000-8000-000000000001"}, 401, "invalid_client"),
        ({"client_id": f"{DISTRICT}-01980000-0000-7000-8000-000000000001"}, 401, "invalid_client"),
        ({"client_id": f"{DISTRICT}-$ne"}, 401, "invalid_client"),
        ({"client_id": "x" * 300}, 401, "invalid_client"),
        ({"scope": "people:read webhooks:write"}, 400, "invalid_scope"),
        ({"scope": "everything"}, 400, "invalid_scope"),
    ],
)
def test_what_is_no_good_gets_no_token(platform, place, form, status, error):
    made = place.machine("people:read").made
    good = {"grant_type": "client_credentials", "client_id": made["client_id"], "client_secret": made["client_secret"]}
    answer = platform.http("POST", "/v1/auth/token", data={**good, **form} if form else {})
    told = answer.json()
    assert (answer.status_code, told["error"]) == (status, error)
    assert told["error_description"].isascii()
    assert made["client_secret"] not in answer.text
    if status == 401:
        assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_token_may_have_fewer_scopes_than_its_client(place):
    machine = place.machine("people:read", "schools:read").enter(scope="schools:read")
    machine.get("/v1/schools")
    refused = machine.send("GET", "/v1/people")
    assert refused.status_code == 403
    assert "people:read" in refused.json()["detail"]


def test_a_machine_is_nobody_where_people_are_asked(place):
    machine = place.machine().enter()
    for path in ("/v1/me", "/v1/notifications", "/v1/api-clients", "/v1/audit?service=membership"):
        assert machine.send("GET", path).status_code == 403, path
    assert machine.send("POST", "/v1/communities", json={"name": "MGMP", "kind": "mgmp"}).status_code == 403


# --- looked after


def test_the_secret_is_shown_once_and_can_be_renewed_without_a_stop(platform, place):
    operator = place.district.operator
    machine = place.machine("schools:read")
    id_ = machine.made["id"]
    ask_token(platform, machine.made)
    [listed] = [each for each in operator.every("/v1/api-clients") if each["id"] == id_]
    assert "client_secret" not in listed and "digest" not in listed
    assert listed["status"] == "active" and listed["last_used_at"] is not None
    renewed = operator.post(f"/v1/api-clients/{id_}/rotate-secret")
    assert renewed["client_secret"] != machine.made["client_secret"]
    assert renewed["previous_secret_until"] is not None
    for made in (machine.made, renewed):
        assert ask_token(platform, made).status_code == 200
    newest = operator.post(f"/v1/api-clients/{id_}/rotate-secret")
    assert ask_token(platform, machine.made).status_code == 401
    assert ask_token(platform, newest).status_code == 200


def test_a_revoked_client_is_shut_out_of_every_service_within_seconds(platform, place):
    machine = place.machine().enter()
    paths = [path.format(community=place.mgmp) for path in ONE_READ_EACH.values()]
    assert len(paths) == len(SERVICES)
    for path in paths:
        machine.get(path)
    place.district.operator.request("DELETE", f"/v1/api-clients/{machine.made['id']}")
    assert ask_token(platform, machine.made).status_code == 401
    for path in paths:
        eventually(lambda path=path: machine.send("GET", path).status_code == 401, 5)


def test_a_client_of_unknown_schools_is_not_made(platform, place):
    order = {"name": "Dapodik", "scopes": ["people:read"], "schools": ["99999999"]}
    token = place.district.client().log_in(DISTRICT, "operator", "kebun-teh-di-lereng-07")["access_token"]
    answer = platform.http("POST", "/v1/api-clients", json=order, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 422 and "schools" in answer.json()["errors"]


# --- bound to a school


def test_a_bound_client_sees_the_people_of_its_school_and_nobody_else(place):
    machine = place.bound()
    own, other = place.staff
    seen = machine.get("/v1/people", limit=100)["items"]
    assert {each["id"] for each in seen} == {each["id"] for each in own}
    assert all(each["nip"] is None or "*" in each["nip"] for each in seen)
    assert machine.get("/v1/people", school=place.schools[1])["items"] == []
    assert [each["npsn"] for each in machine.get("/v1/schools")["items"]] == [place.schools[0]]
    machine.get(f"/v1/people/{own[0]['id']}")
    machine.get(f"/v1/people/{own[0]['id']}/assignments")
    for path in (f"people/{other[0]['id']}", f"people/{other[0]['id']}/assignments", f"schools/{place.schools[1]}"):
        assert machine.send("GET", f"/v1/{path}").status_code == 404, path


def test_a_bound_client_does_not_learn_where_else_somebody_taught(place):
    teacher, (own, other) = place.staff[0][2]["id"], place.schools
    post = {"npsn": other, "primary": False, "duty": "Guru Mapel", "from": "2020-01-01", "until": "2021-06-30"}
    place.district.operator.post(f"/v1/people/{teacher}/assignments", post)
    then = {"school": other, "on": "2020-06-01"}
    assert teacher in [each["id"] for each in place.district.operator.every("/v1/people", **then)]
    assert place.bound("people:read").get("/v1/people", **then)["items"] == []
    assert place.bound("people:read").get("/v1/people", school=own, on="2020-06-01")["next"] is None


def test_a_client_of_several_schools_sees_each_of_their_people_once(place):
    machine = place.machine(schools=tuple(place.schools)).enter()
    seen = [each["id"] for each in machine.get("/v1/people", limit=100)["items"]]
    assert sorted(seen) == sorted(each["id"] for staff in place.staff for each in staff)


def test_a_bound_client_sees_the_communities_of_its_school_and_those_of_none(place):
    machine = place.bound()
    own, other = place.kombels
    assert {each["id"] for each in machine.get("/v1/communities")["items"]} == {own, place.mgmp}
    members = machine.get(f"/v1/communities/{place.mgmp}/members")["items"]
    assert {each["person_id"] for each in members} == {place.staff[0][0]["id"], place.staff[0][1]["id"]}
    assert all(each["name"] for each in members) and not any(each["phone"] or each["email"] for each in members)
    sessions = machine.get("/v1/sessions")["items"]
    assert {each["id"] for each in sessions} == {place.sessions[own], place.sessions[place.mgmp]}
    hidden = (f"communities/{other}", f"communities/{other}/members", f"communities/{other}/series")
    for path in (*hidden, f"communities/{other}/cycles", f"sessions/{place.sessions[other]}"):
        assert machine.send("GET", f"/v1/{path}").status_code == 404, path
    assert machine.send("GET", "/v1/sessions", params={"community": other}).status_code == 404


def test_names_are_for_clients_that_may_read_people(place):
    machine = place.bound("communities:read")
    members = machine.get(f"/v1/communities/{place.mgmp}/members")["items"]
    assert members and not any(each["name"] for each in members)


def test_a_bound_client_is_shown_the_events_of_its_school_alone(place):
    everything = {each["id"]: each for service in SERVICES for each in event_log(place.district.operator, service)}
    machine, unbound = place.bound(), place.machine("events:read").enter()
    seen = {each["id"]: each for service in SERVICES for each in machine.log(service)}
    assert {each["id"] for service in SERVICES for each in unbound.log(service)} >= everything.keys()

    own, other = place.staff
    strangers = {each["id"] for each in other}
    kombel, foreign = place.kombels

    def about(events: Mapping[str, Any], type_: str) -> set[str]:
        return {each["subject"].partition(":")[2] for each in events.values() if each["type"] == f"{type_}.v1"}

    assert about(seen, "membership.school_changed") == {place.schools[0]}
    assert about(seen, "membership.person_changed") == {each["id"] for each in own}
    assert about(seen, "membership.community_changed") == {kombel, place.mgmp}
    assert about(seen, "scheduling.session_scheduled") == {place.sessions[kombel], place.sessions[place.mgmp]}
    assert about(seen, "membership.assignment_changed")
    for event in seen.values():
        named = set(event["data"].values()) if event["type"] != "membership.person_changed.v1" else set()
        assert not {each for each in named if isinstance(each, str)} & (strangers | {foreign, place.schools[1]}), event


def test_names_in_events_are_for_clients_that_may_read_people(place):
    with_names, without = place.bound("events:read", "people:read"), place.bound("events:read")
    for machine, named in ((with_names, True), (without, False)):
        events = [each for each in machine.log("membership") if each["type"] == "membership.person_changed.v1"]
        assert events and all(("name" in each["data"]) == named for each in events)


def test_a_bound_client_imports_nothing(place):
    files = {"file": ("a.csv", b"npsn,nama\n1,2\n")}
    refused = place.bound().send("POST", "/v1/imports", data={"kind": "teachers"}, files=files)
    assert refused.status_code == 403
    taken = place.machine("imports:write").enter().send("POST", "/v1/imports", data={"kind": "teachers"}, files=files)
    assert taken.status_code == 202


# --- webhooks


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_a_bound_clients_webhook_hears_of_its_school_alone_until_the_client_is_revoked(place, receiver):
    operator = place.district.operator
    machine = place.bound("webhooks:read", "webhooks:write")
    order = {"url": receiver.url, "events": ["membership.person_changed.v1"], "description": "sekolah"}
    hook = machine.send("POST", "/v1/webhooks", json=order).json()
    assert (hook["client_id"], hook["schools"]) == (machine.made["id"], [place.schools[0]])
    asking_more = {**order, "scopes": ["people:read"]}
    assert machine.send("POST", "/v1/webhooks", json=asking_more).status_code == 403, "a scope that it lacks itself"

    def touch(person: Any) -> None:
        current = operator.get(f"/v1/people/{person['id']}")
        changes = {"subjects": ["IPA", new_id()[:8]]}
        operator.patch(f"/v1/people/{person['id']}", changes, version=current["version"])

    stranger, own = place.staff[1][1], place.staff[0][1]
    touch(stranger)
    touch(own)
    eventually(lambda: receiver.calls, 20)
    assert [call.event["data"]["person_id"] for call in receiver.calls] == [own["id"]]
    assert "name" not in receiver.calls[0].event["data"]

    operators = operator.post("/v1/webhooks", {**order, "description": "dinas"})
    assert [each["id"] for each in machine.get("/v1/webhooks")["items"]] == [hook["id"]]
    assert machine.send("GET", f"/v1/webhooks/{operators['id']}").status_code == 404
    assert machine.send("DELETE", f"/v1/webhooks/{operators['id']}").status_code == 404
    operator.request("DELETE", f"/v1/webhooks/{operators['id']}")

    operator.request("DELETE", f"/v1/api-clients/{machine.made['id']}")
    eventually(lambda: operator.get(f"/v1/webhooks/{hook['id']}")["status"] == "disabled", 10)
