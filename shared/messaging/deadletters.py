"""Dead letters: messages that failed for good, kept with their cause until an operator replays or drops them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bson.binary import Binary
from pymongo.database import Database

from shared import clock, logs, metrics
from shared.ids import is_id, new_id
from shared.messaging import topology
from shared.messaging.wire import Delivery, Outgoing, Wire
from shared.mongo import Doc

TABLE = "dead_letters"
_log = logs.get(__name__)


def keep(
    database: Database[Doc], delivery: Delivery, reason: str, attempts: int, error: BaseException | None = None
) -> None:
    """Keep a message as a dead letter; repeating it changes nothing but the time and the count.

    ``reason`` is ``failed`` (every rung of the ladder), ``poison`` (it kept killing its process), ``malformed``,
    ``missing_reference`` or ``delivery_limit``.
    """
    message_id = _plain(delivery.properties.get("message_id"))
    id_ = message_id if is_id(message_id) else new_id()
    database[TABLE].update_one(
        {"_id": id_},
        {
            "$set": {
                "reason": reason,
                "type": _plain(delivery.properties.get("type")),
                "exchange": _plain(delivery.headers.get("x-origin") or delivery.exchange),
                "routing_key": delivery.routing_key,
                "body": Binary(delivery.body),
                "attempts": attempts,
                "error": None if error is None else type(error).__name__,
                "where": None if error is None else logs.frames(error),
                "last_at": clock.now(),
            },
            "$setOnInsert": {"lane": 0, "first_at": clock.now()},
        },
        upsert=True,
    )
    metrics.DEAD_LETTERS.labels(reason).inc()
    _log.error("dead letter", reason=reason, event_id=id_, type=_plain(delivery.properties.get("type")))


def entries(database: Database[Doc]) -> Iterator[Doc]:
    """Every dead letter of a service, without its body."""
    return iter(database[TABLE].find({}, {"body": 0}))


def show(database: Database[Doc], id_: str) -> Doc | None:
    """One dead letter with its body, or ``None``."""
    return database[TABLE].find_one({"_id": id_})


def replay(database: Database[Doc], wire: Wire, service: str, id_: str) -> bool:
    """Put a dead letter back into its service's inbox, confirmed, then forget it. Returns whether it was there.

    ``wire`` is a started connection with confirms. Replaying twice is safe: the inbox record knows what was done.
    Raises ``LookupError`` when the inbox is not bound; the letter is kept.
    """
    letter = show(database, id_)
    if letter is None:
        return False
    unroutable = wire.publish_confirmed(
        [
            Outgoing(
                body=bytes(letter["body"]),
                exchange=topology.inbox_exchange(service).name,
                routing_key=topology.INBOX_KEY,
                message_id=id_,
                headers={"x-origin": letter["exchange"]},
                properties={"type": letter["type"]},
            )
        ],
        timeout=20,
    )
    if unroutable:
        raise LookupError("the inbox is not bound; run `sanggar migrate`")
    return drop(database, id_)


def drop(database: Database[Doc], id_: str) -> bool:
    """Forget a dead letter for good. Returns whether it was there."""
    return database[TABLE].delete_one({"_id": id_}).deleted_count == 1


def died_by_limit(headers: Mapping[str, Any]) -> int:
    """How often the broker says that it delivered a message that it dead-lettered itself."""
    deaths = headers.get("x-death")
    return sum(int(death.get("count", 0)) for death in deaths) if isinstance(deaths, list) else 0


def _plain(value: Any) -> str:
    """What a stranger's message says of itself, as a short text that can be stored."""
    return str(value or "").encode(errors="replace").decode()[:200]
