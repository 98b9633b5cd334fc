"""The OpenAPI document: valid, complete, and in step with the contracts and the conventions of the API."""

import re
import warnings

import pytest
import schemathesis

from gateway.app import SERVICES, create_app
from gateway.settings import Settings
from shared.contracts import words
from shared.contracts.base import Command
from shared.contracts.events import EVENTS
from shared.texts import exists
from tests.support.contracts import declared, served

METHODS = ("get", "post", "put", "patch", "delete")
# One's own answer or attendance is stated, not negotiated (API.md, "Conventions").
STATED_WITHOUT_A_VERSION = {
    "scheduling.answer_session",
    "scheduling.choose_reminders",
    "scheduling.set_certificate_terms",
    "membership.decide_import_row",
}

# RFC 6749, 5.2 has a form of its own.
ERRORS_OF_A_PROTOCOL = {("membership.issue_token", "400"), ("membership.issue_token", "401")}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    keys = tmp_path_factory.mktemp("keys") / "verify.json"
    keys.write_text("{}")
    with warnings.catch_warnings():
        # apispec warns where two schemas would share a name.
        warnings.simplefilter("error", UserWarning)
        return create_app(Settings(amqp_uri="amqp://127.0.0.1:1//", verify_keys=str(keys)))


@pytest.fixture(scope="module")
def document(app):
    return app.test_client().get("/v1/openapi.json").get_json()


@pytest.fixture(scope="module")
def operations(document):
    """Every operation of the document: (method, path, operation, parameters of path and operation)."""
    return [
        (method, path, methods[method], [*methods.get("parameters", []), *methods[method].get("parameters", [])])
        for path, methods in document["paths"].items()
        for method in METHODS
        if method in methods
    ]


def resolve(document, part):
    while "$ref" in part:
        found = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def test_the_document_is_valid_openapi_3_1(document):
    assert document["openapi"] == "3.1.0"
    schemathesis.openapi.from_dict(document).validate()


def test_every_reference_leads_somewhere(document):
    def follow(part):
        if isinstance(part, dict):
            if "$ref" in part:
                assert resolve(document, part)
            for inner in part.values():
                follow(inner)
        elif isinstance(part, list):
            for inner in part:
                follow(inner)

    follow(document)


def test_every_operation_of_every_contract_has_its_route(operations):
    assert sorted(operation["operationId"] for _, _, operation, _ in operations) == served()


def test_every_operation_says_who_may_call_it(operations):
    for _, path, operation, _ in operations:
        contract = declared()[operation["operationId"]]
        ways = operation["security"]
        if contract.public:
            assert ways == [], path
        else:
            assert {"person": []} in ways, path
            assert ({"client": [contract.scope]} in ways) == (contract.scope is not None), path


def test_every_operation_is_summed_up_in_both_languages(operations):
    for _, path, operation, _ in operations:
        assert exists(f"routes.{operation['operationId']}"), path
        assert operation["summary"] and operation["x-summary-id"], path


def test_every_operation_tells_of_its_problems(document, operations):
    for _, path, operation, _ in operations:
        answers = operation["responses"]
        assert {"422", "503", "default"} <= answers.keys(), path
        for status, answer in answers.items():
            if status == "default" or int(status) >= 400:
                content_types = resolve(document, answer)["content"]
                own = (operation["operationId"], status) in ERRORS_OF_A_PROTOCOL
                assert list(content_types) == ["application/json" if own else "application/problem+json"], path


def test_the_arguments_of_every_path_are_declared(operations):
    for _, path, _, parameters in operations:
        named = {each["name"] for each in parameters if each.get("in") == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path)), path


def header_names(document, parameters):
    return {resolve(document, each)["name"] for each in parameters if resolve(document, each)["in"] == "header"}


def test_every_command_takes_an_idempotency_key_and_no_query_does(document, operations):
    for _, path, operation, parameters in operations:
        takes_key = "Idempotency-Key" in header_names(document, parameters)
        assert takes_key == isinstance(declared()[operation["operationId"]], Command), path


def test_every_change_of_an_object_names_the_version_it_changes(document, operations):
    for method, path, operation, parameters in operations:
        if method in ("patch", "put") and "uploads" not in path:
            free = operation["operationId"] in STATED_WITHOUT_A_VERSION
            assert ("If-Match" in header_names(document, parameters)) != free, path


def test_what_callers_send_is_closed_and_what_they_get_may_grow(document, operations):
    schemas = document["components"]["schemas"]
    for _, path, operation, _ in operations:
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body:
            assert resolve(document, body["schema"])["additionalProperties"] is False, path
    assert "additionalProperties" not in schemas["Session"]


def test_lists_take_a_limit_and_a_cursor(document, operations):
    for method, path, operation, parameters in operations:
        answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
        fields = resolve(document, answer).get("properties", {}) if answer else {}
        if method == "get" and {"items", "next"} == fields.keys() and path != "/v1/event-types":
            named = {each["name"] for each in parameters if each.get("in") == "query"}
            assert {"limit", "after"} <= named, path


def test_no_two_routes_share_an_address(app):
    rules = [(rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods - {"OPTIONS", "HEAD"}]
    assert len(rules) == len(set(rules))
    assert {each.api.name for each in SERVICES} >= set(words.SERVICES)


def test_the_catalogue_names_every_event_with_a_schema_of_its_own(app):
    items = app.test_client().get("/v1/event-types").get_json()["items"]
    assert [each["type"] for each in items] == sorted(EVENTS)
    for each in items:
        assert each["schema"]["type"] == "object"
        assert set(each["personal"]) <= each["schema"]["properties"].keys()
