"""Transfers: somebody goes to another school, comes into the district or leaves it, on a day past, present or to come
(docs/decisions/0107).

Each function collects into an :class:`Enrolment`, whose ``save`` writes it. Conflicts are raised before anything is
collected, so that whoever carries out many may leave one out and go on.
"""

from __future__ import annotations

from functools import partial

from services.membership import access, departures
from services.membership.domain import assignments, dated, duties
from services.membership.enrolment import Enrolment, facts_of
from shared.errors import Conflict
from shared.ids import new_id
from shared.mongo import Doc

_MOST = 200
GONE = "ended"


def move(
    enrolment: Enrolment,
    person: Doc,
    npsn: str,
    *,
    kind: str = "within",
    day: str | None = None,
    duty: str | None = None,
    stays: bool = False,
) -> Doc:
    """Another primary school from ``day`` (today unless said) on, for somebody of the district (``within``) or who
    comes (back) into it (``in``). Answers the transfer's record.

    Without ``duty`` they keep theirs, but for that of leading a school: a principal is appointed, not carried along.
    Who ``stays`` goes on at the school before, as one beside the new one. Raises :class:`Conflict`.
    """
    day = day or enrolment.today
    facts = _checked(enrolment, person, kind)
    before = assignments.primary_on(facts, day)
    if kind == "in" and before is not None:
        raise Conflict("membership.has_a_school", npsn=before["npsn"])
    if duty is None and before is not None and not duties.leads_school(before["duty"]):
        duty = before["duty"]
    plan = assignments.moved(facts, person["id"], npsn, day=day, duty=duty)
    _rewrite(enrolment, person, facts, plan.ended)
    enrolment.begin(person, plan.begun)
    if stays and before is not None:
        as_before = {"duty": before["duty"], "since": day, "until": before["valid_until"]}
        enrolment.begin(person, assignments.begun(person["id"], before["npsn"], primary=False, **as_before))
    record = {"from_npsn": before and before["npsn"], "to_npsn": npsn, "begun_id": plan.begun["id"]}
    return _recorded(enrolment, person, kind, day, {**record, "ended": _ends(facts, plan.ended)})


def leave(enrolment: Enrolment, person: Doc, *, day: str | None = None) -> Doc:
    """From ``day`` (today unless said) on the person teaches nowhere in the district, belongs to no community, has no
    role and no login; their record stays. Answers the transfer's record. Raises :class:`Conflict`."""
    day = day or enrolment.today
    facts = _checked(enrolment, person, "out")
    before = assignments.primary_on(facts, day)
    ended = assignments.left(facts, day)
    _rewrite(enrolment, person, facts, ended)
    record = {"from_npsn": before and before["npsn"], "to_npsn": None, "begun_id": None}
    return _recorded(enrolment, person, "out", day, {**record, "ended": _ends(facts, ended)})


def cancel(enrolment: Enrolment, person: Doc, transfer: Doc) -> Doc:
    """Take back a transfer whose day has not come: what it ended goes on, what it began never was.

    Raises :class:`Conflict` when other facts have come in between.
    """
    facts = facts_of(enrolment.work, person["id"])
    undone = assignments.undone(facts, transfer["begun_id"], dict(transfer["ended"]), transfer["effective_on"])
    _rewrite(enrolment, person, facts, undone)
    saved: Doc = enrolment.work.store.transfers.save({**transfer, "status": "cancelled"})
    return saved


def stand_in(enrolment: Enrolment, person: Doc, fact: Doc, after: Doc) -> None:
    """``after`` stands from now on where ``fact`` stood: a planned transfer that is cancelled has it go on."""
    for planned in _planned(enrolment, person):
        ended = [[after["id"] if id_ == fact["id"] else id_, until] for id_, until in planned["ended"]]
        if ended != planned["ended"]:
            enrolment.work.store.transfers.save({**planned, "ended": ended})


def carry_out_due(enrolment: Enrolment, person: Doc) -> None:
    """What was planned for the person, and whose day has come."""
    for transfer in _planned(enrolment, person):
        if transfer["effective_on"] <= enrolment.today:
            _carry_out(enrolment, person, transfer)
            enrolment.work.store.transfers.save({**transfer, "status": "done"})


def check_here(person: Doc) -> None:
    """Raises :class:`Conflict` for somebody who has left the district."""
    if person["status"] == GONE:
        raise Conflict("membership.person_gone")


def check_stays(enrolment: Enrolment, person: Doc, fact: Doc) -> None:
    """Raises :class:`Conflict` when somebody would still teach in the district after they have left it, or are to."""
    if person["status"] == GONE and not dated.is_over(fact, enrolment.today):
        check_here(person)
    for planned in _planned(enrolment, person):
        if planned["kind"] == "out" and not dated.is_over(fact, planned["effective_on"]):
            raise Conflict("membership.transfer_planned", day=planned["effective_on"])


def _checked(enrolment: Enrolment, person: Doc, kind: str) -> list[Doc]:
    """The person's facts. Raises :class:`Conflict` when such a transfer makes no sense for them now."""
    if kind != "in":
        check_here(person)
    for planned in _planned(enrolment, person):
        raise Conflict("membership.transfer_planned", day=planned["effective_on"])
    return facts_of(enrolment.work, person["id"])


def _planned(enrolment: Enrolment, person: Doc) -> list[Doc]:
    found = enrolment.work.store.transfers.find({"person_id": person["id"]}, limit=_MOST)
    return [transfer for transfer in found if transfer["status"] == "planned"]


def _rewrite(enrolment: Enrolment, person: Doc, facts: list[Doc], wanted: list[Doc]) -> None:
    known = {fact["id"]: fact for fact in facts}
    for after in wanted:
        enrolment.rewrite(person, known[after["id"]], after)


def _ends(facts: list[Doc], ended: list[Doc]) -> list[list[str | None]]:
    before = {fact["id"]: fact["valid_until"] for fact in facts}
    return [[fact["id"], before[fact["id"]]] for fact in ended]


def _recorded(enrolment: Enrolment, person: Doc, kind: str, day: str, what: Doc) -> Doc:
    come = day <= enrolment.today
    transfer = {
        "id": new_id(),
        "person_id": person["id"],
        "kind": kind,
        "effective_on": day,
        "status": "done" if come else "planned",
        **what,
    }
    if come:
        _carry_out(enrolment, person, transfer)
    enrolment.note_day(person["id"], day)
    enrolment.change(person, {})
    recorded: Doc = enrolment.work.store.transfers.insert(transfer)
    return recorded


def _carry_out(enrolment: Enrolment, person: Doc, transfer: Doc) -> None:
    """What a transfer changes beyond where the person teaches."""
    work = enrolment.work
    if transfer["kind"] == "out":
        enrolment.change(person, {"status": GONE})
        enrolment.afterwards(partial(departures.from_district, work, person, transfer["effective_on"]))
    elif transfer["kind"] == "in" and person["status"] == GONE:
        account = work.store.accounts.get(person["id"])
        enrolment.change(person, {"status": "active" if account and account["hash"] else "invited"})
        access.enable(work, person["id"])
