"""Documents that somebody writes for a session, under its id: a save that comes too late loses nothing, for both
versions are in the refusal (docs/decisions/0150)."""

from __future__ import annotations

from collections.abc import Callable

from shared.contracts.base import write
from shared.errors import Stale
from shared.messaging import Work
from shared.mongo import Collection, Doc, Raced, Taken


def check_read(work: Work, present: Doc | None, order: Doc, view: Callable[[], Doc]) -> None:
    """Raises :class:`Stale` unless the order's ``version`` is the present one (0: there is none yet), with what is
    there now, as ``view`` shows it, and what was sent."""
    if order["version"] != (present["version"] if present is not None else 0):
        details = {"current": write(work.operation.gives, view()), "sent": write(work.operation.takes, order)}
        raise Stale("minutes.stale", details=details)


def keep(table: Collection, session: Doc, before: Doc | None, stated: Doc) -> Doc:
    """The session's document with this in it. Raises :class:`Raced` when somebody else began it meanwhile."""
    if before is not None:
        return table.save({**before, **stated})
    try:
        return table.insert({"id": session["id"], "community_id": session["community_id"], **stated})
    except Taken:
        raise Raced(session["id"]) from None
