"""An officer states what came of a cycle."""

from __future__ import annotations

from services.learning.domain import cycles
from services.learning.views import cycle_view
from shared.communities import active_community
from shared.messaging import Work
from shared.mongo import Doc, check_version


def evaluate_cycle(work: Work, order: Doc) -> Doc:
    """The cycle with its evaluation, in the place of an earlier one. Figures stay in learning, and with the members."""
    cycle = work.store.cycles.require(order["cycle_id"], "learning.unknown_cycle")
    work.allow(community_id=cycle["community_id"])
    active_community(work.store, cycle["community_id"])
    check_version(cycle, order["version"])
    evaluation = cycles.evaluated(cycle["stage"], order)
    cycle = work.store.cycles.save({**cycle, "evaluation": evaluation})
    return cycle_view(work.store, cycle, belongs=True)
