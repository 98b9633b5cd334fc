"""Proposals: anybody may propose a community; whoever may found it accepts or refuses."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    Query,
    flag,
    identifier,
    moment,
    note,
    one_of,
    page_of,
    text,
)
from shared.contracts.external import RecordFilter
from shared.contracts.membership.communities import Decree, FoundCommunity
from shared.contracts.words import JURISDICTIONS, PROPOSAL_STATUSES


class ProposeCommunity(FoundCommunity):
    """A community as it is to be founded, and why. The proposer becomes ketua, unless they name somebody else."""

    reason = note(1000, load_default="")


class ProposalView(ProposeCommunity):
    """``community_id`` is the community that an accepted one became; ``answer`` is what the proposer is told."""

    id = identifier(required=True)
    person_id = identifier()
    proposer = fields.String(allow_none=True)
    status = one_of(*PROPOSAL_STATUSES)
    answer = note(1000, allow_none=True)
    community_id = identifier(allow_none=True)
    decided_at = moment(allow_none=True)
    created_at = moment()
    updated_at = moment()
    version = fields.Integer()


class ProposalFilter(RecordFilter):
    """The newest first. The operator sees all, leaders of a school those of its kombel, others their own (``mine``)."""

    status = one_of(*PROPOSAL_STATUSES, load_default="open")
    mine = flag(load_default=False)


class ProposalKey(Contract):
    proposal_id = identifier(required=True)


class AcceptProposal(ProposalKey):
    """What is said here takes the place of what was proposed."""

    jurisdiction = one_of(*JURISDICTIONS)
    decree = fields.Nested(Decree)
    ketua_id = identifier()


class RefuseProposal(ProposalKey):
    reason = text(1000, required=True)


PROPOSE_COMMUNITY = Command("membership.propose_community", takes=ProposeCommunity, gives=ProposalView)
LIST_PROPOSALS = Query("membership.list_proposals", takes=ProposalFilter, gives=page_of(ProposalView))
GET_PROPOSAL = Query("membership.get_proposal", takes=ProposalKey, gives=ProposalView)
ACCEPT_PROPOSAL = Command(
    "membership.accept_proposal",
    takes=AcceptProposal,
    gives=ProposalView,
    audited=Audited("proposal", values=("ketua_id",)),
)
REFUSE_PROPOSAL = Command(
    "membership.refuse_proposal", takes=RefuseProposal, gives=ProposalView, audited=Audited("proposal")
)
WITHDRAW_PROPOSAL = Command(
    "membership.withdraw_proposal", takes=ProposalKey, gives=ProposalView, audited=Audited("proposal")
)
