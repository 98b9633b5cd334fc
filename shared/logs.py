"""JSON logs, a line an event, with the district and the correlation id of the work at hand.

Names, contacts, tokens and codes never go into a log: what is logged are ids, counts, kinds and times. Of an exception
its kind and its frames are logged, not its message, which may quote anything.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

bind = structlog.contextvars.bound_contextvars
add = structlog.contextvars.bind_contextvars
"""What becomes known within a ``with bind(...)`` that named it."""


def configure(service: str, level: str = "INFO") -> None:
    """Send every log line, ours and the libraries', to stdout as JSON."""

    def of_service(logger: Any, method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        return {"service": service, **event}

    processors: list[structlog.types.Processor] = [
        of_service,
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=processors,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_message,
                structlog.processors.EventRenamer("message"),
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("amqp", "kombu", "pymongo", "nameko", "fontTools"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def frames(error: BaseException) -> list[str]:
    """Where it was raised: files, lines and functions, never values."""
    found = traceback.extract_tb(error.__traceback__)[-8:]
    return [f"{frame.filename.rsplit('/', 3)[-1]}:{frame.lineno} {frame.name}" for frame in found]


def _without_message(logger: Any, method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    told = event.pop("exc_info", None)
    error = told[1] if isinstance(told, tuple) else sys.exc_info()[1] if told is True else told
    if isinstance(error, BaseException):
        kinds: list[str] = []
        cause: BaseException | None = error
        while cause is not None and len(kinds) < 5:
            kinds.append(type(cause).__name__)
            cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
        event["exception"] = {"kinds": kinds, "frames": frames(error)}
    return event
