"""Events of membership: who is who, where they teach, what they belong to and may do."""

from marshmallow import fields

from shared.contracts.base import Contract, Event, day, district_id, flag, identifier, moment, npsn, one_of, text
from shared.contracts.events.personal import erasure_done, export_done
from shared.contracts.words import (
    COMMUNITY_KINDS,
    JOIN_POLICIES,
    JOIN_STATUSES,
    LEAVING_REASONS,
    LEVELS,
    MEMBER_ROLES,
    PHASES,
    PROPOSAL_STATUSES,
    ROLES,
)

EVERYONE = ("scheduling", "content", "learning", "notification")


class DistrictState(Contract):
    """A district as others need it; ``timezone`` is an IANA name."""

    district = district_id(required=True)
    name = text(required=True)
    timezone = fields.String(required=True)


class SchoolState(Contract):
    """A school; its id is its NPSN."""

    npsn = npsn(required=True)
    name = text(required=True)
    level = one_of(*LEVELS, required=True)
    status = text(20, required=True)
    subdistrict = text(required=True)
    subdistrict_code = text(20, required=True, allow_none=True)
    active = flag(required=True)


class PersonState(Contract):
    """A person: rendered from the present record, never kept in the log (docs/decisions/0005)."""

    person_id = identifier(required=True)
    name = text(required=True)
    email = text(required=True, allow_none=True)
    phone = text(20, required=True, allow_none=True)
    subjects = fields.List(text(100), required=True)
    status = one_of("invited", "active", "disabled", "ended", required=True)


class AccessState(Contract):
    """What no longer counts of the tokens of a person (or an API client): all of them while ``disabled``, those issued
    before ``tokens_valid_from``, and those of the sessions ``revoked`` (each kept as long as an access token lives)."""

    person_id = identifier(required=True)
    disabled = flag(required=True)
    tokens_valid_from = moment(required=True, allow_none=True)
    revoked = fields.List(identifier(), required=True)


class AssignmentState(Contract):
    """A dated fact: this person teaches (or taught) at this school. ``until`` is the last day, or ``null``."""

    assignment_id = identifier(required=True)
    person_id = identifier(required=True)
    npsn = npsn(required=True)
    primary = flag(required=True)
    duty = text(100, required=True, allow_none=True)
    valid_from = day(required=True, data_key="from")
    valid_until = day(required=True, allow_none=True, data_key="until")


class RoleState(Contract):
    """A role granted to a person, in the whole district (``scope_id`` is ``null``) or in one school."""

    grant_id = identifier(required=True)
    person_id = identifier(required=True)
    role = one_of(*ROLES, required=True)
    scope_id = npsn(required=True, allow_none=True)
    valid_from = day(required=True, data_key="from")
    valid_until = day(required=True, allow_none=True, data_key="until")


class CommunityState(Contract):
    """A community of learning. ``founder_id`` was its first ketua: a reader without the founder's member record yet
    takes the founder for an officer, so that founding and acting at once works. An archived one that was
    ``merged_into`` another lives on in it; ``merged_from`` are those that live on in this (docs/decisions/0121)."""

    community_id = identifier(required=True)
    name = text(required=True)
    kind = one_of(*COMMUNITY_KINDS, required=True)
    level = one_of(*LEVELS, required=True, allow_none=True)
    subject = text(100, required=True, allow_none=True)
    phase = one_of(*PHASES, required=True, allow_none=True)
    npsn = npsn(required=True, allow_none=True)
    join_policy = one_of(*JOIN_POLICIES, required=True)
    status = one_of("active", "archived", required=True)
    founder_id = identifier(required=True)
    merged_into = identifier(allow_none=True)
    merged_from = fields.List(identifier())


class MemberState(Contract):
    """One person's membership of one community; ``active`` is false once they left, and ``reason`` tells why.

    ``quiet``: the officers need not be told, for a whole community moved. ``added``: somebody else put the person in,
    who should be told."""

    community_id = identifier(required=True)
    person_id = identifier(required=True)
    role = one_of(*MEMBER_ROLES, required=True)
    active = flag(required=True)
    joined_at = moment(required=True)
    left_at = moment(required=True, allow_none=True)
    reason = one_of(*LEAVING_REASONS, allow_none=True)
    quiet = flag()
    added = flag()


