"""A person's first page and their record of a year: what is ahead of them, and what they were present at."""

from datetime import UTC, datetime, timedelta

from shared.contracts.scheduling import (
    APPROVE_MINUTES,
    MAKE_COMMITMENT,
    PRINT_RECORD,
    SHOW_ATTENDED,
    SHOW_COMING,
    WRITE_MINUTES,
)
from shared.ids import new_id
from tests.service.scheduling.test_attendance import BEGAN, note, record, schedule
from tests.support.papers import words_of


def show(around, who):
    found = around.ask(who, SHOW_ATTENDED, year=BEGAN.year)
    sums = [(each["sessions"], each["minutes"], each["jp"]) for each in found["communities"]]
    return [(each["id"], each["minutes"], each["counts"]) for each in found["sessions"]], sums


def test_presence_counts_for_jp_once_the_minutes_are_approved(around, ketua, community):
    member, visitor = around.member(community), around.person("Tamu")
    session = schedule(around, ketua, community)
    record(around, ketua, session, note(member), note(visitor), note(ketua, "izin"))
    length = (session["ends_at"] - session["starts_at"]) // timedelta(minutes=1)
    assert show(around, member) == show(around, visitor) == ([(session["id"], length, False)], [(1, length, 0)])
    assert show(around, ketua) == ([], [])
    around.ask(ketua, WRITE_MINUTES, session_id=session["id"], version=0, decisions=["Mencoba kartu"])
    around.ask(ketua, APPROVE_MINUTES, session_id=session["id"])
    assert show(around, member) == show(around, visitor)
    assert show(around, member) == ([(session["id"], length, True)], [(1, length, length // 45)])
    before = around.ask(member, SHOW_ATTENDED, year=BEGAN.year - 2)
    assert before == {"sessions": [], "communities": [], "certificates": []}


def test_a_record_on_paper_says_what_was_attended_and_what_was_given(around, ketua, community):
    """Presence that counts and presence that does not yet, works as content tells of them; for another year neither."""
    member = around.member(community)
    around.school("20306321", "SMP Negeri 1 Kepil")
    around.teaches(member, "20306321")
    approved, waiting = (schedule(around, ketua, community, title=title) for title in ("Membaca grafik", "Menaksir"))
    for session in (approved, waiting):
        record(around, ketua, session, note(member))
    around.ask(ketua, WRITE_MINUTES, session_id=approved["id"], version=0, decisions=["Mencoba kartu"])
    around.ask(ketua, APPROVE_MINUTES, session_id=approved["id"])
    work = {
        "id": new_id(),
        "community_id": community,
        "title": "Kartu pecahan",
        "kind": "teaching_kit",
        "version_number": 1,
        "published_at": datetime.now(UTC),
    }
    printed = words_of(around.fetch(member, PRINT_RECORD, year=BEGAN.year, resources=[work]))
    length = (approved["ends_at"] - approved["starts_at"]) // timedelta(minutes=1)
    for said in (
        "REKAM JEJAK BELAJAR",
        f"1 Januari {BEGAN.year} s.d. 31 Desember {BEGAN.year}",
        "Budi Santoso",
        "SMP Negeri 1 Kepil",
        f"MGMP Matematika SMP 2 {2 * length} {length // 45}",
        f"Membaca grafik MGMP Matematika SMP {length} menit",
        f"Menaksir MGMP Matematika SMP {length} menit*",
        "Kartu pecahan MGMP Matematika SMP",
        "Kepala sekolah",
    ):
        assert said in printed
    before = words_of(around.fetch(member, PRINT_RECORD, year=BEGAN.year - 2, resources=[]))
    assert "Belum ada pertemuan" in before and "Kartu pecahan" not in before and "Membaca grafik" not in before


def test_what_is_ahead_is_ones_own_and_in_order(around, ketua, community):
    member, outsider = around.member(community), around.person("Rekan")
    later, sooner = (schedule(around, ketua, community, starts_at=BEGAN + timedelta(days=days)) for days in (9, 2))
    plain = {
        "community_id": community,
        "goal": "Murid bernalar",
        "due_on": (BEGAN + timedelta(days=30)).date().isoformat(),
    }
    around.ask(ketua, MAKE_COMMITMENT, **plain, title="Untuk ketua", owner_ids=[ketua])
    everybodys = around.ask(ketua, MAKE_COMMITMENT, **plain, title="K" * 200)
    found = around.ask(member, SHOW_COMING)
    assert [each["id"] for each in found["sessions"]["items"]] == [sooner["id"], later["id"]]
    [undertaken] = found["commitments"]["items"]
    assert (undertaken["id"], undertaken["mine"]) == (everybodys["id"], False)
    assert undertaken["title"] == "K" * 87 + "…"
    nothing = {"items": [], "more": False}
    assert around.ask(outsider, SHOW_COMING) == {"sessions": nothing, "commitments": nothing, "letters": nothing}
