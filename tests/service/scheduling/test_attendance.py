"""Who was there is noted by officers, from phones that were away, in any order."""

import random
from datetime import UTC, datetime, timedelta
from functools import partial, reduce

import pytest

from services.scheduling import presence
from services.scheduling.domain.attendance import Entry, Meeting, Note
from shared.contracts.events.scheduling import ATTENDANCE_RECORDED
from shared.contracts.scheduling import (
    CANCEL_SESSION,
    CHANGE_SESSION,
    FORGET_GUEST,
    LIST_ATTENDANCE,
    RECORD_ATTENDANCE,
    SCHEDULE_SESSION,
)
from shared.errors import Conflict, Forbidden, NotFound, Refusal
from tests.support.neighbours import at_once, grown_id

BEGAN = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=3)


def schedule(around, ketua, community, **changes):
    plain = {"title": "Membaca grafik", "goal": "Murid membaca grafik garis", "starts_at": BEGAN}
    return around.ask(ketua, SCHEDULE_SESSION, community_id=community, **{**plain, **changes})


def note(about, status="hadir", minutes=0, **said):
    whom = {"person_id": about} if isinstance(about, str) else {"guest": about}
    return {"client_id": grown_id(), "status": status, "at": BEGAN + timedelta(minutes=minutes), **whom, **said}


def record(around, who, session, *items):
    return around.ask(who, RECORD_ATTENDANCE, session_id=session["id"], items=list(items))["items"]


def attendance(around, who, session):
    return around.ask(who, LIST_ATTENDANCE, session_id=session["id"], limit=100)


def test_an_officer_notes_members_and_guests_and_each_note_has_a_result(around, ketua, community):
    session, member = schedule(around, ketua, community), around.member(community)
    visitor, stranger = around.person("Rekan MGMP lain"), grown_id()
    guest = {"name": "Dr. Wulan", "institution": "UNNES"}
    items = [
        note(member, minutes=30),
        note(ketua, "izin", reason="Dinas luar"),
        note(visitor),
        note(guest, left_at=BEGAN + timedelta(minutes=60)),
        note(guest | {"name": "dr.  wulan"}, minutes=-10),
        note(stranger),
        note(member, at=datetime.now(UTC) + timedelta(days=1)),
        {**note(member), "guest": guest},
    ]
    results = record(around, ketua, session, *items)
    assert [(each["outcome"], each["present_minutes"]) for each in results] == [
        ("recorded", 90),
        ("recorded", 0),
        ("recorded", 120),
        ("recorded", 60),
        ("superseded", 60),
        *[("refused", None)] * 3,
    ]
    assert all((each["problem"] is None) == (each["outcome"] != "refused") for each in results)
    seen = attendance(around, ketua, session)
    assert {(each["name"], each["kind"], each["status"], each["late"]) for each in seen["items"]} == {
        ("Budi Santoso", "member", "hadir", True),
        ("Ibu Ketua", "member", "izin", False),
        ("Rekan MGMP lain", "guest", "hadir", False),
        ("Dr. Wulan", "guest", "hadir", False),
    }
    assert seen["counts"] == {"hadir": 3, "izin": 1, "sakit": 0, "alpa": 0, "guests": 2}
    told = around.emitted(ATTENDANCE_RECORDED)
    assert {each["attendee_id"] for each in told} == {each["attendee_id"] for each in seen["items"]}
    assert not {"name", "institution", "reason"} & set().union(*told)


def test_others_learn_who_was_present_and_for_how_long(scheduling, around, ketua, community, monkeypatch):
    session, members = schedule(around, ketua, community), [around.member(community) for _ in range(5)]
    guest = note({"name": "Dr. Wulan", "institution": "UNNES"}, left_at=BEGAN + timedelta(minutes=45))
    record(around, ketua, session, *(note(each, minutes=10) for each in members), note(ketua, "sakit"), guest)
    store = scheduling.open("scheduling").store(around.district)
    held = store.sessions.require(session["id"])
    monkeypatch.setattr(presence, "_AT_ONCE", 3)
    present = list(presence.present(store, held))
    assert [(each.person_id, each.present_minutes) for each in present if each.person_id] == [
        (member, 110) for member in members
    ]
    assert [(each.name, each.present_minutes) for each in present if not each.person_id] == [("Dr. Wulan", 45)]
    assert len(list(presence.attendance(store, held))) == 7


def test_presence_goes_by_the_times_that_a_session_has_now(scheduling, around, ketua, community):
    """Also where a row was written at the very moment at which the session was moved, and says something else."""
    session, member = schedule(around, ketua, community), around.member(community)
    record(around, ketua, session, note(member, minutes=10))
    store = scheduling.open("scheduling").store(around.district)
    shorter = store.sessions.require(session["id"]) | {"ends_at": BEGAN + timedelta(minutes=60)}
    [present] = presence.present(store, shorter)
    assert present.present_minutes == 50


