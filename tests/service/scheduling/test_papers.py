"""Members print the papers of a meeting; others do not."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.scheduling import (
    LINK_DOCUMENT,
    MAKE_COMMITMENT,
    PRINT_DOCUMENT,
    PRINT_LINKED_DOCUMENT,
    RECORD_ATTENDANCE,
    SCHEDULE_SESSION,
    WRITE_MINUTES,
)
from shared.errors import Conflict, Forbidden, NotFound
from tests.support.papers import words_of

SOON = datetime.now(UTC).replace(hour=5, minute=0, second=0, microsecond=0) + timedelta(days=3)
MEETING = {"title": "Membaca grafik", "goal": "Murid membaca grafik garis", "starts_at": SOON, "place": "Aula"}


@pytest.fixture
def session(around, ketua, community):
    return around.ask(ketua, SCHEDULE_SESSION, community_id=community, **MEETING)["id"]


def test_a_member_prints_the_invitation_and_passes_a_link_to_a_browser(around, community, session):
    member = around.member(community)
    about = {"session_id": session, "document": "invitation"}
    printed = around.fetch(member, PRINT_DOCUMENT, **about)
    for said in ("UNDANGAN", "MGMP Matematika SMP", "Murid membaca grafik garis", "13.00-15.00 WITA", "Ibu Ketua"):
        assert said in words_of(printed)
    token = around.ask(member, LINK_DOCUMENT, **about)["token"]
    linked = around.fetch(None, PRINT_LINKED_DOCUMENT, district=around.district, token=token, **about)
    assert "UNDANGAN" in words_of(linked)


def test_a_list_to_sign_becomes_a_list_of_those_who_were_there(around, ketua, community):
    """With each one's school, and guests by name."""
    began = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=3)
    session = around.ask(ketua, SCHEDULE_SESSION, community_id=community, **{**MEETING, "starts_at": began})["id"]
    member = around.member(community)
    around.school("20306321", "SMP Negeri 1 Kepil")
    around.teaches(member, "20306321")
    about = {"session_id": session, "document": "attendance"}
    to_sign = words_of(around.fetch(member, PRINT_DOCUMENT, **about))
    for said in ("Budi Santoso SMP Negeri 1 Kepil", "Ibu Ketua", "Tanda tangan"):
        assert said in to_sign
    guest = {"name": "Dr. Wulan", "institution": "UNNES"}
    items = [
        {"client_id": str(number), "status": "hadir", "at": began, **whom}
        for number, whom in enumerate(({"person_id": member}, {"guest": guest}))
    ]
    around.ask(ketua, RECORD_ATTENDANCE, session_id=session, items=items)
    recorded = words_of(around.fetch(member, PRINT_DOCUMENT, **about))
    for said in ("Hadir 2, izin 0", "Budi Santoso SMP Negeri 1 Kepil hadir", "Dr. Wulan UNNES hadir"):
        assert said in recorded


def test_minutes_are_printed_once_there_are_some_and_the_report_gathers_all(around, ketua, community):
    began = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=3)
    about = {
        "session_id": around.ask(ketua, SCHEDULE_SESSION, community_id=community, **{**MEETING, "starts_at": began})[
            "id"
        ]
    }
    member = around.member(community)
    with pytest.raises(Conflict):
        around.ask(member, PRINT_DOCUMENT, document="minutes", **about)
    around.ask(
        ketua,
        WRITE_MINUTES,
        version=0,
        sections=[{"title": "Hasil asesmen", "text": "Murid membaca sumbu tegak."}],
        decisions=["Semua mencoba tugas grafik."],
        **about,
    )
    due = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    promise = {"title": "Mencoba di kelas", "goal": "Murid membaca dua sumbu", "due_on": due}
    around.ask(member, MAKE_COMMITMENT, community_id=community, owner_ids=[member], **promise, **about)
    for document, said in (("minutes", "NOTULEN Konsep"), ("report", "Kehadiran belum dicatat.")):
        words = words_of(around.fetch(member, PRINT_DOCUMENT, document=document, **about))
        for each in (said, "Hasil asesmen Murid membaca sumbu tegak.", "Mencoba di kelas", "Budi Santoso", "Ibu Ketua"):
            assert each in words


def test_a_meeting_that_has_not_begun_has_no_report(around, ketua, session):
    with pytest.raises(Conflict):
        around.ask(ketua, PRINT_DOCUMENT, session_id=session, document="report")


def test_others_print_no_papers_and_a_link_opens_its_own_paper_alone(around, ketua, community, session, elsewhere):
    about = {"session_id": session, "document": "invitation"}
    with pytest.raises(Forbidden):
        around.ask(around.person("Rekan"), PRINT_DOCUMENT, **about)
    with pytest.raises(NotFound):
        elsewhere.ask(elsewhere.person(), PRINT_DOCUMENT, **about)
    token = around.ask(ketua, LINK_DOCUMENT, **about)["token"]
    other = around.ask(ketua, SCHEDULE_SESSION, community_id=community, **MEETING)["id"]
    with pytest.raises(NotFound):
        around.ask(
            None,
            PRINT_LINKED_DOCUMENT,
            district=around.district,
            token=token,
            session_id=other,
            document="invitation",
        )


def test_a_list_to_sign_has_everybody_though_somebody_is_excused_already(around, ketua, community, session):
    member = around.member(community)
    items = [{"client_id": "1", "status": "izin", "at": datetime.now(UTC), "person_id": member}]
    around.ask(ketua, RECORD_ATTENDANCE, session_id=session, items=items)
    to_sign = words_of(around.fetch(ketua, PRINT_DOCUMENT, session_id=session, document="attendance"))
    for said in ("Budi Santoso", "Ibu Ketua", "Tanda tangan"):
        assert said in to_sign


def test_minutes_of_many_decisions_and_promises_are_cut_where_a_paper_ends(around, ketua, community):
    began = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=3)
    about = {"community_id": community, **MEETING, "starts_at": began}
    session = around.ask(ketua, SCHEDULE_SESSION, **about)["id"]
    sections = [{"title": f"Bagian {n}", "text": f"isi{n} " + "a" * 9_000} for n in range(3)]
    decisions = [f"putusan{n} " + "b" * 950 for n in range(50)]
    around.ask(ketua, WRITE_MINUTES, session_id=session, version=0, sections=sections, decisions=decisions)
    words = words_of(around.fetch(ketua, PRINT_DOCUMENT, session_id=session, document="minutes"))
    assert "putusan49" in words
    assert "isi0" in words
    assert "isi2" not in words
    assert "Selebihnya terlalu panjang" in words
