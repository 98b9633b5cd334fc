"""Every list of records can be followed, and searched by what other systems call them; a new one too."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import fields

from shared.contracts.base import Command, Operation, Query
from tests.support.contracts import declared

# What these give never changes once it is there, or is no record: they are followed by their cursors.
LOGS = {
    "membership.list_my_sessions",
    "membership.list_identities",
    "membership.list_audit",
    "membership.list_import_rows",
    "scheduling.list_minutes_revisions",
    "notification.list_notifications",
    "notification.list_deliveries",
    "notification.list_events",
    "gateway.list_event_types",
}


def _items(operation: Operation) -> dict[str, fields.Field[Any]] | None:
    """The fields of what a list gives; ``None`` for what is no list."""
    gives = operation.gives().fields
    items = gives.get("items")
    if not isinstance(operation, Query) or "next" not in gives or not isinstance(items, fields.List):
        return None
    return items.inner.schema.fields if isinstance(items.inner, fields.Nested) else {}


LISTS = {name: items for name, operation in declared().items() if (items := _items(operation)) is not None}


def test_the_logs_are_lists() -> None:
    assert LISTS.keys() >= LOGS


@pytest.mark.parametrize("name", sorted(LISTS.keys() - LOGS))
def test_a_list_of_records_tells_when_each_changed_and_takes_updated_since(name: str) -> None:
    """A new list takes `Followed` or `RecordFilter` for its base, and an index of changes in its table; a new log is
    named above."""
    assert "updated_at" in LISTS[name]
    assert "updated_since" in declared()[name].takes().fields


@pytest.mark.parametrize("name", sorted(name for name, items in LISTS.items() if "external_ids" in items))
def test_records_that_other_systems_know_are_found_by_it(name: str) -> None:
    assert "external" in declared()[name].takes().fields


def test_what_takes_external_ids_shows_them() -> None:
    takers = [
        each for each in declared().values() if isinstance(each, Command) and "external_ids" in each.takes().fields
    ]
    assert len(takers) >= 13
    for each in takers:
        assert "external_ids" in each.gives().fields, each.name
