"""Shutting an account and opening it again."""

from __future__ import annotations

from services.membership import access, sight
from services.membership.authority import about
from services.membership.snapshots import person_state
from services.membership.transfers import check_here
from shared.contracts.events.membership import PERSON_CHANGED
from shared.errors import Conflict
from shared.messaging import Work
from shared.mongo import Doc


def disable_person(work: Work, order: Doc) -> Doc:
    """No login and no token of this person counts any more, within seconds, everywhere.

    Whoever has left the district has none, and does not get it back by being shut out and let in again."""
    person = work.store.people.require(order["person_id"], "membership.person_unknown")
    work.allow(**about(work, person))
    check_here(person)
    if person["id"] == work.caller.person_id:
        raise Conflict("membership.not_yourself")
    if person["status"] != "disabled":
        access.disable(work, person["id"])
        person = _with_status(work, person, "disabled")
    return sight.shown(work, person)


def enable_person(work: Work, order: Doc) -> Doc:
    """The person may log in again, with the password that they had or by the account elsewhere that is linked."""
    person = work.store.people.require(order["person_id"], "membership.person_unknown")
    work.allow(**about(work, person))
    if person["status"] == "disabled":
        access.enable(work, person["id"])
        person = _with_status(work, person, "active" if _has_a_way_in(work, person["id"]) else "invited")
    return sight.shown(work, person)


def _has_a_way_in(work: Work, person_id: str) -> bool:
    account = work.store.accounts.get(person_id)
    has_password = account is not None and account["hash"] is not None
    return has_password or work.store.identities.one({"person_id": person_id}) is not None


def _with_status(work: Work, person: Doc, status: str) -> Doc:
    saved: Doc = work.store.people.save({**person, "status": status})
    work.emit(PERSON_CHANGED, person_state(saved), saved["version"])
    return saved
