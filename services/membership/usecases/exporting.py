"""My data as one archive: asked for, looked up, gathered part by part."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from shared.contracts.events.membership import EXPORT_REQUESTED
from shared.contracts.words import SERVICES
from shared.errors import Conflict, NotFound
from shared.messaging import Work, personal
from shared.mongo import Doc

KEPT = timedelta(days=3)
_MOST = 100


def request_export(work: Work, order: Doc) -> Doc:
    """Every service lays its part ready. One that is there already, or on its way, is not gathered again."""
    work.allow()
    person_id = work.caller.person_id
    mine = work.store.exports.find({"person_id": person_id}, limit=_MOST)
    present = next((export for export in mine if export["expires_at"] > work.now + KEPT / 2), None)
    if present is not None:
        return _shown(present)
    export = work.store.exports.insert({"person_id": person_id, "pieces": {}, "expires_at": work.now + KEPT})
    asked = {"export_id": export["id"], "person_id": person_id, "expires_at": export["expires_at"]}
    work.emit(EXPORT_REQUESTED, asked, export["version"])
    personal.begin_export(work, export["id"], person_id, export["expires_at"])
    return _shown(export)


def get_export(work: Work, order: Doc) -> Doc:
    work.allow()
    return _shown(_own(work, order))


def download_export(work: Work, order: Doc) -> Doc:
    """The same, for whoever is about to fetch the parts. Raises :class:`Conflict` while some are missing."""
    work.allow()
    return ready(work, order)


def ready(work: Work, order: Doc) -> Doc:
    """The caller's archive. Raises :class:`NotFound`, and :class:`Conflict` while parts of it are missing."""
    export = _shown(_own(work, order))
    if export["status"] != "ready":
        raise Conflict("personal.export_not_ready")
    return export


def collect_part(work: Work, told: Mapping[str, Any]) -> None:
    """A service has laid its part ready."""
    export = work.store.exports.get(told["export_id"])
    if export is not None:
        pieces = {**export["pieces"], told["service"]: told["pieces"]}
        work.store.exports.save({**export, "pieces": pieces})


def _own(work: Work, order: Doc) -> Doc:
    export: Doc | None = work.store.exports.get(order["export_id"])
    if export is None or export["person_id"] != work.caller.person_id or export["expires_at"] <= work.now:
        raise NotFound("personal.no_export")
    return export


def _shown(export: Doc) -> Doc:
    status = "ready" if set(export["pieces"]) >= set(SERVICES) else "gathering"
    url = f"/v1/me/export/{export['id']}/archive.zip" if status == "ready" else None
    return {**export, "status": status, "url": url, "requested_at": export["created_at"]}
