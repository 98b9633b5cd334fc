"""One real meeting travels through every service, over HTTP alone (issue "The spine", point 4)."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.client import Client, Refused
from tests.support.district import District, event_log, inbox_of, share_file, told, topics_of
from tests.support.ground import Platform
from tests.support.patience import eventually
from tests.support.receiver import receiving
from tests.support.roster import Gaps, make_roster

EVENTS = (
    "membership.community_changed.v1",
    "membership.member_joined.v1",
    "scheduling.session_scheduled.v1",
    "scheduling.rsvp_changed.v1",
    "content.resource_submitted.v1",
    "content.resource_published.v1",
    "learning.cycle_opened.v1",
)
WORKSHEET = b"%PDF-1.7\n" + bytes(range(256)) * 1500 + b"\n%%EOF\n"
NEXT_WEEK = (datetime.now(UTC) + timedelta(days=7)).strftime("%Y-%m-%dT06:00:00.000Z")


@dataclass
class Cast:
    """The district's people: who leads, who belongs, who is from elsewhere."""

    district: District
    ketua: Client
    sekretaris: Client
    members: tuple[Client, Client]
    outsider: Client
    ids: dict[str, str]


@pytest.fixture
def cast(platform: Platform, district: str) -> Cast:
    """A district with three schools and their staff, five of whom have activated their accounts."""
    place = District(platform, district)
    place.import_roster(make_roster(district, seed=7, schools=3, teachers=24, gaps=Gaps(same_name=0)))
    teachers = [person for person in place.people if person["id"] != place.operator_id]
    ids = dict(
        zip(("ketua", "sekretaris", "first", "second", "outsider"), (each["id"] for each in teachers), strict=False)
    )
    return Cast(
        place,
        place.enter(ids["ketua"]),
        place.enter(ids["sekretaris"]),
        (place.enter(ids["first"]), place.enter(ids["second"])),
        place.enter(ids["outsider"]),
        ids,
    )


def test_a_meeting_travels_through_every_service_and_each_is_told_once(cast):
    operator = cast.district.operator
    with receiving() as receiver:
        hook = operator.post("/v1/webhooks", {"url": receiver.url, "events": list(EVENTS), "description": "uji"})

        community = found_and_gather(cast)
        session = meet(cast, community)
        resource = share(cast, community)
        cycle = learn(cast, community, session)

        reaches_each_member_once(cast)
        of_each = event_ids_of(operator, community)
        eventually(lambda: {call.event["id"] for call in receiver.calls} >= of_each, 30)
        deliveries_are_signed_and_complete(operator, hook, receiver.calls, of_each)
    what_was_made_can_be_read_by_another_member(cast, session, resource, cycle)


def found_and_gather(cast: Cast) -> str:
    """The operator founds an MGMP for its ketua, who adds a sekretaris; two teachers join by themselves."""
    order = {"name": "MGMP IPA SMP", "kind": "mgmp", "level": "SMP", "subject": "IPA", "phase": "D"}
    founded = cast.district.operator.post("/v1/communities", {**order, "ketua_id": cast.ids["ketua"]})
    path = f"/v1/communities/{founded['id']}/members"
    cast.ketua.post(path, {"person_id": cast.ids["sekretaris"], "role": "sekretaris"})
    for member, name in zip(cast.members, ("first", "second"), strict=True):
        [added] = member.post(path, {"person_id": cast.ids[name]})["items"]
        assert (added["outcome"], added["role"]) == ("joined", "member")
    assert cast.ketua.get(f"/v1/communities/{founded['id']}")["member_count"] == 4
    told(cast.ketua, ["member_joined"] * 2)
    told(cast.sekretaris, ["added_to_community", *["member_joined"] * 2])
    return str(founded["id"])


def meet(cast: Cast, community: str) -> Any:
    """The ketua sets a session; members answer, one of them twice."""
    goal = "Murid menyimpulkan dari data yang mereka kumpulkan sendiri."
    session = cast.ketua.post(
        "/v1/sessions", {"community_id": community, "title": "Membaca grafik", "goal": goal, "starts_at": NEXT_WEEK}
    )
    rsvp = f"/v1/sessions/{session['id']}/rsvp"
    first, second = cast.members
    assert first.put(rsvp, {"answer": "maybe"})["answer"] == "maybe"
    assert first.put(rsvp, {"answer": "yes"})["answer"] == "yes"
    assert second.put(rsvp, {"answer": "no", "reason": "Ada ujian di kelas saya."})["answer"] == "no"
    with pytest.raises(Refused) as refused:
        cast.outsider.put(rsvp, {"answer": "yes"})
    assert refused.value.status == 403
    seen = cast.sekretaris.get(f"/v1/sessions/{session['id']}")
    assert seen["answers"] == {"yes": 1, "no": 1, "maybe": 0, "waiting": 0}
    reasons = {each["answer"]: each["reason"] for each in cast.sekretaris.every(rsvp + "s")}
    assert reasons == {"yes": None, "no": "Ada ujian di kelas saya."}
    return session


