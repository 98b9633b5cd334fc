"""Review: a draft is submitted, then approved or returned; what is published can be withdrawn."""

from __future__ import annotations

from typing import Any

from services.content.domain import resources as rules
from services.content.snapshots import resource_state
from services.content.usecases.reading import readable, view
from shared.contracts.base import Event
from shared.contracts.events.content import (
    RESOURCE_PUBLISHED,
    RESOURCE_RETURNED,
    RESOURCE_SUBMITTED,
    RESOURCE_WITHDRAWN,
)
from shared.contracts.words import OFFICER_ROLES
from shared.messaging import Work
from shared.mongo import Doc

_A_FEW = 10


def submit_resource(work: Work, order: dict[str, Any]) -> Doc:
    resource = _asked(work, order)
    return _done(work, rules.submit(resource, work.now), RESOURCE_SUBMITTED)


def approve_resource(work: Work, order: dict[str, Any]) -> Doc:
    """Publishes it: freezes a version and puts it on the shelf.

    Somebody other than the author has to look at it, unless the community has no other officer (docs/decisions/0051).
    """
    resource = _asked(work, order)
    me = work.caller.person_id
    published = rules.approve(resource, me, _other_officers(work, resource["community_id"]), work.now)
    work.store.versions.insert(
        {"id": f"{published['id']}/{published['version_number']}", **rules.version_of(published, me)}
    )
    work.store.files.update_many({id_: {"published": True} for id_ in published["file_ids"]})
    saved = work.store.resources.save(published)
    _shelve(work, saved)
    return _told(work, saved, RESOURCE_PUBLISHED)


def return_resource(work: Work, order: dict[str, Any]) -> Doc:
    resource = _asked(work, order)
    return _done(work, rules.send_back(resource, order["reason"]), RESOURCE_RETURNED)


def withdraw_resource(work: Work, order: dict[str, Any]) -> Doc:
    withdrawn = rules.withdraw(_asked(work, order))
    work.store.shelf.delete(withdrawn["id"])
    return _done(work, withdrawn, RESOURCE_WITHDRAWN)


def _asked(work: Work, order: dict[str, Any]) -> Doc:
    resource = readable(work, order["resource_id"])
    work.allow(person_id=resource["author_id"], community_id=resource["community_id"])
    return resource


def _done(work: Work, resource: Doc, event: Event) -> Doc:
    return _told(work, work.store.resources.save(resource), event)


def _told(work: Work, resource: Doc, event: Event) -> Doc:
    work.emit(event, resource_state(resource), resource["version"])
    return view(work, resource)


def _shelve(work: Work, resource: Doc) -> None:
    entry = {
        **{name: resource[name] for name in ("community_id", "author_id", "status", "version_number", "published_at")},
        **resource["listed"],
    }
    times = {name: resource[name] for name in ("version", "created_at")}
    if not work.store.shelf.update(resource["id"], set={**entry, **times}):
        work.store.shelf.insert({"id": resource["id"], **entry, **times})


def _other_officers(work: Work, community_id: str) -> set[str]:
    found = [
        member
        for role in OFFICER_ROLES
        for member in work.store.members.find({"community_id": community_id, "role": role}, limit=_A_FEW)
    ]
    return {member["person_id"] for member in found if member["active"]} - {work.caller.person_id}
