"""What presence comes to, by community and semester."""

from datetime import date

from services.scheduling.domain.attended import Presence, by_community


def test_jp_are_the_whole_ones_of_each_community_and_semester():
    presences = [
        Presence("a", date(2026, 6, 30), 80, True),
        Presence("a", date(2026, 7, 1), 50, True),
        Presence("a", date(2026, 8, 1), 50, True),
        Presence("b", date(2026, 8, 1), 44, True),
    ]
    found = by_community(reversed(presences))
    assert found["a"]["semesters"] == [
        {"semester": "2025/2026 Genap", "minutes": 80, "jp": 1},
        {"semester": "2026/2027 Ganjil", "minutes": 100, "jp": 2},
    ]
    assert (found["a"]["jp"], found["b"]["jp"]) == (3, 0)


def test_presence_whose_minutes_are_not_approved_is_shown_and_gives_no_jp():
    found = by_community([Presence("a", date(2026, 8, 1), 90, False)])
    assert found == {"a": {"sessions": 1, "minutes": 90, "semesters": [], "jp": 0}}
