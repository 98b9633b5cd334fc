"""What is told some time after it was decided is looked at again before it goes out (docs/decisions/0182)."""

from __future__ import annotations

from collections.abc import Sequence

from services.notification.domain.announcements import still_to_come
from shared.messaging import Work
from shared.mongo import Doc


def still_concerned(work: Work, announcement: Doc, person_ids: Sequence[str]) -> list[str]:
    """Those of these people whom it still concerns: nobody, if the meeting that it reminds of was called off, moved or
    begun meanwhile; not those who have said that they do not come."""
    if announcement["topic"] not in ("session_due", "seat_given"):
        return list(person_ids)
    session_id, said = announcement["subject_id"], announcement["params"]
    session = work.store.sessions.get(session_id)
    if session is not None and not still_to_come(session, said, work.now):
        return []
    answers = work.store.rsvps.get_many(f"{session_id}/{person_id}" for person_id in person_ids)
    away = {answer["person_id"] for answer in answers.values() if answer["answer"] == "no"}
    return [person_id for person_id in person_ids if person_id not in away]
