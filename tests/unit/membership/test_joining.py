"""Who may ask to join, and how long and how often an invitation counts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from services.membership.domain import joining
from services.membership.usecases import invitations
from shared.contracts import membership as m
from shared.errors import Conflict, Invalid

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


def invitation(**changes):
    return {"uses": 0, "max_uses": 2, "expires_at": NOW + timedelta(days=1), "revoked_at": None, **changes}


@pytest.mark.parametrize(("policy", "refused"), [("open", False), ("approval", False), ("invitation", True)])
def test_one_asks_wherever_one_may_come_in_without_an_invitation(policy, refused):
    if refused:
        with pytest.raises(Conflict):
            joining.check_asks(policy)
    else:
        joining.check_asks(policy)


@pytest.mark.parametrize(
    ("status", "days_ago", "refused"),
    [("pending", 30, True), ("rejected", 6, True), ("rejected", 7, False), ("withdrawn", 0, False)],
)
def test_one_asks_again_when_nothing_waits_and_a_week_after_a_no(status, days_ago, refused):
    asking = {"status": status, "decided_at": NOW - timedelta(days=days_ago)}
    if refused:
        with pytest.raises(Conflict):
            joining.check_again(asking, NOW)
    else:
        joining.check_again(asking, NOW)


@given(uses=st.integers(1, 50))
def test_an_invitation_lets_in_as_many_as_it_says(uses):
    found = invitation(max_uses=uses)
    for _ in range(uses):
        assert joining.status(found, NOW) == "open"
        found = joining.used(found, NOW)
    assert joining.status(found, NOW) == "used_up"
    with pytest.raises(Conflict):
        joining.used(found, NOW)


@pytest.mark.parametrize(
    ("changes", "status"),
    [({}, "open"), ({"expires_at": NOW}, "expired"), ({"revoked_at": NOW}, "revoked"), ({"uses": 2}, "used_up")],
)
def test_an_invitation_says_why_it_counts_no_more(changes, status):
    assert joining.status(invitation(**changes), NOW) == status
    if status != "open":
        with pytest.raises(Conflict):
            joining.used(invitation(**changes), NOW)


def test_a_code_is_of_letters_that_nobody_confuses():
    code = f"3307-{''.join(invitations.LETTERS[:12])}"
    assert not {"0", "1", "i", "l", "o"} & set(invitations.LETTERS)
    assert m.InvitationKey().load({"code": code}) == {"code": code}
    for letter in invitations.LETTERS:
        m.InvitationKey().load({"code": f"33c09-{letter * 12}"})
    for wrong in ("3307", "3307-", f"{code}a", code.upper(), f"33070-{letter * 12}"):
        with pytest.raises(ValidationError):
            m.InvitationKey().load({"code": wrong})


def test_an_invitation_ends_in_two_weeks_or_as_said_within_half_a_year():
    assert joining.expiry(None, NOW) == NOW + timedelta(days=14)
    assert joining.expiry(NOW + timedelta(days=180), NOW) == NOW + timedelta(days=180)
    for wrong in (NOW, NOW - timedelta(days=1), NOW + timedelta(days=181)):
        with pytest.raises(Invalid):
            joining.expiry(wrong, NOW)
