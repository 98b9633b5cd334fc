"""What policy is told about a person: their school, and whether they stand above it."""

from __future__ import annotations

from services.membership import calendar
from shared.messaging import Work
from shared.mongo import Doc

_MOST_ROLES = 200


def about(work: Work, person: Doc) -> Doc:
    """``npsn`` is the school that speaks for the person; ``elevated`` whether they hold a role beyond it, so that its
    leaders must not take over their account."""
    today = calendar.today(work)
    grants = work.store.roles.find({"person_id": person["id"]}, limit=_MOST_ROLES)
    beyond = [
        grant
        for grant in grants
        if grant["scope_id"] != person["npsn"] and (grant["valid_until"] is None or grant["valid_until"] >= today)
    ]
    return {"npsn": person["npsn"], "person_id": person["id"], "elevated": bool(beyond)}
