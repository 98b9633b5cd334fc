"""Review: a draft is submitted, then approved or returned; what is published can be withdrawn."""

from __future__ import annotations

from typing import Any

from services.content.domain import resources as rules
from services.content.snapshots import resource_state
from services.content.usecases.reading import readable, sees_working_copy, view
from shared.communities import other_officers
from shared.contracts.base import Event
from shared.contracts.events.content import (
    RESOURCE_PUBLISHED,
    RESOURCE_RETURNED,
    RESOURCE_SUBMITTED,
    RESOURCE_WITHDRAWN,
)
from shared.following import KNOWN_AS
from shared.messaging import Work
from shared.mongo import Doc


def submit_resource(work: Work, order: dict[str, Any]) -> Doc:
    resource, inside = _asked(work, order)
    return _done(work, rules.submit(resource, work.now), RESOURCE_SUBMITTED, inside)


def approve_resource(work: Work, order: dict[str, Any]) -> Doc:
    """Publishes it: freezes a version and puts it on the shelf.

    Somebody other than the author has to look at it, unless the community has no other officer (docs/decisions/0051).
    """
    resource, inside = _asked(work, order)
    me = work.caller.person_id
    published = rules.approve(resource, me, other_officers(work.store, resource["community_id"], me), work.now)
    work.store.versions.insert(
        {"id": f"{published['id']}/{published['version_number']}", **rules.version_of(published, me)}
    )
    work.store.files.update_many({id_: {"published": True} for id_ in published["file_ids"]})
    saved = work.store.resources.save(published)
    _shelve(work, saved)
    return _told(work, saved, RESOURCE_PUBLISHED, inside)


def return_resource(work: Work, order: dict[str, Any]) -> Doc:
    resource, inside = _asked(work, order)
    return _done(work, rules.send_back(resource, order["reason"]), RESOURCE_RETURNED, inside)


def withdraw_resource(work: Work, order: dict[str, Any]) -> Doc:
    resource, inside = _asked(work, order)
    saved = work.store.resources.save(rules.withdraw(resource))
    work.store.shelf.update(resource["id"], set={name: saved[name] for name in ("status", "version")})
    if resource["submitted_at"] is None:
        # Nobody else has heard of it.
        return view(work, saved, inside=inside)
    return _told(work, saved, RESOURCE_WITHDRAWN, inside)


def _asked(work: Work, order: dict[str, Any]) -> tuple[Doc, bool]:
    """The resource, and whether the caller sees its working copy."""
    resource = readable(work, order["resource_id"])
    work.allow(person_id=resource["author_id"], community_id=resource["community_id"])
    return resource, sees_working_copy(work, resource)


def _done(work: Work, resource: Doc, event: Event, inside: bool) -> Doc:
    return _told(work, work.store.resources.save(resource), event, inside)


def _told(work: Work, resource: Doc, event: Event, inside: bool) -> Doc:
    work.emit(event, resource_state(resource), resource["version"])
    return view(work, resource, inside=inside)


def _shelve(work: Work, resource: Doc) -> None:
    entry = {
        **{name: resource[name] for name in ("community_id", "author_id", "status", "version_number", "published_at")},
        **{name: resource.get(name, []) for name in ("external_ids", KNOWN_AS)},
        **resource["face"],
    }
    times = {name: resource[name] for name in ("version", "created_at")}
    if not work.store.shelf.update(resource["id"], set={**entry, **times}):
        work.store.shelf.insert({"id": resource["id"], **entry, **times})
