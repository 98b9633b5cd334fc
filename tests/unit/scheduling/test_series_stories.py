"""What officers ask of a series through one of its meetings, on a Monday morning, and what becomes of the others."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from services.scheduling import seats
from services.scheduling.domain.changing import Change
from services.scheduling.domain.recurrence import parse
from services.scheduling.domain.series import Pattern, paused, resumed
from services.scheduling.usecases import series_dates
from services.scheduling.usecases.change_session import change_session
from services.scheduling.usecases.roll_series import roll, roll_due
from services.scheduling.usecases.start_series import start_series
from shared.errors import Conflict, Invalid
from tests.support.memory import MemoryWork

ZONE = ZoneInfo("Asia/Jakarta")
TABLES = (
    *("series", "sessions", "tallies", "reminders", "rsvps", "attendance", "attendance_counts", "minutes"),
    *("letters", "communities", "cycles", "members", "holidays", "timetables"),
)
PLAIN = {
    "community_id": "c",
    "title": "Hari Belajar",
    "goal": "Murid bernalar",
    "place": None,
    "join_url": None,
    "capacity": None,
    "mode": "on_site",
    "cycle_id": None,
    "phase": None,
    "external_ids": [],
    "exdates": [],
    "rdates": [],
    "timezone": ZONE.key,
    "duration_minutes": 90,
    "answers_close_minutes": None,
}


def at(month, day, hour=15):
    """A moment of 2026 by the clocks of the place."""
    return datetime(2026, month, day, hour, tzinfo=ZONE).astimezone(UTC)


MONDAY = at(10, 5, 10)


class Officer(MemoryWork):
    """Somebody who may change everything, in a community that nobody else belongs to."""

    caller = SimpleNamespace(person_id="ketua")
    language = "id"

    def __init__(self, rrule, starts_on, now=MONDAY, **order):
        super().__init__(now, *TABLES)
        self.store.communities.insert({"id": "c", "status": "active", "subject": None, "level": None})
        order = {**PLAIN, "rrule": rrule, "starts_on": starts_on.isoformat(), "starts_at": "15:00", **order}
        self.series_id = start_series(self, order)["id"]

    def allow(self, **about):
        pass

    @property
    def series(self):
        return self.store.series.require(self.series_id)

    @property
    def sessions(self):
        return sorted(self.store.sessions.docs.values(), key=lambda each: each["starts_at"])

    def meetings(self, through=date(2026, 12, 31)):
        """When there is a meeting, by the clocks of the place."""
        local = [each["starts_at"].astimezone(ZONE) for each in self.sessions if each["status"] == "scheduled"]
        return [f"{each:%m-%d %H}" for each in local if each.date() <= through]

    def session(self, month, day):
        """The session that is its series' date of that day."""
        day = date(2026, month, day).isoformat()
        return next(each for each in self.sessions if each["occurs_on"] == day)

    def answer(self, session, yes):
        """So many people have a seat."""
        self.store.tallies.update(session["id"], set={"yes": yes})

    def change(self, session, scope, **order):
        """The session, changed; the series that it then belongs to is the officer's."""
        order = {"session_id": session["id"], "version": session["version"], "scope": scope, **order}
        after = change_session(self, order)
        self.series_id = after["series_id"]
        return after

    def rest(self, since, until=None):
        """The series, resting from one day of 2026 to another."""
        resting = paused(Pattern.of(self.series), since, until, self.now.date())
        return series_dates.rest_or_go_on(self, self.series, resting, news="paused")

    def resume(self):
        going_on = resumed(Pattern.of(self.series), self.now.date())
        return series_dates.rest_or_go_on(self, self.series, going_on, news="resumed")

    def change_series(self, **change):
        """The series, changed as a whole."""
        return series_dates.change_all(self, self.series, Change(**change))


def days(first, count, weeks=1, hour=15):
    """So many weekly meetings from a first one on, as :meth:`Officer.meetings` tells them."""
    return [f"{first + timedelta(weeks=weeks * n):%m-%d} {hour:02}" for n in range(count)]


def test_a_rule_given_with_the_time_of_a_late_meeting_calls_off_none_before_it():
    """With `all` the coming ones change, those before the meeting that was touched too."""
    work = Officer("FREQ=WEEKLY;BYDAY=MO", date(2026, 10, 12))
    work.change(work.session(12, 7), "all", rrule="FREQ=WEEKLY;BYDAY=TU", starts_at=at(12, 8))
    assert work.meetings() == days(date(2026, 10, 13), 12)
    assert {each["status"] for each in work.sessions} == {"scheduled"}


