"""Warning officers before a decree or a term ends: once at each of its notices, in the district's time zone."""

from __future__ import annotations

from functools import partial
from itertools import groupby

from services.membership import calendar, deadlines
from services.membership.domain import memberships
from services.membership.domain.deadlines import NEVER, days_left, next_notice
from services.membership.snapshots import deadline_state
from services.membership.store import MembershipStore
from shared.contracts.events.membership import DEADLINE_NEAR
from shared.messaging import SystemWork, Work
from shared.mongo import Doc

_AT_ONCE = 100


def warn_due(work: SystemWork) -> bool:
    """Warn of what is due, each community in a transaction of its own. Returns whether more may be due."""
    more = False
    for district in work.system.walk(MembershipStore.districts):
        today = work.run(district["id"], calendar.today)
        due = work.store(district["id"]).deadlines.find({"next_on": {"$gt": NEVER, "$lte": today}}, limit=_AT_ONCE)
        for community_id in dict.fromkeys(doc["community_id"] for doc in due):
            work.run(district["id"], partial(warn, community_id=community_id))
        more = more or len(due) == _AT_ONCE
    return more


def warn(work: Work, community_id: str) -> None:
    """Tell of what ends soon in this community, once for each thing and day; all the terms that end on a day are one
    thing. What counts no more, or is over already, is told to nobody."""
    today = calendar.today(work)
    where = {"community_id": community_id, "next_on": {"$gt": NEVER, "$lte": today}}
    due = work.store.deadlines.find(where, limit=deadlines.MOST)
    active = work.store.communities.require(community_id)["status"] == "active"
    said = []
    for doc in due:
        counts = active and doc["valid_until"] >= today and _still_counts(work, doc)
        next_on = next_notice(doc["valid_until"], today) if counts else NEVER
        saved = work.store.deadlines.save({**doc, "next_on": next_on})
        said += [saved] if counts else []
    said.sort(key=_what)
    for _, group in groupby(said, key=_what):
        first, *_others = group
        left = days_left(first["valid_until"], today)
        work.emit(DEADLINE_NEAR, deadline_state(first, left), first["version"])


def _what(doc: Doc) -> tuple[str, str]:
    return doc["what"], doc["valid_until"]


def _still_counts(work: Work, doc: Doc) -> bool:
    if doc["what"] == "decree":
        return True
    record = work.store.members.get(f"{doc['community_id']}/{doc['person_id']}")
    holds = record is not None and record["active"] and record["fact_id"] == doc["fact_id"]
    return bool(holds and record["role"] in memberships.OFFICERS)
