"""One-time activation codes, as printed on a card."""

from __future__ import annotations

from services.membership.authority import about
from services.membership.domain import accounts, people
from services.membership.keyring import keyring
from shared.errors import Conflict
from shared.messaging import Work
from shared.mongo import Doc


def issue_activation(work: Work, order: Doc) -> Doc:
    """A new code for somebody who has none, lost it, or forgot their password."""
    person = work.store.people.require(order["person_id"])
    work.allow(**about(work, person))
    if person["status"] not in people.PRESENT:
        raise Conflict("membership.person_disabled")
    return issue_code(work, person)


def issue_code(work: Work, person: Doc) -> Doc:
    """The next code of a person; the one before is worth nothing any more."""
    account = work.store.accounts.get(person["id"]) or work.store.accounts.insert(
        {"id": person["id"], "hash": None, "codes": 0}
    )
    if account["codes"]:
        work.store.activations.delete(_code_id(work, person, account["codes"]))
    account = work.store.accounts.save({**account, "codes": account["codes"] + 1})
    expires = work.now + accounts.CODE_LIFE
    code = keyring().code(work.district, person["id"], account["codes"])
    work.store.activations.insert(
        {"id": _code_id(work, person, account["codes"]), "person_id": person["id"], "expires_at": expires}
    )
    return {"person_id": person["id"], "username": person["username"], "code": code, "expires_at": expires}


def _code_id(work: Work, person: Doc, number: int) -> str:
    return keyring().code_id(work.district, keyring().code(work.district, person["id"], number))
