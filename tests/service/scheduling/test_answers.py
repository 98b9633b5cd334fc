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
from shared.errors import Conflict, Forbidden, Invalid
from tests.support.neighbours import at_once
from tests.support.patience import eventually

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
    assert (seen["my_answer"], seen["answers"]) == ("no", {"yes": 0, "no": 1, "maybe": 0, "waiting": 0})
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
    assert set(told) == {"session_id", "community_id", "person_id", "answer", "state", "moved_up"}


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
    given = at_once(*(partial(answer, around, member, session, "yes") for member in members))
    assert sorted(each["waiting_place"] for each in given if each["state"] == "waiting") == list(range(1, 10))
    seen = around.ask(ketua, GET_SESSION, session_id=session["id"])
    assert seen["answers"] == {"yes": 3, "no": 0, "maybe": 0, "waiting": 9}
    assert [told["state"] for told in around.emitted(RSVP_CHANGED)] == ["coming"] * 3 + ["waiting"] * 9


def moved_up(around):
    return [told["person_id"] for told in around.emitted(RSVP_CHANGED) if told["moved_up"]]


def test_who_waits_moves_up_by_herself_when_a_seat_becomes_free(around, ketua, community):
    session = schedule(around, ketua, community, capacity=1)
    one, two, three, four = (around.member(community) for _ in range(4))
    for each in (one, two, three, four):
        answer(around, each, session, "yes")
    seen = around.ask(three, GET_SESSION, session_id=session["id"])
    assert (seen["my_answer"], seen["my_state"], seen["my_waiting_place"]) == ("yes", "waiting", 2)

    answer(around, one, session, "maybe")
    assert moved_up(around) == [two]
    around.leave(community, two)
    eventually(lambda: moved_up(around) == [two, three])
    change = {"session_id": session["id"], "version": session["version"]}
    around.ask(ketua, CHANGE_SESSION, **change, capacity=2)
    assert moved_up(around) == [two, three, four]

    listed = around.ask(ketua, LIST_RSVPS, session_id=session["id"])["items"]
    states = {each["person_id"]: (each["answer"], each["state"]) for each in listed}
    coming = ("yes", "coming")
    assert states == {one: ("maybe", None), two: ("no", None), three: coming, four: coming}


def test_who_leaves_gives_up_her_seats_there_and_nowhere_else(around, ketua, community):
    coming, member = schedule(around, ketua, community), around.member(community)
    answer(around, member, coming, "yes")
    elsewhere = around.community(ketua)
    around.member(elsewhere, member)
    other = schedule(around, ketua, elsewhere)
    answer(around, member, other, "yes")
    around.leave(community, member)
    eventually(lambda: around.emitted(RSVP_CHANGED)[-1]["answer"] == "no")
    assert around.ask(ketua, GET_SESSION, session_id=coming["id"])["answers"]["yes"] == 0
    assert around.ask(ketua, GET_SESSION, session_id=other["id"])["answers"]["yes"] == 1


def test_seats_cannot_be_taken_from_those_who_come(around, ketua, community):
    session = schedule(around, ketua, community, capacity=5)
    for _ in range(2):
        answer(around, around.member(community), session, "yes")
    change = {"session_id": session["id"], "version": session["version"]}
    with pytest.raises(Conflict):
        around.ask(ketua, CHANGE_SESSION, **change, capacity=1)
    around.ask(ketua, CHANGE_SESSION, **change, capacity=2)
    assert answer(around, around.member(community), session, "yes")["state"] == "waiting"
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


def test_answers_are_taken_until_the_moment_that_the_officers_named(around, ketua, community):
    now = datetime.now(UTC)
    session = schedule(around, ketua, community, answers_until=now - timedelta(minutes=1))
    with pytest.raises(Conflict) as refused:
        answer(around, ketua, session, "yes")
    assert refused.value.text.key == "answers.closed"
    change = {"session_id": session["id"], "version": session["version"], "starts_at": SOON + timedelta(days=1)}
    moved = around.ask(ketua, CHANGE_SESSION, **change)
    assert moved["answers_until"] - session["answers_until"] == timedelta(days=1)
    assert answer(around, ketua, session, "yes")["state"] == "coming"
    with pytest.raises(Invalid):
        late = {**change, "version": moved["version"], "answers_until": SOON + timedelta(days=2)}
        around.ask(ketua, CHANGE_SESSION, **late)


def test_a_repeated_request_has_one_effect(around, ketua, community):
    session = schedule(around, ketua, community)
    order = {"session_id": session["id"], "answer": "yes"}
    once = around.ask(ketua, ANSWER_SESSION, key="ketukan-1", **order)
    around.ask(ketua, ANSWER_SESSION, session_id=session["id"], answer="no")
    assert around.ask(ketua, ANSWER_SESSION, key="ketukan-1", **order) == once
    assert around.ask(ketua, GET_SESSION, session_id=session["id"])["my_answer"] == "no"
