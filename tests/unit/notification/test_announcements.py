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
CYCLE = {"cycle_id": "y1", "community_id": "c1", "title": "Grafik", "stage": "planning"}


@pytest.mark.parametrize(
    ("kind", "state", "audience"),
    [
        ("session_scheduled", SESSION, "members"),
        ("session_rescheduled", SESSION, "members"),
        ("session_cancelled", SESSION, "members"),
        ("series_changed", SERIES, "members"),
        ("resource_published", RESOURCE, "members"),
        ("cycle_opened", CYCLE, "members"),
        ("cycle_advanced", CYCLE, "members"),
        ("resource_submitted", RESOURCE, "officers"),
        ("member_joined", MEMBER, "officers"),
        ("resource_returned", RESOURCE, "person"),
    ],
)
def test_whom_each_thing_concerns(kind, state, audience):
    announcement = announcements.of_event(kind, state, 7)
    assert (announcement.topic, announcement.audience, announcement.community_id) == (kind, audience, "c1")


def test_a_returned_resource_concerns_its_author():
    assert announcements.of_event("resource_returned", RESOURCE, 7).person_id == "siti"


@pytest.mark.parametrize("kind", ["rsvp_changed", "person_changed", "school_changed", "resource_withdrawn"])
def test_what_would_be_noise_is_told_to_nobody(kind):
    assert announcements.of_event(kind, SESSION, 7) is None


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


def test_every_topic_of_the_contract_is_announced_from_an_event_that_notification_hears():
    heard = {event.routing.removesuffix(".v1") for event in received_by("notification")}
    assert set(TOPICS) <= heard
    assert set(announcements._MAKERS) == set(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_words(topic):
    variants = [f"{topic}_active", f"{topic}_ended"] if topic == "series_changed" else [topic]
    for variant in variants:
        assert exists(f"notification.{variant}_title")
        assert exists(f"notification.{variant}_body")
