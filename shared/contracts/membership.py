"""What membership is asked: accounts, the district, schools, people, communities, who belongs to what, imports."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from shared.contracts.base import (
    Command,
    Contract,
    Nothing,
    PageRequest,
    Query,
    Versioned,
    day,
    district_id,
    identifier,
    moment,
    npsn,
    one_of,
    page_of,
    text,
)
from shared.contracts.words import COMMUNITY_KINDS, JOIN_POLICIES, LEVELS, MEMBER_ROLES, PHASES, ROLES

MOST_MEMBERS_AT_ONCE = 200
LARGEST_IMPORT = 20_000_000
IMPORT_KINDS = ("schools", "teachers")
IMPORT_STATUSES = ("queued", "reading", "ready", "applying", "applied", "failed")
ROW_OUTCOMES = ("created", "changed", "unchanged", "ended", "rejected")


def password(**kwargs: Any) -> fields.String:
    """A new password: 8 to 200 characters of any kind (ASVS 5, 6.2); common ones are refused by membership."""
    return fields.String(required=True, validate=validate.Length(8, 200), **kwargs)


def secret_text(**kwargs: Any) -> fields.String:
    """A password or token that is only compared, so any text is taken."""
    return fields.String(required=True, validate=validate.Length(1, 500), **kwargs)


# --- accounts -----------------------------------------------------------------------------------------------------


class Activation(Contract):
    """``code`` as printed; case, spaces and hyphens do not matter."""

    district = district_id(required=True)
    code = text(60, required=True)
    password = password()


class LogIn(Contract):
    """``login`` is a username, a NUPTK, an e-mail address, or a phone number that one person alone has."""

    district = district_id(required=True)
    login = text(required=True)
    password = secret_text()


class Refresh(Contract):
    """``district`` is what the token begins with (``3307-...``); the gateway fills it in."""

    district = district_id(required=True)
    refresh_token = secret_text()


class ChangePassword(Contract):
    current = secret_text()
    new = password()


class PersonView(Contract):
    """A person as the reader may see them: contacts, NUPTK and username are ``null`` and the NIP is masked or ``null``
    for those who need not know them."""

    id = identifier(required=True)
    name = text(required=True)
    username = text(allow_none=True)
    nuptk = text(allow_none=True)
    nip = text(allow_none=True)
    employment = text(allow_none=True)
    email = text(allow_none=True)
    phone = text(allow_none=True)
    subjects = fields.List(text(100))
    npsn = npsn(allow_none=True)
    status = one_of("invited", "active", "disabled", "ended")
    created_at = moment()
    updated_at = moment()
    version = fields.Integer()


class TokensView(Contract):
    """``access_token`` holds for ``expires_in`` seconds; ``refresh_token`` once."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    expires_in = fields.Integer(required=True)
    person = fields.Nested(PersonView, required=True)


class AssignmentView(Contract):
    """A dated fact; ``until`` is the last day, or ``null``."""

    id = identifier(required=True)
    person_id = identifier(required=True)
    npsn = npsn(required=True)
    school = text(allow_none=True)
    primary = fields.Boolean()
    duty = text(100, allow_none=True)
    valid_from = day(data_key="from")
    valid_until = day(data_key="until", allow_none=True)
    version = fields.Integer()


class RoleView(Contract):
    """A role; ``scope`` is the NPSN it is bound to, or ``null`` for the whole district."""

    id = identifier(required=True)
    person_id = identifier(required=True)
    role = one_of(*ROLES, required=True)
    scope_id = npsn(data_key="scope", allow_none=True)
    valid_from = day(data_key="from")
    valid_until = day(data_key="until", allow_none=True)
    version = fields.Integer()


class MyCommunityView(Contract):
    id = identifier(required=True)
    name = text(required=True)
    kind = one_of(*COMMUNITY_KINDS)
    role = one_of(*MEMBER_ROLES)
    joined_at = moment()


