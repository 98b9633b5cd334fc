"""Rules of resources: the way from a draft to what everyone reads, and back.

A resource has a working copy, which its author edits, and versions, each frozen when an officer approved it. Readers
see the last version while the author works on the next (docs/decisions/0051). ``face`` is what that version is called
and filed under, ``listed`` whether readers see it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from shared.errors import Conflict, Forbidden, Invalid

Resource = dict[str, Any]
CONTENT = ("title", "kind", "subject", "phase", "text", "file_ids")
FACE = ("title", "kind", "subject", "phase")


def new(community_id: str, author_id: str, content: Mapping[str, Any]) -> Resource:
    """A draft."""
    return {
        "community_id": community_id,
        "author_id": author_id,
        "status": "draft",
        "version_number": 0,
        "face": None,
        "listed": False,
        "published_at": None,
        "submitted_at": None,
        "returned_reason": None,
        **{name: content[name] for name in CONTENT},
    }


def restates(content: Mapping[str, Any]) -> bool:
    """Whether a change concerns the working copy, and not only what other systems call the resource."""
    return any(name in content for name in CONTENT)


def change(resource: Resource, content: Mapping[str, Any]) -> Resource:
    """The working copy with these changes; it is a draft again. Raises :class:`Conflict` while it is under review."""
    if resource["status"] == "submitted":
        raise Conflict("content.under_review")
    return {**resource, **{name: content[name] for name in CONTENT if name in content}, "status": "draft"}


def submit(resource: Resource, now: datetime) -> Resource:
    """Hands a draft to the officers. Raises :class:`Conflict` unless it is one, :class:`Invalid` when it is empty."""
    _expect(resource, "draft")
    if not resource["text"].strip() and not resource["file_ids"]:
        raise Invalid.field("text", "content.empty_resource")
    return {**resource, "status": "submitted", "submitted_at": now, "returned_reason": None}


def approve(resource: Resource, officer_id: str, other_officers: Collection[str], now: datetime) -> Resource:
    """Publishes what was submitted, as the next version.

    Raises :class:`Forbidden` when the officer is its author though there is another officer to look at it (four eyes).
    """
    _expect(resource, "submitted")
    if officer_id == resource["author_id"] and other_officers:
        raise Forbidden("content.four_eyes")
    return {
        **resource,
        "status": "published",
        "version_number": resource["version_number"] + 1,
        "face": {name: resource[name] for name in FACE},
        "listed": True,
        "published_at": now,
    }


def send_back(resource: Resource, reason: str) -> Resource:
    """Gives what was submitted back to its author."""
    _expect(resource, "submitted")
    return {**resource, "status": "draft", "returned_reason": reason}


def withdraw(resource: Resource) -> Resource:
    """Takes a resource away from its readers; its author may work on it and submit it again."""
    if resource["status"] == "withdrawn":
        raise Conflict("content.already_withdrawn")
    return {**resource, "status": "withdrawn", "listed": False}


def version_of(resource: Resource, officer_id: str) -> dict[str, Any]:
    """The frozen version that an approval made."""
    return {
        "resource_id": resource["id"],
        "number": resource["version_number"],
        "approved_by": officer_id,
        "published_at": resource["published_at"],
        **{name: resource[name] for name in CONTENT},
    }


def shows_working_copy(resource: Resource, reader_id: str | None, *, officer: bool) -> bool:
    """Whether this reader sees the working copy: its author always, officers while it is what was submitted to them."""
    return reader_id == resource["author_id"] or (officer and resource["status"] in ("submitted", "published"))


def _expect(resource: Resource, status: str) -> None:
    if resource["status"] != status:
        raise Conflict(f"content.not_{status}")
