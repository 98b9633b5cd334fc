"""An officer sets a single meeting."""

from __future__ import annotations

from services.scheduling.domain import sessions
from services.scheduling.snapshots import session_state
from services.scheduling.usecases import meeting
from services.scheduling.views import session_view
from shared.contracts.events.scheduling import SESSION_SCHEDULED
from shared.messaging import Work
from shared.mongo import Doc


def schedule_session(work: Work, order: Doc) -> Doc:
    """The new session, of which the community's members are told."""
    meeting.active_community(work.store, order["community_id"])
    work.allow(community_id=order["community_id"])
    starts_at, ends_at = sessions.period(
        order["starts_at"], order.get("ends_at"), order.get("duration_minutes"), sessions.USUAL, work.now
    )
    session = work.store.sessions.insert(
        {
            **meeting.stated(work, order),
            "starts_at": starts_at,
            "ends_at": ends_at,
            "series_id": None,
            "occurs_on": None,
            "status": "scheduled",
            "cancel_reason": None,
        }
    )
    tally = work.store.tallies.insert(meeting.no_answers(session))
    work.emit(SESSION_SCHEDULED, session_state(session), session["version"])
    return session_view(session, belongs=True, tally=tally)
