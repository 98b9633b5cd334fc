"""Pages of decisions are named by their number, wherever code and pages speak of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

PAGES = sorted((Path(__file__).parents[3] / "docs/decisions").glob("*.md"))


def test_each_decision_has_a_number_of_its_own_and_its_page_says_it():
    numbers = [int(page.name.split("-")[0]) for page in PAGES]

    assert [number for number, times in Counter(numbers).items() if times > 1] == []
    for number, page in zip(numbers, PAGES, strict=True):
        assert page.read_text("utf-8").startswith(f"# {number}. "), page.name