def test_a_guests_name_is_forgotten_for_good_and_their_presence_stays(around, ketua, community):
    session, guest = schedule(around, ketua, community), note({"name": "Dr. Wulan", "institution": "UNNES"}, reason="-")
    [noted] = record(around, ketua, session, guest)
    order = {"session_id": session["id"], "attendee_id": noted["attendee_id"]}
    for _ in range(2):
        around.ask(ketua, FORGET_GUEST, **order)
    record(around, ketua, session, guest, guest | {"client_id": "z", "status": "alpa"})
    seen = attendance(around, ketua, session)
    [left] = seen["items"]
    assert (left["name"], left["institution"], left["reason"], left["status"]) == (None, None, None, "hadir")
    assert (seen["counts"]["hadir"], seen["counts"]["guests"]) == (1, 1)


def test_a_later_note_corrects_an_earlier_one_and_the_counts(around, ketua, community):
    session, member = schedule(around, ketua, community), around.member(community)
    record(around, ketua, session, note(member, "alpa", 60))
    record(around, ketua, session, note(member, "sakit", 90, reason="Demam"))
    again = note(member, minutes=10)
    assert [each["outcome"] for each in record(around, ketua, session, again, again)] == ["superseded"] * 2
    seen = attendance(around, ketua, session)
    assert [(each["status"], each["reason"]) for each in seen["items"]] == [("sakit", "Demam")]
    assert seen["counts"] == {"hadir": 0, "izin": 0, "sakit": 1, "alpa": 0, "guests": 0}
    assert [each["status"] for each in around.emitted(ATTENDANCE_RECORDED)] == ["alpa", "sakit"]


def test_minutes_follow_a_session_that_took_another_time(around, ketua, community):
    session, member = schedule(around, ketua, community), around.member(community)
    record(around, ketua, session, note(member, minutes=30), note(ketua, "izin"))
    change = {"session_id": session["id"], "version": session["version"], "ends_at": BEGAN + timedelta(minutes=150)}
    around.ask(ketua, CHANGE_SESSION, **change)
    minutes = [each["present_minutes"] for each in attendance(around, ketua, session)["items"]]
    assert sorted(minutes) == [0, 120]
    assert [each["present_minutes"] for each in around.emitted(ATTENDANCE_RECORDED)][2:] == [120]


def test_reasons_are_for_officers_and_oneself_and_only_members_look(around, ketua, community):
    session, one, other = schedule(around, ketua, community), around.member(community), around.member(community)
    record(around, ketua, session, note(one, "izin", reason="Anak sakit"))
    seen = [attendance(around, who, session)["items"][0]["reason"] for who in (ketua, one, other)]
    assert seen == ["Anak sakit", "Anak sakit", None]
    outsider = around.person()
    refused = at_once(
        partial(record, around, other, session, note(one)),
        partial(record, around, outsider, session, note(one)),
        partial(attendance, around, outsider, session),
    )
    assert [type(outcome) for outcome in refused] == [Forbidden] * 3


def test_another_districts_session_is_not_there(around, elsewhere, ketua, community):
    session, stranger = schedule(around, ketua, community), elsewhere.person()
    with pytest.raises(NotFound):
        record(elsewhere, stranger, session, note(stranger))


def test_nobody_was_present_at_a_session_that_was_cancelled_or_has_not_begun(around, ketua, community):
    coming = schedule(around, ketua, community, starts_at=datetime.now(UTC) + timedelta(days=2))
    now = datetime.now(UTC)
    results = record(around, ketua, coming, note(ketua, at=now), note(ketua, "izin", at=now))
    assert [each["outcome"] for each in results] == ["refused", "recorded"]
    around.ask(ketua, CANCEL_SESSION, session_id=coming["id"], reason="Libur")
    with pytest.raises(Conflict):
        record(around, ketua, coming, note(ketua, "izin"))


def test_a_hundred_offline_batches_delivered_three_times_in_random_order_give_the_same(around, ketua, community):
    session, chance = schedule(around, ketua, community), random.Random(7)  # a reproducible shuffle
    people = [around.member(community) for _ in range(6)]
    batches = [
        [
            note(person, chance.choice(["hadir", "izin", "sakit", "alpa"]), chance.randrange(0, 120, 10))
            for person in chance.sample(people, 3)
        ]
        for _ in range(100)
    ]
    deliveries = batches * 3
    chance.shuffle(deliveries)
    attendance(around, ketua, session)
    while deliveries:
        sent, deliveries = deliveries[:5], deliveries[5:]
        outcomes = at_once(*(partial(record, around, ketua, session, *batch) for batch in sent))
        # A phone sends again what it got no answer to.
        deliveries += [batch for batch, told in zip(sent, outcomes, strict=True) if isinstance(told, Refusal)]
    notes = [item for batch in batches for item in batch]
    meeting = Meeting(BEGAN, BEGAN + timedelta(minutes=120))
    fields = ("at", "client_id", "status")
    expected = {}
    for person in people:
        about = (each for each in notes if each["person_id"] == person)
        entry = reduce(Entry.join, (Entry(note=Note(**{f: each[f] for f in fields}, by=ketua)) for each in about))
        expected[person] = (entry.attended(meeting).status, entry.attended(meeting).present_minutes)
    seen = attendance(around, ketua, session)
    assert {each["person_id"]: (each["status"], each["present_minutes"]) for each in seen["items"]} == expected
    statuses = [status for status, _ in expected.values()]
    assert {name: seen["counts"][name] for name in set(statuses)} == {name: statuses.count(name) for name in statuses}
