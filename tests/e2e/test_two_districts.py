"""Two districts in one cell never see, count, find or notify each other.

Every operation of the OpenAPI document is tried with the other district's ids. One that is not in :data:`BODIES`
though it takes a body, or whose path has an argument that is not known here, fails the test: nothing new escapes it.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from deploy.client import Client
from shared.contracts.words import SERVICES
from shared.ids import made_at_ms, new_id
from tests.support.district import PASSWORD, District, event_log, inbox_of, share_file
from tests.support.ground import Platform
from tests.support.patience import eventually
from tests.support.receiver import Receiver, receiving
from tests.support.roster import TEACHER_COLUMNS, csv_bytes, make_roster

SOON = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT06:00:00.000Z")
LATER = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT06:00:00.000Z")
HEARD = ["membership.member_joined.v1", "membership.person_changed.v1", "scheduling.session_scheduled.v1"]
GOAL = "Murid menjelaskan dengan kata-katanya sendiri."
# What is younger is waited for (docs/kernel.md); the test waits once instead, so that each refusal comes at once.
YOUNG_MS = 31_000
REFUSALS = {401, 403, 404, 422}

Ids = dict[str, str]
Body = Mapping[str, Any]


@dataclass
class Neighbour:
    """A district with one of everything. ``ids`` are what its paths are made of, ``marks`` what nobody of another
    district may ever be shown."""

    place: District
    ketua: Client
    member: Client
    receiver: Receiver
    ids: Ids = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)

    def keep(self, name: str, made: Mapping[str, Any]) -> str:
        self.ids[name] = str(made["id"])
        self.versions[name] = int(made.get("version", 1))
        return self.ids[name]

    def portrait(self) -> dict[str, Any]:
        """All that the district can see of itself."""
        operator, community = self.place.operator, self.ids["community_id"]
        lists = [
            *("schools", "people", "communities", "resources", "webhooks"),
            *(f"communities/{community}/{what}" for what in ("members", "series", "cycles")),
            *(f"people/{self.ids['person_id']}/{what}" for what in ("assignments", "roles")),
            *(f"sessions/{self.ids['session_id']}/rsvps", f"imports/{self.ids['import_id']}/rows"),
            f"webhooks/{self.ids['webhook_id']}/deliveries",
        ]
        seen: dict[str, Any] = {path: list(operator.every(f"/v1/{path}")) for path in lists if "rsvps" not in path}
        seen["rsvps"] = list(self.ketua.every(f"/v1/sessions/{self.ids['session_id']}/rsvps"))
        seen["sessions"] = list(operator.every("/v1/sessions"))
        for name in ("session", "series", "cycle", "resource", "upload", "file"):
            about = "/about" if name == "file" else ""
            plural = {"series": "series"}.get(name, name + "s")
            seen[name] = self.member.get(f"/v1/{plural}/{self.ids[name + '_id']}{about}")
        seen["import"] = operator.get(f"/v1/imports/{self.ids['import_id']}")
        seen["inboxes"] = [inbox_of(client) for client in (operator, self.ketua, self.member)]
        return seen


def settle(platform: Platform, district: str, receiver: Receiver, seed: int) -> Neighbour:
    """One of everything that operations speak of."""
    place = District(platform, district)
    roster = make_roster(district, seed=seed, schools=2, teachers=10)
    place.import_roster(roster)
    operator = place.operator
    lead, helper, loner = [person["id"] for person in place.people if person["id"] != place.operator_id][:3]
    home = Neighbour(place, place.enter(lead), place.enter(helper), receiver)
    home.ids |= {"npsn": roster.schools[0]["npsn"], "person_id": helper, "loner_id": loner}
    home.versions |= {"npsn": operator.get(f"/v1/schools/{home.ids['npsn']}")["version"]}
    home.keep("grant_id", operator.post(f"/v1/people/{helper}/roles", {"role": "supervisor"}))
    home.keep("webhook_id", operator.post("/v1/webhooks", {"url": receiver.url, "events": HEARD, "description": "uji"}))
    home.keep("import_id", place.import_file("teachers", _with_new_phones(roster), apply=False))
    community = home.keep(
        "community_id",
        operator.post("/v1/communities", {"name": f"MGMP {district}", "kind": "mgmp", "ketua_id": lead}),
    )
    home.member.post(f"/v1/communities/{community}/members", {"person_id": helper})
    plan = {"community_id": community, "title": "Rapat", "goal": GOAL}
    home.keep("session_id", home.ketua.post("/v1/sessions", {**plan, "starts_at": SOON}))
    series = {"title": "Rutin", "goal": GOAL, "rrule": "FREQ=WEEKLY", "starts_on": SOON[:10], "starts_at": "13:00"}
    home.keep("series_id", home.ketua.post(f"/v1/communities/{community}/series", series))
    home.keep("cycle_id", home.ketua.post(f"/v1/communities/{community}/cycles", {"title": "Siklus", "goal": GOAL}))
    home.member.put(f"/v1/sessions/{home.ids['session_id']}/rsvp", {"answer": "yes"})
    unfinished = home.member.send(
        "POST", "/v1/uploads", headers={"Upload-Length": "5", "Upload-Metadata": "filename YS50eHQ="}
    )
    home.ids["upload_id"] = unfinished.headers["Location"].rpartition("/")[2]
    home.ids["file_id"] = share_file(home.member, "a.pdf", b"%PDF-1.7\n" + district.encode() * 200)
    draft = {"community_id": community, "title": "Perangkat", "kind": "other", "file_ids": [home.ids["file_id"]]}
    resource = home.keep("resource_id", home.member.post("/v1/resources", draft))
    home.versions["resource_id"] = home.member.post(f"/v1/resources/{resource}/submit")["version"]
    deliveries = f"/v1/webhooks/{home.ids['webhook_id']}/deliveries"
    eventually(lambda: len(list(operator.every(deliveries, limit=100))) >= 3, 20)
    home.keep("delivery_id", operator.get(deliveries)["items"][0])
    home.marks = {*home.ids.values(), *(person["id"] for person in place.people)}
    home.marks |= {value for row in roster.teachers for value in (row["nuptk"], row["email"], row["npsn"]) if value}
    return home


def _with_new_phones(roster: Any) -> bytes:
    rows = [{**row, "hp": f"08610000{place:04d}"} for place, row in enumerate(roster.teachers)]
    return csv_bytes(rows, TEACHER_COLUMNS)


@pytest.fixture(scope="module")
def homes(platform: Platform) -> Iterator[tuple[Neighbour, Neighbour]]:
    """The district that is looked for, and the one that looks."""
    with receiving() as first, receiving() as second:
        theirs = settle(platform, "3371", first, seed=31)
        ours = settle(platform, "3372", second, seed=32)
        yield theirs, ours


# --- every operation

_SCHOOL = {"name": "SD Baru", "level": "SD", "status": "Negeri", "subdistrict": "Kertek"}
_EVALUATION = {"measured": False, "reason": "Belum sempat."}

BODIES: dict[str, Callable[[Neighbour, Neighbour], Body]] = {
    "membership.activate": lambda theirs, ours: {
        "district": ours.place.id,
        "code": theirs.place.operator.post(f"/v1/people/{theirs.ids['loner_id']}/activation")["code"],
        "password": PASSWORD,
    },
    "membership.log_in": lambda theirs, ours: {
        "district": ours.place.id,
        "login": theirs.place.operator.get(f"/v1/people/{theirs.ids['person_id']}")["username"],
        "password": PASSWORD,
    },
    "membership.refresh": lambda theirs, ours: {
        "refresh_token": ours.place.id
        + "-"
        + theirs.place.client().log_in(theirs.place.id, "operator", PASSWORD)["refresh_token"].partition("-")[2]
    },
    "membership.change_password": lambda theirs, ours: {"current": "bukan ini", "new": "hujan di lereng sindoro"},
    "membership.change_me": lambda theirs, ours: {"phone": "086112345678"},
    "membership.change_district": lambda theirs, ours: {"name": "Kabupaten Lain"},
    "membership.create_school": lambda theirs, ours: {**_SCHOOL, "npsn": "88000001"},
    "membership.change_school": lambda theirs, ours: {"name": "SD Diganti"},
    "membership.add_person": lambda theirs, ours: {"name": "Sri Baru", "npsn": theirs.ids["npsn"]},
    "membership.change_person": lambda theirs, ours: {"name": "Sri Diganti"},
    "membership.assign": lambda theirs, ours: {"npsn": theirs.ids["npsn"]},
    "membership.grant_role": lambda theirs, ours: {"role": "principal", "scope": theirs.ids["npsn"]},
    "membership.found_community": lambda theirs, ours: {
        "name": "MGMP Curian",
        "kind": "mgmp",
        "ketua_id": theirs.ids["person_id"],
    },
    "membership.change_community": lambda theirs, ours: {"name": "MGMP Diganti"},
    "membership.add_members": lambda theirs, ours: {"person_ids": [theirs.ids["loner_id"], theirs.ids["person_id"]]},
    "membership.change_member": lambda theirs, ours: {"role": "sekretaris"},
    "scheduling.start_series": lambda theirs, ours: {
        "title": "Rutin",
        "goal": GOAL,
        "rrule": "FREQ=WEEKLY",
        "starts_on": SOON[:10],
        "starts_at": "13:00",
    },
    "scheduling.schedule_session": lambda theirs, ours: {
        "community_id": theirs.ids["community_id"],
        "title": "Rapat",
        "goal": GOAL,
        "starts_at": LATER,
    },
    "scheduling.change_session": lambda theirs, ours: {"title": "Diganti"},
    "scheduling.cancel_session": lambda theirs, ours: {"reason": "Dibatalkan orang lain."},
    "scheduling.answer_session": lambda theirs, ours: {"answer": "no"},
    "content.draft_resource": lambda theirs, ours: {
        "community_id": theirs.ids["community_id"],
        "title": "Titipan",
        "kind": "other",
        "file_ids": [theirs.ids["file_id"]],
    },
    "content.change_resource": lambda theirs, ours: {"title": "Diganti"},
    "content.return_resource": lambda theirs, ours: {"reason": "Dikembalikan orang lain."},
    "learning.open_cycle": lambda theirs, ours: {"title": "Siklus", "goal": GOAL},
    "learning.change_cycle": lambda theirs, ours: {"title": "Diganti"},
    "learning.advance_cycle": lambda theirs, ours: {"to": "planning"},
    "learning.evaluate_cycle": lambda theirs, ours: _EVALUATION,
    "notification.mark_read": lambda theirs, ours: {"ids": [inbox_of(theirs.member)[0]["id"]]},
    "notification.register_webhook": lambda theirs, ours: {
        "url": ours.receiver.url,
        "events": HEARD,
        "description": "satu lagi",
    },
    "notification.change_webhook": lambda theirs, ours: {"description": "Diganti"},
}

QUERIES: dict[str, Callable[[Ids], Mapping[str, str]]] = {
    "membership.list_people": lambda ids: {"school": ids["npsn"]},
    "membership.list_communities": lambda ids: {"school": ids["npsn"]},
    "scheduling.list_sessions": lambda ids: {"community": ids["community_id"]},
    "content.list_resources": lambda ids: {"community": ids["community_id"], "status": "submitted"},
}

HEADERS: dict[str, Mapping[str, str]] = {
    "content.create_upload": {"Upload-Length": "5", "Upload-Metadata": "filename YS50eHQ="},
    "content.append_chunk": {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
}


class Attempt(NamedTuple):
    """One operation to be tried; ``names`` says whether it speaks of the other district at all."""

    operation: str
    method: str
    path: str
    options: dict[str, Any]
    names: bool


def attempts(document: Mapping[str, Any], theirs: Neighbour, ours: Neighbour) -> Iterator[Attempt]:
    """Each operation of the document, aimed at the other district; whoever logs out does so last."""
    found = [
        (methods[method]["operationId"], method, path, methods[method])
        for path, methods in document["paths"].items()
        for method in ("get", "post", "put", "patch", "delete")
        if method in methods
    ]
    for operation, method, path, about in sorted(found, key=lambda each: "log_out" in each[0]):
        yield from _aimed(operation, method, path, about, theirs, ours)


def _aimed(
    operation: str, method: str, path: str, about: Mapping[str, Any], theirs: Neighbour, ours: Neighbour
) -> Iterator[Attempt]:
    options: dict[str, Any] = {"headers": {**HEADERS.get(operation, {})}}
    arguments = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    content = about.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        options["json"] = BODIES[operation](theirs, ours)
    elif "multipart/form-data" in content:
        options |= {"data": {"kind": "teachers"}, "files": {"file": ("a.csv", _with_new_phones(_roster_of(theirs)))}}
    elif content:
        options["data"] = b"bytes"
    if any(each.get("$ref", "").endswith("IfMatch") for each in about["parameters"]):
        of_what = arguments[-1] if arguments else ""
        options["headers"]["If-Match"] = f'"{theirs.versions.get(of_what, 1)}"'
    if operation in QUERIES:
        options["params"] = QUERIES[operation](theirs.ids)
    aimed_at = path.format(**theirs.ids)
    names = bool(arguments) or any(mark in json.dumps(options.get("json", "")) for mark in theirs.marks)
    if operation == "notification.list_events":
        for service in SERVICES:
            yield Attempt(operation, method, aimed_at, {**options, "params": {"service": service, "limit": 100}}, names)
    else:
        yield Attempt(operation, method, aimed_at, options, names)


def _roster_of(home: Neighbour) -> Any:
    return make_roster(home.place.id, seed=31, schools=2, teachers=10)


def _token_of(home: Neighbour, login: str) -> str:
    return str(home.place.client().log_in(home.place.id, login, PASSWORD)["access_token"])


@pytest.mark.parametrize("role", ["operator", "ketua"])
def test_no_operation_gets_at_anything_of_the_other_district(platform, homes, role):
    theirs, ours = homes
    youngest = max(made_at_ms(id_) or 0 for id_ in theirs.ids.values())
    time.sleep(max(0.0, (youngest + YOUNG_MS) / 1000 - time.time()))
    document = platform.http("GET", "/v1/openapi.json").json()
    login = "operator" if role == "operator" else ours.ketua.get("/v1/me")["username"]
    token = _token_of(ours, login)
    before = theirs.portrait()
    tried = []

    for attempt in attempts(document, theirs, ours):
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_id(), **attempt.options["headers"]}
        response = platform.http(attempt.method.upper(), attempt.path, **{**attempt.options, "headers": headers})
        tried.append(attempt.operation)
        said = f"{attempt.operation}: {response.status_code} {response.text[:300]}"
        assert response.status_code < 500, said
        if attempt.names:
            assert response.status_code in REFUSALS, said
        sent = response.request.url + json.dumps(attempt.options.get("json", ""))
        leaked = [mark for mark in theirs.marks if mark in response.text and mark not in sent]
        assert not leaked, f"{said} shows {leaked}"

    assert len(set(tried)) == len({each["operationId"] for each in _operations(document)})
    assert theirs.portrait() == before


def _operations(document: Mapping[str, Any]) -> Iterator[Any]:
    for methods in document["paths"].values():
        yield from (about for name, about in methods.items() if isinstance(about, dict) and "operationId" in about)


def test_the_very_same_paths_are_open_to_those_whose_they_are(platform, homes):
    """Else the test above could not fail."""
    theirs, _ = homes
    tokens = [_token_of(theirs, login) for login in ("operator", theirs.member.get("/v1/me")["username"])]
    for path, methods in platform.http("GET", "/v1/openapi.json").json()["paths"].items():
        if "get" not in methods or "{" not in path:
            continue
        aimed = path.format(**theirs.ids)
        statuses = {
            platform.http("GET", aimed, headers={"Authorization": f"Bearer {token}"}).status_code for token in tokens
        }
        assert 200 in statuses, f"{aimed}: {statuses}"


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
    assert theirs.place.operator.get("/v1/notifications/unread-count") == {"unread": 0}


# --- what is unique is so within a district


@pytest.fixture
def pair(platform: Platform, district: str, other_district: str) -> tuple[District, District]:
    return District(platform, district), District(platform, other_district)


def test_the_same_school_person_and_login_may_be_in_both(pair):
    school = {**_SCHOOL, "npsn": "88000002"}
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
    roster = make_roster(first.id, seed=9, schools=2, teachers=8)
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
