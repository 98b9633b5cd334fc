"""Who may do what stands in one table, and every operation can be tried (tests/e2e/test_permissions.py tries them)."""

import pytest

from deploy import permissions
from gateway.app import create_app
from gateway.settings import Settings
from shared.contracts.scopes import SCOPES
from shared.policy import client, unbound_client
from shared.texts import exists
from tests.support.contracts import declared, served
from tests.support.permissions import EXPECTED, EXPECTED_OF_CLIENTS, NEVER_DONE, expected
from tests.support.samples import missing_samples

TABLE = "tests/support/permissions.py"


def name_of(operation):
    return operation.name


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    keys = tmp_path_factory.mktemp("keys") / "verify.json"
    keys.write_text("{}")
    app = create_app(Settings(amqp_uri="amqp://127.0.0.1:1//", verify_keys=str(keys)))
    return app.test_client().get("/v1/openapi.json").get_json()


@pytest.mark.parametrize("operation", served())
def test_every_operation_has_a_line_in_the_table_of_permissions(operation):
    assert operation in EXPECTED, f'say who may: add "{operation}": "..." to EXPECTED in {TABLE}'
    assert expected(operation)


def test_every_operation_with_a_scope_has_a_line_for_clients():
    scoped = {name for name in served() if declared()[name].scope is not None}
    assert scoped - EXPECTED_OF_CLIENTS.keys() == set(), f"add to EXPECTED_OF_CLIENTS in {TABLE}"
    assert EXPECTED_OF_CLIENTS.keys() - scoped == set(), f"without a scope: remove from EXPECTED_OF_CLIENTS in {TABLE}"


def test_the_table_of_permissions_speaks_of_nothing_else():
    assert not EXPECTED.keys() - set(served()), f"not served: remove from EXPECTED in {TABLE}"
    assert NEVER_DONE.keys() <= EXPECTED.keys()


def test_every_operation_has_a_sample_request(document):
    missing = missing_samples(document)
    assert not missing, "\n".join(missing)


def test_the_page_of_permissions_is_current():
    assert permissions.PATH.read_text("utf-8") == permissions.text(), "run `make permissions`"


def test_every_rule_on_the_page_is_explained():
    page = permissions.text().partition("## The scopes")[0]
    assert "|  |" not in page, "a rule lacks a docstring that says whom it means"


@pytest.mark.parametrize("operation", [each for each in declared().values() if each.service != "gateway"], ids=name_of)
def test_an_operation_has_a_scope_exactly_when_its_rule_speaks_of_clients(operation):
    parts = permissions.rule_of(operation).parts
    assert (operation.scope is not None) == (client in parts or unbound_client in parts)


def test_the_scopes_of_operations_are_those_that_clients_can_have():
    assert {each.scope for each in declared().values() if each.scope} == set(SCOPES)
    assert all(exists(f"scopes.{scope}") for scope in SCOPES)
