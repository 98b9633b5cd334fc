"""Members look at the minutes of a session, as they stand and as they were."""

from __future__ import annotations

from services.scheduling.domain import minutes as rules
from services.scheduling.usecases.people import names
from services.scheduling.usecases.read_commitments import MOST_SHOWN, views
from shared.messaging import Work
from shared.mongo import Doc

_STATE = ("status", "revision", "saved_by", "approved_by", "approved_at", "version", "updated_at")


def get_minutes(work: Work, asked: Doc) -> Doc:
    """The session's minutes; empty ones, with the agenda's items for headings, while nobody has saved any."""
    session = work.store.sessions.require(asked["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    return minutes_view(work, session, work.store.minutes.get(session["id"]))


def minutes_view(work: Work, session: Doc, minutes: Doc | None) -> Doc:
    """Minutes with what the session led to."""
    if minutes is None:
        minutes = _blank(work.store.agendas.get(session["id"]))
    made = work.store.commitments.find({"session_id": session["id"]}, limit=MOST_SHOWN)
    people = work.store.people.get_many(id_ for id_ in (minutes["saved_by"], minutes["approved_by"]) if id_)
    return {
        **{name: minutes[name] for name in (*rules.CONTENT, *_STATE)},
        "session_id": session["id"],
        "commitments": views(work.store, made),
        "people": names(people, (minutes["saved_by"], minutes["approved_by"])),
    }


def list_revisions(work: Work, asked: Doc) -> Doc:
    """The revisions of a session's minutes, the newest first."""
    session = work.store.sessions.require(asked["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    page = work.store.revisions.page({"session_id": session["id"]}, asked, newest_first=True)
    people = work.store.people.get_many(doc["saved_by"] for doc in page.items)
    return page.as_dict(lambda doc: _revision_view(doc, people))


def get_revision(work: Work, asked: Doc) -> Doc:
    """One revision, as it was saved."""
    session = work.store.sessions.require(asked["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    revision = work.store.revisions.require(f"{session['id']}/{asked['revision']}", "minutes.unknown_revision")
    return _revision_view(revision, work.store.people.get_many([revision["saved_by"]]))


def _revision_view(doc: Doc, people: dict[str, Doc]) -> Doc:
    [saver] = names(people, [doc["saved_by"]])
    return {**doc, "saved_by_name": saver["name"], "saved_at": doc["created_at"]}


def _blank(agenda: Doc | None) -> Doc:
    headings = [{"title": item["title"], "text": ""} for item in agenda["items"]] if agenda is not None else []
    content = {"sections": headings, "decisions": [], "done_differently": "", "photos": [], "photo_consent": False}
    state = {"status": rules.DRAFT, "revision": 0, "saved_by": None, "approved_by": None, "approved_at": None}
    return {**content, **state, "version": 0, "updated_at": None}