class MeView(PersonView):
    """The caller, with where they teach, what they belong to and what they may do."""

    district = fields.Nested(lambda: DistrictView())
    assignments = fields.List(fields.Nested(AssignmentView))
    communities = fields.List(fields.Nested(MyCommunityView))
    roles = fields.List(fields.Nested(RoleView))


class ChangeMe(Versioned):
    """What people may set right themselves; an import leaves contacts alone that their owner has set."""

    email = fields.Email(allow_none=True, validate=validate.Length(max=200))
    phone = text(30, allow_none=True)


ACTIVATE = Command("membership.activate", takes=Activation, gives=TokensView, public=True, secret=True)
LOG_IN = Command("membership.log_in", takes=LogIn, gives=TokensView, public=True, secret=True)
REFRESH = Command("membership.refresh", takes=Refresh, gives=TokensView, public=True, secret=True)
LOG_OUT = Command("membership.log_out", takes=Nothing, gives=Nothing)
CHANGE_PASSWORD = Command("membership.change_password", takes=ChangePassword, gives=Nothing)
GET_ME = Query("membership.get_me", takes=Nothing, gives=MeView)
CHANGE_ME = Command("membership.change_me", takes=ChangeMe, gives=PersonView)


# --- the district -------------------------------------------------------------------------------------------------


class DistrictView(Contract):
    """``id`` is the region code; ``timezone`` an IANA name."""

    id = district_id(required=True)
    name = text(required=True)
    timezone = fields.String()
    version = fields.Integer()


class ChangeDistrict(Versioned):
    name = text()
    timezone = fields.String(validate=validate.Length(1, 60))


GET_DISTRICT = Query("membership.get_district", takes=Nothing, gives=DistrictView)
CHANGE_DISTRICT = Command("membership.change_district", takes=ChangeDistrict, gives=DistrictView)


# --- schools ------------------------------------------------------------------------------------------------------


class SchoolView(Contract):
    """A school; its ``id`` is its NPSN."""

    id = npsn(required=True)
    npsn = npsn(required=True)
    name = text(required=True)
    level = one_of(*LEVELS)
    status = text(20)
    subdistrict = text()
    subdistrict_code = text(20, allow_none=True)
    active = fields.Boolean()
    created_at = moment()
    updated_at = moment()
    version = fields.Integer()


class SchoolFilter(PageRequest):
    """``q``: the beginning of any word of the name, at least three letters."""

    q = text(100, 3)
    level = one_of(*LEVELS)
    subdistrict = text()


class SchoolKey(Contract):
    npsn = npsn(required=True)


class CreateSchool(Contract):
    npsn = npsn(required=True)
    name = text(required=True)
    level = one_of(*LEVELS, required=True)
    status = one_of("Negeri", "Swasta", required=True)
    subdistrict = text(required=True)
    subdistrict_code = text(20, allow_none=True, load_default=None)


class ChangeSchool(Versioned):
    npsn = npsn(required=True)
    name = text()
    level = one_of(*LEVELS)
    status = one_of("Negeri", "Swasta")
    subdistrict = text()
    subdistrict_code = text(20, allow_none=True)
    active = fields.Boolean()


LIST_SCHOOLS = Query("membership.list_schools", takes=SchoolFilter, gives=page_of(SchoolView), scope="schools:read")
GET_SCHOOL = Query("membership.get_school", takes=SchoolKey, gives=SchoolView, scope="schools:read")
CREATE_SCHOOL = Command("membership.create_school", takes=CreateSchool, gives=SchoolView)
CHANGE_SCHOOL = Command("membership.change_school", takes=ChangeSchool, gives=SchoolView)


# --- people -------------------------------------------------------------------------------------------------------


class PeopleFilter(PageRequest):
    """``q``: the beginning of any word of the name, at least three letters; ``school``: who teaches there now."""

    q = text(100, 3)
    school = npsn()
    subject = text(100)


class PersonKey(Contract):
    person_id = identifier(required=True)


