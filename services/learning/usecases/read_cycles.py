"""Looking at cycles."""

from __future__ import annotations

from services.learning.usecases.community import seen_community
from services.learning.views import cycle_view
from shared.messaging import Work
from shared.mongo import Doc


def get_cycle(work: Work, asked: Doc) -> Doc:
    """The cycle with its meetings; not found by others once its community is archived."""
    cycle = work.store.cycles.require(asked["cycle_id"], "learning.unknown_cycle")
    work.allow(community_id=cycle["community_id"])
    return cycle_view(work.store, cycle, belongs=seen_community(work, cycle["community_id"]))


def list_cycles(work: Work, asked: Doc) -> Doc:
    """The cycles of a community, the newest first."""
    work.allow(community_id=asked["community_id"])
    seen_community(work, asked["community_id"])
    return work.store.cycles.page({"community_id": asked["community_id"]}, asked, newest_first=True).as_dict()
