"""Every role tries every operation of the OpenAPI document, and gets what tests/support/permissions.py says.

Those who are refused aim at what has stood there for a while, those who are allowed at copies made for each of them
where the operation would take away what others still need (:data:`SPARE`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from shared.contracts.base import Operation
from shared.contracts.scopes import SCOPES
from shared.identity import Signer
from shared.ids import new_id
from tests.support.contracts import declared, served
from tests.support.district import PASSWORD, share_file
from tests.support.ground import Platform
from tests.support.home import GOAL, LATER, Home, approving_community, calendar_token, certified, without_roles
from tests.support.permissions import NEVER_DONE, ROLES, expected, expected_of_clients
from tests.support.samples import Route, aimed, routes

TABLE = "tests/support/permissions.py"


Made = Mapping[str, Any]


@dataclass
class Stage:
    """A district with one of everything, and one person in each role towards it."""

    home: Home
    elsewhere: Home
    platform: Platform
    routes: dict[str, Route]
    shown_to_clients: Home
    """The home with what has been published: nobody else's drafts are for machines."""
    clients: dict[str, Made] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    http: requests.Session = field(default_factory=requests.Session)

    def token(self, role: str) -> str:
        """The token of somebody in this role, newly logged in."""
        place = (self.elsewhere if role == "foreigner" else self.home).place
        return str(place.client().log_in(place.id, self.logins[role], PASSWORD)["access_token"])

    def client_token(self, who: str, *scopes: str) -> str:
        """The token of an API client, with these of its scopes."""
        key = f"{who} {' '.join(scopes)}"
        if key not in self.tokens:
            made = self.clients[who]
            form = {name: made[name] for name in ("client_id", "client_secret")}
            form |= {"grant_type": "client_credentials", "scope": " ".join(scopes)}
            answer = self.http.post(f"{self.platform.address}/v1/auth/token", data=form, timeout=30)
            self.tokens[key] = answer.json()["access_token"]
        return self.tokens[key]

    def spare(self, operation: str) -> Home:
        """The home with what this operation may spoil made anew."""
        make = SPARE.get(operation)
        if make is None:
            return self.home
        made = make(self.home)
        versions = {name: int(one.get("version", 1)) for name, one in made.items()}
        ids = {name: str(one["id"]) for name, one in made.items()}
        return replace(self.home, ids={**self.home.ids, **ids}, versions={**self.home.versions, **versions})

    def ask(self, operation: str, target: Home, token: str | None) -> requests.Response:
        """What the platform answers the bearer of a token."""
        _, method, path, options, _ = aimed(operation, self.routes[operation], target, target)
        if operation in OWN_BODIES:
            options["json"] = OWN_BODIES[operation](target)
        headers = {"Idempotency-Key": new_id(), **options.pop("headers")}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        # What somebody else has written is nothing for this one to wait for.
        self.http.cookies.clear()
        url = self.platform.address + path
        return self.http.request(method.upper(), url, headers=headers, timeout=30, **options)


