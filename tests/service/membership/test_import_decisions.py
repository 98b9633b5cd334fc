"""Whole lists and doubts: what a file does not say is proposed, and a person decides."""

import jwt
import pytest

from shared.contracts import membership as m
from shared.errors import Conflict, Invalid
from tests.support.roster import SCHOOL_COLUMNS, TEACHER_COLUMNS, as_xlsx, csv_bytes, make_roster

NOTHING = dict.fromkeys(("nuptk", "nip", "hp", "email"), "")


@pytest.fixture(scope="module")
def lists():
    return make_roster(schools=6, teachers=120, seed=4)


@pytest.fixture
def settled(town, lists):
    """A town whose schools and teachers are on record."""
    town.apply(town.upload("schools", csv_bytes(lists.schools, SCHOOL_COLUMNS))["id"])
    town.apply(town.upload("teachers", csv_bytes(lists.teachers, TEACHER_COLUMNS))["id"])
    return town


def upload(town, rows, **said):
    return town.upload("teachers", csv_bytes(rows, TEACHER_COLUMNS), **said)


def outcomes(state):
    return {name: count for name, count in state["counts"].items() if count}


def someone(town, name):
    [person] = [each for each in town.store.people.find({}, limit=1000) if each["name"] == name]
    return person


def colleagues(lists, count):
    """So many of the staff of the largest school, without its principal."""
    staff = max((lists.staff_of(school["npsn"]) for school in lists.schools), key=len)
    return staff[1 : count + 1]


def decide(town, dry, row, decision, **said):
    return town.ask(town.operator, m.DECIDE_ROW, import_id=dry["id"], n=row["row"], decision=decision, **said)


def test_who_is_missing_from_a_whole_list_is_ended_and_kept_on_record(settled, lists):
    gone = colleagues(lists, 2)
    left = [row for row in lists.teachers if row not in gone]
    dry = upload(settled, left, scope="full")
    assert outcomes(dry) == {"unchanged": 118, "ended": 2}
    assert dry["schools"] == sorted(row["npsn"] for row in lists.schools)
    ended = settled.rows(dry["id"], outcome="ended")
    assert {row["name"] for row in ended} == {row["nama"] for row in gone}
    assert [row["row"] for row in ended] == [120, 121], "they follow the file's last row"
    settled.apply(dry["id"])
    person = someone(settled, gone[0]["nama"])
    assert (person["schools"], person["npsn"]) == ([], None)
    [fact] = settled.ask(settled.operator, m.LIST_ASSIGNMENTS, person_id=person["id"])["items"]
    assert fact["npsn"] == gone[0]["npsn"] and fact["valid_until"] is not None
    assert outcomes(upload(settled, left, scope="full")) == {"unchanged": 118}


def test_a_partial_list_ends_nobody(settled, lists):
    assert outcomes(upload(settled, lists.teachers[:10])) == {"unchanged": 10}


def test_a_whole_list_of_some_schools_ends_nobody_elsewhere(settled, lists):
    npsn = lists.schools[0]["npsn"]
    staff = lists.staff_of(npsn)
    dry = upload(settled, staff[:-1], scope="full", schools=[npsn])
    assert outcomes(dry) == {"unchanged": len(staff) - 1, "ended": 1}
    assert dry["schools"] == [npsn]


def test_ending_many_must_be_confirmed(settled, lists):
    dry = upload(settled, lists.teachers[:-20], scope="full", schools=[row["npsn"] for row in lists.schools])
    assert outcomes(dry) == {"unchanged": 100, "ended": 20} and dry["needs_confirmation"]
    with pytest.raises(Conflict) as refused:
        settled.apply(dry["id"])
    assert refused.value.text.key == "membership.many_would_end"
    assert settled.apply(dry["id"], confirm_ended=True)["counts"]["ended"] == 20


def test_who_may_be_meant_by_a_refused_row_is_not_missing(settled, lists):
    row = colleagues(lists, 1)[0]
    rows = [{**each, "nuptk": "12345"} if each is row else each for each in lists.teachers]
    assert outcomes(upload(settled, rows, scope="full")) == {"unchanged": 119, "rejected": 1}


def test_somebody_who_would_be_ended_may_be_kept(settled, lists):
    gone = colleagues(lists, 1)[0]
    dry = upload(settled, [row for row in lists.teachers if row is not gone], scope="full")
    [row] = settled.rows(dry["id"], outcome="ended")
    assert decide(settled, dry, row, "skip")["outcome"] == "unchanged"
    assert settled.apply(dry["id"])["counts"]["ended"] == 0
    assert someone(settled, gone["nama"])["npsn"] == gone["npsn"]


