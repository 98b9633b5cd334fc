"""What a session is about, and who has which role on the day (API.md, "Scheduling")."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Command, Contract, Query, Versioned, identifier, moment, text
from shared.contracts.scheduling.commitments import CommitmentView, Named
from shared.contracts.scheduling.meetings import SessionId

MOST_ITEMS = 50
LONGEST_ITEM = 480


class AgendaItem(Contract):
    """One item. ``minutes`` is how long it may take, ``owner_id`` the member who leads it, ``commitment_id`` the open
    commitment that it follows up."""

    title = text(required=True)
    minutes = fields.Integer(strict=True, load_default=None, allow_none=True, validate=validate.Range(1, LONGEST_ITEM))
    owner_id = identifier(load_default=None, allow_none=True)
    commitment_id = identifier(load_default=None, allow_none=True)


class DayRoles(Contract):
    """Who moderates, takes notes and hosts; a role that is left out stays as it was, with ``null`` nobody has it."""

    moderator = identifier(allow_none=True)
    note_taker = identifier(allow_none=True)
    host = identifier(allow_none=True)


class SetAgenda(SessionId, Versioned):
    """The agenda as a whole. Saved for the first time without ``roles``, those that were proposed are taken."""

    items = fields.List(fields.Nested(AgendaItem), required=True, validate=validate.Length(max=MOST_ITEMS))
    roles = fields.Nested(DayRoles, load_default=dict)


class AgendaView(Contract):
    """A session's agenda. While nobody has saved one, ``version`` is 0, ``items`` are drawn from the open commitments,
    and ``roles`` are ``proposed_roles``.

    ``proposed_roles`` go round among those who are present, or, before the meeting, have not declined: whoever had a
    role longest ago comes next. ``open_commitments`` are those of earlier meetings, the first due first (at most 50).
    ``people`` are those whom the agenda speaks of.
    """

    session_id = identifier(required=True)
    items = fields.List(fields.Nested(AgendaItem), required=True)
    roles = fields.Nested(DayRoles, required=True)
    proposed_roles = fields.Nested(DayRoles, required=True)
    open_commitments = fields.List(fields.Nested(CommitmentView), required=True)
    people = fields.List(fields.Nested(Named), required=True)
    version = fields.Integer(required=True)
    updated_at = moment(required=True, allow_none=True)


GET_AGENDA = Query("scheduling.get_agenda", takes=SessionId, gives=AgendaView)
SET_AGENDA = Command("scheduling.set_agenda", takes=SetAgenda, gives=AgendaView)
