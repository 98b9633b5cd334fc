"""Calendars, read back by two libraries that know nothing of how they were written."""

from datetime import UTC, date, datetime, time, timedelta
from time import process_time

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scheduling import ical
from services.scheduling.domain import feeds, zones
from services.scheduling.domain.feeds import Regular
from services.scheduling.domain.recurrence import parse
from services.scheduling.domain.series import Pattern
from shared.contracts.scheduling import ZONES
from shared.ids import new_id
from tests.unit.scheduling.test_recurrence import rules

COMMUNITY = new_id()
CHANGED = datetime(2026, 7, 1, 8, 30, 15, tzinfo=UTC)
VERSION = int(CHANGED.timestamp() * 1000)
FIRST = date(2026, 7, 6)
LINES = st.text('aZ é漢😀\u2028;,:\\"\n', min_size=1, max_size=90)
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def meeting(**said):
    told = {"title": "MGMP", "goal": "Murid menalar.", "place": "SMPN 1", "join_url": None, "timezone": "Asia/Jakarta"}
    plain = {"community_id": COMMUNITY, "version": VERSION, "updated_at": CHANGED}
    return {"id": new_id(), **plain, **told, **said}


def session(starts_at, minutes=90, *, series_id=None, occurs_on=None, status="scheduled", **said):
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=minutes)}
    return meeting(series_id=series_id, occurs_on=occurs_on, status=status, **times, **said)


def regular(text="FREQ=WEEKLY", starts_on=FIRST, at=time(13), minutes=90, zone="Asia/Jakarta"):
    return Regular(meeting(timezone=zone), Pattern(parse(text), starts_on, at, minutes, zone))


def dates_of(series, through=date(2026, 9, 30), *, leaving=(), **said):
    told = {name: series.doc[name] for name in ("title", "goal", "place", "join_url", "timezone")} | said
    return [
        session(
            each.starts_at, series.pattern.minutes, series_id=series.doc["id"], occurs_on=each.on.isoformat(), **told
        )
        for each in series.pattern.occurrences(through)
        if each.on not in leaving
    ]


def written(sessions, *series, names=None, language="id"):
    found = feeds.entries(sessions, {each.doc["id"]: each for each in series})
    return ical.calendar("Sanggar", found, {COMMUNITY: "MGMP IPA"} if names is None else names, language)


def events(raw):
    return icalendar.Calendar.from_ical(raw).walk("VEVENT")


def shown(raw):
    """What a calendar shows: when, until when, which title, whether it takes place."""
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(raw)).between(date(2026, 1, 1), date(2028, 12, 31))
    return sorted(
        (
            each["DTSTART"].dt.astimezone(UTC),
            each["DTEND"].dt.astimezone(UTC),
            str(each["SUMMARY"]).removeprefix("DIBATALKAN: "),
            str(each["STATUS"]) == "CANCELLED",
        )
        for each in found
    )


def told(sessions):
    return sorted(
        (each["starts_at"], each["ends_at"], each["title"], each["status"] == "cancelled") for each in sessions
    )


# --- against the oracle


@st.composite
def edited_series(draw):
    """A series and its sessions, after officers moved, renamed, cancelled, split off, left out and added dates."""
    series = regular(draw(rules()), FIRST, draw(TIMES), draw(st.integers(5, 600)), draw(st.sampled_from(ZONES)))
    days = draw(st.integers(0, 120))
    first = next(series.pattern.rule.dates(FIRST, FIRST + timedelta(days=500)), None)
    if first is None:
        return series, []
    series = Regular(series.doc, Pattern(series.pattern.rule, first, *list(vars(series.pattern).values())[2:]))
    found = dates_of(series, first + timedelta(days=days))
    edit = draw(st.lists(st.sampled_from(["as is", "as is", "gone", "off", "moved", "words", "zone"]), min_size=1))
    kept = []
    for place, each in enumerate(found):
        match edit[place % len(edit)]:
            case "gone":
                continue
            case "off":
                each["status"] = "cancelled"
            case "words":
                each["title"] = "Lain; lagi, \\n"
            case "zone":
                each["timezone"] = "Asia/Jayapura"
            case "moved":
                by = timedelta(minutes=draw(st.integers(-20_000, 20_000)))
                each |= {"starts_at": each["starts_at"] + by, "ends_at": each["ends_at"] + by}
        kept.append(each)
    for day in draw(st.lists(st.dates(FIRST, FIRST + timedelta(days=300)), max_size=2, unique=True)):
        if day.isoformat() not in {each["occurs_on"] for each in found}:
            extra = series.pattern.on(day)
            like = {"series_id": series.doc["id"], "timezone": series.pattern.zone}
            kept.append(session(extra.starts_at, series.pattern.minutes, occurs_on=day.isoformat(), **like))
    return series, kept


@settings(max_examples=40, deadline=None)
@given(edited_series(), st.integers(0, 40))
def test_a_calendar_shows_exactly_the_sessions_whatever_was_edited(made, before_the_window):
    series, sessions = made
    sessions = sessions[before_the_window:]
    assert shown(written(sessions, series)) == told(sessions)


