"""Links to what is one's own: an address that a browser opens by itself, in place of a login (docs/decisions/0028).

What a person reads of themselves lies in several services. So a link opens as a short login of its maker: the gateway
is given an access token for the one request, and no service need know of links.
"""

from __future__ import annotations

import hmac
from typing import NamedTuple

from services.membership.keyring import keyring, read_own_link
from services.membership.usecases import exporting
from shared import links
from shared.contracts.record import address_of
from shared.errors import Expired, NotFound
from shared.messaging import Work
from shared.mongo import Doc


class _Address(NamedTuple):
    """A path, and the sign that joins the token to it."""

    path: str
    joined: str


def link_record(work: Work, order: Doc) -> Doc:
    """An address that opens the caller's record of a period as PDF for five minutes."""
    work.allow()
    return _link(work, _Address(address_of(order), "&"))


def link_export(work: Work, order: Doc) -> Doc:
    """An address that opens the caller's archive for five minutes. Raises :class:`Conflict` while parts of it are
    missing."""
    work.allow()
    return _link(work, _Address(exporting.ready(work, order)["url"], "?"))


def link_path(work: Work, asked: Doc) -> Doc:
    """An address that opens this path for five minutes, as far as the caller could."""
    work.allow()
    return _link(work, _Address(asked["path"], "?"))


def open_link(work: Work, asked: Doc) -> Doc:
    """An access token of whoever made the link to this path, for the request that opens it. Raises :class:`NotFound`
    for a link to something else or of nobody's, :class:`Expired` for one past its time or whose maker logged out."""
    work.allow()
    link = read_own_link(asked["token"])
    if link is None:
        raise NotFound()
    keys = keyring(work.settings)
    if not hmac.compare_digest(keys.own_link(work.district, link.sid, link.until, asked["path"]), asked["token"]):
        raise NotFound()
    session = work.store.sessions.get(link.sid)
    if work.now.timestamp() >= link.until or session is None or session["expires_at"] <= work.now:
        raise Expired("common.link_expired")
    token, _ = keys.signer.issue(session["person_id"], work.district, link.sid)
    return {"access_token": token}


def _link(work: Work, address: _Address) -> Doc:
    expires_at = (work.now + links.VALID).replace(microsecond=0)
    until = int(expires_at.timestamp())
    token = keyring(work.settings).own_link(work.district, work.caller.sid, until, address.path)
    return {"token": token, "path": f"{address.path}{address.joined}token={token}", "expires_at": expires_at}
