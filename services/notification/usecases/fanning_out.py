"""Telling people: an announcement becomes one notification for each of its audience (docs/decisions/0052).

Every piece of work is a row, worked off in a transaction that also removes it, so a killed process leaves off nowhere
in between. The row of an announcement with a large audience becomes rows of 500 recipients each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any

from services.notification.domain import announcements
from services.notification.domain.derived import derived_id
from services.notification.store import NotificationStore
from services.notification.usecases.announcing import keep
from services.notification.usecases.rechecking import still_concerned
from shared.communities import present_forms, whole
from shared.contracts.words import OFFICER_ROLES
from shared.messaging import SystemWork, Work
from shared.messaging.away import is_away
from shared.mongo import IN_CHUNK, Doc
from shared.standing import Days

AT_ONCE = 500
_ROWS = 500
_TOGETHER = 50
_MOST_MEMBERS = 100_000
_MOST_OFFICERS = 100
_MOST_NEWS = 1000
_SCHOOL_LEADERS = ("principal", "school_operator")
_FAR = timedelta(days=1000)
_A_LITTLE_EARLIER = timedelta(hours=1)


def fan_out(work: SystemWork) -> bool:
    """Work off what is to be told. Returns whether there may be more. A row that fails stops no other."""
    failed: Exception | None = None
    rows = work.system.find(NotificationStore.fanouts, {}, _ROWS)
    for district, bundle in _bundles(rows):
        try:
            work.run(district, partial(_work_off, rows=bundle, hopeful=True))
        except Exception as error:
            if is_away(error):
                raise
            failed = _one_by_one(work, district, bundle) or failed
    if failed is not None:
        raise failed
    return bool(rows)


def _bundles(rows: Sequence[Doc]) -> Iterator[tuple[str, list[Doc]]]:
    """Small pieces of work of one district share a transaction, large ones have their own."""
    for (district, large), group in groupby(rows, key=lambda row: (row["district"], row["kind"] == "recipients")):
        bundle = list(group)
        size = 1 if large else _TOGETHER
        yield from ((district, bundle[at : at + size]) for at in range(0, len(bundle), size))


def _one_by_one(work: SystemWork, district: str, bundle: Sequence[Doc]) -> Exception | None:
    """Do the rows of a bundle that failed each by itself, looking up first who was told already."""
    failed: Exception | None = None
    for row in bundle:
        try:
            work.run(district, partial(_work_off, rows=[row], hopeful=False))
        except Exception as error:
            if is_away(error):
                raise
            failed = error
    return failed


def _work_off(work: Work, rows: Sequence[Doc], hopeful: bool) -> None:
    """``hopeful``: many recipients at once are all taken to be new, which is cheap; when one was told already, the
    primary key finds out and nothing of the transaction stands."""
    for row in rows:
        if not work.store.fanouts.delete(row["id"]):
            continue
        if row["kind"] == "newcomer":
            missed = _missed_by(work, row)
            _tell(work, [(each, who) for each in missed for who in still_concerned(work, each, [row["person_id"]])])
        else:
            announcement = work.store.announcements.require(row["announcement_id"])
            _tell_all(work, announcement, row.get("person_ids") or _audience(work, announcement), hopeful)


def _tell_all(work: Work, announcement: Doc, recipients: Sequence[str], hopeful: bool) -> None:
    if len(recipients) <= AT_ONCE:
        concerned = still_concerned(work, announcement, recipients)
        _tell(work, [(announcement, person_id) for person_id in concerned], hopeful=hopeful)
        return
    work.store.fanouts.insert_many(
        [
            {"kind": "recipients", "announcement_id": announcement["id"], "person_ids": recipients[at : at + AT_ONCE]}
            for at in range(0, len(recipients), AT_ONCE)
        ]
    )
    work.wake("fan_out")


def _audience(work: Work, announcement: Doc) -> list[str]:
    """Whom an announcement concerns, as far as is known here now."""
    if announcement["audience"] == "person":
        return [announcement["person_id"]]
    if announcement["audience"] == "named":
        return list(announcement["params"]["told"])
    if announcement["audience"] in ("founders", "school"):
        return [id_ for id_ in _deciders(work, announcement["params"]["npsn"]) if id_ != announcement["person_id"]]
    [community_id] = _once(work, ("whose", announcement["community_id"]), partial(_whose, work))
    if announcement["audience"] == "officers":
        officers = _once(work, ("officers", community_id), partial(_officers, work))
        return [person_id for person_id in officers if person_id != announcement["person_id"]]
    members = work.store.members.find({"community_id": community_id}, limit=_MOST_MEMBERS)
    return [member["person_id"] for member in members if member["active"]]


def _deciders(work: Work, npsn: str | None) -> list[str]:
    """Who decides for a school: its leaders, if it has any; else, and without a school, the operators."""
    leaders = [id_ for role in _SCHOOL_LEADERS for id_ in _holders(work, role, npsn)] if npsn else []
    return list(dict.fromkeys(leaders)) or _holders(work, "district_operator", None)


def _holders(work: Work, role: str, npsn: str | None) -> list[str]:
    grants = work.store.roles.find({"role": role, "scope_id": npsn}, limit=_MOST_OFFICERS)
    days = Days(work.store, work.now)
    return [grant["person_id"] for grant in grants if days.count(grant)]


def _whose(work: Work, community_id: str) -> list[str]:
    """The community that what is announced of this one concerns now."""
    present = present_forms(work.store, [community_id]).get(community_id)
    return [present["id"] if present else community_id]


def _officers(work: Work, community_id: str) -> list[str]:
    return [
        member["person_id"]
        for role in OFFICER_ROLES
        for member in work.store.members.find({"community_id": community_id, "role": role}, limit=_MOST_OFFICERS)
        if member["active"]
    ]


def _missed_by(work: Work, row: Doc) -> list[Doc]:
    """What a newcomer is told: everything announced since they joined, the open sessions and the running series."""
    community_id = row["community_id"]
    member = work.store.members.get(f"{community_id}/{row['person_id']}")
    if member is None or not member["active"]:
        return []
    missed: list[Doc] = []
    if row["as_member"]:
        missed += _news(work, community_id, "members", row["since"])
        missed += _news(work, community_id, "expected", row["since"])
        missed += _once(work, ("open", community_id), lambda community: list(_still_open(work, community)))
    if member["role"] in OFFICER_ROLES:
        news = _news(work, community_id, "officers", row["since"])
        missed += [each for each in news if each["person_id"] != row["person_id"]]
    return missed


def _news(work: Work, community_id: str, audience: str, since: datetime) -> list[Doc]:
    """What was announced to this audience from ``since`` on; read once for many newcomers of one time."""
    key = ("news", work.district, community_id, audience)
    floor, news = work.memo.get(key, (None, []))
    if floor is None or since < floor:
        floor = since - _A_LITTLE_EARLIER
        within = {"$gte": floor, "$lte": work.now + _FAR}
        news = [
            each
            for id_ in whole(work.store, [community_id])
            for each in work.store.announcements.find(
                {"community_id": id_, "audience": audience, "at": within}, limit=_MOST_NEWS, sort="-at"
            )
        ]
        work.memo[key] = floor, news
    return [each for each in news if each["at"] >= since]


def _still_open(work: Work, community_id: str) -> Iterable[Doc]:
    for id_ in whole(work.store, [community_id]):
        coming = {"community_id": id_, "starts_at": {"$gt": work.now, "$lte": work.now + _FAR}}
        for session in work.store.sessions.find(coming, limit=_MOST_NEWS):
            if announcements.session_is_open(session, work.now):
                yield keep(work, announcements.of_session(session), session["created_at"])
        for series in work.store.series.find({"community_id": id_, "status": "active"}, limit=_MOST_NEWS):
            yield keep(work, announcements.of_series(series, series["version"]), series["updated_at"])


def _tell(work: Work, news: Iterable[tuple[Doc, str]], *, hopeful: bool = False) -> None:
    """Put announcements into the inboxes that lack them; raises :class:`Taken` where too hopeful."""
    notifications = {
        id_: {"id": id_, "person_id": person_id, "announcement_id": announcement["id"], "at": announcement["at"]}
        for announcement, person_id in news
        for id_ in [derived_id(announcement["at"], announcement["id"], person_id)]
    }
    unseen = hopeful and len(notifications) > IN_CHUNK
    told = {} if unseen else work.store.notifications.get_many(notifications)
    work.store.notifications.insert_many([each for id_, each in notifications.items() if id_ not in told])


def _once(work: Work, key: tuple[str, str], look: Any) -> list[Any]:
    """What ``look`` finds for a community, looked for once in a transaction."""
    remembered = (*key, work.district)
    if remembered not in work.memo:
        work.memo[remembered] = look(key[1])
    found: list[Any] = work.memo[remembered]
    return found
