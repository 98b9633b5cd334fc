"""Telling people: an announcement becomes one notification for each of its audience (docs/decisions/0052).

Every piece of work is a row, worked off in a transaction that also removes it, so a killed process leaves off nowhere
in between. The row of an announcement with a large audience becomes rows of 500 recipients each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial

from services.notification.domain import announcements
from services.notification.domain.derived import derived_id
from services.notification.store import NotificationStore
from services.notification.usecases.announcing import keep
from shared.contracts.words import OFFICER_ROLES
from shared.messaging import SystemWork, Work
from shared.messaging.away import is_away
from shared.mongo import Doc, Taken

AT_ONCE = 500
_ROWS = 50
_MOST_MEMBERS = 100_000
_MOST_OFFICERS = 100
_MOST_NEWS = 1000
_FAR = timedelta(days=1000)


def fan_out(work: SystemWork) -> bool:
    """Work off what is to be told. Returns whether there may be more. A row that fails stops no other."""
    rows = work.system.find(NotificationStore.fanouts, {}, _ROWS)
    failed: Exception | None = None
    for row in rows:
        try:
            _work_off(work, row)
        except Exception as error:
            if is_away(error):
                raise
            failed = error
    if failed is not None:
        raise failed
    return bool(rows)


def _work_off(work: SystemWork, row: Doc) -> None:
    """Do one row. Recipients are first taken to be new, which is cheap; if one was told already, each is looked up."""
    try:
        work.run(row["district"], partial(_do, row=row, known=False))
    except Taken:
        work.run(row["district"], partial(_do, row=row, known=True))


def _do(work: Work, row: Doc, known: bool) -> None:
    if not work.store.fanouts.delete(row["id"]):
        return
    if row["kind"] == "newcomer":
        _tell(work, ((each, row["person_id"]) for each in _missed_by(work, row)), known=True)
        return
    announcement = work.store.announcements.require(row["announcement_id"])
    recipients = row["person_ids"] if row["kind"] == "recipients" else _audience(work, announcement)
    if len(recipients) <= AT_ONCE:
        _tell(work, ((announcement, person_id) for person_id in recipients), known=known)
        return
    work.store.fanouts.insert_many(
        [
            {"kind": "recipients", "announcement_id": announcement["id"], "person_ids": recipients[at : at + AT_ONCE]}
            for at in range(0, len(recipients), AT_ONCE)
        ]
    )


def _audience(work: Work, announcement: Doc) -> list[str]:
    """Whom an announcement concerns, as far as is known here now."""
    if announcement["audience"] == "person":
        return [announcement["person_id"]]
    community_id = announcement["community_id"]
    if announcement["audience"] == "officers":
        found = [
            member
            for role in OFFICER_ROLES
            for member in work.store.members.find({"community_id": community_id, "role": role}, limit=_MOST_OFFICERS)
            if member["person_id"] != announcement["person_id"]
        ]
    else:
        found = work.store.members.find({"community_id": community_id}, limit=_MOST_MEMBERS)
    return [member["person_id"] for member in found if member["active"]]


def _missed_by(work: Work, row: Doc) -> list[Doc]:
    """What a newcomer is told: everything announced since they joined, the open sessions and the running series."""
    member = work.store.members.get(f"{row['community_id']}/{row['person_id']}")
    if member is None or not member["active"]:
        return []
    officer = member["role"] in OFFICER_ROLES
    since = work.store.announcements.find(
        {"community_id": row["community_id"], "at": {"$gte": row["since"], "$lte": work.now + _FAR}}, limit=_MOST_NEWS
    )
    missed = [
        each
        for each in since
        if announcements.concerns_newcomer(each, row["person_id"], as_member=row["as_member"], officer=officer)
    ]
    return [*missed, *_still_open(work, row["community_id"])] if row["as_member"] else missed


def _still_open(work: Work, community_id: str) -> Iterable[Doc]:
    coming = {"community_id": community_id, "starts_at": {"$gt": work.now, "$lte": work.now + _FAR}}
    for session in work.store.sessions.find(coming, limit=_MOST_NEWS):
        if announcements.session_is_open(session, work.now):
            yield keep(work, announcements.of_session(session), session["created_at"])
    for series in work.store.series.find({"community_id": community_id, "status": "active"}, limit=_MOST_NEWS):
        yield keep(work, announcements.of_series(series, series["version"]), series["updated_at"])


def _tell(work: Work, news: Iterable[tuple[Doc, str]], *, known: bool) -> None:
    """Put announcements into inboxes. With ``known`` those who were told already are left out; else they are
    :class:`Taken`."""
    notifications = {
        id_: {"id": id_, "person_id": person_id, "announcement_id": announcement["id"], "at": announcement["at"]}
        for announcement, person_id in news
        for id_ in [derived_id(announcement["at"], announcement["id"], person_id)]
    }
    told = work.store.notifications.get_many(notifications) if known else {}
    work.store.notifications.insert_many(_without(notifications, told))


def _without(notifications: dict[str, Doc], told: dict[str, Doc]) -> Sequence[Doc]:
    return [notification for id_, notification in notifications.items() if id_ not in told]
