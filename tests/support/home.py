"""A district with one of everything that operations speak of, to aim requests at."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from deploy.client import Client
from shared.ids import made_at_ms, new_id
from tests.support.district import PASSWORD, District, inbox_of, share_file
from tests.support.ground import Platform
from tests.support.patience import eventually
from tests.support.receiver import Receiver
from tests.support.roster import TEACHER_COLUMNS, Gaps, csv_bytes, make_roster

NOW = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:00.000Z")
SOON = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT06:00:00.000Z")
LATER = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT06:00:00.000Z")
HEARD = ["membership.member_joined.v1", "membership.person_changed.v1", "scheduling.session_scheduled.v1"]
GOAL = "Murid menjelaskan dengan kata-katanya sendiri."

# Longer than any job of a service waits for its next turn.
_REST = 3.0

YOUNG_SECONDS = 5
"""For so long the shared platform believes that an unknown id is on its way (30 s unless said; docs/kernel.md)."""

Ids = dict[str, str]

ARGUMENTS = (
    *(
        "npsn",
        "person_id",
        "assignment_id",
        "transfer_id",
        "sid",
        "identity_id",
        "grant_id",
        "import_id",
        "number",
        "community_id",
    ),
    *("session_id", "commitment_id", "revision", "series_id", "cycle_id", "upload_id", "file_id", "resource_id"),
    *("webhook_id", "delivery_id", "api_client_id", "export_id", "erasure_id", "n"),
    *("proposal_id", "request_id", "code", "guest_id", "attendee_id"),
    *("share_token", "letter_id", "document", "calendar_token"),
)
"""What the paths of operations speak of; :func:`settle` keeps one of each."""


@dataclass
class Home:
    """A district with one of everything. ``ids`` are what its paths are made of, ``marks`` what nobody of another
    district may ever be shown."""

    place: District
    ketua: Client
    member: Client
    receiver: Receiver
    ids: Ids = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)
    client: dict[str, str] = field(default_factory=dict)
    """The credentials of an API client."""

    def keep(self, name: str, made: Mapping[str, Any]) -> str:
        self.ids[name] = str(made["id"])
        self.versions[name] = int(made.get("version", 1))
        return self.ids[name]

    def teaches(self, person_id: str) -> bool:
        """Whether somebody has their post at the home's school."""
        return bool(self.place.operator.get(f"/v1/people/{person_id}")["npsn"] == self.ids["npsn"])

    def grow_up(self) -> None:
        """Wait until each refusal comes at once, because nothing here is young any more."""
        youngest = max(made_at_ms(id_) or 0 for id_ in self.ids.values()) / 1000
        time.sleep(max(0.0, youngest + YOUNG_SECONDS + 1 - time.time()))

    def portrait(self) -> dict[str, Any]:
        """All that the district can see of itself."""
        operator, community = self.place.operator, self.ids["community_id"]
        lists = [
            *("schools", "people", "communities", "resources", "webhooks", "api-clients"),
            *(f"communities/{community}/{what}" for what in ("members", "series", "cycles", "invitations", "guests")),
            *(f"people/{self.ids['person_id']}/{what}" for what in ("assignments", "transfers", "roles")),
            *(f"sessions/{self.ids['session_id']}/rsvps", f"imports/{self.ids['import_id']}/rows"),
            f"webhooks/{self.ids['webhook_id']}/deliveries",
            *(f"communities/{self.ids['double_id']}/join-requests", "community-proposals"),
        ]
        seen: dict[str, Any] = {path: list(operator.every(f"/v1/{path}")) for path in lists if "rsvps" not in path}
        seen["rsvps"] = list(self.ketua.every(f"/v1/sessions/{self.ids['session_id']}/rsvps"))
        seen["attendance"] = list(self.ketua.every(f"/v1/sessions/{self.ids['session_id']}/attendance"))
        seen["sessions"] = list(operator.every("/v1/sessions"))
        seen["commitments"] = list(self.member.every(f"/v1/communities/{community}/commitments"))
        seen["minutes"] = self.member.get(f"/v1/sessions/{self.ids['session_id']}/minutes")
        for name in ("session", "series", "cycle", "resource", "upload", "file"):
            about = "/about" if name == "file" else ""
            plural = {"series": "series"}.get(name, name + "s")
            seen[name] = self.member.get(f"/v1/{plural}/{self.ids[name + '_id']}{about}")
        seen["import"] = operator.get(f"/v1/imports/{self.ids['import_id']}")
        seen["inboxes"] = [inbox_of(client) for client in (operator, self.ketua, self.member)]
        return seen

    def at_rest(self) -> dict[str, Any]:
        """The portrait, once nothing of what happened before changes it any more."""
        seen: dict[str, Any] = {}
        since = time.monotonic()

        def unchanged() -> bool:
            nonlocal seen, since
            before, seen = seen, self.portrait()
            since = since if seen == before else time.monotonic()
            return time.monotonic() - since > _REST

        eventually(unchanged, 60)
        return seen


