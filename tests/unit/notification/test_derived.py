"""A derived id is the same for the same thing, differs for another, and is a UUIDv7 of its moment."""

import uuid
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain.derived import derived_id
from shared.ids import is_id, made_at_ms

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.text(), st.text())
def test_it_is_a_uuid_of_version_7_that_sorts_by_its_moment(moment, announcement, person):
    id_ = derived_id(moment, announcement, person)
    assert is_id(id_)
    assert uuid.UUID(id_).version == 7
    assert uuid.UUID(id_).variant == uuid.RFC_4122
    assert made_at_ms(id_) == int(moment.timestamp() * 1000)


@given(MOMENTS, st.text(), st.text())
def test_telling_twice_makes_the_same_id(moment, announcement, person):
    assert derived_id(moment, announcement, person) == derived_id(moment, announcement, person)


def test_ten_thousand_people_get_ten_thousand_ids():
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    assert len({derived_id(moment, "session_scheduled/s1", f"p{at}") for at in range(10_000)}) == 10_000


def test_names_do_not_run_into_each_other():
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    assert derived_id(moment, "ab", "c") != derived_id(moment, "a", "bc")
