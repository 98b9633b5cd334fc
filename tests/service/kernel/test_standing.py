"""Power has dates: a role counts on its days as the district's own time zone counts them, in whichever service asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.kernel import list_events
from shared.errors import Forbidden
from shared.ids import new_id
from tests.support.probe.stage import OWNER, Probes

# Where on earth it is a day first, and last: they are never on the same one.
EAST, WEST = "Pacific/Kiritimati", "Etc/GMT+12"
TODAY = {EAST: timedelta(hours=14), WEST: timedelta(hours=-12), None: timedelta(hours=7)}


class Official:
    """Somebody with an operator's role from so many days after today until so many days after it."""

    def __init__(self, probes: Probes, district: str) -> None:
        self.caller = probes.caller(district)
        self.store = probes.open(OWNER, district)
        self._call = probes.client.call

    def holds_office(self, since: int, until: int | None, zone: str | None) -> bool:
        """Whether a role with these days counts in a district of this zone; ``None``: of which nothing arrived yet."""
        today = (datetime.now(UTC) + TODAY[zone]).date()
        days = {
            "valid_from": str(today + timedelta(days=since)),
            "valid_until": None if until is None else str(today + timedelta(days=until)),
        }
        grant = {"id": new_id(), "person_id": self.caller.person_id, "role": "district_operator", "scope_id": None}
        self.store.roles.insert({**grant, **days})
        try:
            self._call(list_events(OWNER), {}, self.caller.context)
        except Forbidden:
            return False
        finally:
            self.store.roles.delete(grant["id"])
        return True


@pytest.fixture
def official(probes: Probes, district: str) -> Official:
    return Official(probes, district)


@pytest.mark.parametrize("zone", [EAST, WEST, None])
def test_a_term_counts_from_its_first_day_to_its_last(official: Official, district: str, zone: str | None) -> None:
    if zone is not None:
        official.store.districts.insert({"id": district, "district": district, "name": "Uji", "timezone": zone})
    inside = [(0, None), (-400, 0), (0, 0), (-400, 400), (-1, 1)]
    outside = [(1, None), (-400, -1), (-1, -1), (1, 2), (0, -1)]
    assert [official.holds_office(*days, zone) for days in inside] == [True] * len(inside)
    assert [official.holds_office(*days, zone) for days in outside] == [False] * len(outside)