def share(cast: Cast, community: str) -> Any:
    """A member shares a text and a worksheet; the ketua looks at it and publishes it."""
    author = cast.members[0]
    file_id = share_file(author, "lembar kerja.pdf", WORKSHEET)
    resource = author.post(
        "/v1/resources",
        {
            "community_id": community,
            "title": "Lembar kerja membaca grafik",
            "kind": "teaching_kit",
            "text": "Ajak murid **menebak** dulu, baru mengukur.",
            "file_ids": [file_id],
        },
    )
    author.post(f"/v1/resources/{resource['id']}/submit")
    waiting = eventually(lambda: list(cast.ketua.every("/v1/resources", community=community, status="submitted")), 10)
    assert [each["id"] for each in waiting] == [resource["id"]]
    return cast.ketua.post(f"/v1/resources/{resource['id']}/approve")


def learn(cast: Cast, community: str, session: Any) -> Any:
    """The ketua opens an inquiry cycle, and the session becomes a part of it."""
    cycle = cast.ketua.post(
        f"/v1/communities/{community}/cycles",
        {"title": "Dari data ke kesimpulan", "goal": "Murid menalar dari data.", "phase": "D"},
    )
    present = cast.ketua.get(f"/v1/sessions/{session['id']}")
    changed = cast.ketua.patch(
        f"/v1/sessions/{session['id']}", {"cycle_id": cycle["id"], "phase": "reflection"}, version=present["version"]
    )
    assert (changed["cycle_id"], changed["phase"]) == (cycle["id"], "reflection")
    [part] = cast.ketua.get(f"/v1/cycles/{cycle['id']}")["sessions"]
    assert (part["id"], part["phase"]) == (session["id"], "reflection")
    return cycle


def reaches_each_member_once(cast: Cast) -> None:
    """Exactly one notification for each thing that concerns somebody, and none for who is not concerned."""
    everyone = ["session_scheduled", "resource_published", "cycle_opened"]
    expected = {
        cast.ketua: [*everyone, "resource_submitted", *["member_joined"] * 2],
        cast.sekretaris: [*everyone, "resource_submitted", "added_to_community", *["member_joined"] * 2],
        cast.members[0]: everyone,
        cast.members[1]: everyone,
        cast.outsider: [],
        cast.district.operator: [],
    }
    for client, topics in expected.items():
        told(client, topics)
    # Nothing more is on its way, and what came is unread until it is read.
    time.sleep(1.5)
    for client, topics in expected.items():
        assert topics_of(client) == sorted(topics)
    second = cast.members[1]
    assert second.get("/v1/notifications/unread-count") == {"unread": 3}
    newest = inbox_of(second)[0]
    assert second.post("/v1/notifications/read", {"until": newest["id"]}) == {"unread": 0}
    assert list(second.every("/v1/notifications", unread="true")) == []


def event_ids_of(operator: Client, community: str) -> set[str]:
    """The ids of the community's events of the webhook's types, as the services' own logs hold them."""
    found = []
    for service in ("membership", "scheduling", "content", "learning"):
        types = [type_ for type_ in EVENTS if type_.startswith(service)]
        found += [event for event in event_log(operator, service, types) if event["data"]["community_id"] == community]
    counts = Counter(event["type"] for event in found)
    assert counts == {
        "membership.community_changed.v1": 1,
        "membership.member_joined.v1": 4,
        "scheduling.session_scheduled.v1": 1,
        "scheduling.rsvp_changed.v1": 3,
        "content.resource_submitted.v1": 1,
        "content.resource_published.v1": 1,
        "learning.cycle_opened.v1": 1,
    }
    return {event["id"] for event in found}


