"""An officer restates a cycle: its title, goal, the pupils' phase, the dates aimed at."""

from __future__ import annotations

from services.learning.domain import cycles
from services.learning.snapshots import cycle_state
from services.learning.views import cycle_view
from shared.communities import active_community
from shared.contracts.events.learning import CYCLE_ADVANCED
from shared.messaging import Work
from shared.mongo import Doc, check_version

_STATED = ("title", "goal", "phase", "starts_on", "ends_on", "external_ids")


def change_cycle(work: Work, order: Doc) -> Doc:
    """The cycle as it is now. Other services hear of new words, members need not."""
    before = work.store.cycles.require(order["cycle_id"], "learning.unknown_cycle")
    work.allow(community_id=before["community_id"])
    active_community(work.store, before["community_id"])
    check_version(before, order["version"])
    cycles.check_open(before["stage"])
    after = {**before, **{name: order[name] for name in _STATED if name in order}}
    cycles.check_dates(after["starts_on"], after["ends_on"])
    after = work.store.cycles.save(after)
    work.emit(CYCLE_ADVANCED, cycle_state(after, quiet=True), after["version"])
    return cycle_view(work.store, after, belongs=True)
