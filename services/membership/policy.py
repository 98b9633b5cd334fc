"""Who may do what in membership (API.md, "Membership": who may)."""

from __future__ import annotations

from shared.contracts import membership as m
from shared.policy import (
    About,
    Policy,
    anyone,
    client,
    member,
    officer,
    operator,
    rule,
    school_leader,
    signed_in,
    supervisor,
    themselves,
    unbound_client,
)
from shared.standing import Standing


@rule
def staff(who: Standing, about: About) -> bool:
    """Whoever has a role in the district or a school."""
    return bool(who.roles)


@rule
def by_name(who: Standing, about: About) -> bool:
    """Whoever looks for somebody they know the name of."""
    return bool(about.get("by_name"))


@rule
def of_ordinary_standing(who: Standing, about: About) -> bool:
    """The person has no role beyond the school that it is about: nobody takes over an account above their own."""
    return not about["elevated"]


@rule
def of_no_other_school(who: Standing, about: About) -> bool:
    """The person teaches nowhere else, nor is to: no school draws people to itself, or keeps them, to read what it may
    know of its own."""
    return set(about["schools"]) <= {about["npsn"]}


@rule
def kombel(who: Standing, about: About) -> bool:
    """It is about a kombel, a community within one school."""
    return about.get("kind") == "kombel"


@rule
def of_schools_or_teachers(who: Standing, about: About) -> bool:
    """The list is of schools or teachers: whom communities are given to, people say."""
    return about.get("kind") in ("schools", "teachers", "dapodik")


@rule
def joining_openly(who: Standing, about: About) -> bool:
    """People who add themselves, as members, where anybody may."""
    return bool(about.get("open")) and about["person_id"] == who.person_id


@rule
def steward(who: Standing, about: About) -> bool:
    """The operator, of what belongs to the authority that the district is of (docs/decisions/0120)."""
    return who.operator and bool(about.get("own"))


@rule
def steward_of_both(who: Standing, about: About) -> bool:
    """The operator, where both communities belong to the authority that the district is of."""
    return who.operator and bool(about.get("own") and about.get("into_own"))


@rule
def officer_of_both(who: Standing, about: About) -> bool:
    """Whoever is an officer of both communities."""
    return who.officer_of(about["community_id"]) and who.officer_of(about["into"])


