"""Officers set meetings, members see them whole, colleagues see when and where."""

from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from shared.contracts.events.learning import CYCLE_OPENED
from shared.contracts.events.scheduling import SESSION_CANCELLED, SESSION_RESCHEDULED, SESSION_SCHEDULED
from shared.contracts.scheduling import (
    ANSWER_SESSION,
    CANCEL_SESSION,
    CHANGE_SESSION,
    FIND_FREE_DATES,
    GET_MY_CALENDAR,
    GET_SESSION,
    LIST_RSVPS,
    LIST_SESSIONS,
    READ_CALENDAR,
    SCHEDULE_SESSION,
    SHOW_COMING,
)
from shared.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shared.ids import new_id
from tests.support.neighbours import at_once, grown_id

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
MEETING = {"title": "Membaca grafik", "goal": "Murid membaca grafik garis", "starts_at": SOON}


def schedule(around, ketua, community, **changes):
    return around.ask(ketua, SCHEDULE_SESSION, community_id=community, **{**MEETING, **changes})


def test_an_officer_sets_a_meeting_and_the_others_are_told_without_its_link(around, ketua, community):
    session = schedule(around, ketua, community, join_url="https://meet.google.com/abc", place="SMPN 1 Wonosobo")
    assert session["ends_at"] == SOON + timedelta(hours=2)
    assert (session["timezone"], session["zone"]) == ("Asia/Makassar", "WITA")
    assert session["answers"] == {"yes": 0, "no": 0, "maybe": 0, "waiting": 0}
    [told] = around.emitted(SESSION_SCHEDULED)
    assert (told["session_id"], told["place"], told["status"]) == (session["id"], "SMPN 1 Wonosobo", "scheduled")
    assert not told["quiet"]
    assert "join_url" not in told


def test_founding_a_community_and_setting_its_first_meeting_at_once_works(around):
    founder = around.person()
    community = new_id()
    around.community(founder, community_id=community)
    assert schedule(around, founder, community)["community_id"] == community


def test_only_officers_set_change_and_cancel_meetings(around, ketua, community):
    session = schedule(around, ketua, community)
    own = {"session_id": session["id"]}
    member = around.member(community)
    refused = at_once(
        partial(schedule, around, member, community),
        partial(around.ask, member, CHANGE_SESSION, **own, version=session["version"], title="Lain"),
        partial(around.ask, member, CANCEL_SESSION, **own, reason="Iseng"),
        partial(around.ask, around.person("Orang lain"), CANCEL_SESSION, **own, reason="Iseng"),
    )
    assert [type(outcome) for outcome in refused] == [Forbidden] * 4


def test_a_colleague_from_elsewhere_sees_when_and_where_but_not_the_link_nor_who_comes(around, ketua, community):
    session = schedule(around, ketua, community, join_url="https://meet.google.com/abc")
    seen = around.ask(around.person("Rekan"), GET_SESSION, session_id=session["id"])
    assert (seen["title"], seen["starts_at"]) == (MEETING["title"], SOON)
    assert (seen["join_url"], seen["answers"], seen["my_answer"]) == (None, None, None)
    assert around.ask(around.member(community), GET_SESSION, session_id=session["id"])["join_url"] is not None


def test_an_archived_community_sets_no_meetings_and_hides_its_old_ones(around, ketua, community):
    session = schedule(around, ketua, community)
    around.community(ketua, community_id=community, status="archived")
    with pytest.raises(Conflict):
        schedule(around, ketua, community)
    with pytest.raises(NotFound):
        around.ask(around.person("Rekan"), GET_SESSION, session_id=session["id"])
    assert around.ask(ketua, GET_SESSION, session_id=session["id"])["id"] == session["id"]


def test_an_archived_communitys_meetings_are_on_no_first_page_in_no_calendar_and_in_nobodys_way(
    around, ketua, community
):
    """Until it is revived."""
    session, other = schedule(around, ketua, community), around.community(ketua)

    def seen():
        token = around.ask(ketua, GET_MY_CALENDAR)["url"].rpartition("/")[2].removesuffix(".ics")
        raw = around.fetch(None, READ_CALENDAR, district=around.district, calendar_token=token)
        local = SOON.astimezone(ZoneInfo("Asia/Jakarta"))
        asked = {"community_id": other, "starts_on": local.date().isoformat(), "starts_at": f"{local:%H:%M}"}
        dates = around.ask(ketua, FIND_FREE_DATES, **asked, duration_minutes=60, timezone="Asia/Jakarta")
        pages = around.ask(ketua, SHOW_COMING)["sessions"]["items"]
        return (
            [each["id"] for each in pages],
            session["id"].encode() in raw,
            [each["session_id"] for each in dates["clashes"] if each["kind"] == "meeting"],
        )

    assert seen() == ([session["id"]], True, [session["id"]])
    around.community(ketua, community_id=community, status="archived")
    assert seen() == ([], False, [])
    around.community(ketua, community_id=community, status="active")
    assert seen() == ([session["id"]], True, [session["id"]])