def settle(platform: Platform, district: str, receiver: Receiver, seed: int) -> Home:
    """One of everything that operations speak of."""
    place = District(platform, district)
    roster = make_roster(district, seed=seed, schools=2, teachers=10, gaps=Gaps(same_name=0))
    place.import_roster(roster)
    operator = place.operator
    lead, helper, loner = [person["id"] for person in without_roles(place)][:3]
    home = Home(place, place.enter(lead), place.enter(helper), receiver)
    home.ids |= {"npsn": roster.schools[0]["npsn"], "person_id": helper, "lead_id": lead, "loner_id": loner}
    home.versions |= {"npsn": operator.get(f"/v1/schools/{home.ids['npsn']}")["version"]}
    place.client().log_in(place.id, operator.get(f"/v1/people/{helper}")["username"], PASSWORD)
    home.ids["sid"] = next(each["id"] for each in home.member.get("/v1/me/sessions")["items"] if not each["current"])
    home.ids["identity_id"] = "0" * 64
    # A role that does not count yet: the member is to be no more than that.
    role = {"role": "supervisor", "from": f"{int(SOON[:4]) + 1}-01-01"}
    home.keep("grant_id", operator.post(f"/v1/people/{helper}/roles", role))
    home.keep("assignment_id", operator.get(f"/v1/people/{helper}/assignments")["items"][0])
    move = {"kind": "out", "effective_on": f"{int(SOON[:4]) + 2}-01-01"}
    home.keep("transfer_id", operator.post(f"/v1/people/{helper}/transfers", move))
    machine = {"name": "Dapodik Sekolah", "scopes": ["schools:read", "people:read"]}
    made = operator.post("/v1/api-clients", machine)
    home.client = {name: made[name] for name in ("client_id", "client_secret")}
    home.keep("api_client_id", made)
    home.keep("webhook_id", operator.post("/v1/webhooks", {"url": receiver.url, "events": HEARD, "description": "uji"}))
    home.keep("import_id", place.import_file("teachers", with_new_phones(roster), apply=False))
    community = home.keep(
        "community_id",
        operator.post("/v1/communities", {"name": f"MGMP {district}", "kind": "mgmp", "ketua_id": lead}),
    )
    home.member.post(f"/v1/communities/{community}/members", {"person_id": helper})
    home.keep("double_id", operator.post("/v1/communities", approving_community(lead)))
    home.keep("request_id", home.member.post(f"/v1/communities/{home.ids['double_id']}/join-requests", {}))
    home.keep("proposal_id", home.member.post("/v1/community-proposals", {"name": "MGMP Usulan", "kind": "mgmp"}))
    home.ids["code"] = home.ketua.post(f"/v1/communities/{community}/invitations", {})["code"]
    guest = {"name": f"Tamu {district}", "institution": "Universitas"}
    home.keep("guest_id", home.ketua.post(f"/v1/communities/{community}/guests", guest))
    plan = {"community_id": community, "title": "Rapat", "goal": GOAL}
    home.keep("session_id", home.ketua.post("/v1/sessions", {**plan, "starts_at": SOON}))
    shared = home.ketua.get(f"/v1/sessions/{home.ids['session_id']}/share")
    home.ids["share_token"] = shared["url"].rpartition("/")[2]
    named = next(each for each in (helper, lead) if home.teaches(each))
    letter = {"npsn": home.ids["npsn"], "person_ids": [named]}
    home.keep("letter_id", home.ketua.post(f"/v1/sessions/{home.ids['session_id']}/assignment-letters", letter))
    note = {"client_id": "1", "guest": guest, "status": "izin", "at": NOW}
    noted = home.ketua.post(f"/v1/sessions/{home.ids['session_id']}/attendance", {"items": [note]})
    home.ids["attendee_id"] = noted["items"][0]["attendee_id"]
    series = {"title": "Rutin", "goal": GOAL, "rrule": "FREQ=WEEKLY", "starts_on": SOON[:10], "starts_at": "13:00"}
    home.keep("series_id", home.ketua.post(f"/v1/communities/{community}/series", series))
    home.keep("cycle_id", home.ketua.post(f"/v1/communities/{community}/cycles", {"title": "Siklus", "goal": GOAL}))
    home.member.put(f"/v1/sessions/{home.ids['session_id']}/rsvp", {"answer": "yes"})
    undertaken = {"title": "Coba di kelas", "goal": GOAL, "due_on": SOON[:10]}
    home.keep("commitment_id", home.member.post(f"/v1/communities/{community}/commitments", undertaken))
    home.ketua.put(f"/v1/sessions/{home.ids['session_id']}/minutes", {"decisions": ["Mencoba."]}, version=0)
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
    export = home.keep("export_id", home.member.post("/v1/me/export"))
    eventually(lambda: home.member.get(f"/v1/me/export/{export}")["status"] == "ready", 30)
    erasure = home.member.post("/v1/me/erasure")
    home.keep("erasure_id", erasure)
    home.ids["receipt"] = erasure["receipt"]
    home.marks = {home.client["client_secret"], *home.ids.values(), *(person["id"] for person in place.people)}
    home.marks |= {value for row in roster.teachers for value in (row["nuptk"], row["email"], row["npsn"]) if value}
    home.ids["number"] = certified(home)
    # The operator's: it shows no session, whose ids are marks.
    home.ids["calendar_token"] = calendar_token(operator)
    # Too short to mark anything: a row of the import, a revision of the minutes, a kind of paper.
    home.ids |= {"n": "2", "revision": "1", "document": "invitation"}
    missing = [name for name in ARGUMENTS if name not in home.ids]
    assert not missing, f"settle() keeps no {missing}"
    return home