class AddPerson(Contract):
    """A new person; with ``npsn`` also the primary assignment there, from today. The phone may be written ``08...``."""

    name = text(required=True)
    nuptk = text(30, allow_none=True, load_default=None)
    nip = text(30, allow_none=True, load_default=None)
    employment = text(50, allow_none=True, load_default=None)
    email = fields.Email(allow_none=True, load_default=None, validate=validate.Length(max=200))
    phone = text(30, allow_none=True, load_default=None)
    subjects = fields.List(text(100), load_default=list, validate=validate.Length(max=20))
    npsn = npsn(allow_none=True, load_default=None)
    duty = text(100, allow_none=True, load_default=None)


class ChangePerson(Versioned):
    person_id = identifier(required=True)
    name = text()
    nuptk = text(30, allow_none=True)
    nip = text(30, allow_none=True)
    employment = text(50, allow_none=True)
    email = fields.Email(allow_none=True, validate=validate.Length(max=200))
    phone = text(30, allow_none=True)
    subjects = fields.List(text(100), validate=validate.Length(max=20))


class ActivationView(Contract):
    """What the card says. ``code`` works once, until ``expires_at``; a new one makes the earlier one worthless."""

    person_id = identifier(required=True)
    username = text(required=True)
    code = text(required=True)
    expires_at = moment(required=True)


LIST_PEOPLE = Query("membership.list_people", takes=PeopleFilter, gives=page_of(PersonView), scope="people:read")
GET_PERSON = Query("membership.get_person", takes=PersonKey, gives=PersonView, scope="people:read")
ADD_PERSON = Command("membership.add_person", takes=AddPerson, gives=PersonView)
CHANGE_PERSON = Command("membership.change_person", takes=ChangePerson, gives=PersonView)
ISSUE_ACTIVATION = Command("membership.issue_activation", takes=PersonKey, gives=ActivationView, secret=True)
DISABLE_PERSON = Command("membership.disable_person", takes=PersonKey, gives=PersonView)
ENABLE_PERSON = Command("membership.enable_person", takes=PersonKey, gives=PersonView)


# --- assignments and roles ----------------------------------------------------------------------------------------


class PersonPage(PageRequest):
    person_id = identifier(required=True)


class Assign(Contract):
    """``from`` is today unless said."""

    person_id = identifier(required=True)
    npsn = npsn(required=True)
    primary = fields.Boolean(load_default=False)
    duty = text(100, allow_none=True, load_default=None)
    valid_from = day(data_key="from", allow_none=True, load_default=None)
    valid_until = day(data_key="until", allow_none=True, load_default=None)


class GrantRole(Contract):
    """``scope`` is a school's NPSN, needed for school operators and principals. ``from`` is today unless said."""

    person_id = identifier(required=True)
    role = one_of(*ROLES, required=True)
    scope_id = npsn(data_key="scope", allow_none=True, load_default=None)
    valid_from = day(data_key="from", allow_none=True, load_default=None)
    valid_until = day(data_key="until", allow_none=True, load_default=None)


class RoleKey(Contract):
    person_id = identifier(required=True)
    grant_id = identifier(required=True)


LIST_ASSIGNMENTS = Query(
    "membership.list_assignments", takes=PersonPage, gives=page_of(AssignmentView), scope="people:read"
)
ASSIGN = Command("membership.assign", takes=Assign, gives=AssignmentView)
LIST_ROLES = Query("membership.list_roles", takes=PersonPage, gives=page_of(RoleView))
GRANT_ROLE = Command("membership.grant_role", takes=GrantRole, gives=RoleView)
REVOKE_ROLE = Command("membership.revoke_role", takes=RoleKey, gives=RoleView)


# --- communities and members --------------------------------------------------------------------------------------


class Decree(Contract):
    """The decree (SK) a community stands on; ``until`` is its last day."""

    number = text(100, required=True)
    until = day(allow_none=True, load_default=None)


