"""The event catalogue is made from the contracts."""

from deploy import catalogue
from shared.contracts.events import EVENTS


def test_the_event_catalogue_is_current():
    assert catalogue.PATH.read_text("utf-8") == catalogue.text(), "run `make catalogue`"


def test_the_event_catalogue_speaks_of_every_event_and_each_of_its_fields():
    page = catalogue.text()
    for event in EVENTS.values():
        section = page.partition(f"### `{event.type}`")[2].partition("###")[0]
        for name, field in event.schema().fields.items():
            assert f"| `{field.data_key or name}` |" in section
