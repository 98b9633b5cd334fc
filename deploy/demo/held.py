"""What came of a meeting of the past: who was there, its minutes, what the community undertook, its certificates.

Like the stage, each step looks first whether it was done already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from deploy.client import Client
from deploy.demo.story import TIMEZONE, Commitment, Held

# Who is not there, by their place among the members: the officers always are.
_ABSENT: Mapping[int, tuple[str, str | None]] = {
    3: ("izin", "Mendampingi murid lomba di kecamatan."),
    5: ("sakit", None),
    9: ("alpa", None),
}


def hold(ketua: Client, sekretaris: Client, session: Mapping[str, Any], held: Held, people: list[str]) -> None:
    """Note who of ``people`` was there; the sekretaris writes the minutes and the ketua approves them."""
    path = f"/v1/sessions/{session['id']}"
    notes = [_note(session, place, person_id) for place, person_id in enumerate(people)]
    sekretaris.post(f"{path}/attendance", {"items": notes})
    minutes = sekretaris.get(f"{path}/minutes")
    if minutes["version"] == 0:
        said = {
            "sections": [asdict(section) for section in held.sections],
            "decisions": list(held.decisions),
            "done_differently": held.done_differently,
        }
        minutes = sekretaris.put(f"{path}/minutes", said, version=0)
    if held.approved and minutes["status"] == "draft":
        ketua.post(f"{path}/minutes/approve")


def undertake(
    ketua: Client, community_id: str, session_id: str, commitments: Iterable[Commitment], today: date
) -> None:
    """What the community undertook in a meeting, and what came of it since."""
    path = f"/v1/communities/{community_id}/commitments"
    known = {made["title"]: made for made in ketua.every(path)}
    for plan in commitments:
        made = known.get(plan.title) or ketua.post(
            path,
            {
                "title": plan.title,
                "goal": plan.goal,
                "due_on": (today + timedelta(weeks=plan.weeks)).isoformat(),
                "session_id": session_id,
            },
        )
        if plan.came_of_it and made["status"] == "open":
            settled = {"status": "done", "note": plan.came_of_it}
            ketua.patch(f"/v1/commitments/{made['id']}", settled, version=made["version"])


def certify(ketua: Client, community_id: str, sessions: Iterable[Mapping[str, Any]]) -> None:
    """Certificates of each semester in which one of the meetings was held; a repetition changes nothing."""
    for semester in sorted({_semester(session["starts_at"]) for session in sessions}):
        ketua.post(f"/v1/communities/{community_id}/certificates", {"semester": semester})


def _semester(moment: str) -> str:
    day = datetime.fromisoformat(moment).astimezone(ZoneInfo(TIMEZONE)).date()
    year = day.year if day.month >= 7 else day.year - 1
    return f"{year}/{year + 1} {'Ganjil' if day.month >= 7 else 'Genap'}"


def _note(session: Mapping[str, Any], place: int, person_id: str) -> dict[str, Any]:
    status, reason = _ABSENT.get(place, ("hadir", None))
    return {
        "client_id": f"contoh-{session['id']}-{place}",
        "person_id": person_id,
        "status": status,
        "at": session["ends_at"],
        "reason": reason,
    }
