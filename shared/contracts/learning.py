"""What learning answers to: inquiry cycles (API.md, "Learning")."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from shared.contracts.base import (
    Command,
    Contract,
    Query,
    Versioned,
    day,
    flag,
    identifier,
    moment,
    note,
    one_of,
    page_of,
    text,
)
from shared.contracts.external import RecordFilter, external_ids
from shared.contracts.words import CYCLE_STAGES, PHASES

MASTERY_LEVELS = 4
MOST_PUPILS = 100_000


def _pupils(**kwargs: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(0, MOST_PUPILS), **kwargs)


def _by_level(**kwargs: Any) -> fields.List[Any]:
    return fields.List(_pupils(), validate=validate.Length(equal=MASTERY_LEVELS), **kwargs)


class OpenCycle(Contract):
    """An inquiry cycle of a community, which begins with reflection.

    ``goal`` says what the pupils shall learn, ``phase`` is theirs (fase). The dates are what the community aims at.
    """

    community_id = identifier(required=True)
    title = text(required=True)
    goal = text(500, required=True)
    phase = one_of(*PHASES, load_default=None, allow_none=True)
    starts_on = day(load_default=None, allow_none=True)
    ends_on = day(load_default=None, allow_none=True)
    external_ids = external_ids(load_default=list)


class CycleId(Contract):
    """One cycle."""

    cycle_id = identifier(required=True)


class CycleFilter(RecordFilter):
    """The cycles of one community, the newest first."""

    community_id = identifier(required=True)


class ChangeCycle(Versioned):
    """Changes what is given and leaves the rest."""

    cycle_id = identifier(required=True)
    title = text()
    goal = text(500)
    phase = one_of(*PHASES, allow_none=True)
    starts_on = day(allow_none=True)
    ends_on = day(allow_none=True)
    external_ids = external_ids()


class AdvanceCycle(CycleId):
    """Moves a cycle on to its next stage. ``to``, where given, must be that one, so that nobody advances twice."""

    to = one_of(*CYCLE_STAGES[1:])


class Evaluation(Contract):
    """What came of a cycle: counts of pupils per mastery level, lowest first, before and after, of the same ``n``
    pupils; or ``measured: false`` with an honest reason (DOMAIN, "Results of pupils, without pupils")."""

    measured = flag(required=True)
    reason = text(500, load_default=None, allow_none=True)
    n = _pupils(load_default=None, allow_none=True)
    before = _by_level(load_default=None, allow_none=True)
    after = _by_level(load_default=None, allow_none=True)
    done_differently = note(2000, load_default=None, allow_none=True)


class EvaluateCycle(Evaluation, Versioned):
    """States or restates the results, while the cycle is in evaluation."""

    cycle_id = identifier(required=True)


class CycleSummary(Contract):
    """A cycle, as a list shows it."""

    id = identifier(required=True)
    community_id = identifier(required=True)
    title = text(required=True)
    goal = text(500, required=True)
    phase = one_of(*PHASES, required=True, allow_none=True)
    stage = one_of(*CYCLE_STAGES, required=True)
    starts_on = day(required=True, allow_none=True)
    ends_on = day(required=True, allow_none=True)
    external_ids = external_ids()
    version = fields.Integer(required=True)
    created_at = moment(required=True)
    updated_at = moment(required=True)


class CycleSession(Contract):
    """A meeting that belongs to the cycle; moments are UTC."""

    id = identifier(required=True)
    title = text(required=True)
    phase = one_of(*CYCLE_STAGES, required=True, allow_none=True)
    starts_at = moment(required=True)
    ends_at = moment(required=True)
    timezone = fields.String(required=True)
    status = one_of("scheduled", "cancelled", required=True)


class StageReached(Contract):
    """When the cycle came to a stage."""

    stage = one_of(*CYCLE_STAGES, required=True)
    at = moment(required=True)


class CycleView(CycleSummary):
    """A cycle with its history and its meetings (at most 200, in order of their start).

    ``evaluation`` is for members of the community, else ``null``.
    """

    stages = fields.List(fields.Nested(StageReached), required=True)
    sessions = fields.List(fields.Nested(CycleSession), required=True)
    evaluation = fields.Nested(Evaluation, required=True, allow_none=True)


OPEN_CYCLE = Command("learning.open_cycle", takes=OpenCycle, gives=CycleView)
LIST_CYCLES = Query("learning.list_cycles", takes=CycleFilter, gives=page_of(CycleSummary), scope="cycles:read")
GET_CYCLE = Query("learning.get_cycle", takes=CycleId, gives=CycleView, scope="cycles:read")
CHANGE_CYCLE = Command("learning.change_cycle", takes=ChangeCycle, gives=CycleView)
ADVANCE_CYCLE = Command("learning.advance_cycle", takes=AdvanceCycle, gives=CycleView)
EVALUATE_CYCLE = Command("learning.evaluate_cycle", takes=EvaluateCycle, gives=CycleView)
