"""Calendars as text: the part of iCalendar (RFC 5545, RFC 7986) that feeds are made of.

Content lines are written here, for a library took a hundred times as long; the tests read them back with two
(docs/decisions/0170).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from services.scheduling.domain import zones
from services.scheduling.domain.feeds import Entry
from shared.errors import Text
from shared.texts import render

CONTENT_TYPE = "text/calendar"
_LONGEST_LINE = 75
_REFRESH = "PT1H"
_ESCAPES = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n", "\r": None})


def calendar(name: str, entries: Iterable[Entry], communities: Mapping[str, str], language: str) -> bytes:
    """A calendar of this name as a file, with CRLF and UTF-8; ``communities`` are the names of those that meet."""
    entries = sorted(entries, key=lambda entry: (entry.uid, entry.instead_of is not None, entry.starts_at))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Sanggar//Scheduling//{language.upper()}",
        "CALSCALE:GREGORIAN",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}",
        f"X-PUBLISHED-TTL:{_REFRESH}",
    ]
    for zone in sorted({entry.timezone for entry in entries}):
        lines += _zone(zone, min(entry.starts_at for entry in entries if entry.timezone == zone))
    for entry in entries:
        lines += _event(entry, communities.get(entry.community_id), language)
    lines.append("END:VCALENDAR")
    return b"".join(map(_folded, lines))


def _zone(zone: str, at: datetime) -> Iterator[str]:
    """Indonesia's zones have no summer time: one offset is all of each (docs/decisions/0170)."""
    offset = at.astimezone(ZoneInfo(zone)).strftime("%z")
    yield from ("BEGIN:VTIMEZONE", f"TZID:{zone}", "BEGIN:STANDARD", "DTSTART:19700101T000000")
    yield from (f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}", f"TZNAME:{zones.label(zone)}")
    yield from ("END:STANDARD", "END:VTIMEZONE")


def _event(entry: Entry, community: str | None, language: str) -> Iterator[str]:
    changed = f"{entry.changed_at:%Y%m%dT%H%M%SZ}"
    yield from ("BEGIN:VEVENT", f"UID:{entry.uid}", f"DTSTAMP:{changed}", f"LAST-MODIFIED:{changed}")
    yield f"SEQUENCE:{entry.sequence}"
    if entry.instead_of is not None:
        yield f"RECURRENCE-ID{_local(entry.timezone, entry.instead_of)}"
    yield f"DTSTART{_local(entry.timezone, entry.starts_at)}"
    yield f"DTEND{_local(entry.timezone, entry.ends_at)}"
    if entry.rule is not None:
        yield f"RRULE:{entry.rule}"
    if entry.without:
        yield f"EXDATE{_local(entry.timezone, *entry.without)}"
    if entry.besides:
        yield f"RDATE{_local(entry.timezone, *entry.besides)}"
    title = render(Text("calendars.cancelled", {"title": entry.title}), language) if entry.cancelled else entry.title
    yield f"SUMMARY:{_text(title)}"
    yield f"DESCRIPTION:{_text(_described(entry, community, language))}"
    if entry.place:
        yield f"LOCATION:{_text(entry.place)}"
    if entry.join_url:
        yield f"URL:{_uri(entry.join_url)}"
        yield f"CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:{_uri(entry.join_url)}"
    if community:
        yield f"CATEGORIES:{_text(community)}"
    yield f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}"
    yield f"TRANSP:{'TRANSPARENT' if entry.cancelled else 'OPAQUE'}"
    yield "END:VEVENT"


def _described(entry: Entry, community: str | None, language: str) -> str:
    said = [Text("calendars.goal", {"goal": entry.goal})]
    if community:
        said.append(Text("calendars.community", {"name": community}))
    if entry.join_url:
        said.append(Text("calendars.join", {"url": entry.join_url}))
    return "\n".join(render(text, language) for text in said)


def _local(zone: str, *moments: datetime) -> str:
    there = ZoneInfo(zone)
    return f";TZID={zone}:" + ",".join(f"{moment.astimezone(there):%Y%m%dT%H%M%S}" for moment in moments)


def _text(value: str) -> str:
    """A value of type TEXT (RFC 5545, 3.3.11)."""
    return value.translate(_ESCAPES)


def _uri(value: str) -> str:
    """A value of type URI: no line may end within it."""
    return "".join(value.split())


def _folded(line: str) -> bytes:
    """A content line of at most 75 octets, the rest on lines that begin with a blank (RFC 5545, 3.1); a character is
    never cut in two."""
    raw = line.encode()
    if len(raw) <= _LONGEST_LINE:
        return raw + b"\r\n"
    parts, room = [], _LONGEST_LINE
    while len(raw) > room:
        end = room
        while raw[end] & 0xC0 == 0x80:
            end -= 1
        parts.append(raw[:end])
        raw, room = raw[end:], _LONGEST_LINE - 1
    return b"\r\n ".join([*parts, raw]) + b"\r\n"
