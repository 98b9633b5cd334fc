"""Notification runs, and everybody around it is played."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.notification.store import NotificationStore
from shared import clock
from shared.contracts.base import Event
from shared.contracts.events.scheduling import SESSION_SCHEDULED
from shared.contracts.notification import LIST_NOTIFICATIONS
from shared.ids import new_id
from shared.messaging import relay
from shared.messaging.envelope import plain_data
from tests.support.ground import Cell
from tests.support.neighbours import Neighbours
from tests.support.patience import eventually
from tests.support.receiver import Receiver, receiving

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)


class Around(Neighbours):
    """Those around notification, who may also tell things twice, late or out of order."""

    def __init__(self, cell: Cell, district: str) -> None:
        super().__init__(cell, "notification", district)
        self.system = cell.open("notification")
        self.store: NotificationStore = self.system.store(district)

    def __enter__(self) -> Around:
        return self

    def entry(self, event: Event, /, *, at: datetime | None = None, sequence: int = 0, **data: Any) -> dict[str, Any]:
        """An event as its service's log holds it, to be sent when and as often as one likes."""
        plain = plain_data(event, data)
        return {
            "_id": new_id(),
            "type": event.type,
            "subject": event.subject_of(plain),
            "time": at or clock.now(),
            "data": plain,
            "district": self.district,
            "sequence": sequence or clock.next_version(),
        }

    def send(self, entries: Iterable[dict[str, Any]], *, replay: bool = False) -> None:
        """Publish log entries in this order, as relays (or a resync) would."""
        target = "notification" if replay else None
        messages = [relay.message_of(entry["type"].partition(".")[0], entry, replay_for=target) for entry in entries]
        assert not self._publisher.wire().publish_confirmed(messages, timeout=10)

    def session(self, community_id: str, event: Event = SESSION_SCHEDULED, **changes: Any) -> str:
        """A meeting of the community; returns its id."""
        state = session_state(community_id, **changes)
        self.tell(event, **state)
        return str(state["session_id"])

    def settle(self, *event_ids: str) -> None:
        """Wait until these events were applied and nobody is left to be told."""
        database = self.database
        eventually(lambda: all(database["inbox"].find_one({"_id": f"{self.district}/{id_}"}) for id_ in event_ids), 60)
        eventually(lambda: database["fanouts"].find_one({"district": self.district}) is None, 60)

    def told(self, person_id: str) -> list[tuple[str, str]]:
        """What a person was told: topic and subject of everything in their inbox, the oldest first."""
        notifications = self.store.notifications.find({"person_id": person_id}, limit=1000, sort="n")
        news = self.store.announcements.get_many(each["announcement_id"] for each in notifications)
        found = [news[each["announcement_id"]] for each in notifications]
        return [(each["topic"], each["subject_id"]) for each in found]

    def crowd(self, community_id: str, people: int) -> list[str]:
        """So many members of a community, known to notification from long ago; returns who they are."""
        who = [new_id() for _ in range(people)]
        state = {"community_id": community_id, "role": "member", "active": True, "left_at": None}
        members = [
            {"id": f"{community_id}/{person}", "person_id": person, "joined_at": clock.now(), **state} for person in who
        ]
        self.store.members.insert_many(members)
        return who

    def recipients(self, announcement_id: str) -> list[str]:
        """Who has a notification of an announcement; whoever has two stands there twice."""
        found = self.store.notifications.find({}, limit=100_000)
        return [each["person_id"] for each in found if each["announcement_id"] == announcement_id]

    def inbox(self, person_id: str, **asked: Any) -> list[dict[str, Any]]:
        """The first page of a person's inbox."""
        items: list[dict[str, Any]] = self.ask(person_id, LIST_NOTIFICATIONS, **asked)["items"]
        return items


def session_state(community_id: str, **changes: Any) -> dict[str, Any]:
    """The state of a meeting in three days."""
    return {
        "session_id": new_id(),
        "community_id": community_id,
        "series_id": None,
        "cycle_id": None,
        "phase": None,
        "title": "Membaca grafik",
        "goal": "Murid membaca grafik garis",
        "starts_at": SOON,
        "ends_at": changes.get("starts_at", SOON) + timedelta(hours=2),
        "timezone": "Asia/Jakarta",
        "place": "SMPN 1 Wonosobo",
        "mode": "on_site",
        "capacity": None,
        "status": "scheduled",
        **changes,
    }


@pytest.fixture(scope="module")
def notification(module_cell: Cell) -> Iterator[Cell]:
    with module_cell.running("notification"):
        yield module_cell


@pytest.fixture
def around(notification: Cell, district: str) -> Iterator[Around]:
    with Around(notification, district) as around:
        yield around


@pytest.fixture
def ketua(around: Around) -> str:
    return around.person("Ibu Ketua")


@pytest.fixture
def community(around: Around, ketua: str) -> str:
    return around.community(ketua)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver
