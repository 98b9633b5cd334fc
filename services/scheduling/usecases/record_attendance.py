"""An officer notes who was there; devices send what they kept whenever they can."""

from __future__ import annotations

from services.scheduling import attending
from services.scheduling.attending import Attendee
from services.scheduling.domain import sessions
from services.scheduling.domain.attendance import Called, Entry, Note
from shared.errors import Text
from shared.messaging import Work
from shared.mongo import Doc
from shared.texts import render

_NOTED = ("at", "client_id", "status", "mode", "arrived_at", "left_at", "reason")


def record_attendance(work: Work, order: Doc) -> Doc:
    """A result for each note. Notes in any order, sent any number of times, come to the same attendance."""
    session = work.store.sessions.require(order["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    sessions.check_scheduled(session["status"])
    named = [_named(item) for item in order["items"]]
    attendees = _attendees(work, session, order["items"], named)
    before = attending.entries_of(work.store, session["id"], {each.id for each in attendees if each is not None})
    learnt: dict[Attendee, Entry] = {}
    results = []
    for item, attendee, called in zip(order["items"], attendees, named, strict=True):
        note = Note(**{name: item[name] for name in _NOTED}, by=work.caller.person_id)
        fault = note.fault(attending.meeting_of(session), work.now)
        if attendee is None or fault is not None:
            problem = render(fault or Text("attendance.unknown_attendee"), work.language)
            results.append(_result(item, "refused", problem=problem))
            continue
        row = before.get(attendee.id)
        if row is not None and row["forgotten"]:
            results.append(_result(item, "superseded", attendee))
            continue
        known = learnt.get(attendee, attending.entry_in(row))
        learnt[attendee] = known.join(Entry(note=note, called=called))
        results.append(_result(item, _outcome(known.note, note, learnt[attendee].note), attendee))
    rows = before | attending.keep(work, session, learnt, before)
    return {"items": [_now(result, rows) for result in results]}


def _named(item: Doc) -> Called | None:
    guest = item["guest"]
    return None if guest is None else Called(guest["name"], guest["institution"] or "")


def _attendees(work: Work, session: Doc, items: list[Doc], named: list[Called | None]) -> list[Attendee | None]:
    """Whom each note is about; ``None`` where it names nobody whom the district knows, or two."""
    people = attending.people_of(work.store, session, {item["person_id"] for item in items if item["person_id"]})
    secret = attending.secret_of(work, session["id"]) if any(named) else ""
    found: list[Attendee | None] = []
    for item, called in zip(items, named, strict=True):
        if called is None:
            found.append(people.get(item["person_id"]))
        else:
            found.append(attending.guest_of(secret, called) if item["person_id"] is None else None)
    return found


def _outcome(before: Note | None, given: Note, after: Note | None) -> str:
    if after != given:
        return "superseded"
    return "unchanged" if before == given else "recorded"


def _result(item: Doc, outcome: str, attendee: Attendee | None = None, problem: str | None = None) -> Doc:
    about = attendee.id if attendee is not None else None
    return {"client_id": item["client_id"], "outcome": outcome, "attendee_id": about, "problem": problem}


def _now(result: Doc, rows: dict[str, Doc]) -> Doc:
    row = rows.get(result["attendee_id"], {})
    return {**result, **{name: row.get(name) for name in ("status", "present_minutes")}}
