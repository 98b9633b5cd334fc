"""What happens in the demo district: its communities, what they set out to learn, their meetings, what they share.

Days are told relative to the day on which the demo is made: ``week`` counts from the present one, ``weekday`` from
Monday (0). Times are the district's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DISTRICT = "3399"
DISTRICT_NAME = "Kabupaten Lembah Wening (contoh)"
TIMEZONE = "Asia/Jakarta"
OPERATOR_LOGIN = "operator"
SUPERVISOR_NAME = "Ratna Widyastuti, M.Pd."

SEED = 24
LEVELS = {"SD": 5, "SMP": 4, "SMA": 1, "SMK": 1, "PKBM": 1}
TEACHERS = 150


@dataclass(frozen=True)
class Cycle:
    """An inquiry cycle that has come to ``stage``; ``evaluation`` is what came of one that was closed."""

    title: str
    goal: str
    stage: str
    phase: str | None = None
    evaluation: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Section:
    """A part of the minutes."""

    title: str
    text: str


@dataclass(frozen=True)
class Commitment:
    """What a community undertook, due ``weeks`` from now; ``came_of_it`` once it is done."""

    title: str
    goal: str
    weeks: int
    came_of_it: str | None = None


@dataclass(frozen=True)
class Held:
    """What came of a meeting that is over: its minutes, and what was undertaken."""

    sections: tuple[Section, ...]
    decisions: tuple[str, ...]
    done_differently: str
    approved: bool = True
    commitments: tuple[Commitment, ...] = ()


@dataclass(frozen=True)
class Meeting:
    """One meeting. ``stage`` is the one of the community's cycle that it serves, if any; ``cancelled`` says why it was
    called off, if it was, ``held`` what came of it, if it is over. ``letter``: how far the assignment letter came that
    the ketua asked of a school (``requested`` or ``granted``)."""

    title: str
    goal: str
    week: int
    weekday: int
    at: str = "13:00"
    minutes: int = 120
    place: str | None = None
    mode: str = "on_site"
    join_url: str | None = None
    capacity: int | None = None
    stage: str | None = None
    cancelled: str | None = None
    held: Held | None = None
    letter: str | None = None


@dataclass(frozen=True)
class Series:
    """Meetings that come again by a rule (RFC 5545), from the Monday of ``week`` on. ``held`` is what came of the last
    one that is over."""

    title: str
    goal: str
    rrule: str
    week: int
    at: str = "13:00"
    minutes: int = 120
    place: str | None = None
    mode: str = "on_site"
    join_url: str | None = None
    in_cycle: bool = False
    held: Held | None = None


@dataclass(frozen=True)
class Resource:
    """Something that the community's ``author`` (``ketua``, ``sekretaris`` or ``member``) shares; ``status`` is how far
    it came. ``with_file``: a worksheet goes with it."""

    title: str
    kind: str
    text: str
    status: str
    author: str
    subject: str | None = None
    phase: str | None = None
    with_file: bool = False


@dataclass(frozen=True)
class Community:
    """A community; who belongs to it stands in ``deploy/demo/cast.py`` under ``key``. The first ``answering`` of them
    have said whether they come to the next meeting. ``asked`` is what somebody from outside wrote who waits to be taken
    in, ``invited`` what an open invitation is for. ``certified``: whether it gave certificates of what was held."""

    key: str
    name: str
    kind: str
    level: str | None = None
    subject: str | None = None
    phase: str | None = None
    join_policy: str = "open"
    answering: int = 2
    cycle: Cycle | None = None
    series: tuple[Series, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    resources: tuple[Resource, ...] = ()
    asked: str | None = None
    invited: str | None = None
    certified: bool = False


STORY = (
    Community(
        key="mgmp_ipa",
        name="MGMP IPA SMP Lembah Wening",
        kind="mgmp",
        level="SMP",
        subject="IPA",
        phase="D",
        answering=4,
        certified=True,
        cycle=Cycle(
            title="Menyimpulkan dari data sendiri",
            goal="Murid mampu menarik kesimpulan dari data percobaan yang mereka kumpulkan sendiri.",
            stage="planning",
            phase="D",
        ),
        series=(
            Series(
                title="Hari Belajar Guru IPA",
                goal="Murid bertanya, mencoba, lalu menjelaskan gejala alam dengan kata-katanya sendiri.",
                rrule="FREQ=WEEKLY;BYDAY=WE",
                week=-6,
                place="Laboratorium IPA",
                in_cycle=True,
                held=Held(
                    sections=(
                        Section(
                            "Yang kami coba sejak pertemuan lalu",
                            "Empat guru memakai lembar pengamatan tanpa contoh isian. Di dua kelas murid menyalin data "
                            "teman; di dua kelas lain mereka mengukur ulang karena hasilnya berbeda.",
                        ),
                        Section(
                            "Contoh pekerjaan murid",
                            "Dibaca bersama sepuluh lembar kelas VIII. Enam murid menulis kesimpulan sebelum mengukur.",
                        ),
                    ),
                    decisions=("Setiap kelompok mengukur lima kali sebelum menulis kesimpulan.",),
                    done_differently="Guru tidak lagi memberi contoh isian; murid menukar data dengan kelompok lain.",
                    approved=False,
                ),
            ),
        ),
        meetings=(
            Meeting(
                title="Refleksi awal: membaca hasil asesmen kelas VIII",
                goal="Guru tahu di bagian mana murid berhenti menalar saat membaca grafik.",
                week=-3,
                weekday=3,
                place="Ruang guru",
                stage="reflection",
                held=Held(
                    sections=(
                        Section(
                            "Hasil asesmen",
                            "Dari 118 murid, 71 membaca titik grafik dengan benar, 24 menjelaskan kecenderungannya.",
                        ),
                        Section(
                            "Mengapa begitu",
                            "Soal latihan selama ini hanya meminta nilai pada satu titik. Murid jarang diminta "
                            "menceritakan grafik dengan kata-katanya sendiri.",
                        ),
                    ),
                    decisions=(
                        "Satu pekan sekali murid menceritakan satu grafik dari lingkungan sekitar.",
                        "Hasilnya dibandingkan lagi dengan soal yang setara pada akhir siklus.",
                    ),
                    done_differently="Guru bertanya 'apa ceritanya?' sebelum bertanya 'berapa nilainya?'.",
                    commitments=(
                        Commitment(
                            "Menyusun tiga soal membaca kecenderungan grafik",
                            "Guru melihat apakah murid menjelaskan grafik, bukan hanya membaca titiknya.",
                            weeks=2,
                        ),
                        Commitment(
                            "Mengumpulkan grafik dari lingkungan sekitar",
                            "Murid bercerita tentang data yang mereka kenal: hujan, harga cabai, tinggi kecambah.",
                            weeks=1,
                            came_of_it="Terkumpul sembilan grafik; tiga di antaranya dibuat murid sendiri.",
                        ),
                    ),
                ),
            ),
            Meeting(
                title="Lokakarya: percobaan sederhana dengan bahan di sekitar",
                goal="Setiap murid memegang alat dan mencatat datanya sendiri.",
                week=1,
                weekday=3,
                at="08:00",
                minutes=240,
                place="Laboratorium IPA",
                capacity=30,
                stage="planning",
                letter="requested",
            ),
            Meeting(
                title="Observasi kelas: murid mengukur sendiri",
                goal="Guru melihat kapan murid mulai ragu pada datanya, dan apa yang menolongnya.",
                week=3,
                weekday=3,
                at="08:00",
                place="Kelas VIII",
                letter="granted",
            ),
            Meeting(
                title="Kunjungan ke kebun percobaan",
                goal="Murid mengenal pengukuran di luar kelas.",
                week=2,
                weekday=5,
                at="08:00",
                place="Kebun percobaan",
                cancelled="Jalan ke kebun sedang diperbaiki. Jadwal baru menyusul.",
            ),
        ),
        resources=(
            Resource(
                title="Modul ajar: menyelidiki pesawat sederhana",
                kind="teaching_kit",
                text=(
                    "# Menyelidiki pesawat sederhana\n\n"
                    "**Tujuan pembelajaran:** murid membandingkan gaya yang diperlukan dengan dan tanpa pengungkit, "
                    "lalu menyimpulkan dari datanya sendiri.\n\n"
                    "## Langkah\n\n"
                    "1. Murid menebak dahulu, lalu menuliskan alasannya.\n"
                    "2. Setiap kelompok mengukur lima kali dan mengisi lembar pengamatan (terlampir).\n"
                    "3. Kelompok menukar data dan memeriksa kesimpulan kelompok lain.\n\n"
                    "## Yang perlu diperhatikan\n\n"
                    "Jangan memberi rumus di awal. Beri waktu untuk data yang tampak aneh: di situlah murid menalar."
                ),
                status="published",
                author="sekretaris",
                subject="IPA",
                phase="D",
                with_file=True,
            ),
            Resource(
                title="Asesmen awal: membaca grafik suhu",
                kind="assessment",
                text="Tiga soal pendek untuk melihat apakah murid membaca sumbu, tren, dan data pencilan.",
                status="submitted",
                author="member",
                subject="IPA",
                phase="D",
            ),
        ),
    ),
    Community(
        key="kkg",
        name="KKG Gugus Melati",
        kind="kkg",
        level="SD",
        phase="B",
        certified=True,
        cycle=Cycle(
            title="Membaca dengan paham di kelas 3 dan 4",
            goal="Murid menemukan gagasan utama bacaan dan menceritakannya kembali.",
            stage="reflection",
            phase="B",
        ),
        series=(
            Series(
                title="Pertemuan bulanan KKG",
                goal="Murid kelas rendah membaca dengan paham.",
                rrule="FREQ=MONTHLY;BYDAY=2SA",
                week=-8,
                at="09:00",
                minutes=180,
                place="SD inti gugus",
                in_cycle=True,
            ),
        ),
        meetings=(
            Meeting(
                title="Berbagi praktik baik: pojok baca kelas",
                goal="Setiap murid memilih satu bacaan seminggu dan menceritakannya.",
                week=-2,
                weekday=5,
                at="09:00",
                place="SD inti gugus",
                held=Held(
                    sections=(
                        Section(
                            "Pojok baca di tiga kelas",
                            "Buku yang dipilih murid sendiri dibaca habis; yang dipilihkan guru sering tidak selesai.",
                        ),
                    ),
                    decisions=("Setiap murid memilih sendiri satu bacaan sepekan.",),
                    done_differently="Murid menceritakan bacaannya kepada adik kelas, bukan mengisi ringkasan.",
                    commitments=(
                        Commitment(
                            "Menukar buku pojok baca antarsekolah",
                            "Murid menemukan bacaan yang belum ada di sekolahnya.",
                            weeks=3,
                        ),
                    ),
                ),
            ),
        ),
    ),
    Community(
        key="mgbk",
        name="MGBK Lembah Wening",
        kind="mgbk",
        level="SMP",
        subject="Bimbingan Konseling",
        join_policy="approval",
        asked="Saya wali kelas dan sering mendampingi murid yang jarang hadir. Bolehkah saya ikut belajar?",
        meetings=(
            Meeting(
                title="Bedah kasus: murid yang sering tidak hadir",
                goal="Murid yang jarang hadir kembali merasa diterima di kelas.",
                week=-1,
                weekday=1,
                mode="online",
                join_url="https://rapat.contoh.example/mgbk",
                held=Held(
                    sections=(
                        Section(
                            "Tiga kisah, tanpa nama murid",
                            "Yang sama di ketiganya: murid lama tidak masuk, lalu malu kembali karena tertinggal.",
                        ),
                    ),
                    decisions=("Murid yang kembali disambut dengan rencana belajar dua pekan, bukan dengan teguran.",),
                    done_differently="Wali kelas menyapa murid pada hari pertama ia tidak hadir.",
                ),
            ),
            Meeting(
                title="Menyusun layanan peminatan",
                goal="Murid kelas IX memilih sekolah lanjutan karena mengenal dirinya.",
                week=2,
                weekday=1,
                place="Aula SMP",
            ),
        ),
    ),
    Community(
        key="mkks",
        name="MKKS SMP Lembah Wening",
        kind="mkks",
        level="SMP",
        join_policy="invitation",
        invited="Kepala sekolah yang baru dilantik",
        meetings=(
            Meeting(
                title="Mengatur jadwal agar guru bisa belajar bersama",
                goal="Pelajaran murid tidak kosong saat gurunya mengikuti Hari Belajar Guru.",
                week=1,
                weekday=0,
                at="10:00",
                place="Aula SMP",
            ),
        ),
    ),
    Community(
        key="kombel",
        name="Kombel Tumbuh Bersama",
        kind="kombel",
        level="SMP",
        cycle=Cycle(
            title="Murid berani bertanya",
            goal="Setiap murid mengajukan paling sedikit satu pertanyaan dalam seminggu.",
            stage="closed",
            phase="D",
            evaluation={
                "measured": True,
                "n": 92,
                "before": [31, 38, 18, 5],
                "after": [9, 27, 37, 19],
                "done_differently": "Guru memberi waktu tunggu sepuluh detik dan kartu tanya, bukan menunjuk murid.",
            },
        ),
        series=(
            Series(
                title="Jumat belajar",
                goal="Guru mencoba satu cara baru setiap pekan dan melihat akibatnya pada murid.",
                rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
                week=-10,
                at="13:30",
                minutes=90,
                place="Perpustakaan sekolah",
            ),
        ),
        resources=(
            Resource(
                title="Praktik baik: kartu tanya",
                kind="best_practice",
                text=(
                    "Setiap murid mendapat satu kartu sepekan. Kartu ditukar dengan satu pertanyaan.\n\n"
                    "**Yang berhasil:** murid pendiam menulis dahulu, lalu berani membacakan.\n\n"
                    "**Yang tidak berhasil:** kartu sebagai nilai. Begitu dihitung, pertanyaannya asal jadi."
                ),
                status="published",
                author="member",
                phase="D",
            ),
        ),
    ),
    Community(
        key="online",
        name="Komunitas Daring Literasi Digital",
        kind="online",
        subject="Informatika",
        meetings=(
            Meeting(
                title="Memeriksa kabar bohong bersama murid",
                goal="Murid memeriksa sumber sebelum menyebarkan kabar.",
                week=1,
                weekday=4,
                at="19:30",
                minutes=90,
                mode="online",
                join_url="https://rapat.contoh.example/literasi",
            ),
        ),
    ),
)
