"""What the papers of a session have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from shared import dates
from shared.errors import Text
from shared.printing import Letterhead, Paper
from shared.texts import render

_LANGUAGE = "id"
# Room for the last paragraph and the signature below it, in millimetres: a signature alone on a sheet proves
# nothing.
CLOSING = 72
# Room for the signature alone, of two lines above it.
SIGNING = 54


@dataclass(frozen=True)
class Meeting:
    """The session that a paper speaks of, in the words of its own zone."""

    title: str
    goal: str
    community: str
    day: str
    hours: str
    place: str
    cancelled: bool = False

    @classmethod
    def of(cls, session: Mapping[str, Any], community: str) -> Meeting:
        """From a session's document."""
        zone, start, end = session["timezone"], session["starts_at"], session["ends_at"]
        return cls(
            title=session["title"],
            goal=session["goal"],
            community=community,
            day=dates.weekday(dates.local_day(start, zone)),
            hours=dates.hours(start, end, zone),
            place=_place(session["place"], session["mode"]),
            cancelled=session["status"] == "cancelled",
        )

    def facts(self) -> list[tuple[str, str]]:
        """What every paper says of it."""
        called_off = {"status": say("called_off")} if self.cancelled else {}
        words = {
            **called_off,
            "day": self.day,
            "hours": self.hours,
            "place": self.place,
            "title": self.title,
            "goal": self.goal,
        }
        return [(say(f"fact_{name}"), each) for name, each in words.items() if each]


@dataclass(frozen=True)
class Printing:
    """When a paper is printed, in which zone its reader lives, and what district it is of."""

    at: datetime
    timezone: str
    district: str

    @property
    def today(self) -> str:
        """``12 Januari 2027``."""
        return dates.plain(dates.local_day(self.at, self.timezone))

    @property
    def place(self) -> str:
        """Where a paper is dated: the district without the word for what it is."""
        return self.district.removeprefix("Kabupaten ").removeprefix("Kota ")


def say(key: str, **gaps: str) -> str:
    """A text of papers, in Indonesian whoever prints them: they are read by others."""
    return render(Text(f"papers.{key}", gaps), _LANGUAGE)


def begin(kind: str, meeting: Meeting, printing: Printing) -> Paper:
    """A paper of this kind about the meeting, with what stands at the foot of each sheet."""
    return begin_with(f"{say(kind)} - {meeting.title}", printing)


def begin_with(title: str, printing: Printing) -> Paper:
    """A paper of this title, with what stands at the foot of each sheet."""
    return Paper(
        title,
        # To the day: what is fetched twice and has not changed is the same to the byte.
        made_at=datetime.combine(dates.local_day(printing.at, printing.timezone), time(), UTC),
        footnote=say("footnote", printed=printing.today),
        page_words=say("page_words", page="{page}", pages="{pages}"),
    )


def of_community(meeting: Meeting, printing: Printing) -> Letterhead:
    """The letterhead of a community: its district above its name."""
    return Letterhead(printing.district, meeting.community, say("letterhead_community"))


def _place(place: str | None, mode: str) -> str:
    if mode == "online":
        return say("online")
    return f"{place or ''} {say('hybrid')}".strip() if mode == "hybrid" else place or ""
