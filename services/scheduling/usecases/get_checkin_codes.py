"""An officer's phone takes the check-in codes of a session along, to show them without signal."""

from __future__ import annotations

from services.scheduling import attending
from services.scheduling.domain import sessions
from services.scheduling.domain.checkin import STEP, Codes
from shared.messaging import Work
from shared.mongo import Doc


def get_checkin_codes(work: Work, asked: Doc) -> Doc:
    """All codes of the session's window, in order; the same whenever they are asked for while its times stay."""
    session = work.store.sessions.require(asked["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    sessions.check_scheduled(session["status"])
    meeting = attending.meeting_of(session)
    secret = bytes.fromhex(attending.secret_of(work, session["id"]))
    return {
        "session_id": session["id"],
        "opens_at": meeting.opens_at,
        "closes_at": meeting.ends_at,
        "step_seconds": STEP.seconds,
        "codes": [code._asdict() for code in Codes(session["id"], secret, meeting)],
    }
