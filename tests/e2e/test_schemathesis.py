"""Requests made up from the OpenAPI document, good ones and bad ones, against the running platform.

No answer is a fault, every answer is one that the document promises, and what the document forbids is refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from deploy.client import Client
from tests.support.cli import Sanggar
from tests.support.contracts import served
from tests.support.ground import Platform

DISTRICT = "9941"
PASSWORD = "tikar-pandan-rumbai-41"
# These would end the session that all the others need.
LEFT_OUT = {"membership.log_out", "membership.change_password"}
# Whatever is sent is right: there is nothing to send, or a token in the path, of which any text may be one, or a file
# of which one asks what it is.
NEVER_WRONG = {
    "gateway.list_event_types",
    "scheduling.check_certificate",
    "scheduling.check_certificate_paper",
    "scheduling.print_certificate",
    "scheduling.read_calendar",
    "scheduling.read_public_session",
}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


@pytest.fixture(scope="module")
def token(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The access token of a new district's operator, who may do the most."""
    folder: Path = tmp_path_factory.mktemp("schemathesis")
    card = Sanggar(platform.cell, folder, platform).json(
        *("district", "create", DISTRICT, "--name", "Kabupaten Acak", "--timezone", "Asia/Jakarta"),
        *("--operator-login", "operator"),
    )
    Client(platform.address).activate(DISTRICT, card["code"], PASSWORD)
    login = {"district": DISTRICT, "login": "operator", "password": PASSWORD}
    return str(platform.http("POST", "/v1/auth/login", json=login).json()["access_token"])


@pytest.fixture(scope="module")
def api(platform: Platform) -> Any:
    config = schemathesis.Config.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}}})
    for media_type in ("application/offset+octet-stream", "application/pdf"):
        schemathesis.serializer.alias(media_type, "application/octet-stream")
    document = platform.http("GET", "/v1/openapi.json").json()
    return schemathesis.openapi.from_dict(document, config=config)


@pytest.fixture(scope="module")
def session() -> Any:
    with requests.Session() as session:
        session.trust_env = False
        yield session


def tried():
    """Each operation with good requests and with bad ones."""
    for name in served():
        if name not in LEFT_OUT:
            yield pytest.param(name, GenerationMode.POSITIVE, id=f"{name}-good")
            if name not in NEVER_WRONG:
                yield pytest.param(name, GenerationMode.NEGATIVE, id=f"{name}-bad")


@pytest.mark.slow
@pytest.mark.parametrize(("operation_id", "mode"), list(tried()))
def test_every_answer_is_one_that_the_document_promises(operation_id, mode, api, platform, token, session):
    @settings(
        max_examples=3,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(api.find_operation_by_id(operation_id).as_strategy(generation_mode=mode))
    def answered_as_promised(case):
        # Made-up ones are nearly all refused for their form, which would leave the rest of the request unread.
        case.headers.pop("Sanggar-After", None)
        response = case.call(
            base_url=platform.address, session=session, headers={"Authorization": f"Bearer {token}"}, timeout=30
        )
        case.validate_response(response, checks=CHECKS)

    answered_as_promised()
