"""Calendars that people's devices follow by a secret address (API.md, "Scheduling")."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Command, Contract, Nothing, Query, district_id, identifier, moment, text


class CalendarAddress(Contract):
    """The secret address of a calendar: of all communities of the person, or of one of them (``community_id``).

    ``url`` is for calendars that ask for an address, ``webcal_url`` opens the device's own. Whoever has it reads it
    without a login, until it is renewed or its person no longer belongs to the communities. ``renewed_at`` is when the
    person's addresses were last renewed, ``null`` if never.
    """

    url = fields.String(required=True)
    webcal_url = fields.String(required=True)
    community_id = identifier(required=True, allow_none=True)
    renewed_at = moment(required=True, allow_none=True)


class CommunityCalendar(Contract):
    """One community, to whose members the address is given."""

    community_id = identifier(required=True)


class CalendarKey(Contract):
    """A calendar by the secret in its address."""

    district = district_id(required=True)
    calendar_token = text(required=True)


class CalendarFile(Contract):
    """The calendar comes as iCalendar text (RFC 5545); ``revision`` names this state of it."""

    revision = text(required=True)


GET_MY_CALENDAR = Query("scheduling.get_my_calendar", takes=Nothing, gives=CalendarAddress, secret=True)
RENEW_MY_CALENDAR = Command("scheduling.renew_my_calendar", takes=Nothing, gives=CalendarAddress, secret=True)
GET_COMMUNITY_CALENDAR = Query(
    "scheduling.get_community_calendar", takes=CommunityCalendar, gives=CalendarAddress, secret=True
)
READ_CALENDAR = Query("scheduling.read_calendar", takes=CalendarKey, gives=CalendarFile, public=True, streams=True)
