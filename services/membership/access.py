"""What of people's tokens no longer counts, told to every service so that it takes effect within seconds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from services.membership.snapshots import access_state
from shared.contracts.base import Event
from shared.contracts.events import membership as events
from shared.identity import ACCESS_TOKEN_LIFE
from shared.messaging import Work
from shared.mongo import Doc

# As long as a token lives, and the leeway that its readers allow.
_REMEMBERED = ACCESS_TOKEN_LIFE + timedelta(minutes=1)


def revoke(work: Work, person_id: str, sids: Iterable[str]) -> None:
    """The tokens of these login sessions stop counting."""
    record = _record(work, person_id)
    record["revoked_at"] |= dict.fromkeys(sids, work.now)
    _put(work, record, events.SESSIONS_REVOKED)


def cut_off(work: Work, person_id: str) -> None:
    """All tokens issued up to now stop counting."""
    _put(work, {**_record(work, person_id), "tokens_valid_from": work.now}, events.SESSIONS_REVOKED)


def disable(work: Work, person_id: str) -> None:
    """No token counts any more."""
    record = {**_record(work, person_id), "disabled": True, "tokens_valid_from": work.now}
    _put(work, record, events.PERSON_DISABLED)


def enable(work: Work, person_id: str) -> None:
    """Tokens issued from now on count again."""
    _put(work, {**_record(work, person_id), "disabled": False}, events.SESSIONS_REVOKED)


def open_to_client(work: Work, client_id: str) -> None:
    """A new API client's tokens count, in every service that has heard of it."""
    _put(work, _record(work, client_id), events.SESSIONS_REVOKED)


def shut_to_client(work: Work, client_id: str) -> None:
    """No token of this API client counts any more."""
    record = {**_record(work, client_id), "disabled": True, "tokens_valid_from": work.now}
    _put(work, record, events.SESSIONS_REVOKED)


def _record(work: Work, person_id: str) -> Doc:
    found: Doc | None = work.store.access.get(person_id)
    return found or {
        "id": person_id,
        "person_id": person_id,
        "disabled": False,
        "tokens_valid_from": None,
        "revoked_at": {},
        "revoked": [],
    }


def _put(work: Work, record: Doc, event: Event) -> None:
    kept = {sid: moment for sid, moment in record["revoked_at"].items() if work.now - moment < _REMEMBERED}
    record = {**record, "revoked_at": kept, "revoked": sorted(kept)}
    access = work.store.access
    saved = access.save(record) if "version" in record else access.insert(record)
    work.emit(event, access_state(saved), saved["version"])
