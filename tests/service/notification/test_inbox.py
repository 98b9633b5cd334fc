"""An inbox is its owner's: listed newest first, counted, read, in her language, and true at the moment of reading."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.events.scheduling import SESSION_CANCELLED, SESSION_RESCHEDULED, SESSION_SCHEDULED
from shared.contracts.notification import COUNT_UNREAD, LIST_NOTIFICATIONS, MARK_READ
from shared.errors import Invalid, NotFound, Unauthenticated
from shared.ids import new_id
from tests.service.notification.conftest import session_state


@pytest.fixture
def siti(around, community):
    return around.member(community)


def meetings(around, community, count):
    """Tell of so many meetings one after the other; returns their states."""
    states = [session_state(community, title=f"Pertemuan {at}") for at in range(count)]
    for state in states:
        around.settle(around.tell(SESSION_SCHEDULED, **state))
    return states


def unread(around, who):
    return around.ask(who, COUNT_UNREAD)["unread"]


def test_the_newest_stands_first_and_pages_hold_together(around, community, siti):
    meetings(around, community, 5)
    first = around.ask(siti, LIST_NOTIFICATIONS, limit=2)
    second = around.ask(siti, LIST_NOTIFICATIONS, limit=2, after=first["next"])
    third = around.ask(siti, LIST_NOTIFICATIONS, limit=2, after=second["next"])
    titles = [item["title"] for page in (first, second, third) for item in page["items"]]
    assert titles == [f"Pertemuan baru: Pertemuan {at}" for at in (4, 3, 2, 1, 0)]
    assert third["next"] is None


def test_an_item_says_when_and_where_and_leads_there(around, community, siti):
    monday = datetime(2027, 5, 3, 6, tzinfo=UTC)
    state = session_state(community, starts_at=monday, title="Pecahan")
    around.settle(around.tell(SESSION_SCHEDULED, **state))
    [item] = around.inbox(siti)
    assert item["title"] == "Pertemuan baru: Pecahan"
    assert item["body"] == "MGMP Matematika SMP. Senin, 3 Mei 2027 pukul 13.00 WIB, di SMPN 1 Wonosobo."
    session_id = state["session_id"]
    assert item["subject"] == {"kind": "session", "id": session_id, "path": f"/v1/sessions/{session_id}"}
    assert (item["topic"], item["read"], item["community_id"]) == ("session_scheduled", False, community)


def test_an_old_item_never_sends_anyone_to_the_wrong_hour_or_to_a_cancelled_meeting(around, community, siti):
    state = session_state(community, starts_at=datetime(2027, 5, 3, 6, tzinfo=UTC), title="Pecahan")
    around.tell(SESSION_SCHEDULED, **state)
    moved = {**state, "starts_at": state["starts_at"] + timedelta(hours=1)}
    around.settle(around.tell(SESSION_RESCHEDULED, **moved))
    bodies = [item["body"] for item in around.inbox(siti)]
    assert len(bodies) == 2
    assert all("pukul 14.00 WIB" in body for body in bodies)
    around.settle(around.tell(SESSION_CANCELLED, **{**moved, "status": "cancelled"}))
    assert sorted(item["title"] for item in around.inbox(siti)) == [
        "Pertemuan dibatalkan: Pecahan",
        "Sudah dibatalkan: Pecahan",
        "Sudah dibatalkan: Pecahan",
    ]


def test_reading_some_leaves_the_others_unread(around, community, siti):
    meetings(around, community, 4)
    items = around.inbox(siti)
    answer = around.ask(siti, MARK_READ, ids=[items[1]["id"], items[3]["id"]])
    assert answer["unread"] == unread(around, siti) == 2
    assert [item["read"] for item in around.inbox(siti)] == [False, True, False, True]
    assert [item["id"] for item in around.inbox(siti, unread=True)] == [items[0]["id"], items[2]["id"]]


def test_reading_up_to_one_reads_all_that_came_before(around, community, siti):
    meetings(around, community, 4)
    items = around.inbox(siti)
    assert around.ask(siti, MARK_READ, until=items[1]["id"])["unread"] == 1
    assert [item["read"] for item in around.inbox(siti)] == [False, True, True, True]


def test_reading_up_to_a_moment_leaves_what_happened_after_it(around, community, siti):
    meetings(around, community, 3)
    border = around.inbox(siti)[1]["at"]
    assert around.ask(siti, MARK_READ, until=border.isoformat())["unread"] == 1
    assert [item["read"] for item in around.inbox(siti)] == [False, True, True]


def test_what_was_read_stays_read_and_reading_twice_changes_nothing(around, community, siti):
    meetings(around, community, 2)
    items = around.inbox(siti)
    for _ in range(2):
        assert around.ask(siti, MARK_READ, ids=[items[0]["id"]])["unread"] == 1
    meetings(around, community, 1)
    assert unread(around, siti) == 2


def test_the_unread_are_paged_too(around, community, siti):
    meetings(around, community, 5)
    items = around.inbox(siti)
    around.ask(siti, MARK_READ, ids=[items[2]["id"]])
    first = around.ask(siti, LIST_NOTIFICATIONS, unread=True, limit=2)
    second = around.ask(siti, LIST_NOTIFICATIONS, unread=True, limit=2, after=first["next"])
    found = [item["id"] for page in (first, second) for item in page["items"]]
    assert found == [items[at]["id"] for at in (0, 1, 3, 4)]
    assert second["next"] is None


@pytest.mark.parametrize("cursor", ["x", "-1", "1e9", "9" * 30])
def test_a_cursor_that_is_none_of_ours_is_refused(around, siti, cursor):
    with pytest.raises(Invalid):
        around.ask(siti, LIST_NOTIFICATIONS, unread=True, after=cursor)


def test_nobody_reads_or_marks_anothers_inbox(around, community, siti):
    meetings(around, community, 1)
    budi = around.person("Budi")
    [item] = around.inbox(siti)
    assert around.inbox(budi) == []
    for order in ({"ids": [item["id"]]}, {"until": item["id"]}, {"ids": [new_id()]}):
        with pytest.raises(NotFound):
            around.ask(budi, MARK_READ, **order)
    assert unread(around, siti) == 1


def test_an_inbox_needs_a_login(around):
    with pytest.raises(Unauthenticated):
        around.ask(None, LIST_NOTIFICATIONS)


@pytest.mark.parametrize("order", [{}, {"ids": [new_id()], "until": new_id()}, {"until": "kemarin"}, {"ids": []}])
def test_an_order_that_says_nothing_or_two_things_is_refused(around, siti, order):
    with pytest.raises(Invalid):
        around.ask(siti, MARK_READ, **order)
