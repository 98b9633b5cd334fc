"""Who may do what in content."""

from __future__ import annotations

from shared.contracts import content as c
from shared.policy import About, Policy, anyone, client, member, officer, rule, signed_in, supervisor, themselves
from shared.standing import Standing


@rule
def not_for_review(who: Standing, about: About) -> bool:
    """It is about what is published, or one's own; not about what waits for review."""
    return not about["for_review"]


# ``themselves``: the owner of an upload, the author of a resource. Hidden things are not found before this is asked.
POLICY = Policy(
    {
        c.CREATE_UPLOAD: signed_in,
        c.APPEND_CHUNK: themselves,
        c.GET_UPLOAD: themselves,
        c.DELETE_UPLOAD: themselves,
        c.GET_FILE: signed_in | client,
        c.READ_FILE: signed_in | client,
        c.LINK_FILE: signed_in | client,
        c.READ_LINKED_FILE: anyone,
        # As its papers.
        c.SHOW_PHOTOS: member | supervisor,
        c.DRAFT_RESOURCE: member,
        c.LIST_RESOURCES: officer | (signed_in & not_for_review) | (client & not_for_review),
        c.GET_RESOURCE: signed_in | client,
        c.CHANGE_RESOURCE: themselves,
        c.SUBMIT_RESOURCE: themselves & member,
        c.APPROVE_RESOURCE: officer,
        c.RETURN_RESOURCE: officer,
        c.WITHDRAW_RESOURCE: themselves | officer,
        c.SHOW_WAITING: signed_in,
        c.SHOW_PUBLISHED: signed_in,
        c.LIST_VERSIONS: signed_in | client,
    }
)
