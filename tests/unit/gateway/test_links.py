"""Links to what is one's own: let in without a login, as whoever made them."""

import pytest

from gateway import auth
from shared.contracts import content, membership, scheduling
from shared.ids import new_id
from shared.messaging.protocol import Answer
from shared.messaging.rpc_client import RpcClient

LINK = f"3307-{new_id()}.1800000000.{'a' * 43}"
ARCHIVE = f"/v1/me/export/{new_id()}/archive.zip"


@pytest.fixture
def asked(monkeypatch):
    """What the services are asked: the operation's name, the data, the token."""
    calls = []
    answers = {
        membership.OPEN_LINK.name: Answer({"access_token": "short.lived.token"}),
        content.SHOW_PUBLISHED.name: Answer({"resources": []}),
        scheduling.PRINT_RECORD.name: Answer({"filename": "rekam-jejak.pdf"}, b"%PDF-1.7"),
    }

    def call(self, operation, data, context, **how):
        calls.append((operation.name, data, context.token))
        return answers[operation.name]

    monkeypatch.setattr(RpcClient, "call", call)
    return calls


def test_a_link_is_opened_first_and_the_rest_is_asked_as_its_maker(client, asked):
    answer = client.get(f"/v1/me/record.pdf?token={LINK}&school_year=2026/2027")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    opened, *rest = asked
    path = "/v1/me/record.pdf?school_year=2026%2F2027"
    assert opened == ("membership.open_link", {"token": LINK, "district": "3307", "path": path}, None)
    assert [(name, token) for name, _, token in rest] == [
        ("content.show_published", "short.lived.token"),
        ("scheduling.print_record", "short.lived.token"),
    ]
    assert "token" not in rest[0][1].keys() | rest[1][1].keys()
    assert "short.lived.token" not in str(answer.headers)


@pytest.mark.parametrize(
    "path", ["/v1/me/record.pdf", "/v1/me/record.pdf?year=2026", ARCHIVE], ids=["record", "of a year", "archive"]
)
def test_without_a_link_one_logs_in_before_anything_else_is_looked_at(client, asked, path):
    assert client.get(path).status_code == 401
    assert asked == []


@pytest.mark.parametrize("token", ["", "nonsense", "33-x", LINK + "a" * 200], ids=["none", "nonsense", "short", "long"])
def test_what_is_no_link_asks_no_service(client, asked, token):
    assert client.get(ARCHIVE, query_string={"token": token}).status_code == 422
    assert asked == []


def test_a_login_beside_a_link_counts_for_nothing(client, asked, signed_in, monkeypatch):
    monkeypatch.setattr(auth, "authenticate", None)
    assert client.get(f"/v1/me/record.pdf?year=2026&token={LINK}", headers=signed_in).status_code == 200