@pytest.fixture
def doubtful(settled, lists):
    """The dry run of a list with one row of a name like somebody's at the same school, and that person's name."""
    like = {**lists.teachers[1], **NOTHING, "nama": "Siti Aminah"}
    settled.apply(upload(settled, [like])["id"])
    dry = upload(settled, [{**like, "nama": "Sitti Aminah", "hp": "081234567890"}])
    assert outcomes(dry) == {"doubtful": 1}
    return settled, dry, someone(settled, "Siti Aminah")


def test_a_doubtful_row_tells_whom_it_may_mean(doubtful):
    town, dry, person = doubtful
    [row] = town.rows(dry["id"], outcome="doubtful")
    assert [each["person_id"] for each in row["candidates"]] == [person["id"]]
    [problem] = row["problems"]
    assert problem["code"] == "similar_name" and "Siti Aminah" in problem["reason"] and problem["suggestion"]
    assert row["subject_id"] is None and row["decision"] is None
    assert outcomes(town.apply(dry["id"])) == {"doubtful": 1}, "who decides nothing changes nothing"
    assert person == someone(town, "Siti Aminah")


def test_a_doubtful_row_may_mean_the_person_on_record(doubtful):
    town, dry, person = doubtful
    [row] = town.rows(dry["id"])
    decided = decide(town, dry, row, "match", person_id=person["id"])
    assert (decided["outcome"], decided["subject_id"], decided["decision"]) == ("changed", person["id"], "match")
    assert outcomes(town.ask(town.operator, m.GET_IMPORT, import_id=dry["id"])) == {"changed": 1}
    town.apply(dry["id"])
    assert someone(town, "Sitti Aminah")["id"] == person["id"]
    assert someone(town, "Sitti Aminah")["phone"] == "+6281234567890"


def test_a_doubtful_row_may_mean_somebody_new(doubtful):
    town, dry, person = doubtful
    [row] = town.rows(dry["id"])
    assert decide(town, dry, row, "create")["outcome"] == "created"
    town.apply(dry["id"])
    [applied] = town.rows(dry["id"])
    assert applied["subject_id"] == someone(town, "Sitti Aminah")["id"] != person["id"]


def test_a_doubtful_row_may_be_left_out_and_decided_anew(doubtful):
    town, dry, person = doubtful
    [row] = town.rows(dry["id"])
    assert decide(town, dry, row, "skip")["outcome"] == "rejected"
    assert decide(town, dry, row, "match", person_id=person["id"])["outcome"] == "changed"
    skipped = decide(town, dry, row, "skip")
    assert [each["code"] for each in skipped["problems"]] == ["row_skipped"]
    assert outcomes(town.apply(dry["id"])) == {"rejected": 1}


def test_a_decision_names_somebody_on_record_whom_no_other_row_means(settled, lists):
    rows = colleagues(lists, 2)
    new = {**rows[0], **NOTHING, "nama": "Orang Baru Sekali"}
    dry = upload(settled, [*rows, new])
    row = settled.rows(dry["id"])[2]
    with pytest.raises(Invalid):
        decide(settled, dry, row, "match")
    with pytest.raises(Invalid):
        decide(settled, dry, row, "match", person_id=dry["id"])
    with pytest.raises(Conflict) as refused:
        decide(settled, dry, row, "match", person_id=someone(settled, rows[0]["nama"])["id"])
    assert refused.value.text.params == {"row": 2}


def test_refused_rows_and_applied_imports_are_past_deciding(settled, lists):
    dry = upload(settled, [{**lists.teachers[0], "npsn": ""}])
    [row] = settled.rows(dry["id"])
    with pytest.raises(Conflict) as refused:
        decide(settled, dry, row, "create")
    assert refused.value.text.key == "membership.row_not_to_decide"
    settled.apply(dry["id"])
    with pytest.raises(Conflict):
        decide(settled, dry, row, "skip")


