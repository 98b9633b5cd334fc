"""What somebody attended in a year, for their record."""

from __future__ import annotations

from datetime import datetime

from services.scheduling.domain import zones
from services.scheduling.domain.attended import Presence, by_community
from services.scheduling.domain.minutes import APPROVED
from services.scheduling.presence import minutes_in
from services.scheduling.usecases.meeting import district_zone
from shared.communities import present_forms, whole
from shared.contracts.record import period_of
from shared.messaging import Work
from shared.mongo import Doc

_MOST_COMMUNITIES = 200
_MOST_SESSIONS = 1000
_MOST_VISITS = 1000
_MOST_CERTIFICATES = 200


def show_attended(work: Work, asked: Doc) -> Doc:
    """The sessions at which the caller was present, in communities of theirs and of others, and what they come to."""
    work.allow()
    zone = district_zone(work)
    since, until = period_of(asked).moments(zone)
    rows = _rows(work, since, until)
    sessions = work.store.sessions.get_many(row["session_id"] for row in rows)
    approved = work.store.minutes.get_many(sessions)
    shown = [
        {
            **session,
            "minutes": minutes,
            "counts": id_ in approved and approved[id_]["status"] == APPROVED,
        }
        for row in rows
        for id_, session in [(row["session_id"], sessions[row["session_id"]])]
        for minutes in [minutes_in(row, session)]
        if minutes and since <= session["starts_at"] < until and session["status"] == "scheduled"
    ]
    shown.sort(key=lambda each: (each["starts_at"], each["id"]))
    communities = _communities(work, shown, zone)
    return {"sessions": shown, "communities": communities, "certificates": _certificates(work, since, until)}


def _certificates(work: Work, since: datetime, until: datetime) -> list[Doc]:
    where = {"person_id": work.caller.person_id, "issued_at": {"$gte": since, "$lt": until}}
    found = work.store.certificates.find(where, limit=_MOST_CERTIFICATES)
    return sorted(found, key=lambda certificate: (certificate["issued_at"], certificate["id"]))


def _rows(work: Work, since: datetime, until: datetime) -> list[Doc]:
    """The caller's attendance: as a member by the sessions of the communities that they ever belonged to, as a guest by
    name."""
    me = work.caller.person_id
    records = work.store.members.find({"person_id": me}, limit=_MOST_COMMUNITIES)
    within = {"$gte": since, "$lt": until}
    ids = [
        session["id"]
        for id_ in whole(work.store, [record["community_id"] for record in records])
        for session in work.store.sessions.find({"community_id": id_, "starts_at": within}, limit=_MOST_SESSIONS)
    ]
    found = work.store.attendance.get_many(f"{id_}/{me}" for id_ in ids)
    visits = work.store.attendance.find({"visitor_id": me}, limit=_MOST_VISITS)
    return list((found | {visit["id"]: visit for visit in visits}).values())


def _communities(work: Work, shown: list[Doc], zone: str) -> list[Doc]:
    """A community that was merged counts as the one that it became."""
    forms = present_forms(work.store, {each["community_id"] for each in shown})
    ids: dict[str, str] = {id_: community["id"] for id_, community in forms.items()}
    names = {community["id"]: community["name"] for community in forms.values()}
    sums = by_community(
        Presence(
            ids.get(each["community_id"]) or str(each["community_id"]),
            zones.local_day(each["starts_at"], zone),
            each["minutes"],
            each["counts"],
        )
        for each in shown
    )
    return [{"community_id": id_, "community": names.get(id_), **sum_} for id_, sum_ in sums.items()]
