"""Communities and who belongs to them."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    Followed,
    Query,
    Versioned,
    day,
    flag,
    identifier,
    moment,
    npsn,
    one_of,
    page_of,
    text,
)
from shared.contracts.external import RecordFilter, external_ids
from shared.contracts.words import (
    COMMUNITY_KINDS,
    JOIN_POLICIES,
    JURISDICTIONS,
    LEAVING_REASONS,
    LEVELS,
    MEMBER_ROLES,
    PHASES,
)

MOST_MEMBERS_AT_ONCE = 200


class Decree(Contract):
    """The decree (SK) a community stands on; ``until`` is its last day."""

    number = text(100, required=True)
    until = day(allow_none=True, load_default=None)


class Term(Contract):
    """An officer's term (masa bakti): its first and last day. It ends nothing by itself; the officers are warned."""

    valid_from = day(required=True, data_key="from")
    valid_until = day(required=True, data_key="until")


class CommunityView(Contract):
    """``member_count`` counts the present members; ``my_role`` is the reader's, or ``null``; ``my_request_id`` their
    request to join that nobody has decided yet.

    ``jurisdiction`` is the authority that it belongs to (docs/decisions/0120). An archived one that was ``merged_into``
    another lives on in it."""

    id = identifier(required=True)
    name = text(required=True)
    kind = one_of(*COMMUNITY_KINDS)
    level = one_of(*LEVELS, allow_none=True)
    subject = text(100, allow_none=True)
    phase = one_of(*PHASES, allow_none=True)
    npsn = npsn(allow_none=True)
    parent_id = identifier(allow_none=True)
    jurisdiction = one_of(*JURISDICTIONS)
    subdistricts = fields.List(text())
    decree = fields.Nested(Decree, allow_none=True)
    join_policy = one_of(*JOIN_POLICIES)
    status = one_of("active", "archived")
    founder_id = identifier()
    merged_into = identifier(allow_none=True)
    my_request_id = identifier(allow_none=True)
    member_count = fields.Integer()
    my_role = one_of(*MEMBER_ROLES, allow_none=True)
    external_ids = external_ids()
    created_at = moment()
    updated_at = moment()
    version = fields.Integer()


class CommunityFilter(RecordFilter):
    """``q``: the beginning of any word of the name, at least two letters."""

    kind = one_of(*COMMUNITY_KINDS)
    level = one_of(*LEVELS)
    subject = text(100)
    school = npsn()
    subdistrict = text()
    jurisdiction = one_of(*JURISDICTIONS)
    parent_id = identifier(data_key="parent")
    status = one_of("active", "archived")
    q = text(100, 2)


class CommunityKey(Contract):
    community_id = identifier(required=True)


class CommunityVersion(Versioned):
    community_id = identifier(required=True)


class FoundCommunity(Contract):
    """The founder becomes ketua, unless they name who shall be (``ketua_id``). A kombel needs its school's ``npsn``,
    and is led by somebody of that school; the other kinds have none. ``jurisdiction`` follows from the level (SMA, SMK
    and SLB belong to the province, madrasah to the ministry), a kombel's from its school's, and is said for communities
    of no level alone. The ``decree`` may be written later."""

    name = text(required=True)
    kind = one_of(*COMMUNITY_KINDS, required=True)
    level = one_of(*LEVELS, allow_none=True, load_default=None)
    subject = text(100, allow_none=True, load_default=None)
    phase = one_of(*PHASES, allow_none=True, load_default=None)
    npsn = npsn(allow_none=True, load_default=None)
    parent_id = identifier(allow_none=True, load_default=None)
    jurisdiction = one_of(*JURISDICTIONS, allow_none=True, load_default=None)
    subdistricts = fields.List(text(), load_default=list, validate=validate.Length(max=100))
    decree = fields.Nested(Decree, allow_none=True, load_default=None)
    join_policy = one_of(*JOIN_POLICIES, load_default="open")
    ketua_id = identifier(allow_none=True, load_default=None)
    ketua_term = fields.Nested(Term, allow_none=True, load_default=None)
    external_ids = external_ids(load_default=list)


class ChangeCommunity(Versioned):
    community_id = identifier(required=True)
    name = text()
    level = one_of(*LEVELS, allow_none=True)
    subject = text(100, allow_none=True)
    phase = one_of(*PHASES, allow_none=True)
    subdistricts = fields.List(text(), validate=validate.Length(max=100))
    decree = fields.Nested(Decree, allow_none=True)
    join_policy = one_of(*JOIN_POLICIES)
    parent_id = identifier(allow_none=True)
    jurisdiction = one_of(*JURISDICTIONS)
    external_ids = external_ids()


class ReviveCommunity(CommunityKey):
    """``ketua_id``: who leads it from now on; an operator names them where no officer is left."""

    ketua_id = identifier(allow_none=True, load_default=None)


class MergeCommunity(CommunityKey):
    """``community_id`` is the double, which lives on in ``into``."""

    into = identifier(required=True)


