"""What was written of a meeting, over HTTP: a photo for the community's eyes, and nobody's words lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from deploy.client import Refused
from tests.support.district import share_file
from tests.support.home import GOAL
from tests.support.papers import pictures_of, words_of
from tests.support.patience import eventually
from tests.support.pictures import from_a_phone

PNG = b"\x89PNG\r\n\x1a\n" + bytes(300)


def test_a_photo_of_the_minutes_opens_for_members_and_a_stale_save_shows_both_versions(homes):
    _, home = homes
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    plan = {"community_id": home.ids["community_id"], "title": "Berbagi hasil", "goal": GOAL, "starts_at": yesterday}
    path = f"/v1/sessions/{home.ketua.post('/v1/sessions', plan)['id']}/minutes"
    photo = share_file(home.ketua, "kelas 7.png", PNG)
    words = {"decisions": ["Mencoba."], "photos": [{"file_id": photo}], "photo_consent": True}
    saved = home.ketua.put(path, words, version=0)
    # What the ketua wrote is to be seen: content waits until it has heard of the minutes.
    assert home.member.send("GET", f"/v1/files/{photo}").content == PNG
    with pytest.raises(Refused) as refused:
        home.ketua.put(path, {"decisions": ["Lain."]}, version=0)
    assert refused.value.status == 412
    assert refused.value.problem["current"]["version"] == saved["version"]
    assert refused.value.problem["sent"]["decisions"] == ["Lain."]
    assert home.ketua.post(f"{path}/approve", {"revision": 1})["status"] == "approved"


def test_a_report_shows_the_photos_of_the_meeting_also_to_a_browser_with_a_link(homes):
    elsewhere, home = homes
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    plan = {"community_id": home.ids["community_id"], "title": "Mengukur", "goal": GOAL, "starts_at": yesterday}
    session = f"/v1/sessions/{home.ketua.post('/v1/sessions', plan)['id']}"
    file_id = share_file(home.ketua, "kelas 8.jpg", from_a_phone())
    photos = [{"file_id": file_id, "caption": "Kelompok mengukur bayangan"}]
    home.ketua.put(
        f"{session}/minutes", {"decisions": ["Diulang."], "photos": photos, "photo_consent": True}, version=0
    )
    report = f"{session}/documents/report.pdf"
    eventually(lambda: pictures_of(home.member.send("GET", report).content) == [(480, 640)], 30)
    link = home.member.post(f"{session}/documents/report/link")
    assert link["path"].startswith(f"{report}?token=")
    browser = home.place.client()
    paper = browser.send("GET", link["path"]).content
    assert pictures_of(paper) == [(480, 640)]
    assert "Kelompok mengukur bayangan" in words_of(paper)
    for spoilt in (link["path"][:-2] + "00", link["path"].replace("report.pdf", "minutes.pdf")):
        with pytest.raises(Refused) as refused:
            browser.send("GET", spoilt)
        assert refused.value.status == 404
    for who, status in ((home.place.enter(home.ids["loner_id"]), 403), (elsewhere.ketua, 404)):
        with pytest.raises(Refused) as refused:
            who.post(f"{session}/documents/report/link")
        assert refused.value.status == status
