"""An officer sets a single meeting."""

from __future__ import annotations

from services.scheduling import reminding, seats
from services.scheduling.domain import answers, sessions
from services.scheduling.snapshots import session_state
from services.scheduling.usecases import meeting
from services.scheduling.usecases.looking_around import clashes_of, slots_of
from services.scheduling.views import session_view
from shared.communities import active_community
from shared.contracts.events.scheduling import SESSION_SCHEDULED
from shared.messaging import Work
from shared.mongo import Doc


def schedule_session(work: Work, order: Doc) -> Doc:
    """The new session, of which the community's members are told."""
    order["community_id"] = active_community(work.store, order["community_id"])["id"]
    work.allow(community_id=order["community_id"])
    starts_at, ends_at = sessions.period(
        order["starts_at"], order.get("ends_at"), order.get("duration_minutes"), sessions.USUAL, work.now
    )
    session = work.store.sessions.insert(
        {
            **meeting.stated(work, order),
            "starts_at": starts_at,
            "ends_at": ends_at,
            "answers_close_minutes": answers.minutes_before(order["answers_until"], starts_at),
            "series_id": None,
            "occurs_on": None,
            "original_starts_at": None,
            "status": "scheduled",
            "cancel_reason": None,
            "dropped": False,
            "own": [],
            "revision": 0,
        }
    )
    tally = work.store.tallies.insert(seats.none_taken(session))
    reminding.watch(work, [session])
    work.emit(SESSION_SCHEDULED, session_state(session), session["version"])
    found = clashes_of(work, session["community_id"], slots_of([session], work.now), but=[session["id"]])
    return {**session_view(session, belongs=True, tally=tally), **found}
