"""A forgotten password: a letter to whom it may concern, the same answer to everybody."""

import re

import pytest

from services.membership.usecases.resets import MOST_LETTERS
from shared import clock
from shared.contracts import membership as m
from shared.errors import Invalid, Unauthenticated
from tests.service.membership.conftest import PASSWORD
from tests.support.patience import eventually

OTHER = "jagung bakar enak"


def forgotten(town, login):
    return town.ask(None, m.REQUEST_RESET, login=login)


def letter(mailbox, address, number=1):
    """The token in the latest letter, once so many have come."""
    letters = eventually(lambda: found if len(found := mailbox.to(address)) >= number else None, 15)
    return re.search(r"/reset#(\S+)", letters[-1].get_content())[1]


def confirm(town, token, password=OTHER):
    return town.ask(None, m.CONFIRM_RESET, token=token, password=password)


@pytest.fixture
def address(district):
    return f"siti.{district}@guru.example"


@pytest.fixture
def who(town, address):
    return town.teacher(email=address)


def all_sent(town):
    return eventually(lambda: not town.store.mails.find({}, limit=9), 15)


def test_a_letter_lets_its_reader_set_another_password(town, mailbox, address, who):
    assert forgotten(town, who["person"]["username"])["by"] == "email"
    token = letter(mailbox, address)
    [sent] = mailbox.to(address)
    assert who["person"]["username"] in sent.get_content()
    assert "Kabupaten Uji" in sent.get_content()
    with pytest.raises(Invalid):
        confirm(town, token, "password123")
    code = town.ask(town.operator, m.ISSUE_ACTIVATION, person_id=who["person"]["id"])["code"]
    assert town.ask(confirm(town, token), m.GET_ME)["id"] == who["person"]["id"]
    with pytest.raises(Invalid):
        town.activate(code)
    with pytest.raises(Invalid):
        confirm(town, token)
    with pytest.raises(Unauthenticated):
        town.ask(None, m.REFRESH, refresh_token=who["refresh_token"])
    with pytest.raises(Unauthenticated):
        town.ask(None, m.LOG_IN, login=address, password=PASSWORD)
    assert town.ask(None, m.LOG_IN, login=address, password=OTHER)


def test_nobody_learns_whom_a_login_means(town, mailbox, address, who):
    town.person("Belum Aktif", email=f"belum.{address}")
    town.teacher("Tanpa Surel")
    gone = town.teacher("Sudah Pergi", email=f"pergi.{address}")
    town.ask(town.operator, m.DISABLE_PERSON, person_id=gone["person"]["id"])
    for name in ("Berbagi Satu", "Berbagi Dua"):
        shared = town.teacher(name, email=f"bersama.{address}")
    logins = [address, f"belum.{address}", f"pergi.{address}", shared["person"]["username"], "nobody.1"]
    answers = [forgotten(town, login) for login in logins]
    assert all(answer == answers[0] for answer in answers)
    assert all_sent(town)
    assert [each["To"] for each in mailbox.letters if address in each["To"]] == [address]


def test_a_mailbox_is_not_filled_by_asking_again_and_again(town, mailbox, address, who):
    for number in range(MOST_LETTERS + 2):
        forgotten(town, (address, who["person"]["username"])[number % 2])
        assert all_sent(town)
    assert len(mailbox.to(address)) == MOST_LETTERS


def test_what_is_asked_of_no_district_is_not_kept(town, running):
    nowhere = running.cell.open("membership").store("9999")
    answer = town.ask(None, m.REQUEST_RESET, district="9999", login="nobody.1")
    assert answer == forgotten(town, "nobody.1")
    assert nowhere.mails.find({"due_at": {"$gt": clock.EPOCH}}, limit=9) == []


@pytest.mark.parametrize("how", ["change", "card"])
def test_another_password_makes_the_link_in_a_letter_worthless(town, mailbox, address, who, how):
    """Who has read somebody's mail is out as well."""
    forgotten(town, address)
    token = letter(mailbox, address)
    if how == "change":
        town.ask(who, m.CHANGE_PASSWORD, current=PASSWORD, new=OTHER)
    else:
        town.log_in_first(who["person"]["id"])
    with pytest.raises(Invalid):
        confirm(town, token, "nasi goreng pagi ini")


def test_a_letter_that_waits_expires_with_its_link(town, mailbox, who, address):
    mailbox.stop()
    try:
        forgotten(town, address)
        [waiting] = town.store.mails.find({}, limit=9)
        assert 3500 < (waiting["expires_at"] - clock.now()).total_seconds() <= 3600
    finally:
        mailbox.start()
    assert all_sent(town)


def test_a_link_is_dead_after_its_hour(town, mailbox, address, who):
    forgotten(town, address)
    token = letter(mailbox, address)
    [reset] = town.store.resets.find({"person_id": who["person"]["id"]}, limit=9)
    assert 3500 < (reset["expires_at"] - clock.now()).total_seconds() <= 3600
    town.store.resets.update(reset["id"], set={"expires_at": clock.now()})
    with pytest.raises(Invalid):
        confirm(town, token)


def test_a_letter_waits_for_a_server_that_is_away(town, mailbox, address, who):
    mailbox.stop()
    try:
        forgotten(town, address)
        assert eventually(lambda: town.store.mails.find({}, limit=9)[0]["tries"] > 0, 15)
    finally:
        mailbox.start()
    assert confirm(town, letter(mailbox, address))
    assert all_sent(town)


@pytest.mark.parametrize(("answer", "kept"), [("451 later", True), ("554 never", False)])
def test_a_letter_is_tried_again_unless_it_was_refused_for_good(town, mailbox, address, who, answer, kept):
    mailbox.answer = answer
    try:
        forgotten(town, address)
        assert eventually(lambda: bool(waiting(town)) == kept, 15)
        assert not mailbox.to(address)
    finally:
        mailbox.answer = None
    if kept:
        assert letter(mailbox, address)


def waiting(town):
    """The letters that were tried."""
    return [mail for mail in town.store.mails.find({}, limit=9) if mail["tries"]]


def test_what_a_letter_says_is_in_no_log_and_no_database(town, running, mailbox, address, who):
    forgotten(town, address)
    token = letter(mailbox, address)
    secrets = [token, token.partition("-")[2]]
    confirm(town, token)
    assert not [secret for secret in (*secrets, address) if secret in running.logs("membership")]
    database = town.system.system.database
    for name in database.list_collection_names():
        text = str(list(database[name].find({"district": town.district})))
        assert not [secret for secret in secrets if secret in text], name