def deliveries_are_signed_and_complete(operator: Client, hook: Any, calls: list[Any], of_each: set[str]) -> None:
    """Each event once, signed as Standard Webhooks asks, with what the event log says of it."""
    assert Counter(call.event["id"] for call in calls) == Counter(of_each)
    logged = {
        event["id"]: event
        for service in ("membership", "scheduling", "content", "learning")
        for event in event_log(operator, service, [type_ for type_ in EVENTS if type_.startswith(service)])
    }
    for call in calls:
        event = call.verified(hook["secret"])
        assert call.headers["webhook-id"] == event["id"]
        assert event == logged[event["id"]]
        assert event["district"] == operator.get("/v1/district")["id"]
    statuses = eventually(lambda: _all_delivered(operator, hook["id"], len(of_each)), 10)
    assert statuses == Counter(delivered=len(of_each))


def _all_delivered(operator: Client, hook_id: str, count: int) -> Counter[str] | None:
    statuses = Counter(each["status"] for each in operator.every(f"/v1/webhooks/{hook_id}/deliveries"))
    return statuses if statuses["delivered"] == count else None


def what_was_made_can_be_read_by_another_member(cast: Cast, session: Any, resource: Any, cycle: Any) -> None:
    reader = cast.members[1]
    assert [each["id"] for each in reader.every("/v1/sessions", mine="true")] == [session["id"]]
    [shown] = reader.every("/v1/resources")
    assert shown["id"] == resource["id"]
    whole = reader.get(f"/v1/resources/{resource['id']}")
    assert whole["text"] == "Ajak murid **menebak** dulu, baru mengukur."
    [file] = whole["files"]
    content = reader.send("GET", f"/v1/files/{file['id']}").content
    assert hashlib.sha256(content).hexdigest() == file["sha256"] == hashlib.sha256(WORKSHEET).hexdigest()
    assert reader.get(f"/v1/cycles/{cycle['id']}")["stage"] == "reflection"


def test_who_founds_a_community_can_post_its_first_meeting_and_cycle_at_once(cast):
    """Read your own writes: scheduling, learning and content hear of the community from events, and wait for them."""
    for number in range(5):
        community = cast.district.operator.post(
            "/v1/communities", {"name": f"MGMP IPS {number}", "kind": "mgmp", "level": "SMP", "subject": "IPS"}
        )
        order = {"community_id": community["id"], "title": "Pertemuan pertama", "goal": "Murid bertanya."}
        assert cast.district.operator.post("/v1/sessions", {**order, "starts_at": NEXT_WEEK})["status"] == "scheduled"
        cycle = cast.district.operator.post(
            f"/v1/communities/{community['id']}/cycles", {"title": "Siklus pertama", "goal": "Murid bertanya."}
        )
        in_cycle = {**order, "starts_at": NEXT_WEEK, "cycle_id": cycle["id"], "phase": "reflection"}
        assert cast.district.operator.post("/v1/sessions", in_cycle)["cycle_id"] == cycle["id"]
        draft = {"community_id": community["id"], "title": "Catatan", "kind": "other", "text": "Mulai dari murid."}
        assert cast.district.operator.post("/v1/resources", draft)["status"] == "draft"


def test_a_ketua_named_by_the_operator_can_post_before_having_been_told_anything(cast):
    """The ketua sends no ``Sanggar-After``: what is very young is waited for all the same."""
    named = {"name": "MGMP PJOK", "kind": "mgmp", "level": "SMP", "subject": "PJOK", "ketua_id": cast.ids["second"]}
    community = cast.district.operator.post("/v1/communities", named)
    session = cast.members[1].post(
        "/v1/sessions",
        {"community_id": community["id"], "title": "Perdana", "goal": "Murid bergerak.", "starts_at": NEXT_WEEK},
    )
    assert session["status"] == "scheduled"


def test_who_joins_can_answer_the_next_meeting_at_once_and_is_told_of_it(cast):
    community = cast.district.operator.post(
        "/v1/communities", {"name": "MGMP Informatika", "kind": "mgmp", "ketua_id": cast.ids["ketua"]}
    )
    session = cast.ketua.post(
        "/v1/sessions",
        {"community_id": community["id"], "title": "Algoritma", "goal": "Murid menyusun.", "starts_at": NEXT_WEEK},
    )
    late = cast.outsider
    late.post(f"/v1/communities/{community['id']}/members", {"person_id": cast.ids["outsider"]})
    assert late.put(f"/v1/sessions/{session['id']}/rsvp", {"answer": "yes"})["answer"] == "yes"
    told(late, ["session_scheduled"])