class MemberView(Contract):
    """``email`` and ``phone`` are for the community's officers and the operator; ``null`` for the others, and for
    officers of somebody whom one of them put in, though it is not of their work, until that person joins themselves
    (``reachable``). ``term`` is an officer's.

    ``from`` and ``until`` are the first and last day in this role; ``reason`` is why that ended (``role``: they took
    another one)."""

    community_id = identifier(required=True)
    person_id = identifier(required=True)
    name = text(allow_none=True)
    npsn = npsn(allow_none=True)
    email = text(allow_none=True)
    phone = text(allow_none=True)
    role = one_of(*MEMBER_ROLES)
    term = fields.Nested(Term, allow_none=True)
    reachable = flag()
    active = flag()
    joined_at = moment()
    left_at = moment(allow_none=True)
    updated_at = moment()
    valid_from = day(data_key="from")
    valid_until = day(data_key="until", allow_none=True)
    reason = one_of(*LEAVING_REASONS, "role", allow_none=True)
    version = fields.Integer()


class MembershipView(Contract):
    """A time in which somebody belonged to a community in one role; ``from`` and ``until`` are its first and last day,
    ``reason`` is why it ended (``role``: they took another one)."""

    id = identifier(required=True)
    community_id = identifier(required=True)
    community = text(allow_none=True)
    kind = one_of(*COMMUNITY_KINDS)
    person_id = identifier(required=True)
    role = one_of(*MEMBER_ROLES)
    valid_from = day(data_key="from")
    valid_until = day(data_key="until", allow_none=True)
    reason = one_of(*LEAVING_REASONS, "role", allow_none=True)
    updated_at = moment()
    version = fields.Integer()


class MembershipFilter(Followed):
    """All that somebody has belonged to, in the order it began; with ``on`` what they belonged to on that day."""

    person_id = identifier(required=True)
    on = day()


class MemberFilter(Followed):
    """The present members, in the order they first joined; with ``on`` those who belonged on that day, each in the role
    that they had, in the order they took it. With ``updated_since`` also those who left."""

    community_id = identifier(required=True)
    on = day()


class AddMembers(Contract):
    """One (``person_id``) or up to 200 (``person_ids``). People may add themselves, as ``member``, where the join
    policy is open; officers and the operator may add anybody."""

    community_id = identifier(required=True)
    person_id = identifier()
    person_ids = fields.List(identifier(), validate=validate.Length(1, MOST_MEMBERS_AT_ONCE))
    role = one_of(*MEMBER_ROLES, load_default="member")
    term = fields.Nested(Term, allow_none=True, load_default=None)

    @validates_schema
    def one_or_many(self, data: dict[str, object], **_: object) -> None:
        if ("person_id" in data) == ("person_ids" in data):
            raise ValidationError("membership.one_or_many", "person_id")


class AddedMemberView(MemberView):
    """``outcome`` is ``already`` for those who were members before, whom nothing was changed for."""

    outcome = one_of("joined", "already", required=True)


class AddedMembers(Contract):
    """One item for each person, in the order asked."""

    items = fields.List(fields.Nested(AddedMemberView), required=True)


class MemberKey(Contract):
    community_id = identifier(required=True)
    person_id = identifier(required=True)


class ChangeMember(MemberKey):
    """``version`` is what ``If-Match`` named. ``term`` is that of an officer in this role; a term without another role
    changes the term alone."""

    role = one_of(*MEMBER_ROLES, required=True)
    term = fields.Nested(Term, allow_none=True)
    version = fields.Integer(required=True, strict=True)


LIST_COMMUNITIES = Query(
    "membership.list_communities", takes=CommunityFilter, gives=page_of(CommunityView), scope="communities:read"
)
FOUND_COMMUNITY = Command(
    "membership.found_community",
    takes=FoundCommunity,
    gives=CommunityView,
    audited=Audited("community", values=("name", "kind", "ketua_id")),
)
GET_COMMUNITY = Query("membership.get_community", takes=CommunityKey, gives=CommunityView, scope="communities:read")
CHANGE_COMMUNITY = Command(
    "membership.change_community",
    takes=ChangeCommunity,
    gives=CommunityView,
    audited=Audited("community", values=("name", "subject", "level", "join_policy")),
)
ARCHIVE_COMMUNITY = Command(
    "membership.archive_community", takes=CommunityKey, gives=CommunityView, audited=Audited("community")
)
REVIVE_COMMUNITY = Command(
    "membership.revive_community",
    takes=ReviveCommunity,
    gives=CommunityView,
    audited=Audited("community", values=("ketua_id",)),
)
MERGE_COMMUNITY = Command(
    "membership.merge_community",
    takes=MergeCommunity,
    gives=CommunityView,
    audited=Audited("community", values=("into",)),
)
LIST_MEMBERS = Query("membership.list_members", takes=MemberFilter, gives=page_of(MemberView), scope="communities:read")
LIST_MEMBERSHIPS = Query("membership.list_memberships", takes=MembershipFilter, gives=page_of(MembershipView))
ADD_MEMBERS = Command(
    "membership.add_members",
    takes=AddMembers,
    gives=AddedMembers,
    audited=Audited("community", values=("person_id", "person_ids", "role")),
)
CHANGE_MEMBER = Command(
    "membership.change_member",
    takes=ChangeMember,
    gives=MemberView,
    audited=Audited("community", values=("person_id", "role")),
)
REMOVE_MEMBER = Command(
    "membership.remove_member", takes=MemberKey, gives=MemberView, audited=Audited("community", values=("person_id",))
)
