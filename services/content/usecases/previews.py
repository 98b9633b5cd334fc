"""Small pictures of the photos of minutes, drawn once, for the papers of a meeting (docs/decisions/0192)."""

from __future__ import annotations

from functools import partial
from typing import Any

from services.content import pictures
from services.content.domain import uploads as rules
from services.content.store import ContentStore
from services.content.usecases.uploading import piece_id
from shared.errors import NotFound
from shared.messaging import SystemWork, Work, offload
from shared.mongo import Doc

DRAWING = "draw_previews"
# Photos of phones have 2 to 8 MB; whatever is larger is held in memory by nobody.
_LARGEST_PHOTO = 16 * 1024 * 1024
# What a report with all of its words leaves of the bytes of a paper.
_ROOM = 160 * 1024
_MOST_AT_ONCE = 20
_MOST_TRIES = 3


def want(work: Work, file: Doc) -> None:
    """Have a small picture of this file drawn."""
    if work.store.previews.get(file["id"]) is None:
        work.store.previews.insert({"id": file["id"], "wanted": True, "tries": 0, "data": None})
    work.wake(DRAWING)


def forget(work: Work, file: Doc) -> None:
    """Let the small picture go: nobody is shown it any more."""
    work.store.previews.delete(file["id"])


def draw_previews(work: SystemWork) -> bool:
    """Draw those that are wanted. Returns whether there may be more."""
    more = False
    for district in list(work.system.walk(ContentStore.districts)):
        store = work.store(district["id"])
        wanted = store.previews.find({"wanted": True}, limit=_MOST_AT_ONCE)
        for each in wanted:
            work.run(district["id"], partial(_try, file_id=each["id"]))
            drawn = work.offload(pictures.preview, _bytes_of(store, each["id"]))
            work.run(district["id"], partial(_keep, file_id=each["id"], drawn=drawn))
        more = more or len(wanted) == _MOST_AT_ONCE
    return more


def show_photos(work: Work, order: dict[str, Any]) -> tuple[Doc, bytes]:
    """The small pictures of a meeting's photos, one after another, in the order in which its minutes name them."""
    minutes = work.store.minutes.get(order["session_id"])
    if minutes is None:
        raise NotFound()
    work.allow(community_id=minutes["community_id"])
    named = [photo["file_id"] for photo in minutes["photos"]]
    kept = work.store.previews.get_many(named)
    held = {id_ for id_, file in work.store.files.get_many(kept).items() if file["session_id"] == minutes["id"]}
    drawn = {id_: bytes(kept[id_]["data"]) for id_ in named if id_ in held and kept[id_]["data"]}
    shown = dict(zip(drawn, offload(pictures.within, list(drawn.values()), _ROOM), strict=True))
    photos = [{"file_id": id_, "size": len(data)} for id_, data in shown.items() if data]
    return {"photos": photos}, b"".join(shown.values())


def _bytes_of(store: ContentStore, file_id: str) -> bytes:
    file = store.files.get(file_id)
    if file is None or file["size"] > _LARGEST_PHOTO:
        return b""
    pieces = (store.pieces.require(piece_id(file_id, number)) for number in rules.pieces(file["size"]))
    return b"".join(bytes(piece["data"]) for piece in pieces)


def _try(work: Work, *, file_id: str) -> None:
    """Noted before it is drawn: a picture that costs the process its life is not drawn for ever."""
    preview = work.store.previews.get(file_id)
    if preview is not None:
        tries = preview["tries"] + 1
        work.store.previews.save({**preview, "tries": tries, "wanted": tries < _MOST_TRIES})


def _keep(work: Work, *, file_id: str, drawn: bytes | None) -> None:
    preview = work.store.previews.get(file_id)
    if preview is not None:
        work.store.previews.save({**preview, "wanted": False, "data": drawn})
