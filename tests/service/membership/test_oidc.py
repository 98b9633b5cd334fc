"""Logging in by an account elsewhere, against a real provider: the browser's way, and every way to cheat on it."""

import base64

import jwt
import pytest

from gateway.app import create_app
from gateway.settings import Settings
from shared.contracts import membership as m
from shared.errors import Invalid, Unauthenticated
from tests.service.membership.conftest import PASSWORD
from tests.support.patience import eventually
from tests.support.provider import CLIENT_ID, query_of

CALLBACK = "/v1/auth/oidc/callback"


@pytest.fixture(scope="module")
def app(running):
    settings = running.settings
    return create_app(
        Settings(amqp_uri=settings.amqp_uri, verify_keys=settings.verify_keys, public_url=settings.public_url)
    )


@pytest.fixture
def browser(app):
    return app.test_client()


@pytest.fixture(autouse=True)
def in_order_again(provider):
    yield
    provider.answer = None


@pytest.fixture
def address(district):
    return f"siti.{district}@guru.belajar.id"


@pytest.fixture
def account(provider, address):
    """Somebody's account at the provider."""
    provider.knows(address, email=address, email_verified=True, hd="guru.belajar.id")
    return address


def begin(browser, district, **asked):
    """To the provider's door."""
    sent = browser.get("/v1/auth/oidc/start", query_string={"district": district, **asked})
    assert sent.status_code == 302, sent.text
    return sent.headers["Location"]


def come_back(browser, provider, account, district, **asked):
    back = provider.log_in(begin(browser, district, **asked), sub=account)
    return browser.get(CALLBACK, query_string=query_of(back))


def bearer(tokens):
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def test_the_provider_is_asked_as_the_standards_say(browser, provider, town):
    asked = query_of(begin(browser, town.district))
    assert asked["client_id"] == CLIENT_ID
    assert asked["code_challenge_method"] == "S256"
    assert asked["hd"] == "belajar.id"
    assert len(asked["state"]) >= 43 and len(asked["nonce"]) >= 43
    again = query_of(begin(browser, town.district))
    assert not {asked[name] for name in ("state", "nonce", "code_challenge")} & {*again.values()}
    [cookie] = [one for one in browser._cookies.values() if "oidc" in one.key]
    assert cookie.http_only and cookie.same_site == "Lax"


def test_somebody_on_record_is_let_in_by_the_address_that_the_provider_verified(browser, provider, town, account):
    person = town.person(email=account)
    answer = come_back(browser, provider, account, town.district)
    assert answer.status_code == 200, answer.text
    tokens = answer.get_json()
    assert (tokens["person"]["id"], tokens["person"]["status"]) == (person["id"], "active")
    assert town.ask(tokens, m.GET_ME)["id"] == person["id"]
    [identity] = town.ask(tokens, m.LIST_IDENTITIES)["items"]
    assert identity["issuer"] == provider.issuer


def test_a_card_that_was_not_needed_opens_the_account_no_more(browser, provider, town, account):
    person = town.person(email=account)
    code = town.ask(town.operator, m.ISSUE_ACTIVATION, person_id=person["id"])["code"]
    assert come_back(browser, provider, account, town.district).status_code == 200
    with pytest.raises(Invalid):
        town.activate(code)


def test_a_first_password_ends_the_sessions_that_began_elsewhere(browser, provider, town, account):
    person = town.person(email=account)
    before = come_back(browser, provider, account, town.district).get_json()
    after = town.log_in_first(person["id"])
    with pytest.raises(Unauthenticated):
        town.ask(None, m.REFRESH, refresh_token=before["refresh_token"])
    assert town.ask(after, m.GET_ME)["id"] == person["id"]


def test_once_linked_the_address_does_not_matter_any_more(browser, provider, town, account):
    person = town.person(email=account)
    come_back(browser, provider, account, town.district)
    provider.knows(account, email="lain@guru.belajar.id", email_verified=True, hd="guru.belajar.id")
    assert come_back(browser, provider, account, town.district).get_json()["person"]["id"] == person["id"]


