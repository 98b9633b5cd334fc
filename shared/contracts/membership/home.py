"""What of membership waits for a person's decision, for their first page; long texts are shortened."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Contract, Query, flag, identifier, moment, one_of, text


class WaitingRequest(Contract):
    """Somebody (``name``) asks to join a community that the reader leads, or proposes one that the reader may found."""

    kind = one_of("join_request", "proposal", required=True)
    id = identifier(required=True)
    community_id = identifier(required=True, allow_none=True)
    community = text(required=True)
    name = text(required=True)
    asked_at = moment(required=True)


class WaitingRequests(Contract):
    """Those that wait the longest; ``more``: there are others."""

    items = fields.List(fields.Nested(WaitingRequest), required=True)
    more = flag(required=True)


SHOW_WAITING = Query("membership.show_waiting", gives=WaitingRequests)
