"""What every test may ask for: a cell of its own, and the id of a district that no other test uses."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from tests.support.ground import Cell, Ground

# How long an example takes says more about the machine than about the code.
settings.register_profile("sanggar", deadline=None)
settings.load_profile("sanggar")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the whole platform comes first, so that each process starts and ends one only once; and files with
    slow tests before others, so that no process is left alone with one of them at the end."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path.parent.name != "e2e", item.path not in long))


@pytest.fixture(scope="session")
def ground() -> Iterator[Ground]:
    """A private broker and database, started when the first test needs them."""
    ground = Ground()
    try:
        ground.start()
        yield ground
    finally:
        ground.close()


@pytest.fixture
def cell(ground: Ground) -> Iterator[Cell]:
    """A vhost and databases that no other test has seen. Nothing runs in it yet: see ``cell.running(...)``."""
    cell = ground.new_cell()
    yield cell
    cell.close()


@pytest.fixture(scope="module")
def module_cell(ground: Ground) -> Iterator[Cell]:
    """A cell that the tests of one module share; they keep apart by ``district``."""
    cell = ground.new_cell()
    yield cell
    cell.close()


@pytest.fixture
def district() -> str:
    """The id of a district that no other test uses."""
    return _next_district()


@pytest.fixture
def other_district() -> str:
    """Another one."""
    return _next_district()


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Tells a figure: it stands at the end of the run, from whichever process it came."""
    return lambda text: record_property(_MEASURED, text)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = [
        text
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, text in report.user_properties
        if name == _MEASURED
    ]
    if told:
        terminalreporter.section("measured")
        for text in told:
            terminalreporter.write_line(text)


_MEASURED = "measured"
# Tests that name their districts name some of 33; the others are drawn.
_districts = iter(secrets.SystemRandom().sample([*range(1000, 3300), *range(3400, 9999)], 8899))


def _next_district() -> str:
    return str(next(_districts))
