"""Wrong passwords slow further tries down, and lock nobody out (docs/decisions/0036)."""

from __future__ import annotations

from collections.abc import Mapping

from services.membership.domain import accounts
from services.membership.keyring import keyring
from shared.errors import TooMany
from shared.messaging import Work
from shared.mongo import first_come

Watched = Mapping[str, int]
"""Under which ids failures are counted, each with how many of them are free."""


def of_login(work: Work, whose: str) -> Watched:
    """The tries to log in as ``whose``: those from where this one comes, and all of them."""
    here = keyring(work.settings).pseudonym(work.district, f"{whose}@{accounts.place_of(work.address)}")
    return {here: accounts.FREE_FAILURES, whose: accounts.FREE_EVERYWHERE}


def of_change(person_id: str) -> Watched:
    """The tries of somebody who is logged in to say their present password."""
    return {f"{person_id}/change": accounts.FREE_FAILURES}


def check(work: Work, watched: Watched) -> None:
    """Raises :class:`TooMany` while further tries must wait."""
    wait = 0.0
    for id_, record in work.store.failures.get_many(watched).items():
        failures = sum(accounts.recent(record["minutes"], work.now).values())
        wait = max(wait, accounts.pause(failures, record["last_at"], work.now, watched[id_]))
    if wait > 0:
        raise TooMany("membership.slow_down", retry_after=wait, seconds=round(wait) or 1)


def count(work: Work, watched: Watched) -> None:
    """One more failure; what counts it must be committed though the try is refused."""
    for id_ in watched:
        record = work.store.failures.get(id_)
        minutes = accounts.counted(record["minutes"] if record else {}, work.now)
        seen = {"minutes": minutes, "last_at": work.now, "expires_at": work.now + accounts.FAILURES_KEPT}
        if record is not None:
            work.store.failures.save({**record, **seen})
        else:
            with first_come("login_failures"):
                work.store.failures.insert({"id": id_, **seen})
