"""What a meeting is about, what is written of it, and what it leads to."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from shared.contracts.events.content import FILE_CHANGED
from shared.contracts.events.scheduling import (
    COMMITMENT_CHANGED,
    COMMITMENT_MADE,
    COMMITMENT_SETTLED,
    MINUTES_APPROVED,
    MINUTES_CHANGED,
)
from shared.contracts.kernel import list_audit
from shared.contracts.scheduling import (
    ANSWER_SESSION,
    APPROVE_MINUTES,
    CANCEL_SESSION,
    CHANGE_COMMITMENT,
    DROP_SESSION,
    END_SERIES,
    GET_AGENDA,
    GET_MINUTES,
    GET_REVISION,
    LIST_COMMITMENTS,
    LIST_REVISIONS,
    MAKE_COMMITMENT,
    RECORD_ATTENDANCE,
    SCHEDULE_SESSION,
    SET_AGENDA,
    START_SERIES,
    WRITE_MINUTES,
)
from shared.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from tests.support.neighbours import at_once, grown_id

NOW = datetime.now(UTC).replace(microsecond=0)
SOONER, DUE = ((NOW + timedelta(days=days)).date().isoformat() for days in (2, 14))


@pytest.fixture
def schedule(around, ketua, community):
    """Sets a meeting so many days from now."""

    def made(days, **changes):
        plain = {"title": "Pecahan", "goal": "Murid membandingkan pecahan", "starts_at": NOW + timedelta(days=days)}
        return around.ask(ketua, SCHEDULE_SESSION, community_id=community, **{**plain, **changes})

    return made


@pytest.fixture
def over(schedule):
    """A meeting that was yesterday."""
    return schedule(-1)


def undertake(around, who, community, **changes):
    plain = {"title": "Coba kartu pecahan", "goal": "Murid membandingkan pecahan", "due_on": DUE}
    return around.ask(who, MAKE_COMMITMENT, community_id=community, **{**plain, **changes})


def test_a_commitment_needs_no_goal_and_is_given_or_loses_one_later(around, ketua, community):
    plain = {"title": "Coba kartu pecahan", "due_on": DUE}
    made = around.ask(ketua, MAKE_COMMITMENT, community_id=community, **plain)
    assert made["goal"] == ""
    change = {"commitment_id": made["id"]}
    given = around.ask(ketua, CHANGE_COMMITMENT, **change, version=made["version"], goal="Murid membandingkan pecahan")
    assert given["goal"] == "Murid membandingkan pecahan"
    assert around.ask(ketua, CHANGE_COMMITMENT, **change, version=given["version"], goal="")["goal"] == ""
    assert around.ask(ketua, LIST_COMMITMENTS, community_id=community)["items"][0]["goal"] == ""


def write(around, who, session, version=0, **words):
    plain = {"decisions": ["Mencoba kartu pecahan"]}
    return around.ask(who, WRITE_MINUTES, session_id=session["id"], version=version, **{**plain, **words})


def test_what_officers_decide_of_meetings_is_written_down_and_nothing_that_they_wrote(around, ketua, community, over):
    """Failure: a meeting is gone, or somebody counted as absent, and nobody knows by whom. Promise: the operator reads
    who did it to which meeting; reasons, names and notes are not in it."""
    other = around.member(community, role="sekretaris")
    note = {"client_id": "a", "person_id": other, "status": "sakit", "at": NOW - timedelta(hours=23), "reason": "Demam"}
    around.ask(ketua, RECORD_ATTENDANCE, session_id=over["id"], items=[note])
    write(around, other, over)
    around.ask(ketua, APPROVE_MINUTES, session_id=over["id"], revision=1)
    ahead = {"title": "Pecahan", "goal": "Membandingkan", "starts_at": NOW + timedelta(days=3)}
    called_off, dropped = (around.ask(ketua, SCHEDULE_SESSION, community_id=community, **ahead) for _ in range(2))
    around.ask(ketua, CANCEL_SESSION, session_id=called_off["id"], reason="Demam", scope="this")
    around.ask(ketua, DROP_SESSION, session_id=dropped["id"])
    weekly = {"title": "Rutin", "goal": "Membandingkan", "rrule": "FREQ=WEEKLY;COUNT=2"}
    series = around.ask(ketua, START_SERIES, community_id=community, **weekly, starts_on=SOONER, starts_at="13:00")
    around.ask(ketua, END_SERIES, series_id=series["id"], reason="Demam")
    rows = around.ask(around.operator(), list_audit("scheduling"), limit=100)["items"]
    found = {row["operation"].removeprefix("scheduling."): (row["subject"], row["values"]) for row in rows}
    assert found == {
        "record_attendance": (f"session:{over['id']}", {}),
        "approve_minutes": (f"session:{over['id']}", {"revision": 1}),
        "cancel_session": (f"session:{called_off['id']}", {"scope": "this"}),
        "drop_session": (f"session:{dropped['id']}", {}),
        "end_series": (f"series:{series['id']}", {}),
    }
    assert {row["actor_id"] for row in rows} == {ketua}
    assert "Demam" not in str(rows)


def test_open_commitments_and_turns_make_the_next_agenda(around, ketua, community, schedule, over):
    member = around.member(community)
    second = undertake(around, member, community, title="Kedua", owner_ids=[member, member], session_id=over["id"])
    first = undertake(around, ketua, community, title="Pertama", due_on=SOONER)
    done = undertake(around, ketua, community, title="Selesai")
    around.ask(ketua, CHANGE_COMMITMENT, commitment_id=done["id"], version=done["version"], status="done")
    ahead = schedule(3)
    draft = around.ask(member, GET_AGENDA, session_id=ahead["id"])
    assert [(item["title"], item["commitment_id"], item["owner_id"]) for item in draft["items"]] == [
        ("Pertama", first["id"], None),
        ("Kedua", second["id"], member),
    ]
    assert (draft["version"], draft["updated_at"]) == (0, None)
    assert draft["roles"] == draft["proposed_roles"]
    assert set(draft["roles"].values()) == {ketua, member}
    assert {each["name"] for each in draft["people"]} == {"Ibu Ketua", "Budi Santoso"}
    # The meeting in which something is undertaken does not ask what came of it.
    assert [each["id"] for each in around.ask(ketua, GET_AGENDA, session_id=over["id"])["open_commitments"]] == [
        first["id"]
    ]


def test_roles_go_round_and_whoever_declines_is_passed_over(around, ketua, community, schedule):
    members = {ketua, *(around.member(community) for _ in range(5))}
    ahead, later = schedule(3), schedule(10)
    proposed = around.ask(ketua, GET_AGENDA, session_id=ahead["id"])["roles"]
    then = around.ask(ketua, GET_AGENDA, session_id=later["id"])["roles"]
    assert {*proposed.values(), *then.values()} == members
    away = proposed["host"]
    around.ask(away, ANSWER_SESSION, session_id=ahead["id"], answer="no")
    instead = around.ask(ketua, GET_AGENDA, session_id=ahead["id"])["roles"]
    assert away not in instead.values()
    saved = around.ask(ketua, SET_AGENDA, session_id=ahead["id"], version=0, items=[], roles={"host": None})
    assert saved["roles"] == {**instead, "host": None}
    assert away in around.ask(ketua, GET_AGENDA, session_id=later["id"])["roles"].values()


def test_on_the_day_the_roles_go_round_among_those_who_are_present(around, ketua, community, over):
    here = [around.member(community) for _ in range(5)][2:]
    items = [
        {"client_id": str(at), "person_id": each, "status": "hadir", "at": over["starts_at"]}
        for at, each in enumerate(here)
    ]
    around.ask(ketua, RECORD_ATTENDANCE, session_id=over["id"], items=items)
    assert set(around.ask(ketua, GET_AGENDA, session_id=over["id"])["proposed_roles"].values()) == set(here)


def test_a_stale_agenda_overwrites_nothing(around, ketua, schedule):
    order = {"session_id": schedule(3)["id"], "version": 0}
    outcomes = at_once(*(partial(around.ask, ketua, SET_AGENDA, **order, items=[{"title": t}]) for t in ("A", "B")))
    [kept] = [each for each in outcomes if not isinstance(each, Stale)]
    [refused] = [each for each in outcomes if isinstance(each, Stale)]
    assert refused.details["current"]["items"] == kept["items"]
    assert {each["items"][0]["title"] for each in (refused.details["sent"], kept)} == {"A", "B"}


def test_an_agenda_names_members_and_commitments_of_the_community(around, ketua, community, schedule):
    order = {"session_id": schedule(3)["id"], "version": 0}
    stranger, member = around.person("Rekan"), around.member(community)
    outcomes = at_once(
        partial(around.ask, ketua, SET_AGENDA, **order, items=[{"title": "A", "owner_id": stranger}]),
        partial(around.ask, ketua, SET_AGENDA, **order, items=[{"title": "A", "commitment_id": grown_id()}]),
        partial(around.ask, ketua, SET_AGENDA, **order, items=[], roles={"moderator": stranger}),
        partial(around.ask, member, SET_AGENDA, **order, items=[]),
    )
    assert [type(each) for each in outcomes] == [Invalid] * 3 + [Forbidden]
    saved = around.ask(ketua, SET_AGENDA, **order, items=[], roles={"moderator": member})
    around.leave(community, member)
    order["version"] = saved["version"]
    assert around.ask(ketua, SET_AGENDA, **order, items=[{"title": "A"}])["roles"]["moderator"] == member
    with pytest.raises(Forbidden):
        around.ask(member, SET_AGENDA, **order, items=[])


def test_a_draft_of_an_agenda_can_be_saved_as_it_is_shown_though_who_promised_has_left(
    around, ketua, community, schedule
):
    member, session = around.member(community), schedule(3)
    due = (datetime.now(UTC) + timedelta(days=9)).date()
    around.ask(ketua, MAKE_COMMITMENT, community_id=community, title="Kartu soal", due_on=due, owner_ids=[member])
    around.leave(community, member)
    draft = around.ask(ketua, GET_AGENDA, session_id=session["id"])
    assert [item["owner_id"] for item in draft["items"]] == [member]
    saved = around.ask(ketua, SET_AGENDA, session_id=session["id"], version=0, items=draft["items"])
    assert saved["items"] == draft["items"]


def test_every_revision_can_be_read_again(around, ketua, community, over):
    draft = around.ask(ketua, GET_MINUTES, session_id=over["id"])
    assert (draft["status"], draft["revision"], draft["version"]) == ("draft", 0, 0)
    first = write(around, ketua, over)
    assert write(around, ketua, over, first["version"])["version"] == first["version"]
    second = write(around, ketua, over, first["version"], decisions=[], done_differently="Mulai dari kue")
    listed = around.ask(ketua, LIST_REVISIONS, session_id=over["id"])["items"]
    assert [each["revision"] for each in listed] == [2, 1] == [second["revision"], first["revision"]]
    read = [around.ask(ketua, GET_REVISION, session_id=over["id"], revision=n)["decisions"] for n in (1, 2)]
    assert read == [["Mencoba kartu pecahan"], []]
    with pytest.raises(NotFound):
        around.ask(ketua, GET_REVISION, session_id=over["id"], revision=3)


def test_a_stale_save_is_refused_with_both_versions(around, ketua, over):
    mine = write(around, ketua, over)
    with pytest.raises(Stale) as refused:
        write(around, ketua, over, mine["version"] - 1, decisions=["Lain"])
    details = refused.value.details
    assert details["current"]["decisions"] == ["Mencoba kartu pecahan"]
    assert (details["current"]["version"], details["sent"]["decisions"]) == (mine["version"], ["Lain"])
    assert around.ask(ketua, GET_MINUTES, session_id=over["id"])["version"] == mine["version"]


def test_a_change_after_approval_has_to_be_approved_again(around, ketua, community, over):
    sekretaris = around.member(community, role="sekretaris")
    mine = write(around, ketua, over)
    order = {"session_id": over["id"]}
    with pytest.raises(Forbidden):
        around.ask(ketua, APPROVE_MINUTES, **order)
    approved = around.ask(sekretaris, APPROVE_MINUTES, **order, revision=1)
    assert (approved["status"], approved["approved_by"]) == ("approved", sekretaris)
    again = write(around, sekretaris, over, approved["version"], decisions=["Lain"])
    assert (again["status"], again["approved_at"]) == ("draft", None)
    around.ask(ketua, APPROVE_MINUTES, **order)
    listed = around.ask(ketua, LIST_REVISIONS, **order)["items"]
    assert [each["approved_by"] for each in listed] == [ketua, sekretaris]
    told = around.emitted(MINUTES_CHANGED, MINUTES_APPROVED)
    assert [each["status"] for each in told] == ["draft", "approved", "draft", "approved"]
    assert set(told[0]) == {"session_id", "community_id", "status", "approved_at", "photos"}
    assert mine["version"] < approved["version"] < again["version"]


def test_a_lone_officer_approves_what_she_wrote_once_the_meeting_has_begun(around, ketua, over, schedule):
    ahead = schedule(3)
    for session in (over, ahead):
        write(around, ketua, session)
    with pytest.raises(Conflict):
        around.ask(ketua, APPROVE_MINUTES, session_id=ahead["id"])
    assert around.ask(ketua, APPROVE_MINUTES, session_id=over["id"])["status"] == "approved"


def test_the_note_taker_of_the_day_writes_until_the_minutes_are_approved(around, ketua, community, over):
    member = around.member(community)
    with pytest.raises(Forbidden):
        write(around, member, over)
    around.ask(
        ketua,
        SET_AGENDA,
        session_id=over["id"],
        version=0,
        items=[{"title": "Berbagi hasil"}],
        roles={"note_taker": member},
    )
    blank = around.ask(member, GET_MINUTES, session_id=over["id"])
    assert blank["sections"] == [{"title": "Berbagi hasil", "text": ""}]
    mine = write(around, member, over)
    approved = around.ask(ketua, APPROVE_MINUTES, session_id=over["id"])
    with pytest.raises(Forbidden):
        write(around, member, over, approved["version"], decisions=["Lain"])
    assert mine["saved_by"] == member


def test_photos_are_attached_by_their_owners_with_consent(around, ketua, community, over):
    member, photo, document = around.member(community), grown_id(), grown_id()
    for file_id, kind in ((photo, "image/jpeg"), (document, "application/pdf")):
        file = {"file_id": file_id, "owner_id": ketua, "content_type": kind, "session_id": None, "status": "stored"}
        around.tell(FILE_CHANGED, **file)
    around.ask(ketua, SET_AGENDA, session_id=over["id"], version=0, items=[], roles={"note_taker": member})
    with_photo = {"photos": [{"file_id": photo, "caption": "Kelas 7"}], "photo_consent": True}
    outcomes = at_once(
        partial(write, around, member, over, **with_photo),
        partial(write, around, ketua, over, **{**with_photo, "photo_consent": False}),
        partial(write, around, ketua, over, **{**with_photo, "photos": [{"file_id": document}]}),
        partial(write, around, ketua, over, **{**with_photo, "photos": [{"file_id": grown_id()}]}),
    )
    assert [type(each) for each in outcomes] == [Invalid] * 4
    first = write(around, ketua, over, **with_photo)
    second = write(around, member, over, first["version"], **with_photo, decisions=[])
    assert second["photos"] == with_photo["photos"]
    write(around, member, over, second["version"])
    told = [each["photos"] for each in around.emitted(MINUTES_CHANGED)]
    attached = [{"file_id": photo, "attached_by": ketua}]
    assert told == [attached, attached, []]


def test_a_cancelled_meeting_has_no_minutes(around, ketua, schedule):
    session = schedule(3)
    around.ask(ketua, CANCEL_SESSION, session_id=session["id"], reason="Hujan deras")
    with pytest.raises(Conflict):
        write(around, ketua, session)
    with pytest.raises(Conflict):
        around.ask(ketua, SET_AGENDA, session_id=session["id"], version=0, items=[])


def test_commitments_are_the_groups_and_told_without_words(around, ketua, community, over):
    member = around.member(community)
    made = undertake(around, ketua, community, session_id=over["id"])
    order = {"commitment_id": made["id"], "version": made["version"]}
    moved = around.ask(member, CHANGE_COMMITMENT, **order, owner_ids=[member])
    with pytest.raises(Stale):
        around.ask(member, CHANGE_COMMITMENT, **order, status="done")
    order["version"] = moved["version"]
    with pytest.raises(Invalid):
        around.ask(ketua, CHANGE_COMMITMENT, **order, status="dropped")
    settled = around.ask(ketua, CHANGE_COMMITMENT, **order, status="done", note="Murid lebih berani menjelaskan")
    assert (settled["settled_by"], settled["owners"]) == (ketua, [{"person_id": member, "name": "Budi Santoso"}])
    listed = {
        status: [
            each["id"] for each in around.ask(member, LIST_COMMITMENTS, community_id=community, status=status)["items"]
        ]
        for status in ("open", "done", None)
    }
    assert listed == {"open": [], "done": [made["id"]], None: [made["id"]]}
    assert [each["id"] for each in around.ask(member, GET_MINUTES, session_id=over["id"])["commitments"]] == [
        made["id"]
    ]
    told = around.emitted(COMMITMENT_MADE, COMMITMENT_CHANGED, COMMITMENT_SETTLED)
    assert [(each["status"], each["owner_ids"]) for each in told] == [
        ("open", []),
        ("open", [member]),
        ("done", [member]),
    ]
    assert not {"title", "goal", "note"} & set(told[-1])


def test_others_see_none_of_it(around, ketua, community, over, elsewhere):
    made = undertake(around, ketua, community)
    stranger, foreigner = around.person("Rekan"), elsewhere.person("Orang lain")
    outcomes = at_once(
        *(partial(around.ask, stranger, each, session_id=over["id"]) for each in (GET_AGENDA, GET_MINUTES)),
        partial(around.ask, stranger, LIST_COMMITMENTS, community_id=community),
        partial(
            around.ask, stranger, CHANGE_COMMITMENT, commitment_id=made["id"], version=made["version"], status="done"
        ),
        partial(undertake, around, stranger, community),
        partial(elsewhere.ask, foreigner, CHANGE_COMMITMENT, commitment_id=made["id"], version=1, status="done"),
        partial(elsewhere.ask, foreigner, GET_MINUTES, session_id=over["id"]),
    )
    assert [type(each) for each in outcomes] == [Forbidden] * 5 + [NotFound] * 2
