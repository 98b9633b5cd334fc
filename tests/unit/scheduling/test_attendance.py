"""Notes and check-ins come together the same in whatever order they arrive, and mean honest minutes."""

import random
from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain import attendance
from services.scheduling.domain.attendance import Called, Entry, Meeting, Note, Scan, minutes_within
from shared.contracts import words

STARTS = datetime(2026, 7, 27, 3, 0, tzinfo=UTC)
MEETING = Meeting(STARTS, STARTS + timedelta(minutes=120))
LATER = STARTS + timedelta(days=1)


def pool_of_entries(chance):
    """Many entries of few values, so that ties are common."""

    def moment():
        return STARTS + timedelta(minutes=chance.randrange(-30, 150, 10))

    def maybe(value):
        return chance.choice([None, value])

    for _ in range(400):
        scan = Scan(moment(), maybe(chance.choice(attendance.MODES)), chance.random() < 0.5)
        by, status = chance.choice(["ketua", "sekretaris"]), chance.choice(attendance.STATUSES)
        said = (maybe("online"), maybe(moment()), maybe(moment()), maybe(chance.choice(["demam", "dinas luar"])))
        note = Note(moment(), chance.choice("ab"), status, by, *said)
        called = Called(chance.choice(["Pak Budi", "pak budi"]), chance.choice(["", "UNS"]))
        yield Entry(maybe(scan), maybe(note), maybe(called))


entries = st.sampled_from(list(pool_of_entries(random.Random(3))))
moments = st.integers(-30, 150).map(lambda minutes: STARTS + timedelta(minutes=minutes))


def at(minutes):
    return STARTS + timedelta(minutes=minutes)


def note(status="hadir", minutes=0, client_id="a", **said):
    return Entry(note=Note(at(minutes), client_id, status, "ketua", **said))


def test_the_words_are_those_of_the_contract():
    assert attendance.STATUSES == words.ATTENDANCE
    assert words.MODES[:2] == attendance.MODES


@given(entries, entries, entries)
def test_what_is_known_of_somebody_is_joined_in_any_order_grouping_and_number(one, two, three):
    assert one.join(one) == one
    assert one.join(two) == two.join(one)
    assert one.join(two).join(three) == one.join(two.join(three))
    assert Entry().join(one) == one


@given(st.lists(entries, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_batches_delivered_three_times_in_random_order_give_the_same(batches, chance: random.Random):
    delivered = batches * 3
    chance.shuffle(delivered)
    assert reduce(Entry.join, delivered) == reduce(Entry.join, batches)


def test_of_two_notes_the_later_counts_then_the_greater_client_id():
    assert note("izin", 5).join(note("hadir", 1)).note.status == "izin"
    assert note("izin", 5, "a").join(note("sakit", 5, "b")).note.status == "sakit"


def test_an_officers_note_counts_before_a_check_in_that_is_later():
    entry = Entry(scan=Scan(at(90))).join(note("alpa", 5))
    assert entry.attended(MEETING).status == "alpa"
    assert entry.attended(MEETING).present_minutes == 0


def test_the_first_check_in_is_when_somebody_came():
    entry = Entry(scan=Scan(at(100), offline=True)).join(Entry(scan=Scan(at(4))))
    assert entry.attended(MEETING).arrived_at == at(4)
    assert entry.join(note("hadir", 60)).attended(MEETING).arrived_at == at(4)


@pytest.mark.parametrize(
    ("entry", "minutes", "late", "left_early"),
    [
        (Entry(scan=Scan(at(-20))), 120, False, False),
        (Entry(scan=Scan(at(10))), 110, False, False),
        (Entry(scan=Scan(at(10) + timedelta(seconds=1))), 109, True, False),
        (Entry(scan=Scan(at(121))), 0, True, False),
        (note(minutes=-5), 120, False, False),
        (note(minutes=30), 90, True, False),
        # Seen before they scanned, and scanned before they were seen.
        (note(minutes=2).join(Entry(scan=Scan(at(105)))), 118, False, False),
        (note(minutes=60).join(Entry(scan=Scan(at(15)))), 105, True, False),
        (note(minutes=300).join(Entry(scan=Scan(at(15)))), 105, True, False),
        # Written down after the meeting, which says nothing of when they came.
        (note(minutes=300), 120, False, False),
        (note(minutes=300, arrived_at=at(45)), 75, True, False),
        (note(minutes=100, left_at=at(90)), 90, False, True),
        (note(minutes=20, left_at=at(90)), 70, True, True),
        (note(minutes=0, left_at=at(115)), 115, False, False),
        (note(minutes=0, left_at=at(-5)), 0, False, True),
        (note("sakit", 60), 0, False, False),
    ],
)
def test_present_minutes_are_the_whole_minutes_within_the_session(entry, minutes, late, left_early):
    counted = entry.attended(MEETING)
    assert (counted.present_minutes, counted.late, counted.left_early) == (minutes, late, left_early)


@given(entries, moments, moments)
def test_nobody_is_present_for_longer_than_the_session(entry, one, other):
    assert 0 <= minutes_within(MEETING, one, other) <= 120
    if entry.scan or entry.note:
        counted = entry.attended(MEETING)
        assert 0 <= counted.present_minutes <= 120
        assert (counted.arrived_at is None) == (counted.status != "hadir")


def test_people_attend_as_the_session_is_held_unless_they_say_otherwise():
    online = MEETING._replace(mode="online")
    assert Entry(scan=Scan(at(0))).attended(online).mode == "online"
    assert Entry(scan=Scan(at(0), "on_site")).join(note()).attended(online).mode == "on_site"
    assert Entry(scan=Scan(at(0), "on_site")).join(note(mode="online")).attended(online).mode == "online"


@pytest.mark.parametrize(
    ("entry", "now", "fault"),
    [
        (note(minutes=0), at(0), None),
        (note("izin", -3000), at(0), None),
        (note(minutes=-30), at(0), None),
        (note(minutes=-31), at(0), "not_begun"),
        (note("alpa", -31), at(0), "not_begun"),
        (note(minutes=10), at(0), None),
        (note(minutes=11), at(0), "from_the_future"),
        (note("sakit", 0, left_at=at(5)), LATER, "times_of_the_absent"),
        (note(minutes=0, arrived_at=at(9), left_at=at(8)), LATER, "left_before_arriving"),
    ],
)
def test_what_cannot_have_been_is_not_recorded(entry, now, fault):
    found = entry.note.fault(MEETING, now)
    assert (found and found.key) == (fault and f"attendance.{fault}")
