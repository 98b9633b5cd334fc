"""Members look at what a session is about, and who has which role."""

from __future__ import annotations

from datetime import timedelta

from services.scheduling.domain import agendas
from services.scheduling.domain.rotation import Rotation, candidates
from services.scheduling.store import SchedulingStore
from services.scheduling.usecases.people import members_taking_turns, names
from services.scheduling.usecases.read_commitments import open_commitments, views
from shared.communities import whole
from shared.messaging import Work
from shared.mongo import Doc

# So far back turns are remembered; who had none since comes next.
_REMEMBERED = timedelta(days=400)
_MOST_SESSIONS = 450
_MOST_PEOPLE = 1000


def get_agenda(work: Work, asked: Doc) -> Doc:
    """The session's agenda; one that is drawn from the open commitments while nobody has saved any."""
    session = work.store.sessions.require(asked["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    return agenda_view(work, session, work.store.agendas.get(session["id"]))


def agenda_view(work: Work, session: Doc, agenda: Doc | None) -> Doc:
    """A saved agenda, or the draft of one, with what it takes to change it."""
    commitments = open_commitments(work.store, session["community_id"], but_of=session["id"])
    proposed = proposed_roles(work, session)
    if agenda is None:
        coming = session["status"] == "scheduled" and session["ends_at"] > work.now
        items = agendas.follow_ups(commitments) if coming else []
        agenda = {"items": items, "roles": proposed, "version": 0, "updated_at": None}
    spoken_of = [*(item["owner_id"] for item in agenda["items"]), *agenda["roles"].values(), *proposed.values()]
    people = work.store.people.get_many(id_ for id_ in spoken_of if id_)
    return {
        **{name: agenda[name] for name in ("items", "roles", "version", "updated_at")},
        "session_id": session["id"],
        "proposed_roles": proposed,
        "open_commitments": views(work.store, commitments),
        "people": names(people, spoken_of),
    }


def proposed_roles(work: Work, session: Doc) -> Doc:
    """Whose turn it is in this session. What earlier ones were given counts; those still to come that were given
    nothing count as if all came and the turns were kept."""
    store: SchedulingStore = work.store
    earlier = _earlier(store, session)
    agendas_by_session = store.agendas.get_many(each["id"] for each in earlier)
    members = members_taking_turns(store, session["community_id"])
    rotation = Rotation()
    for each in earlier:
        agenda = agendas_by_session.get(each["id"])
        if agenda is not None:
            rotation.had(agenda["roles"])
        elif each["starts_at"] > work.now:
            rotation.had(rotation.propose(members))
    return rotation.propose(candidates(members, _declined(store, session), _present(store, session)))


def _earlier(store: SchedulingStore, session: Doc) -> list[Doc]:
    """The community's meetings of the time before this one, in the order in which they are held."""
    before = {"$gte": session["starts_at"] - _REMEMBERED, "$lte": session["starts_at"]}
    found = [
        each
        for id_ in whole(store, [session["community_id"]])
        for each in store.sessions.find({"community_id": id_, "starts_at": before}, limit=_MOST_SESSIONS)
        if each["status"] == "scheduled" and (each["starts_at"], each["id"]) < (session["starts_at"], session["id"])
    ]
    return sorted(found, key=lambda each: (each["starts_at"], each["id"]))


def _declined(store: SchedulingStore, session: Doc) -> list[str]:
    answers = store.rsvps.find({"session_id": session["id"]}, limit=_MOST_PEOPLE)
    return [each["person_id"] for each in answers if each["answer"] == "no"]


def _present(store: SchedulingStore, session: Doc) -> list[str]:
    attendance = store.attendance.find({"session_id": session["id"]}, limit=_MOST_PEOPLE)
    return [each["person_id"] for each in attendance if each["status"] == "hadir" and each["person_id"] is not None]
