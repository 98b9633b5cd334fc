"""Whole lists and doubts: what a file does not say is proposed, and a person decides."""

import jwt
import pytest

from shared.contracts import membership as m
from shared.errors import Conflict, Invalid
from tests.service.membership.listing import NOTHING, colleagues, decide, outcomes, someone, upload
from tests.support.roster import SCHOOL_COLUMNS, TEACHER_COLUMNS, csv_bytes, make_roster


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


def test_whoever_is_first_in_line_does_not_keep_others_waiting(settled, lists):
    many = make_roster(seed=9, schools=6, teachers=1500)
    rows = [{**row, "npsn": lists.schools[0]["npsn"]} for row in many.teachers]
    long = settled.start_import("teachers", csv_bytes(rows, TEACHER_COLUMNS))
    refused = settled.upload("teachers", b"%PDF-1.7")
    assert refused["status"] == "failed"
    assert settled.ask(settled.operator, m.GET_IMPORT, import_id=long)["status"] in ("queued", "reading")
    assert settled.followed(long, "ready", "failed")["status"] == "ready"
