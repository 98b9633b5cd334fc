"""Logging in by an account elsewhere (OpenID Connect), and linking it (docs/decisions/0119).

The provider is asked in queries. What it said travels to the command that acts on it as a *ticket*, sealed with
membership's key and bound to the browser that began: whoever carries it can neither read more out of it nor change it.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from services.membership import codes, credentials, oidc, sessions
from services.membership.keyring import keyring
from services.membership.oidc import Provider
from shared import paging
from shared.errors import Conflict, Invalid, NotFound, Unauthenticated
from shared.messaging import Work
from shared.mongo import Doc, Taken

TICKET_LIFE = timedelta(minutes=10)
_MOST = 20


def start_oidc(work: Work, order: Doc) -> Doc:
    """Where to send somebody to log in, and what their browser must bring back."""
    work.allow()
    provider = _provider(work)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    url = provider.authorization_url(_redirect_uri(work), state, nonce, verifier)
    return {"url": url, "state": state, "nonce": nonce, "verifier": verifier}


def verify_oidc(work: Work, order: Doc) -> Doc:
    """A ticket for whom the provider says that came back."""
    work.allow()
    who = _provider(work).identity(order["code"], _redirect_uri(work), order["verifier"], order["nonce"])
    expires_at = (work.now + TICKET_LIFE).replace(microsecond=0)
    said = {
        "identity": hashlib.sha256(f"{who.issuer}\0{who.subject}".encode()).hexdigest(),
        "issuer": who.issuer,
        "email": who.email,
        "once": who.token_id,
        "nonce": order["nonce"],
        "until": int(expires_at.timestamp()),
    }
    return {"ticket": keyring(work.settings).seal(work.district, said), "expires_at": expires_at}


def log_in_oidc(work: Work, order: Doc) -> Doc:
    """Log in as the person to whom the identity is linked; at first, as the one whose e-mail address it proves."""
    work.allow()
    said = _spent(work, order)
    known = work.store.identities.get(said["identity"])
    person = work.store.people.require(known["person_id"]) if known else _by_email(work, said["email"])
    if person is None:
        raise Unauthenticated("membership.oidc_unlinked")
    work.concerns(person["id"])
    credentials.check_present(person)
    if known is None:
        _link(work, person["id"], said)
    account = work.store.accounts.get(person["id"]) or work.store.accounts.insert(codes.no_account(person))
    return sessions.begin(work, credentials.activated(work, person, account), order["user_agent"])


def link_identity(work: Work, order: Doc) -> Doc:
    """Let the caller log in by this identity from now on."""
    work.allow()
    said = _spent(work, order)
    known = work.store.identities.get(said["identity"])
    if known is not None and known["person_id"] != work.caller.person_id:
        raise Conflict("membership.identity_taken")
    if known is None and len(_of(work)) >= _MOST:
        raise Conflict("membership.identities_many", most=_MOST)
    return known or _link(work, work.caller.person_id, said)


def list_identities(work: Work, order: Doc) -> Doc:
    """By which accounts elsewhere the caller may log in; all of them fit one page."""
    work.allow()
    return paging.few(sorted(_of(work), key=lambda identity: identity["created_at"]), order).as_dict()


def unlink_identity(work: Work, order: Doc) -> None:
    """Not to log in by this one any more."""
    work.allow()
    identity = work.store.identities.get(order["identity_id"])
    if identity is None or identity["person_id"] != work.caller.person_id:
        raise NotFound()
    work.store.identities.delete(identity["id"])


def _provider(work: Work) -> Provider:
    provider = oidc.provider(work.settings)
    if provider is None or work.store.districts.get(work.district) is None:
        raise Invalid.field("district", "membership.oidc_off")
    return provider


def _redirect_uri(work: Work) -> str:
    return f"{work.settings.public_url}/v1/auth/oidc/callback"


def _spent(work: Work, order: Doc) -> Doc:
    """What a ticket says, once. Raises :class:`Invalid`."""
    said = keyring(work.settings).unseal(work.district, order["ticket"])
    if said is None or not secrets.compare_digest(said["nonce"].encode(), order["nonce"].encode()):
        raise Invalid.field("ticket", "membership.oidc_refused")
    until = datetime.fromtimestamp(said["until"], UTC)
    if until <= work.now:
        raise Invalid.field("ticket", "membership.oidc_refused")
    try:
        work.store.spent.insert({"id": said["once"], "expires_at": until + timedelta(minutes=1)})
    except Taken:
        raise Invalid.field("ticket", "membership.oidc_refused") from None
    return said


def _by_email(work: Work, email: str | None) -> Doc | None:
    """The one person with this address by the district's records: one that people gave themselves could be anybody's,
    who would then be let into their account in place of an own one."""
    person = credentials.only_owner(work, f"email:{email}") if email else None
    return None if person is None or person["own_contacts"] else person


def _of(work: Work) -> list[Doc]:
    found: list[Doc] = work.store.identities.find({"person_id": work.caller.person_id}, limit=_MOST)
    return found


def _link(work: Work, person_id: str, said: Doc) -> Doc:
    linked: Doc = work.store.identities.insert(
        {"id": said["identity"], "person_id": person_id, "issuer": said["issuer"]}
    )
    return linked
