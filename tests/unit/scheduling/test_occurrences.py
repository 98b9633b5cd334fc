"""When a series changes, its sessions stay who they are."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain import occurrences
from services.scheduling.domain.changing import Change, from_meeting
from services.scheduling.domain.occurrences import WORDS
from services.scheduling.domain.recurrence import parse
from services.scheduling.domain.series import Pattern

NOW = datetime(2026, 8, 2, 3, 0, tzinfo=UTC)
TUESDAYS = Pattern(parse("FREQ=WEEKLY;BYDAY=TU"), date(2026, 8, 4), time(13), 90, "Asia/Jakarta")
THROUGH = date(2026, 9, 30)
SERIES = {"id": "s", "community_id": "c", **dict.fromkeys(WORDS), "title": "Rutin", **TUESDAYS.record()}


def sessions_of(pattern):
    made = occurrences.made(SERIES, pattern.occurrences(THROUGH))
    return [{**session, "id": session["occurs_on"]} for session in made]


def replanned(sessions, pattern, words=(), **about):
    series = {**SERIES, **pattern.record(), **about.pop("series", {})}
    wanted = pattern.occurrences(THROUGH + timedelta(days=31))
    dates = occurrences.replan(sessions, wanted, series, words, through=THROUGH, frequencies={"WEEKLY"}, **about)
    changed = {after["id"]: after for _, after in dates.changed}
    return {session["id"]: changed.get(session["id"], session) for session in sessions}, dates.made


def test_a_weekly_meeting_moved_to_another_weekday_stays_in_its_week():
    before = sessions_of(TUESDAYS)
    after, made = replanned(before, Change(rule=parse("FREQ=WEEKLY;BYDAY=TH")).applied(TUESDAYS, NOW))
    assert made == []
    for session in before:
        moved = date.fromisoformat(after[session["id"]]["occurs_on"])
        assert moved - date.fromisoformat(session["occurs_on"]) == timedelta(days=2)


@given(st.integers(-6, 6).filter(bool))
def test_whoever_moves_one_meeting_by_days_moves_all_and_makes_none(days):
    before = sessions_of(TUESDAYS)
    after, made = replanned(before, Change(shift=days).applied(TUESDAYS, NOW), shift=days)
    moved = [date.fromisoformat(after[each["id"]]["occurs_on"]) for each in before]
    assert moved == [date.fromisoformat(each["occurs_on"]) + timedelta(days=days) for each in before]
    assert len(made) <= 1  # that what was beyond the horizon has come within it


def test_what_was_moved_or_called_off_by_itself_stays_so_wherever_its_date_goes():
    first, second, *rest = sessions_of(TUESDAYS)
    moved = {**first, "starts_at": first["starts_at"] + timedelta(days=1), "place": "Balai Desa"}
    moved["own"] = occurrences.set_apart(first, moved)
    off = {**second, "status": "cancelled"}
    off["own"] = occurrences.set_apart(second, off)
    later = Change({"place": "SMPN 1"}, at=time(8)).applied(TUESDAYS, NOW)
    after, _ = replanned([moved, off, *rest], later, ["place"], series={"place": "SMPN 1"})
    assert (after[first["id"]]["starts_at"], after[first["id"]]["place"]) == (moved["starts_at"], "Balai Desa")
    assert after[first["id"]]["original_starts_at"] == datetime(2026, 8, 4, 1, 0, tzinfo=UTC)
    assert (after[second["id"]]["status"], after[second["id"]]["place"]) == ("cancelled", "SMPN 1")
    assert after[rest[0]["id"]]["starts_at"] == datetime(2026, 8, 18, 1, 0, tzinfo=UTC)


def test_a_day_that_is_left_out_and_taken_back_is_the_same_session_again():
    before = sessions_of(TUESDAYS)
    without = Change(left_out=frozenset({date(2026, 8, 11)})).applied(TUESDAYS, NOW)
    after, made = replanned(before, without, reason="Ujian")
    gone = after["2026-08-11"]
    assert (gone["status"], gone["cancel_reason"], gone["dropped"], made) == ("cancelled", "Ujian", True, [])
    again, made = replanned(list(after.values()), TUESDAYS)
    assert (again["2026-08-11"]["status"], again["2026-08-11"]["dropped"], made) == ("scheduled", False, [])
    assert again["2026-08-11"]["revision"] == 2


def test_meetings_without_a_date_are_called_off_and_dates_without_one_get_one():
    before = sessions_of(TUESDAYS)
    twice = Change(rule=parse("FREQ=WEEKLY;BYDAY=TU,FR")).applied(TUESDAYS, NOW)
    after, made = replanned(before, twice)
    assert list(after.values()) == before
    assert len(made) == len(before) - (0 if twice.occurrences(THROUGH)[-1].on.weekday() == 4 else 1)
    monthly = Change(rule=parse("FREQ=MONTHLY;BYDAY=1TU")).applied(TUESDAYS, NOW)
    after, made = replanned(before, monthly)
    assert [each["id"] for each in after.values() if not each["dropped"]] == ["2026-08-04", "2026-09-01"]
    assert made == []


def test_a_series_cut_in_two_meets_as_the_whole_did():
    counted = Pattern(parse("FREQ=WEEKLY;COUNT=9"), date(2026, 8, 4), time(13), 90, "Asia/Jakarta")
    before, after = counted.cut(date(2026, 8, 20))
    assert (str(before.rule), str(after.rule)) == ("FREQ=WEEKLY;UNTIL=20260819", "FREQ=WEEKLY;COUNT=6")
    assert [*before.days(THROUGH), *after.days(THROUGH)] == list(counted.days(THROUGH))


def test_the_time_that_one_meeting_is_moved_to_is_read_as_clocks_there_show_it():
    assert from_meeting(date(2026, 8, 4), datetime(2026, 8, 5, 22, 30, tzinfo=UTC), "Asia/Jayapura") == (2, time(7, 30))
