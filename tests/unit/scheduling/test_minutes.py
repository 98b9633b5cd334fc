"""Minutes are kept revision by revision, and approved by other eyes than those of whoever wrote them last."""

from datetime import UTC, datetime, timedelta

import pytest

from services.scheduling.domain import minutes
from shared.errors import Conflict, Forbidden, Invalid

NOW = datetime(2026, 11, 25, 7, tzinfo=UTC)


def content(**changes):
    blank = {"sections": [], "decisions": [], "done_differently": "", "photos": [], "photo_consent": False}
    return {**blank, "decisions": ["Mencoba kartu pecahan"], **changes}


def written(before=None, by="ani", **changes):
    return minutes.written(before, content(**changes), by)


def test_each_save_that_changes_something_is_a_revision():
    first = written()
    second = written(first, "budi", decisions=["Lain"])
    assert [(each["revision"], each["saved_by"]) for each in (first, second)] == [(1, "ani"), (2, "budi")]
    assert written(second, "citra", decisions=["Lain"]) is None


def test_what_was_approved_and_is_changed_has_to_be_approved_again():
    approved = minutes.approved(written(), None, "budi", {"ani"}, NOW)
    assert (approved["status"], approved["approved_by"], approved["approved_at"]) == ("approved", "budi", NOW)
    again = written(approved, "budi", decisions=["Lain"])
    assert (again["status"], again["approved_by"], again["approved_at"], again["revision"]) == ("draft", None, None, 2)


def test_a_photo_keeps_who_attached_it():
    first = written(photos=[{"file_id": "f1", "caption": None}], photo_consent=True)
    both = [{"file_id": "f1", "caption": "Kelas 7"}, {"file_id": "f2", "caption": None}]
    second = written(first, "budi", photos=both, photo_consent=True)
    assert [photo["attached_by"] for photo in second["photos"]] == ["ani", "budi"]


def test_photos_need_the_consent_of_those_in_them():
    photos = [{"file_id": "f1"}]
    minutes.check_photos([], False)
    minutes.check_photos(photos, True)
    for given, consent in ((photos, False), (photos * 2, True)):
        with pytest.raises(Invalid):
            minutes.check_photos(given, consent)


FILE = {"status": "stored", "owner_id": "ani", "session_id": None, "content_type": "image/jpeg"}


@pytest.mark.parametrize(
    "file",
    [
        None,
        {**FILE, "status": "removed"},
        {**FILE, "owner_id": "budi"},
        {**FILE, "session_id": "another"},
        {**FILE, "content_type": "application/pdf"},
    ],
    ids=["unknown", "removed", "of somebody else", "of another meeting", "no picture"],
)
def test_only_ones_own_pictures_are_attached(file):
    minutes.check_attachable("f1", FILE, "s1", "ani")
    minutes.check_attachable("f1", {**FILE, "session_id": "s1"}, "s1", "ani")
    with pytest.raises(Invalid):
        minutes.check_attachable("f1", file, "s1", "ani")


def test_other_eyes_look_where_there_are_any():
    draft = written()
    with pytest.raises(Forbidden):
        minutes.approved(draft, None, "ani", {"budi"}, NOW)
    assert minutes.approved(draft, None, "ani", set(), NOW)["status"] == "approved"


def test_only_what_one_has_read_is_approved():
    second = written(written(), decisions=["Lain"])
    with pytest.raises(Conflict):
        minutes.approved(second, 1, "budi", {"ani"}, NOW)
    assert minutes.approved(second, 2, "budi", {"ani"}, NOW)["revision"] == 2


@pytest.mark.parametrize(
    "draft",
    [written(decisions=[], done_differently="  "), minutes.approved(written(), None, "budi", {"ani"}, NOW)],
    ids=["empty", "already approved"],
)
def test_there_must_be_something_to_approve(draft):
    with pytest.raises(Conflict):
        minutes.approved(draft, None, "budi", {"ani"}, NOW)


def test_nothing_is_approved_before_the_meeting():
    minutes.check_begun(NOW, NOW)
    with pytest.raises(Conflict):
        minutes.check_begun(NOW + timedelta(minutes=1), NOW)
