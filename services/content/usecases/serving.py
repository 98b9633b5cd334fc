"""Files: looked up and read piece by piece, by whoever may see what they belong to, or holds a link."""

from __future__ import annotations

from typing import Any

from services.content import filetypes
from services.content.domain import resources as rules
from services.content.domain.uploads import PIECE
from services.content.usecases.uploading import piece_id
from shared import links
from shared.errors import Invalid, NotFound
from shared.messaging import Work
from shared.mongo import Doc


def get_file(work: Work, order: dict[str, Any]) -> Doc:
    return view(_seen_file(work, order["file_id"]))


def read_file(work: Work, order: dict[str, Any]) -> tuple[Doc, bytes]:
    return _read(work, _seen_file(work, order["file_id"]), order["offset"])


def link_file(work: Work, order: dict[str, Any]) -> Doc:
    file = _seen_file(work, order["file_id"])
    expires_at = (work.now + links.VALID).replace(microsecond=0)
    token = links.token(work.district, file["id"], file["link_key"], expires_at)
    return {"token": token, "path": f"/v1/files/{file['id']}?token={token}", "expires_at": expires_at}


def read_linked_file(work: Work, order: dict[str, Any]) -> tuple[Doc, bytes]:
    work.allow()
    file = work.store.files.require(order["file_id"])
    links.check(order["token"], work.district, file["id"], file["link_key"], work.now)
    return _read(work, file, order["offset"])


def view(file: Doc) -> Doc:
    return {**file, "disposition": filetypes.disposition(file["content_type"])}


def _read(work: Work, file: Doc, offset: int) -> tuple[Doc, bytes]:
    if offset >= file["size"]:
        raise Invalid.field("offset", "content.beyond_the_end", length=file["size"])
    number, start = divmod(offset, PIECE)
    data = bytes(work.store.pieces.require(piece_id(file["id"], number))["data"])[start:]
    following = offset + len(data)
    return {
        "file": view(file),
        "offset": offset,
        "next": following if following < file["size"] else None,
    }, data


def _seen_file(work: Work, file_id: str) -> Doc:
    file = work.store.files.require(file_id)
    if not _may_see(work, file):
        raise NotFound()
    work.allow()
    return file


def _may_see(work: Work, file: Doc) -> bool:
    if work.caller.person_id == file["owner_id"] or _in_minutes(work, file):
        return True
    if file["resource_id"] is None:
        return False
    resource = work.store.resources.require(file["resource_id"])
    if file["published"] and resource["listed"]:
        return bool(work.reach.communities([resource["community_id"]]))
    officer = work.standing.officer_of(resource["community_id"])
    return file["id"] in resource["file_ids"] and rules.shows_working_copy(
        resource, work.caller.person_id, officer=officer
    )


def _in_minutes(work: Work, file: Doc) -> bool:
    """Whether the file is a photo of a meeting of a community to which the caller belongs."""
    minutes = work.store.minutes.get(file["session_id"]) if file.get("session_id") else None
    if minutes is None or file["id"] not in [photo["file_id"] for photo in minutes["photos"]]:
        return False
    return bool(work.standing.member_of(minutes["community_id"]))
