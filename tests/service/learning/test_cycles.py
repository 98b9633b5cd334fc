"""A community goes through its cycle, its meetings gather in it, and it closes with what came of it."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from shared.contracts.events.content import RESOURCE_PUBLISHED, RESOURCE_WITHDRAWN
from shared.contracts.events.learning import CYCLE_ADVANCED, CYCLE_OPENED, WORK_ACCEPTED
from shared.contracts.events.scheduling import SESSION_CANCELLED, SESSION_SCHEDULED
from shared.contracts.learning import (
    ADVANCE_CYCLE,
    CHANGE_CYCLE,
    EVALUATE_CYCLE,
    GET_CYCLE,
    LIST_CYCLES,
    OPEN_CYCLE,
)
from shared.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from tests.support.neighbours import at_once, grown_id
from tests.support.patience import eventually

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
MEASURED = {"measured": True, "n": 20, "before": [8, 6, 4, 2], "after": [2, 4, 8, 6]}


def open_cycle(around, ketua, community, **changes):
    plain = {"title": "Bernalar dengan grafik", "goal": "Murid membaca dan membuat grafik", "phase": "D"}
    return around.ask(ketua, OPEN_CYCLE, community_id=community, **{**plain, **changes})


def advanced_to(around, ketua, cycle, stage):
    while cycle["stage"] != stage:
        cycle = around.ask(ketua, ADVANCE_CYCLE, cycle_id=cycle["id"])
    return cycle


def test_a_cycle_begins_with_reflection_and_the_others_are_told(around, ketua, community):
    cycle = open_cycle(around, ketua, community, starts_on="2026-08-01", ends_on="2026-12-18")
    assert (cycle["stage"], cycle["sessions"], cycle["evaluation"]) == ("reflection", [], None)
    [told] = around.emitted(CYCLE_OPENED)
    assert (told["cycle_id"], told["stage"], told["quiet"]) == (cycle["id"], "reflection", False)


def test_only_officers_open_and_move_cycles(around, ketua, community):
    cycle = open_cycle(around, ketua, community)
    member = around.member(community)
    refused = at_once(
        partial(open_cycle, around, member, community),
        partial(around.ask, member, ADVANCE_CYCLE, cycle_id=cycle["id"]),
        partial(around.ask, member, CHANGE_CYCLE, cycle_id=cycle["id"], version=cycle["version"], title="Lain"),
        partial(around.ask, member, EVALUATE_CYCLE, cycle_id=cycle["id"], version=cycle["version"], **MEASURED),
    )
    assert [type(outcome) for outcome in refused] == [Forbidden] * 4


def test_a_cycle_gathers_its_meetings_by_their_start(around, ketua, community):
    cycle = open_cycle(around, ketua, community)
    meeting = {
        "community_id": community,
        "series_id": None,
        "phase": None,
        "title": "Membaca grafik",
        "goal": "Murid membaca grafik",
        "ends_at": SOON + timedelta(days=9),
        "timezone": "Asia/Jakarta",
        "place": None,
        "mode": "online",
        "capacity": None,
    }
    later, sooner = grown_id(), grown_id()
    for session_id, days in ((later, 7), (sooner, 1)):
        start = SOON + timedelta(days=days)
        state = {**meeting, "session_id": session_id, "cycle_id": cycle["id"], "starts_at": start}
        around.tell(SESSION_SCHEDULED, **state, status="scheduled")
    around.tell(SESSION_CANCELLED, **state, status="cancelled")
    around.tell(SESSION_SCHEDULED, **{**state, "session_id": grown_id(), "cycle_id": None}, status="scheduled")
    found = around.ask(around.member(community), GET_CYCLE, cycle_id=cycle["id"])["sessions"]
    assert [(session["id"], session["status"]) for session in found] == [(sooner, "cancelled"), (later, "scheduled")]


def test_each_stage_is_told_once_and_kept_with_its_time(around, ketua, community):
    cycle = advanced_to(around, ketua, open_cycle(around, ketua, community), "evaluation")
    assert [stage["stage"] for stage in cycle["stages"]] == ["reflection", "planning", "implementation", "evaluation"]
    told = around.emitted(CYCLE_ADVANCED)
    assert [event["stage"] for event in told] == ["planning", "implementation", "evaluation"]


def test_advancing_twice_from_one_screen_moves_the_cycle_once(around, ketua, community):
    cycle = open_cycle(around, ketua, community)
    around.ask(ketua, ADVANCE_CYCLE, cycle_id=cycle["id"], to="planning")
    with pytest.raises(Conflict):
        around.ask(ketua, ADVANCE_CYCLE, cycle_id=cycle["id"], to="planning")
    assert around.ask(ketua, GET_CYCLE, cycle_id=cycle["id"])["stage"] == "planning"


def test_a_cycle_cannot_close_without_saying_what_came_of_it(around, ketua, community):
    cycle = advanced_to(around, ketua, open_cycle(around, ketua, community), "evaluation")
    with pytest.raises(Conflict):
        around.ask(ketua, ADVANCE_CYCLE, cycle_id=cycle["id"])
    cycle = around.ask(ketua, EVALUATE_CYCLE, cycle_id=cycle["id"], version=cycle["version"], **MEASURED)
    assert around.ask(ketua, ADVANCE_CYCLE, cycle_id=cycle["id"])["stage"] == "closed"
    for operation, order in ((ADVANCE_CYCLE, {}), (CHANGE_CYCLE, {"version": cycle["version"], "title": "Lain"})):
        with pytest.raises((Conflict, Stale)):
            around.ask(ketua, operation, cycle_id=cycle["id"], **order)


def test_an_honest_reason_closes_a_cycle_too(around, ketua, community):
    cycle = advanced_to(around, ketua, open_cycle(around, ketua, community), "evaluation")
    said = {"measured": False, "reason": "Asesmen akhir belum sempat dilakukan"}
    around.ask(ketua, EVALUATE_CYCLE, cycle_id=cycle["id"], version=cycle["version"], **said)
    assert around.ask(ketua, ADVANCE_CYCLE, cycle_id=cycle["id"])["stage"] == "closed"


def test_results_are_for_members_and_stay_out_of_events(around, ketua, community):
    cycle = advanced_to(around, ketua, open_cycle(around, ketua, community), "evaluation")
    around.ask(ketua, EVALUATE_CYCLE, cycle_id=cycle["id"], version=cycle["version"], **MEASURED)
    advanced_to(around, ketua, cycle, "closed")
    seen = around.ask(around.member(community), GET_CYCLE, cycle_id=cycle["id"])["evaluation"]
    assert (seen["n"], seen["before"], seen["after"]) == (20, [8, 6, 4, 2], [2, 4, 8, 6])
    assert around.ask(around.person("Rekan"), GET_CYCLE, cycle_id=cycle["id"])["evaluation"] is None
    assert "[8, 6, 4, 2]" not in str(around.emitted(CYCLE_OPENED, CYCLE_ADVANCED))


def test_too_few_pupils_are_not_counted(around, ketua, community):
    cycle = advanced_to(around, ketua, open_cycle(around, ketua, community), "evaluation")
    few = {"measured": True, "n": 3, "before": [1, 1, 1, 0], "after": [0, 1, 1, 1]}
    with pytest.raises(Invalid) as refused:
        around.ask(ketua, EVALUATE_CYCLE, cycle_id=cycle["id"], version=cycle["version"], **few)
    assert refused.value.fields["n"][0].key == "learning.too_few_pupils"


def test_new_words_reach_the_copies_but_nobody_is_told(around, ketua, community):
    cycle = open_cycle(around, ketua, community)
    change = {"cycle_id": cycle["id"], "version": cycle["version"]}
    changed = around.ask(ketua, CHANGE_CYCLE, **change, goal="Murid menafsirkan grafik")
    assert changed["title"] == cycle["title"]
    [told] = around.emitted(CYCLE_ADVANCED)
    assert (told["goal"], told["stage"], told["quiet"]) == ("Murid menafsirkan grafik", "reflection", True)
    with pytest.raises(Stale):
        around.ask(ketua, CHANGE_CYCLE, **change, goal="Lain lagi")
    around.ask(ketua, CHANGE_CYCLE, cycle_id=cycle["id"], version=changed["version"], ends_on="2026-12-18")
    assert [told["quiet"] for told in around.emitted(CYCLE_ADVANCED)] == [True, True]


def test_a_resource_that_is_published_is_told_as_accepted_work_until_it_is_withdrawn(around, ketua, community):
    resource = {
        "resource_id": grown_id(),
        "community_id": community,
        "author_id": ketua,
        "title": "Kartu pecahan",
        "kind": "teaching_kit",
        "subject": None,
        "phase": None,
        "version_number": 1,
    }
    around.tell(RESOURCE_PUBLISHED, **resource, status="published")
    around.tell(RESOURCE_WITHDRAWN, **resource, status="withdrawn")
    eventually(lambda: len(around.emitted(WORK_ACCEPTED)) == 2)
    told = [(each["work_id"], each["person_id"], each["status"]) for each in around.emitted(WORK_ACCEPTED)]
    assert told == [(resource["resource_id"], ketua, status) for status in ("accepted", "withdrawn")]


def test_cycles_are_listed_newest_first_page_by_page(around, ketua, community):
    made = [open_cycle(around, ketua, community, title=f"Siklus {number}")["id"] for number in range(3)]
    page = around.ask(ketua, LIST_CYCLES, community_id=community, limit=2)
    rest = around.ask(ketua, LIST_CYCLES, community_id=community, limit=2, after=page["next"])
    assert [cycle["id"] for cycle in page["items"] + rest["items"]] == made[::-1]
    assert rest["next"] is None


def test_an_archived_community_keeps_its_cycles_to_itself_and_as_they_are(around, ketua, community):
    cycle = open_cycle(around, ketua, community)
    around.community(ketua, community_id=community, status="archived")
    refused = at_once(
        partial(around.ask, ketua, ADVANCE_CYCLE, cycle_id=cycle["id"]),
        partial(open_cycle, around, ketua, community),
        partial(around.ask, around.person("Rekan"), GET_CYCLE, cycle_id=cycle["id"]),
    )
    assert [type(outcome) for outcome in refused] == [Conflict, Conflict, NotFound]
    assert around.ask(ketua, GET_CYCLE, cycle_id=cycle["id"])["id"] == cycle["id"]


def test_another_district_finds_nothing(around, ketua, community, elsewhere):
    cycle = open_cycle(around, ketua, community)
    stranger = elsewhere.person()
    refused = at_once(
        partial(elsewhere.ask, stranger, GET_CYCLE, cycle_id=cycle["id"]),
        partial(elsewhere.ask, stranger, ADVANCE_CYCLE, cycle_id=cycle["id"]),
        partial(elsewhere.ask, stranger, LIST_CYCLES, community_id=community),
    )
    assert [type(outcome) for outcome in refused] == [NotFound] * 3


def test_a_merged_communitys_cycles_go_on_in_the_one_it_became(around, ketua, community):
    double = around.community(ketua)
    old, new = open_cycle(around, ketua, double), open_cycle(around, ketua, community)
    around.leave(double, ketua)
    around.community(ketua, community_id=double, status="archived", merged_into=community)
    around.community(ketua, community_id=community, merged_from=[double])
    for asked in (community, double):
        found = around.ask(around.person("Rekan"), LIST_CYCLES, community_id=asked)["items"]
        assert {each["id"] for each in found} == {old["id"], new["id"]}
    assert around.ask(ketua, ADVANCE_CYCLE, cycle_id=old["id"])["stage"] == "planning"


def test_cycles_of_merged_communities_are_listed_page_by_page(around, ketua, community):
    double = around.community(ketua)
    made = {open_cycle(around, ketua, whose)["id"] for whose in (double, double, double, community)}
    around.community(ketua, community_id=double, status="archived", merged_into=community)
    around.community(ketua, community_id=community, merged_from=[double])
    seen, after = [], None
    while True:
        page = around.ask(ketua, LIST_CYCLES, community_id=community, limit=2, after=after)
        seen += [each["id"] for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == 4
    assert set(seen) == made
