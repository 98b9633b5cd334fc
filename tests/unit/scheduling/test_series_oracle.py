"""Whatever officers do to a series, its sessions are the dates that python-dateutil makes of it."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from dateutil import rrule
from icalendar import Calendar, Event, vRecur

from services.scheduling.domain import occurrences, zones
from services.scheduling.domain.changing import Change
from services.scheduling.domain.recurrence import WEEKDAYS, parse
from services.scheduling.domain.series import Pattern, begin, paused, resumed
from services.scheduling.usecases import series_dates
from shared.contracts.scheduling import ZONES
from shared.errors import Refusal
from tests.support.memory import MemoryWork

STORIES = 2000
CALENDARS = 100
NOW = datetime(2026, 7, 27, 3, 0, tzinfo=UTC)
WORDS = {
    "community_id": "c",
    "title": "Hari Belajar Guru",
    "goal": "Murid membaca grafik",
    "place": None,
    "join_url": None,
    "capacity": None,
    "mode": "on_site",
    "cycle_id": None,
    "phase": None,
}


class Story:
    """One series and all that comes of it, from what a seed makes officers do."""

    def __init__(self, seed: int) -> None:
        self.seed = f"seed {seed}"
        self.random = random.Random(seed)
        attended = ("attendance", "attendance_counts")
        self.work = MemoryWork(NOW, "series", "sessions", "tallies", "reminders", "rsvps", "letters", *attended)
        self.zone = self.random.choice(ZONES)
        pattern = None
        while pattern is None:
            pattern = self._drawn_pattern()
        series = {"id": "first", **WORDS, "external_ids": [], "scheduled_through": None, "status": "active"}
        series |= {**pattern.record(), "timezone": self.zone, "split_from": None, "root_id": None}
        dates = series_dates.missing(series, pattern, NOW)
        series_dates.keep(self.work, series_dates.rolled(series, pattern, dates, NOW), dates, news="started")

    @property
    def sessions(self):
        return list(self.work.store.sessions.docs.values())

    @property
    def today(self):
        return zones.local_day(self.work.now, self.zone)

    def go_on(self) -> None:
        """Time passes, and somebody does something; what is refused changes nothing."""
        self.work.now += timedelta(minutes=self.random.choice([0, 1, 60 * 30, 60 * 24 * 9, 60 * 24 * 40]))
        series = self.random.choice(list(self.work.store.series.docs.values()))
        before = {session["id"]: dict(session) for session in self.sessions}
        usual = (self.move, self.call_off, self.change, self.change, self.split, self.split)
        deed = self.random.choice([*usual, self.rest, self.go_on_meeting, self.shorten, self.roll])
        try:
            touched = deed(dict(series))
        except Refusal:
            touched = set()
        for id_, was in before.items():
            self._left_alone(was, self.work.store.sessions.docs[id_], touched)

    def _left_alone(self, was, now, touched) -> None:
        """What has begun never changes, nor what the deed does not concern, nor what was set for one session alone."""
        assert now == was or (was["starts_at"] > self.work.now and was["id"] in touched), self.seed
        if occurrences.WHEN in was["own"] and touched != {was["id"]}:
            assert (now["starts_at"], now["ends_at"]) == (was["starts_at"], was["ends_at"]), self.seed
        if occurrences.CALLED_OFF in was["own"]:
            assert now["status"] == "cancelled", self.seed

    # --- deeds: each returns the sessions that it may have changed

    def move(self, series):
        session = self._coming(series)
        if session is None:
            return set()
        by = timedelta(minutes=self.random.choice([30, 60 * 24, -60 * 24 * 3, 60 * 24 * 16]))
        after = {**session, "starts_at": session["starts_at"] + by, "ends_at": session["ends_at"] + by}
        self.work.store.sessions.save({**after, "own": occurrences.set_apart(session, after)})
        return {session["id"]}

    def call_off(self, series):
        session = self._coming(series)
        if session is None:
            return set()
        after = {**session, "status": "cancelled"}
        self.work.store.sessions.save({**after, "own": occurrences.set_apart(session, after)})
        return {session["id"]}

    def change(self, series):
        series_dates.change_all(self.work, series, self._drawn_change(series))
        return self._of(series)

    def split(self, series):
        session = self._coming(series)
        if session is None:
            return set()
        since = date.fromisoformat(session["occurs_on"])
        concerned = {s["id"] for s in self.sessions if s["id"] in self._of(series) and s["occurs_on"] >= str(since)}
        whole = next(Pattern.of(series).cut(since)[0].days(since), None) is None
        series_dates.change_following(self.work, series, since, self._drawn_change(series))
        return self._of(series) if whole else concerned

    def rest(self, series):
        since = self.today + timedelta(days=self.random.randrange(40))
        until = self.random.choice([None, since + timedelta(days=self.random.randrange(60))])
        pattern = paused(Pattern.of(series), since, until, self.today)
        series_dates.rest_or_go_on(self.work, series, pattern, news="paused")
        return self._of(series)

    def go_on_meeting(self, series):
        series_dates.rest_or_go_on(self.work, series, resumed(Pattern.of(series), self.today), news="resumed")
        return self._of(series)

    def shorten(self, series):
        session = self._coming(series)
        if session is None or self.random.random() < 0.7:
            return set()
        series_dates.end_before(self.work, series, date.fromisoformat(session["occurs_on"]), None)
        return {id_ for id_ in self._of(series) if self._session(id_)["occurs_on"] >= session["occurs_on"]}

    def roll(self, series):
        if series["rolls_on"] and series["rolls_on"] <= str(self.today):
            pattern = Pattern.of(series)
            dates = series_dates.missing(series, pattern, self.work.now)
            series_dates.make(self.work, dates)
            self.work.store.series.save(series_dates.rolled(series, pattern, dates, self.work.now))
        return set()

    # --- what is drawn

    def _drawn_rule(self) -> str:
        r = self.random
        frequency = r.choice(["DAILY", "WEEKLY", "WEEKLY", "WEEKLY", "MONTHLY"])
        parts = [f"FREQ={frequency}", f"INTERVAL={r.choice([1, 1, 2, 3] if frequency != 'DAILY' else [2, 3, 5])}"]
        days = r.sample(WEEKDAYS, r.randrange(1, 3))
        if frequency == "WEEKLY" and r.random() < 0.7:
            parts.append(f"BYDAY={','.join(days)}")
        if frequency == "MONTHLY":
            place = r.choice(["1", "2", "-1"])
            parts += r.choice([[], [f"BYDAY={place}{days[0]}"], ["BYMONTHDAY=1,15,31"], ["BYMONTHDAY=-1"]])
        end = r.choice(["", "", f"COUNT={r.randrange(1, 40)}", f"UNTIL={self._day(20, 300):%Y%m%d}"])
        return ";".join([*parts, *([end] if end else [])])

    def _drawn_pattern(self):
        single = [frozenset(self._day(-20, 200) for _ in range(self.random.choice([0, 0, 3, 9]))) for _ in range(2)]
        at = time(self.random.randrange(24), self.random.choice([0, 30]))
        pattern = Pattern(parse(self._drawn_rule()), self._day(-20, 40), at, 90, self.zone, *single)
        try:
            return begin(pattern, NOW)
        except Refusal:
            return None

    def _drawn_change(self, series) -> Change:
        r, pattern = self.random, Pattern.of(series)
        kind = r.choice(["words", "time", "rule", "shift", "dates", "zone", "start"])
        if kind == "words":
            return Change({"place": r.choice(["SMPN 1", "SMPN 2"])})
        if kind == "time":
            return Change({"place": "SMPN 3"}, at=time(r.randrange(24), 15), minutes=r.choice([None, 60]))
        if kind == "rule":
            return Change(rule=parse(self._drawn_rule()))
        if kind == "shift":
            return Change(shift=r.choice([-2, -1, 1, 2, 3]), at=r.choice([None, time(7)]))
        if kind == "zone":
            return Change(zone=r.choice(ZONES))
        if kind == "start":
            return Change(starts_on=self._day(0, 60))
        days = list(pattern.days(self.today + timedelta(days=200)))
        left_out = frozenset(r.sample(days, min(len(days), 4))) | pattern.left_out
        return Change(left_out=r.choice([left_out, frozenset()]), added=frozenset({self._day(0, 100)}))

    def _day(self, first: int, last: int) -> date:
        return self.today + timedelta(days=self.random.randrange(first, last))

    def _of(self, series):
        return {session["id"] for session in self.sessions if session["series_id"] == series["id"]}

    def _session(self, id_):
        return self.work.store.sessions.docs[id_]

    def _coming(self, series):
        found = [
            session
            for session in self.sessions
            if session["series_id"] == series["id"]
            and session["status"] == "scheduled"
            and session["starts_at"] > self.work.now
        ]
        return dict(self.random.choice(found[:12])) if found else None


def oracle(series) -> list[datetime]:
    """The moments at which the record of a series says that it meets, up to where its sessions are made."""
    zone = ZoneInfo(series["timezone"])
    starts_on, at = date.fromisoformat(series["starts_on"]), time.fromisoformat(series["starts_at"])
    through = datetime.combine(date.fromisoformat(series["scheduled_through"]), time.max)
    dates = rrule.rruleset()
    until = next((p[6:] for p in series["rrule"].split(";") if p.startswith("UNTIL=")), None)
    if until is None or until >= f"{starts_on:%Y%m%d}":
        dates.rrule(rrule.rrulestr(_ending(series["rrule"]), dtstart=datetime.combine(starts_on, at)))
    for name, add in (("rdates", dates.rdate), ("exdates", dates.exdate)):
        for day in series[name]:
            add(datetime.combine(date.fromisoformat(day), at))
    found = dates.between(datetime(2026, 1, 1), through, inc=True)
    for pause in series["pauses"]:
        found = [f for f in found if not pause["since"] <= f"{f:%Y-%m-%d}" <= (pause["until"] or "9999")]
    return [moment.replace(tzinfo=zone).astimezone(UTC) for moment in found]


def left_alone(session, series, now) -> bool:
    """Whether it may be a date that could not follow when its series began anew, because of the hour or of the two days
    by which officers move a series back here."""
    day, two_days = date.fromisoformat(session["occurs_on"]), timedelta(days=2)
    today, begins = zones.local_day(now, series["timezone"]), date.fromisoformat(series["starts_on"])
    return day <= today + two_days and day < begins + two_days


def _ending(rule: str) -> str:
    """Our UNTIL is a day that is included; the standard's is a moment."""
    return ";".join(f"{part}T235959" if part.startswith("UNTIL=") else part for part in rule.split(";"))


