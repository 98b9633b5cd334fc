"""People read days, months and hours as they are said where they live."""

from datetime import UTC, datetime

import pytest

from services.notification.rendering import when

MOMENT = datetime(2026, 5, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Asia/Jakarta", "Selasa, 5 Mei 2026 pukul 13.00 WIB"),
        ("Asia/Pontianak", "Selasa, 5 Mei 2026 pukul 13.00 WIB"),
        ("Asia/Makassar", "Selasa, 5 Mei 2026 pukul 14.00 WITA"),
        ("Asia/Jayapura", "Selasa, 5 Mei 2026 pukul 15.00 WIT"),
    ],
)
def test_a_meeting_is_told_in_the_time_of_its_zone(zone, said):
    assert when(MOMENT, zone, "id") == said


def test_a_late_hour_in_utc_is_the_next_day_in_indonesia():
    assert when(datetime(2026, 5, 4, 23, 30, tzinfo=UTC), "Asia/Jayapura", "id").startswith("Selasa, 5 Mei")


def test_english_readers_get_english_names():
    assert when(MOMENT, "Asia/Jakarta", "en") == "Tuesday, 5 May 2026 at 13:00 WIB"
