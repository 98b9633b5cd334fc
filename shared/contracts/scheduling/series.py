"""Changing a series, letting it rest and go on (API.md, "Scheduling")."""

from __future__ import annotations

from shared.contracts.base import Command, Versioned, day, identifier, one_of, text
from shared.contracts.external import external_ids
from shared.contracts.scheduling.meetings import (
    ZONES,
    SeriesId,
    SeriesView,
    capacity,
    closing_minutes,
    join_url,
    length_in_minutes,
    local_time,
    scope,
    single_days,
)
from shared.contracts.words import CYCLE_STAGES, MODES


class ChangeSeries(Versioned):
    """Changes what is given of a series and leaves the rest; ``exdates`` and ``rdates`` are given whole.

    What has begun stays. With another rule or first day its ``COUNT`` counts from there. A coming session keeps its
    answers where it still has a date of its week (of its month, for monthly rules); the others are called off.

    ``scope``: this series alone; also those that were split off it later (``following``); or all that were one once:
    then only what they have in common may be given, not the rule, its first day or single days.
    """

    series_id = identifier(required=True)
    scope = scope()
    title = text()
    goal = text(500)
    rrule = text()
    starts_on = day()
    starts_at = local_time()
    duration_minutes = length_in_minutes()
    timezone = one_of(*ZONES)
    place = text(allow_none=True)
    join_url = join_url()
    capacity = capacity()
    mode = one_of(*MODES)
    cycle_id = identifier(allow_none=True)
    phase = one_of(*CYCLE_STAGES[:-1], allow_none=True)
    exdates = single_days()
    rdates = single_days()
    answers_close_minutes = closing_minutes()
    external_ids = external_ids()


class PauseSeries(SeriesId):
    """Lets a series rest ``from`` a local day (today) to ``until``, both included; without it until it is resumed."""

    since = day(load_default=None, allow_none=True, data_key="from")
    until = day(load_default=None, allow_none=True)
    reason = text(500, load_default=None, allow_none=True)


PAUSE_SERIES = Command("scheduling.pause_series", takes=PauseSeries, gives=SeriesView)
RESUME_SERIES = Command("scheduling.resume_series", takes=SeriesId, gives=SeriesView)