class JoinRequestState(Contract):
    """Somebody asked to join a community, and what became of it. Their words and the answer stay in membership."""

    request_id = identifier(required=True)
    community_id = identifier(required=True)
    person_id = identifier(required=True)
    status = one_of(*JOIN_STATUSES, required=True)


class ProposalState(Contract):
    """Somebody proposed a community, and what became of it. ``npsn`` is the school of a kombel."""

    proposal_id = identifier(required=True)
    person_id = identifier(required=True)
    name = text(required=True)
    kind = one_of(*COMMUNITY_KINDS, required=True)
    npsn = npsn(required=True, allow_none=True)
    status = one_of(*PROPOSAL_STATUSES, required=True)
    community_id = identifier(required=True, allow_none=True)


class DeadlineState(Contract):
    """Something of a community ends soon: its decree, or the term of officers. ``until`` is its last day, ``days_left``
    how many follow the day of this warning, in the district's time zone."""

    community_id = identifier(required=True)
    what = one_of("decree", "term", required=True)
    until = day(required=True)
    days_left = fields.Integer(required=True)


class PersonErased(Contract):
    """A person was erased: whoever holds anything of them erases it too, and says so by ``person_erasure_done``."""

    person_id = identifier(required=True)
    erasure_id = identifier(required=True)


class ExportRequested(Contract):
    """A person wants to see what is held of them: every service lays its part ready, until ``expires_at``, and says so
    by ``person_export_done``."""

    export_id = identifier(required=True)
    person_id = identifier(required=True)
    expires_at = moment(required=True)


DISTRICT_CHANGED = Event("membership.district_changed.v1", DistrictState, "district", ("district",), EVERYONE)
SCHOOL_CHANGED = Event(
    "membership.school_changed.v1", SchoolState, "school", ("npsn",), ("scheduling", "learning", "notification")
)
PERSON_CHANGED = Event(
    "membership.person_changed.v1",
    PersonState,
    "person",
    ("person_id",),
    EVERYONE,
    by_reference=True,
    personal=("name", "email", "phone"),
)
PERSON_DISABLED = Event("membership.person_disabled.v1", AccessState, "access", ("person_id",), EVERYONE)
SESSIONS_REVOKED = Event("membership.sessions_revoked.v1", AccessState, "access", ("person_id",), EVERYONE)
ASSIGNMENT_CHANGED = Event(
    "membership.assignment_changed.v1",
    AssignmentState,
    "assignment",
    ("assignment_id",),
    EVERYONE,
)
ROLE_CHANGED = Event("membership.role_changed.v1", RoleState, "role", ("grant_id",), EVERYONE)
COMMUNITY_CHANGED = Event("membership.community_changed.v1", CommunityState, "community", ("community_id",), EVERYONE)
MEMBER_JOINED = Event("membership.member_joined.v1", MemberState, "member", ("community_id", "person_id"), EVERYONE)
MEMBER_LEFT = Event("membership.member_left.v1", MemberState, "member", ("community_id", "person_id"), EVERYONE)
MEMBER_ROLE_CHANGED = Event(
    "membership.member_role_changed.v1", MemberState, "member", ("community_id", "person_id"), EVERYONE
)
JOIN_REQUESTED = Event(
    "membership.join_requested.v1", JoinRequestState, "join_request", ("request_id",), ("notification",)
)
JOIN_DECIDED = Event("membership.join_decided.v1", JoinRequestState, "join_request", ("request_id",), ("notification",))
COMMUNITY_PROPOSED = Event(
    "membership.community_proposed.v1", ProposalState, "proposal", ("proposal_id",), ("notification",)
)
PROPOSAL_DECIDED = Event(
    "membership.proposal_decided.v1", ProposalState, "proposal", ("proposal_id",), ("notification",)
)
DEADLINE_NEAR = Event(
    "membership.deadline_near.v1", DeadlineState, "deadline", ("community_id", "what", "until"), ("notification",)
)
PERSON_ERASED = Event("membership.person_erased.v1", PersonErased, "erased_person", ("person_id",), EVERYONE)
EXPORT_REQUESTED = Event("membership.export_requested.v1", ExportRequested, "export", ("export_id",), EVERYONE)
PERSON_ERASURE_DONE = erasure_done("membership")
PERSON_EXPORT_DONE = export_done("membership")