def test_nobody_new_gets_a_number_that_is_somebodys(settled, lists):
    owner = next(row for row in lists.teachers if row["nuptk"])
    npsn = next(row["npsn"] for row in lists.schools if row["npsn"] != owner["npsn"])
    dry = upload(settled, [{**owner, **NOTHING, "nuptk": owner["nuptk"], "nama": "Orang Lain", "npsn": npsn}])
    [row] = settled.rows(dry["id"], outcome="doubtful")
    assert row["problems"][0]["code"] == "nuptk_of_another"
    with pytest.raises(Conflict):
        decide(settled, dry, row, "create")


def test_nobody_on_record_gets_a_number_that_is_somebodys(settled, lists):
    """Nor when it has become somebody's since the decision: that row is left out, and the others are done."""
    other, third = colleagues(lists, 2)
    npsn = next(row["npsn"] for row in lists.schools if row["npsn"] != other["npsn"])
    number, free = "4646765666300092", "1542758660300013"
    settled.person("Pemilik Nomor", nuptk=number)
    bare = {**other, **NOTHING, "npsn": npsn}
    rows = [{**bare, "nama": "Orang Lain", "nuptk": number}, {**bare, "nama": "Orang Kedua", "nuptk": free}]
    dry = upload(settled, [*rows, {**third, "hp": "081234567890"}])
    meant = someone(settled, other["nama"])
    first, second, _ = settled.rows(dry["id"])
    with pytest.raises(Conflict) as refused:
        decide(settled, dry, first, "match", person_id=meant["id"])
    assert refused.value.text.key == "membership.nuptk_taken"
    assert settled.rows(dry["id"], outcome="doubtful") == [first], "it is still to be decided"
    assert decide(settled, dry, second, "match", person_id=meant["id"])["outcome"] == "changed"
    settled.person("Orang Ketiga", nuptk=free)
    applied = settled.apply(dry["id"])
    assert (applied["status"], outcomes(applied)) == ("applied", {"changed": 1, "doubtful": 1, "rejected": 1})
    [left] = settled.rows(dry["id"], outcome="rejected")
    assert (left["row"], left["problems"][-1]["code"]) == (second["row"], "nuptk_taken")
    assert someone(settled, third["nama"])["phone"] == "+6281234567890"


def test_who_has_a_row_of_their_own_is_not_meant_by_one_of_a_like_name(settled, lists):
    like = {**lists.teachers[1], **NOTHING, "nama": "Siti Aminah"}
    settled.apply(upload(settled, [like])["id"])
    dry = upload(settled, [{**like, "nama": "Sitti Aminah", "hp": "081234567890"}, like])
    assert outcomes(dry) == {"created": 1, "unchanged": 1}


@pytest.fixture
def namesake(settled, lists):
    """Somebody on record whom nothing tells apart from others of the name, as their row, and another school's NPSN."""
    like = {**lists.teachers[1], **NOTHING, "nama": "Siti Aminah"}
    settled.apply(upload(settled, [like])["id"])
    return like, next(each["npsn"] for each in lists.schools if each["npsn"] != like["npsn"])


def test_a_doubt_that_the_whole_file_has_settled_is_settled_for_good(settled, namesake):
    """Somebody of the same name at another school is made, though they are looked for again when that is done."""
    like, npsn = namesake
    dry = upload(settled, [like, {**like, "npsn": npsn, "hp": "081234567890"}])
    assert outcomes(dry) == {"created": 1, "unchanged": 1}
    assert outcomes(settled.apply(dry["id"])) == {"created": 1, "unchanged": 1}
    called = [each for each in settled.store.people.find({}, limit=1000) if each["name"] == like["nama"]]
    assert {each["npsn"] for each in called} == {like["npsn"], npsn}


def test_a_row_of_a_second_school_may_mean_whoever_has_a_row_of_their_own(settled, namesake):
    like, npsn = namesake
    pair = [{**like, "induk": "Ya"}, {**like, "npsn": npsn, "induk": "Tidak"}]
    dry = settled.upload("teachers", csv_bytes(pair, (*TEACHER_COLUMNS, "induk")))
    assert outcomes(dry) == {"unchanged": 1, "doubtful": 1}
    [row] = settled.rows(dry["id"], outcome="doubtful")
    [candidate] = row["candidates"]
    assert decide(settled, dry, row, "match", person_id=candidate["person_id"])["outcome"] == "changed"
    settled.apply(dry["id"])
    assert someone(settled, like["nama"])["schools"] == [like["npsn"], npsn]


