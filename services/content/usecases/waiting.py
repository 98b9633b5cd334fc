"""What waits for somebody's review, for their first page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shared.communities import whole
from shared.contracts.words import OFFICER_ROLES
from shared.messaging import Work
from shared.mongo import Doc
from shared.shortening import shortened

SHOWN = 4
_MOST_COMMUNITIES = 100
_LONGEST_REVIEW = timedelta(days=800)


def show_waiting(work: Work, order: dict[str, Any]) -> Doc:
    """The works that wait the longest in the communities that the caller leads."""
    work.allow()
    records = work.store.members.find({"person_id": work.caller.person_id}, limit=_MOST_COMMUNITIES)
    led = [record["community_id"] for record in records if record["active"] and record["role"] in OFFICER_ROLES]
    page = work.store.resources.page(
        [{"community_id": id_, "status": "submitted"} for id_ in whole(work.store, led)],
        {"limit": SHOWN, "after": None},
        by="submitted_at",
        between=(work.now - _LONGEST_REVIEW, work.now),
    )
    people = work.store.people.get_many(doc["author_id"] for doc in page.items)
    return {"items": [_view(doc, people.get(doc["author_id"])) for doc in page.items], "more": page.next is not None}


def _view(resource: Doc, author: Doc | None) -> Doc:
    name = None if author is None else shortened(author["name"], 60)
    return {**resource, "title": shortened(resource["title"], 90), "author_name": name}
