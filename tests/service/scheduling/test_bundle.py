"""A phone takes a session along: everybody, what they answered, what is noted, and the codes; at most 64 kB."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.base import write
from shared.contracts.scheduling import (
    ANSWER_SESSION,
    CHANGE_COMMITMENT,
    GET_BUNDLE,
    GET_CHECKIN_CODES,
    GET_MINUTES,
    MAKE_COMMITMENT,
    RECORD_ATTENDANCE,
    SCHEDULE_SESSION,
    SET_AGENDA,
    WRITE_MINUTES,
    SessionBundle,
)
from shared.errors import Forbidden
from tests.support.neighbours import grown_id

LIMIT = 65_536
SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=20)


def schedule(around, ketua, community):
    plain = {"title": "Membaca grafik", "goal": "Murid membaca grafik garis", "starts_at": SOON}
    return around.ask(ketua, SCHEDULE_SESSION, community_id=community, **plain)


def take_along(around, who, session):
    return around.ask(who, GET_BUNDLE, session_id=session["id"])


def size(bundle):
    return len(json.dumps(write(SessionBundle, bundle), ensure_ascii=False, separators=(",", ":")).encode())


def test_an_officer_takes_people_answers_attendance_and_codes_along(around, ketua, community):
    session, member = schedule(around, ketua, community), around.member(community)
    around.ask(member, ANSWER_SESSION, session_id=session["id"], answer="yes")
    guest = {"guest": {"name": "Dr. Wulan", "institution": "UNNES"}, "status": "hadir"}
    items = [{"client_id": "1", "at": datetime.now(UTC), **guest}]
    around.ask(ketua, RECORD_ATTENDANCE, session_id=session["id"], items=items)
    agenda = [{"title": "Membahas hasil murid", "minutes": 40, "owner_id": member}]
    around.ask(ketua, SET_AGENDA, session_id=session["id"], version=0, items=agenda)
    taken = take_along(around, ketua, session)
    assert taken["complete"]
    assert [(item["title"], item["owner_id"]) for item in taken["agenda"]] == [("Membahas hasil murid", member)]
    assert {(each["name"], each["role"], each["answer"], each["status"]) for each in taken["people"]} == {
        ("Dr. Wulan", None, None, "hadir"),
        ("Budi Santoso", "member", "yes", None),
        ("Ibu Ketua", "ketua", None, None),
    }
    all_codes = around.ask(ketua, GET_CHECKIN_CODES, session_id=session["id"])["codes"]
    codes = taken["codes"]
    shown = [code["code"] for code in all_codes if code["valid_from"] >= codes["valid_from"]]
    assert codes["digits"] == shown
    assert codes["qr_prefix"] + codes["tokens"][-1] == all_codes[-1]["qr"]
    assert take_along(around, member, session)["codes"] is None
    with pytest.raises(Forbidden):
        take_along(around, around.person(), session)


def test_the_minutes_and_what_is_still_open_go_along(around, ketua, community):
    earlier, session = schedule(around, ketua, community), schedule(around, ketua, community)
    soon = (datetime.now(UTC) + timedelta(days=20)).date()
    open_one, settled, of_today = [
        around.ask(
            ketua, MAKE_COMMITMENT, community_id=community, title=title, due_on=soon, session_id=each and each["id"]
        )
        for title, each in (("Kartu soal", earlier), ("Sudah selesai", None), ("Dari hari ini", session))
    ]
    around.ask(ketua, CHANGE_COMMITMENT, commitment_id=settled["id"], version=settled["version"], status="done")
    text = {"title": "Hasil murid", "text": "Murid membaca grafik."}
    written = around.ask(ketua, WRITE_MINUTES, session_id=session["id"], version=0, sections=[text])
    taken = take_along(around, around.member(community), session)
    assert [each["id"] for each in taken["open_commitments"]] == [open_one["id"]]
    assert taken["minutes"] == around.ask(ketua, GET_MINUTES, session_id=session["id"])
    assert (taken["minutes"]["version"], taken["minutes"]["sections"]) == (written["version"], [text])
    assert [each["id"] for each in taken["minutes"]["commitments"]] == [of_today["id"]]
    assert taken["complete"]


@pytest.mark.parametrize(("letters", "goes"), [(10_000, True), (50_000, True), (100_000, False)])
def test_long_minutes_go_along_where_the_people_leave_room(around, ketua, community, letters, goes):
    session = schedule(around, ketua, community)
    sections = [{"title": "Bagian", "text": "a" * 10_000}] * (letters // 10_000)
    around.ask(ketua, WRITE_MINUTES, session_id=session["id"], version=0, sections=sections)
    taken = take_along(around, ketua, session)
    assert (taken["minutes"] is not None, taken["complete"]) == (goes, goes)
    assert [each["name"] for each in taken["people"]] == ["Ibu Ketua"]
    assert size(taken) <= LIMIT


def test_two_hundred_members_fit_and_longer_names_never_burst_it(scheduling, around, ketua, community, measured):
    session = schedule(around, ketua, community)
    store, ids = scheduling.open("scheduling").store(around.district), [grown_id() for _ in range(199)]
    member = {"community_id": community, "role": "member", "active": True}
    store.members.insert_many([{"id": f"{community}/{id_}", "person_id": id_, **member} for id_ in ids])
    store.people.insert_many([{"id": id_, "name": "Sri Wahyuningsih Kusumawardani, S.Pd., M.Pd."} for id_ in ids])
    taken = take_along(around, ketua, session)
    assert (len(taken["people"]), taken["complete"]) == (200, True)
    measured(f"a session of 200 members and its codes, to take along: {size(taken):,} bytes")
    assert size(taken) <= LIMIT
    around.database.people.update_many({"district": around.district}, {"$set": {"name": "é" * 200}})
    taken = take_along(around, ketua, session)
    assert not taken["complete"]
    assert len(taken["people"]) > 80
    assert LIMIT - 1000 < size(taken) <= LIMIT