def test_the_next_meeting_moves_to_an_earlier_weekday_of_its_week():
    """On Monday nobody need wait until the week after for a Tuesday."""
    work = Officer("FREQ=WEEKLY;BYDAY=FR;COUNT=10", date(2026, 10, 2))
    next_one = work.session(10, 9)
    work.change_series(rule=parse("FREQ=WEEKLY;BYDAY=TU;COUNT=10"))
    assert work.meetings()[1:] == days(date(2026, 10, 6), 10)
    assert work.session(10, 6)["id"] == next_one["id"]


def test_an_hour_that_is_over_today_leaves_todays_meeting_as_it_is():
    """At ten the series is moved to nine: today people meet at three as they were told, and one of COUNT is that."""
    work = Officer("FREQ=WEEKLY;COUNT=10", date(2026, 10, 5))
    work.change_series(at=time(9), words={"title": "Senin Belajar"})
    assert work.meetings() == ["10-05 15", *days(date(2026, 10, 12), 9, hour=9)]
    assert work.session(10, 5)["title"] == "Senin Belajar"


def test_todays_meeting_that_was_put_off_to_the_evening_outlives_a_pause_of_next_month():
    work = Officer("FREQ=WEEKLY;COUNT=10", date(2026, 10, 5))
    work.change(work.session(10, 5), "this", starts_at=at(10, 5, 20))
    work.now = at(10, 5, 16)
    work.rest(date(2026, 11, 1))
    assert work.meetings() == ["10-05 20", *days(date(2026, 10, 12), 3)]


@pytest.mark.parametrize("scope", ["following", "all"])
def test_a_series_is_not_moved_into_the_past(scope):
    """A slip of the month calls nothing off."""
    work = Officer("FREQ=WEEKLY", date(2026, 9, 7))
    before = work.meetings()
    with pytest.raises(Invalid) as refused:
        work.change(work.session(11, 2), scope, starts_at=at(9, 3))
    assert list(refused.value.fields) == ["starts_at"]
    assert work.meetings() == before


def test_moved_back_by_days_a_series_leaves_alone_what_would_be_over_and_counts_no_day_that_is():
    """On Wednesday Fridays become Tuesdays: this Friday people meet once more as they were told."""
    work = Officer("FREQ=WEEKLY;COUNT=10", date(2026, 10, 9), now=at(10, 7, 10))
    work.change(work.session(10, 23), "all", starts_at=at(10, 20))
    assert work.meetings() == ["10-09 15", *days(date(2026, 10, 13), 9)]
    assert (work.series["starts_on"], work.series["rrule"]) == ("2026-10-13", "FREQ=WEEKLY;COUNT=9")


def test_nobody_meets_twice_on_a_day_to_which_another_date_was_moved_back():
    """On Wednesday everything moves back by three days: this Friday is next Monday's, and its own Tuesday is over."""
    work = Officer("FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=20261031", date(2026, 10, 9), now=at(10, 7, 10))
    monday, friday = work.session(10, 12), work.session(10, 9)
    work.change(monday, "all", starts_at=at(10, 9))
    assert work.meetings() == ["10-09 15", "10-13 15", "10-16 15", "10-20 15", "10-23 15", "10-27 15"]
    assert work.store.sessions.require(friday["id"])["status"] == "cancelled"


@pytest.mark.parametrize("scope", ["following", "all"])
def test_a_meeting_put_off_from_a_day_that_is_over_goes_with_those_that_follow(scope):
    """On Tuesday: yesterday's meeting will be on Thursday, and takes their words and the time that is asked for it."""
    work = Officer("FREQ=WEEKLY;COUNT=8", date(2026, 9, 28))
    work.change(work.session(10, 5), "this", starts_at=at(10, 8))
    work.now = at(10, 6, 10)
    put_off = work.change(work.session(10, 5), scope, title="Senin Belajar")
    assert (put_off["status"], put_off["title"]) == ("scheduled", "Senin Belajar")
    assert work.meetings() == ["09-28 15", "10-08 15", *days(date(2026, 10, 12), 6)]
    assert {each["series_id"] for each in work.sessions[1:]} == {put_off["series_id"]}
    put_off = work.change(work.session(10, 5), scope, starts_at=at(10, 9, 9))
    assert work.meetings() == ["09-28 15", "10-09 09", *days(date(2026, 10, 16), 6, hour=9)]
    assert work.session(10, 16)["title"] == "Senin Belajar"
    assert work.news("session_rescheduled")[-1]["session_id"] == put_off["id"]


