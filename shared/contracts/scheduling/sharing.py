"""A session to be told of outside the platform: a text to paste into a chat, and the page that it leads to."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Contract, Query, district_id, moment, one_of, text
from shared.contracts.scheduling.meetings import SessionId
from shared.contracts.words import MODES

LONGEST_SHARED = 2000


class ShareView(Contract):
    """``text`` is in Indonesian, ready to be pasted; it ends with ``url``, which opens without a login and names
    nobody. The link to join an online meeting is not in it, for chats are forwarded."""

    text = text(LONGEST_SHARED, required=True)
    url = fields.String(required=True)


class PublicSession(Contract):
    """A session by the token of its public address."""

    district = district_id(required=True)
    share_token = text(100, required=True)


class PublicSessionView(Contract):
    """What anybody with the address may know of a session: no people, no link to join. ``when`` says day and local
    hours in the reader's language; ``zone`` is WIB, WITA or WIT."""

    title = text(required=True)
    goal = text(500, required=True)
    community = text(required=True)
    starts_at = moment(required=True)
    ends_at = moment(required=True)
    timezone = fields.String(required=True)
    zone = text(10, required=True)
    when = text(required=True)
    place = text(required=True, allow_none=True)
    mode = one_of(*MODES, required=True)
    status = one_of("scheduled", "cancelled", required=True)


SHARE_SESSION = Query("scheduling.share_session", takes=SessionId, gives=ShareView)
READ_PUBLIC_SESSION = Query("scheduling.read_public_session", takes=PublicSession, gives=PublicSessionView, public=True)