@pytest.mark.parametrize("flaw", ["unverified", "unknown", "shared", "own"])
def test_an_address_that_proves_nothing_lets_nobody_in(browser, provider, town, account, flaw):
    if flaw == "unverified":
        town.person(email=account)
        provider.knows(account, email=account, email_verified=False, hd="belajar.id")
    if flaw == "shared":
        town.person("Siti Aminah", email=account)
        town.person("Budi Santoso", email=account)
    if flaw == "own":
        who = town.teacher()
        town.ask(who, m.CHANGE_ME, email=account, version=town.ask(who, m.GET_ME)["version"])
    answer = come_back(browser, provider, account, town.district)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("domain", ["gmail.com", "belajar.id.jahat.example", "notbelajar.id", None])
def test_an_account_of_another_domain_is_refused(browser, provider, town, account, domain):
    town.person(email=account)
    provider.knows(account, email=account, email_verified=True, **({"hd": domain} if domain else {}))
    answer = come_back(browser, provider, account, town.district)
    assert answer.status_code == 401
    assert "belajar.id" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    "claims",
    [{"iss": "https://jahat.example"}, {"aud": ["another"]}, {"exp": 1}, {"nonce": "another"}, {"azp": "another"}],
)
def test_a_token_that_was_not_made_for_this_login_is_refused(browser, provider, town, account, claims):
    town.person(email=account)
    # What a user's claims say comes last, so they replace the token's own.
    provider.knows(account, email=account, email_verified=True, hd="belajar.id", **claims)
    assert come_back(browser, provider, account, town.district).status_code == 401


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_anybody_could_have_made_is_refused(browser, provider, town, account, algorithm):
    town.person(email=account)
    away = begin(browser, town.district)
    claims = {"iss": provider.issuer, "aud": CLIENT_ID, "sub": account, "iat": 1, "exp": 9_999_999_999}
    claims |= {"nonce": query_of(away)["nonce"], "email": account, "email_verified": True, "hd": "belajar.id"}
    forged = jwt.encode(claims, None if algorithm == "none" else "k" * 32, algorithm=algorithm)
    provider.answer = {"id_token": forged, "access_token": "x", "token_type": "Bearer"}
    back = provider.log_in(away, sub=account)
    assert browser.get(CALLBACK, query_string=query_of(back)).status_code == 401


def test_the_provider_may_change_its_keys(browser, provider, town, account):
    town.person(email=account)
    assert come_back(browser, provider, account, town.district).status_code == 200
    provider.new_key()

    def let_in():
        return come_back(browser, provider, account, town.district).status_code == 200

    # What is not known is looked for again, every ten seconds at most.
    assert eventually(let_in, 20, 1.0)


def test_a_code_is_of_no_use_in_another_browser(app, browser, provider, town, account):
    town.person(email=account)
    back = query_of(provider.log_in(begin(browser, town.district), sub=account))
    stranger = app.test_client()
    assert stranger.get(CALLBACK, query_string=back).status_code == 422
    begin(stranger, town.district)
    assert stranger.get(CALLBACK, query_string=back).status_code == 422
    asked = provider.token_requests
    assert browser.get(CALLBACK, query_string={**back, "state": "guessed"}).status_code == 422
    assert provider.token_requests == asked
    assert browser.get(CALLBACK, query_string=back).status_code == 200
    assert browser.get(CALLBACK, query_string=back).status_code == 422


def test_somebody_who_declines_or_comes_with_nothing_is_told_so(browser, town):
    state = query_of(begin(browser, town.district))["state"]
    for given in ({"state": state, "error": "access_denied"}, {"state": state}, {}):
        assert browser.get(CALLBACK, query_string=given).status_code in (401, 422)


@pytest.mark.parametrize(
    "kept",
    [
        "[" * 2250,
        '{"district":"3307","purpose":"login","state":"\\ud800","nonce":"n","verifier":"v"}',
        '{"district":"3307","purpose":"login","state":"s","nonce":"n","verifier":"v","return_to":"/a\\r\\nX: 1"}',
        '{"district":"3307","purpose":"login","state":"s","nonce":"n","verifier":"v","return_to":7}',
    ],
)
def test_a_cookie_that_nobody_of_us_made_is_refused(app, kept):
    cookie = base64.urlsafe_b64encode(kept.encode()).decode()
    answer = app.test_client().get(CALLBACK, query_string={"state": "s"}, headers={"Cookie": f"sanggar_oidc={cookie}"})
    assert answer.status_code == 422


def test_a_disabled_account_stays_shut(browser, provider, town, account):
    person = town.person(email=account)
    come_back(browser, provider, account, town.district)
    town.ask(town.operator, m.DISABLE_PERSON, person_id=person["id"])
    assert come_back(browser, provider, account, town.district).status_code == 403


