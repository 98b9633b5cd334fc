"""What people are shown of series and sessions. A member sees more than a colleague from elsewhere in the district."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from services.scheduling.domain import zones
from services.scheduling.domain.answers import ANSWERS, place_in, until
from services.scheduling.domain.series import pause_now, pauses_of
from services.scheduling.store import SchedulingStore
from shared.mongo import Doc

_FOR_MEMBERS = ("join_url", "cancel_reason")


def session_views(
    store: SchedulingStore, person_id: str, docs: Sequence[Doc], belongs_to: Collection[str]
) -> list[Doc]:
    """The sessions as this person, who belongs to these communities, is shown them; two reads for any number."""
    ours = [doc["id"] for doc in docs if doc["community_id"] in belongs_to]
    tallies = store.tallies.get_many(ours)
    mine = store.rsvps.get_many(f"{id_}/{person_id}" for id_ in ours)
    return [
        session_view(
            doc,
            belongs=doc["community_id"] in belongs_to,
            tally=tallies.get(doc["id"]),
            answer=mine.get(f"{doc['id']}/{person_id}"),
        )
        for doc in docs
    ]


def session_view(doc: Doc, *, belongs: bool, tally: Doc | None = None, answer: Doc | None = None) -> Doc:
    """One session; ``tally`` and ``answer`` where the reader belongs to its community."""
    given = {} if answer is None else answer_view(answer, tally)
    return {
        **_meeting(doc, belongs),
        "occurs_on": doc.get("occurs_on"),
        "original_starts_at": doc.get("original_starts_at") or (doc["starts_at"] if doc["series_id"] else None),
        "revision": doc.get("revision", 0),
        "answers_until": until(doc),
        "answers": _counts(tally) if belongs and tally is not None else None,
        **{f"my_{name}": given.get(name) for name in ("answer", "state", "waiting_place")},
    }


def series_view(doc: Doc, *, belongs: bool, now: datetime) -> Doc:
    """One series, as it is at that moment."""
    today = zones.local_day(now, doc["timezone"])
    pause = pause_now(pauses_of(doc), today)
    resting = pause is not None and pause.holds(today) and doc["status"] == "active"
    return {
        **_meeting(doc, belongs),
        "exdates": doc.get("exdates", []),
        "rdates": doc.get("rdates", []),
        "split_from": doc.get("split_from"),
        "answers_close_minutes": doc.get("answers_close_minutes"),
        "revision": doc.get("revision", 0),
        "status": "paused" if resting else doc["status"],
        "paused_from": pause and pause.since.isoformat(),
        "paused_until": pause and pause.until and pause.until.isoformat(),
    }


def answer_view(doc: Doc, tally: Doc | None) -> Doc:
    """One's own answer, with one's place where one waits by this tally of the session."""
    line = [] if tally is None else tally.get("line", [])
    return {"state": None, **doc, "waiting_place": place_in(line, doc["person_id"])}


def rsvp_view(doc: Doc, person: Doc | None, tally: Doc | None, *, with_reason: bool) -> Doc:
    """One answer, with the reason where the reader may know it."""
    name = None if person is None else person["name"]
    return {**answer_view(doc, tally), "name": name, "reason": doc["reason"] if with_reason else None}


def _counts(tally: Doc) -> Doc:
    return {**{name: tally[name] for name in ANSWERS}, "waiting": len(tally.get("line", ()))}


def attendance_view(row: Doc, person: Doc | None, *, with_reason: bool) -> Doc:
    """One person's attendance, with the reason where the reader may know it."""
    scan, note = row["scan"], row["note"]
    return {
        **row,
        "name": person["name"] if person is not None else row["name"],
        "checked_in_at": scan and scan["at"],
        "offline": scan is not None and scan["offline"],
        "noted_at": note and note["at"],
        "reason": row["reason"] if with_reason else None,
    }


def _meeting(doc: Doc, belongs: bool) -> Doc:
    hidden = {} if belongs else dict.fromkeys(_FOR_MEMBERS)
    return {**doc, **hidden, "zone": zones.label(doc["timezone"])}