@pytest.fixture(scope="module")
def stage(platform: Platform, homes: tuple[Home, Home]) -> Iterator[Stage]:
    theirs, ours = homes
    operator, school = theirs.place.operator, theirs.ids["npsn"]
    cast = {theirs.place.operator_id, *(theirs.ids[name] for name in ("person_id", "lead_id", "loner_id"))}
    spare = [person for person in without_roles(theirs.place) if person["id"] not in cast]
    teacher = next(person for person in spare if person["npsn"] != school)
    principal, school_operator, elsewhere, supervisor = [each["id"] for each in spare if each is not teacher][:4]
    roles = {
        principal: {"role": "principal", "scope": school},
        school_operator: {"role": "school_operator", "scope": school},
        elsewhere: {"role": "school_operator", "scope": teacher["npsn"]},
        supervisor: {"role": "supervisor"},
    }
    for person_id, role in roles.items():
        operator.post(f"/v1/people/{person_id}/roles", role)
    target = operator.post("/v1/people", {"name": "Wening Lestari", "npsn": school})
    theirs.place.enter(target["id"])
    theirs.ketua.post(f"/v1/communities/{theirs.ids['community_id']}/members", {"person_id": target["id"]})
    [post] = operator.get(f"/v1/people/{target['id']}/assignments")["items"]
    home = replace(theirs, ids={**theirs.ids, "person_id": target["id"], "assignment_id": post["id"]})

    document = platform.http("GET", "/v1/openapi.json").json()
    stage = Stage(home, ours, platform, routes(document), replace(home, ids={**home.ids, **_published(home)}))
    bounds = {"client": [], "client_of_school": [school], "client_elsewhere": [teacher["npsn"]]}
    for who, schools in bounds.items():
        order = {"name": who, "scopes": list(SCOPES), "schools": schools}
        stage.clients[who] = operator.post("/v1/api-clients", order)
    people = {
        "teacher": teacher["id"],
        "member": theirs.ids["person_id"],
        "officer": theirs.ids["lead_id"],
        "principal": principal,
        "school_operator": school_operator,
        "elsewhere": elsewhere,
        "supervisor": supervisor,
    }
    stage.logins = {role: theirs.place.enter(id_).get("/v1/me")["username"] for role, id_ in people.items()}
    stage.logins |= {"operator": "operator", "foreigner": "operator"}
    stage.tokens = {role: stage.token(role) for role in (*ROLES, "foreigner")}
    home.grow_up()
    with stage.http:
        stage.http.trust_env = False
        yield stage


# --- what allowed requests need of their own


def _published(home: Home) -> Mapping[str, str]:
    """The ids of a published resource and its file."""
    file_id = share_file(home.member, "b.pdf", b"%PDF-1.7\n" + b"terbit" * 100)
    resource = home.member.post("/v1/resources", {**_text(home), "file_ids": [file_id]})
    home.member.post(f"/v1/resources/{resource['id']}/submit")
    home.ketua.post(f"/v1/resources/{resource['id']}/approve")
    return {"resource_id": resource["id"], "file_id": file_id}


def _person(home: Home, **said: Any) -> Made:
    found: Made = home.place.operator.post("/v1/people", {"name": "Budi Cadangan", **said})
    return found


def _member(home: Home) -> dict[str, Made]:
    person = _person(home, npsn=home.ids["npsn"])
    path = f"/v1/communities/{home.ids['community_id']}/members"
    [record] = home.ketua.post(path, {"person_ids": [person["id"]]})["items"]
    return {"person_id": {"id": person["id"], "version": record["version"]}}


def _community(home: Home) -> dict[str, Made]:
    order = {"name": "MGMP Cadangan", "kind": "mgmp", "ketua_id": home.ids["lead_id"]}
    return {"community_id": home.place.operator.post("/v1/communities", order)}


def _asked(home: Home) -> dict[str, Made]:
    closed = home.place.operator.post("/v1/communities", approving_community(home.ids["lead_id"]))
    request = home.member.post(f"/v1/communities/{closed['id']}/join-requests", {})
    return {"community_id": closed, "request_id": request}


def _approving(home: Home) -> dict[str, Made]:
    return {"community_id": home.place.operator.post("/v1/communities", approving_community(home.ids["lead_id"]))}


def _proposal(home: Home) -> dict[str, Made]:
    return {"proposal_id": home.member.post("/v1/community-proposals", {"name": "MGMP Usulan", "kind": "mgmp"})}


def _invitation(home: Home) -> dict[str, Made]:
    made = _community(home)["community_id"]
    invitation = home.ketua.post(f"/v1/communities/{made['id']}/invitations", {})
    return {"community_id": made, "code": {"id": invitation["code"]}}


def _guest(home: Home) -> dict[str, Made]:
    guest = {"name": "Tamu", "institution": "Universitas"}
    return {"guest_id": home.ketua.post(f"/v1/communities/{home.ids['community_id']}/guests", guest)}


