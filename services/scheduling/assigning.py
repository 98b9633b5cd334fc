"""Schools that send teachers to a meeting, or are asked to, hear when it moves or is called off
(docs/decisions/0164)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from services.scheduling.domain.letters import STANDING, disturbed
from services.scheduling.snapshots import letter_state
from shared.clock import next_version
from shared.contracts.events.scheduling import ASSIGNMENT_LETTER_AFFECTED
from shared.messaging import Work
from shared.mongo import IN_CHUNK, Doc

_MOST_LETTERS = 1_000


def tell_schools(work: Work, changes: Iterable[tuple[Doc, Doc]]) -> None:
    """Tell of these sessions' changes, each before and after: a school once of all that moved and once of all that was
    called off, by the letter to the first such meeting."""
    found = {after["id"]: (disturbed(before, after, work.now), after["starts_at"]) for before, after in changes}
    letters = _standing(work, [id_ for id_, (change, _) in found.items() if change is not None])
    letters = [{**each, "version": next_version(each["version"])} for each in letters]
    work.store.letters.update_many({each["id"]: {"version": each["version"]} for each in letters})
    letters.sort(key=lambda each: (each["npsn"], *found[each["session_id"]], each["id"]))
    for (_, change), grouped in groupby(letters, key=lambda each: (each["npsn"], found[each["session_id"]][0])):
        first, *others = grouped
        state = {**letter_state(first), "change": change, "others": len({each["session_id"] for each in others})}
        work.emit(ASSIGNMENT_LETTER_AFFECTED, state, first["version"])


def _standing(work: Work, session_ids: list[str]) -> list[Doc]:
    """The letters to these sessions that wait for their school or were granted."""
    return [
        letter
        for start in range(0, len(session_ids), IN_CHUNK)
        for letter in work.store.letters.find(
            {"session_id": {"$in": session_ids[start : start + IN_CHUNK]}}, limit=_MOST_LETTERS
        )
        if letter["status"] in STANDING
    ]
