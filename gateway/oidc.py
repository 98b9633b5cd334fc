"""The browser's way through a login elsewhere: sent to the provider, back with a code, and on (docs/decisions/0119).

What must come back with the same browser stands in a cookie for ten minutes. The gateway holds no secret of the
provider's and believes nothing that it says: membership does both.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

from flask import Response, request

from gateway import rpc
from gateway.routes import answer_with
from shared.contracts import membership as m
from shared.errors import Invalid, Refusal, Unauthenticated

_SECONDS = 600
_LONGEST = 3000
_KEPT = ("district", "purpose", "return_to", "state", "nonce", "verifier")


def start(data: dict[str, Any]) -> Response:
    """On to the provider."""
    found = rpc.call(m.START_OIDC, data).data
    response = _go_on(found["url"], 302)
    known = {"purpose": "login", **data, **found}
    kept = base64.urlsafe_b64encode(json.dumps({name: known.get(name) for name in _KEPT}).encode()).decode()
    response.set_cookie(_cookie(), kept, max_age=_SECONDS, **_form())
    return response


def callback(given: dict[str, str], device: Callable[[], str | None]) -> Response:
    """Back from the provider, with a code or an error."""
    kept = _kept()
    if kept is None or not hmac.compare_digest(kept["state"].encode(), given.get("state", "").encode()):
        raise Invalid.field("state", "membership.oidc_refused")
    try:
        response = _arrived(kept, given, device)
    except Refusal as refusal:
        if not kept["return_to"]:
            raise
        return _go_on(f"{kept['return_to']}#error={refusal.code}", 303)
    return response


def nonce() -> str:
    """What binds a ticket to this browser; empty where there is no cookie."""
    kept = _kept()
    return kept["nonce"] if kept else ""


def _arrived(kept: dict[str, Any], given: dict[str, str], device: Callable[[], str | None]) -> Response:
    if "code" not in given:
        raise Unauthenticated("membership.oidc_refused")
    asked = {name: kept[name] for name in ("district", "verifier", "nonce")}
    found = rpc.call(m.VERIFY_OIDC, {**asked, "code": given["code"]}, keyed=False)
    if kept["return_to"]:
        return _go_on(f"{kept['return_to']}#ticket={found.data['ticket']}", 303)
    if kept["purpose"] == "link":
        return answer_with(found, 200)
    order = {"district": kept["district"], "ticket": found.data["ticket"], "nonce": kept["nonce"]}
    response = answer_with(rpc.call(m.LOG_IN_OIDC, {**order, "user_agent": device()}, keyed=False), 200)
    response.delete_cookie(_cookie(), **_form())
    return response


def _go_on(address: str, status: int) -> Response:
    return Response(status=status, headers={"Location": address})


def _kept() -> dict[str, Any] | None:
    """What the cookie says, if it is one of ours; nobody else's eyes are on it, so it needs no signature."""
    text = request.cookies.get(_cookie(), "")
    if not text or len(text) > _LONGEST:
        return None
    try:
        kept = json.loads(base64.urlsafe_b64decode(text))
    # Nested deep enough, JSON exhausts the stack.
    except (ValueError, RecursionError):
        return None
    if not isinstance(kept, dict) or not all(_plain(kept.get(name)) for name in _KEPT if name != "return_to"):
        return None
    back = kept.get("return_to")
    return kept if back is None or (_plain(back) and back[:1] == "/" and back[1:2] not in ("/", "\\")) else None


def _plain(value: object) -> bool:
    """Whether this may stand in a header."""
    return isinstance(value, str) and value.isascii() and value.isprintable()


def _cookie() -> str:
    # With this prefix browsers take it from this very host alone, over TLS.
    return "__Host-sanggar_oidc" if rpc.settings().secure else "sanggar_oidc"


def _form() -> dict[str, Any]:
    return {"path": "/", "httponly": True, "samesite": "Lax", "secure": rpc.settings().secure}
