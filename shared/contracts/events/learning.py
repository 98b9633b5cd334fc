"""Events of learning: inquiry cycles."""

from shared.contracts.base import Contract, Event, flag, identifier, moment, one_of, text
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
    quiet = flag()


class WorkState(Contract):
    """A work that a community accepted from one of its teachers: a resource of theirs that its officers published.
    It counts since ``accepted_at``; one that was ``withdrawn`` counts no more."""

    work_id = identifier(required=True)
    community_id = identifier(required=True)
    person_id = identifier(required=True)
    accepted_at = moment(required=True)
    status = one_of("accepted", "withdrawn", required=True)


_TOLD = ("scheduling", "content", "notification")

CYCLE_OPENED = Event("learning.cycle_opened.v1", CycleState, "cycle", ("cycle_id",), _TOLD)
CYCLE_ADVANCED = Event("learning.cycle_advanced.v1", CycleState, "cycle", ("cycle_id",), _TOLD)
WORK_ACCEPTED = Event("learning.work_accepted.v1", WorkState, "work", ("work_id",), ("scheduling", "notification"))

PERSON_ERASURE_DONE = erasure_done("learning")
PERSON_EXPORT_DONE = export_done("learning")