def cycle(around, community, stage="planning"):
    cycle_id = grown_id()
    words = {"title": "Grafik", "goal": "Murid membaca grafik", "stage": stage}
    around.tell(CYCLE_OPENED, cycle_id=cycle_id, community_id=community, **words)
    return cycle_id


def test_a_meeting_serves_a_cycle_of_its_own_community(around, ketua, community):
    served = cycle(around, community)
    session = schedule(around, ketua, community, cycle_id=served, phase="planning")
    assert (session["cycle_id"], session["phase"]) == (served, "planning")
    [told] = around.emitted(SESSION_SCHEDULED)
    assert told["cycle_id"] == served


@pytest.mark.parametrize("which", ["another community's", "a closed one", "one that never was"])
def test_a_meeting_serves_no_other_cycle(around, ketua, community, which):
    cycle_id = {
        "another community's": lambda: cycle(around, around.community(ketua)),
        "a closed one": lambda: cycle(around, community, stage="closed"),
        "one that never was": grown_id,
    }[which]()
    with pytest.raises(Invalid) as refused:
        schedule(around, ketua, community, cycle_id=cycle_id)
    assert list(refused.value.fields) == ["cycle_id"]
    assert around.emitted(SESSION_SCHEDULED) == []


def test_another_time_is_told_and_other_words_are_not(around, ketua, community):
    session = schedule(around, ketua, community)
    later = SOON + timedelta(days=1)
    moved = around.ask(ketua, CHANGE_SESSION, session_id=session["id"], version=session["version"], starts_at=later)
    assert (moved["starts_at"], moved["ends_at"]) == (later, later + timedelta(hours=2))
    around.ask(ketua, CHANGE_SESSION, session_id=session["id"], version=moved["version"], title="Membaca tabel")
    assert [(told["title"], told["quiet"]) for told in around.emitted(SESSION_RESCHEDULED)] == [
        ("Membaca grafik", False),
        ("Membaca tabel", True),
    ]


def test_a_change_of_what_somebody_else_has_changed_is_refused(around, ketua, community):
    session = schedule(around, ketua, community)
    change = {"session_id": session["id"], "version": session["version"]}
    around.ask(ketua, CHANGE_SESSION, **change, place="Ruang guru")
    with pytest.raises(Stale):
        around.ask(ketua, CHANGE_SESSION, **change, place="Perpustakaan")
    assert around.ask(ketua, GET_SESSION, session_id=session["id"])["place"] == "Ruang guru"


def test_a_cancelled_meeting_is_told_without_the_reason_and_stays_cancelled(around, ketua, community):
    session = schedule(around, ketua, community)
    around.ask(ketua, CANCEL_SESSION, session_id=session["id"], reason="Narasumber sakit")
    [told] = around.emitted(SESSION_CANCELLED)
    assert told["status"] == "cancelled"
    assert "Narasumber sakit" not in str(told)
    seen = around.ask(around.member(community), GET_SESSION, session_id=session["id"])
    assert (seen["status"], seen["cancel_reason"]) == ("cancelled", "Narasumber sakit")
    with pytest.raises(Conflict):
        around.ask(ketua, CANCEL_SESSION, session_id=session["id"], reason="Lagi")
    with pytest.raises(Conflict):
        around.ask(ketua, CHANGE_SESSION, session_id=session["id"], version=seen["version"], title="Lain")


def ids(page):
    return [item["id"] for item in page["items"]]


