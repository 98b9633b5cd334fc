"""An officer, or the note taker of the day, writes the minutes of a session."""

from __future__ import annotations

from services.scheduling.domain import minutes as rules
from services.scheduling.domain import sessions
from services.scheduling.snapshots import minutes_state
from services.scheduling.usecases.read_minutes import minutes_view
from services.scheduling.usecases.staleness import check_read, keep
from shared.contracts.events.scheduling import MINUTES_CHANGED
from shared.messaging import Work
from shared.mongo import Doc


def write_minutes(work: Work, order: Doc) -> Doc:
    """The minutes as they are now, and a revision more if anything is new.

    Raises :class:`Stale` with both versions when somebody saved others meanwhile: nothing is overwritten unseen.
    """
    session = work.store.sessions.require(order["session_id"], "scheduling.unknown_session")
    before = work.store.minutes.get(session["id"])
    work.allow(community_id=session["community_id"], on_duty=_on_duty(work, session, before))
    check_read(work, before, order, lambda: minutes_view(work, session, before))
    sessions.check_scheduled(session["status"])
    _check_photos(work, session, before, order)
    written = rules.written(before, order, work.caller.person_id)
    if written is None:
        return minutes_view(work, session, before)
    after = keep(work.store.minutes, session, before, written)
    _add_revision(work, after)
    work.emit(MINUTES_CHANGED, minutes_state(after), after["version"])
    return minutes_view(work, session, after)


def _on_duty(work: Work, session: Doc, before: Doc | None) -> list[str | None]:
    """Who but officers may write: the moderator and the note taker of the day, until the minutes are approved."""
    agenda = work.store.agendas.get(session["id"])
    if agenda is None or (before is not None and before["status"] == rules.APPROVED):
        return []
    return [agenda["roles"]["moderator"], agenda["roles"]["note_taker"]]


def _check_photos(work: Work, session: Doc, before: Doc | None, order: Doc) -> None:
    """Whoever attaches a photo owns it; those that were attached before may stay, whose ever they are."""
    rules.check_photos(order["photos"], order["photo_consent"])
    then = [photo["file_id"] for photo in before["photos"]] if before is not None else []
    new = [photo["file_id"] for photo in order["photos"] if photo["file_id"] not in then]
    files = work.store.files.get_many(new)
    for id_ in new:
        rules.check_attachable(id_, files.get(id_), session["id"], work.caller.person_id)


def _add_revision(work: Work, minutes: Doc) -> None:
    kept = ("revision", "saved_by", "approved_by", "approved_at", *rules.CONTENT)
    revision = {name: minutes[name] for name in kept}
    work.store.revisions.insert(
        {"id": f"{minutes['id']}/{minutes['revision']}", "session_id": minutes["id"], **revision}
    )
