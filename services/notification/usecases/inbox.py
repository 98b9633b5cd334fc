"""A person's inbox: listed, counted, read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.notification import rendering
from services.notification.domain.read_marks import ReadMarks
from shared.errors import Invalid, NotFound
from shared.ids import is_id
from shared.messaging import Work
from shared.mongo import Doc
from shared.paging import Page


def list_notifications(work: Work, order: dict[str, Any]) -> Doc:
    work.allow()
    marks = _marks(work)
    if order["unread"]:
        page = _unread_page(work, marks, order)
    else:
        page = work.store.notifications.page({"person_id": work.caller.person_id}, order, newest_first=True)
    return Page(rendering.render(work, page.items, marks), page.next).as_dict()


def count_unread(work: Work, order: dict[str, Any]) -> Doc:
    work.allow()
    return _unread(work, _marks(work))


def mark_read(work: Work, order: dict[str, Any]) -> Doc:
    work.allow()
    marks = _marks(work)
    if "until" in order:
        marks.mark(1, _place(work, order["until"]))
    for notification in _own(work, order.get("ids", ())):
        marks.mark(notification["n"], notification["n"])
    work.store.mailboxes.upsert(work.caller.person_id, set={"read": [list(each) for each in marks.ranges]})
    return _unread(work, marks)


def _marks(work: Work) -> ReadMarks:
    mailbox = work.store.mailboxes.get(work.caller.person_id)
    return ReadMarks(mailbox["read"] if mailbox else ())


def _unread(work: Work, marks: ReadMarks) -> Doc:
    return {"unread": marks.unread(work.store.notifications.count(person_id=work.caller.person_id))}


def _own(work: Work, ids: Any) -> list[Doc]:
    """The caller's notifications with these ids. Raises :class:`NotFound` for one that is not the caller's."""
    found = work.store.notifications.get_many(ids)
    if any(id_ not in found or found[id_]["person_id"] != work.caller.person_id for id_ in ids):
        raise NotFound("notification.no_notification")
    return list(found.values())


def _place(work: Work, until: str) -> int:
    """The number of the last notification that ``until`` covers; 0 when there is none."""
    if is_id(until):
        return int(_own(work, [until])[0]["n"])
    moment = datetime.fromisoformat(until)
    page = work.store.notifications.page(
        {"person_id": work.caller.person_id}, {"limit": 1}, newest_first=True, keep=lambda each: each["at"] <= moment
    )
    return int(page.items[0]["n"]) if page.items else 0


def _unread_page(work: Work, marks: ReadMarks, order: dict[str, Any]) -> Page:
    """Unread numbers are known beforehand, so only those are read. The cursor is the last number that was shown."""
    person_id, after, limit = work.caller.person_id, order["after"], order["limit"]
    if after is not None and not (after.isascii() and after.isdigit() and len(after) < 16):
        raise Invalid.field("after", "common.bad_cursor")
    last = work.store.notifications.count(person_id=person_id)
    below = min(int(after), last + 1) if after is not None else last + 1
    items: list[Doc] = []
    for low, high in marks.newest_unread(below, limit + 1):
        wanted = {"person_id": person_id, "n": {"$gte": low, "$lte": high}}
        items += work.store.notifications.find(wanted, limit=limit + 1)
    items.sort(key=lambda item: -item["n"])
    return Page(items[:limit], str(items[limit - 1]["n"]) if len(items) > limit else None)
