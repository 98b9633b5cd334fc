"""Cards: printed for an import or a school, the same each time, until their codes are used or replaced."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from shared import links
from shared.contracts import membership as m
from shared.contracts.base import write
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.ids import new_id
from shared.messaging.context import CallContext
from tests.service.membership.conftest import SCHOOL
from tests.support.roster import Gaps, make_roster

OTHER = "20306578"


def printed(town, who, operation, **asked):
    """The cards of a whole document, ``{username: code}``, with the number of its pages."""
    token = None if who is None else who["access_token"]
    document, after = b"", None
    while True:
        data = write(operation.takes, {**asked, "after": after})
        answer = town._rpc.call(operation, data, CallContext(new_id(), token=token), timeout=30)
        document += answer.body
        after = answer.data["after"]
        if after is None:
            break
    pages = PdfReader(io.BytesIO(document), strict=True).pages
    lines = [line.strip() for page in pages for line in page.extract_text().splitlines()]
    codes = [at for at, line in enumerate(lines) if line.count("-") == 2 and len(line) == 14]
    return {lines[at - 2]: lines[at] for at in codes}, len(pages)


@pytest.fixture
def school(town):
    return town.school()


@pytest.fixture
def leader(town, school):
    return town.with_role("school_operator", school, "Pak Operator")


def test_an_imports_cards_open_the_accounts_that_it_made_and_no_others(town):
    roster = make_roster(town.district, schools=3, teachers=100, seed=5, gaps=Gaps(same_name=0))
    town.apply(town.upload("schools", roster.files()[0])["id"])
    early = town.person("Bukan Dari Berkas")
    found = town.apply(town.upload("teachers", roster.files()[1])["id"])
    assert found["counts"]["created"] == 100
    cards, pages = printed(town, town.operator, m.PRINT_IMPORT_CARDS, import_id=found["id"])
    assert (len(cards), pages) == (100, 13)
    assert early["username"] not in cards
    username = next(iter(cards))
    assert town.activate(cards[username])["person"]["username"] == username
    again, _ = printed(town, town.operator, m.PRINT_IMPORT_CARDS, import_id=found["id"])
    assert again == {name: code for name, code in cards.items() if name != username}


def test_a_schools_operator_prints_the_cards_of_their_school_alone(town, school, leader):
    town.school(OTHER)
    ours, theirs = town.person("Siti Aminah", npsn=school), town.person("Budi Santoso", npsn=OTHER)
    cards, pages = printed(town, leader, m.PRINT_SCHOOL_CARDS, npsn=school)
    assert (set(cards), pages) == ({ours["username"]}, 1)
    assert theirs["username"] not in cards
    with pytest.raises(Forbidden):
        printed(town, leader, m.PRINT_SCHOOL_CARDS, npsn=OTHER)
    with pytest.raises(Forbidden):
        printed(town, town.teacher("Guru Biasa", npsn=school), m.PRINT_SCHOOL_CARDS, npsn=school)


def test_a_school_prints_no_card_of_somebody_with_a_role_beyond_it(town, school, leader):
    supervisor = town.person("Bu Pengawas", npsn=school)
    town.ask(town.operator, m.GRANT_ROLE, person_id=supervisor["id"], role="supervisor")
    teacher = town.person("Siti Aminah", npsn=school)
    assert set(printed(town, leader, m.PRINT_SCHOOL_CARDS, npsn=school)[0]) == {teacher["username"]}


def test_a_second_school_prints_no_card_of_anothers_teacher(town, school, leader):
    guest = town.person("Siti Aminah", npsn=town.school(OTHER))
    town.ask(town.operator, m.ASSIGN, person_id=guest["id"], npsn=school, primary=False)
    with pytest.raises(Conflict):
        printed(town, leader, m.PRINT_SCHOOL_CARDS, npsn=school)
    ours = town.person("Budi Santoso", npsn=school)
    assert set(printed(town, leader, m.PRINT_SCHOOL_CARDS, npsn=school)[0]) == {ours["username"]}
    assert set(printed(town, town.operator, m.PRINT_SCHOOL_CARDS, npsn=OTHER)[0]) == {guest["username"]}


def test_a_card_opens_nothing_once_its_owner_has_a_role_beyond_the_school(town, school, leader):
    """The school may have kept it."""
    person = town.person(npsn=school)
    kept = printed(town, leader, m.PRINT_SCHOOL_CARDS, npsn=school)[0][person["username"]]
    town.ask(town.operator, m.GRANT_ROLE, person_id=person["id"], role="supervisor")
    with pytest.raises(Invalid):
        town.activate(kept)
    assert town.log_in_first(person["id"])


def test_a_role_at_the_own_school_leaves_the_card_what_it_is(town, school, leader):
    person = town.person(npsn=school)
    card = printed(town, leader, m.PRINT_SCHOOL_CARDS, npsn=school)[0][person["username"]]
    town.ask(town.operator, m.GRANT_ROLE, person_id=person["id"], role="principal", scope_id=school)
    assert town.activate(card)["person"]["id"] == person["id"]


def test_where_everybody_has_an_account_there_is_nothing_to_print(town, school, leader):
    town.teacher("Siti Aminah", npsn=school)
    with pytest.raises(Conflict):
        printed(town, leader, m.PRINT_SCHOOL_CARDS, npsn=school)


def test_a_lost_card_is_replaced_and_worth_nothing(town, school, leader):
    person = town.person(npsn=school)
    lost = printed(town, leader, m.PRINT_SCHOOL_CARDS, npsn=school)[0][person["username"]]
    new = town.ask(leader, m.ISSUE_ACTIVATION, person_id=person["id"])["code"]
    assert printed(town, leader, m.PRINT_SCHOOL_CARDS, npsn=school)[0] == {person["username"]: new}
    with pytest.raises(Invalid):
        town.activate(lost)
    town.activate(new)


def test_a_code_that_is_over_is_replaced_and_an_old_one_prolonged(town, school, leader):
    person = town.person(npsn=school)
    first = printed(town, leader, m.PRINT_SCHOOL_CARDS, npsn=school)[0]
    [kept] = town.store.activations.find({}, limit=9)
    for left, same in ((timedelta(days=9), True), (timedelta(seconds=-1), False)):
        town.store.activations.update(kept["id"], set={"expires_at": kept["created_at"] + left})
        assert (printed(town, leader, m.PRINT_SCHOOL_CARDS, npsn=school)[0] == first) is same
    prolonged = town.store.activations.find({"person_id": person["id"]}, limit=9)
    assert max(each["expires_at"] for each in prolonged) > kept["created_at"] + timedelta(days=50)


def test_a_link_opens_the_cards_of_one_school_for_five_minutes(town, school, leader):
    person = town.person(npsn=school)
    town.school(OTHER)
    link = town.ask(leader, m.LINK_SCHOOL_CARDS, npsn=school)
    asked = {"district": town.district, "npsn": school, "token": link["token"]}
    assert set(printed(town, None, m.PRINT_LINKED_SCHOOL_CARDS, **asked)[0]) == {person["username"]}
    assert link["path"] == f"/v1/schools/{SCHOOL['npsn']}/activation-cards.pdf?token={link['token']}"
    with pytest.raises(NotFound):
        printed(town, None, m.PRINT_LINKED_SCHOOL_CARDS, **{**asked, "npsn": OTHER})
    with pytest.raises(NotFound):
        printed(
            town,
            None,
            m.PRINT_LINKED_SCHOOL_CARDS,
            **{**asked, "token": links.token(town.district, link["path"], b"guessed", link["expires_at"])},
        )


def test_nobody_makes_a_link_to_what_they_may_not_print(town, school, leader):
    town.school(OTHER)
    with pytest.raises(Forbidden):
        town.ask(leader, m.LINK_SCHOOL_CARDS, npsn=OTHER)
    with pytest.raises(NotFound):
        town.ask(leader, m.LINK_IMPORT_CARDS, import_id=new_id())