def _grant(home: Home) -> dict[str, Made]:
    person = _person(home)
    return {"person_id": person, "grant_id": home.place.operator.post(f"/v1/people/{person['id']}/roles", _ROLE)}


def _post(home: Home) -> dict[str, Made]:
    person = _person(home, npsn=home.ids["npsn"])
    [post] = home.place.operator.get(f"/v1/people/{person['id']}/assignments")["items"]
    return {"person_id": person, "assignment_id": post}


def _transfer(home: Home) -> dict[str, Made]:
    person, order = _person(home), {"kind": "within", "to_npsn": home.ids["npsn"], "effective_on": "2099-07-01"}
    return {"person_id": person, "transfer_id": home.place.operator.post(f"/v1/people/{person['id']}/transfers", order)}


def _series(home: Home) -> dict[str, Made]:
    series = {"title": "Rutin", "goal": GOAL, "rrule": "FREQ=WEEKLY", "starts_on": LATER[:10], "starts_at": "07:00"}
    return {"series_id": home.ketua.post(f"/v1/communities/{home.ids['community_id']}/series", series)}


def _put_before(home: Home, path: str) -> Made:
    """One record of a district, which has no id, as it stands."""
    return {"id": "", **home.place.operator.get(path)}


def _paused_series(home: Home) -> dict[str, Made]:
    made = _series(home)
    return {"series_id": home.ketua.post(f"/v1/series/{made['series_id']['id']}/pause", {})}


def _session(home: Home) -> dict[str, Made]:
    plan = {"community_id": home.ids["community_id"], "title": "Rapat", "goal": GOAL, "starts_at": LATER}
    return {"session_id": home.ketua.post("/v1/sessions", plan)}


def _letter(home: Home) -> dict[str, Made]:
    session = _session(home)["session_id"]
    order = {"npsn": home.ids["npsn"], "person_ids": [home.ids["person_id"]]}
    return {"letter_id": home.ketua.post(f"/v1/sessions/{session['id']}/assignment-letters", order)}


def _held(home: Home, community_id: str = "") -> dict[str, Made]:
    """A meeting of yesterday, without agenda and minutes."""
    began = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    plan = {
        "community_id": community_id or home.ids["community_id"],
        "title": "Rapat",
        "goal": GOAL,
        "starts_at": began,
    }
    return {"session_id": {**home.ketua.post("/v1/sessions", plan), "version": 0}}


def _minuted(home: Home) -> dict[str, Made]:
    """One with minutes, in a community with one officer: elsewhere another one has to approve what she wrote."""
    order = {"name": "MGMP Seorang Pengurus", "kind": "mgmp", "ketua_id": home.ids["lead_id"]}
    community = home.place.operator.post("/v1/communities", order)["id"]
    home.ketua.post(f"/v1/communities/{community}/members", {"person_id": home.ids["person_id"]})
    made = _held(home, community)
    path = f"/v1/sessions/{made['session_id']['id']}/minutes"
    home.ketua.put(path, {"decisions": ["Mencoba."]}, version=0)
    return made


def _upload(home: Home) -> dict[str, Made]:
    headers = {"Upload-Length": "5", "Upload-Metadata": "filename YS50eHQ="}
    made = home.member.send("POST", "/v1/uploads", headers=headers)
    return {"upload_id": {"id": made.headers["Location"].rpartition("/")[2]}}


def _draft(home: Home) -> dict[str, Made]:
    return {"resource_id": home.member.post("/v1/resources", _text(home))}


def _text(home: Home) -> Mapping[str, str]:
    return {"community_id": home.ids["community_id"], "title": "Cadangan", "kind": "other", "text": "Tanpa berkas."}


def _submitted(home: Home) -> dict[str, Made]:
    draft = _draft(home)["resource_id"]
    return {"resource_id": home.member.post(f"/v1/resources/{draft['id']}/submit")}


