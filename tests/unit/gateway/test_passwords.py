"""The pages on which people choose their password: whole, small, and without anybody else in them."""

import dataclasses
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from gateway.app import create_app
from services.membership.printing import cards
from shared.contracts import membership as m
from shared.texts import catalogue

HOME = "https://sanggar.example.id"
PAGES = {"/aktivasi": m.ACTIVATE, "/reset": m.CONFIRM_RESET}

every_page = pytest.mark.parametrize("path", PAGES)


class Parts(HTMLParser):
    """A page's elements, and what stands in its scripts and styles."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.inline, self._within = [], {"script": [], "style": []}, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._within = tag

    def handle_data(self, data):
        if self._within in self.inline and data.strip():
            self.inline[self._within].append(data)

    def all(self, *tags):
        return [given for tag, given in self.elements if tag in tags]


def policy(answer):
    said = (part.split() for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: given for name, *given in said}


def test_a_cards_qr_code_leads_to_a_page_and_its_code_to_no_server(client):
    leads_to = urlsplit(cards.link(HOME, "3307", "7KQ2-M9XH-4TNB"))
    answer = client.get(leads_to.path)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert leads_to.fragment == "3307-7KQ2M9XH4TNB"
    assert not leads_to.query
    assert "Aktifkan akun" in answer.text


@every_page
def test_a_page_is_small_and_fetches_nothing(client, path):
    answer = client.get(path)
    assert len(answer.data) <= 10_000
    parts = Parts(answer.text)
    assert not parts.all("link", "img", "iframe", "object")
    assert not [given for _, given in parts.elements if "src" in given or "href" in given or "style" in given]
    assert "url(" not in answer.text and "@import" not in answer.text


@every_page
def test_only_the_pages_own_script_and_style_run_and_only_its_own_server_is_asked(client, path):
    answer = client.get(path)
    allowed = policy(answer)
    for kind, found in Parts(answer.text).inline.items():
        [inline] = found
        assert allowed[f"{kind}-src"] == [f"'sha256-{b64encode(sha256(inline.encode()).digest()).decode()}'"]
    assert allowed["default-src"] == allowed["form-action"] == allowed["base-uri"] == ["'none'"]
    assert allowed["frame-ancestors"] == ["'none'"]
    assert allowed["connect-src"] == ["'self'"]


@every_page
def test_a_page_is_kept_nowhere_and_tells_nobody_where_one_came_from(client, path):
    headers = client.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert "noindex" in headers["X-Robots-Tag"]
    assert "Set-Cookie" not in headers


@every_page
def test_a_page_asks_what_the_operation_takes_and_sends_it_nowhere_by_itself(client, app, path):
    page = Parts(client.get(path).text)
    named = {given["name"] for given in page.all("input") if "name" in given}
    filled = {"user_agent"} | ({"district"} if path == "/reset" else set())
    assert named == PAGES[path].takes().fields.keys() - filled
    [form] = page.all("form")
    assert "action" not in form and form["method"] == "post"
    [operation] = [rule for rule in app.url_map.iter_rules() if rule.rule == form["data-to"]]
    assert PAGES[path].name.replace(".", "_") in operation.endpoint


@every_page
def test_every_field_has_a_label_and_is_told_of_what_is_wrong_with_it(client, path):
    page = Parts(client.get(path).text)
    ids = [given["id"] for _, given in page.elements if "id" in given]
    assert len(ids) == len(set(ids))
    labels = {given["for"] for given in page.all("label")}
    shown = [given for given in page.all("input") if given.get("type") != "hidden"]
    assert {given["id"] for given in shown} == labels
    for given in shown:
        assert set(given["aria-describedby"].split()) <= set(ids)
        assert f"{given['id']}-wrong" in given["aria-describedby"].split()
        assert f"{given['id']}-box" in ids
    assert [given for _, given in page.elements if given.get("aria-live") == "polite"]


@every_page
def test_what_the_script_looks_for_is_in_the_page(client, path):
    page = Parts(client.get(path).text)
    ids = {given.get("id") for _, given in page.elements}
    [script], [form] = page.inline["script"], page.all("form")
    only_elsewhere = {"incomplete"} if path == "/aktivasi" else {"district-box"}
    assert set(re.findall(r'getElementById\("([\w-]+)"\)', script)) - only_elsewhere <= ids
    assert {f"data-{name}" for name in re.findall(r"words\.(\w+)", script)} <= form.keys()


@every_page
def test_nothing_of_the_answer_is_kept_and_only_the_username_is_shown(client, path):
    [script] = Parts(client.get(path).text).inline["script"]
    assert not re.search(r"localStorage|sessionStorage|document\.cookie|indexedDB|innerHTML", script)
    assert "refresh_token" not in script
    assert re.findall(r"answer\.(?!json|ok)[\w.]+", script) == ["answer.access_token", "answer.person.username"]


@every_page
def test_whoever_has_no_script_is_told_whom_to_ask(client, path):
    page = client.get(path).text
    [form] = Parts(page).all("form")
    assert "hidden" in form
    assert re.search(r'<p id="help">[^<]*operator sekolah', page)


def test_the_pages_speak_indonesian_first_and_english_when_asked(client):
    assert 'lang="id"' in client.get("/aktivasi").text
    english = client.get("/reset", headers={"Accept-Language": "en"})
    assert 'lang="en"' in english.text and "Set another password" in english.text
    assert english.headers["Content-Language"] == "en"


@every_page
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_word_of_a_page_has_its_text(client, path, language):
    assert "passwords." not in client.get(path, headers={"Accept-Language": language}).text
    assert [key for key in catalogue() if key.startswith("passwords.")]


def test_the_pages_are_for_people_and_no_part_of_the_api(client):
    assert not PAGES.keys() & client.get("/v1/openapi.json").get_json()["paths"].keys()


@every_page
def test_a_portal_elsewhere_gets_no_page_of_ours_to_borrow(app, path):
    settings = dataclasses.replace(app.backend.settings, cors_origins=frozenset({"https://portal.example.id"}))
    portal = create_app(settings).test_client().get(path, headers={"Origin": "https://portal.example.id"})
    assert portal.status_code == 200
    assert "Access-Control-Allow-Origin" not in portal.headers
