"""Looking at cycles."""

from __future__ import annotations

from services.learning.views import cycle_view
from shared.communities import seen_community, whole
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
    where = [{"community_id": id_} for id_ in whole(work.store, [asked["community_id"]])]
    return work.store.cycles.page(where, asked, newest_first=True).as_dict()
