"""Following a list by what changed in it, and finding a record by what another system calls it.

Both are filters of any list that goes through :meth:`shared.mongo.Collection.page` (docs/decisions/0092).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared import clock

Doc = dict[str, Any]
Where = Mapping[str, Any]

CHANGED = "updated_at"
KNOWN_AS = "known_as"
"""The field that says which rows of the register of external ids are a document's."""

# The clock of another replica may be ahead by so much.
_AHEAD = timedelta(minutes=1)


def span(since: datetime) -> tuple[datetime, datetime]:
    """The moments from ``since`` to now."""
    now = clock.now() + _AHEAD
    return min(since, now), now


def scopes(indexed: Iterable[Sequence[str]], wheres: Iterable[Where]) -> list[Doc]:
    """What of each filter an index of changes serves, each once: the longest of ``indexed`` whose fields it names."""
    followed = [fields[:-1] for fields in indexed if fields[-1] == CHANGED]
    found: list[Doc] = []
    for where in wheres:
        served = [fields for fields in followed if all(name in where for name in fields)]
        if not served:
            raise ValueError(f"no index serves changes of {sorted(where)}")
        scope = {name: where[name] for name in max(served, key=len)}
        if scope not in found:
            found.append(scope)
    return found


def keeping(wheres: Sequence[Where], request: Where, keep: Callable[[Doc], bool] | None) -> Callable[[Doc], bool]:
    """Whether a document is of a list with these filters, and changed since the request asks."""
    since: datetime | None = request.get("updated_since")

    def kept(doc: Doc) -> bool:
        listed = any(_fits(doc, where) for where in wheres) and (keep is None or keep(doc))
        return listed and (since is None or doc[CHANGED] >= since)

    return kept


def of_few(docs: Iterable[Doc], request: Where, *usual: str) -> list[Doc]:
    """A list that is read as a whole, by ``usual``; with ``updated_since`` what changed since then, in that order."""
    since: datetime | None = request.get("updated_since")
    if since is None:
        return sorted(docs, key=lambda doc: [doc[name] for name in usual])
    return sorted((doc for doc in docs if doc[CHANGED] >= since), key=lambda doc: doc[CHANGED])


def keys(doc: Doc) -> list[str]:
    """A document's external ids as ``<system>:<id>``."""
    return sorted(f"{name['system']}:{name['id']}" for name in doc.get("external_ids") or ())


def _fits(doc: Doc, where: Where) -> bool:
    return all(_holds(doc.get(name), value) for name, value in where.items())


def _holds(present: Any, wanted: Any) -> bool:
    return wanted in present if isinstance(present, list) else bool(present == wanted)
