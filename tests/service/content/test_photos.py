"""A photo of a meeting is kept and shown to the community as long as the minutes name it."""

import pytest

from shared.contracts.content import GET_FILE, GET_UPLOAD, SHOW_PHOTOS
from shared.contracts.events.content import FILE_CHANGED
from shared.contracts.events.scheduling import MINUTES_APPROVED, MINUTES_CHANGED
from shared.errors import Forbidden, NotFound
from tests.service.content.conftest import PDF
from tests.service.content.test_uploads import expire
from tests.support.neighbours import grown_id
from tests.support.patience import eventually
from tests.support.pictures import from_a_phone, opened, photo

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 300


@pytest.fixture
def minutes(around, community):
    """Has scheduling tell of a meeting's minutes, with these photos; returns when content has followed."""

    def told(session_id, *photos, event=MINUTES_CHANGED):
        plain = {"session_id": session_id, "community_id": community, "status": "draft", "approved_at": None}
        attached = [{"file_id": file_id, "attached_by": by} for file_id, by in photos]
        event_id = around.tell(event, **plain, photos=attached)
        if event is MINUTES_CHANGED:
            eventually(lambda: around.database["inbox"].find_one({"_id": f"{around.district}/{event_id}"}))

    return told


def picture(around, who):
    return around.file(who, PNG, filename="foto.png", content_type="image/png")


def test_members_see_a_photo_while_the_minutes_name_it(around, author, community, minutes):
    member, stranger, session_id = around.member(community), around.person("Rekan"), grown_id()
    photo = picture(around, author)
    with pytest.raises(NotFound):
        around.ask(member, GET_FILE, file_id=photo)
    minutes(session_id, (photo, author))
    minutes(session_id, (photo, author), event=MINUTES_APPROVED)
    assert around.ask(member, GET_FILE, file_id=photo)["session_id"] == session_id
    assert around.fetch_all(member, photo) == PNG
    with pytest.raises(NotFound):
        around.ask(stranger, GET_FILE, file_id=photo)
    minutes(session_id)
    with pytest.raises(NotFound):
        around.ask(member, GET_FILE, file_id=photo)
    told = [(each["session_id"], each["status"]) for each in around.emitted(FILE_CHANGED)]
    assert told == [(None, "stored"), (session_id, "stored"), (None, "stored")]


def shown(around, who, session_id):
    """The small pictures of a meeting's photos that somebody is given, by file."""
    said, body = around.fetch(who, SHOW_PHOTOS, session_id=session_id)
    found, start = {}, 0
    for each in said["photos"]:
        found[each["file_id"]] = body[start : start + each["size"]]
        start += each["size"]
    assert start == len(body)
    return found


def test_members_are_given_small_pictures_of_the_photos_that_the_minutes_name(around, author, community, minutes):
    member, stranger, session_id = around.member(community), around.person("Rekan"), grown_id()
    first = around.file(author, from_a_phone(), filename="foto.jpg", content_type="image/jpeg")
    second, broken = around.file(author, photo(), filename="foto.jpg"), picture(around, author)
    minutes(session_id, (second, author), (broken, author), (first, author))
    eventually(lambda: len(shown(around, member, session_id)) == 2)
    assert [(id_, opened(data).size) for id_, data in shown(around, member, session_id).items()] == [
        (second, (640, 480)),
        (first, (480, 640)),
    ]
    with pytest.raises(Forbidden):
        shown(around, stranger, session_id)
    minutes(session_id, (first, author))
    assert list(shown(around, member, session_id)) == [first]
    assert around.store.previews.get(second) is None
    with pytest.raises(NotFound):
        shown(around, member, grown_id())


def test_a_photo_is_kept_while_it_is_attached_and_goes_a_week_after(around, author, minutes):
    session_id, photo = grown_id(), picture(around, author)
    minutes(session_id, (photo, author))
    expire(around, photo)
    assert around.fetch_all(author, photo) == PNG
    assert around.store.uploads.get(photo) is None
    minutes(session_id)
    assert around.fetch_all(author, photo) == PNG
    with pytest.raises(NotFound):
        around.ask(author, GET_UPLOAD, upload_id=photo)
    expire(around, photo)
    assert around.store.files.get(photo) is None
    assert around.emitted(FILE_CHANGED)[-1]["status"] == "removed"


def test_only_pictures_of_whoever_attached_them_are_opened(around, author, ketua, community, minutes):
    member = around.member(community)
    theirs, document, taken = picture(around, author), around.file(ketua, PDF), picture(around, ketua)
    minutes(grown_id(), (taken, ketua))
    minutes(grown_id(), (theirs, ketua), (document, ketua), (taken, ketua), (grown_id(), ketua))
    for file_id in (theirs, document):
        with pytest.raises(NotFound):
            around.ask(member, GET_FILE, file_id=file_id)
    assert around.ask(member, GET_FILE, file_id=taken)["id"] == taken
