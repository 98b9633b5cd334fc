"""Refresh tokens, slowed logins, codes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.domain import accounts
from services.membership.domain.accounts import Presented
from services.membership.keyring import Keyring, OwnLink, read_own_link, read_refresh_token
from shared.ids import new_id

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
RING = Keyring(None, b"k" * 32)
PERSON = "01900000-0000-7000-8000-000000000001"


@given(st.integers(1, 50), st.integers(1, 50), st.integers(0, 200))
def test_a_token_counts_once_and_its_rotation_once_more_for_a_minute(presented, generation, seconds):
    verdict = accounts.judge(presented, generation, NOW, NOW + timedelta(seconds=seconds))
    if presented == generation:
        assert verdict is Presented.CURRENT
    elif presented == generation - 1 and seconds <= 60:
        assert verdict is Presented.JUST_ROTATED
    else:
        assert verdict is Presented.REUSED


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (9, 0), (10, 5), (11, 10), (13, 40), (14, 60), (999, 60)])
def test_ten_failures_slow_a_login_down_and_further_ones_more(failures, seconds):
    assert accounts.pause(failures, NOW, NOW) == seconds


def test_one_place_alone_does_not_bring_an_account_to_its_limit():
    """Whoever tries again as soon as they may, for 15 minutes."""
    now, failures, last = NOW, 0, None
    while now < NOW + timedelta(minutes=15):
        now += timedelta(seconds=accounts.pause(failures, last, now))
        failures, last = failures + 1, now
    assert failures * 3 < accounts.FREE_EVERYWHERE


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.9", "203.0.113.10", False),
        ("2001:db8:0:1::5", "2001:db8:0:1:ffff::6", True),
        ("2001:db8:0:1::5", "2001:db8:0:2::5", False),
        (None, "unknown", True),
    ],
)
def test_who_has_one_address_of_a_network_has_all_of_them(one, other, same):
    assert (accounts.place_of(one) == accounts.place_of(other)) is same


@given(st.integers(0, 10_000))
def test_nobody_is_locked_out(failures):
    assert accounts.pause(failures, NOW, NOW + timedelta(minutes=1)) == 0


def test_a_card_printed_again_shows_the_same_code():
    assert RING.code("3307", PERSON, 1) == RING.code("3307", PERSON, 1)


@given(st.integers(1, 1000), st.integers(1, 1000))
def test_each_code_is_another(number, other):
    assert (RING.code("3307", PERSON, number) == RING.code("3307", PERSON, other)) == (number == other)
    assert RING.code("3307", PERSON, number) != RING.code("3308", PERSON, number)


@given(st.integers(1, 10_000))
def test_a_code_is_known_however_it_is_typed(number):
    code = RING.code("3307", PERSON, number)
    assert len(code) == 14
    kept = RING.code_id("3307", code)
    mistaken = code.replace("0", "O").replace("1", "l")
    for typed in (code.lower(), code.replace("-", ""), code.replace("-", " "), mistaken):
        assert RING.code_id("3307", typed) == kept
    assert code.replace("-", "") not in kept


def test_what_is_kept_of_a_code_depends_on_the_key():
    assert RING.code_id("3307", "AAAA") != Keyring(None, b"j" * 32).code_id("3307", "AAAA")


def test_a_refresh_token_proves_its_session_and_nothing_else():
    sid = new_id()
    token = read_refresh_token(RING.refresh_token("3307", sid, 3, "salt"))
    assert (token.sid, token.generation) == (sid, 3)
    assert RING.proves(token, "3307", "salt")
    assert not RING.proves(token, "3308", "salt")
    assert not RING.proves(token, "3307", "pepper")
    assert not RING.proves(replace(token, generation=4), "3307", "salt")


@given(st.text(max_size=120))
def test_rubbish_is_no_refresh_token(text):
    assert read_refresh_token(text) is None


@pytest.mark.parametrize("tail", ["", ".1", ".1.x", ".-1." + "a" * 43, ".1." + "a" * 44])
def test_a_refresh_token_has_one_form(tail):
    assert read_refresh_token(f"3307-{new_id()}{tail}") is None


@given(st.lists(st.integers(0, 3600), max_size=60))
def test_failures_of_the_last_fifteen_minutes_count_and_older_ones_do_not(seconds):
    minutes = {}
    for at in sorted(seconds):
        minutes = accounts.counted(minutes, NOW + timedelta(seconds=at))
    last = max(seconds, default=0)
    assert sum(accounts.recent(minutes, NOW + timedelta(seconds=last)).values()) == sum(
        at // 60 > last // 60 - 15 for at in seconds
    )


def test_a_link_to_ones_own_opens_one_path_for_one_login_until_one_moment():
    sid, path = new_id(), "/v1/me/record.pdf?year=2026"
    token = RING.own_link("3307", sid, 1_800_000_000, path)
    assert read_own_link(token) == OwnLink(sid, 1_800_000_000)
    others = [
        RING.own_link("3308", sid, 1_800_000_000, path),
        RING.own_link("3307", new_id(), 1_800_000_000, path),
        RING.own_link("3307", sid, 1_800_000_001, path),
        RING.own_link("3307", sid, 1_800_000_000, path + "7"),
    ]
    assert token not in others and len({each.rpartition(".")[2] for each in others}) == 4
    assert read_refresh_token(token) is None


@pytest.mark.parametrize("token", ["", "3307", "3307-x.1.y", "3307-" + "0" * 36 + ".1." + "a" * 42, "a.b.c.d"])
def test_nonsense_is_no_link(token):
    assert read_own_link(token) is None