POLICY = Policy(
    {
        m.ACTIVATE: anyone,
        m.LOG_IN: anyone,
        m.REFRESH: anyone,
        m.LOG_OUT: signed_in,
        m.CHANGE_PASSWORD: signed_in,
        m.REQUEST_RESET: anyone,
        m.CONFIRM_RESET: anyone,
        m.START_OIDC: anyone,
        m.VERIFY_OIDC: anyone,
        m.LOG_IN_OIDC: anyone,
        m.LINK_IDENTITY: signed_in,
        m.LIST_IDENTITIES: signed_in,
        m.UNLINK_IDENTITY: signed_in,
        m.LIST_MY_SESSIONS: signed_in,
        m.END_SESSION: signed_in,
        m.LIST_API_CLIENTS: operator,
        m.CREATE_API_CLIENT: operator,
        m.ROTATE_API_CLIENT: operator,
        m.REVOKE_API_CLIENT: operator,
        m.ISSUE_TOKEN: anyone,
        m.GET_ME: signed_in,
        m.CHANGE_ME: signed_in,
        m.REQUEST_EXPORT: signed_in,
        m.GET_EXPORT: signed_in,
        m.DOWNLOAD_EXPORT: signed_in,
        m.LINK_EXPORT: signed_in,
        m.LINK_RECORD: signed_in,
        m.LINK_PATH: signed_in,
        m.OPEN_LINK: anyone,
        m.REQUEST_ERASURE: signed_in,
        m.GET_MY_ERASURE: signed_in,
        m.WITHDRAW_ERASURE: signed_in,
        m.LIST_ERASURES: operator,
        m.GET_ERASURE: operator,
        m.REFUSE_ERASURE: operator,
        m.READ_RECEIPT: anyone,
        m.GET_DISTRICT: signed_in,
        m.CHANGE_DISTRICT: operator,
        m.LIST_SCHOOLS: signed_in | client,
        m.GET_SCHOOL: signed_in | client,
        m.CREATE_SCHOOL: operator,
        m.CHANGE_SCHOOL: operator,
        m.LIST_PEOPLE: staff | by_name | client,
        m.GET_PERSON: signed_in | client,
        m.ADD_PERSON: operator | school_leader,
        m.CHANGE_PERSON: operator | (school_leader & of_ordinary_standing),
        m.ISSUE_ACTIVATION: operator | (school_leader & of_ordinary_standing),
        m.PRINT_IMPORT_CARDS: operator,
        m.LINK_IMPORT_CARDS: operator,
        m.PRINT_LINKED_IMPORT_CARDS: anyone,
        m.PRINT_SCHOOL_CARDS: operator | school_leader,
        m.LINK_SCHOOL_CARDS: operator | school_leader,
        m.PRINT_LINKED_SCHOOL_CARDS: anyone,
        m.DISABLE_PERSON: operator | (school_leader & of_ordinary_standing),
        m.ENABLE_PERSON: operator | (school_leader & of_ordinary_standing),
        m.LIST_ASSIGNMENTS: operator | themselves | school_leader | supervisor | client,
        m.ASSIGN: operator | (school_leader & of_no_other_school),
        m.CORRECT_ASSIGNMENT: operator | (school_leader & of_no_other_school),
        m.TAKE_BACK_ASSIGNMENT: operator | school_leader,
        m.TRANSFER: operator,
        m.LIST_MEMBERSHIPS: operator | themselves | school_leader | supervisor,
        m.LIST_TRANSFERS: operator | themselves | school_leader | supervisor | client,
        m.CANCEL_TRANSFER: operator,
        m.LIST_ROLES: operator | themselves,
        m.GRANT_ROLE: operator,
        m.REVOKE_ROLE: operator,
        m.LIST_COMMUNITIES: signed_in | client,
        m.FOUND_COMMUNITY: operator | (school_leader & kombel),
        m.GET_COMMUNITY: signed_in | client,
        m.CHANGE_COMMUNITY: steward | officer,
        m.ARCHIVE_COMMUNITY: steward | officer,
        m.REVIVE_COMMUNITY: steward | officer,
        m.MERGE_COMMUNITY: steward_of_both | officer_of_both,
        m.SHOW_WAITING: signed_in,
        m.PROPOSE_COMMUNITY: signed_in,
        m.LIST_PROPOSALS: signed_in,
        m.GET_PROPOSAL: signed_in,
        m.ACCEPT_PROPOSAL: operator | (school_leader & kombel),
        m.REFUSE_PROPOSAL: operator | (school_leader & kombel),
        m.WITHDRAW_PROPOSAL: themselves,
        m.LIST_MEMBERS: operator | member | supervisor | client,
        m.ADD_MEMBERS: steward | officer | joining_openly,
        m.CHANGE_MEMBER: steward | officer,
        m.REMOVE_MEMBER: steward | officer | themselves,
        m.ASK_TO_JOIN: signed_in,
        m.LIST_JOIN_REQUESTS: steward | officer,
        m.MY_JOIN_REQUESTS: signed_in,
        m.GET_JOIN_REQUEST: signed_in,
        m.APPROVE_JOIN_REQUEST: steward | officer,
        m.REJECT_JOIN_REQUEST: steward | officer,
        m.WITHDRAW_JOIN_REQUEST: themselves,
        m.INVITE: steward | officer,
        m.LIST_INVITATIONS: steward | officer,
        m.REVOKE_INVITATION: steward | officer,
        m.ACCEPT_INVITATION: signed_in,
        m.PREVIEW_INVITATION: anyone,
        m.DRAW_INVITATION: anyone,
        m.LIST_GUESTS: operator | member | supervisor,
        m.ADD_GUEST: steward | officer,
        m.REMOVE_GUEST: steward | officer,
        m.STAGE_IMPORT: operator | unbound_client,
        m.CHECK_IMPORT: operator | (unbound_client & of_schools_or_teachers),
        m.START_IMPORT: operator | (unbound_client & of_schools_or_teachers),
        m.GET_IMPORT: operator | unbound_client,
        m.LIST_IMPORT_ROWS: operator | unbound_client,
        m.DECIDE_ROW: operator | (unbound_client & of_schools_or_teachers),
        m.APPLY_IMPORT: operator | (unbound_client & of_schools_or_teachers),
    }
)
