"""The demo district: complete, true, the same after a second start, and completed after an interrupted one."""

from __future__ import annotations

import stat
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.client import Client
from deploy.demo import load, making
from deploy.demo.story import DISTRICT, STORY
from tests.support.ground import Platform


@pytest.fixture(scope="module")
def demo(platform: Platform) -> dict[str, Any]:
    """The demo, made in two goes: the first is cut off after two communities."""
    folder = platform.cell.run_dir.path
    passwords = making.Passwords.kept_in(folder)
    making.Demo(platform.address, platform.settings, passwords, STORY[:2]).play()
    return load(platform.address, folder, platform.settings)


def ago(long: timedelta) -> str:
    return f"{datetime.now(UTC) - long:%Y-%m-%dT%H:%M:%SZ}"


def enter(platform: Platform, demo: dict[str, Any], role: str) -> Client:
    login = next(login for login in demo["logins"] if login["role"] == role)
    client = Client(platform.address)
    client.log_in(demo["district"], login["login"], login["password"])
    return client


def state_of(operator: Client) -> dict[str, Any]:
    """Everything of the demo that has a version."""
    found: dict[str, Any] = {}
    for path in ("/v1/schools", "/v1/people", "/v1/communities", "/v1/resources"):
        found.update({f"{path}/{item['id']}": item["version"] for item in operator.every(path)})
    window = {"from": "2000-01-01T00:00:00Z", "to": "2000-01-02T00:00:00Z"}
    assert list(operator.every("/v1/sessions", **window)) == []
    for community in operator.every("/v1/communities"):
        path = f"/v1/communities/{community['id']}"
        for kind in ("members", "series", "cycles", "join-requests", "invitations"):
            for item in operator.every(f"{path}/{kind}"):
                found[f"{path}/{kind}/{item.get('id') or item.get('code') or item['person_id']}"] = item["version"]
    return found


def test_a_demo_that_was_cut_off_is_completed_without_anything_twice(platform, demo):
    operator = enter(platform, demo, "district_operator")

    communities = list(operator.every("/v1/communities"))
    assert Counter(community["kind"] for community in communities) == Counter(plan.kind for plan in STORY)
    assert len(list(operator.every("/v1/schools"))) == 12
    assert len(list(operator.every("/v1/people"))) == 152, "150 teachers, the operator and the supervisor"
    for community in communities:
        plan = next(plan for plan in STORY if plan.name == community["name"])
        path = f"/v1/communities/{community['id']}"
        assert [item["title"] for item in operator.every(f"{path}/series")] == [each.title for each in plan.series]
        cycles = [(item["title"], item["stage"]) for item in operator.every(f"{path}/cycles")]
        assert cycles == ([(plan.cycle.title, plan.cycle.stage)] if plan.cycle else [])
        asked = [item["reason"] for item in operator.every(f"{path}/join-requests")]
        assert asked == ([plan.asked] if plan.asked else [])
        invited = [item["note"] for item in operator.every(f"{path}/invitations")]
        assert invited == ([plan.invited] if plan.invited else [])
    published = Counter(item["title"] for item in operator.every("/v1/resources"))
    wanted = [each.title for plan in STORY for each in plan.resources if each.status == "published"]
    assert published == Counter(wanted)


def test_a_second_start_changes_nothing_and_gives_the_same_logins(platform, demo):
    operator = enter(platform, demo, "district_operator")
    before = state_of(operator)

    assert load(platform.address, platform.cell.run_dir.path, platform.settings) == demo
    (platform.cell.run_dir.path / making.MARK).unlink()
    assert load(platform.address, platform.cell.run_dir.path, platform.settings) == demo

    assert state_of(operator) == before


@pytest.mark.parametrize(
    "role", ["district_operator", "school_operator", "principal", "supervisor", "ketua", "sekretaris", "teacher"]
)
def test_each_role_can_log_in_and_has_its_role(platform, demo, role):
    me = enter(platform, demo, role).get("/v1/me")

    assert demo["district"] == DISTRICT == me["district"]["id"]
    if role in ("ketua", "sekretaris"):
        assert role in {community["role"] for community in me["communities"]}
    elif role == "teacher":
        assert "member" in {community["role"] for community in me["communities"]}
    else:
        assert role in {grant["role"] for grant in me["roles"]}


def test_the_shared_file_can_be_read_and_the_next_meeting_has_answers(platform, demo):
    teacher = enter(platform, demo, "teacher")
    shared = next(item for item in teacher.every("/v1/resources") if item["kind"] == "teaching_kit")
    [file] = teacher.get(f"/v1/resources/{shared['id']}")["files"]
    content = teacher.send("GET", f"/v1/files/{file['id']}").content
    assert len(content) == file["size"] > 1000

    next_ones = teacher.every("/v1/sessions", mine="true", **{"from": ago(timedelta())})
    coming = next(session for session in next_ones if session["my_answer"])
    assert coming["answers"]["yes"] >= 1


def test_what_was_held_can_be_looked_up_by_those_who_were_there(platform, demo):
    """The ketua has a certificate and approved minutes, and minutes that wait for approval; a letter waits for the
    principal, another one can be printed."""
    ketua, principal = enter(platform, demo, "ketua"), enter(platform, demo, "principal")

    [certificate] = ketua.every("/v1/certificates")
    assert (certificate["status"], certificate["jp"]) == ("valid", 2)
    assert ketua.send("GET", f"/v1/certificates/{certificate['number']}.pdf").content.startswith(b"%PDF")
    past = {"mine": "true", "from": ago(timedelta(days=200)), "to": ago(timedelta())}
    minutes = [ketua.get(f"/v1/sessions/{held['id']}/minutes") for held in ketua.every("/v1/sessions", **past)]
    assert Counter(each["status"] for each in minutes if each["version"])["approved"] == 1
    assert sum(each["status"] == "draft" and each["version"] > 0 for each in minutes) == 1
    [mgmp] = [plan for plan in STORY if plan.key == "mgmp_ipa"]
    wanted = [made.title for each in mgmp.meetings if each.held for made in each.held.commitments]
    communities = [each["id"] for each in ketua.get("/v1/me")["communities"] if each["name"] == mgmp.name]
    made = [each["title"] for id_ in communities for each in ketua.every(f"/v1/communities/{id_}/commitments")]
    assert sorted(made) == sorted(wanted)
    [waiting] = principal.every("/v1/assignment-letters")
    [granted] = principal.every("/v1/assignment-letters", status="granted")
    assert waiting["status"] == "requested"
    assert ketua.send("GET", f"/v1/assignment-letters/{granted['id']}.pdf").content.startswith(b"%PDF")


def test_passwords_are_the_installations_own_and_kept_from_others(platform, demo):
    folder = platform.cell.run_dir.path
    assert stat.S_IMODE((folder / "demo.key").stat().st_mode) == 0o600
    passwords = {login["password"] for login in demo["logins"]}
    assert len(passwords) == len(demo["logins"])
    assert not passwords & {making.Passwords(b"another installation").of(login["login"]) for login in demo["logins"]}
