"""Being erased, as membership keeps it: asked for, withdrawn, refused; whom nobody may see, and what waits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.membership import erasing
from shared import clock
from shared.contracts import membership as m
from shared.contracts.events import membership as events
from shared.errors import Conflict, Forbidden, NotFound, Unauthenticated
from shared.messaging import Work
from tests.service.membership.conftest import Data, Town
from tests.support.patience import eventually
from tests.support.roster import TEACHER_COLUMNS, csv_bytes


def id_of(who: Data) -> str:
    return str(who["person"]["id"])


def let_pass(town: Town, erasure: Data) -> None:
    """The days to think it over."""
    past = {"effective_at": clock.now() - timedelta(seconds=1)}
    assert town.store.erasures.update(erasure["id"], set=past)
    assert town.store.erasures_due.update(erasure["id"], set=past)


def status_of(town: Town, erasure: Data) -> str:
    return str(town.ask(town.operator, m.GET_ERASURE, erasure_id=erasure["id"])["status"])


def erased(town: Town, who: Data) -> Data:
    """As far as membership goes: nobody else runs here to confirm."""
    erasure = town.ask(who, m.REQUEST_ERASURE)
    let_pass(town, erasure)
    eventually(lambda: "membership" in town.store.erasures.require(erasure["id"])["parts"], 40)
    return erasure


def test_it_waits_three_days_and_can_be_withdrawn(town: Town) -> None:
    who = town.teacher()
    erasure = town.ask(who, m.REQUEST_ERASURE)
    assert town.ask(who, m.REQUEST_ERASURE)["id"] == erasure["id"]
    assert erasure["effective_at"] - erasure["requested_at"] == timedelta(days=3)
    assert town.ask(who, m.WITHDRAW_ERASURE)["status"] == "withdrawn"
    assert town.ask(who, m.GET_MY_ERASURE)["status"] == "withdrawn"
    with pytest.raises(Conflict):
        town.ask(who, m.WITHDRAW_ERASURE)
    assert town.ask(who, m.REQUEST_ERASURE)["id"] != erasure["id"]


def test_the_operator_may_refuse_it_and_the_person_reads_why(town: Town) -> None:
    who = town.teacher()
    erasure = town.ask(who, m.REQUEST_ERASURE)
    reason = "Masih ada pemeriksaan keuangan sampai Desember."
    town.ask(town.operator, m.REFUSE_ERASURE, erasure_id=erasure["id"], reason=reason)
    mine = town.ask(who, m.GET_MY_ERASURE)
    assert (mine["status"], mine["reason"]) == ("refused", reason)
    assert town.store.erasures_due.get(erasure["id"]) is None
    listed = town.ask(town.operator, m.LIST_ERASURES, status="refused")["items"]
    assert [(each["id"], each["decided_by"]) for each in listed] == [(erasure["id"], id_of(town.operator))]
    with pytest.raises(Forbidden):
        town.ask(who, m.LIST_ERASURES)


def test_an_operator_hands_over_first(town: Town) -> None:
    with pytest.raises(Conflict):
        town.ask(town.operator, m.REQUEST_ERASURE)


def test_a_receipt_opens_for_its_secret_alone(town: Town) -> None:
    erasure = town.ask(town.teacher(), m.REQUEST_ERASURE)
    assert town.ask(None, m.READ_RECEIPT, receipt=erasure["receipt"])["status"] == "waiting"
    for wrong in (erasure["receipt"][:-1], f"{town.district}-{erasure['id']}-", town.district, "x"):
        with pytest.raises(NotFound):
            town.ask(None, m.READ_RECEIPT, receipt=wrong)


def test_nobody_is_left_of_whoever_is_erased_but_an_id(town: Town) -> None:
    npsn = town.school()
    who = town.teacher("Kusumaningtyas Wulandari", npsn=npsn, nuptk="4646765666300092", phone="081299900077")
    other = town.teacher("Budi")
    community = town.community(who)
    town.ask(other, m.ADD_MEMBERS, community_id=community, person_id=id_of(other))
    erased(town, who)
    with pytest.raises(Unauthenticated):
        town.ask(who, m.GET_ME)
    person = town.store.people.require(id_of(who))
    left = {name: value for name, value in person.items() if value}
    bookkeeping = {"id", "person_id", "district", "n", "version", "created_at", "updated_at"}
    assert left.keys() - bookkeeping == {"name", "status", "logins", "erased"}
    assert (person["name"], person["status"]) == ("Guru (dihapus)", "ended")
    assert town.store.accounts.get(id_of(who)) is None
    assert town.store.sessions.find({"person_id": id_of(who)}, limit=10) == []
    [member] = town.ask(other, m.LIST_MEMBERS, community_id=community)["items"]
    assert (member["person_id"], member["role"]) == (id_of(other), "ketua")
    [post] = town.ask(town.operator, m.LIST_ASSIGNMENTS, person_id=id_of(who))["items"]
    assert post["valid_until"] is not None
    assert [each["person_id"] for each in town.emitted(events.PERSON_ERASED)] == [id_of(who)]
    with pytest.raises(Conflict):
        town.ask(town.operator, m.CHANGE_PERSON, person_id=id_of(who), version=person["version"], name="Kusuma Lagi")


def test_whoever_is_being_erased_is_taken_in_nowhere(town: Town) -> None:
    """Between the first step, after which the account is shut, and the last, which empties the record."""
    who = town.teacher()
    erasure = town.ask(who, m.REQUEST_ERASURE)
    town.store.erasures.update(erasure["id"], set={"effective_at": clock.now() - timedelta(seconds=1)})

    def begun(work: Work) -> str:
        erasing.begin(work, erasure["id"])
        return str(work.store.people.require(id_of(who))["status"])

    assert town.system.run(town.district, begun) == "disabled"
    looks = town.store.turns.find({"due_on": {"$gt": "", "$lte": "9999"}}, limit=9)
    assert [look["person_id"] for look in looks] == [id_of(who)]


def test_two_may_be_erased_and_their_numbers_are_free_again(town: Town) -> None:
    for _ in range(2):
        erased(town, town.teacher("Kusuma", nuptk="4646765666300092"))
    assert town.person("Kusuma", nuptk="4646765666300092")["id"]


def test_an_import_that_was_judged_before_brings_nobody_back(town: Town) -> None:
    npsn = town.school()
    who = town.teacher("Kusumaningtyas Wulandari", npsn=npsn, nuptk="4646765666300092")
    row = {"npsn": npsn, "nama": "KUSUMANINGTYAS WULANDARI", "nuptk": "4646765666300092", "hp": "081299900077"}
    other = {"npsn": npsn, "nama": "Budi Baru"}
    blank = dict.fromkeys(TEACHER_COLUMNS, "")
    found = town.upload("teachers", csv_bytes([{**blank, **row}, {**blank, **other}], TEACHER_COLUMNS))
    erased(town, who)
    assert town.apply(found["id"])["status"] == "applied"
    assert {each["outcome"] for each in town.rows(found["id"])} == {"rejected", "created"}
    assert town.store.people.one({"logins": "4646765666300092"}) is None
    assert "Kusumaningtyas" not in repr(town.store.import_rows.find({}, limit=1000)).title()


def test_an_import_of_somebody_of_the_same_name_goes_on(town: Town) -> None:
    """Rows of another who is on record are theirs; what was to be done about them is done."""
    here, there = town.school(), town.school("20306578")
    who = town.teacher("Kusumaningtyas Wulandari", npsn=here, nuptk="4646765666300092")
    namesake, colleague = town.person("Kusumaningtyas Wulandari", npsn=there), town.person("Budi", npsn=there)
    listed = [{**dict.fromkeys(TEACHER_COLUMNS, ""), "npsn": there, "nama": colleague["name"]}]
    found = town.upload("teachers", csv_bytes(listed, TEACHER_COLUMNS), scope="full")
    assert found["counts"]["ended"] == 1
    lead = {"ketua": "Kusumaningtyas Wulandari", "nuptk_ketua": "4646765666300092"}
    lead |= {"nama": "MGMP IPA", "jenis": "MGMP", "jenjang": "SMP"}
    group = town.upload("communities", csv_bytes([lead], tuple(lead)))
    assert group["counts"]["created"] == 1
    erased(town, who)
    [row] = town.rows(found["id"], outcome="ended")
    assert (row["subject_id"], row["name"]) == (namesake["id"], "Kusumaningtyas Wulandari")
    assert town.apply(found["id"], confirm_ended=True)["counts"]["ended"] == 1
    assert town.store.people.require(namesake["id"])["schools"] == []
    rows = town.store.import_rows.find({"import_id": group["id"], "outcome": "created"}, limit=9)
    assert "Kusumaningtyas" not in repr(rows) and "4646765666300092" not in repr(rows)
    assert town.apply(group["id"])["counts"]["created"] == 1, "the operator stands in"


def test_a_row_that_was_emptied_is_past_deciding(town: Town) -> None:
    npsn = town.school()
    who = town.teacher("Kusumaningtyas Wulandari", npsn=npsn, nuptk="4646765666300092")
    row = {**dict.fromkeys(TEACHER_COLUMNS, ""), "npsn": npsn, "nama": "Kusumaningtyas Wulandari", "hp": "081299900077"}
    found = town.upload("teachers", csv_bytes([row], TEACHER_COLUMNS))
    erased(town, who)
    [left] = town.rows(found["id"])
    counts = town.ask(town.operator, m.GET_IMPORT, import_id=found["id"])["counts"]
    assert (counts["changed"], counts["rejected"]) == (0, 1)
    for decision in ("create", "skip"):
        with pytest.raises(Conflict):
            town.ask(town.operator, m.DECIDE_ROW, import_id=found["id"], n=left["row"], decision=decision)


def test_an_archive_is_its_persons_alone(town: Town) -> None:
    who, other = town.teacher(), town.teacher("Budi")
    export = town.ask(who, m.REQUEST_EXPORT)
    assert town.ask(who, m.REQUEST_EXPORT)["id"] == export["id"]
    eventually(lambda: town.ask(who, m.GET_EXPORT, export_id=export["id"])["pieces"] == {"membership": 1}, 40)
    with pytest.raises(NotFound):
        town.ask(other, m.GET_EXPORT, export_id=export["id"])
    with pytest.raises(Conflict):
        town.ask(who, m.DOWNLOAD_EXPORT, export_id=export["id"])
