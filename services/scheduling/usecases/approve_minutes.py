"""An officer approves the minutes of a session."""

from __future__ import annotations

from services.scheduling.domain import minutes as rules
from services.scheduling.domain import sessions
from services.scheduling.snapshots import minutes_state
from services.scheduling.usecases.read_minutes import minutes_view
from shared.communities import other_officers
from shared.contracts.events.scheduling import MINUTES_APPROVED
from shared.messaging import Work
from shared.mongo import Doc


def approve_minutes(work: Work, order: Doc) -> Doc:
    """The approved minutes, of which the members are told once. Another officer than who saved them last has to look
    at them, unless the community has no other (docs/decisions/0151)."""
    session = work.store.sessions.require(order["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    sessions.check_scheduled(session["status"])
    rules.check_begun(session["starts_at"], work.now)
    minutes = work.store.minutes.require(session["id"], "minutes.no_minutes")
    me = work.caller.person_id
    others = other_officers(work.store, session["community_id"], me)
    minutes = work.store.minutes.save(rules.approved(minutes, order["revision"], me, others, work.now))
    approval = {name: minutes[name] for name in ("approved_by", "approved_at")}
    work.store.revisions.update(f"{session['id']}/{minutes['revision']}", set=approval)
    work.emit(MINUTES_APPROVED, minutes_state(minutes), minutes["version"])
    return minutes_view(work, session, minutes)
