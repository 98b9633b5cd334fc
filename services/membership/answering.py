"""Answering: what becomes of requests to join, whoever decides it, and which of them wait.

Beside the requests stands what became of somebody's last one to a community (``askings``): the guard that they have one
at a time. Requests to a community that was merged are requests to the one that it became.
"""

from __future__ import annotations

from collections.abc import Iterable

from services.membership.snapshots import join_request_state
from shared.communities import whole
from shared.contracts.events.membership import JOIN_DECIDED
from shared.errors import Conflict
from shared.messaging import Work
from shared.mongo import Doc, Taken


def answer(work: Work, request: Doc, status: str, words: str | None = None) -> Doc:
    """The request is decided, or taken back; the asker is told."""
    by = work.caller.person_id if work.caller is not None else None
    decision = {"status": status, "answer": words, "decided_by": by, "decided_at": work.now}
    saved: Doc = work.store.join_requests.save({**request, **decision})
    note(work, saved)
    work.emit(JOIN_DECIDED, join_request_state(saved), saved["version"])
    return saved


def settle(work: Work, community_id: str, person_ids: Iterable[str]) -> set[str]:
    """Who is taken in in another way has their request approved by that. Answers whose request was waiting."""
    keys = [f"{id_}/{person}" for id_ in whole(work.store, [community_id]) for person in person_ids]
    askings = work.store.askings.get_many(keys)
    waiting = [each["request_id"] for each in askings.values() if each["status"] == "pending"]
    requests = work.store.join_requests.get_many(waiting).values()
    return {answer(work, request, "approved")["person_id"] for request in requests}


def note(work: Work, request: Doc) -> None:
    """Keep what became of a person's last request: it guards that two at once are not both made."""
    table, key = work.store.askings, f"{request['community_id']}/{request['person_id']}"
    said = {"request_id": request["id"], "status": request["status"], "decided_at": request["decided_at"]}
    asking = table.get(key)
    try:
        _ = table.insert({"id": key, **said}) if asking is None else table.save({**asking, **said})
    except Taken:
        raise Conflict("membership.already_asked") from None


def asked(work: Work, communities: Iterable[Doc], person_id: str) -> dict[str, list[Doc]]:
    """What became of the person's last requests to each of these communities, and to those that were merged into it."""
    parts = {each["id"]: [each["id"], *each.get("merged_from", ())] for each in communities}
    askings = work.store.askings.get_many(f"{id_}/{person_id}" for ids in parts.values() for id_ in ids)
    keys = {community_id: [f"{id_}/{person_id}" for id_ in ids] for community_id, ids in parts.items()}
    return {community_id: [askings[key] for key in keys_ if key in askings] for community_id, keys_ in keys.items()}
