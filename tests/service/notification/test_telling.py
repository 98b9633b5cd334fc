"""Each active member of a community is told once of each thing that concerns them."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.events import content, learning, membership, scheduling
from shared.ids import new_id
from tests.service.notification.conftest import SOON, Around, session_state
from tests.support.patience import eventually


def test_every_member_is_told_of_a_meeting_the_one_who_set_it_included(around, ketua, community):
    siti, budi, outsider = around.member(community), around.member(community), around.person("Orang lain")
    around.settle(around.tell(membership.MEMBER_ROLE_CHANGED, **member(community, siti, role="sekretaris")))
    session = around.session(community)
    around.settle(last(around))
    for who in (ketua, siti, budi):
        assert around.told(who)[-1] == ("session_scheduled", session)
    assert around.told(outsider) == []


def test_moving_and_cancelling_are_told_each_time_and_quiet_changes_never(around, community):
    siti = around.member(community)
    state = session_state(community)
    around.tell(scheduling.SESSION_SCHEDULED, **state)
    around.tell(scheduling.SESSION_RESCHEDULED, **{**state, "starts_at": SOON + timedelta(hours=1)})
    around.tell(scheduling.SESSION_RESCHEDULED, **{**state, "title": "Judul lain", "quiet": True})
    around.tell(scheduling.SESSION_RESCHEDULED, **{**state, "starts_at": SOON + timedelta(hours=2)})
    around.settle(around.tell(scheduling.SESSION_CANCELLED, **{**state, "status": "cancelled"}))
    topics = sorted(topic for topic, _ in around.told(siti))
    assert topics == ["session_cancelled", "session_rescheduled", "session_rescheduled", "session_scheduled"]


def test_officers_review_and_authors_learn_the_outcome(around, ketua, community):
    author = around.member(community)
    around.settle(last(around))
    resource = {
        "resource_id": new_id(),
        "community_id": community,
        "author_id": author,
        "title": "Modul pecahan",
        "kind": "lesson_plan",
        "subject": None,
        "phase": None,
        "version_number": 0,
    }
    around.tell(content.RESOURCE_SUBMITTED, **resource, status="submitted")
    around.tell(content.RESOURCE_RETURNED, **resource, status="draft")
    around.settle(around.tell(content.RESOURCE_SUBMITTED, **resource, status="submitted"))
    assert [topic for topic, _ in around.told(ketua)][-2:] == ["resource_submitted"] * 2
    assert [topic for topic, _ in around.told(author)] == ["resource_returned"]
    around.settle(around.tell(content.RESOURCE_PUBLISHED, **resource | {"version_number": 1}, status="published"))
    assert around.told(author)[-1] == around.told(ketua)[-1] == ("resource_published", resource["resource_id"])


def test_a_cycle_is_told_when_it_opens_and_at_each_stage(around, community):
    siti = around.member(community)
    around.settle(last(around))
    cycle = {"cycle_id": new_id(), "community_id": community, "title": "Grafik", "goal": "Murid membaca grafik"}
    around.tell(learning.CYCLE_OPENED, **cycle, stage="reflection")
    around.tell(learning.CYCLE_ADVANCED, **cycle, stage="planning")
    around.settle(around.tell(learning.CYCLE_ADVANCED, **cycle, stage="implementation"))
    assert sorted(topic for topic, _ in around.told(siti)) == ["cycle_advanced", "cycle_advanced", "cycle_opened"]
    assert "Sekarang tahap implementasi" in " ".join(item["body"] for item in around.inbox(siti))


def test_officers_hear_who_joined_but_the_newcomer_does_not_hear_of_herself(around, ketua, community):
    before = len(around.told(ketua))
    siti, budi = around.member(community), around.member(community, around.person("Budi Santoso"))
    around.settle(last(around))
    assert {subject for _, subject in around.told(ketua)[before:]} == {f"{community}/{siti}", f"{community}/{budi}"}
    assert ("member_joined", f"{community}/{budi}") not in around.told(siti)
    assert around.told(budi) == []
    assert "Anggota baru: Budi Santoso" in [item["title"] for item in around.inbox(ketua)]


def test_a_newcomer_hears_of_the_open_meetings_and_of_no_other(around, community):
    state = session_state(community)
    cancelled = session_state(community)
    past = session_state(community, starts_at=datetime.now(UTC) - timedelta(hours=3))
    of_series = session_state(community, series_id=new_id(), quiet=True)
    around.tell(scheduling.SESSION_CANCELLED, **{**cancelled, "status": "cancelled"})
    around.tell(scheduling.SESSION_SCHEDULED, **past)
    around.tell(scheduling.SESSION_SCHEDULED, **of_series)
    around.settle(around.tell(scheduling.SESSION_SCHEDULED, **state))
    siti = around.member(community)
    around.settle(last(around))
    assert around.told(siti) == [("session_scheduled", state["session_id"])]


def test_a_planned_pause_says_from_when_on_nobody_meets(around, community):
    siti = around.member(community)
    for until in ("2027-03-31", None):
        resting = series(community, news="paused", pauses=[{"since": "2027-03-01", "until": until}])
        around.settle(around.tell(scheduling.SERIES_CHANGED, **resting))
    told = " ".join(item["body"] for item in around.inbox(siti))
    assert "Libur mulai Senin, 1 Maret 2027 sampai Rabu, 31 Maret 2027." in told
    assert "Libur mulai Senin, 1 Maret 2027 sampai ada kabar lagi." in told


def test_a_newcomer_hears_of_the_running_series_once(around, community):
    running, ended = series(community), series(community, status="ended")
    around.tell(scheduling.SERIES_CHANGED, **running)
    around.settle(around.tell(scheduling.SERIES_CHANGED, **ended))
    siti = around.member(community)
    around.settle(last(around))
    assert around.told(siti) == [("series_changed", running["series_id"])]


def test_whoever_left_is_told_no_more(around, community):
    siti = around.member(community)
    around.settle(last(around))
    around.leave(community, siti)
    around.settle(around.tell(scheduling.SESSION_SCHEDULED, **session_state(community)))
    assert around.told(siti) == []


def test_an_old_membership_entered_late_brings_no_flood_of_old_news(around, community):
    month_ago = datetime.now(UTC) - timedelta(days=30)
    cycle = {"cycle_id": new_id(), "community_id": community, "title": "Lama", "goal": "Lama", "stage": "reflection"}
    old = around.entry(learning.CYCLE_OPENED, at=month_ago, **cycle)
    around.send([old])
    around.settle(old["_id"])
    siti = around.person()
    year_ago = datetime.now(UTC) - timedelta(days=365)
    around.settle(around.tell(membership.MEMBER_JOINED, **member(community, siti, joined_at=year_ago)))
    assert around.told(siti) == []


def test_a_new_officer_hears_of_what_waits_for_review_though_the_news_of_it_came_first(around, community):
    siti = around.member(community)
    around.settle(last(around))
    elected_at = datetime.now(UTC)
    submitted = around.entry(
        content.RESOURCE_SUBMITTED,
        resource_id=new_id(),
        community_id=community,
        author_id=new_id(),
        title="Modul",
        kind="other",
        subject=None,
        phase=None,
        status="submitted",
        version_number=0,
    )
    elected = around.entry(membership.MEMBER_ROLE_CHANGED, at=elected_at, **member(community, siti, role="bendahara"))
    around.send([submitted])
    around.settle(submitted["_id"])
    assert around.told(siti) == []
    around.send([elected])
    around.settle(elected["_id"])
    assert [topic for topic, _ in around.told(siti)] == ["resource_submitted"]


def test_a_replay_fills_copies_and_tells_nobody(around, community):
    siti = around.member(community)
    around.settle(last(around))
    entry = around.entry(scheduling.SESSION_SCHEDULED, **session_state(community))
    around.send([entry], replay=True)
    session_id = entry["data"]["session_id"]
    eventually(lambda: around.store.sessions.get(session_id))
    assert around.told(siti) == []
    budi = around.member(community)
    around.settle(last(around))
    assert around.told(budi) == [("session_scheduled", session_id)]


def test_nobody_hears_of_another_district(around, community, notification, other_district):
    siti = around.member(community)
    with Around(notification, other_district) as elsewhere:
        elsewhere.member(community, siti)
        around.settle(around.tell(scheduling.SESSION_SCHEDULED, **session_state(community)))
        elsewhere.settle(last(elsewhere))
        assert elsewhere.told(siti) == []
        assert len(around.told(siti)) == 1


@pytest.mark.parametrize("people", [499, 1001])
def test_a_large_community_is_told_whole(around, people):
    community = around.community(around.person())
    around.settle(last(around))
    who = around.crowd(community, people)
    session = around.session(community)
    around.settle(last(around))
    told = around.recipients(f"session_scheduled/{session}")
    assert len(told) == len(set(told)) == people + 1
    assert set(told) > set(who)


def member(community, person_id, **changes):
    return {
        "community_id": community,
        "person_id": person_id,
        "role": "member",
        "active": True,
        "joined_at": datetime.now(UTC),
        "left_at": None,
        **changes,
    }


def series(community, **changes):
    return {
        "series_id": new_id(),
        "community_id": community,
        "cycle_id": None,
        "phase": None,
        "title": "Rabu MGMP",
        "goal": "Murid bernalar",
        "rrule": "FREQ=WEEKLY",
        "starts_on": "2026-05-06",
        "starts_at": "13:00",
        "duration_minutes": 120,
        "timezone": "Asia/Jakarta",
        "place": None,
        "mode": "on_site",
        "capacity": None,
        "status": "active",
        **changes,
    }


def last(around):
    """The event told last, by an event after it: a batch is applied in the order of its arrival."""
    return around.tell(
        scheduling.RSVP_CHANGED, session_id=new_id(), community_id=new_id(), person_id=new_id(), answer="yes"
    )


def test_news_of_a_merged_community_reaches_those_of_the_one_it_became(around, ketua, community):
    double = around.community(ketua)
    siti, budi = around.member(double), around.member(community)
    session = session_state(double)
    around.settle(around.tell(scheduling.SESSION_SCHEDULED, **session))
    around.leave(double, siti)
    around.community(ketua, community_id=double, status="archived", merged_into=community)
    around.community(ketua, community_id=community, merged_from=[double])
    around.settle(last(around))
    around.settle(around.tell(scheduling.SESSION_CANCELLED, **{**session, "status": "cancelled"}))
    assert ("session_cancelled", session["session_id"]) in around.told(budi)
    assert ("session_cancelled", session["session_id"]) not in around.told(siti)
    around.member(community, siti)
    another = around.session(double)
    around.settle(last(around))
    assert around.told(siti).count(("session_scheduled", another)) == 1
