"""Accounts: activation, logging in and out, passwords, and what people see of themselves."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    Nothing,
    PageRequest,
    Query,
    Versioned,
    district_id,
    flag,
    identifier,
    moment,
    one_of,
    page_of,
    text,
)
from shared.contracts.membership.district import DistrictView
from shared.contracts.membership.people import AssignmentView, PersonView, RoleView
from shared.contracts.words import COMMUNITY_KINDS, MEMBER_ROLES


def password(**kwargs: Any) -> fields.String:
    """A new password: 8 to 200 characters of any kind (ASVS 5, 6.2); common ones are refused by membership."""
    return fields.String(required=True, validate=validate.Length(8, 200), **kwargs)


def secret_text(**kwargs: Any) -> fields.String:
    """A password or token that is only compared, so any text is taken."""
    return fields.String(required=True, validate=validate.Length(1, 500), **kwargs)


class _Device(Contract):
    """``user_agent`` is what the device calls itself; the gateway fills it in."""

    user_agent = text(300, load_default=None, allow_none=True)


class Activation(_Device):
    """``code`` as printed; case, spaces and hyphens do not matter."""

    district = district_id(required=True)
    code = text(60, required=True)
    password = password()


class LogIn(_Device):
    """``login`` is a username, a NUPTK, an e-mail address, or a phone number that one person alone has."""

    district = district_id(required=True)
    login = text(required=True)
    password = secret_text()


class Refresh(Contract):
    """``district`` is what the token begins with (``3307-...``); the gateway fills it in."""

    district = district_id(required=True)
    refresh_token = secret_text()


class ChangePassword(Contract):
    current = secret_text()
    new = password()


class TokensView(Contract):
    """``access_token`` holds for ``expires_in`` seconds; ``refresh_token`` once."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    expires_in = fields.Integer(required=True)
    person = fields.Nested(PersonView, required=True)


class MyCommunityView(Contract):
    id = identifier(required=True)
    name = text(required=True)
    kind = one_of(*COMMUNITY_KINDS)
    role = one_of(*MEMBER_ROLES)
    joined_at = moment()


class MyselfView(PersonView):
    """The caller; ``show_phone`` and ``show_email`` are what they chose."""

    show_phone = flag()
    show_email = flag()


class MeView(MyselfView):
    """The caller, with where they teach, what they belong to and what they may do."""

    district = fields.Nested(DistrictView)
    assignments = fields.List(fields.Nested(AssignmentView))
    communities = fields.List(fields.Nested(MyCommunityView))
    roles = fields.List(fields.Nested(RoleView))


class ChangeMe(Versioned):
    """What people may set right themselves; an import leaves contacts alone that their owner has set.

    Officers of a community see its members' contacts, for they have to reach them. ``show_phone`` and ``show_email``
    show them to the other members of one's communities too, until one chooses otherwise."""

    email = fields.Email(allow_none=True, validate=validate.Length(max=200))
    phone = text(30, allow_none=True)
    show_phone = flag()
    show_email = flag()


class RequestReset(Contract):
    """``login`` as for logging in."""

    district = district_id(required=True)
    login = text(required=True)


class ResetView(Contract):
    """The same whomever the login means. ``by`` is ``email`` (a letter, if there is somebody to write to) or
    ``operator`` (this deployment sends no mail); ``message`` says so in the reader's language."""

    by = one_of("email", "operator", required=True)
    message = fields.String(required=True)


class ConfirmReset(_Device):
    """``token`` is what the letter's link carries; it holds for an hour, and until it was used. ``district`` is what it
    begins with; the gateway fills it in."""

    district = district_id(required=True)
    token = secret_text()
    password = password()


class SessionView(Contract):
    """Where somebody is logged in: ``device`` in words (``Chrome di Android``), ``last_seen_at`` when it last asked for
    an access token, which it does every ten minutes while in use; ``current`` is the session that asks."""

    id = identifier(required=True)
    device = text(required=True)
    created_at = moment(required=True)
    last_seen_at = moment(required=True)
    current = flag(required=True)


class SessionKey(Contract):
    sid = identifier(required=True)


ACTIVATE = Command(
    "membership.activate", takes=Activation, gives=TokensView, public=True, secret=True, audited=Audited("person")
)
LOG_IN = Command(
    "membership.log_in",
    takes=LogIn,
    gives=TokensView,
    public=True,
    secret=True,
    repeatable=True,
    audited=Audited("person"),
)
REFRESH = Command("membership.refresh", takes=Refresh, gives=TokensView, public=True, secret=True, repeatable=True)
LOG_OUT = Command("membership.log_out", takes=Nothing, gives=Nothing, audited=Audited("person"))
CHANGE_PASSWORD = Command("membership.change_password", takes=ChangePassword, gives=Nothing, audited=Audited("person"))
GET_ME = Query("membership.get_me", takes=Nothing, gives=MeView)
CHANGE_ME = Command("membership.change_me", takes=ChangeMe, gives=MyselfView, audited=Audited("person"))
REQUEST_RESET = Command("membership.request_reset", takes=RequestReset, gives=ResetView, public=True, secret=True)
CONFIRM_RESET = Command(
    "membership.confirm_reset",
    takes=ConfirmReset,
    gives=TokensView,
    public=True,
    secret=True,
    audited=Audited("person"),
)
LIST_MY_SESSIONS = Query("membership.list_my_sessions", takes=PageRequest, gives=page_of(SessionView))
END_SESSION = Command("membership.end_session", takes=SessionKey, gives=Nothing, audited=Audited("person"))
