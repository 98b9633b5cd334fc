"""What a phone takes along keeps to its size."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain import bundle
from services.scheduling.domain.attendance import Meeting
from services.scheduling.domain.checkin import Codes
from shared.ids import new_id

STARTS = datetime(2026, 7, 27, 3, 0, tzinfo=UTC)


@given(st.lists(st.fixed_dictionaries({"name": st.text(max_size=20)}), max_size=20), st.integers(0, 600))
def test_rows_are_taken_in_order_while_they_fit(rows, room):
    taken, left = bundle.fitting(rows, room)
    assert taken == rows[: len(taken)]
    assert left >= 0
    # Between two brackets.
    assert bundle.size(taken) <= room + 2
    if len(taken) < len(rows):
        assert bundle.size(rows[: len(taken) + 1]) > room


def test_the_codes_of_five_hours_take_a_third_of_it():
    codes = list(Codes(new_id(), bytes(32), Meeting(STARTS, STARTS + timedelta(hours=24))))
    found = bundle.compact(codes)
    assert found is not None
    assert len(found["digits"]) == bundle.MOST_CODES
    assert bundle.size({**found, "valid_from": ""}) < bundle.MOST_BYTES / 3
    for place in (0, 599):
        code = codes[place]
        shown = (found["digits"][place], found["qr_prefix"] + found["tokens"][place])
        assert shown == (code.code, code.qr)
        assert code.valid_from == found["valid_from"] + place * timedelta(seconds=30)
    assert bundle.compact([]) is None
