"""What the database refuses: who came second, and what is somebody's already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo.errors import BulkWriteError, DuplicateKeyError

from shared.mongo.tables import Table


class Taken(Exception):
    """A unique index refused a document; ``index`` names it."""

    def __init__(self, table: str, index: str) -> None:
        self.table = table
        self.index = index
        super().__init__(f"{table}: {index}")


class Raced(Exception):
    """Somebody changed a document between reading and saving it. The kernel repeats the use case."""


@contextmanager
def first_come(table: str) -> Iterator[None]:
    """Make what did not exist a moment ago. Raises :class:`Raced` when somebody else made it meanwhile."""
    try:
        yield
    except Taken:
        raise Raced(table) from None
    except (DuplicateKeyError, BulkWriteError) as error:
        if not _is_double(error):
            raise
        raise Raced(table) from None


def taken(table: Table, error: DuplicateKeyError | BulkWriteError) -> Taken | None:
    """Which unique index refused a document, when that is what the error tells."""
    if not _is_double(error):
        return None
    message = str(_failures(error)[0].get("errmsg", error))
    names = [index.name for index in table.indexes if index.unique and index.name in message]
    return Taken(table.name, names[0] if names else "_id_")


def _failures(error: DuplicateKeyError | BulkWriteError) -> list[Any]:
    details: Any = error.details or {}
    return (details.get("writeErrors") or [{}]) if isinstance(error, BulkWriteError) else [{"code": 11000, **details}]


def _is_double(error: DuplicateKeyError | BulkWriteError) -> bool:
    return bool(_failures(error)[0].get("code") == 11000)
