"""Links to what is one's own: one thing, for five minutes, as whoever made them."""

from __future__ import annotations

import pytest

from services.membership.keyring import keyring
from shared import clock
from shared.contracts import membership as m
from shared.contracts.words import SERVICES
from shared.errors import Conflict, Expired, NotFound
from shared.identity import Verifier
from tests.service.membership.conftest import Data, Town
from tests.support.patience import eventually


def _opened(town: Town, link: Data, path: str | None = None) -> Data:
    """Whom the gateway acts for when this link is opened."""
    given = path or link["path"].removesuffix(f"token={link['token']}").rstrip("?&")
    found = town.ask(None, m.OPEN_LINK, token=link["token"], path=given)
    return town.ask(found, m.GET_ME)


def _gathered(town: Town, who: Data) -> str:
    """Her archive, as if the other services had laid their parts ready too."""
    export: Data = town.ask(who, m.REQUEST_EXPORT)
    eventually(lambda: town.ask(who, m.GET_EXPORT, export_id=export["id"])["pieces"] == {"membership": 1}, 40)
    town.store.exports.update(export["id"], set={"pieces": dict.fromkeys(SERVICES, 1)})
    return str(export["id"])


def test_an_archive_has_an_address_once_it_is_ready(town: Town) -> None:
    who, other = town.teacher(), town.teacher("Budi")
    export = town.ask(who, m.REQUEST_EXPORT)
    assert export["url"] is None
    with pytest.raises(Conflict):
        town.ask(who, m.LINK_EXPORT, export_id=export["id"])
    export_id = _gathered(town, who)
    url = f"/v1/me/export/{export_id}/archive.zip"
    assert town.ask(who, m.GET_EXPORT, export_id=export_id)["url"] == url
    link = town.ask(who, m.LINK_EXPORT, export_id=export_id)
    assert link["path"] == f"{url}?token={link['token']}"
    assert _opened(town, link)["id"] == who["person"]["id"]
    with pytest.raises(NotFound):
        town.ask(other, m.LINK_EXPORT, export_id=export_id)


def test_a_link_to_a_path_opens_that_path_as_its_maker(town: Town) -> None:
    who = town.teacher()
    path = "/v1/sessions/0197/documents/report.pdf"
    link = town.ask(who, m.LINK_PATH, path=path)
    assert link["path"] == f"{path}?token={link['token']}"
    assert _opened(town, link)["id"] == who["person"]["id"]
    with pytest.raises(NotFound):
        _opened(town, link, "/v1/sessions/0198/documents/report.pdf")


def test_a_link_to_ones_record_opens_that_record_for_its_maker_alone(town: Town) -> None:
    who = town.teacher()
    link = town.ask(who, m.LINK_RECORD, school_year="2026/2027")
    assert link["path"] == f"/v1/me/record.pdf?school_year=2026%2F2027&token={link['token']}"
    assert 290 < (link["expires_at"] - clock.now()).total_seconds() <= 300
    assert who["person"]["id"] not in link["path"]
    assert _opened(town, link)["id"] == who["person"]["id"]
    archive = f"/v1/me/export/{who['person']['id']}/archive.zip"
    for other in ("/v1/me/record.pdf?year=2026", "/v1/me/record.pdf", archive):
        with pytest.raises(NotFound):
            _opened(town, link, other)
    for forged in (link["token"][:-2] + "00", who["refresh_token"], f"{town.district}-1.2.3"):
        with pytest.raises(NotFound):
            _opened(town, {**link, "token": forged}, "/v1/me/record.pdf?school_year=2026%2F2027")


def test_a_link_ends_with_its_five_minutes_and_with_the_login_that_made_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = town.teacher()
    link = town.ask(who, m.LINK_RECORD, year=2026)
    settings, path = town.cell.settings, "/v1/me/record.pdf?year=2026"
    sid = Verifier.from_file(settings.verify_keys).verify(who["access_token"]).sid
    past = keyring(settings).own_link(town.district, sid, int(clock.now().timestamp()) - 1, path)
    with pytest.raises(Expired):
        _opened(town, {**link, "token": past}, path)
    town.ask(who, m.LOG_OUT)
    with pytest.raises(Expired):
        _opened(town, link)