def _cycle(home: Home) -> dict[str, Made]:
    cycle = {"title": "Siklus", "goal": GOAL}
    return {"cycle_id": home.ketua.post(f"/v1/communities/{home.ids['community_id']}/cycles", cycle)}


def _webhook(home: Home) -> dict[str, Made]:
    order = {"url": home.receiver.url, "events": ["membership.school_changed.v1"], "description": "cadangan"}
    return {"webhook_id": home.place.operator.post("/v1/webhooks", order)}


def _api_client(home: Home) -> dict[str, Made]:
    order = {"name": "Cadangan", "scopes": ["schools:read"]}
    return {"api_client_id": home.place.operator.post("/v1/api-clients", order)}


def _erasure(home: Home) -> dict[str, Made]:
    return {"erasure_id": home.place.enter(_person(home)["id"]).post("/v1/me/erasure")}


_ROLE = {"role": "supervisor"}

SPARE: Mapping[str, Callable[[Home], dict[str, Made]]] = {
    "membership.change_district": lambda home: {"": _as_read(home, "/v1/district", "id")},
    "membership.change_school": lambda home: {"npsn": _as_read(home, f"/v1/schools/{home.ids['npsn']}", "npsn")},
    "membership.rotate_api_client": _api_client,
    "membership.revoke_api_client": _api_client,
    "membership.change_person": lambda home: {"person_id": _person(home, npsn=home.ids["npsn"])},
    "membership.disable_person": lambda home: {"person_id": _person(home, npsn=home.ids["npsn"])},
    "membership.assign": lambda home: {"person_id": _person(home)},
    "membership.correct_assignment": _post,
    "membership.take_back_assignment": _post,
    "membership.transfer": lambda home: {"person_id": _person(home)},
    "membership.cancel_transfer": _transfer,
    "membership.grant_role": lambda home: {"person_id": _person(home)},
    "membership.revoke_role": _grant,
    "membership.refuse_erasure": _erasure,
    "membership.change_community": _community,
    "membership.archive_community": _community,
    "membership.revive_community": _community,
    "membership.merge_community": _community,
    "membership.accept_proposal": _proposal,
    "membership.refuse_proposal": _proposal,
    "membership.withdraw_proposal": _proposal,
    "membership.ask_to_join": _approving,
    "membership.approve_join_request": _asked,
    "membership.reject_join_request": _asked,
    "membership.withdraw_join_request": _asked,
    "membership.revoke_invitation": _invitation,
    "membership.accept_invitation": _invitation,
    "membership.remove_guest": _guest,
    "membership.change_member": _member,
    "membership.remove_member": _member,
    "scheduling.put_timetable": lambda home: {"": _put_before(home, "/v1/timetable")},
    "scheduling.put_holidays": lambda home: {"": _put_before(home, "/v1/holidays")},
    "scheduling.change_series": _series,
    "scheduling.pause_series": _series,
    "scheduling.resume_series": _paused_series,
    "scheduling.end_series": _series,
    "scheduling.change_session": _session,
    "scheduling.drop_session": _session,
    "scheduling.cancel_session": _session,
    "scheduling.grant_letter": _letter,
    "scheduling.refuse_letter": _letter,
    "scheduling.revoke_certificate": lambda home: {"number": {"id": certified(home)}},
    "scheduling.read_calendar": lambda home: {"calendar_token": {"id": calendar_token(home.place.operator)}},
    "scheduling.set_agenda": _held,
    "scheduling.write_minutes": _held,
    "scheduling.approve_minutes": _minuted,
    "content.append_chunk": _upload,
    "content.delete_upload": _upload,
    "content.change_resource": _draft,
    "content.submit_resource": _draft,
    "content.approve_resource": _submitted,
    "content.return_resource": _submitted,
    "content.withdraw_resource": _submitted,
    "learning.change_cycle": _cycle,
    "learning.advance_cycle": _cycle,
    "notification.change_webhook": _webhook,
    "notification.delete_webhook": _webhook,
    "notification.rotate_secret": _webhook,
}
"""What an allowed request is aimed at instead of the home's own, by the argument of the path that it takes the place
of. An operation that takes something away, or changes what the next one finds, needs a line."""

