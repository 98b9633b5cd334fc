"""The closed list of events: what every contract of one must say."""

import re

import pytest

from shared.contracts.events import EVENTS, emitted_by, received_by
from shared.contracts.words import SERVICES

ALL = pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.type)


@ALL
def test_an_event_is_named_for_its_service_and_version(event):
    assert re.fullmatch(rf"(?:{'|'.join(SERVICES)})\.[a-z]+(?:_[a-z]+)*\.v[1-9]", event.type)
    assert EVENTS[event.type] is event


@ALL
def test_its_subscribers_are_other_services(event):
    assert set(event.subscribers) <= set(SERVICES) - {event.service}
    assert len(set(event.subscribers)) == len(event.subscribers)


@ALL
def test_its_subject_is_made_of_fields_that_are_always_there(event):
    fields = event.schema().fields
    for name in event.key:
        field = next(each for each in fields.values() if (each.data_key or each.attribute or each.name) == name)
        assert field.required and not field.allow_none
    assert event.subject_of({name: f"<{name}>" for name in event.key}).startswith(f"{event.subject}:<")


@ALL
def test_its_personal_fields_exist(event):
    assert set(event.personal) <= set(event.schema().fields)


def test_one_subject_has_one_owner():
    owners = {}
    for event in EVENTS.values():
        assert owners.setdefault(event.subject, event.service) == event.service


def test_names_and_contacts_travel_by_reference_alone():
    for event in EVENTS.values():
        if {"email", "phone"} & set(event.schema().fields):
            assert event.by_reference
            assert {"name", "email", "phone"} <= set(event.personal)


@pytest.mark.parametrize("service", SERVICES)
def test_who_emits_and_who_receives_is_read_from_the_contracts(service):
    assert {event.service for event in emitted_by(service)} <= {service}
    assert all(service in event.subscribers for event in received_by(service))
