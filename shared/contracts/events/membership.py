"""Events of membership: who is who, where they teach, what they belong to and may do."""

from marshmallow import fields

from shared.contracts.base import Contract, Event, day, district_id, identifier, moment, npsn, one_of, text
from shared.contracts.words import COMMUNITY_KINDS, JOIN_POLICIES, LEVELS, MEMBER_ROLES, PHASES, ROLES

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
    active = fields.Boolean(required=True)


class PersonState(Contract):
    """A person: rendered from the present record, never kept in the log (docs/decisions/0005)."""

    person_id = identifier(required=True)
    name = text(required=True)
    email = text(required=True, allow_none=True)
    phone = text(20, required=True, allow_none=True)
    subjects = fields.List(text(100), required=True)
    status = one_of("invited", "active", "disabled", "ended", required=True)


class AccessState(Contract):
    """What of a person's tokens no longer counts: all of them while ``disabled``, those issued before
    ``tokens_valid_from``, and those of the sessions ``revoked`` (each kept as long as an access token lives)."""

    person_id = identifier(required=True)
    disabled = fields.Boolean(required=True)
    tokens_valid_from = moment(required=True, allow_none=True)
    revoked = fields.List(identifier(), required=True)


class AssignmentState(Contract):
    """A dated fact: this person teaches (or taught) at this school. ``until`` is the last day, or ``null``."""

    assignment_id = identifier(required=True)
    person_id = identifier(required=True)
    npsn = npsn(required=True)
    primary = fields.Boolean(required=True)
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
    takes the founder for an officer, so that founding and acting at once works."""

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


class MemberState(Contract):
    """One person's membership of one community; ``active`` is false once they left."""

    community_id = identifier(required=True)
    person_id = identifier(required=True)
    role = one_of(*MEMBER_ROLES, required=True)
    active = fields.Boolean(required=True)
    joined_at = moment(required=True)
    left_at = moment(required=True, allow_none=True)


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
    ("scheduling", "learning", "notification"),
)
ROLE_CHANGED = Event("membership.role_changed.v1", RoleState, "role", ("grant_id",), EVERYONE)
COMMUNITY_CHANGED = Event("membership.community_changed.v1", CommunityState, "community", ("community_id",), EVERYONE)
MEMBER_JOINED = Event("membership.member_joined.v1", MemberState, "member", ("community_id", "person_id"), EVERYONE)
MEMBER_LEFT = Event("membership.member_left.v1", MemberState, "member", ("community_id", "person_id"), EVERYONE)
MEMBER_ROLE_CHANGED = Event(
    "membership.member_role_changed.v1", MemberState, "member", ("community_id", "person_id"), EVERYONE
)
