"""Reminding people of their sessions, and what a community's officers choose about it."""

from __future__ import annotations

from functools import partial

from services.scheduling import reminding
from services.scheduling.domain.reminders import LEADS, in_time, next_turn
from services.scheduling.snapshots import due_state
from services.scheduling.store import SchedulingStore
from shared import clock
from shared.communities import active_community, known_community, present_forms
from shared.contracts.events.scheduling import SESSION_DUE
from shared.messaging import SystemWork, Work
from shared.mongo import Doc

_AT_ONCE = 100


def remind_due(work: SystemWork) -> bool:
    """Give the reminders that are due, each in a transaction of its own. Returns whether more may be due."""
    more = False
    now = clock.now()
    for district in work.system.walk(SchedulingStore.districts):
        within = {"due_at": {"$gte": clock.EPOCH, "$lte": now}}
        due = work.store(district["id"]).reminders.find(within, limit=_AT_ONCE)
        for row in due:
            work.run(district["id"], partial(remind, session_id=row["id"]))
        more = more or len(due) == _AT_ONCE
    return more


def remind(work: Work, session_id: str) -> None:
    """Give a session's reminder, if it is due still, and set its next turn in the same transaction: whoever does this
    at the same time finds it done. The session is looked at as it is now."""
    row = work.store.reminders.get(session_id)
    if row is None or row["due_at"] > work.now:
        return
    session = work.store.sessions.get(session_id)
    if session is None or session["status"] != "scheduled" or session["starts_at"] <= work.now:
        work.store.reminders.delete(session_id)
        return
    timely = row["lead"] is not None and session["starts_at"] - LEADS[row["lead"]] == row["due_at"]
    wanted = timely and _wanted(work, row, session)
    given = {**row["given"], row["lead"]: row["due_at"]} if wanted else row["given"]
    turn = next_turn(session["starts_at"], row["due_at"] if timely else work.now, given)
    saved = work.store.reminders.save({**row, **reminding.placed(turn), "given": given})
    if wanted:
        work.emit(SESSION_DUE, due_state(session, row["lead"]), saved["version"])


def get_reminders(work: Work, asked: Doc) -> Doc:
    """Which reminders a community's members are given."""
    community_id = known_community(work.store, asked["community_id"])["id"]
    work.allow(community_id=community_id)
    return {"community_id": community_id, "before": reminding.chosen(work.store, community_id)}


def choose_reminders(work: Work, order: Doc) -> Doc:
    """The community's choice, from the next reminder on; none at all is one too."""
    community_id = active_community(work.store, order["community_id"])["id"]
    work.allow(community_id=community_id)
    before = [lead for lead in LEADS if lead in order["before"]]
    work.store.reminder_choices.upsert(community_id, set={"before": before})
    return {"community_id": community_id, "before": before}


def _wanted(work: Work, row: Doc, session: Doc) -> bool:
    """Whether this reminder still helps, and the session's community meets yet and wants it."""
    lead = row["lead"]
    community = present_forms(work.store, [session["community_id"]]).get(session["community_id"])
    if community is None or community["status"] != "active" or not in_time(lead, row["due_at"], work.now):
        return False
    return lead in reminding.chosen(work.store, community["id"])
