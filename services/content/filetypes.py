"""What a file is, told by its first bytes; what its sender calls it decides only where the bytes say nothing."""

from __future__ import annotations

import filetype

from shared.errors import Invalid

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
# Office documents are ZIP archives; which one shows in the names at their beginning.
_ARCHIVES = {
    f"{_OFFICE}wordprocessingml.document": b"word/",
    f"{_OFFICE}spreadsheetml.sheet": b"xl/",
    f"{_OFFICE}presentationml.presentation": b"ppt/",
    f"{_OPEN}text": b"opendocument.text",
    f"{_OPEN}spreadsheet": b"opendocument.spreadsheet",
    f"{_OPEN}presentation": b"opendocument.presentation",
}
_TEXTS = frozenset({"text/plain", "text/markdown", "text/csv"})
_INLINE = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp", "image/gif"})
_ALLOWED = (
    _INLINE
    | frozenset(_ARCHIVES)
    | {
        "application/zip",
        "application/epub+zip",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/rtf",
        "image/heic",
        "video/mp4",
        "video/3gpp",
        "video/webm",
        "audio/mpeg",
        "audio/mp4",
        "audio/ogg",
        "audio/x-wav",
        "audio/amr",
    }
)


def identify(head: bytes, declared: str) -> str:
    """The media type of a file that begins with ``head``. Raises :class:`Invalid` for what is not shared here."""
    found = filetype.guess_mime(head)
    if found is None:
        found = _text(head, declared)
    elif found == "application/zip":
        found = _archive(head)
    if found not in _ALLOWED | _TEXTS:
        raise Invalid.field("content_type", "content.type_not_allowed")
    return str(found)


def disposition(content_type: str) -> str:
    """Whether a browser may show it by itself."""
    return "inline" if content_type in _INLINE else "attachment"


def _archive(head: bytes) -> str:
    return next((kind for kind, mark in _ARCHIVES.items() if mark in head), "application/zip")


def _text(head: bytes, declared: str) -> str | None:
    """Plain text carries no mark: the sender's word is taken where nothing in it contradicts."""
    kind = declared if declared in _TEXTS else "text/plain" if declared == "application/octet-stream" else None
    return kind if kind is not None and b"\0" not in head else None
