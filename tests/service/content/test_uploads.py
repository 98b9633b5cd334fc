"""A file arrives whole over a signal that breaks, is what its bytes say, and is its owner's until it is shared."""

import base64
import hashlib
import os
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from services.content.usecases.uploading import expire_uploads
from shared import links
from shared.contracts.content import (
    CREATE_UPLOAD,
    DELETE_UPLOAD,
    GET_FILE,
    GET_UPLOAD,
    LINK_FILE,
    READ_LINKED_FILE,
)
from shared.errors import Conflict, Expired, Invalid, NotFound, TooLarge, TooMany, Unauthenticated
from tests.service.content.conftest import PDF, Around
from tests.support.neighbours import at_once, grown_id

LARGE = b"%PDF-1.7\n" + os.urandom(700_000)


def pieces_of(around, upload_id):
    return around.database["pieces"].count_documents({"_id": {"$regex": f"^{around.district}/{upload_id}/"}})


def test_a_file_arrives_whole_in_chunks_of_any_size(around, author):
    upload_id, offset = around.begin(author, len(LARGE)), 0
    for size in (1, 100_000, 256 * 1024, 5, 200_000, 256 * 1024):
        chunk = LARGE[offset : offset + size]
        offset = around.append(author, upload_id, offset, chunk)["offset"]
    finished = around.ask(author, GET_UPLOAD, upload_id=upload_id)
    assert finished["offset"] == finished["length"] == len(LARGE)
    file = around.ask(author, GET_FILE, file_id=finished["file_id"])
    assert (file["size"], file["sha256"]) == (len(LARGE), hashlib.sha256(LARGE).hexdigest())
    assert (file["content_type"], file["disposition"]) == ("application/pdf", "inline")
    assert around.fetch_all(author, file["id"]) == LARGE


def test_any_place_of_a_file_can_be_read(around, author):
    file_id = around.file(author, LARGE)
    for offset in (0, 1, 256 * 1024 - 1, 256 * 1024, 300_000, len(LARGE) - 1):
        piece, data = around.fetch(author, file_id=file_id, offset=offset)
        assert data == LARGE[offset : offset + len(data)]
        assert piece["next"] in (offset + len(data), None)
    with pytest.raises(Invalid):
        around.fetch(author, file_id=file_id, offset=len(LARGE))


def test_a_chunk_sent_again_is_answered_as_before(around, author):
    upload_id = around.begin(author, len(PDF))
    first = around.append(author, upload_id, 0, PDF[:100])
    assert around.append(author, upload_id, 0, PDF[:100])["offset"] == first["offset"] == 100
    around.append(author, upload_id, 100, PDF[100:])
    again = around.append(author, upload_id, 100, PDF[100:])
    assert again["file_id"] == upload_id
    assert around.fetch_all(author, upload_id) == PDF


def test_other_bytes_in_the_place_of_sent_ones_are_refused(around, author):
    upload_id = around.begin(author, len(PDF))
    around.append(author, upload_id, 0, PDF[:100])
    with pytest.raises(Conflict):
        around.append(author, upload_id, 0, b"x" * 100)


@pytest.mark.parametrize("offset", [50, 101])
def test_a_gap_or_an_overlap_is_refused_and_told_where_to_go_on(around, author, offset):
    upload_id = around.begin(author, len(PDF))
    around.append(author, upload_id, 0, PDF[:100])
    with pytest.raises(Conflict) as refused:
        around.append(author, upload_id, offset, PDF[offset : offset + 100])
    assert refused.value.text.params["offset"] == 100


def test_a_damaged_chunk_leaves_the_upload_as_it_was(around, author):
    upload_id = around.begin(author, len(PDF))
    right = base64.b64encode(hashlib.sha1(PDF[:100], usedforsecurity=False).digest()).decode()
    with pytest.raises(Invalid):
        around.append(author, upload_id, 0, b"x" * 100, checksum=f"sha1 {right}")
    assert around.append(author, upload_id, 0, PDF[:100], checksum=f"sha1 {right}")["offset"] == 100


def test_more_than_was_announced_is_refused(around, author):
    upload_id = around.begin(author, 50)
    with pytest.raises(Invalid):
        around.append(author, upload_id, 0, PDF[:51])


def test_what_could_run_becomes_no_file(around, author):
    page = b"<html><script>alert(1)</script></html>"
    upload_id = around.begin(author, len(page), filename="modul.html", content_type="text/html")
    with pytest.raises(Invalid):
        around.append(author, upload_id, 0, page)
    assert around.store.files.get(upload_id) is None


def test_folders_do_not_become_part_of_a_name(around, author):
    upload = around.ask(author, CREATE_UPLOAD, length=5, filename="C:\\Users\\siti\\../modul.pdf")
    assert upload["filename"] == "modul.pdf"


def test_a_file_may_be_large_but_not_too_large(around, author):
    with pytest.raises(TooLarge):
        around.begin(author, 50 * 1024 * 1024 + 1)


