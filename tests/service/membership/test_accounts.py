"""Getting in and out, on weak signal and under attack."""

from functools import partial

import pytest
import requests

from shared.contracts import membership as m
from shared.contracts.base import write
from shared.contracts.events.membership import PERSON_CHANGED, PERSON_DISABLED, SESSIONS_REVOKED
from shared.errors import Conflict, Forbidden, Invalid, Refusal, TooMany, Unauthenticated
from shared.ids import new_id
from shared.messaging.context import CallContext
from tests.service.membership.conftest import PASSWORD
from tests.support.neighbours import at_once
from tests.support.patience import eventually


def log_in(town, login, password=PASSWORD):
    return town.ask(None, m.LOG_IN, login=login, password=password)


def refresh(town, tokens):
    return town.ask(None, m.REFRESH, refresh_token=tokens["refresh_token"])


def no_longer_counts(town, tokens):
    def refused():
        try:
            town.ask(tokens, m.GET_ME)
        except Unauthenticated:
            return True
        return False

    return eventually(refused, 5)


def test_whoever_activates_an_account_is_logged_in_and_told_of(town):
    person = town.person(nuptk="4487734264833898")
    card = town.ask(town.operator, m.ISSUE_ACTIVATION, person_id=person["id"])
    assert card["username"] == person["username"]
    tokens = town.activate(card["code"].lower().replace("-", " "))
    assert tokens["person"]["status"] == "active"
    assert tokens["expires_in"] == 600
    assert tokens["refresh_token"].startswith(f"{town.district}-")
    assert town.ask(tokens, m.GET_ME)["name"] == "Siti Aminah"
    assert town.emitted(PERSON_CHANGED)


def test_a_code_works_once_and_a_new_one_makes_the_old_one_worthless(town):
    person = town.person()
    first = town.ask(town.operator, m.ISSUE_ACTIVATION, person_id=person["id"])["code"]
    second = town.ask(town.operator, m.ISSUE_ACTIVATION, person_id=person["id"])["code"]
    assert first != second
    with pytest.raises(Invalid):
        town.activate(first)
    town.activate(second)
    with pytest.raises(Invalid):
        town.activate(second)


def test_a_weak_password_spends_no_code(town):
    code = town.ask(town.operator, m.ISSUE_ACTIVATION, person_id=town.person()["id"])["code"]
    for weak in ("password123", "siti aminah", "kabupaten uji 2026"):
        with pytest.raises(Invalid):
            town.activate(code, weak)
    town.activate(code)


def test_people_log_in_by_username_nuptk_email_or_a_phone_of_their_own(town):
    who = town.teacher(nuptk="4487734264833898", email="Siti@guru.example", phone="0873 9623 9763")
    for login in (who["person"]["username"].upper(), "4487 7342 6483 3898", "siti@GURU.example", "+6287396239763"):
        assert log_in(town, login)["person"]["id"] == who["person"]["id"]


def test_a_shared_phone_is_nobodys_login(town):
    town.teacher("Siti Aminah", phone="087396239763")
    town.teacher("Budi Santoso", phone="087396239763")
    with pytest.raises(Unauthenticated):
        log_in(town, "087396239763")


def test_an_unknown_login_and_a_wrong_password_get_one_answer(town):
    who = town.teacher()
    invited = town.person("Belum Aktif")
    answers = []
    for login in (who["person"]["username"], invited["username"], "nobody.1"):
        with pytest.raises(Unauthenticated) as refused:
            log_in(town, login, "salah sama sekali")
        answers.append(refused.value.as_dict())
    assert answers[0] == answers[1] == answers[2]


def test_each_refused_login_costs_one_hash_whoever_it_names(town, running):
    who, invited, gone = town.teacher(), town.person("Belum Aktif"), town.teacher("Sudah Pergi")
    town.ask(town.operator, m.DISABLE_PERSON, person_id=gone["person"]["id"])
    for login in (
        who["person"]["username"],
        invited["username"],
        gone["person"]["username"],
        "nobody.1",
        "x@y.example",
    ):
        before = hashes(running)
        with pytest.raises(Unauthenticated):
            log_in(town, login, "salah sama sekali")
        assert hashes(running) - before == 1, login


def hashes(running):
    """How many password hashes membership has made."""
    lines = requests.get(running.stack.metrics["membership"] + "/metrics", timeout=5).text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("sanggar_password_hashes_total "))


def test_ten_failures_slow_down_and_lock_nobody_out(town):
    who = town.teacher()
    for login in (who["person"]["username"], "nobody.1"):
        for _ in range(10):
            with pytest.raises(Unauthenticated):
                log_in(town, login, "salah sama sekali")
        with pytest.raises(TooMany) as refused:
            log_in(town, login)
        assert 0 < refused.value.retry_after <= 5
    eventually(lambda: not isinstance(at_once(partial(log_in, town, who["person"]["username"]))[0], Refusal), 8, 0.5)


def from_afar(town, login, password):
    """A login from another address than the tests' own."""
    order = write(m.LOG_IN.takes, {"district": town.district, "login": login, "password": password})
    return town._rpc.call(m.LOG_IN, order, CallContext(new_id(), address="198.51.100.7"), timeout=30).data


def test_guesses_from_afar_keep_nobody_from_their_account(town):
    who = town.teacher()
    login = who["person"]["username"]
    for _ in range(10):
        with pytest.raises(Unauthenticated):
            from_afar(town, login, "salah sama sekali")
    with pytest.raises(TooMany):
        from_afar(town, login, PASSWORD)
    assert log_in(town, login)
    town.ask(who, m.CHANGE_PASSWORD, current=PASSWORD, new="jagung bakar enak")


