"""Old notifications are forgotten, person by person, and what they announced (docs/decisions/0098)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice, takewhile

from services.notification.domain.announcements import AUDIENCES
from services.notification.domain.read_marks import ReadMarks
from services.notification.store import NotificationStore
from shared import clock
from shared.messaging import SystemWork, Work
from shared.mongo import IN_CHUNK, Doc

_PEOPLE = 100
_AT_ONCE = 200
# A notification may be forgotten some days late, and says what its announcement says.
_LONGER = timedelta(days=60)


class Forgetting:
    """Goes through everybody's inbox once, a hundred people a turn; where it stands is lost with the process."""

    def __init__(self) -> None:
        self._people: Iterator[Doc] | None = None

    def run_once(self, work: SystemWork) -> bool:
        """One turn. Returns whether there are more people to come."""
        border = clock.now() - timedelta(days=work.settings.notification_days)
        people, self._people = self._people or work.system.walk(NotificationStore.people), None
        some = list(islice(people, _PEOPLE))
        for start in range(0, len(some), IN_CHUNK):
            _look_into_inboxes(work, some[start : start + IN_CHUNK], border)
        if len(some) == _PEOPLE:
            self._people = people
            return True
        for district in work.system.walk(NotificationStore.districts):
            _forget_announcements(work.store(district["district"]), None, border - _LONGER)
        for community in work.system.walk(NotificationStore.communities):
            _forget_announcements(work.store(community["district"]), community["id"], border - _LONGER)
        return False


def _look_into_inboxes(work: SystemWork, people: Iterable[Doc], border: datetime) -> None:
    by_district: dict[str, list[str]] = {}
    for person in people:
        by_district.setdefault(person["district"], []).append(person["id"])
    for district, ids in by_district.items():
        store = work.store(district)
        mailboxes = store.mailboxes.get_many(ids)
        for person_id in ids:
            following = _forgotten(mailboxes.get(person_id)) + 1
            oldest = store.notifications.one({"person_id": person_id, "n": following})
            if oldest is not None and oldest["at"] < border:
                work.run(district, partial(_forget, person_id=person_id, border=border))


def _forget(work: Work, person_id: str, border: datetime) -> None:
    """Forget a person's oldest notifications, so many at once; they count as read, and their numbers stay taken."""
    store: NotificationStore = work.store
    mailbox = store.mailboxes.get(person_id)
    forgotten = _forgotten(mailbox)
    window = {"person_id": person_id, "n": {"$gt": forgotten, "$lte": forgotten + _AT_ONCE}}
    found = store.notifications.find(window, limit=_AT_ONCE, sort="n")
    old = list(takewhile(lambda each: each["at"] < border, found))
    if not old:
        return
    through = old[-1]["n"]
    store.notifications.delete_where({"person_id": person_id, "n": {"$gt": forgotten, "$lte": through}})
    marks = ReadMarks(mailbox["read"] if mailbox else ())
    marks.mark(1, through)
    store.mailboxes.upsert(person_id, set={"read": [list(each) for each in marks.ranges], "forgotten": through})


def _forgotten(mailbox: Doc | None) -> int:
    return int(mailbox.get("forgotten", 0)) if mailbox else 0


def _forget_announcements(store: NotificationStore, community_id: str | None, border: datetime) -> None:
    past = {"$gt": clock.EPOCH, "$lt": border}
    for audience in AUDIENCES:
        store.announcements.delete_where({"community_id": community_id, "audience": audience, "at": past})
