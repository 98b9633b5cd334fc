"""Founding districts, and letting an operator back in: what nobody can do through the API, for want of an operator."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from services.membership.domain import people
from services.membership.keyring import keyring
from services.membership.store import MembershipStore
from services.membership.usecases.activation import issue_code
from services.membership.usecases.create_district import create_district
from shared.errors import NotFound
from shared.messaging import Work
from shared.messaging.scripts import open_service
from shared.mongo import Doc
from shared.settings import Settings


def create(settings: Settings, district: str, *, name: str, timezone: str, operator_login: str) -> Doc:
    """Found a district with its first operator. Answers ``{district, person_id, username, code, expires_at}``.

    Raises :class:`shared.errors.Conflict` when it is there already, :class:`shared.errors.Invalid` for a time zone or
    login that cannot be. Its events go out as soon as membership runs.
    """
    return _run(
        settings,
        district,
        lambda work: create_district(work, name=name, timezone=timezone, operator_login=operator_login),
    )


def new_code(settings: Settings, district: str, login: str) -> Doc:
    """A new activation code for somebody who is locked out. Answers like :func:`create`.

    Raises :class:`shared.errors.NotFound` for an unknown district or login.
    """

    def issue(work: Work) -> Doc:
        person = work.store.people.one({"logins": login.strip().casefold()})
        if person is None or person["status"] not in people.PRESENT:
            raise NotFound()
        return {"district": district, **issue_code(work, person)}

    return _run(settings, district, issue)


def known(settings: Settings) -> list[Doc]:
    """Every district of the cell, by its id."""
    system = open_service(settings, "membership", MembershipStore).system
    return sorted(system.walk(MembershipStore.districts), key=lambda district: str(district["id"]))


def exists(settings: Settings, district: str) -> bool:
    """Whether the cell has this district."""
    return open_service(settings, "membership", MembershipStore).store(district).districts.get(district) is not None


def _run(settings: Settings, district: str, use_case: Callable[[Work], Any]) -> Doc:
    with _environment_of(settings):
        result: Doc = open_service(settings, "membership", MembershipStore).run(district, use_case)
    return result


@contextmanager
def _environment_of(settings: Settings) -> Iterator[None]:
    """Membership's use cases read its keys from the environment, as its own process does."""
    wanted = {
        "AMQP_URI": settings.amqp_uri,
        "MONGO_URI": settings.mongo_uri,
        "SANGGAR_SIGNING_KEY": settings.signing_key,
        "SANGGAR_CODE_KEY": settings.code_key,
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    keyring.cache_clear()
    try:
        yield
    finally:
        keyring.cache_clear()
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
