"""What must hold after any fault (DESIGN 4), read from the stores, not from counters."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from pymongo import MongoClient

from deploy.checks.copies import check_copies
from deploy.checks.finding import Finding
from deploy.checks.rest import is_published
from deploy.services import Parts, all_parts
from shared.contracts.events import EVENTS
from shared.contracts.words import SERVICES
from shared.messaging.deadletters import TABLE as DEAD_LETTERS
from shared.messaging.inbox import INBOX
from shared.messaging.relay import LOG
from shared.mongo import connect
from tests.faults.load import Promises, Town
from tests.support.ground import Platform
from tests.support.patience import eventually

# Until outboxes are empty; and until what was published has been applied, redelivered messages one by one.
HEALED_WITHIN = 30.0
CAUGHT_UP_WITHIN = 120.0


@dataclass(frozen=True)
class Health:
    """How long it took until nothing waited any more, in seconds, and what was read to know that all is well."""

    seconds: float
    events: int
    notifications: int


class Stores:
    """The databases of a platform, read from outside its processes."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.client: MongoClient[dict[str, Any]] = connect(platform.settings.mongo_uri, "invariants")

    def close(self) -> None:
        self.client.close()

    def of(self, service: str) -> Any:
        return self.client[self.platform.settings.database(service)]

    def await_quiet(self, within: float = HEALED_WITHIN) -> float:
        """Wait until every outbox is empty and published; returns the seconds. Fails when that takes longer."""
        started = time.monotonic()
        eventually(self._is_quiet, within, every=0.2)
        return time.monotonic() - started

    def _is_quiet(self) -> bool:
        return all(is_published(self.of(service)) for service in SERVICES)

    def dead_letters(self) -> list[dict[str, Any]]:
        return [letter for service in SERVICES for letter in self.of(service)[DEAD_LETTERS].find({}, {"body": 0})]

    def log(self, service: str) -> list[dict[str, Any]]:
        """The service's event log in its order."""
        return sorted(self.of(service)[LOG].find({}), key=lambda entry: entry["seq"])


def check(stores: Stores, town: Town, promises: Promises, *, poison: int = 0) -> Health:
    """Every promise was kept, exactly once; what is dead is poison. ``poison`` is how many letters that may be."""
    seconds = stores.await_quiet()
    assert len(stores.dead_letters()) == poison, stores.dead_letters()
    _numbers_have_no_gap(stores)
    _each_command_has_one_effect(stores, town, promises)
    _copies_equal_their_sources(stores)
    _each_event_was_applied(stores)
    notifications = _each_member_was_told_once(stores, town)
    return Health(round(seconds, 1), sum(len(stores.log(service)) for service in SERVICES), notifications)


def _numbers_have_no_gap(stores: Stores) -> None:
    for service in SERVICES:
        numbers = [entry["seq"] for entry in stores.log(service)]
        assert numbers == list(range(1, len(numbers) + 1)), f"{service}'s log has gaps or doubles"


def _each_command_has_one_effect(stores: Stores, town: Town, promises: Promises) -> None:
    scheduling = stores.of("scheduling")
    ours = {"district": town.place.id}
    meetings = Counter(session["title"] for session in scheduling["sessions"].find(ours, {"title": 1}))
    assert {title: meetings[title] for title in promises.meetings} == dict.fromkeys(promises.meetings, 1)
    assert not [title for title, count in meetings.items() if count > 1]
    announced = Counter(
        entry["data"]["title"] for entry in stores.log("scheduling") if entry["type"].endswith("session_scheduled.v1")
    )
    assert {title: announced[title] for title in promises.meetings} == dict.fromkeys(promises.meetings, 1)
    answers = {
        (rsvp["session_id"], rsvp["person_id"]): rsvp["answer"]
        for rsvp in scheduling["rsvps"].find(ours, {"session_id": 1, "person_id": 1, "answer": 1})
    }
    for subject, answer in promises.answers.items():
        if subject not in promises.unsure_answers:
            assert answers[subject] == answer


def _copies_equal_their_sources(stores: Stores) -> None:
    parts = all_parts()
    for each in parts:
        eventually(lambda each=each: not _differences(stores, parts, each), CAUGHT_UP_WITHIN, every=0.5)


def _differences(stores: Stores, parts: list[Parts], each: Parts) -> list[Finding]:
    found = check_copies(stores.client, stores.platform.settings, parts, each)
    return [finding for finding in found if finding.grade != "good"]


def _each_event_was_applied(stores: Stores) -> None:
    """Notification reacts to all that is public: its inbox knows each event of every log, once (by primary key)."""
    known = {record["_id"] for record in stores.of("notification")[INBOX].find({}, {"_id": 1})}
    for service in SERVICES:
        for entry in stores.log(service):
            if "notification" in EVENTS[entry["type"]].subscribers and entry["data"] is not None:
                eventually(
                    lambda entry=entry: (
                        f"{entry['district']}/{entry['_id']}" in known
                        or stores.of("notification")[INBOX].find_one({"_id": f"{entry['district']}/{entry['_id']}"})
                    ),
                    CAUGHT_UP_WITHIN,
                )


def _each_member_was_told_once(stores: Stores, town: Town) -> int:
    """Each active member has exactly one notification of each meeting."""
    scheduling, notification = stores.of("scheduling"), stores.of("notification")
    sessions = {doc["_id"].partition("/")[2] for doc in scheduling["sessions"].find({"district": town.place.id})}
    wanted = {(session, person) for session in sessions for person in town.everybody}
    told: Counter[tuple[str, str]] = Counter()

    def all_told() -> bool:
        told.clear()
        for doc in notification["notifications"].find({"district": town.place.id}):
            topic, _, session = doc["announcement_id"].partition("/")
            if topic == "session_scheduled":
                told[session, doc["person_id"]] += 1
        return told.keys() >= wanted

    eventually(all_told, CAUGHT_UP_WITHIN, every=0.5)
    assert told == Counter(wanted), "somebody was told twice, or of what does not concern them"
    return sum(told.values())
