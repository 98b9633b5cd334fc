"""The papers of a session say what they must, on as many sheets as it takes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from services.scheduling.paperwork import MOST_LETTERS, MOST_LISTED
from services.scheduling.printing import attendance_list, invitation, letter, minutes, report
from services.scheduling.printing.attendance_list import AttendanceList, Attendee
from services.scheduling.printing.common import Meeting, Printing, say
from services.scheduling.printing.invitation import Invitation
from services.scheduling.printing.letter import Letter
from services.scheduling.printing.minutes import Commitment, Item, Minutes, Photo
from services.scheduling.printing.report import Report
from tests.support.papers import pictures_of, sheets_of, words_of
from tests.support.pictures import photo

NOW = datetime(2027, 1, 5, 6, tzinfo=UTC)
HOW = Printing(at=NOW, timezone="Asia/Jakarta", district="Kabupaten Wonosobo")
SESSION = {
    "title": "Membaca grafik",
    "goal": "Murid membandingkan dua grafik",
    "timezone": "Asia/Jakarta",
    "starts_at": datetime(2027, 1, 12, 6, tzinfo=UTC),
    "ends_at": datetime(2027, 1, 12, 8, tzinfo=UTC),
    "place": "Aula SMPN 1",
    "mode": "on_site",
    "status": "scheduled",
}
MEETING = Meeting.of(SESSION, "MGMP Matematika SMP")
SCHOOL = {"name": "SMP Negeri 1 Wonosobo", "subdistrict": "Wonosobo", "npsn": "20306321"}
LARGEST = 450 * 1024


def test_a_letter_names_school_number_people_meeting_and_signatory():
    people = [("Siti Nurḥāyatī, S.Pd.", "Matematika"), ("Budi", "IPA")]
    drawn = letter.drawn(Letter(SCHOOL, "800/17", "Drs. Hadi", "5 Januari 2027", people, MEETING), HOW)
    words = words_of(drawn)
    for said in (
        "KABUPATEN WONOSOBO",
        "SURAT TUGAS Nomor: 800/17",
        "1 Siti Nurḥāyatī, S.Pd. Matematika",
        "Selasa, 12 Januari 2027",
        "13.00-15.00 WIB",
        "Murid membandingkan dua grafik",
        "Wonosobo, 5 Januari 2027 Kepala SMP Negeri 1 Wonosobo,",
        "Dicetak dari Sanggar, 5 Januari 2027",
    ):
        assert said in words
    assert words.count("Halaman") == 1


@pytest.mark.parametrize("number", range(10, 51, 8))
def test_the_signature_of_a_long_letter_is_never_alone_on_its_sheet(number):
    people = [("Drs. H. Raden Mas Panji Kusumawardhana Adiningrat, S.Pd., M.Pd.", "Matematika, IPA")] * number
    drawn = letter.drawn(Letter(SCHOOL, None, "Drs. Hadi", "5 Januari 2027", people, MEETING), HOW)
    assert "penuh tanggung jawab" in sheets_of(drawn)[-1]
    assert len(drawn) < LARGEST


def attendees(number, status=None):
    return [
        Attendee(f"Guru {n:03d}", "SMPN 1 Wonosobo", status, "13.05" if status else "") for n in range(1, number + 1)
    ]


@pytest.mark.parametrize("number", [1, 12, 13, 27, 28, 200])
@pytest.mark.parametrize("status", [None, "hadir"])
def test_an_attendance_list_has_everybody_and_its_signature_stands_under_a_row(number, status):
    drawn = attendance_list.drawn(
        AttendanceList(MEETING, attendees(number, status), "Ibu Ketua", {"hadir": number}), HOW
    )
    sheets = sheets_of(drawn)
    words = " ".join(sheets)
    assert all(f"{n} Guru {n:03d}" in words for n in range(1, number + 1))
    assert "Ibu Ketua" in sheets[-1] and "No. Nama" in sheets[-1]
    assert ("Hadir" in words and f"Hadir {number}, izin 0" in words) == bool(status)
    assert ("Tanda tangan" in words) != bool(status)
    assert len(drawn) < LARGEST


def test_a_list_counts_those_too_for_whom_it_has_no_room():
    counts = {"hadir": 33, "sakit": 1}
    attendance = AttendanceList(MEETING, attendees(3, "hadir"), "Ibu Ketua", counts, left_out=31)
    words = words_of(attendance_list.drawn(attendance, HOW))
    assert "31 orang lagi" in words
    assert "Hadir 33, izin 0, sakit 1" in words


def test_papers_of_a_cancelled_meeting_say_so():
    cancelled = Meeting.of({**SESSION, "status": "cancelled"}, "MGMP Matematika SMP")
    assert "DIBATALKAN" in words_of(attendance_list.drawn(AttendanceList(cancelled, attendees(3), "Ibu Ketua"), HOW))
    assert "DIBATALKAN" not in words_of(attendance_list.drawn(AttendanceList(MEETING, attendees(3), "Ibu Ketua"), HOW))


MINUTES = Minutes(
    MEETING,
    roles=[("Notulis", "Budi")],
    agenda=[Item("Pembukaan", "5", "Siti")],
    sections=[("Hasil asesmen", "Murid membaca sumbu tegak."), ("Rancangan", "")],
    decisions=["Semua mencoba tugas grafik."],
    done_differently="Memakai surat kabar.",
    photos=[Photo("foto-1", "Kelompok kerja"), Photo("foto-2", "")],
    commitments=[Commitment("Mencoba di kelas", "Murid membaca dua sumbu", "20 Januari 2027", "seluruh anggota")],
    note_taker="Budi",
    ketua="Ibu Ketua",
)
SAID = (
    *("Pembukaan 5 Siti", "Hasil asesmen Murid membaca sumbu tegak.", "Rancangan", "1. Semua mencoba tugas grafik."),
    *("Memakai surat kabar.", "Mencoba di kelas", "20 Januari 2027 seluruh anggota", "Kelompok kerja", "Ibu Ketua"),
)


def test_commitments_without_a_goal_leave_no_empty_column():
    without = [replace(each, goal="") for each in MINUTES.commitments]

    def headings(*commitments):
        # The meeting's own goal is called so too.
        words = words_of(minutes.drawn(replace(MINUTES, commitments=commitments), HOW))
        return words.count(say("column_goal")) - 1, "1 Mencoba di kelas 20 Januari 2027 seluruh anggota" in words

    assert headings(*without) == (0, True)
    assert headings(*MINUTES.commitments) == headings(*MINUTES.commitments, *without) == (1, False)


def test_minutes_say_what_was_said_and_whether_they_were_approved():
    draft = words_of(minutes.drawn(MINUTES, HOW))
    assert all(said in draft for said in SAID)
    assert "NOTULEN Konsep, belum disahkan" in draft
    approved = words_of(minutes.drawn(replace(MINUTES, approved="Disahkan 13 Januari 2027 oleh Ibu Ketua"), HOW))
    assert "NOTULEN Disahkan 13 Januari 2027" in approved


def test_a_report_holds_the_minutes_and_who_was_there():
    attendance = AttendanceList(MEETING, attendees(30, "hadir"), "Ibu Ketua", {"hadir": 30})
    drawn = report.drawn(Report(MINUTES, attendance), HOW)
    words = words_of(drawn)
    assert all(said in words for said in (*SAID, "LAPORAN KEGIATAN", "Hadir 30, izin 0", "30 Guru 030"))
    assert "Demikian" in sheets_of(drawn)[-1]


def test_a_report_shows_the_photos_of_which_there_are_pictures_and_names_the_others():
    attendance = AttendanceList(MEETING, attendees(3, "hadir"), "Ibu Ketua", {"hadir": 3})
    photos = [Photo(f"foto-{n}", f"Kelompok {n} mengukur bayangan tiang bendera") for n in range(1, 6)]
    pictures = {"foto-1": photo(640, 480), "foto-3": photo(480, 640, seed=2), "foto-4": b"rusak"}
    told = Report(replace(MINUTES, photos=photos), attendance, pictures)
    drawn = report.drawn(told, HOW)
    assert pictures_of(drawn) == [(640, 480), (480, 640)]
    words = words_of(drawn)
    assert all(each.caption in words for each in photos)
    assert report.drawn(told, HOW) == drawn
    assert pictures_of(report.drawn(replace(told, pictures={}), HOW)) == []


def test_a_report_of_a_meeting_of_which_nothing_was_written_says_so():
    empty = Report(Minutes(MEETING, written=False), AttendanceList(MEETING, attendees(3), ""))
    words = words_of(report.drawn(empty, HOW))
    assert "Notulen belum ditulis." in words
    assert "Kehadiran belum dicatat." in words
    assert "Guru 001" not in words


def test_the_longest_report_fits_its_answer_though_nothing_in_it_repeats():
    letters = Random(1)
    words = "".join(letters.choices("abcdefghijklmnopqrstuvwxyz ABCDEFGHIJ 0123456789", k=MOST_LETTERS))
    people = [
        Attendee(words[n * 60 : n * 60 + 60], words[-n * 60 - 61 : -n * 60 - 1], "hadir", "13.05")
        for n in range(MOST_LISTED)
    ]
    photos = {f"foto-{n}": photo(240, 180, seed=n, quality=60) for n in range(12)}
    assert 150 * 1024 < sum(map(len, photos.values())) < 170 * 1024
    agenda = [Item(words[n : n + 200], "90", words[n : n + 100]) for n in range(0, 3000, 100)]
    headings = [(words[n : n + 200], words[n * 20 : n * 20 + 2000]) for n in range(0, 3000, 100)]
    shown = [Photo(id_, words[:200]) for id_ in photos]
    minutes = Minutes(MEETING, agenda=agenda, sections=headings, photos=shown)
    longest = Report(minutes, AttendanceList(MEETING, people, "Ibu Ketua"), photos)
    assert len(report.drawn(longest, HOW)) < LARGEST


def test_a_paper_that_is_fetched_twice_on_a_day_is_the_same_to_the_byte():
    again = replace(HOW, at=HOW.at + timedelta(hours=5))
    words = Invitation(MEETING, "Ibu Ketua", "https://sanggar.example/x")
    assert invitation.drawn(words, HOW) == invitation.drawn(words, again)


def test_an_invitation_names_when_where_and_why_and_leads_to_the_public_page():
    drawn = invitation.drawn(Invitation(MEETING, "Ibu Ketua", "https://sanggar.example/x"), HOW)
    words = words_of(drawn)
    for said in ("UNDANGAN", "MGMP Matematika SMP", "Aula SMPN 1", "Ibu Ketua", "https://sanggar.example/x"):
        assert said in words


@pytest.mark.parametrize(
    ("mode", "place", "said"),
    [("online", None, "Daring"), ("hybrid", "Aula", "Aula (bisa juga daring)"), ("on_site", "Aula", "Aula")],
)
def test_how_people_meet_is_said_with_the_place(mode, place, said):
    assert Meeting.of({**SESSION, "mode": mode, "place": place}, "MGMP").place.startswith(said)


def test_what_is_not_known_of_the_place_is_left_out():
    facts = dict(Meeting.of({**SESSION, "place": None}, "MGMP").facts())
    assert "Tempat" not in facts