def test_rows_name_whom_they_have_made(settled, lists):
    new = {**lists.teachers[1], **NOTHING, "nama": "Guru Baru Sekali"}
    dry = upload(settled, [new])
    assert settled.rows(dry["id"])[0]["subject_id"] is None
    settled.apply(dry["id"])
    assert settled.rows(dry["id"])[0]["subject_id"] == someone(settled, "Guru Baru Sekali")["id"]


def test_a_second_school_is_added_beside_the_first_once_the_person_is_known(town, lists):
    town.apply(town.upload("schools", csv_bytes(lists.schools, SCHOOL_COLUMNS))["id"])
    first = next(row for row in lists.teachers if row["nuptk"])
    npsn = next(row["npsn"] for row in lists.schools if row["npsn"] != first["npsn"])
    rows = [{**first, "induk": "Ya"}, {**first, "npsn": npsn, "induk": "Tidak"}]
    data = csv_bytes(rows, (*TEACHER_COLUMNS, "induk"))
    dry = town.upload("teachers", data)
    assert outcomes(dry) == {"created": 1, "rejected": 1}
    [refused] = town.rows(dry["id"], outcome="rejected")
    assert refused["problems"][0]["code"] == "person_twice" and "sekali lagi" in refused["problems"][0]["suggestion"]
    town.apply(dry["id"])
    again = town.upload("teachers", data)
    assert outcomes(again) == {"unchanged": 1, "changed": 1}
    town.apply(again["id"])
    person = someone(town, first["nama"])
    assert (person["npsn"], set(person["schools"])) == (first["npsn"], {first["npsn"], npsn})
    assert outcomes(town.upload("teachers", data)) == {"unchanged": 2}


def test_somebody_may_have_two_second_schools_decided_one_after_the_other(settled, namesake, lists):
    like, npsn = namesake
    third = next(each["npsn"] for each in lists.schools if each["npsn"] not in (like["npsn"], npsn))
    rows = [{**like, "npsn": each, "induk": "Tidak"} for each in (npsn, third)]
    again = {**like, "npsn": third, "nama": "Orang Lain", "induk": "Tidak"}
    dry = settled.upload("teachers", csv_bytes([*rows, again], (*TEACHER_COLUMNS, "induk")))
    person = someone(settled, like["nama"])
    one, other, same = settled.rows(dry["id"])
    for row in (one, other):
        assert decide(settled, dry, row, "match", person_id=person["id"])["outcome"] == "changed"
    with pytest.raises(Conflict) as refused:
        decide(settled, dry, same, "match", person_id=person["id"])
    assert refused.value.text.params == {"row": other["row"]}
    decide(settled, dry, same, "skip")
    assert outcomes(settled.apply(dry["id"])) == {"changed": 2, "rejected": 1}
    assert set(someone(settled, like["nama"])["schools"]) == {like["npsn"], npsn, third}


@pytest.mark.parametrize("between", [0, 320])
@pytest.mark.parametrize("known", ["one school", "both schools"])
@pytest.mark.parametrize("first", ["Ya", "Tidak"])
def test_a_list_that_makes_another_school_the_primary_one_keeps_the_one_before(settled, lists, first, known, between):
    """The two rows of a person may stand in either order, and so far apart that they are of two batches."""
    row = colleagues(lists, 1)[0]
    npsn = next(each["npsn"] for each in lists.schools if each["npsn"] != row["npsn"])
    person = someone(settled, row["nama"])
    if known == "both schools":
        post = {"npsn": npsn, "primary": False, "duty": row["jenis_ptk"]}
        settled.ask(settled.operator, m.ASSIGN, person_id=person["id"], **post)
    pair = [{**row, "induk": "Tidak"}, {**row, "npsn": npsn, "induk": "Ya"}]
    one, other = sorted(pair, key=lambda each: each["induk"] != first)
    others = make_roster(seed=9, schools=6, teachers=between or 6).teachers[:between]
    rows = [one, *({**each, "npsn": npsn, "induk": ""} for each in others), other]
    data = csv_bytes(rows, (*TEACHER_COLUMNS, "induk"))

    def of_the_pair(dry):
        judged = settled.rows(dry["id"])
        return [judged[0]["outcome"], judged[-1]["outcome"]]

    dry = settled.upload("teachers", data)
    assert of_the_pair(dry) == ["changed", "changed"]
    settled.apply(dry["id"])
    after = someone(settled, row["nama"])
    assert (after["npsn"], after["schools"]) == (npsn, [npsn, row["npsn"]])
    assert {post["duty"] for post in after["posts"]} == {row["jenis_ptk"]}
    assert of_the_pair(settled.upload("teachers", data)) == ["unchanged", "unchanged"]


