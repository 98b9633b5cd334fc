"""Roles in the district and its schools."""

from __future__ import annotations

from services.membership import calendar, codes, dating
from services.membership.domain import dated
from services.membership.snapshots import role_state
from services.membership.usecases.people import require_school
from shared import following, paging
from shared.contracts.events.membership import ROLE_CHANGED
from shared.errors import Conflict, Invalid, NotFound
from shared.messaging import Work
from shared.mongo import Doc

_IN_A_SCHOOL = ("school_operator", "principal")
_MOST = 200


def list_roles(work: Work, order: Doc) -> Doc:
    """All of a person's roles, past ones too, or those of a day, in the order they began."""
    work.allow(person_id=order["person_id"])
    work.store.people.require(order["person_id"], "membership.person_unknown")
    grants = dated.of_day(work.store.roles.find({"person_id": order["person_id"]}, limit=_MOST), order.get("on"))
    return paging.few(following.of_few(grants, order, "valid_from"), order).as_dict()


def grant_role(work: Work, order: Doc) -> Doc:
    """A role from a day on; the same one twice at a time is refused.

    Where it reaches beyond their school, a card that the school may have printed opens their account no more.
    """
    work.allow()
    dating.guard_roles(work)
    person = work.store.people.require(order["person_id"], "membership.person_unknown")
    _check_scope(work, order["role"], order["scope_id"])
    since = order["valid_from"] or calendar.today(work)
    dated.check_days(since, order["valid_until"])
    grant = {**order, "valid_from": since}
    for other in work.store.roles.find({"person_id": order["person_id"]}, limit=_MOST):
        same = (other["role"], other["scope_id"]) == (grant["role"], grant["scope_id"])
        if same and dated.overlap(other, grant):
            raise Conflict("membership.role_held")
    account = work.store.accounts.get(person["id"])
    if account is not None and grant["scope_id"] != person["npsn"]:
        codes.forget(work, account)
    return _tell(work, work.store.roles.insert(grant))


def revoke_role(work: Work, order: Doc) -> Doc:
    """The role stops counting at once, everywhere; that it was held stays on record.

    Nobody ends their own office as operator, and of two who end each other's one is refused: somebody stays."""
    work.allow()
    grant = work.store.roles.require(order["grant_id"])
    if grant["person_id"] != order["person_id"]:
        raise NotFound()
    if grant["role"] == "district_operator" and grant["person_id"] == work.caller.person_id:
        raise Conflict("membership.not_yourself")
    over = dated.day_before(calendar.today(work))
    if grant["valid_until"] is not None and grant["valid_until"] <= over:
        return grant
    return _tell(work, dating.redate(work, grant, grant["valid_from"], over))


def _check_scope(work: Work, role: str, npsn: str | None) -> None:
    if role in _IN_A_SCHOOL and npsn is None:
        raise Invalid.field("scope", "membership.role_needs_school")
    if role == "district_operator" and npsn is not None:
        raise Invalid.field("scope", "membership.role_has_no_school")
    if npsn is not None:
        require_school(work, npsn, "scope")


def _tell(work: Work, grant: Doc) -> Doc:
    work.emit(ROLE_CHANGED, role_state(grant), grant["version"])
    return grant
