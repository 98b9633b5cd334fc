"""An officer opens an inquiry cycle."""

from __future__ import annotations

from services.learning.domain import cycles
from services.learning.snapshots import cycle_state
from services.learning.views import cycle_view
from shared.communities import active_community
from shared.contracts.events.learning import CYCLE_OPENED
from shared.messaging import Work
from shared.mongo import Doc

_STATED = ("community_id", "title", "goal", "phase", "starts_on", "ends_on", "external_ids")


def open_cycle(work: Work, order: Doc) -> Doc:
    """The new cycle, in reflection, of which the community's members are told."""
    order["community_id"] = active_community(work.store, order["community_id"])["id"]
    work.allow(community_id=order["community_id"])
    cycles.check_dates(order["starts_on"], order["ends_on"])
    cycle = work.store.cycles.insert(
        {
            **{name: order[name] for name in _STATED},
            "stage": cycles.STAGES[0],
            "stages": [{"stage": cycles.STAGES[0], "at": work.now}],
            "evaluation": None,
        }
    )
    work.emit(CYCLE_OPENED, cycle_state(cycle), cycle["version"])
    return cycle_view(work.store, cycle, belongs=True)