def test_the_school_before_may_be_kept_with_another_duty(settled, lists):
    """Both rows are of one batch: the post that the second one changes has come by the first."""
    row = colleagues(lists, 1)[0]
    npsn = next(each["npsn"] for each in lists.schools if each["npsn"] != row["npsn"])
    pair = [
        {**row, "npsn": npsn, "induk": "Ya", "jenis_ptk": "Kepala Sekolah"},
        {**row, "induk": "Tidak", "jenis_ptk": "Guru BK"},
    ]
    data = csv_bytes(pair, (*TEACHER_COLUMNS, "induk"))
    applied = settled.apply(settled.upload("teachers", data)["id"])
    assert (applied["status"], outcomes(applied)) == ("applied", {"changed": 2})
    posts = [(post["npsn"], post["duty"]) for post in someone(settled, row["nama"])["posts"]]
    assert posts == [(npsn, "Kepala Sekolah"), (row["npsn"], "Guru BK")]
    assert outcomes(settled.upload("teachers", data)) == {"unchanged": 2}


def test_two_spellings_of_one_number_do_not_say_two_things_of_one_school(settled, lists):
    row = next(each for each in lists.teachers if each["nuptk"] and each["jenis_ptk"] != "Kepala Sekolah")
    npsn = next(each["npsn"] for each in lists.schools if each["npsn"] != row["npsn"])
    bare = {**row, **NOTHING, "nuptk": row["nuptk"], "npsn": npsn}
    pair = [{**bare, "induk": "Ya"}, {**bare, "nama": f"{row['nama'].partition(',')[0]} Ningsih", "induk": "Tidak"}]
    dry = settled.upload("teachers", csv_bytes(pair, (*TEACHER_COLUMNS, "induk")))
    assert [each["outcome"] for each in settled.rows(dry["id"])] == ["changed", "rejected"]
    assert settled.apply(dry["id"])["status"] == "applied"
    person = someone(settled, row["nama"])
    assert (person["npsn"], person["schools"]) == (npsn, [npsn])


def test_what_was_changed_after_the_dry_run_is_left_as_it_is(settled, lists):
    moved, renamed = colleagues(lists, 2)
    npsn = next(each["npsn"] for each in lists.schools if each["npsn"] != moved["npsn"])
    rows = [{**moved, "hp": "081234567890"}, {**renamed, "hp": "081234567891"}]
    dry = upload(settled, rows)
    person = someone(settled, moved["nama"])
    settled.ask(settled.operator, m.TRANSFER, person_id=person["id"], kind="within", to_npsn=npsn)
    other = someone(settled, renamed["nama"])
    correct = {"name": f"{renamed['nama'].partition(',')[0]}, M.Pd."}
    settled.ask(settled.operator, m.CHANGE_PERSON, person_id=other["id"], version=other["version"], **correct)
    settled.apply(dry["id"])
    after = settled.store.people.get_many([person["id"], other["id"]])
    assert (after[person["id"]]["npsn"], after[person["id"]]["phone"]) == (npsn, "+6281234567890")
    assert (after[other["id"]]["name"], after[other["id"]]["phone"]) == (correct["name"], "+6281234567891")
    assert outcomes(upload(settled, rows)) == {"changed": 2}, "what differs still shows"


def test_two_rows_of_one_number_make_one_person_whatever_was_decided_of_them(settled, lists):
    """Both were in doubt because of a like name at their school, so neither was compared with the other."""
    here, there = (lists.staff_of(school["npsn"])[1] for school in lists.schools[:2])
    known = [{**here, **NOTHING, "nama": "Siti Aminah"}, {**there, **NOTHING, "nama": "Siti Aminah"}]
    for row in known:
        dry = upload(settled, [row])
        for each in settled.rows(dry["id"], outcome="doubtful"):
            decide(settled, dry, each, "create")
        settled.apply(dry["id"])
    twice = {"nama": "Sitti Aminah", "nuptk": "4646765666300092"}
    rows = [{**row, **twice, "induk": induk} for row, induk in zip(known, ("Ya", "Tidak"), strict=True)]
    dry = settled.upload("teachers", csv_bytes(rows, (*TEACHER_COLUMNS, "induk")))
    assert outcomes(dry) == {"doubtful": 2}
    for row in settled.rows(dry["id"]):
        decide(settled, dry, row, "create")
    applied = settled.apply(dry["id"])
    assert (applied["status"], outcomes(applied)) == ("applied", {"created": 1, "rejected": 1})
    [refused] = settled.rows(dry["id"], outcome="rejected")
    assert (refused["row"], refused["problems"][0]["code"]) == (3, "person_twice")


