"""Where the caller is logged in, and ending it there."""

from __future__ import annotations

from services.membership import sessions
from shared import paging
from shared.errors import NotFound, Text
from shared.messaging import Work
from shared.mongo import Doc
from shared.texts import render


def list_sessions(work: Work, order: Doc) -> Doc:
    """The caller's login sessions, the one that was used last first."""
    work.allow()
    found = sessions.of(work, work.caller.person_id)
    return paging.few([_shown(work, session) for session in found], order).as_dict()


def end_session(work: Work, order: Doc) -> None:
    """End one of the caller's sessions; within seconds its tokens count nowhere any more."""
    work.allow()
    session = work.store.sessions.get(order["sid"])
    if session is None or session["person_id"] != work.caller.person_id:
        raise NotFound()
    sessions.end(work, session)


def _shown(work: Work, session: Doc) -> Doc:
    return {
        **session,
        "device": _named(session["device"], work.language),
        "last_seen_at": session["rotated_at"],
        "current": session["id"] == work.caller.sid,
    }


def _named(device: list[str | None], language: str) -> str:
    program, system = device
    if program and system:
        return render(Text("membership.device", {"program": program, "system": system}), language)
    return program or system or render(Text("membership.device_unknown"), language)
