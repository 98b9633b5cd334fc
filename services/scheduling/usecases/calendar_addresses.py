"""A person's secret calendar addresses: to look at, and to make new when somebody else got hold of them."""

from __future__ import annotations

import secrets

from services.scheduling.keyring import calendar_key
from shared.communities import known_community
from shared.messaging import Work
from shared.mongo import Doc, first_come

NEVER_RENEWED: Doc = {"salt": "", "renewed_at": None}


def get_my_calendar(work: Work) -> Doc:
    """The address of the calendar of all the caller's communities."""
    work.allow()
    return _address(work, None, work.store.calendars.get(work.caller.person_id))


def renew_my_calendar(work: Work) -> Doc:
    """A new address; the old ones, of single communities too, stop at once."""
    work.allow()
    calendars, person_id = work.store.calendars, work.caller.person_id
    calendar = {"salt": secrets.token_hex(16), "renewed_at": work.now}
    before = calendars.get(person_id)
    if before is None:
        with first_come("calendars"):
            return _address(work, None, calendars.insert({"id": person_id, **calendar}))
    return _address(work, None, calendars.save({**before, **calendar}))


def get_community_calendar(work: Work, asked: Doc) -> Doc:
    """The address of one community's calendar, the caller's own; it ends with their membership."""
    community = known_community(work.store, asked["community_id"])
    work.allow(community_id=community["id"])
    return _address(work, community["id"], work.store.calendars.get(work.caller.person_id))


def _address(work: Work, community_id: str | None, calendar: Doc | None) -> Doc:
    calendar = calendar or NEVER_RENEWED
    key = calendar_key(work.settings)
    token = key.token(work.district, work.caller.person_id, community_id, calendar["salt"])
    url = f"{work.settings.public_url}/v1/calendars/{token}.ics"
    return {
        "url": url,
        "webcal_url": f"webcal://{url.partition('://')[2]}",
        "community_id": community_id,
        "renewed_at": calendar["renewed_at"],
    }