def test_many_guesses_at_once_are_all_counted(town):
    username = town.teacher()["person"]["username"]
    outcomes = at_once(*[partial(log_in, town, username, "salah sama sekali")] * 24)
    assert {type(outcome) for outcome in outcomes} <= {Unauthenticated, TooMany}
    with pytest.raises(TooMany):
        log_in(town, username)


def test_a_refresh_token_rotates_and_a_lost_answer_is_repeated(town):
    first = town.teacher()
    second = refresh(town, first)
    assert second["refresh_token"] != first["refresh_token"]
    assert refresh(town, first)["refresh_token"] == second["refresh_token"]
    third = refresh(town, second)
    assert town.ask(third, m.GET_ME)["id"] == first["person"]["id"]


def test_two_refreshes_at_once_get_one_successor(town):
    first = town.teacher()
    outcomes = at_once(*[partial(refresh, town, first)] * 4)
    assert len({outcome["refresh_token"] for outcome in outcomes}) == 1


def test_an_old_refresh_token_ends_its_whole_family_and_everybody_is_told(town):
    first = town.teacher()
    third = refresh(town, refresh(town, first))
    with pytest.raises(Unauthenticated):
        refresh(town, first)
    with pytest.raises(Unauthenticated):
        refresh(town, third)
    no_longer_counts(town, third)
    assert [told["person_id"] for told in town.emitted(SESSIONS_REVOKED)] == [first["person"]["id"]]


@pytest.mark.parametrize("token", ["x", "3307-", "3307-" + "0" * 36 + ".1." + "a" * 43])
def test_a_made_up_refresh_token_is_refused(town, token):
    with pytest.raises(Unauthenticated):
        town.ask(None, m.REFRESH, refresh_token=token)


def test_a_forged_generation_is_refused_and_hurts_nobody(town):
    who = town.teacher()
    head, generation, proof = who["refresh_token"].rsplit(".", 2)
    with pytest.raises(Unauthenticated):
        town.ask(None, m.REFRESH, refresh_token=f"{head}.{int(generation) + 1}.{proof}")
    assert refresh(town, who)


def test_logging_out_ends_this_session_and_no_other(town):
    here = town.teacher()
    there = log_in(town, here["person"]["username"])
    town.ask(here, m.LOG_OUT)
    no_longer_counts(town, here)
    with pytest.raises(Unauthenticated):
        refresh(town, here)
    assert town.ask(there, m.GET_ME)


def test_a_changed_password_ends_the_other_sessions(town):
    here = town.teacher()
    there = log_in(town, here["person"]["username"])
    with pytest.raises(Invalid) as refused:
        town.ask(here, m.CHANGE_PASSWORD, current="salah sama sekali", new="jagung bakar enak")
    assert "current" in refused.value.fields
    town.ask(here, m.CHANGE_PASSWORD, current=PASSWORD, new="jagung bakar enak")
    no_longer_counts(town, there)
    assert town.ask(here, m.GET_ME)
    assert log_in(town, here["person"]["username"], "jagung bakar enak")
    with pytest.raises(Unauthenticated):
        log_in(town, here["person"]["username"])


def test_a_new_code_lets_somebody_back_in_and_everybody_else_out(town):
    before = town.teacher()
    card = town.ask(town.operator, m.ISSUE_ACTIVATION, person_id=before["person"]["id"])
    after = town.activate(card["code"], "jagung bakar enak")
    no_longer_counts(town, before)
    with pytest.raises(Unauthenticated):
        refresh(town, before)
    assert town.ask(after, m.GET_ME)


def test_a_disabled_account_is_shut_at_once_and_can_be_opened_again(town):
    who = town.teacher()
    person_id = who["person"]["id"]
    assert town.ask(town.operator, m.DISABLE_PERSON, person_id=person_id)["status"] == "disabled"
    no_longer_counts(town, who)
    with pytest.raises(Forbidden):
        log_in(town, who["person"]["username"])
    with pytest.raises(Unauthenticated):
        refresh(town, who)
    with pytest.raises(Conflict):
        town.ask(town.operator, m.ISSUE_ACTIVATION, person_id=person_id)
    assert town.ask(town.operator, m.ENABLE_PERSON, person_id=person_id)["status"] == "active"
    assert log_in(town, who["person"]["username"])
    assert town.emitted(PERSON_DISABLED)[0]["disabled"]


def test_an_operator_cannot_shut_themselves_out(town):
    with pytest.raises(Conflict):
        town.ask(town.operator, m.DISABLE_PERSON, person_id=town.operator["person"]["id"])


def test_a_code_belongs_to_its_district(town, elsewhere):
    code = town.ask(town.operator, m.ISSUE_ACTIVATION, person_id=town.person()["id"])["code"]
    with pytest.raises(Invalid):
        elsewhere.activate(code)


def test_no_secret_is_kept_in_the_database(town):
    person = town.person()
    code = town.ask(town.operator, m.ISSUE_ACTIVATION, person_id=person["id"])["code"]
    tokens = town.activate(code)
    secrets = [code, code.replace("-", ""), PASSWORD, tokens["access_token"], tokens["refresh_token"]]
    secrets.append(tokens["refresh_token"].rsplit(".", 1)[1])
    database = town.system.system.database
    for name in database.list_collection_names():
        text = str(list(database[name].find({"district": town.district})))
        assert not [secret for secret in secrets if secret in text], name
