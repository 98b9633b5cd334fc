"""Members say whether they come; nobody gets a seat that is not there."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from shared.contracts.events.scheduling import RSVP_CHANGED, SESSION_RESCHEDULED
from shared.contracts.scheduling import (
    ANSWER_SESSION,
    CANCEL_SESSION,
    CHANGE_SESSION,
    GET_SESSION,
    LIST_RSVPS,
    SCHEDULE_SESSION,
)
from shared.errors import Conflict, Forbidden, Refusal
from tests.support.neighbours import at_once

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)


def schedule(around, ketua, community, **changes):
    plain = {"title": "Membaca grafik", "goal": "Murid membaca grafik garis", "starts_at": SOON}
    return around.ask(ketua, SCHEDULE_SESSION, community_id=community, **{**plain, **changes})


def answer(around, who, session, said, reason=None):
    return around.ask(who, ANSWER_SESSION, session_id=session["id"], answer=said, reason=reason)


def test_a_member_may_change_her_mind(around, ketua, community):
    session, member = schedule(around, ketua, community), around.member(community)
    answer(around, member, session, "yes")
    answer(around, member, session, "no", "Ada penilaian di kelas")
    seen = around.ask(member, GET_SESSION, session_id=session["id"])
    assert (seen["my_answer"], seen["answers"]) == ("no", {"yes": 0, "no": 1, "maybe": 0})
    assert [told["answer"] for told in around.emitted(RSVP_CHANGED)] == ["yes", "no"]


def test_an_answer_leaves_the_session_itself_untouched(around, ketua, community):
    session = schedule(around, ketua, community)
    answer(around, around.member(community), session, "yes")
    assert around.ask(ketua, GET_SESSION, session_id=session["id"])["version"] == session["version"]


def test_the_same_answer_again_tells_nobody_but_keeps_the_new_reason(around, ketua, community):
    session, member = schedule(around, ketua, community), around.member(community)
    answer(around, member, session, "maybe")
    answer(around, member, session, "maybe", "Menunggu jadwal sekolah")
    assert answer(around, member, session, "maybe", "Menunggu jadwal sekolah")["reason"] == "Menunggu jadwal sekolah"
    [told] = around.emitted(RSVP_CHANGED)
    assert set(told) == {"session_id", "community_id", "person_id", "answer"}


def test_reasons_are_for_officers_and_oneself(around, ketua, community):
    session, one, other = schedule(around, ketua, community), around.member(community), around.member(community)
    answer(around, one, session, "no", "Anak sakit")
    answer(around, other, session, "yes")

    def seen(by):
        items = around.ask(by, LIST_RSVPS, session_id=session["id"])["items"]
        return [(item["person_id"], item["name"], item["answer"], item["reason"]) for item in items]

    both = [(one, "Budi Santoso", "no", "Anak sakit"), (other, "Budi Santoso", "yes", None)]
    assert seen(ketua) == both
    assert seen(one) == both
    assert seen(other) == [(one, "Budi Santoso", "no", None), (other, "Budi Santoso", "yes", None)]


def test_who_comes_is_listed_page_by_page(around, ketua, community):
    session = schedule(around, ketua, community)
    members = [around.member(community) for _ in range(5)]
    for member in members:
        answer(around, member, session, "yes")
    first = around.ask(ketua, LIST_RSVPS, session_id=session["id"], limit=3)
    rest = around.ask(ketua, LIST_RSVPS, session_id=session["id"], limit=3, after=first["next"])
    assert [item["person_id"] for item in first["items"] + rest["items"]] == members
    assert rest["next"] is None


def test_only_members_answer_and_look_at_answers(around, ketua, community):
    session = schedule(around, ketua, community)
    former = around.member(community)
    around.leave(community, former)
    outsider = around.person("Rekan")
    refused = at_once(
        partial(answer, around, outsider, session, "yes"),
        partial(answer, around, former, session, "yes"),
        partial(around.ask, outsider, LIST_RSVPS, session_id=session["id"]),
    )
    assert [type(outcome) for outcome in refused] == [Forbidden] * 3


def test_seats_are_never_given_twice_in_a_burst(around, ketua, community):
    session = schedule(around, ketua, community, capacity=3)
    members = [around.member(community) for _ in range(12)]
    # Whoever would still have to wait for the copies is asked to come back once too many wait.
    around.ask(ketua, GET_SESSION, session_id=session["id"])
    outcomes = at_once(*(partial(answer, around, member, session, "yes") for member in members))
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    assert [refusal.text.key for refusal in refused] == ["scheduling.session_full"] * 9
    seen = around.ask(ketua, GET_SESSION, session_id=session["id"])
    assert seen["answers"] == {"yes": 3, "no": 0, "maybe": 0}
    assert len(around.emitted(RSVP_CHANGED)) == 3


def test_a_seat_that_is_given_up_can_be_taken(around, ketua, community):
    session = schedule(around, ketua, community, capacity=1)
    one, other = around.member(community), around.member(community)
    answer(around, one, session, "yes")
    with pytest.raises(Conflict):
        answer(around, other, session, "yes")
    answer(around, other, session, "maybe")
    answer(around, one, session, "no")
    assert answer(around, other, session, "yes")["answer"] == "yes"


def test_seats_cannot_be_taken_from_those_who_come(around, ketua, community):
    session = schedule(around, ketua, community, capacity=5)
    for _ in range(2):
        answer(around, around.member(community), session, "yes")
    change = {"session_id": session["id"], "version": session["version"]}
    with pytest.raises(Conflict):
        around.ask(ketua, CHANGE_SESSION, **change, capacity=1)
    around.ask(ketua, CHANGE_SESSION, **change, capacity=2)
    with pytest.raises(Conflict):
        answer(around, around.member(community), session, "yes")
    assert [told["quiet"] for told in around.emitted(SESSION_RESCHEDULED)] == [True]


def test_a_cancelled_session_takes_no_answers(around, ketua, community):
    session = schedule(around, ketua, community)
    around.ask(ketua, CANCEL_SESSION, session_id=session["id"], reason="Narasumber sakit")
    with pytest.raises(Conflict):
        answer(around, ketua, session, "yes")


def test_a_session_that_is_over_takes_no_answers(around, ketua, community):
    session = schedule(around, ketua, community, starts_at=SOON - timedelta(days=10))
    with pytest.raises(Conflict) as refused:
        answer(around, ketua, session, "yes")
    assert refused.value.text.key == "scheduling.session_over"


def test_a_repeated_request_has_one_effect(around, ketua, community):
    session = schedule(around, ketua, community)
    order = {"session_id": session["id"], "answer": "yes"}
    once = around.ask(ketua, ANSWER_SESSION, key="ketukan-1", **order)
    around.ask(ketua, ANSWER_SESSION, session_id=session["id"], answer="no")
    assert around.ask(ketua, ANSWER_SESSION, key="ketukan-1", **order) == once
    assert around.ask(ketua, GET_SESSION, session_id=session["id"])["my_answer"] == "no"
