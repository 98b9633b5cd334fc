"""Looking at series."""

from __future__ import annotations

from services.scheduling.views import series_view
from shared.communities import seen_community, whole
from shared.messaging import Work
from shared.mongo import Doc


def get_series(work: Work, asked: Doc) -> Doc:
    """The series; not found by others once its community is archived."""
    series = work.store.series.require(asked["series_id"], "scheduling.unknown_series")
    work.allow(community_id=series["community_id"])
    return series_view(series, belongs=seen_community(work, series["community_id"]), now=work.now)


def list_series(work: Work, asked: Doc) -> Doc:
    """The series of a community, in the order in which they were started."""
    work.allow(community_id=asked["community_id"])
    belongs = seen_community(work, asked["community_id"])
    page = work.store.series.page([{"community_id": id_} for id_ in whole(work.store, [asked["community_id"]])], asked)
    return page.as_dict(lambda doc: series_view(doc, belongs=belongs, now=work.now))
