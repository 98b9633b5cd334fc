"""An officer has certificates issued for a semester, or anew after attendance was corrected."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from services.scheduling.domain import zones
from services.scheduling.domain.certificates import (
    SUPERSEDED,
    VALID,
    Change,
    Earned,
    changes,
    earned_by,
    number,
    statement,
)
from services.scheduling.domain.minutes import APPROVED
from services.scheduling.domain.semesters import Semester, check_begun
from services.scheduling.presence import present
from services.scheduling.signing import certificate_keys, urlsafe
from services.scheduling.snapshots import certificate_state
from services.scheduling.usecases import meeting
from services.scheduling.usecases.certificate_terms import asks_for_work
from shared.clock import next_version
from shared.communities import known_community, whole
from shared.contracts.events.scheduling import CERTIFICATE_ISSUED, CERTIFICATE_REVOKED
from shared.messaging import Work
from shared.mongo import Doc, Raced, Taken
from shared.personal import ERASED_NAME

T = TypeVar("T")

_DAY = timedelta(days=1)
_MOST_SESSIONS = 1000
_MOST_CERTIFICATES = 20_000


def issue_certificates(work: Work, order: Doc) -> Doc:
    """How many certificates were issued, superseded and left as they are; the same request again changes nothing."""
    community = known_community(work.store, order["community_id"])
    work.allow(community_id=community["id"])
    today = zones.local_day(work.now, meeting.district_zone(work))
    semester = Semester.parse(order["semester"])
    check_begun(semester, today)
    parts, only = whole(work.store, [community["id"]]), order["person_ids"] or ()
    latest, others = _latest(work, parts, semester)
    present = earned_by(_presences(work, parts, semester))
    found = _who_gave(work, parts, semester, present) if asks_for_work(work, community["id"]) else present
    renamed = [id_ for id_, name in _names(work, only).items() if latest.get(id_, {}).get("holder_name", name) != name]
    to_do = changes(_of(latest, only), _of(found, only), only, renamed)
    names = _names(work, [each.person_id for each in to_do])
    new = {
        each.person_id: _certificate(work, community, semester, each, each.earned, names[each.person_id], today)
        for each in to_do
        if each.earned is not None and each.person_id in names
    }
    ended = {
        each.ends["number"]: _superseded(work, dict(each.ends), new.get(each.person_id))
        for each in to_do
        if each.ends is not None and (each.earned is None or each.person_id in new)
    }
    unchanged = {each["number"] for each in _of(latest, only).values() if each["status"] == VALID} - ended.keys()
    for person_id, doubles in _of(others, only).items():
        last = latest[person_id]
        successor = new.get(person_id) or (last if last["number"] in unchanged else None)
        ended |= {each["number"]: _superseded(work, each, successor) for each in doubles}
    _keep(work, list(new.values()), list(ended.values()))
    counts = {"issued": len(new), "superseded": len(ended), "unchanged": len(unchanged)}
    counts["without_work"] = len(_of(present, only)) - len(_of(found, only))
    return {"community_id": community["id"], "semester": str(semester), **counts}


def _of(found: Mapping[str, T], only: Collection[str]) -> dict[str, T]:
    return {person_id: each for person_id, each in found.items() if not only or person_id in only}


def _names(work: Work, person_ids: Collection[str]) -> dict[str, str]:
    """What these people are called; whoever was erased is nobody that could be given a certificate."""
    people = work.store.people.get_many(person_ids)
    return {id_: person["name"] for id_, person in people.items() if person["name"] != ERASED_NAME}


def _latest(
    work: Work, community_ids: Collection[str], semester: Semester
) -> tuple[dict[str, Doc], dict[str, list[Doc]]]:
    """Each person's last certificate of the semester; and others of theirs that are valid, as those of two communities
    are that became one: the same minutes count once."""
    found: dict[str, list[Doc]] = {}
    for id_ in community_ids:
        where = {"community_id": id_, "semester": str(semester)}
        for each in work.store.certificates.find(where, limit=_MOST_CERTIFICATES):
            found.setdefault(each["person_id"], []).append({**each, "number": each["id"]})
    latest, others = {}, {}
    for person_id, theirs in found.items():
        last = max(theirs, key=lambda each: (each["status"] == VALID, each["revision"]))
        others[person_id] = [each for each in theirs if each["status"] == VALID and each is not last]
        latest[person_id] = {**last, "revisions": max(each["revision"] for each in theirs)}
    return latest, others


def _presences(work: Work, community_ids: Collection[str], semester: Semester) -> Iterator[tuple[str, int]]:
    """Who was present for how many minutes at the semester's sessions whose minutes are approved."""
    held = list(_held(work, community_ids, semester))
    minutes = work.store.minutes.get_many(session["id"] for session in held)
    for session in held:
        if minutes.get(session["id"], {}).get("status") == APPROVED:
            for each in present(work.store, session):
                if each.person_id is not None:
                    yield each.person_id, each.present_minutes


