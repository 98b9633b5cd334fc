"""The state of each subject that membership owns, as a function of its document."""

from __future__ import annotations

from shared.contracts.events import membership as events
from shared.messaging.snapshots import Source
from shared.mongo import Doc


def district_state(doc: Doc) -> Doc:
    return {"district": doc["id"], "name": doc["name"], "timezone": doc["timezone"]}


def school_state(doc: Doc) -> Doc:
    names = ("npsn", "name", "level", "status", "subdistrict", "subdistrict_code", "active")
    return {name: doc[name] for name in names}


def person_state(doc: Doc) -> Doc:
    return {"person_id": doc["id"], **{name: doc[name] for name in ("name", "email", "phone", "subjects", "status")}}


def access_state(doc: Doc) -> Doc:
    return {"person_id": doc["id"], **{name: doc[name] for name in ("disabled", "tokens_valid_from", "revoked")}}


def assignment_state(doc: Doc) -> Doc:
    names = ("person_id", "npsn", "primary", "duty", "valid_from", "valid_until")
    return {"assignment_id": doc["id"], **{name: doc[name] for name in names}}


def role_state(doc: Doc) -> Doc:
    names = ("person_id", "role", "scope_id", "valid_from", "valid_until")
    return {"grant_id": doc["id"], **{name: doc[name] for name in names}}


def community_state(doc: Doc) -> Doc:
    names = ("name", "kind", "level", "subject", "phase", "npsn", "join_policy", "status", "founder_id")
    merged = [name for name in ("merged_into", "merged_from") if name in doc]
    return {"community_id": doc["id"], **{name: doc[name] for name in (*names, *merged)}}


def member_state(doc: Doc) -> Doc:
    names = ("community_id", "person_id", "role", "active", "joined_at", "left_at", "reason")
    return {name: doc[name] for name in names}


def join_request_state(doc: Doc) -> Doc:
    return {"request_id": doc["id"], **{name: doc[name] for name in ("community_id", "person_id", "status")}}


def proposal_state(doc: Doc) -> Doc:
    names = ("person_id", "name", "kind", "npsn", "status", "community_id")
    return {"proposal_id": doc["id"], **{name: doc[name] for name in names}}


def deadline_state(doc: Doc, days_left: int) -> Doc:
    plain = {name: doc[name] for name in ("community_id", "what")}
    return {**plain, "until": doc["valid_until"], "days_left": days_left}


SOURCES = (
    Source("districts", district_state, events.DISTRICT_CHANGED),
    Source("schools", school_state, events.SCHOOL_CHANGED),
    Source("people", person_state, events.PERSON_CHANGED),
    Source("access", access_state, events.SESSIONS_REVOKED),
    Source("assignments", assignment_state, events.ASSIGNMENT_CHANGED),
    Source("roles", role_state, events.ROLE_CHANGED),
    Source("communities", community_state, events.COMMUNITY_CHANGED),
    Source("members", member_state, events.MEMBER_JOINED),
    Source("join_requests", join_request_state, events.JOIN_REQUESTED),
)
