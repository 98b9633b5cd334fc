"""An author's working copy: begun and changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.content.domain import resources as rules
from services.content.usecases.reading import readable, view
from shared.communities import known_community
from shared.errors import Invalid
from shared.following import KNOWN_AS
from shared.ids import new_id
from shared.messaging import Work
from shared.mongo import Doc, check_version


def draft_resource(work: Work, order: dict[str, Any]) -> Doc:
    community = known_community(work.store, order["community_id"])
    work.allow(community_id=community["id"])
    draft = {
        "id": new_id(),
        "external_ids": order["external_ids"],
        **rules.new(community["id"], work.caller.person_id, order),
    }
    _attach(work, draft["id"], draft["file_ids"])
    return view(work, work.store.resources.insert(draft))


def change_resource(work: Work, order: dict[str, Any]) -> Doc:
    resource = readable(work, order["resource_id"])
    work.allow(person_id=resource["author_id"])
    check_version(resource, order["version"])
    changed = rules.change(resource, order) if rules.restates(order) else resource
    _attach(work, resource["id"], changed["file_ids"])
    names = {"external_ids": order["external_ids"]} if "external_ids" in order else {}
    saved = work.store.resources.save({**changed, **names})
    if names:
        work.store.shelf.update(resource["id"], set={**names, KNOWN_AS: saved.get(KNOWN_AS, [])})
    return view(work, saved)


def _attach(work: Work, resource_id: str, file_ids: Sequence[str]) -> None:
    """Bind the author's own files to the resource; from then on whoever sees it sees them. Raises :class:`Invalid`."""
    files = work.store.files.get_many(file_ids)
    for id_ in file_ids:
        file = files.get(id_)
        if file is None or file["owner_id"] != work.caller.person_id or file["resource_id"] not in (None, resource_id):
            raise Invalid.field("file_ids", "content.unknown_file", id=id_)
    unbound = [id_ for id_ in files if files[id_]["resource_id"] is None]
    work.store.files.update_many({id_: {"resource_id": resource_id} for id_ in unbound})
