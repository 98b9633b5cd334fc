"""An officer calls sessions off: one, those that follow it in its series, or all that are to come."""

from __future__ import annotations

from datetime import date

from services.scheduling import assigning
from services.scheduling.domain import occurrences, sessions
from services.scheduling.domain.changing import ALL, THIS
from services.scheduling.domain.series import check_active
from services.scheduling.snapshots import session_state
from services.scheduling.usecases import series_dates
from services.scheduling.views import session_views
from shared.contracts.events.scheduling import SESSION_CANCELLED
from shared.messaging import Work
from shared.mongo import Doc


def cancel_session(work: Work, order: Doc) -> Doc:
    """The cancelled session, of which its members are told; the reason stays here. With ``scope`` ``following`` or
    ``all`` its series ends before it, or at once, and members are told of that only."""
    session = work.store.sessions.require(order["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    sessions.check_scheduled(session["status"])
    if order["scope"] == THIS or session["series_id"] is None:
        off = {"status": "cancelled", "cancel_reason": order["reason"], "revision": session.get("revision", 0) + 1}
        own = occurrences.set_apart(session, {**session, **off})
        before, session = session, work.store.sessions.save({**session, **off, "own": own})
        work.emit(SESSION_CANCELLED, session_state(session), session["version"])
        assigning.tell_schools(work, [(before, session)])
    else:
        _cancel_in_series(work, session, order)
        session = work.store.sessions.require(session["id"])
    return session_views(work.store, work.caller.person_id, [session], {session["community_id"]})[0]


def _cancel_in_series(work: Work, session: Doc, order: Doc) -> None:
    series = work.store.series.require(session["series_id"])
    check_active(series["status"])
    sessions.check_coming(session["starts_at"], work.now)
    if order["scope"] == ALL:
        series_dates.end(work, series, order["reason"])
    else:
        series_dates.end_before(work, series, date.fromisoformat(session["occurs_on"]), order["reason"])