def calendar_token(client: Client) -> str:
    """The secret in the address of somebody's calendar."""
    return str(client.get("/v1/me/calendar")["url"]).rpartition("/")[2].removesuffix(".ics")


def certified(home: Home) -> str:
    """The number of a certificate that the member earned yesterday, in a community with one officer: nobody else has to
    approve the minutes."""
    started = datetime.now(UTC) - timedelta(days=1)
    order = {"name": "MGMP Bersertifikat", "kind": "mgmp", "ketua_id": home.ids["lead_id"]}
    community = home.place.operator.post("/v1/communities", order)["id"]
    home.ketua.post(f"/v1/communities/{community}/members", {"person_id": home.ids["person_id"]})
    plan = {"community_id": community, "title": "Kemarin", "goal": GOAL, "starts_at": started.isoformat()}
    session = home.ketua.post("/v1/sessions", plan)["id"]
    note = {"client_id": new_id(), "person_id": home.ids["person_id"], "status": "hadir", "at": started.isoformat()}
    home.ketua.post(f"/v1/sessions/{session}/attendance", {"items": [note]})
    home.ketua.put(f"/v1/sessions/{session}/minutes", {"decisions": ["Lanjut."]}, version=0)
    home.ketua.post(f"/v1/sessions/{session}/minutes/approve", {})
    home.ketua.post(f"/v1/communities/{community}/certificates", {"semester": semester_of(started)})
    issued = home.ketua.get(f"/v1/certificates?community={community}")["items"]
    return next(
        str(each["number"])
        for each in issued
        if (each["person_id"], each["status"]) == (home.ids["person_id"], "valid")
    )


def semester_of(moment: datetime) -> str:
    """The semester in which a moment lies in Java."""
    local = moment.astimezone(ZoneInfo("Asia/Jakarta"))
    year = local.year if local.month >= 7 else local.year - 1
    return f"{year}/{year + 1} {'Ganjil' if local.month >= 7 else 'Genap'}"


def approving_community(ketua_id: str) -> dict[str, Any]:
    """A community whose officers decide who joins."""
    return {"name": "MGMP Kembar", "kind": "mgmp", "ketua_id": ketua_id, "join_policy": "approval"}


def without_roles(place: District) -> list[Any]:
    """The people who are no more than teachers: a list makes principals of those whom it calls so."""
    people = place.people
    return [each for each in people if not place.operator.get(f"/v1/people/{each['id']}/roles")["items"]]


def with_new_phones(roster: Any) -> bytes:
    rows = [{**row, "hp": f"08610000{place:04d}"} for place, row in enumerate(roster.teachers)]
    return csv_bytes(rows, TEACHER_COLUMNS)