class CommunityView(Contract):
    """``member_count`` counts the present members; ``my_role`` is the reader's, or ``null``."""

    id = identifier(required=True)
    name = text(required=True)
    kind = one_of(*COMMUNITY_KINDS)
    level = one_of(*LEVELS, allow_none=True)
    subject = text(100, allow_none=True)
    phase = one_of(*PHASES, allow_none=True)
    npsn = npsn(allow_none=True)
    parent_id = identifier(allow_none=True)
    jurisdiction = one_of("district", "province", "ministry")
    subdistricts = fields.List(text())
    decree = fields.Nested(Decree, allow_none=True)
    join_policy = one_of(*JOIN_POLICIES)
    status = one_of("active", "archived")
    founder_id = identifier()
    member_count = fields.Integer()
    my_role = one_of(*MEMBER_ROLES, allow_none=True)
    created_at = moment()
    updated_at = moment()
    version = fields.Integer()


class CommunityFilter(PageRequest):
    """``q``: the beginning of any word of the name, at least three letters."""

    kind = one_of(*COMMUNITY_KINDS)
    level = one_of(*LEVELS)
    subject = text(100)
    school = npsn()
    subdistrict = text()
    q = text(100, 3)


class CommunityKey(Contract):
    community_id = identifier(required=True)


class CommunityVersion(Versioned):
    community_id = identifier(required=True)


class FoundCommunity(Contract):
    """The founder becomes ketua, unless an operator names who shall be (``ketua_id``). A kombel needs its school's
    ``npsn``; the other kinds have none."""

    name = text(required=True)
    kind = one_of(*COMMUNITY_KINDS, required=True)
    level = one_of(*LEVELS, allow_none=True, load_default=None)
    subject = text(100, allow_none=True, load_default=None)
    phase = one_of(*PHASES, allow_none=True, load_default=None)
    npsn = npsn(allow_none=True, load_default=None)
    parent_id = identifier(allow_none=True, load_default=None)
    jurisdiction = one_of("district", "province", "ministry", load_default="district")
    subdistricts = fields.List(text(), load_default=list, validate=validate.Length(max=100))
    decree = fields.Nested(Decree, allow_none=True, load_default=None)
    join_policy = one_of(*JOIN_POLICIES, load_default="open")
    ketua_id = identifier(allow_none=True, load_default=None)


class ChangeCommunity(Versioned):
    community_id = identifier(required=True)
    name = text()
    level = one_of(*LEVELS, allow_none=True)
    subject = text(100, allow_none=True)
    phase = one_of(*PHASES, allow_none=True)
    subdistricts = fields.List(text(), validate=validate.Length(max=100))
    decree = fields.Nested(Decree, allow_none=True)
    join_policy = one_of(*JOIN_POLICIES)


class MemberView(Contract):
    """``email`` and ``phone`` are for the community's officers and the operator; ``null`` for the others."""

    community_id = identifier(required=True)
    person_id = identifier(required=True)
    name = text(allow_none=True)
    npsn = npsn(allow_none=True)
    email = text(allow_none=True)
    phone = text(allow_none=True)
    role = one_of(*MEMBER_ROLES)
    active = fields.Boolean()
    joined_at = moment()
    left_at = moment(allow_none=True)
    version = fields.Integer()


class MemberFilter(PageRequest):
    """The present members, in the order they first joined."""

    community_id = identifier(required=True)


class AddMembers(Contract):
    """One (``person_id``) or up to 200 (``person_ids``). People may add themselves, as ``member``, where the join
    policy is open; officers and the operator may add anybody."""

    community_id = identifier(required=True)
    person_id = identifier()
    person_ids = fields.List(identifier(), validate=validate.Length(1, MOST_MEMBERS_AT_ONCE))
    role = one_of(*MEMBER_ROLES, load_default="member")

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
    """``version`` is what ``If-Match`` named."""

    role = one_of(*MEMBER_ROLES, required=True)
    version = fields.Integer(required=True, strict=True)


