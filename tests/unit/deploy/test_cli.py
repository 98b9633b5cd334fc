"""What the command line says and how it finds the platform."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from amqp.exceptions import PreconditionFailed
from pymongo.errors import ServerSelectionTimeoutError
from typer.testing import CliRunner

from deploy.cli.context import named
from deploy.cli.deadletters import readable
from deploy.cli.main import app, as_trouble
from deploy.cli.screen import Screen, Trouble
from deploy.client import Refused, Unreachable
from deploy.importing import ImportFailed
from deploy.platform import find_platform
from shared.contracts.words import SERVICES
from shared.errors import Conflict, Invalid
from shared.messaging.wire import WireLost
from shared.settings import Misconfigured

WIRES = {"AMQP_URI": "amqp://a", "MONGO_URI": "mongodb://m"}


def platform_file(folder: Path, amqp: str) -> Path:
    environment = {"AMQP_URI": amqp, "MONGO_URI": "mongodb://file", "SANGGAR_DB_PREFIX": "x_"}
    (folder / "platform.json").write_text(json.dumps({"address": "http://127.0.0.1:1", "environment": environment}))
    return folder


def test_a_run_dir_that_is_named_goes_before_the_environment(tmp_path):
    found = find_platform(platform_file(tmp_path, "amqp://file"), WIRES)
    assert (found.settings.amqp_uri, found.settings.db_prefix) == ("amqp://file", "x_")
    assert (found.address, found.run_dir) == ("http://127.0.0.1:1", tmp_path)


def test_the_environment_goes_before_the_usual_run_dir(tmp_path, monkeypatch):
    (tmp_path / ".run").mkdir()
    platform_file(tmp_path / ".run", "amqp://usual")
    monkeypatch.chdir(tmp_path)

    assert find_platform(None, {**WIRES, "SANGGAR_PUBLIC_URL": "http://x/"}).address == "http://x"
    assert find_platform(None, WIRES).settings.amqp_uri == "amqp://a"
    assert find_platform(None, {}).settings.amqp_uri == "amqp://usual"


@pytest.mark.parametrize("content", [None, "no json"])
def test_where_there_is_no_platform_one_is_told_so(tmp_path, content):
    if content is not None:
        (tmp_path / "platform.json").write_text(content)
    with pytest.raises(Misconfigured, match=r"platform\.json"):
        find_platform(tmp_path, WIRES)


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (Misconfigured("set AMQP_URI"), "misconfigured", "AMQP_URI"),
        (Unreachable("http://127.0.0.1:1"), "away", "nothing answers"),
        (Refused(409, {"code": "conflict", "detail": "Already there."}), "conflict", "Already there."),
        (
            Refused(422, {"detail": "Check.", "code": "invalid", "errors": {"name": ["Too long."]}}),
            "invalid",
            "name: Too",
        ),
        (Refused(502, {}), "refused", "502"),
        (ImportFailed("not a list"), "import_failed", "not a list"),
        (Conflict("membership.district_exists", district="3307"), "conflict", "3307"),
        (Invalid.field("timezone", "common.invalid"), "invalid", "timezone"),
        (ServerSelectionTimeoutError("refused"), "away", "database"),
        (WireLost("refused"), "away", "broker"),
        (ConnectionRefusedError(), "away", "broker"),
        (PreconditionFailed("inequivalent arg"), "other", "inequivalent arg"),
    ],
)
def test_what_goes_wrong_outside_is_told_in_words(error, code, says):
    trouble = as_trouble(error)
    assert trouble is not None
    assert trouble.code == code
    assert says in trouble.what


def test_our_own_faults_are_not_explained_away():
    assert as_trouble(KeyError("x")) is None


def test_json_may_be_asked_for_anywhere_and_troubles_are_json_then_too():
    for words in (["--json", "dlq", "list", "payroll"], ["dlq", "list", "payroll", "--json"]):
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 1
        assert result.stdout == ""
        assert json.loads(result.stderr)["error"]["code"] == "unknown"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["district", "create"],
        ["district", "code"],
        ["district", "list"],
        ["migrate"],
        ["import"],
        ["resync"],
        ["dlq", "list"],
        ["dlq", "show"],
        ["dlq", "replay"],
        ["dlq", "drop"],
        ["events", "tail"],
        ["doctor"],
    ],
)
def test_every_command_explains_itself(words):
    result = CliRunner().invoke(app, [*words, "--help"])
    assert result.exit_code == 0
    assert len(result.stdout) > 300


def test_a_command_line_that_makes_no_sense_is_told_apart_by_its_exit_code():
    assert CliRunner().invoke(app, ["dance"]).exit_code == 2
    assert CliRunner().invoke(app, ["dlq", "show"]).exit_code == 2


def test_no_name_means_every_service():
    assert named(None) == named([]) == list(SERVICES)
    assert named(["content"]) == ["content"]
    with pytest.raises(Trouble, match="payroll"):
        named(["content", "payroll"])


def test_moments_are_written_in_utc_with_a_z(capsys):
    Screen(as_json=True).data({"at": datetime(2026, 7, 1, 8, 30, 5, 120_000, tzinfo=UTC)})
    assert json.loads(capsys.readouterr().out) == {"at": "2026-07-01T08:30:05.120Z"}


def test_people_and_programs_are_not_shown_the_same(capsys):
    for as_json, shown in ((True, '{"a": 1}\n'), (False, "one\n")):
        screen = Screen(as_json)
        screen.data({"a": 1})
        screen.show("one")
        assert capsys.readouterr().out == shown


def test_nobody_agrees_where_nobody_sits():
    assert Screen(as_json=True).agrees("Really?") is False
    assert Screen().agrees("Really?") is False


def letter(body: bytes, kind: str = "membership.person_changed.v1") -> dict[str, Any]:
    return {"type": kind, "body": body}


def test_a_dead_letter_hides_what_is_personal_unless_that_is_asked_for():
    data = {"person_id": "p", "name": "Sri Rahayu", "email": None, "phone": "+62861", "status": "active"}
    body = json.dumps({"type": "membership.person_changed.v1", "data": data}).encode()

    hidden = readable(letter(body))["data"]
    assert "Sri" not in json.dumps(hidden)
    assert "+62861" not in json.dumps(hidden)
    assert (hidden["person_id"], hidden["status"], hidden["email"]) == ("p", "active", None)
    assert readable(letter(body), personal=True)["data"] == data


@pytest.mark.parametrize("body", [b"\xff\xfe{", b"[1, 2]", b'"text"', b""])
def test_a_dead_letter_that_is_no_event_can_be_looked_at_all_the_same(body):
    readable(letter(body, kind=""))
    readable(letter(body))
