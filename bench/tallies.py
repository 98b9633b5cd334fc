"""Whether the tallies of sessions say what was answered."""

from __future__ import annotations

from collections.abc import Iterable

from bench.ground import Ground


def wrong_tallies(ground: Ground, district: str, sessions: Iterable[str]) -> list[str]:
    """What is wrong with them, in words; nothing when all are right."""
    database = ground.database("scheduling")
    found = []
    for session_id in sessions:
        tally = database["tallies"].find_one({"_id": f"{district}/{session_id}"}) or {}
        given = [doc["answer"] for doc in database["rsvps"].find({"district": district, "session_id": session_id})]
        if any(tally[answer] != given.count(answer) for answer in ("yes", "no", "maybe")):
            found.append(f"the tally of {session_id} is wrong")
    return found
