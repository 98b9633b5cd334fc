"""Nothing that a service keeps of people is forgotten: each table says what it holds of a person (decision 0126)."""

from importlib import import_module

import pytest

from deploy.services import parts_of
from shared.contracts.events import EVENTS
from shared.contracts.words import SERVICES
from shared.mongo import Store
from shared.personal import Blank, Do, Keep
from shared.texts import exists

# They follow the records that they count or name.
OF_EVERY_STORE = Store.tables().keys()


def personal_of(service):
    return import_module(f"services.{service}.personal").PERSONAL


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_says_what_it_holds_of_a_person(service):
    tables = parts_of(service).store_cls.tables().keys() - OF_EVERY_STORE
    declared = personal_of(service).spoken_of()
    missing = sorted(tables - set(declared))
    assert not missing, (
        f"say in services/{service}/personal.py what {', '.join(missing)} holds of a person: a Holding, or `impersonal`"
    )
    assert sorted(tables) == declared, "said twice, or of a table that is not there"


@pytest.mark.parametrize("service", SERVICES)
def test_people_can_read_what_is_shown_erased_and_kept(service):
    for holding in personal_of(service).holdings:
        assert exists(f"personal.{holding.table}"), f"personal.toml needs [{holding.table}]"
        why = getattr(holding.erasing, "why", "")
        assert isinstance(holding.erasing, (Keep, Blank)) <= bool(why)
        assert not why or exists(f"personal.kept_{why}")
        for field in holding.shows:
            assert exists(f"personal.field_{field}"), f"personal.toml needs [field_{field}]"
    assert exists(f"personal.service_{service}")
    assert exists("personal.answers")


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_confirms_to_membership(service):
    for done in ("person_erasure_done", "person_export_done"):
        assert EVENTS[f"{service}.{done}.v1"].subscribers == (() if service == "membership" else ("membership",))


def test_every_other_service_hears_of_it():
    for event in ("membership.person_erased.v1", "membership.export_requested.v1"):
        assert set(EVENTS[event].subscribers) == set(SERVICES) - {"membership"}


def test_the_record_that_others_are_found_by_goes_last():
    last = personal_of("membership").holdings[-1]
    assert last.table == "people" and isinstance(last.erasing, Do)
