"""A school's workbook from Dapodik: of which school it is, and what of it is kept."""

from tests.service.membership.listing import outcomes
from tests.support.roster import as_xlsx

COLUMNS = (
    "No",
    "Nama",
    "NUPTK",
    "JK",
    "NIP",
    "Status Kepegawaian",
    "Jenis PTK",
    "NIK",
    "HP",
    "Email",
    "Tugas Tambahan",
)


def workbook(rows, *titles):
    """The staff of one school as Dapodik hands it out."""
    said = [
        {
            **dict.fromkeys(COLUMNS, ""),
            "No": str(number),
            "Nama": row["nama"],
            "NUPTK": row["nuptk"],
            "NIP": row["nip"],
            "Status Kepegawaian": row["status_kepegawaian"],
            "Jenis PTK": row["jenis_ptk"],
            "NIK": "3307010101900001",
            "HP": row["hp"],
            "Email": row["email"],
        }
        for number, row in enumerate(rows, 1)
    ]
    return as_xlsx(said, COLUMNS, title_rows=["Daftar Guru", *titles, "Tanggal Unduh: 2026-07-20 07:00:00"])


def test_a_dapodik_workbook_is_of_the_school_in_its_title_rows(settled, lists):
    school = lists.schools[0]
    staff = lists.staff_of(school["npsn"])
    for title in (school["nama"], f"NPSN : {school['npsn']}", f"Sekolah: {school['nama'].title()}"):
        dry = settled.upload("dapodik", workbook(staff, title), "guru.xlsx")
        assert outcomes(dry) == {"unchanged": len(staff)}, title
    full = settled.upload("dapodik", workbook(staff[:-1], school["nama"]), "guru.xlsx", scope="full")
    assert outcomes(full) == {"unchanged": len(staff) - 1, "ended": 1}
    assert full["schools"] == [school["npsn"]]
    assert not any("3307010101900001" in str(row) for row in settled.store.import_rows.find({}, limit=1000))
    assert settled.store.chunks.find({}, limit=9) == [], "what else stands in a file is not kept"


def test_a_dapodik_workbook_without_a_name_is_of_the_school_that_was_chosen(settled, lists):
    school, other = lists.schools[0], lists.schools[1]
    staff = lists.staff_of(school["npsn"])
    dry = settled.upload("dapodik", workbook(staff), "guru.xlsx", schools=[school["npsn"]])
    assert outcomes(dry) == {"unchanged": len(staff)}
    unknown = settled.upload("dapodik", workbook(staff), "guru.xlsx")
    assert unknown["status"] == "failed" and "Pilih satu sekolah" in unknown["problem"]
    wrong = settled.upload("dapodik", workbook(staff, school["nama"]), "guru.xlsx", schools=[other["npsn"]])
    assert wrong["status"] == "failed" and school["npsn"] in wrong["problem"]
