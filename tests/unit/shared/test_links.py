"""A link opens one thing, of one district, for five minutes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import links
from shared.errors import Expired, NotFound

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
KEY, FILE = b"k" * 32, "018f0000-0000-7000-8000-000000000001"
TOKEN = links.token("3307", FILE, KEY, NOW + links.VALID)


def test_a_link_opens_its_file():
    links.check(TOKEN, "3307", FILE, KEY, NOW)


def test_a_link_begins_with_its_district():
    assert TOKEN.startswith("3307-")


def test_a_link_is_dead_after_five_minutes():
    links.check(TOKEN, "3307", FILE, KEY, NOW + timedelta(seconds=299))
    with pytest.raises(Expired):
        links.check(TOKEN, "3307", FILE, KEY, NOW + timedelta(minutes=5))


def test_a_link_opens_no_other_file_district_or_key():
    for district, file_id, key in (("3308", FILE, KEY), ("3307", FILE[:-1] + "2", KEY), ("3307", FILE, b"x" * 32)):
        with pytest.raises(NotFound):
            links.check(TOKEN, district, file_id, key, NOW)


def test_nobody_can_lengthen_a_link():
    district, until, signature = TOKEN.split("-")
    with pytest.raises(NotFound):
        links.check(f"{district}-{int(until) + 600}-{signature}", "3307", FILE, KEY, NOW)


@given(st.text(max_size=100))
def test_a_made_up_token_opens_nothing(token):
    with pytest.raises(NotFound):
        links.check(token, "3307", FILE, KEY, NOW)
