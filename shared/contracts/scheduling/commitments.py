"""Commitments: what a community undertakes for its pupils until its next meetings (API.md, "Scheduling")."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from shared.contracts.base import (
    Command,
    Contract,
    Followed,
    Query,
    Versioned,
    day,
    identifier,
    moment,
    note,
    one_of,
    page_of,
    text,
)
from shared.contracts.words import COMMITMENT_STATUSES

MOST_OWNERS = 20


def _owner_ids(**kwargs: Any) -> fields.List[Any]:
    return fields.List(identifier(), validate=validate.Length(max=MOST_OWNERS), **kwargs)


class Named(Contract):
    """Somebody whom an answer speaks of; ``name`` is ``null`` while it is not known here."""

    person_id = identifier(required=True)
    name = text(required=True, allow_none=True)


class MakeCommitment(Contract):
    """What the community undertakes by the local day ``due_on``; ``goal`` says what the pupils gain by it, where
    that is said.

    It is the group's: ``owner_ids`` are those members who see to it, all of them alike; with none it is everybody's.
    ``session_id`` is the meeting in which it was made.
    """

    community_id = identifier(required=True)
    title = text(required=True)
    goal = text(500, 0, load_default="")
    due_on = day(required=True)
    session_id = identifier(load_default=None, allow_none=True)
    owner_ids = _owner_ids(load_default=list)


class CommitmentId(Contract):
    """One commitment."""

    commitment_id = identifier(required=True)


class ChangeCommitment(Versioned):
    """Changes what is given and leaves the rest. ``done`` and ``dropped`` settle it, ``open`` takes that back.

    ``note`` tells what came of it; what is dropped needs one. Of a settled one only status and note change.
    """

    commitment_id = identifier(required=True)
    title = text()
    goal = text(500, 0)
    due_on = day()
    owner_ids = _owner_ids()
    status = one_of(*COMMITMENT_STATUSES)
    note = note(2000, allow_none=True)


class CommitmentFilter(Followed):
    """The commitments of one community, the newest first."""

    community_id = identifier(required=True)
    status = one_of(*COMMITMENT_STATUSES, load_default=None, allow_none=True)


class CommitmentView(Contract):
    """A commitment. ``owners`` is empty when it is the whole community's, ``goal`` when none was said."""

    id = identifier(required=True)
    community_id = identifier(required=True)
    session_id = identifier(required=True, allow_none=True)
    title = text(required=True)
    goal = text(500, 0, required=True)
    due_on = day(required=True)
    owners = fields.List(fields.Nested(Named), required=True)
    status = one_of(*COMMITMENT_STATUSES, required=True)
    note = note(2000, required=True, allow_none=True)
    made_by = identifier(required=True)
    settled_by = identifier(required=True, allow_none=True)
    settled_at = moment(required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = moment(required=True)
    updated_at = moment(required=True)


MAKE_COMMITMENT = Command("scheduling.make_commitment", takes=MakeCommitment, gives=CommitmentView)
LIST_COMMITMENTS = Query("scheduling.list_commitments", takes=CommitmentFilter, gives=page_of(CommitmentView))
GET_COMMITMENT = Query("scheduling.get_commitment", takes=CommitmentId, gives=CommitmentView)
CHANGE_COMMITMENT = Command("scheduling.change_commitment", takes=ChangeCommitment, gives=CommitmentView)