def test_whoever_only_comes_from_elsewhere_is_active_again_once_the_account_is_opened(browser, provider, town, account):
    person = town.person(email=account)
    come_back(browser, provider, account, town.district)
    town.ask(town.operator, m.DISABLE_PERSON, person_id=person["id"])

    opened = town.ask(town.operator, m.ENABLE_PERSON, person_id=person["id"])

    assert opened["status"] == "active"
    assert come_back(browser, provider, account, town.district).status_code == 200


def test_a_page_of_ours_gets_a_ticket_that_counts_once_and_in_its_browser(app, browser, provider, town, account):
    person = town.person(email=account)
    back = come_back(browser, provider, account, town.district, return_to="/masuk")
    assert back.status_code == 303
    place, _, ticket = back.headers["Location"].partition("#ticket=")
    assert place == "/masuk"
    assert app.test_client().post("/v1/auth/oidc", json={"ticket": ticket}).status_code == 422
    first, second = (browser.post("/v1/auth/oidc", json={"ticket": ticket}) for _ in range(2))
    assert first.get_json()["person"]["id"] == person["id"]
    assert second.status_code == 422


@pytest.mark.parametrize("return_to", ["https://jahat.example", "//jahat.example", "/\\jahat.example", "masuk", "/a b"])
def test_nobody_is_sent_on_to_another_address(browser, town, return_to):
    sent = browser.get("/v1/auth/oidc/start", query_string={"district": town.district, "return_to": return_to})
    assert sent.status_code == 422


def test_whoever_is_logged_in_links_an_account_and_unlinks_it(browser, provider, town, account):
    who, other = town.teacher("Siti Aminah"), town.teacher("Budi Santoso")
    assert come_back(browser, provider, account, town.district).status_code == 401

    def link(whose):
        ticket = come_back(browser, provider, account, town.district, purpose="link").get_json()["ticket"]
        return browser.post("/v1/me/identities", json={"ticket": ticket}, headers=bearer(whose))

    linked = link(who)
    assert linked.status_code == 201, linked.text
    assert come_back(browser, provider, account, town.district).get_json()["person"]["id"] == who["person"]["id"]
    assert link(who).get_json()["id"] == linked.get_json()["id"]
    assert link(other).status_code == 409
    path = f"/v1/me/identities/{linked.get_json()['id']}"
    assert browser.delete(path, headers=bearer(other)).status_code == 404
    assert browser.delete(path, headers=bearer(who)).status_code == 204
    assert come_back(browser, provider, account, town.district).status_code == 401
    assert town.ask(None, m.LOG_IN, login=who["person"]["username"], password=PASSWORD)


def test_a_ticket_is_for_its_district_alone(browser, provider, town, elsewhere, account):
    town.person(email=account)
    elsewhere.person(email=account)
    back = come_back(browser, provider, account, town.district, return_to="/")
    body = back.headers["Location"].partition("#ticket=")[2].partition("-")[2]
    forged = {"ticket": f"{elsewhere.district}-{body}"}
    assert browser.post("/v1/auth/oidc", json=forged).status_code == 422


def test_without_the_provider_people_are_told_and_passwords_still_work(browser, provider, town, account):
    who = town.teacher(email=account)
    away = begin(browser, town.district)
    back = query_of(provider.log_in(away, sub=account))
    provider.answer = ("", 502)
    answer = browser.get(CALLBACK, query_string=back)
    assert (answer.status_code, answer.get_json()["code"]) == (503, "unavailable")
    assert town.ask(None, m.LOG_IN, login=who["person"]["username"], password=PASSWORD)


def test_codes_tokens_and_addresses_are_in_no_log_and_no_database(browser, provider, town, account, running, capsys):
    town.person(email=account)
    back = query_of(provider.log_in(begin(browser, town.district), sub=account))
    tokens = browser.get(CALLBACK, query_string=back).get_json()
    secrets = [back["code"], back["state"], tokens["access_token"], tokens["refresh_token"]]
    said = running.logs("membership") + capsys.readouterr().out
    assert not [secret for secret in (*secrets, account) if secret in said]
    database = town.system.system.database
    for name in database.list_collection_names():
        text = str(list(database[name].find({"district": town.district})))
        assert not [secret for secret in secrets if secret in text], name
