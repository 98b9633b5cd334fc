"""A new one-time code for one person."""

from __future__ import annotations

from services.membership import codes
from services.membership.authority import about
from services.membership.domain import people
from shared.errors import Conflict
from shared.messaging import Work
from shared.mongo import Doc


def issue_activation(work: Work, order: Doc) -> Doc:
    """A new code for somebody who has none, lost it, or forgot their password."""
    person = work.store.people.require(order["person_id"])
    work.allow(**about(work, person))
    if person["status"] not in people.PRESENT:
        raise Conflict("membership.person_disabled")
    return codes.issue(work, person)
