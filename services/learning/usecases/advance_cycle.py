"""An officer moves a cycle on to its next stage."""

from __future__ import annotations

from services.learning.domain import cycles
from services.learning.snapshots import cycle_state
from services.learning.views import cycle_view
from shared.communities import active_community
from shared.contracts.events.learning import CYCLE_ADVANCED
from shared.messaging import Work
from shared.mongo import Doc


def advance_cycle(work: Work, order: Doc) -> Doc:
    """The cycle at its next stage, of which the community's members are told. To close it takes an evaluation."""
    cycle = work.store.cycles.require(order["cycle_id"], "learning.unknown_cycle")
    work.allow(community_id=cycle["community_id"])
    active_community(work.store, cycle["community_id"])
    stage = cycles.next_stage(cycle["stage"], order.get("to"), cycle["evaluation"])
    reached = [*cycle["stages"], {"stage": stage, "at": work.now}]
    cycle = work.store.cycles.save({**cycle, "stage": stage, "stages": reached})
    work.emit(CYCLE_ADVANCED, cycle_state(cycle), cycle["version"])
    return cycle_view(work.store, cycle, belongs=True)
