"""Where a list says that people teach: second schools, moves, other duties, beside what is planned."""

import pytest

from shared.contracts import membership as m
from shared.errors import Conflict
from tests.service.membership.listing import NOTHING, colleagues, decide, outcomes, someone, upload
from tests.support.roster import SCHOOL_COLUMNS, TEACHER_COLUMNS, csv_bytes, make_roster


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
