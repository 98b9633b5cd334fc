"""Who may do what on the broker: one user a service, with only what it needs (DESIGN 5, "Trust").

A service that is taken over can neither speak in another's name nor read what others are told. RabbitMQ matches each
expression against the names of exchanges and queues; the default exchange is called ``amq.default`` there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from shared.contracts.words import SERVICES
from shared.messaging import topology

OPERATOR = "operator"
"""Declares exchanges, queues and bindings, and looks after dead letters. Its password is the operator's alone."""

GATEWAY = "gateway"
USERS = (OPERATOR, GATEWAY, *SERVICES)

_NOTHING = "^$"
_ANY_BUT_DEFAULT = r"^(?!amq\.default$).+"
_REPLY_QUEUES = r"replies\.gateway\..+"


class Permissions(NamedTuple):
    """What a user may declare, write to (publish, bind a queue) and read from (consume, bind to an exchange)."""

    configure: str
    write: str
    read: str


def permissions_of(user: str) -> Permissions:
    """The permissions of one of :data:`USERS`."""
    if user == OPERATOR:
        return Permissions(".+", _ANY_BUT_DEFAULT, ".+")
    replies = re.escape(topology.REPLIES.name)
    if user == GATEWAY:
        # Each worker process declares a reply queue of its own.
        requests = [re.escape(topology.rpc_exchange(service).name) for service in SERVICES]
        return Permissions(
            _one_of([replies, _REPLY_QUEUES]), _one_of([_REPLY_QUEUES, *requests]), _one_of([replies, _REPLY_QUEUES])
        )
    own = [topology.events_exchange(user).name, topology.inbox_exchange(user).name]
    queues = [topology.inbox_name(user), topology.dead_name(user), topology.rpc_name(user)]
    return Permissions(
        _NOTHING, _one_of([*map(re.escape, own), replies]), _one_of([re.escape(queue) for queue in queues])
    )


def _one_of(expressions: Sequence[str]) -> str:
    return f"^({'|'.join(expressions)})$"
