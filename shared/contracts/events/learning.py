"""Events of learning: inquiry cycles."""

from marshmallow import fields

from shared.contracts.base import Contract, Event, identifier, one_of, text
from shared.contracts.events.personal import erasure_done, export_done
from shared.contracts.words import CYCLE_STAGES


class CycleState(Contract):
    """An inquiry cycle of a community and the stage it has reached.

    ``quiet``: this change needs to be told to nobody, since only words changed and not the stage.
    """

    cycle_id = identifier(required=True)
    community_id = identifier(required=True)
    title = text(required=True)
    goal = text(500, required=True)
    stage = one_of(*CYCLE_STAGES, required=True)
    quiet = fields.Boolean()


_TOLD = ("scheduling", "content", "notification")

CYCLE_OPENED = Event("learning.cycle_opened.v1", CycleState, "cycle", ("cycle_id",), _TOLD)
CYCLE_ADVANCED = Event("learning.cycle_advanced.v1", CycleState, "cycle", ("cycle_id",), _TOLD)

PERSON_ERASURE_DONE = erasure_done("learning")
PERSON_EXPORT_DONE = export_done("learning")