def calendar(series, sessions) -> Calendar:
    """A series as RFC 5545 writes it: its rule, and for each session what it is instead of its date."""
    zone = ZoneInfo(series["timezone"])
    at = time.fromisoformat(series["starts_at"])
    first = datetime.combine(date.fromisoformat(series["starts_on"]), at, zone)
    event = _event(first, first + timedelta(minutes=series["duration_minutes"]))
    recurs = vRecur.from_ical(_ending(series["rrule"]))
    if "UNTIL" in recurs:
        recurs["UNTIL"] = [until.replace(tzinfo=zone).astimezone(UTC) for until in recurs["UNTIL"]]
    event.add("rrule", recurs)
    for name in ("exdate", "rdate"):
        days = [datetime.combine(date.fromisoformat(day), at, zone) for day in series[f"{name}s"]]
        if days:
            event.add(name, days)
    found = Calendar()
    found.add_component(event)
    for session in sessions:
        instead_of = datetime.combine(date.fromisoformat(session["occurs_on"]), at, zone)
        found.add_component(_event(session["starts_at"], session["ends_at"], instead_of, session["status"]))
    return found


def _event(starts_at, ends_at, instead_of=None, status="scheduled") -> Event:
    event = Event()
    event.add("uid", "series")
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("status", "CANCELLED" if status == "cancelled" else "CONFIRMED")
    if instead_of is not None:
        event.add("recurrence-id", instead_of)
    return event


