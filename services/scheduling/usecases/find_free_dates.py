"""An officer asks whether dates are free, before anything is set."""

from __future__ import annotations

from datetime import date

from services.scheduling.domain import zones
from services.scheduling.domain.clashes import Slot
from services.scheduling.domain.series import Pattern, begin, horizon
from services.scheduling.usecases import meeting
from services.scheduling.usecases.looking_around import clashes_of
from shared.communities import active_community
from shared.messaging import Work
from shared.mongo import Doc

_ONCE = "FREQ=DAILY;COUNT=1"


def find_free_dates(work: Work, asked: Doc) -> Doc:
    """What the date, or the dates of a rule, would clash with, and free ones in their place."""
    community_id = active_community(work.store, asked["community_id"])["id"]
    work.allow(community_id=community_id)
    zone = asked["timezone"] or meeting.district_zone(work)
    times = {name: asked[name] for name in ("starts_on", "starts_at", "duration_minutes")}
    pattern = begin(Pattern.of({**times, "rrule": asked["rrule"] or _ONCE, "timezone": zone}), work.now)
    through = max(horizon(zones.local_day(work.now, zone)), date.fromisoformat(asked["starts_on"]))
    coming = [each for each in pattern.occurrences(through) if each.starts_at > work.now]
    return clashes_of(work, community_id, [Slot(*each) for each in coming])