OWN_BODIES: Mapping[str, Callable[[Home], Any]] = {
    "membership.read_receipt": lambda home: {"receipt": home.ids["receipt"]},
    "content.draft_resource": _text,
    "notification.mark_read": lambda home: {"until": datetime.now(UTC).isoformat()},
}
"""Bodies that are anybody's, where the sample names what is one person's own."""


def _as_read(home: Home, path: str, key: str) -> Made:
    found = home.place.operator.get(path)
    return {"id": found[key], "version": found["version"]}


# --- the walk


def _contract(operation: str) -> Operation:
    return declared()[operation]


@pytest.mark.slow
@pytest.mark.parametrize("operation", served())
def test_each_role_gets_what_the_table_says(stage, operation):
    told, done = {}, []
    for role, refusals in sorted(expected(operation).items(), key=lambda each: not each[1]):
        token = stage.token(role) if operation == "membership.log_out" else stage.tokens[role]
        answer = stage.ask(operation, stage.home if refusals else stage.spare(operation), token)
        told[role] = answer.status_code
        if not refusals:
            done.append((role, answer.status_code, answer.text[:300]))
        wanted = answer.status_code in refusals if refusals else answer.status_code not in (401, 403, 404)
        assert wanted and answer.status_code < 500, (
            f"{operation}: {role} is told {answer.status_code}, the table in {TABLE} says {refusals or 'allowed'}: "
            f"{answer.text[:300]}"
        )
    good = [status for _, status, _ in done if status < 300 or status == NEVER_DONE.get(operation)]
    assert good or not done, f"{operation}: the sample request brings nobody anywhere: {done}; see SPARE in {__file__}"


@pytest.mark.parametrize("operation", [name for name in served() if not declared()[name].public])
def test_an_api_client_gets_what_its_scopes_and_schools_let_through(stage, operation):
    scope = _contract(operation).scope
    others = [each for each in SCOPES if each != scope]
    refused = stage.ask(operation, stage.home, stage.client_token("client", *others))
    assert refused.status_code == 403, f"{operation} without its scope: {refused.status_code} {refused.text[:300]}"
    for who, refusals in expected_of_clients(operation).items() if scope else ():
        answer = stage.ask(operation, stage.shown_to_clients, stage.client_token(who, str(scope)))
        wanted = answer.status_code in refusals if refusals else answer.status_code not in (401, 403, 404)
        assert wanted and answer.status_code < 500, (
            f"{operation}: {who} is told {answer.status_code}, the table in {TABLE} says {refusals or 'allowed'}: "
            f"{answer.text[:300]}"
        )


def test_the_operator_of_another_district_finds_nothing_here(stage):
    answers = {
        operation: stage.ask(operation, stage.home, stage.tokens["foreigner"]).status_code
        for operation, route in stage.routes.items()
        if route.arguments and not _contract(operation).public
    }
    assert {operation: status for operation, status in answers.items() if status not in (403, 404)} == {}


def test_a_token_of_a_district_that_is_not_here_opens_nothing(stage):
    """Even a genuine one: each service looks for the person in its own copies."""
    token, _ = Signer.from_file(stage.platform.cell.settings.signing_key).issue(new_id(), "9999", new_id())
    answer = stage.ask("membership.list_schools", stage.home, token)
    assert answer.status_code == 401


@pytest.mark.parametrize("operation", served())
def test_nobody_gets_only_what_is_public(stage, operation):
    answer = stage.ask(operation, stage.home, None)
    assert (answer.status_code == 401) != _contract(operation).public, answer.text
    assert answer.status_code < 500