def test_dates_of_a_planned_pause_come_back_though_the_series_was_split_meanwhile():
    """With their answers: they are the same sessions."""
    work = Officer("FREQ=WEEKLY", date(2026, 9, 28))
    before = {each["occurs_on"]: each["id"] for each in work.sessions}
    work.rest(date(2026, 11, 1), date(2026, 11, 30))
    work.change(work.session(10, 19), "following", place="SMPN 2")
    work.resume()
    assert {each["occurs_on"]: each["id"] for each in work.sessions} == before
    assert {each["status"] for each in work.sessions} == {"scheduled"}
    assert work.session(11, 9)["place"] == "SMPN 2"


def test_a_wrong_rule_for_those_that_follow_can_be_taken_back():
    work = Officer("FREQ=WEEKLY", date(2026, 9, 28))
    before = {each["occurs_on"]: each["id"] for each in work.sessions}
    work.change(work.session(10, 19), "following", rrule="FREQ=MONTHLY;BYDAY=3MO")
    assert work.meetings(date(2026, 11, 30))[3:] == ["10-19 15", "11-16 15"]
    work.change_series(rule=parse("FREQ=WEEKLY"))
    assert {each["occurs_on"]: each["id"] for each in work.sessions if each["status"] == "scheduled"} == before


@pytest.mark.parametrize("scope", ["following", "all"])
def test_a_meeting_that_was_moved_alone_goes_back_to_the_time_of_the_others(scope):
    """Whoever asks for just that time through it means it too."""
    work = Officer("FREQ=WEEKLY", date(2026, 9, 28))
    work.change(work.session(10, 12), "this", starts_at=at(10, 12, 16))
    assert "10-12 16" in work.meetings()
    back = work.change(work.session(10, 12), scope, starts_at=at(10, 12, 15))
    assert work.meetings() == days(date(2026, 9, 28), 14)
    assert work.store.sessions.require(back["id"])["own"] == []


def test_the_present_rule_sent_back_with_a_title_counts_nothing_anew():
    work = Officer("FREQ=WEEKLY;COUNT=10", date(2026, 9, 28))
    work.change(work.session(11, 2), "following", rrule="FREQ=WEEKLY;COUNT=10", title="Senin Belajar")
    assert work.meetings() == days(date(2026, 9, 28), 10)
    assert work.series["rrule"] == "FREQ=WEEKLY;COUNT=5"


def test_a_series_ends_by_itself_once_nothing_of_it_comes_any_more():
    """Newcomers are told of no series of years ago; and nobody is told of the end."""
    work = Officer("FREQ=WEEKLY;COUNT=3", date(2026, 10, 5))
    work.change(work.session(10, 19), "this", starts_at=at(10, 22))
    assert work.series["rolls_on"] == "2026-10-20"
    work.now = at(10, 20, 8)
    roll(work, work.series_id)
    assert (work.series["status"], work.series["rolls_on"]) == ("active", "2026-10-21")
    work.now = at(10, 23, 8)
    roll(work, work.series_id)
    assert (work.series["status"], work.series["rolls_on"]) == ("ended", None)
    told = work.news("series_changed")[-1]
    assert (told["status"], told["news"], told["quiet"]) == ("ended", "ended", True)


def test_the_first_part_of_a_split_ends_with_its_last_meeting():
    work = Officer("FREQ=WEEKLY", date(2026, 10, 12))
    first = work.series_id
    work.change(work.session(10, 26), "following", place="SMPN 2")
    part = work.store.series.require(first)
    assert (part["status"], part["rolls_on"]) == ("active", "2026-10-20")
    work.now = at(10, 20, 8)
    roll(work, first)
    assert work.store.series.require(first)["status"] == "ended"


def test_calling_off_what_follows_ends_a_series_of_which_only_a_cancelled_date_is_left():
    work = Officer("FREQ=WEEKLY", date(2026, 10, 12))
    work.store.sessions.update(work.session(10, 12)["id"], set={"status": "cancelled", "own": ["status"]})
    assert series_dates.end_before(work, work.series, date(2026, 10, 13), None)["status"] == "ended"
    assert work.meetings() == []


def test_a_part_that_rests_until_the_split_can_still_be_resumed():
    work = Officer("FREQ=WEEKLY", date(2026, 9, 28))
    first = work.series_id
    work.rest(date(2026, 10, 5), date(2026, 10, 31))
    work.change(work.session(11, 9), "following", place="SMPN 2")
    work.change(work.session(11, 16), "following", place="SMPN 3")
    work.series_id = first
    assert work.series["status"] == "active"
    work.resume()
    assert work.meetings(date(2026, 11, 9)) == days(date(2026, 9, 28), 7)


def test_an_hour_mistyped_and_put_right_leaves_todays_meeting_as_it_is():
    work = Officer("FREQ=WEEKLY;COUNT=10", date(2026, 10, 5))
    before = work.meetings()
    work.change_series(at=time(9))
    work.change_series(at=time(15))
    assert work.meetings() == before