def _held(work: Work, community_ids: Collection[str], semester: Semester) -> Iterator[Doc]:
    """The sessions that took place on one of the semester's days, by the clocks of their own zone."""
    for id_ in community_ids:
        within = {"community_id": id_, "starts_at": _about(semester)}
        for session in work.store.sessions.find(within, limit=_MOST_SESSIONS):
            taken_place = session["status"] == "scheduled" and session["ends_at"] <= work.now
            if taken_place and zones.local_day(session["starts_at"], session["timezone"]) in semester:
                yield session


def _who_gave(
    work: Work, community_ids: Collection[str], semester: Semester, present: Mapping[str, Earned]
) -> dict[str, Earned]:
    """Those whose work the community accepted on one of the semester's days, by the district's clocks."""
    zone = meeting.district_zone(work)
    authors = {
        accepted["person_id"]
        for id_ in community_ids
        for accepted in work.store.works.find(
            {"community_id": id_, "accepted_at": _about(semester)}, limit=_MOST_CERTIFICATES
        )
        if accepted["status"] == "accepted" and zones.local_day(accepted["accepted_at"], zone) in semester
    }
    return {person_id: each for person_id, each in present.items() if person_id in authors}


def _about(semester: Semester) -> Doc:
    """The semester's days and those beside them, whatever the zone."""
    begins = datetime.combine(semester.first_day, time(), UTC) - _DAY
    return {"$gte": begins, "$lte": datetime.combine(semester.last_day, time(), UTC) + 2 * _DAY}


def _certificate(
    work: Work, community: Doc, semester: Semester, change: Change, earned: Earned, name: str, today: date
) -> Doc:
    keys = certificate_keys(work.settings)
    district = work.store.districts.get(work.district)
    certificate = {
        "number": number(work.district, today.year),
        "district": work.district,
        "district_name": work.district if district is None else district["name"],
        "holder_name": name,
        "community_name": community["name"],
        "semester": str(semester),
        "first_day": semester.first_day.isoformat(),
        "last_day": semester.last_day.isoformat(),
        "sessions": earned.sessions,
        "minutes": earned.minutes,
        "jp": earned.jp,
        "issued_on": today.isoformat(),
    }
    return {
        **certificate,
        "id": certificate["number"],
        "person_id": change.person_id,
        "community_id": community["id"],
        "revision": change.revision,
        "status": VALID,
        "kid": keys.kid,
        "signature": urlsafe(keys.sign(statement(certificate).encode())),
        "issued_at": work.now,
        "issued_by": work.caller.person_id,
        "revoked_at": None,
        "revoked_by": None,
        "revoke_reason": None,
        "superseded_by": None,
    }


def _superseded(work: Work, certificate: Doc, successor: Doc | None) -> Doc:
    return {
        **certificate,
        "status": SUPERSEDED,
        "revoked_at": work.now,
        "superseded_by": None if successor is None else successor["id"],
        "version": next_version(certificate["version"]),
    }


def _keep(work: Work, new: list[Doc], ended: list[Doc]) -> None:
    """Raises :class:`Raced` when somebody else issues the same at this moment."""
    told = ("status", "revoked_at", "superseded_by", "version")
    work.store.certificates.update_many({each["id"]: {name: each[name] for name in told} for each in ended})
    for each in ended:
        work.emit(CERTIFICATE_REVOKED, certificate_state(each), each["version"])
    try:
        made = work.store.certificates.insert_many(new)
    except Taken as taken:
        raise Raced(taken.table) from None
    for each in made:
        work.emit(CERTIFICATE_ISSUED, certificate_state(each), each["version"])
