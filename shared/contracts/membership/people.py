"""People, where they teach, and the roles that were granted to them."""

from __future__ import annotations

from marshmallow import fields, validate

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
from shared.contracts.words import ROLES


class PersonView(Contract):
    """A person as the reader may see them: for those who need not know them, contacts, NUPTK and username are ``null``,
    the NIP is masked or ``null``, and ``external_ids`` are empty."""

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
    external_ids = external_ids()
    created_at = moment()
    updated_at = moment()
    version = fields.Integer()


class AssignmentView(Contract):
    """A dated fact; ``until`` is the last day, or ``null``."""

    id = identifier(required=True)
    person_id = identifier(required=True)
    npsn = npsn(required=True)
    school = text(allow_none=True)
    primary = flag()
    duty = text(100, allow_none=True)
    valid_from = day(data_key="from")
    valid_until = day(data_key="until", allow_none=True)
    updated_at = moment()
    version = fields.Integer()


class RoleView(Contract):
    """A role; ``scope`` is the NPSN it is bound to, or ``null`` for the whole district."""

    id = identifier(required=True)
    person_id = identifier(required=True)
    role = one_of(*ROLES, required=True)
    scope_id = npsn(data_key="scope", allow_none=True)
    valid_from = day(data_key="from")
    valid_until = day(data_key="until", allow_none=True)
    updated_at = moment()
    version = fields.Integer()


class PeopleFilter(RecordFilter):
    """``q``: the beginning of any word of the name, at least two letters; ``school``: who teaches there now.

    With ``on``, ``school`` is who taught there on that day, and ``npsn`` each one's primary school then."""

    q = text(100, 2)
    school = npsn()
    subject = text(100)
    on = day()


class PersonKey(Contract):
    person_id = identifier(required=True)


class GetPerson(PersonKey):
    """With ``on``, ``npsn`` is the primary school of that day; for those who may see the person's assignments."""

    on = day()


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
    external_ids = external_ids(load_default=list)


class ChangePerson(Versioned):
    person_id = identifier(required=True)
    name = text()
    nuptk = text(30, allow_none=True)
    nip = text(30, allow_none=True)
    employment = text(50, allow_none=True)
    email = fields.Email(allow_none=True, validate=validate.Length(max=200))
    phone = text(30, allow_none=True)
    subjects = fields.List(text(100), validate=validate.Length(max=20))
    external_ids = external_ids()


class ActivationView(Contract):
    """What the card says. ``code`` works once, until ``expires_at``; a new one makes the earlier one worthless."""

    person_id = identifier(required=True)
    username = text(required=True)
    code = text(required=True)
    expires_at = moment(required=True)


LIST_PEOPLE = Query("membership.list_people", takes=PeopleFilter, gives=page_of(PersonView), scope="people:read")
GET_PERSON = Query("membership.get_person", takes=GetPerson, gives=PersonView, scope="people:read")
ADD_PERSON = Command(
    "membership.add_person", takes=AddPerson, gives=PersonView, audited=Audited("person", values=("npsn", "duty"))
)
CHANGE_PERSON = Command("membership.change_person", takes=ChangePerson, gives=PersonView, audited=Audited("person"))
ISSUE_ACTIVATION = Command(
    "membership.issue_activation", takes=PersonKey, gives=ActivationView, secret=True, audited=Audited("person")
)
DISABLE_PERSON = Command("membership.disable_person", takes=PersonKey, gives=PersonView, audited=Audited("person"))
ENABLE_PERSON = Command("membership.enable_person", takes=PersonKey, gives=PersonView, audited=Audited("person"))


# --- assignments and roles ----------------------------------------------------------------------------------------


class PersonFacts(Followed):
    """With ``on``, what held on that day only."""

    person_id = identifier(required=True)
    on = day()


class Assign(Contract):
    """``from`` is today unless said."""

    person_id = identifier(required=True)
    npsn = npsn(required=True)
    primary = flag(load_default=False)
    duty = text(100, allow_none=True, load_default=None)
    valid_from = day(data_key="from", allow_none=True, load_default=None)
    valid_until = day(data_key="until", allow_none=True, load_default=None)


class AssignmentKey(Contract):
    person_id = identifier(required=True)
    assignment_id = identifier(required=True)


class CorrectAssignment(Versioned, AssignmentKey):
    """Ends an assignment (``until``) or sets right what was said of it. What it said before is kept."""

    primary = flag()
    duty = text(100, allow_none=True)
    valid_from = day(data_key="from")
    valid_until = day(data_key="until", allow_none=True)


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
    "membership.list_assignments", takes=PersonFacts, gives=page_of(AssignmentView), scope="people:read"
)
ASSIGN = Command(
    "membership.assign",
    takes=Assign,
    gives=AssignmentView,
    audited=Audited("person", values=("npsn", "primary", "duty", "from", "until")),
)
CORRECT_ASSIGNMENT = Command(
    "membership.correct_assignment",
    takes=CorrectAssignment,
    gives=AssignmentView,
    audited=Audited("person", values=("assignment_id", "primary", "duty", "from", "until")),
)
TAKE_BACK_ASSIGNMENT = Command(
    "membership.take_back_assignment", takes=AssignmentKey, audited=Audited("person", values=("assignment_id",))
)
LIST_ROLES = Query("membership.list_roles", takes=PersonFacts, gives=page_of(RoleView))
GRANT_ROLE = Command(
    "membership.grant_role",
    takes=GrantRole,
    gives=RoleView,
    audited=Audited("person", values=("role", "scope", "from", "until")),
)
REVOKE_ROLE = Command(
    "membership.revoke_role", takes=RoleKey, gives=RoleView, audited=Audited("person", values=("grant_id",))
)
