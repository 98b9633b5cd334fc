"""Who may do what in content."""

from __future__ import annotations

from shared.contracts import content as c
from shared.policy import About, Policy, anyone, member, officer, rule, signed_in, themselves
from shared.standing import Standing


@rule
def reader_or_reviewer(who: Standing, about: About) -> bool:
    """Everyone reads what is published; what waits for review is for the community's officers."""
    return not about["for_review"] or who.officer_of(about["community_id"])


# ``themselves``: the owner of an upload, the author of a resource. Hidden things are not found before this is asked.
POLICY = Policy(
    {
        c.CREATE_UPLOAD: signed_in,
        c.APPEND_CHUNK: themselves,
        c.GET_UPLOAD: themselves,
        c.DELETE_UPLOAD: themselves,
        c.GET_FILE: signed_in,
        c.READ_FILE: signed_in,
        c.LINK_FILE: signed_in,
        c.READ_LINKED_FILE: anyone,
        c.DRAFT_RESOURCE: member,
        c.LIST_RESOURCES: reader_or_reviewer,
        c.GET_RESOURCE: signed_in,
        c.CHANGE_RESOURCE: themselves,
        c.SUBMIT_RESOURCE: themselves & member,
        c.APPROVE_RESOURCE: officer,
        c.RETURN_RESOURCE: officer,
        c.WITHDRAW_RESOURCE: themselves | officer,
        c.LIST_VERSIONS: signed_in,
    }
)