LIST_COMMUNITIES = Query(
    "membership.list_communities", takes=CommunityFilter, gives=page_of(CommunityView), scope="communities:read"
)
FOUND_COMMUNITY = Command("membership.found_community", takes=FoundCommunity, gives=CommunityView)
GET_COMMUNITY = Query("membership.get_community", takes=CommunityKey, gives=CommunityView, scope="communities:read")
CHANGE_COMMUNITY = Command("membership.change_community", takes=ChangeCommunity, gives=CommunityView)
ARCHIVE_COMMUNITY = Command("membership.archive_community", takes=CommunityKey, gives=CommunityView)
LIST_MEMBERS = Query("membership.list_members", takes=MemberFilter, gives=page_of(MemberView), scope="communities:read")
ADD_MEMBERS = Command("membership.add_members", takes=AddMembers, gives=AddedMembers)
CHANGE_MEMBER = Command("membership.change_member", takes=ChangeMember, gives=MemberView)
REMOVE_MEMBER = Command("membership.remove_member", takes=MemberKey, gives=MemberView)


# --- imports ------------------------------------------------------------------------------------------------------


class StageChunk(Contract):
    """A piece (at most 256 kB) of a file that is to be imported, beside it as raw bytes. Pieces are known by the whole
    file's SHA-256 and their ``number`` (from 0), so sending one twice is harmless; they are kept for a day."""

    sha256 = fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))
    number = fields.Integer(required=True, strict=True, validate=validate.Range(0, 200))


class StartImport(Contract):
    """Reads the staged file of ``chunks`` pieces and tells what it would do: a dry run that changes nothing."""

    kind = one_of(*IMPORT_KINDS, required=True)
    file_name = text(required=True)
    sha256 = fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))
    size = fields.Integer(required=True, strict=True, validate=validate.Range(0, LARGEST_IMPORT))
    chunks = fields.Integer(required=True, strict=True, validate=validate.Range(0, 200))
    scope = one_of("partial", load_default="partial")


class ImportKey(Contract):
    import_id = identifier(required=True)


class ImportProgress(Contract):
    """Rows done of ``total``; ``total`` is ``null`` until it is known."""

    done = fields.Integer()
    total = fields.Integer(allow_none=True)


class ImportCounts(Contract):
    """How many rows came to which outcome; ``reported`` counts rows with a remark that were taken all the same."""

    created = fields.Integer()
    changed = fields.Integer()
    unchanged = fields.Integer()
    ended = fields.Integer()
    rejected = fields.Integer()
    reported = fields.Integer()


class ImportView(Contract):
    """``status`` goes queued, reading, ready (the dry run is done), applying, applied; or failed, with ``problem`` told
    in the reader's language."""

    id = identifier(required=True)
    kind = one_of(*IMPORT_KINDS)
    file_name = text()
    scope = one_of("partial")
    status = one_of(*IMPORT_STATUSES, required=True)
    counts = fields.Nested(ImportCounts)
    progress = fields.Nested(ImportProgress)
    problem = fields.String(allow_none=True)
    created_by = identifier()
    created_at = moment()
    updated_at = moment()
    version = fields.Integer()


class ImportRowFilter(PageRequest):
    import_id = identifier(required=True)
    outcome = one_of(*ROW_OUTCOMES)


class RowProblem(Contract):
    """What is wrong with a cell, in the reader's language; ``code`` is for machines."""

    column = fields.String(allow_none=True)
    code = fields.String()
    reason = fields.String()
    suggestion = fields.String(allow_none=True)


class ImportRowView(Contract):
    """``row`` is the row's number in the file, as a spreadsheet shows it; ``subject_id`` the person or school meant."""

    row = fields.Integer(required=True)
    outcome = one_of(*ROW_OUTCOMES, required=True)
    name = fields.String(allow_none=True)
    subject_id = fields.String(allow_none=True)
    changes = fields.List(fields.String())
    problems = fields.List(fields.Nested(RowProblem))


STAGE_IMPORT = Command("membership.stage_import", takes=StageChunk, gives=Nothing, body=True)
START_IMPORT = Command("membership.start_import", takes=StartImport, gives=ImportView)
GET_IMPORT = Query("membership.get_import", takes=ImportKey, gives=ImportView)
LIST_IMPORT_ROWS = Query("membership.list_import_rows", takes=ImportRowFilter, gives=page_of(ImportRowView))
APPLY_IMPORT = Command("membership.apply_import", takes=ImportKey, gives=ImportView)
