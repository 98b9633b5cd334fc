"""API clients: made, listed, given a new secret, revoked; and the tokens they work with (docs/decisions/0110)."""

from __future__ import annotations

from services.membership import access
from services.membership.domain import clients
from services.membership.keyring import keyring
from shared.errors import Conflict, Invalid, Unauthenticated
from shared.identity import ACCESS_TOKEN_LIFE
from shared.ids import new_id
from shared.messaging import Work
from shared.mongo import Doc


def create_api_client(work: Work, order: Doc) -> Doc:
    """A client and its secret, which nobody can read again."""
    work.allow()
    if work.store.api_clients.count() >= clients.MOST_CLIENTS:
        raise Conflict("membership.too_many_clients", most=clients.MOST_CLIENTS)
    schools = sorted(set(order["schools"]))
    known = work.store.schools.get_many(schools)
    unknown = [npsn for npsn in schools if npsn not in known]
    if unknown:
        raise Invalid.field("schools", "membership.unknown_school", npsn=unknown[0])
    secret, id_ = clients.new_secret(work.district), new_id()
    client = work.store.api_clients.insert(
        {
            "id": id_,
            "client_id": clients.client_id(work.district, id_),
            "name": order["name"],
            "scopes": sorted(set(order["scopes"])),
            "schools": schools,
            "status": "active",
            "digest": clients.digest(secret),
            "previous_digest": None,
            "previous_secret_until": None,
            "created_by": work.caller.person_id,
            "last_used_at": None,
            "revoked_at": None,
        }
    )
    access.open_to_client(work, id_)
    return {**client, "client_secret": secret}


def list_api_clients(work: Work, order: Doc) -> Doc:
    """The district's clients, revoked ones too, in the order they were made."""
    work.allow()
    found: Doc = work.store.api_clients.page({}, order).as_dict()
    return found


def rotate_api_client(work: Work, order: Doc) -> Doc:
    """A new secret; the one before it works for another 24 hours, so that the system need not stop."""
    work.allow()
    client = _require(work, order)
    if client["status"] == "revoked":
        raise Conflict("membership.client_revoked")
    secret = clients.new_secret(work.district)
    changes = {
        "digest": clients.digest(secret),
        "previous_digest": client["digest"],
        "previous_secret_until": work.now + clients.ROTATION,
    }
    return {**work.store.api_clients.save({**client, **changes}), "client_secret": secret}


def revoke_api_client(work: Work, order: Doc) -> None:
    """Neither its secret nor any of its tokens counts any more, within seconds, everywhere."""
    work.allow()
    client = _require(work, order)
    if client["status"] == "active":
        work.store.api_clients.save({**client, "status": "revoked", "revoked_at": work.now})
        access.shut_to_client(work, client["id"])


def issue_token(work: Work, order: Doc) -> Doc:
    """A token for whoever shows a client's secret. An unknown client and a wrong secret get the same answer."""
    work.allow()
    client = work.store.api_clients.get(clients.id_of(order["client_id"]))
    if client is None or not clients.proves(client, order["client_secret"], work.now):
        raise Unauthenticated("membership.wrong_client")
    scopes = clients.granted(client, order["scopes"])
    work.store.api_clients.update(client["id"], set={"last_used_at": work.now})
    signer = keyring(work.settings).signer
    return {
        "access_token": signer.issue_to_client(
            client["id"], client["client_id"], work.district, scopes, client["schools"]
        ),
        "token_type": "Bearer",
        "expires_in": int(ACCESS_TOKEN_LIFE.total_seconds()),
        "scope": " ".join(scopes),
    }


def _require(work: Work, order: Doc) -> Doc:
    found: Doc = work.store.api_clients.require(order["api_client_id"], "membership.no_client")
    return found