def client(town, *scopes):
    made = town.ask(town.operator, m.CREATE_API_CLIENT, name="Dapodik", scopes=list(scopes), schools=[])
    return town.ask(None, m.ISSUE_TOKEN, **{name: made[name] for name in ("client_id", "client_secret")})


def test_a_client_that_may_not_read_people_is_told_ids_of_those_on_record(settled, lists):
    gone, like, owner = (lists.staff_of(school["npsn"])[-1] for school in lists.schools[:3])
    known = {**like, **NOTHING, "nama": "Siti Aminah", "hp": "081234567890"}
    settled.apply(upload(settled, [known])["id"])
    settled.person("Pemilik Nomor", nuptk="4646765666300092", npsn=owner["npsn"])
    rows = [
        {**like, **NOTHING, "nama": "Sitti Aminah"},
        {**gone, **NOTHING, "nama": "Orang Lain", "nuptk": "4646765666300092"},
    ]
    said = [row for row in lists.teachers if row is not gone]
    dry = upload(settled, [*rows, *said], scope="full", schools=[gone["npsn"]])
    secret = (gone["nama"], "Siti Aminah", "+6281234567890", "Pemilik Nomor")

    def shown(who):
        pages = (
            settled.ask(who, m.LIST_IMPORT_ROWS, import_id=dry["id"], outcome=outcome, limit=9)["items"]
            for outcome in ("doubtful", "ended")
        )
        return [row for page in pages for row in page]

    for who in (settled.operator, client(settled, "imports:write", "people:read")):
        assert all(each in str(shown(who)) for each in secret)
    machine = client(settled, "imports:write")
    assert [row["name"] for row in shown(machine)] == [None] * 3
    # Of a list that it handed in itself.
    claims = jwt.decode(machine["access_token"], options={"verify_signature": False})
    settled.store.imports.update(dry["id"], set={"created_by": claims["sub"]})
    similar, number, ended = shown(machine)
    assert not any(each in str((similar, number, ended)) for each in secret)
    person = someone(settled, "Siti Aminah")
    assert similar["name"] == "Sitti Aminah", "what stands in the file"
    assert similar["candidates"] == [{"person_id": person["id"], "npsn": person["npsn"]}]
    assert "seseorang" in similar["problems"][0]["reason"] and "seseorang" in number["problems"][0]["reason"]
    assert (ended["name"], ended["subject_id"]) == (None, someone(settled, gone["nama"])["id"])


def test_only_lists_of_teachers_are_whole(town, lists):
    with pytest.raises(Invalid):
        town.upload("schools", csv_bytes(lists.schools, SCHOOL_COLUMNS), scope="full")
    with pytest.raises(Invalid):
        town.upload("teachers", b"npsn,nama\n", scope="full", schools=["99999999"])


# --- a school's workbook from Dapodik


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


def test_whoever_is_first_in_line_does_not_keep_others_waiting(settled, lists):
    many = make_roster(seed=9, schools=6, teachers=1500)
    rows = [{**row, "npsn": lists.schools[0]["npsn"]} for row in many.teachers]
    long = settled.start_import("teachers", csv_bytes(rows, TEACHER_COLUMNS))
    refused = settled.upload("teachers", b"%PDF-1.7")
    assert refused["status"] == "failed"
    assert settled.ask(settled.operator, m.GET_IMPORT, import_id=long)["status"] in ("queued", "reading")
    assert settled.followed(long, "ready", "failed")["status"] == "ready"


# --- transfers


def test_a_move_in_a_list_is_a_transfer(settled, lists):
    row = colleagues(lists, 1)[0]
    npsn = next(each["npsn"] for each in lists.schools if each["npsn"] != row["npsn"])
    settled.apply(upload(settled, [{**row, "npsn": npsn}])["id"])
    person = someone(settled, row["nama"])
    [transfer] = settled.ask(settled.operator, m.LIST_TRANSFERS, person_id=person["id"])["items"]
    assert (transfer["from_npsn"], transfer["to_npsn"], transfer["status"]) == (row["npsn"], npsn, "done")


