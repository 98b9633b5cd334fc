"""An officer calls a session off."""

from __future__ import annotations

from services.scheduling.domain import sessions
from services.scheduling.snapshots import session_state
from services.scheduling.views import session_views
from shared.contracts.events.scheduling import SESSION_CANCELLED
from shared.messaging import Work
from shared.mongo import Doc


def cancel_session(work: Work, order: Doc) -> Doc:
    """The cancelled session, of which its members are told; the reason stays here."""
    session = work.store.sessions.require(order["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    sessions.check_scheduled(session["status"])
    session = work.store.sessions.save({**session, "status": "cancelled", "cancel_reason": order["reason"]})
    work.emit(SESSION_CANCELLED, session_state(session), session["version"])
    return session_views(work.store, work.caller.person_id, [session], {session["community_id"]})[0]