@settings(max_examples=25, deadline=None)
@given(LINES, LINES, LINES, st.sampled_from(ZONES))
def test_words_come_through_as_they_are_on_lines_that_no_device_refuses(title, goal, place, zone):
    raw = written([session(CHANGED, title=title, goal=goal, place=place, timezone=zone)])
    assert all(len(line) <= 75 and line.decode() is not None for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    [event] = events(raw)
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == (title, place)
    assert goal in str(event["DESCRIPTION"])
    assert event["DTSTART"].dt == CHANGED


# --- what stands in it


def test_a_series_is_one_entry_under_its_rule():
    series = regular("FREQ=WEEKLY;COUNT=10")
    [event] = events(written(dates_of(series), series))
    assert event["UID"] == series.doc["id"]
    assert event["RRULE"].to_ical() == b"FREQ=WEEKLY;UNTIL=20260907T060000Z"
    assert event["DTSTART"].to_ical() == b"20260706T130000" and event["DTSTART"].params["TZID"] == "Asia/Jakarta"


def test_a_date_that_was_moved_stands_instead_of_the_one_that_the_rule_gives():
    series = regular()
    sessions = dates_of(series)
    sessions[2] |= {"starts_at": sessions[2]["starts_at"] + timedelta(days=1), "version": VERSION + 5000}
    sessions[2]["ends_at"] += timedelta(days=1)
    master, moved = events(written(sessions, series))
    assert moved["UID"] == master["UID"] == series.doc["id"]
    assert moved["RECURRENCE-ID"].to_ical() == b"20260720T130000"
    assert moved["DTSTART"].to_ical() == b"20260721T130000"
    assert int(moved["SEQUENCE"]) == int(events(written(dates_of(series), series))[0]["SEQUENCE"]) + 5


def test_a_cancelled_date_stays_and_says_so():
    series = regular()
    sessions = dates_of(series)
    sessions[1]["status"] = "cancelled"
    _, off = events(written(sessions, series))
    assert (off["STATUS"], off["RECURRENCE-ID"].to_ical()) == ("CANCELLED", b"20260713T130000")
    assert off["SUMMARY"] == "DIBATALKAN: MGMP" and off["TRANSP"] == "TRANSPARENT"
    assert events(written(sessions, series, language="en"))[1]["SUMMARY"] == "CANCELLED: MGMP"


def test_a_single_session_keeps_its_uid_and_its_sequence_grows():
    before = session(CHANGED)
    after = {**before, "title": "Diganti", "version": VERSION + 60_000}
    [first], [second] = events(written([before])), events(written([after]))
    assert first["UID"] == second["UID"] == before["id"]
    assert int(second["SEQUENCE"]) - int(first["SEQUENCE"]) == 60


@given(st.integers(0, 10**14))
def test_a_sequence_grows_with_the_version_and_fits_31_bits_until_2087(version):
    assert 0 <= feeds.sequence(version) <= feeds.sequence(version + 1)
    assert feeds.sequence(int(datetime(2087, 1, 1, tzinfo=UTC).timestamp() * 1000)) < 2**31


def test_it_says_how_often_to_ask_and_what_it_is_called():
    raw = written([session(CHANGED)])
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in raw
    calendar = icalendar.Calendar.from_ical(raw)
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Sanggar"
    assert calendar["VERSION"] == "2.0" and calendar["PRODID"]


@pytest.mark.parametrize("zone", ZONES)
def test_it_explains_each_zone_that_it_uses(zone):
    [explained] = icalendar.Calendar.from_ical(written([session(CHANGED, timezone=zone)])).walk("VTIMEZONE")
    [standard] = explained.walk("STANDARD")
    assert explained["TZID"] == zone and standard["TZNAME"] == zones.label(zone)
    assert standard["TZOFFSETTO"].td == CHANGED.astimezone(zones.ZoneInfo(zone)).utcoffset()


def test_a_meeting_online_says_how_to_join():
    link = "https://rapat.example/j/1?a=1,2;b"
    [event] = events(written([session(CHANGED, join_url=link, place=None)]))
    assert event["URL"] == event["CONFERENCE"] == link and link in event["DESCRIPTION"]
    assert "LOCATION" not in event


def test_an_empty_calendar_is_one_all_the_same():
    assert events(written([])) == []


def test_the_window_stays_the_same_for_a_month():
    begins = {feeds.window(datetime(2026, 8, day, 23, 59, tzinfo=UTC))[0] for day in range(1, 32)}
    assert begins == {datetime(2026, 5, 1, tzinfo=UTC)}


def test_a_year_of_three_communities_is_written_in_no_time(measured):
    """Also when nothing repeats: 156 entries of their own."""
    singles = [session(CHANGED + timedelta(days=7 * week), goal="x" * 400) for week in range(52) for _ in range(3)]
    begun = process_time()
    raw = written(singles)
    took = process_time() - begun
    measured(f"a calendar of 156 single sessions is written in {took * 1000:.0f} ms of CPU")
    assert len(events(raw)) == 156
    assert took < 0.1
