"""Resources as they are read: one, a list of them, the versions of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from services.content.domain import resources as rules
from services.content.usecases import serving
from shared.communities import whole
from shared.errors import Invalid, NotFound
from shared.messaging import Work
from shared.mongo import Doc
from shared.paging import Page

_FILTERS = ("community_id", "subject", "phase", "kind")
_LONGEST_REVIEW = timedelta(days=800)


def get_resource(work: Work, order: dict[str, Any]) -> Doc:
    resource = readable(work, order["resource_id"])
    work.allow()
    return view(work, resource)


def list_resources(work: Work, order: dict[str, Any]) -> Doc:
    """What is published; or the caller's own; or what waits for the caller's review."""
    for_review = order["status"] == "submitted" and not order["mine"]
    if for_review and order["community_id"] is None:
        raise Invalid.field("community", "content.which_community")
    work.allow(for_review=for_review, community_id=order["community_id"])
    if order["mine"]:
        page = _mine(work, order)
    elif for_review:
        page = _waiting(work, order)
    else:
        page = _published(work, order)
    within = work.reach.communities(doc["community_id"] for doc in page.items)
    page = Page([doc for doc in page.items if doc["community_id"] in within], page.next)
    names = _names(work, page.items)
    return page.as_dict(lambda doc: {**doc, "author_name": names.get(doc["author_id"])})


def list_versions(work: Work, order: dict[str, Any]) -> Doc:
    resource = readable(work, order["resource_id"])
    work.allow()
    page = work.store.versions.page({"resource_id": resource["id"]}, order, newest_first=True)
    files = work.store.files.get_many(id_ for version in page.items for id_ in version["file_ids"])
    return page.as_dict(lambda version: {**version, "files": _files(version, files)})


def readable(work: Work, resource_id: str) -> Doc:
    """The resource, if there is anything of it that the caller may see. Raises :class:`NotFound`."""
    resource: Doc = work.store.resources.require(resource_id, "content.no_resource")
    hidden = not resource["listed"] and not sees_working_copy(work, resource)
    if hidden or not work.reach.communities([resource["community_id"]]):
        raise NotFound("content.no_resource")
    return resource


def view(work: Work, resource: Doc, *, inside: bool | None = None) -> Doc:
    """The resource as the caller may see it: the working copy (``inside``), or the last version.

    Whoever just changed it is shown as much of it as they saw before.
    """
    if inside is None:
        inside = sees_working_copy(work, resource)
    shown = resource if inside else {**resource, **_last_version(work, resource)}
    if not inside and resource["listed"]:
        shown["status"] = "published"
    return {
        **shown,
        "author_name": _names(work, [resource]).get(resource["author_id"]),
        "files": _files(shown, work.store.files.get_many(shown["file_ids"])),
        "returned_reason": resource["returned_reason"] if inside else None,
    }


def sees_working_copy(work: Work, resource: Doc) -> bool:
    """Whether the caller sees what is not published yet."""
    officer = work.standing.officer_of(resource["community_id"])
    return rules.shows_working_copy(resource, work.caller.person_id, officer=officer)


def _last_version(work: Work, resource: Doc) -> Doc:
    version = work.store.versions.require(f"{resource['id']}/{resource['version_number']}")
    return {name: version[name] for name in (*rules.CONTENT, "published_at")}


def _published(work: Work, order: dict[str, Any]) -> Page:
    """The first filter that is given has an index, the others are asked of what it finds."""
    wanted = _wanted(work, order)
    first = next(iter(wanted), None)
    where = [{first: value} for value in wanted[first]] if first is not None else {}
    matching, withdrawn_too = _matching(wanted), order["updated_since"] is not None

    def keep(entry: Doc) -> bool:
        return matching(entry) and (withdrawn_too or entry["status"] == "published")

    page: Page = work.store.shelf.page(where, order, newest_first=True, keep=keep)
    return page


def _mine(work: Work, order: dict[str, Any]) -> Page:
    own = {"author_id": work.caller.person_id}
    page: Page = work.store.resources.page(own, order, newest_first=True, keep=_matching(_wanted(work, order)))
    return page


def _waiting(work: Work, order: dict[str, Any]) -> Page:
    wanted = _wanted(work, order)
    page: Page = work.store.resources.page(
        [{"community_id": id_, "status": "submitted"} for id_ in wanted["community_id"]],
        order,
        by="submitted_at",
        newest_first=True,
        between=(work.now - _LONGEST_REVIEW, work.now),
        keep=_matching(wanted),
    )
    return page


def _wanted(work: Work, order: dict[str, Any]) -> dict[str, list[str]]:
    """The values that each given filter lets through."""
    given = {name: [order[name]] for name in _FILTERS if order[name] is not None}
    if "community_id" in given:
        given["community_id"] = whole(work.store, given["community_id"])
    return given


def _matching(wanted: dict[str, list[str]]) -> Callable[[Doc], bool]:
    return lambda doc: all(doc[name] in values for name, values in wanted.items())


def _files(doc: Doc, files: dict[str, Doc]) -> list[Doc]:
    return [serving.view(files[id_]) for id_ in doc["file_ids"] if id_ in files]


def _names(work: Work, docs: Iterable[Doc]) -> dict[str, str]:
    people = work.store.people.get_many(doc["author_id"] for doc in docs) if work.may_name else {}
    return {id_: person["name"] for id_, person in people.items()}
