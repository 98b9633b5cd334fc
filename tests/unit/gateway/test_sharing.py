"""The public address of a session: a page for browsers, JSON for programs."""

from unittest.mock import patch

import pytest

from gateway import rpc
from shared.contracts.scheduling import PublicSessionView
from shared.errors import NotFound
from shared.messaging.protocol import Answer

ADDRESS = "/v1/public/sessions/3307-06ddr1xyszs2w0a32w48t6ag5q"
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SESSION = {
    "title": "Membaca <b>grafik</b>",
    "goal": "Murid membaca grafik garis",
    "community": "MGMP Matematika SMP",
    "starts_at": "2027-01-12T06:00:00.000Z",
    "ends_at": "2027-01-12T08:00:00.000Z",
    "timezone": "Asia/Jakarta",
    "zone": "WIB",
    "when": "Selasa, 12 Januari 2027, 13.00-15.00 WIB",
    "place": "Aula SMPN 1",
    "mode": "hybrid",
    "status": "cancelled",
}


@pytest.fixture
def known():
    """The service knows this session."""
    assert not PublicSessionView().validate(SESSION)
    with patch.object(rpc, "call", return_value=Answer(SESSION)) as call:
        yield call


def test_a_browser_is_shown_a_page_that_needs_nothing_else(client, known):
    answer = client.get(ADDRESS + "?fbclid=x", headers=HTML)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    for said in ("Selasa, 12 Januari 2027, 13.00-15.00 WIB", "Aula SMPN 1", "dibatalkan", 'lang="id"', "noindex"):
        assert said in page
    assert "&lt;b&gt;grafik" in page and "<b>" not in page
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not any(fetched in page for fetched in ("src=", "<link", "<script", "url("))
    assert len(page) < 4096
    assert "This meeting was cancelled" in client.get(ADDRESS, headers={**HTML, "Accept-Language": "en"}).text


@pytest.mark.parametrize("accept", ["application/json", "*/*", None])
def test_programs_get_json(client, known, accept):
    answer = client.get(ADDRESS, headers={"Accept": accept} if accept else {})
    assert answer.json == SESSION
    assert "Accept" in answer.headers["Vary"]
    assert known.call_args.args[1] == {"district": "3307", "share_token": ADDRESS.rpartition("/")[2]}


def test_an_address_that_leads_nowhere_is_told_in_the_form_that_was_asked_for(client):
    with patch.object(rpc, "call", side_effect=NotFound("scheduling.unknown_session")):
        page = client.get(ADDRESS, headers=HTML)
        assert (page.status_code, page.mimetype) == (404, "text/html")
        assert "tidak ditemukan" in page.text
        assert client.get(ADDRESS).mimetype == "application/problem+json"
    for nonsense in ("/v1/public/sessions/x", "/v1/public/sessions/3307", "/v1/public/sessions/" + "9" * 300):
        assert client.get(nonsense, headers=HTML).status_code in (404, 503)
        assert client.get(nonsense).status_code in (404, 503)
    assert client.get(ADDRESS + "?x=1").status_code == 422