@pytest.mark.slow
def test_our_occurrences_are_the_oracles():
    """Other stories in each run; the seed of one that fails is told."""
    first = random.SystemRandom().randrange(2**32)
    for seed in range(first, first + STORIES):
        story = Story(seed)
        for _ in range(story.random.randrange(6)):
            story.go_on()
        now = story.work.now
        for series in story.work.store.series.docs.values():
            if series["status"] == "active":
                own = [each for each in story.sessions if each["series_id"] == series["id"] and not each["dropped"]]
                begun = {each["occurs_on"] for each in own if each["starts_at"] <= now}
                zone = ZoneInfo(series["timezone"])
                theirs = [
                    each for each in oracle(series) if each > now and f"{each.astimezone(zone):%Y-%m-%d}" not in begun
                ]
                # What was moved here from a day that is over is no date of the rule any more.
                ours = [
                    each["original_starts_at"]
                    for each in own
                    if each["starts_at"] > now < each["original_starts_at"]
                    and (each["original_starts_at"] in theirs or not left_alone(each, series, now))
                ]
                assert sorted(ours) == theirs, story.seed


def test_what_was_moved_or_called_off_is_where_a_calendar_shows_it():
    """For series that were not cut or paused, a calendar program that knows rule and exceptions shows our sessions."""
    first = random.SystemRandom().randrange(2**32)
    for seed in range(first, first + CALENDARS):
        story = Story(seed)
        [series] = story.work.store.series.docs.values()
        for _ in range(6):
            story.random.choice((story.move, story.move, story.call_off))(dict(series))
        ours = [each for each in story.sessions if each["own"]]
        shown = recurring_ical_events.of(calendar(series, ours), keep_recurrence_attributes=True)
        through = datetime.combine(date.fromisoformat(series["scheduled_through"]), time(), UTC) - timedelta(days=30)
        theirs = {
            event.start.astimezone(UTC)
            for event in shown.between(NOW, through)
            if event["status"] == "CONFIRMED" and event.start >= NOW
        }
        expected = {
            each["starts_at"]
            for each in story.sessions
            if each["status"] == "scheduled" and NOW <= each["starts_at"] < through
        }
        assert theirs == expected, story.seed
