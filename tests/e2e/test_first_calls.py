"""What the documentation tells a newcomer to type does what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.district import PASSWORD, District
from tests.support.ground import Platform
from tests.support.roster import make_roster

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(platform: Platform, district: str) -> District:
    return District(platform, district)


def bash(script: str, folder: Path, **environment: str) -> str:
    """What a script prints. It must end well."""
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_script_of_first_calls_takes_a_meeting_through_every_service(home: District, tmp_path: Path) -> None:
    home.import_roster(make_roster(home.id, seed=71, schools=1, teachers=1))
    [teacher] = [person for person in home.people if person["id"] != home.operator_id]
    home.enter(teacher["id"])
    logins = [("district_operator", "operator"), ("teacher", teacher["username"])]
    demo = {
        "address": home.platform.address,
        "district": home.id,
        "logins": [{"role": role, "login": login, "password": PASSWORD} for role, login in logins],
    }
    (tmp_path / "demo.json").write_text(json.dumps(demo), "utf-8")
    said = bash(str(ROOT / "docs/first-calls.sh"), tmp_path, RUN_DIR=str(tmp_path))
    told = json.loads(said.partition("== What the teacher was told\n")[2].partition("\n")[0])
    topics = {each["topic"] for each in told["items"]}
    assert {"cycle_opened", "session_scheduled", "resource_published"} <= topics
    assert '"type":"scheduling.' in said.partition("== What other systems read")[2]


def test_the_readmes_five_calls_answer_as_it_says(home: District, tmp_path: Path) -> None:
    (tmp_path / "teachers.csv").write_bytes(make_roster(home.id, seed=7, schools=1, teachers=3).files()[1])
    setting, *calls = re.split(r"^# \d\. .*$", _block_of("The first five calls"), flags=re.MULTILINE)
    assert home.operator.get("/v1/me")["id"]
    setting = re.sub(r"http://[\d.:]+", home.platform.address, setting)
    login = calls[0].replace("DISTRICT", home.id).replace("LOGIN", "operator").replace('"PASSWORD"', f'"{PASSWORD}"')

    def answer(call: str) -> Any:
        loud = f"{setting}\n{login}\n{call}".replace("curl -s ", "curl -sS --fail-with-body ")
        return json.loads(bash(loud, tmp_path))

    community = answer(calls[1])
    assert answer(calls[1])["id"] == community["id"], "the same key has no second effect"
    assert answer(calls[2].replace("ID", community["id"]))["community_id"] == community["id"]
    assert answer(calls[3])["status"] == "queued"
    assert "items" in answer(calls[4])


def _block_of(heading: str) -> str:
    section = (ROOT / "README.md").read_text("utf-8").partition(f"## {heading}\n")[2]
    return section.partition("```sh\n")[2].partition("```")[0]