def test_a_move_against_what_is_planned_is_refused_with_the_reason(settled, lists):
    row = colleagues(lists, 1)[0]
    npsn, other = [each["npsn"] for each in lists.schools if each["npsn"] != row["npsn"]][:2]
    person = someone(settled, row["nama"])
    planned = {"kind": "within", "to_npsn": other, "effective_on": "2099-07-01"}
    settled.ask(settled.operator, m.TRANSFER, person_id=person["id"], **planned)
    applied = settled.apply(upload(settled, [{**row, "npsn": npsn, "hp": "081234567890"}])["id"])
    assert outcomes(applied) == {"rejected": 1}
    [refused] = settled.rows(applied["id"])
    assert refused["problems"][0]["code"] == "transfer_planned"
    left = someone(settled, row["nama"])
    assert (left["phone"], left["npsn"]) == (person["phone"], row["npsn"]), "nothing of the row is done"


def test_somebody_who_had_left_the_district_comes_back_by_a_list(settled, lists):
    row = colleagues(lists, 1)[0]
    person = someone(settled, row["nama"])
    settled.ask(settled.operator, m.TRANSFER, person_id=person["id"], kind="out")
    assert someone(settled, row["nama"])["status"] == "ended"
    settled.apply(upload(settled, [row])["id"])
    back = someone(settled, row["nama"])
    assert (back["id"], back["status"], back["npsn"]) == (person["id"], "invited", row["npsn"])


@pytest.mark.parametrize(("day", "reason"), [(None, "person_gone"), ("2099-07-01", "transfer_planned")])
def test_a_second_school_keeps_nobody_in_the_district_who_leaves_it(settled, lists, day, reason):
    row = colleagues(lists, 1)[0]
    npsn = next(each["npsn"] for each in lists.schools if each["npsn"] != row["npsn"])
    person = someone(settled, row["nama"])
    settled.ask(settled.operator, m.TRANSFER, person_id=person["id"], kind="out", effective_on=day)
    schools = someone(settled, row["nama"])["schools"]
    second = csv_bytes([{**row, "npsn": npsn, "induk": "Tidak"}], (*TEACHER_COLUMNS, "induk"))
    applied = settled.apply(settled.upload("teachers", second)["id"])
    assert outcomes(applied) == {"rejected": 1}
    assert settled.rows(applied["id"])[0]["problems"][-1]["code"] == reason
    assert someone(settled, row["nama"])["schools"] == schools


@pytest.mark.parametrize("kind", ["within", "out"])
def test_another_duty_goes_on_when_a_planned_transfer_is_cancelled(settled, lists, kind):
    row = colleagues(lists, 1)[0]
    other = next(each["npsn"] for each in lists.schools if each["npsn"] != row["npsn"])
    person = someone(settled, row["nama"])
    planned = {"kind": kind, "to_npsn": other if kind == "within" else None, "effective_on": "2099-07-01"}
    transfer = settled.ask(settled.operator, m.TRANSFER, person_id=person["id"], **planned)
    settled.apply(upload(settled, [{**row, "jenis_ptk": "Guru BK"}])["id"])
    settled.ask(settled.operator, m.CANCEL_TRANSFER, person_id=person["id"], transfer_id=transfer["id"])
    [fact] = settled.ask(settled.operator, m.LIST_ASSIGNMENTS, person_id=person["id"], on="2099-07-01")["items"]
    assert (fact["npsn"], fact["duty"], fact["valid_until"]) == (row["npsn"], "Guru BK", None)


def test_another_duty_at_the_same_school_keeps_a_planned_end(settled, lists):
    row = colleagues(lists, 1)[0]
    other = next(each["npsn"] for each in lists.schools if each["npsn"] != row["npsn"])
    person = someone(settled, row["nama"])
    planned = {"kind": "within", "to_npsn": other, "effective_on": "2099-07-01"}
    settled.ask(settled.operator, m.TRANSFER, person_id=person["id"], **planned)
    settled.apply(upload(settled, [{**row, "jenis_ptk": "Guru BK"}])["id"])
    facts = settled.ask(settled.operator, m.LIST_ASSIGNMENTS, person_id=person["id"])["items"]
    assert ("Guru BK", "2099-06-30") in [
        (fact["duty"], fact["until"] if "until" in fact else fact["valid_until"]) for fact in facts
    ]
