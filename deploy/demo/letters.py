"""Assignment letters: the ketua asks a school for its teachers; its principal grants one and has another waiting."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.client import Client
from deploy.demo.story import Meeting


def send_teachers(
    ketua: Client, principal: Client, meetings: Iterable[Meeting], npsn: str, teachers: list[str]
) -> None:
    """For each of the meetings that has a letter, one that sends ``teachers`` of the school ``npsn``."""
    known = {session["title"]: session["id"] for session in ketua.every("/v1/sessions", mine="true")}
    for number, meeting in enumerate((each for each in meetings if each.letter), 1):
        path = f"/v1/sessions/{known[meeting.title]}/assignment-letters"
        letter = next(ketua.every(path), None) or ketua.post(path, {"npsn": npsn, "person_ids": teachers})
        if meeting.letter == "granted" and letter["status"] == "requested":
            signatory = principal.get("/v1/me")["name"]
            said = {"number": f"421.3/{110 + number}/{letter['starts_at'][:4]}", "signatory": signatory}
            principal.post(f"/v1/assignment-letters/{letter['id']}/grant", said)
