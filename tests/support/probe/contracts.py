"""What the probes may be asked."""

from marshmallow import fields

from shared.contracts.base import Command, Contract, Query, identifier, text


class Found(Contract):
    """``seconds``: how long the command takes. ``refuse``: that it refuses after it did its work, by ``raise`` or by
    ``return``. ``fault``: that it breaks with this text."""

    name = text(required=True)
    community_id = identifier(load_default=None)
    seconds = fields.Float(load_default=0.0)
    refuse = fields.String(load_default=None)
    fault = fields.String(load_default=None)


class Rename(Contract):
    community_id = identifier(required=True)
    name = text(required=True)


class Which(Contract):
    community_id = identifier(required=True)


class Community(Contract):
    community_id = identifier(required=True)
    name = fields.String(required=True)
    version = fields.Integer(required=True)


class Said(Contract):
    said = fields.String(required=True)


FOUND = Command("membership.found", takes=Found, gives=Community)
RENAME = Command("membership.rename", takes=Rename, gives=Community)
GIVE_SECRET = Command("membership.give_secret", takes=Found, gives=Said, secret=True)
ECHO = Query("membership.echo", takes=Said, gives=Said)
REFUSE = Query("membership.refuse", takes=Said, gives=Said)

SEE = Query("scheduling.see", takes=Which, gives=Community)
REMARK = Command("scheduling.remark", takes=Which, gives=Community)