def test_a_days_quota_ends_and_what_never_came_is_given_back(around, author):
    uploads = [around.begin(author, 50 * 1024 * 1024) for _ in range(10)]
    with pytest.raises(TooMany):
        around.begin(author, 50 * 1024 * 1024)
    around.ask(author, DELETE_UPLOAD, upload_id=uploads[0])
    around.begin(author, 50 * 1024 * 1024)


def expire(around, *uploads):
    """Let the time of these uploads be over."""
    for upload_id in uploads:
        around.store.uploads.update(upload_id, set={"expires_at": datetime.now(UTC) - timedelta(minutes=1)})
    while expire_uploads(around.system):
        pass


def test_a_discarded_upload_leaves_nothing_behind_and_a_finished_one_its_file(around, author):
    unfinished = around.begin(author, len(LARGE))
    around.append(author, unfinished, 0, LARGE[: 256 * 1024])
    finished = around.file(author)
    for upload_id in (unfinished, finished):
        around.ask(author, DELETE_UPLOAD, upload_id=upload_id)
    assert pieces_of(around, unfinished) == 0
    assert around.fetch_all(author, finished) == PDF


def test_an_upload_that_nobody_goes_on_with_expires(around, author):
    forgotten, going_on = around.begin(author, len(LARGE)), around.begin(author, 100)
    around.append(author, forgotten, 0, LARGE[: 256 * 1024])
    expire(around, forgotten)
    assert around.store.uploads.get(forgotten) is None
    assert pieces_of(around, forgotten) == 0
    assert around.store.uploads.get(going_on) is not None


def test_a_file_that_is_attached_to_nothing_goes_after_a_week_and_any_other_stays(around, author, community):
    unwanted, ended, attached, young = (around.file(author) for _ in range(4))
    around.ask(author, DELETE_UPLOAD, upload_id=ended)
    around.draft(author, community, file_ids=[attached])
    waits = around.store.uploads.get(unwanted)["expires_at"] - datetime.now(UTC)
    assert timedelta(days=6) < waits < timedelta(days=8)
    expire(around, unwanted, ended, attached)
    for upload_id in (unwanted, ended):
        assert around.store.files.get(upload_id) is None
        assert pieces_of(around, upload_id) == 0
    assert around.store.uploads.get(attached) is None
    for file_id in (attached, young):
        assert around.fetch_all(author, file_id) == PDF


def test_an_upload_is_nobody_elses(around, author, ketua):
    upload_id = around.begin(author, len(PDF))
    outcomes = at_once(
        *(partial(around.ask, ketua, operation, upload_id=upload_id) for operation in (GET_UPLOAD, DELETE_UPLOAD)),
        partial(around.append, ketua, upload_id, 0, PDF),
    )
    assert [type(each) for each in outcomes] == [NotFound] * 3


def test_a_link_opens_its_file_without_a_login_for_five_minutes(around, author):
    file_id = around.file(author)
    link = around.ask(author, LINK_FILE, file_id=file_id)
    assert link["path"] == f"/v1/files/{file_id}?token={link['token']}"
    left = link["expires_at"] - datetime.now(UTC)
    assert timedelta(minutes=4) < left <= timedelta(minutes=5)
    asked = {"district": around.district, "file_id": file_id}
    assert around.fetch(None, READ_LINKED_FILE, **asked, token=link["token"])[1] == PDF
    with pytest.raises(NotFound):
        around.fetch(None, READ_LINKED_FILE, **asked, token=link["token"][:-1] + "x")
    with pytest.raises(Unauthenticated):
        around.fetch(None, file_id=file_id)


def test_a_link_opens_no_other_file(around, author):
    file_id, other = around.file(author), around.file(author)
    token = around.ask(author, LINK_FILE, file_id=file_id)["token"]
    with pytest.raises(NotFound):
        around.fetch(None, READ_LINKED_FILE, district=around.district, file_id=other, token=token)


def test_an_old_link_is_gone(around, author):
    file_id = around.file(author)
    key = around.store.files.get(file_id)["link_key"]
    token = links.token(around.district, file_id, key, datetime.now(UTC) - timedelta(seconds=1))
    with pytest.raises(Expired):
        around.fetch(None, READ_LINKED_FILE, district=around.district, file_id=file_id, token=token)


def test_another_districts_files_are_not_there(around, author, content, other_district):
    file_id, upload_id = around.file(author), around.begin(author, 10)
    link = around.ask(author, LINK_FILE, file_id=file_id)
    with Around(content, other_district) as elsewhere:
        stranger = elsewhere.person()
        linked = {"district": other_district, "file_id": file_id, "token": link["token"]}
        outcomes = at_once(
            partial(elsewhere.ask, stranger, GET_FILE, file_id=file_id),
            partial(elsewhere.ask, stranger, LINK_FILE, file_id=file_id),
            partial(elsewhere.ask, stranger, GET_UPLOAD, upload_id=upload_id),
        )
        outcomes += at_once(
            partial(elsewhere.fetch, stranger, file_id=file_id),
            partial(elsewhere.fetch, None, READ_LINKED_FILE, **linked),
        )
        assert [type(each) for each in outcomes] == [NotFound] * 5


def test_a_file_that_never_was_is_not_found(around, author):
    with pytest.raises(NotFound):
        around.ask(author, GET_FILE, file_id=grown_id())
