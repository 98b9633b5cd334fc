"""The demo's story fits the contracts, its cast has everybody it needs, and its passwords are nobody else's."""

from __future__ import annotations

import io
import stat
from dataclasses import asdict
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from deploy.demo.cast import cast
from deploy.demo.passwords import Passwords
from deploy.demo.roster import make_roster
from deploy.demo.stage import worksheet
from deploy.demo.story import DISTRICT, LEVELS, SEED, STORY, TEACHERS, TIMEZONE
from shared.contracts.content import DraftResource
from shared.contracts.learning import Evaluation, OpenCycle
from shared.contracts.membership import FoundCommunity
from shared.contracts.scheduling import MakeCommitment, ScheduleSession, StartSeries, WriteMinutes
from shared.contracts.words import COMMUNITY_KINDS
from shared.ids import is_district, new_id


def told(plan, *names):
    return {name: getattr(plan, name) for name in names}


def test_the_story_says_nothing_that_the_contracts_refuse():
    community = new_id()
    for plan in STORY:
        FoundCommunity().load(told(plan, "name", "kind", "level", "subject", "phase", "join_policy"))
        if plan.cycle:
            OpenCycle().load({"community_id": community, **told(plan.cycle, "title", "goal", "phase")})
        for series in plan.series:
            stated = told(series, "title", "goal", "rrule", "place", "mode", "join_url")
            days = {"starts_on": "2026-07-06", "starts_at": series.at, "duration_minutes": series.minutes}
            StartSeries().load({"community_id": community, "timezone": TIMEZONE, **stated, **days})
        for meeting in plan.meetings:
            stated = told(meeting, "title", "goal", "place", "mode", "join_url", "capacity")
            times = {"starts_at": datetime.now(UTC).isoformat(), "duration_minutes": meeting.minutes}
            ScheduleSession().load({"community_id": community, "timezone": TIMEZONE, **stated, **times})
        for held in (each.held for each in (*plan.series, *plan.meetings) if each.held):
            sections = [asdict(section) for section in held.sections]
            said = {"sections": sections, **told(held, "decisions", "done_differently")}
            WriteMinutes().load({"session_id": new_id(), "version": 0, **said})
            for made in held.commitments:
                words = told(made, "title", "goal")
                MakeCommitment().load({"community_id": community, "due_on": "2026-07-06", **words})
        for resource in plan.resources:
            DraftResource().load(
                {"community_id": community, **told(resource, "title", "kind", "text", "subject", "phase")}
            )


def test_a_closed_cycle_says_what_came_of_it_for_the_same_pupils_before_and_after():
    closed = [plan.cycle for plan in STORY if plan.cycle and plan.cycle.stage == "closed"]
    assert closed
    for cycle in closed:
        evaluation = Evaluation().load(dict(cycle.evaluation))
        assert sum(evaluation["before"]) == sum(evaluation["after"]) == evaluation["n"] >= 10


def test_the_demo_shows_what_the_platform_is_for():
    kinds = {plan.kind for plan in STORY}
    assert len(STORY) == len(kinds) == 6
    assert kinds < set(COMMUNITY_KINDS)
    meetings = [meeting for plan in STORY for meeting in plan.meetings]
    assert any(meeting.week < 0 for meeting in meetings)
    assert any(meeting.week > 0 and not meeting.cancelled for meeting in meetings)
    assert any(meeting.cancelled for meeting in meetings)
    assert {meeting.letter for meeting in meetings if meeting.letter} == {"requested", "granted"}
    held = [each.held for plan in STORY for each in (*plan.series, *plan.meetings) if each.held]
    assert {each.approved for each in held} == {True, False}
    assert {bool(each.came_of_it) for what in held for each in what.commitments} == {True, False}
    assert any(plan.certified and any(each.held and each.held.approved for each in plan.meetings) for plan in STORY)
    assert any(plan.cycle and plan.cycle.stage not in ("reflection", "closed") for plan in STORY)
    resources = [resource for plan in STORY for resource in plan.resources]
    assert any(resource.status == "published" and resource.with_file and resource.text for resource in resources)
    assert any(resource.status == "submitted" for resource in resources)
    assert [plan.join_policy for plan in STORY if plan.asked] == ["approval"]
    assert any(plan.invited for plan in STORY)
    assert is_district(DISTRICT)


def test_every_community_has_its_officers_and_members_in_the_roster():
    roster = make_roster(DISTRICT, seed=SEED, levels=LEVELS, teachers=TEACHERS)
    parts = cast(roster)

    assert (len(roster.schools), len(roster.teachers)) == (12, 150)
    assert set(parts) == {plan.key for plan in STORY}
    for plan in STORY:
        people = parts[plan.key].people
        assert len(people) == len(set(people)) >= max(4, plan.answering)
        assert (parts[plan.key].asker is not None) == bool(plan.asked)
        assert parts[plan.key].asker not in people
    kombel = parts["kombel"]
    assert {roster.teachers[place]["npsn"] for place in kombel.people} == {kombel.npsn}
    assert roster.teachers[kombel.ketua]["jenis_ptk"] == "Kepala Sekolah"
    assert not {kombel.ketua, kombel.sekretaris} & set(parts["mgmp_ipa"].people[:3]), "one login a role"


def test_titles_tell_the_steps_apart_so_that_none_is_done_twice():
    for plan in STORY:
        for steps in (plan.series, plan.meetings, plan.resources):
            titles = [step.title for step in steps]
            assert len(titles) == len(set(titles))
        assert not {series.title for series in plan.series} & {meeting.title for meeting in plan.meetings}


@pytest.fixture
def passwords(tmp_path):
    return Passwords.kept_in(tmp_path)


def test_passwords_can_be_told_again_and_belong_to_one_installation(passwords, tmp_path):
    assert Passwords.kept_in(tmp_path).of("operator") == passwords.of("operator")
    assert passwords.of("operator") != passwords.of("ketua")
    (tmp_path / "other").mkdir()
    assert Passwords.kept_in(tmp_path / "other").of("operator") != passwords.of("operator")


def test_passwords_are_long_enough_and_their_secret_is_for_its_owner(passwords, tmp_path):
    assert all(len(passwords.of(f"guru.{number}")) == 23 for number in range(100))
    assert stat.S_IMODE((tmp_path / "demo.key").stat().st_mode) == 0o600


def test_the_worksheet_opens_in_a_spreadsheet():
    sheet = load_workbook(io.BytesIO(worksheet("Pesawat sederhana"))).active
    assert sheet["A1"].value == "Pesawat sederhana"
    assert sheet.max_row > 8
