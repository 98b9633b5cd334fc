"""What was told and sent long ago is forgotten, a little at a time, and nothing younger is."""

from datetime import timedelta

import pytest

from services.notification.usecases import delivering, sweeping
from services.notification.usecases.forgetting import Forgetting
from shared import clock
from shared.contracts.events.scheduling import SESSION_SCHEDULED
from shared.contracts.notification import COUNT_UNREAD, LIST_NOTIFICATIONS, MARK_READ
from shared.ids import new_id
from tests.service.notification.conftest import session_state
from tests.support.patience import eventually

LONG_AGO = timedelta(days=401)


@pytest.fixture
def siti(around, community):
    return around.member(community)


def told_long_ago(around, community, person, count):
    """So many notifications of a person, all of one announcement, from before the time that they are kept."""
    at = clock.now() - LONG_AGO
    announcement = {"topic": "session_scheduled", "community_id": community, "audience": "members", "at": at}
    id_ = around.store.announcements.insert(announcement)["id"]
    around.store.notifications.insert_many(
        [{"person_id": person, "announcement_id": id_, "at": at} for _ in range(count)]
    )


def forget(around):
    forgetting = Forgetting()
    while forgetting.run_once(around.system):
        pass


def test_old_notifications_are_forgotten_and_count_as_read(around, community, siti):
    """Failure: an inbox grows for ever. Promise: after 400 days a notification is gone, two hundred a person and day,
    the unread are counted right all the while, and whoever comes later is told as ever."""
    told_long_ago(around, community, siti, 250)
    around.settle(around.tell(SESSION_SCHEDULED, **session_state(community, title="Pertemuan baru")))
    assert around.ask(siti, COUNT_UNREAD)["unread"] == 251
    for left in (51, 1, 1):
        forget(around)
        assert len(around.store.notifications.find({"person_id": siti}, limit=300)) == left
        assert around.ask(siti, COUNT_UNREAD)["unread"] == left
    assert [item["title"] for item in around.inbox(siti)] == ["Pertemuan baru: Pertemuan baru"]
    assert [item["read"] for item in around.ask(siti, LIST_NOTIFICATIONS, unread=True)["items"]] == [False]
    around.settle(around.tell(SESSION_SCHEDULED, **session_state(community, title="Lagi")))
    assert len(around.inbox(siti)) == 2
    assert around.ask(siti, MARK_READ, until=clock.now().isoformat())["unread"] == 0


def test_an_announcement_outlives_its_notifications_and_goes(around, community, siti):
    told_long_ago(around, community, siti, 1)
    older = {
        "topic": "cycle_opened",
        "community_id": community,
        "audience": "officers",
        "at": clock.now() - 2 * LONG_AGO,
    }
    gone = [
        around.store.announcements.insert({**older, **of})["id"]
        for of in ({}, {"audience": "expected"}, {"audience": "founders", "community_id": None})
    ]
    eventually(lambda: around.store.communities.get(community) and around.store.districts.get(around.district))
    forget(around)
    assert not around.store.announcements.get_many(gone)
    [kept] = around.store.announcements.find({"community_id": community, "audience": "members"}, limit=9)
    assert kept["at"] < clock.now() - timedelta(days=400)


def deliveries_of(around, webhook_id, days_ago):
    made = [
        {"webhook_id": webhook_id, "status": "delivered", "created_at": clock.now() - timedelta(days=each)}
        for each in days_ago
    ]
    return [each["id"] for each in around.store.deliveries.insert_many(made)]


def test_deliveries_are_kept_for_thirty_days(around):
    """Failure: every delivery to every webhook stays for ever. Promise: after 30 days it goes, with the retry that was
    due; younger ones stay, and the count of those kept is right."""
    webhook_id = new_id()
    around.store.webhooks.insert({"id": webhook_id, "active": False})
    around.store.lanes.insert({"id": webhook_id, "reached": 250, "swept": 0})
    old = deliveries_of(around, webhook_id, [31] * 240)
    young = deliveries_of(around, webhook_id, [29] * 10)
    around.store.retries.insert({"id": old[0], "webhook_id": webhook_id, "due_at": clock.now() + timedelta(days=9)})
    while sweeping.sweep_deliveries(around.system):
        pass
    assert around.store.deliveries.get_many(old) == {}
    assert around.store.retries.get(old[0]) is None
    assert set(around.store.deliveries.get_many(young)) == set(young)
    assert around.store.deliveries.count(webhook_id=webhook_id) == 10
    around.store.webhooks.delete(webhook_id)


def test_a_webhook_that_was_off_for_long_goes_on_with_what_is_left(around):
    """Failure: what waited for it was swept away unsent, and the line never moved past it. Promise: the next one in
    line is the oldest that is still there."""
    webhook_id = new_id()
    around.store.webhooks.insert({"id": webhook_id, "status": "disabled"})
    around.store.lanes.insert({"id": webhook_id, "reached": 3, "swept": 0, "rests_until": None})
    deliveries_of(around, webhook_id, [31] * 90)
    [young] = deliveries_of(around, webhook_id, [1])
    while sweeping.sweep_deliveries(around.system):
        pass
    assert delivering._waiting(around.store, webhook_id) == [young]
    around.store.webhooks.delete(webhook_id)


def test_what_is_left_of_a_webhook_goes_with_it(around):
    webhook_id = new_id()
    around.store.lanes.insert({"id": webhook_id, "reached": 120, "swept": 0})
    young = deliveries_of(around, webhook_id, [1] * 120)
    for _ in range(4):
        sweeping.sweep_deliveries(around.system)
    assert around.store.deliveries.get_many(young) == {}
    assert around.store.lanes.get(webhook_id) is None
