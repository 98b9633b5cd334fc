"""One-time activation codes: derived, so that a card can be printed again, and kept as what is useless to a reader
(docs/decisions/0030, 0115)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.membership.domain import accounts
from services.membership.keyring import keyring
from shared.messaging import Work
from shared.mongo import Doc, Raced, Taken


class Code(NamedTuple):
    """A code as printed, and the moment (UTC) up to which it counts."""

    text: str
    expires_at: datetime


def issue(work: Work, person: Doc) -> Doc:
    """The next code of a person; the one before is worth nothing any more."""
    account = work.store.accounts.get(person["id"]) or work.store.accounts.insert(no_account(person))
    forget(work, account)
    account = work.store.accounts.save({**account, "codes": account["codes"] + 1})
    expires_at = work.now + accounts.CODE_LIFE
    work.store.activations.insert(_activation(work, person["id"], account["codes"], expires_at))
    code = _printed(work, person["id"], account["codes"])
    return {"person_id": person["id"], "username": person["username"], "code": code, "expires_at": expires_at}


def printed(work: Work, people: Sequence[Doc]) -> dict[str, Code]:
    """The present code of each of these people, by their id: the same as long as it counts.

    Who has none gets one; one with less than half of its life left is given a whole life again.
    """
    known = work.store.accounts.get_many(person["id"] for person in people)
    kept = work.store.activations.get_many(_kept_as(work, id_, each["codes"]) for id_, each in known.items())
    codes, made, prolonged, newcomers = {}, [], {}, []
    for person in people:
        account = known.get(person["id"]) or no_account(person)
        activation = kept.get(_kept_as(work, person["id"], account["codes"]))
        expires_at = work.now + accounts.CODE_LIFE
        if activation is None or activation["expires_at"] <= work.now:
            account["codes"] += 1
            made.append(_activation(work, person["id"], account["codes"], expires_at))
            if person["id"] in known:
                work.store.accounts.save(account)
            else:
                newcomers.append(account)
        elif activation["expires_at"] - work.now < accounts.CODE_LIFE / 2:
            prolonged[activation["id"]] = {"expires_at": expires_at}
        else:
            expires_at = activation["expires_at"]
        codes[person["id"]] = Code(_printed(work, person["id"], account["codes"]), expires_at)
    try:
        work.store.accounts.insert_many(newcomers)
        work.store.activations.insert_many(made)
    except Taken as taken:
        raise Raced(taken.table) from None
    work.store.activations.update_many(prolonged)
    return codes


def forget(work: Work, account: Doc) -> None:
    """The code on the account's last card is worth nothing any more."""
    if account["codes"]:
        work.store.activations.delete(_kept_as(work, account["id"], account["codes"]))


def no_account(person: Doc) -> Doc:
    """The account of somebody who has set no password and was given no code."""
    return {"id": person["id"], "hash": None, "codes": 0}


def _activation(work: Work, person_id: str, number: int, expires_at: datetime) -> Doc:
    return {"id": _kept_as(work, person_id, number), "person_id": person_id, "expires_at": expires_at}


def _printed(work: Work, person_id: str, number: int) -> str:
    return keyring(work.settings).code(work.district, person_id, number)


def _kept_as(work: Work, person_id: str, number: int) -> str:
    return keyring(work.settings).code_id(work.district, _printed(work, person_id, number))
