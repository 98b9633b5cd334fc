"""Founding districts, and letting an operator back in: what nobody can do through the API, for want of an operator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from services.membership import codes
from services.membership.domain import people
from services.membership.store import MembershipStore
from services.membership.usecases.create_district import create_district
from shared.errors import NotFound
from shared.messaging import SystemWork, Work, audit
from shared.messaging.scripts import open_service
from shared.mongo import Doc
from shared.settings import Settings


def create(settings: Settings, district: str, *, name: str, timezone: str, operator_login: str) -> Doc:
    """Found a district with its first operator. Answers ``{district, person_id, username, code, expires_at}``.

    Raises :class:`shared.errors.Conflict` when it is there already, :class:`shared.errors.Invalid` for a time zone or
    login that cannot be. Its events go out as soon as membership runs.
    """

    def found(work: Work) -> Doc:
        card: Doc = create_district(work, name=name, timezone=timezone, operator_login=operator_login)
        audit.by_hand(work, "sanggar.create_district", f"district:{district}")
        return card

    return _run(settings, district, found)


def new_code(settings: Settings, district: str, login: str) -> Doc:
    """A new activation code for somebody who is locked out. Answers like :func:`create`.

    Raises :class:`shared.errors.NotFound` for an unknown district or login.
    """

    def issue(work: Work) -> Doc:
        person = work.store.people.one({"logins": login.strip().casefold()})
        if person is None or person["status"] not in people.PRESENT:
            raise NotFound()
        audit.by_hand(work, "sanggar.issue_code", f"person:{person['id']}")
        return {"district": district, **codes.issue(work, person)}

    return _run(settings, district, issue)


def known(settings: Settings) -> list[Doc]:
    """Every district of the cell, by its id."""
    with _membership(settings) as membership:
        found = list(membership.system.walk(MembershipStore.districts))
    return sorted(found, key=lambda district: str(district["id"]))


def exists(settings: Settings, district: str) -> bool:
    """Whether the cell has this district."""
    with _membership(settings) as membership:
        return membership.store(district).districts.get(district) is not None


def _run(settings: Settings, district: str, use_case: Callable[[Work], Any]) -> Doc:
    with _membership(settings) as membership:
        result: Doc = membership.run(district, use_case)
    return result


@contextmanager
def _membership(settings: Settings) -> Iterator[SystemWork]:
    work = open_service(settings, "membership", MembershipStore)
    try:
        yield work
    finally:
        work.system.database.client.close()
