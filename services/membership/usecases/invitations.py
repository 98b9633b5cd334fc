"""Invitations: a link or QR code by which people come into a community, so many and so long."""

from __future__ import annotations

import io
import secrets

import segno

from services.membership import authority, belonging
from services.membership.domain import communities, joining
from services.membership.usecases.communities import require_community
from services.membership.usecases.members import shown_members
from shared.communities import known_community, whole
from shared.errors import Conflict, NotFound
from shared.messaging import Work, offload
from shared.mongo import Doc
from shared.paging import Page

# Without letters that are read as digits, or as another letter, when somebody types a code from a poster.
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_LENGTH = 12
_DOTS = 8
_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


def invite(work: Work, order: Doc) -> Doc:
    """A new link to give to people."""
    community = require_community(work, order)
    work.allow(**authority.of_community(work, community))
    communities.check_open(community)
    expires_at = joining.expiry(order.pop("expires_at"), work.now)
    code = "".join(secrets.choice(LETTERS) for _ in range(_LENGTH))
    plain = {"uses": 0, "expires_at": expires_at, "revoked_at": None, "created_by": work.caller.person_id}
    invitation = work.store.invitations.insert({"id": f"{work.district}-{code}", **order, **plain})
    return _shown(work, invitation)


def list_invitations(work: Work, order: Doc) -> Doc:
    """All invitations of a community, those that count no more too."""
    community = require_community(work, order)
    work.allow(**authority.of_community(work, community))
    where = [{"community_id": id_} for id_ in whole(work.store, [community["id"]])]
    page = work.store.invitations.page(where, order, newest_first=True)
    found: Doc = Page([_shown(work, each) for each in page.items], page.next).as_dict()
    return found


def revoke_invitation(work: Work, order: Doc) -> Doc:
    """Nobody comes in by it any more; who did stays."""
    invitation, community = _found(work, order)
    if not (work.standing.operator or work.standing.officer_of(community["id"])):
        raise NotFound("membership.invitation_unknown")
    work.concerns(community["id"])
    work.allow(**authority.of_community(work, community))
    if invitation["revoked_at"] is None:
        invitation = work.store.invitations.save({**invitation, "revoked_at": work.now})
    return _shown(work, invitation)


def accept_invitation(work: Work, order: Doc) -> Doc:
    """The caller comes in. The invitation's own record guards how many may; who is in already uses up nothing."""
    invitation, community = _found(work, order)
    work.allow()
    communities.check_open(community)
    key = f"{community['id']}/{work.caller.person_id}"
    record = work.store.members.get(key)
    if record is None or not record["active"]:
        work.store.invitations.save(joining.used(invitation, work.now))
        [record] = belonging.join(work, community["id"], [work.caller.person_id], invitation["role"])
    else:
        record = belonging.agree(work, record)
    return shown_members(work, [record])[0]


def preview_invitation(work: Work, order: Doc) -> Doc:
    """What it is an invitation to, for anybody who holds it."""
    work.allow()
    invitation, community = _found(work, order)
    school = community["npsn"] and work.store.schools.get(community["npsn"])
    usable = joining.status(invitation, work.now) == "open" and community["status"] == "active"
    return {
        "code": invitation["id"],
        **{name: community[name] for name in ("name", "kind", "level", "subject", "phase")},
        "school": school["name"] if school else None,
        "district_name": work.store.districts.require(work.district)["name"],
        "role": invitation["role"],
        "usable": usable,
        "expires_at": invitation["expires_at"],
    }


def draw_invitation(work: Work, order: Doc) -> tuple[Doc, bytes]:
    """The link as a QR code, to print or to show. Raises :class:`Conflict` for one that counts no more."""
    work.allow()
    invitation, _ = _found(work, order)
    if joining.status(invitation, work.now) != "open":
        raise Conflict("membership.invitation_over")
    return {"content_type": _TYPES[order["form"]]}, offload(_drawn, _link(work, invitation), order["form"])


def _found(work: Work, order: Doc) -> tuple[Doc, Doc]:
    invitation = work.store.invitations.require(order["code"], "membership.invitation_unknown")
    return invitation, known_community(work.store, invitation["community_id"])


def _shown(work: Work, invitation: Doc) -> Doc:
    said = {"code": invitation["id"], "link": _link(work, invitation), "status": joining.status(invitation, work.now)}
    return {**invitation, **said}


def _link(work: Work, invitation: Doc) -> str:
    return f"{work.settings.public_url}/v1/invitations/{invitation['id']}"


def _drawn(link: str, form: str) -> bytes:
    image = io.BytesIO()
    segno.make(link, error="m", micro=False).save(image, kind=form, scale=_DOTS, border=4)
    return image.getvalue()