def test_a_meeting_that_never_takes_place_stands_in_the_way_of_no_capacity():
    work = Officer("FREQ=WEEKLY", date(2026, 10, 12), capacity=20)
    off = work.session(10, 12)
    work.answer(off, yes=12)
    work.store.sessions.update(off["id"], set={"status": "cancelled", "own": ["status"]})
    work.change_series(words={"capacity": 10})
    assert work.session(10, 19)["capacity"] == 10
    work.answer(work.session(10, 19), yes=9)
    with pytest.raises(Conflict):
        work.change_series(words={"capacity": 8})


def test_a_date_comes_back_from_a_pause_with_room_for_all_who_had_a_seat():
    """Though its series was given fewer seats meanwhile."""
    work = Officer("FREQ=WEEKLY", date(2026, 10, 12), capacity=20)
    work.answer(work.session(10, 12), yes=12)
    work.rest(date(2026, 10, 5), date(2026, 10, 31))
    work.change_series(words={"capacity": 10})
    work.resume()
    assert [work.session(10, day)["capacity"] for day in (12, 19)] == [12, 10]
    tallies = [work.store.tallies.require(work.session(10, day)["id"]) for day in (12, 19)]
    assert [each["capacity"] for each in tallies] == [12, 10]


def test_who_leaves_while_a_series_rests_gives_their_seat_to_who_waits_once_it_goes_on():
    work = Officer("FREQ=WEEKLY", date(2026, 10, 12), capacity=1)
    session = work.session(10, 12)
    for person_id in ("ani", "budi"):
        tally = seats.count_answer(work, session["id"], person_id, None, "yes")
        state = seats.tally_of(tally).state_of(person_id, "yes")
        answer = {"session_id": session["id"], "community_id": "c", "person_id": person_id, "answer": "yes"}
        work.store.rsvps.insert({"id": f"{session['id']}/{person_id}", **answer, "state": state, "reason": None})
    work.rest(date(2026, 10, 5), date(2026, 10, 31))
    seats.give_up(work, {session["id"]: "cancelled"}, "ani")
    assert work.store.tallies.require(session["id"])["line"] == ["budi"]
    assert not any(told.get("moved_up") for told in work.news("rsvp_changed"))
    work.resume()
    tally = work.store.tallies.require(session["id"])
    assert (tally["yes"], tally["no"], tally["line"]) == (1, 1, [])
    assert work.store.rsvps.require(f"{session['id']}/budi")["state"] == "coming"
    assert [told["person_id"] for told in work.news("rsvp_changed") if told.get("moved_up")] == ["budi"]


def test_a_rule_for_ever_moves_with_its_series_and_stays_one_that_can_be_read():
    work = Officer("FREQ=WEEKLY;BYDAY=FR;UNTIL=24991231", date(2026, 10, 9))
    work.change(work.session(10, 16), "all", starts_at=at(10, 17))
    assert Pattern.of(work.series).rule.until == date(2499, 12, 31)
    assert work.meetings(date(2026, 10, 25)) == ["10-10 15", "10-17 15", "10-24 15"]


@pytest.mark.parametrize(("first", "moved"), [((10, 31), 30), ((10, 28), 30), ((10, 29), 27)])
def test_a_day_that_not_every_month_has_is_moved_by_a_rule_and_not_by_days(first, moved):
    work = Officer("FREQ=MONTHLY", date(2026, *first))
    before = work.meetings(date(2027, 9, 30))
    with pytest.raises(Invalid) as refused:
        work.change(work.session(*first), "all", starts_at=at(first[0], moved))
    assert "rrule" in refused.value.fields
    assert work.meetings(date(2027, 9, 30)) == before


def test_a_series_that_cannot_be_rolled_stands_in_the_way_of_no_other():
    work = Officer("FREQ=WEEKLY", date(2026, 10, 12))
    work.store.series.update(work.series_id, set={"rolls_on": "2026-10-01", "scheduled_through": "2026-10-20"})
    broken = {**work.series, "id": "0", "rrule": "FREQ=WEEKLY;UNTIL=25000101", "n": 1}
    work.store.series.docs = {"0": broken, **work.store.series.docs}
    system = SimpleNamespace(
        system=SimpleNamespace(walk=lambda table: [{"id": "3307"}]),
        store=lambda district: work.store,
        run=lambda district, use_case: use_case(work),
    )
    roll_due(system)
    assert work.series["scheduled_through"] > "2027-09-01"
    assert work.store.series.require("0")["rolls_on"] == "2026-10-06"
