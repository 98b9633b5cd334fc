"""How people come into a community: requests to join, invitations; and guests, who have no account."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    Followed,
    Query,
    day,
    district_id,
    flag,
    identifier,
    moment,
    note,
    npsn,
    one_of,
    page_of,
    text,
)
from shared.contracts.membership.communities import MemberView
from shared.contracts.words import COMMUNITY_KINDS, JOIN_STATUSES, LEVELS, PHASES

MOST_USES = 500
INVITATION_CODE = r"[0-9]{2}([0-9]{2}|c[0-9]{2})-[2-9a-hjkmnp-z]{12}\Z"
GUEST_PARTS = ("narasumber", "pengawas", "other")


class AskToJoin(Contract):
    """``reason`` is for the community's officers, who decide where its join policy is ``approval``. Where it is
    ``open`` the asker is a member at once, and the request approved; by ``invitation`` alone nobody asks."""

    community_id = identifier(required=True)
    reason = note(1000, load_default="")


class JoinRequestView(Contract):
    """``answer`` is what the officers told the asker; both texts are seen by the asker and the officers alone."""

    id = identifier(required=True)
    community_id = identifier(required=True)
    person_id = identifier(required=True)
    name = fields.String(allow_none=True)
    npsn = npsn(allow_none=True)
    reason = note(1000)
    status = one_of(*JOIN_STATUSES)
    answer = note(1000, allow_none=True)
    decided_at = moment(allow_none=True)
    created_at = moment()
    updated_at = moment()
    version = fields.Integer()


class JoinRequestFilter(Followed):
    """In the order in which people asked."""

    community_id = identifier(required=True)
    status = one_of(*JOIN_STATUSES, load_default="pending")


class JoinRequestKey(Contract):
    request_id = identifier(required=True)


class ApproveJoinRequest(JoinRequestKey):
    reason = note(1000, allow_none=True, load_default=None)


class RejectJoinRequest(JoinRequestKey):
    reason = text(1000, required=True)


class InviteToCommunity(Contract):
    """Whoever holds the link comes in as ``role``, until so many have (``max_uses``) or it expires: in 14 days unless
    said otherwise, in 180 at most. ``note`` is for the officers."""

    community_id = identifier(required=True)
    role = one_of("member", "guest", load_default="member")
    max_uses = fields.Integer(load_default=40, strict=True, validate=validate.Range(1, MOST_USES))
    expires_at = moment(allow_none=True, load_default=None)
    note = text(200, allow_none=True, load_default=None)


class InvitationView(Contract):
    """``code`` begins with the district; ``link`` is what the QR code holds."""

    code = fields.String(required=True)
    community_id = identifier(required=True)
    role = one_of("member", "guest")
    note = text(200, allow_none=True)
    link = fields.String()
    status = one_of("open", "used_up", "expired", "revoked")
    max_uses = fields.Integer()
    uses = fields.Integer()
    expires_at = moment()
    created_at = moment()
    updated_at = moment()
    version = fields.Integer()


class InvitationFilter(Followed):
    """The newest first."""

    community_id = identifier(required=True)


class InvitationKey(Contract):
    """``code``: a district's id and twelve letters and digits."""

    code = fields.String(required=True, validate=validate.Regexp(INVITATION_CODE, error="membership.invitation_code"))


class PublicInvitationKey(InvitationKey):
    """``district`` is what the code begins with."""

    district = district_id(required=True)


class QrKey(PublicInvitationKey):
    form = one_of("svg", "png", load_default="svg")


class InvitationPreview(Contract):
    """What one is invited to, for whoever holds the code; nothing of the people in it."""

    code = fields.String(required=True)
    name = fields.String()
    kind = one_of(*COMMUNITY_KINDS)
    level = one_of(*LEVELS, allow_none=True)
    subject = text(100, allow_none=True)
    phase = one_of(*PHASES, allow_none=True)
    school = fields.String(allow_none=True)
    district_name = fields.String()
    role = one_of("member", "guest")
    usable = flag()
    expires_at = moment()


class QrImage(Contract):
    content_type = fields.String(required=True)


class GuestView(Contract):
    """Somebody who comes without an account: a narasumber, a pengawas."""

    id = identifier(required=True)
    community_id = identifier(required=True)
    name = text(required=True)
    institution = text(required=True)
    part = one_of(*GUEST_PARTS, required=True)
    valid_from = day(allow_none=True, data_key="from")
    valid_until = day(allow_none=True, data_key="until")
    created_at = moment()
    updated_at = moment()
    version = fields.Integer()


class AddGuest(Contract):
    community_id = identifier(required=True)
    name = text(required=True)
    institution = text(required=True)
    part = one_of(*GUEST_PARTS, load_default="narasumber")
    valid_from = day(allow_none=True, load_default=None, data_key="from")
    valid_until = day(allow_none=True, load_default=None, data_key="until")


class GuestFilter(Followed):
    """In the order in which they were added."""

    community_id = identifier(required=True)


class GuestKey(Contract):
    community_id = identifier(required=True)
    guest_id = identifier(required=True)


ASK_TO_JOIN = Command("membership.ask_to_join", takes=AskToJoin, gives=JoinRequestView)
LIST_JOIN_REQUESTS = Query("membership.list_join_requests", takes=JoinRequestFilter, gives=page_of(JoinRequestView))
MY_JOIN_REQUESTS = Query("membership.my_join_requests", takes=Followed, gives=page_of(JoinRequestView))
GET_JOIN_REQUEST = Query("membership.get_join_request", takes=JoinRequestKey, gives=JoinRequestView)
APPROVE_JOIN_REQUEST = Command(
    "membership.approve_join_request",
    takes=ApproveJoinRequest,
    gives=JoinRequestView,
    audited=Audited("join_request", key="request_id"),
)
REJECT_JOIN_REQUEST = Command(
    "membership.reject_join_request",
    takes=RejectJoinRequest,
    gives=JoinRequestView,
    audited=Audited("join_request", key="request_id"),
)
WITHDRAW_JOIN_REQUEST = Command(
    "membership.withdraw_join_request",
    takes=JoinRequestKey,
    gives=JoinRequestView,
    audited=Audited("join_request", key="request_id"),
)

INVITE = Command(
    "membership.invite",
    takes=InviteToCommunity,
    gives=InvitationView,
    audited=Audited("community", values=("role", "max_uses")),
)
LIST_INVITATIONS = Query("membership.list_invitations", takes=InvitationFilter, gives=page_of(InvitationView))
REVOKE_INVITATION = Command(
    "membership.revoke_invitation",
    takes=InvitationKey,
    gives=InvitationView,
    audited=Audited("community", values=("code",)),
)
ACCEPT_INVITATION = Command("membership.accept_invitation", takes=InvitationKey, gives=MemberView)
PREVIEW_INVITATION = Query(
    "membership.preview_invitation", takes=PublicInvitationKey, gives=InvitationPreview, public=True
)
DRAW_INVITATION = Query("membership.draw_invitation", takes=QrKey, gives=QrImage, public=True, streams=True)

LIST_GUESTS = Query("membership.list_guests", takes=GuestFilter, gives=page_of(GuestView))
ADD_GUEST = Command("membership.add_guest", takes=AddGuest, gives=GuestView, audited=Audited("community"))
REMOVE_GUEST = Command("membership.remove_guest", takes=GuestKey, audited=Audited("guest"))