def test_mine_are_the_meetings_of_my_communities_in_order_page_by_page(around, ketua, community):
    second = around.community(ketua)
    days = {
        day: schedule(around, ketua, (community, second)[day % 2], starts_at=SOON + timedelta(days=day))["id"]
        for day in (5, 1, 4, 2, 3)
    }
    elsewhere = around.person("Ketua lain")
    schedule(around, elsewhere, around.community(elsewhere))
    member = around.member(community)
    around.member(second, member)
    first = around.ask(member, LIST_SESSIONS, mine=True, limit=3)
    rest = around.ask(member, LIST_SESSIONS, mine=True, limit=3, after=first["next"])
    assert ids(first) + ids(rest) == [days[day] for day in sorted(days)]
    assert rest["next"] is None


def test_a_list_holds_what_starts_in_the_stretch_that_was_asked_for(around, ketua, community):
    sessions = [schedule(around, ketua, community, starts_at=SOON + timedelta(days=7 * week)) for week in range(4)]
    page = around.ask(
        ketua,
        LIST_SESSIONS,
        community_id=community,
        starts_from=SOON + timedelta(days=7),
        starts_to=SOON + timedelta(days=14),
    )
    assert ids(page) == [sessions[1]["id"], sessions[2]["id"]]


def test_a_day_is_asked_for_as_the_districts_calendar_has_it(around, ketua, community):
    """The district lives in WITA: its day begins at 16:00 UTC of the day before."""
    day = (SOON + timedelta(days=3)).date()
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)
    at = (midnight - timedelta(minutes=1), midnight, midnight + timedelta(hours=23, minutes=59))
    at += (midnight + timedelta(days=1),)
    sessions = [schedule(around, ketua, community, starts_at=moment)["id"] for moment in at]

    def found(**asked):
        return ids(around.ask(ketua, LIST_SESSIONS, community_id=community, **asked))

    assert found(starts_from=day, starts_to=day) == sessions[1:3]
    assert found(starts_from=day) == sessions[1:]
    assert found(starts_to=day, starts_from=at[0]) == sessions[:3]


def test_the_districts_list_leaves_out_archived_communities(around, ketua, community):
    session = schedule(around, ketua, community)
    other = around.community(ketua)
    hidden = schedule(around, ketua, other)
    around.community(ketua, community_id=other, status="archived")
    assert ids(around.ask(around.person("Rekan"), LIST_SESSIONS)) == [session["id"]]
    assert set(ids(around.ask(ketua, LIST_SESSIONS))) == {session["id"], hidden["id"]}


def test_another_district_sees_and_finds_nothing(around, ketua, community, elsewhere):
    session = schedule(around, ketua, community)
    stranger = elsewhere.person()
    refused = at_once(
        partial(elsewhere.ask, stranger, GET_SESSION, session_id=session["id"]),
        partial(elsewhere.ask, stranger, CANCEL_SESSION, session_id=session["id"], reason="Iseng"),
        partial(elsewhere.ask, stranger, LIST_RSVPS, session_id=session["id"]),
        partial(elsewhere.ask, stranger, ANSWER_SESSION, session_id=session["id"], answer="yes"),
    )
    assert [type(outcome) for outcome in refused] == [NotFound] * 4
    assert ids(elsewhere.ask(stranger, LIST_SESSIONS)) == []


def test_what_a_merged_community_had_set_belongs_to_the_one_it_became(around, ketua, community):
    """The double's meetings are found, led and answered in the community that it was merged into, and not in any other
    way by those who were in neither."""
    double = around.community(ketua)
    old, new = schedule(around, ketua, double), schedule(around, ketua, community)
    officer, member = around.person("Pak Sekretaris"), around.member(community)
    around.member(community, officer, role="sekretaris")
    around.leave(double, ketua)
    around.community(ketua, community_id=double, status="archived", merged_into=community)
    around.community(ketua, community_id=community, merged_from=[double])
    both = [old["id"], new["id"]]
    for asked in ({"community_id": community}, {"community_id": double}, {"mine": True}):
        assert ids(around.ask(member, LIST_SESSIONS, **asked)) == both
    assert ids(around.ask(around.person("Rekan"), LIST_SESSIONS)) == both
    assert around.ask(member, ANSWER_SESSION, session_id=old["id"], answer="yes")["answer"] == "yes"
    changed = around.ask(officer, CHANGE_SESSION, session_id=old["id"], version=old["version"], title="Bersama")
    assert changed["title"] == "Bersama"
    assert schedule(around, officer, double)["community_id"] == community
    with pytest.raises(Forbidden):
        around.ask(around.person("Orang lain"), CANCEL_SESSION, session_id=old["id"], reason="Iseng")
