"""Which things people are told of, and whom each concerns."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notification.domain import announcements
from shared.contracts.events import received_by
from shared.contracts.notification import TOPICS
from shared.texts import exists

NOW = datetime(2026, 5, 4, 6, tzinfo=UTC)
SESSION = {
    "session_id": "s1",
    "community_id": "c1",
    "series_id": None,
    "title": "Membaca grafik",
    "starts_at": NOW + timedelta(days=1),
    "timezone": "Asia/Jakarta",
    "place": "SMPN 1",
    "mode": "on_site",
    "status": "scheduled",
}
SERIES = {
    "series_id": "r1",
    "community_id": "c1",
    "title": "Rabu MGMP",
    "starts_on": "2026-05-06",
    "starts_at": "13:00",
    "timezone": "Asia/Jakarta",
    "place": None,
    "status": "active",
}
RESOURCE = {"resource_id": "f1", "community_id": "c1", "author_id": "siti", "title": "Modul pecahan"}
MEMBER = {"community_id": "c1", "person_id": "budi"}
REQUEST = {"request_id": "q1", "community_id": "c1", "person_id": "budi", "status": "pending"}
PROPOSAL = {"proposal_id": "p1", "person_id": "budi", "name": "MGMP", "kind": "mgmp", "npsn": None, "status": "open"}
LETTER = {"letter_id": "l1", "session_id": "s1", "community_id": "c1", "npsn": "20306321", "status": "requested"}
LETTER |= {"requested_by": "siti", "person_ids": ["budi", "siti"]}
PROPOSAL |= {"community_id": "c1"}
COMMITMENT = {"commitment_id": "t1", "community_id": "c1", "owner_ids": ["ani", "budi"], "due_on": "2026-05-20"}
COMMITMENT |= {"status": "done", "made_by": "ani", "settled_by": "budi"}
CYCLE = {"cycle_id": "y1", "community_id": "c1", "title": "Grafik", "stage": "planning"}


@pytest.mark.parametrize(
    ("kind", "state", "audience"),
    [
        ("session_scheduled", SESSION, "members"),
        ("session_rescheduled", SESSION, "members"),
        ("session_cancelled", SESSION, "members"),
        ("session_due", SESSION, "expected"),
        ("series_changed", SERIES, "members"),
        ("resource_published", RESOURCE, "members"),
        ("cycle_opened", CYCLE, "members"),
        ("minutes_approved", SESSION, "members"),
        ("commitment_made", COMMITMENT, "named"),
        ("commitment_settled", COMMITMENT, "named"),
        ("cycle_advanced", CYCLE, "members"),
        ("resource_submitted", RESOURCE, "officers"),
        ("member_joined", MEMBER, "officers"),
        ("resource_returned", RESOURCE, "person"),
        ("join_requested", REQUEST, "officers"),
        ("join_decided", {**REQUEST, "status": "approved"}, "person"),
        ("community_proposed", PROPOSAL, "founders"),
        ("proposal_decided", {**PROPOSAL, "status": "refused"}, "person"),
        ("assignment_letter_requested", LETTER, "school"),
        ("assignment_letter_decided", {**LETTER, "status": "granted"}, "named"),
        ("assignment_letter_affected", {**LETTER, "change": "moved", "others": 0}, "school"),
    ],
)
def test_whom_each_thing_concerns(kind, state, audience):
    announcement = announcements.of_event(kind, state, 7)
    assert (announcement.topic, announcement.audience, announcement.community_id) == (kind, audience, "c1")


def test_a_decided_letter_concerns_those_whom_it_names_and_whoever_asked_for_it():
    assert announcements.of_event("assignment_letter_decided", LETTER, 7).params["told"] == ["siti", "budi"]


def test_a_school_hears_again_of_a_meeting_that_moves_twice_whoever_asked_for_the_letter():
    affected = {**LETTER, "change": "moved", "others": 0}
    first, second = (announcements.of_event("assignment_letter_affected", affected, version) for version in (2, 3))
    assert first.id != second.id
    assert first.person_id is None


def test_a_returned_resource_concerns_its_author():
    assert announcements.of_event("resource_returned", RESOURCE, 7).person_id == "siti"


@pytest.mark.parametrize(
    "kind", ["rsvp_changed", "person_changed", "school_changed", "resource_withdrawn", "minutes_changed"]
)
def test_what_would_be_noise_is_told_to_nobody(kind):
    assert announcements.of_event(kind, SESSION, 7) is None


@pytest.mark.parametrize(("kind", "told"), [("commitment_made", ["budi"]), ("commitment_settled", ["ani"])])
def test_a_commitment_concerns_those_who_see_to_it_but_who_did_it(kind, told):
    assert announcements.of_event(kind, COMMITMENT, 7).params["told"] == told
    for owners in ([], [COMMITMENT["made_by" if kind == "commitment_made" else "settled_by"]]):
        assert announcements.of_event(kind, {**COMMITMENT, "owner_ids": owners}, 7) is None


def test_minutes_that_are_approved_again_are_told_once():
    first, again = (announcements.of_event("minutes_approved", SESSION, sequence).id for sequence in (1, 2))
    assert first == again


@pytest.mark.parametrize("kind", ["session_scheduled", "session_rescheduled", "session_cancelled"])
def test_a_quiet_change_is_told_to_nobody(kind):
    assert announcements.of_event(kind, {**SESSION, "quiet": True}, 7) is None


def test_a_session_is_scheduled_once_but_may_be_moved_often():
    def once(kind, sequence):
        return announcements.of_event(kind, SESSION, sequence).id

    assert once("session_scheduled", 1) == once("session_scheduled", 2)
    assert once("session_rescheduled", 2) != once("session_rescheduled", 3)
    assert once("session_rescheduled", 2) == once("session_rescheduled", 2)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, True),
        ({"status": "cancelled"}, False),
        ({"starts_at": NOW}, False),
        ({"starts_at": NOW - timedelta(days=1)}, False),
        ({"series_id": "r1"}, False),
    ],
)
def test_a_newcomer_hears_of_single_meetings_that_are_still_to_come(change, told):
    assert announcements.session_is_open({**SESSION, **change}, NOW) is told


def test_only_who_moved_up_the_waiting_list_is_told_of_an_answer():
    answer = {"session_id": "s1", "community_id": "c1", "person_id": "budi", "answer": "yes", "state": "coming"}
    assert announcements.of_event("rsvp_changed", {**answer, "moved_up": False}, 7) is None
    told = announcements.of_event("rsvp_changed", {**answer, "moved_up": True}, 7)
    assert (told.topic, told.audience, told.person_id) == ("seat_given", "person", "budi")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, True),
        ({"status": "cancelled"}, False),
        ({"starts_at": NOW + timedelta(days=2)}, False),
        ({"starts_at": NOW - timedelta(minutes=1)}, False),
    ],
)
def test_a_reminder_that_comes_late_is_given_only_of_what_is_to_come_at_that_hour(change, told):
    reminded = announcements.of_event("session_due", SESSION, 7)
    assert announcements.still_to_come({**SESSION, **change}, reminded.params, NOW) is told


def test_every_topic_of_the_contract_is_announced_from_an_event_that_notification_hears():
    heard = {event.routing.removesuffix(".v1") for event in received_by("notification")}
    own = {"added_to_community": "member_joined", "community_merged": "member_left"}
    own |= {"seat_given": "rsvp_changed", "decree_ending": "deadline_near", "term_ending": "deadline_near"}
    assert {own.get(topic, topic) for topic in TOPICS} <= heard
    assert set(announcements._MAKERS) == {own.get(topic, topic) for topic in TOPICS} - {"member_left"}


@pytest.mark.parametrize("what", ["decree", "term"])
def test_what_ends_soon_is_told_to_the_officers_each_time(what):
    state = {"community_id": "c1", "what": what, "until": "2026-12-31", "days_left": 14}
    told = [announcements.of_event("deadline_near", state, sequence) for sequence in (1, 2)]
    assert [(each.topic, each.audience) for each in told] == [(f"{what}_ending", "officers")] * 2
    assert told[0].id != told[1].id


@pytest.mark.parametrize(
    ("kind", "said", "topic"),
    [
        ("member_joined", {"added": True}, "added_to_community"),
        ("member_joined", {"added": False}, None),
        ("member_joined", {"quiet": True}, None),
        ("member_left", {"reason": "merged"}, "community_merged"),
        ("member_left", {"reason": "left"}, None),
    ],
)
def test_people_hear_of_their_own_membership_what_others_decided(kind, said, topic):
    told = announcements.of_membership(kind, {**MEMBER, **said}, 7)
    assert (told and (told.topic, told.person_id, told.audience)) == (topic and (topic, "budi", "person"))


def test_officers_are_not_told_of_each_whom_one_of_them_took_in():
    assert announcements.of_event("member_joined", {**MEMBER, "added": True}, 7) is None
    assert announcements.of_event("member_joined", {**MEMBER, "added": False}, 7) is not None


@pytest.mark.parametrize(("kind", "state"), [("join_decided", REQUEST), ("proposal_decided", PROPOSAL)])
def test_what_somebody_took_back_themselves_is_told_to_nobody(kind, state):
    assert announcements.of_event(kind, {**state, "status": "withdrawn"}, 7) is None


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_words(topic):
    endings = {
        "series_changed": ("_active", "_ended"),
        "session_due": ("", "_waiting", "_unanswered"),
        "join_requested": ("", "_approved", "_rejected", "_withdrawn"),
        "join_decided": ("_approved", "_rejected"),
        "proposal_decided": ("_accepted", "_refused"),
        "assignment_letter_decided": ("_granted", "_refused"),
        "assignment_letter_affected": ("_moved", "_moved_with_others", "_cancelled", "_cancelled_with_others"),
        "commitment_settled": ("_done", "_dropped"),
    }
    for variant in [f"{topic}{ending}" for ending in endings.get(topic, ("",))]:
        assert exists(f"notification.{variant}_title")
        assert exists(f"notification.{variant}_body")


@pytest.mark.parametrize(
    ("news", "state", "until"),
    [
        ("paused", {"pauses": [{"since": "2026-05-06", "until": "2026-06-01"}]}, "2026-06-01"),
        ("paused", {"pauses": [{"since": "2026-05-06", "until": None}]}, None),
        ("resumed", {}, None),
        ("changed", {}, None),
        ("shortened", {"rrule": "FREQ=WEEKLY;UNTIL=20260630"}, "2026-06-30"),
    ],
)
def test_what_became_of_a_series_is_told_with_its_date(news, state, until):
    told = announcements.of_series({"rrule": "FREQ=WEEKLY", **SERIES, **state, "news": news}, 7)
    assert (told.params["news"], told.params["until"]) == (news, until)
    assert exists(f"notification.series_changed_{news}_title")
    assert exists(f"notification.series_changed_{news}_body")


def test_a_planned_pause_is_told_with_its_first_day():
    """Who hears of it in January does not take it to begin now."""
    pauses = [{"since": "2026-05-06", "until": "2026-06-01"}, {"since": "2027-03-01", "until": None}]
    told = announcements.of_series({**SERIES, "news": "paused", "pauses": pauses}, 7)
    assert (told.params["since"], told.params["until"]) == ("2027-03-01", None)


@pytest.mark.parametrize("news", ["started", "ended", None])
def test_the_beginning_and_the_end_of_a_series_are_told_by_its_status(news):
    assert "news" not in announcements.of_series({**SERIES, "news": news}, 7).params


def test_the_old_part_of_a_series_that_was_split_is_told_to_nobody():
    assert announcements.of_event("series_changed", {**SERIES, "news": "shortened", "quiet": True}, 7) is None
