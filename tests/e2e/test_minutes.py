"""What was written of a meeting, over HTTP: a photo for the community's eyes, and nobody's words lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from deploy.client import Refused
from tests.support.district import share_file
from tests.support.home import GOAL

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
