"""A phone takes along what it needs of a session where there is no signal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.scheduling import attending
from services.scheduling.domain import bundle
from services.scheduling.domain.checkin import STEP, Codes
from services.scheduling.usecases.read_commitments import open_commitments, views
from services.scheduling.usecases.read_minutes import minutes_view
from services.scheduling.views import session_views
from shared.communities import active_members, known_community
from shared.contracts import scheduling as contracts
from shared.contracts.base import write
from shared.messaging import Work
from shared.mongo import Doc

# More would not fit anyway.
_MOST_PEOPLE = 400


def get_bundle(work: Work, asked: Doc) -> Doc:
    """The session, its agenda, minutes, the commitments it goes on with, its people with their answers and attendance
    and, for officers, the codes still to be shown; at most 64 kB. Where not everybody fits, those who were there come
    first, then those who answered."""
    session = work.store.sessions.require(asked["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    agenda = work.store.agendas.get(session["id"]) or {"items": [], "roles": None}
    officer = work.standing.officer_of(session["community_id"])
    found: Doc = {
        "made_at": work.now,
        "session": session_views(work.store, work.caller.person_id, [session], {session["community_id"]})[0],
        "agenda": [],
        "roles": agenda["roles"],
        "open_commitments": [],
        "minutes": None,
        "codes": _codes(work, session) if officer and session["status"] == "scheduled" else None,
        "counts": attending.counts_of(work.store, session["id"]),
        "people": [],
        "complete": False,
    }
    room = bundle.MOST_BYTES - bundle.size(write(contracts.SessionBundle, found))
    return found | _filled(work, session, agenda["items"], room)


def _filled(work: Work, session: Doc, agenda: list[Doc], room: int) -> Doc:
    """What there may be much of, as far as it fits into so many bytes."""
    commitments = views(work.store, open_commitments(work.store, session["community_id"], but_of=session["id"]))
    minutes = minutes_view(work, session, work.store.minutes.get(session["id"]))
    people, everybody = _people(work, session)
    items, room = bundle.fitting(agenda, room)
    undertaken, room = bundle.fitting(commitments, room, _commitment_size, most=bundle.MOST_COMMITMENTS_BYTES)
    noted, room = bundle.fitting([minutes], room, _minutes_size, most=bundle.MOST_MINUTES_BYTES)
    taken, room = bundle.fitting(people, room)
    noted = noted or bundle.fitting([minutes], room, _minutes_size)[0]
    parts = ((items, agenda), (undertaken, commitments), (noted, [minutes]), (taken, people))
    return {
        "agenda": items,
        "open_commitments": undertaken,
        "minutes": noted[0] if noted else None,
        "people": taken,
        "complete": everybody and all(len(some) == len(whole) for some, whole in parts),
    }


def _commitment_size(commitment: Mapping[str, Any]) -> int:
    return bundle.size(write(contracts.CommitmentView, commitment))


def _minutes_size(minutes: Mapping[str, Any]) -> int:
    return bundle.size(write(contracts.MinutesView, minutes))


def _codes(work: Work, session: Doc) -> Doc | None:
    secret = bytes.fromhex(attending.secret_of(work, session["id"]))
    codes = Codes(session["id"], secret, attending.meeting_of(session))
    still = bundle.compact(code for code in codes if code.valid_until > work.now)
    return still and {**still, "step_seconds": STEP.seconds}


def _people(work: Work, session: Doc) -> tuple[list[Doc], bool]:
    """Those who were there, those who answered, and the members, a few hundred at most; and whether they are all."""
    store, of_session = work.store, {"session_id": session["id"]}
    rows = {row["attendee_id"]: row for row in store.attendance.find(of_session, limit=_MOST_PEOPLE)}
    answers = {each["person_id"]: each for each in store.rsvps.find(of_session, limit=_MOST_PEOPLE)}
    community_id = known_community(store, session["community_id"])["id"]
    members = {record["person_id"]: record for record in active_members(store, community_id, _MOST_PEOPLE)}
    everybody = max(len(rows), len(answers), len(members)) < _MOST_PEOPLE
    ids = list(dict.fromkeys([*rows, *answers, *members]))
    everybody, ids = everybody and len(ids) <= _MOST_PEOPLE, ids[:_MOST_PEOPLE]
    members |= {
        record["person_id"]: record
        for record in store.members.get_many(f"{community_id}/{id_}" for id_ in ids if id_ not in members).values()
        if record["active"]
    }
    names = {id_: person["name"] for id_, person in store.people.get_many(ids).items()}
    names |= {id_: row["name"] for id_, row in rows.items() if row["name"]}
    found = [
        {
            "id": id_,
            "name": names.get(id_),
            "role": members[id_]["role"] if id_ in members else None,
            "answer": answers[id_]["answer"] if id_ in answers else None,
            "status": rows[id_]["status"] if id_ in rows else None,
        }
        for id_ in ids
        if id_ in members or id_ in rows
    ]
    return found, everybody
