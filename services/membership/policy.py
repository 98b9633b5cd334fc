"""Who may do what in membership (API.md, "Membership": who may)."""

from __future__ import annotations

from shared.contracts import membership as m
from shared.policy import About, Policy, anyone, member, officer, operator, rule, school_leader, signed_in, themselves
from shared.standing import Standing


@rule
def staff(who: Standing, about: About) -> bool:
    """Whoever has a role in the district or a school."""
    return bool(who.roles)


@rule
def supervisor(who: Standing, about: About) -> bool:
    return who.holds("supervisor", about.get("npsn"))


@rule
def by_name(who: Standing, about: About) -> bool:
    """Whoever looks for somebody they know the name of."""
    return bool(about.get("by_name"))


@rule
def of_ordinary_standing(who: Standing, about: About) -> bool:
    """The person has no role beyond the school that it is about: nobody takes over an account above their own."""
    return not about["elevated"]


@rule
def kombel(who: Standing, about: About) -> bool:
    return about.get("kind") == "kombel"


@rule
def joining_openly(who: Standing, about: About) -> bool:
    """People who add themselves, as members, where anybody may."""
    return bool(about.get("open")) and about["person_id"] == who.person_id


POLICY = Policy(
    {
        m.ACTIVATE: anyone,
        m.LOG_IN: anyone,
        m.REFRESH: anyone,
        m.LOG_OUT: signed_in,
        m.CHANGE_PASSWORD: signed_in,
        m.GET_ME: signed_in,
        m.CHANGE_ME: signed_in,
        m.GET_DISTRICT: signed_in,
        m.CHANGE_DISTRICT: operator,
        m.LIST_SCHOOLS: signed_in,
        m.GET_SCHOOL: signed_in,
        m.CREATE_SCHOOL: operator,
        m.CHANGE_SCHOOL: operator,
        m.LIST_PEOPLE: staff | by_name,
        m.GET_PERSON: signed_in,
        m.ADD_PERSON: operator | school_leader,
        m.CHANGE_PERSON: operator | (school_leader & of_ordinary_standing),
        m.ISSUE_ACTIVATION: operator | (school_leader & of_ordinary_standing),
        m.DISABLE_PERSON: operator | (school_leader & of_ordinary_standing),
        m.ENABLE_PERSON: operator | (school_leader & of_ordinary_standing),
        m.LIST_ASSIGNMENTS: operator | themselves | school_leader | supervisor,
        m.ASSIGN: operator | school_leader,
        m.LIST_ROLES: operator | themselves,
        m.GRANT_ROLE: operator,
        m.REVOKE_ROLE: operator,
        m.LIST_COMMUNITIES: signed_in,
        m.FOUND_COMMUNITY: operator | (school_leader & kombel),
        m.GET_COMMUNITY: signed_in,
        m.CHANGE_COMMUNITY: operator | officer,
        m.ARCHIVE_COMMUNITY: operator | officer,
        m.LIST_MEMBERS: operator | member | supervisor,
        m.ADD_MEMBERS: operator | officer | joining_openly,
        m.CHANGE_MEMBER: operator | officer,
        m.REMOVE_MEMBER: operator | officer | themselves,
        m.STAGE_IMPORT: operator,
        m.START_IMPORT: operator,
        m.GET_IMPORT: operator,
        m.LIST_IMPORT_ROWS: operator,
        m.APPLY_IMPORT: operator,
    }
)
