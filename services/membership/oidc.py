"""The identity provider of the deployment, asked by OpenID Connect: discovery, authorization code with PKCE, ID token.

Everything here talks to the provider over HTTP, so it is called in queries, which hold no transaction, and never in
commands. The documents that say where and with which keys are kept for an hour.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
import requests

from shared import logs
from shared.errors import Unauthenticated, Unavailable
from shared.settings import Settings

# Asymmetric ones only: with the others whoever knows the client's secret could make tokens.
_ALGORITHMS = ("RS256", "ES256", "PS256", "EdDSA")
_KEPT_SECONDS = 3600.0
_REFRESH_SECONDS = 10.0
_CONNECT_SECONDS, _READ_SECONDS = 3.0, 4.0
_MOST_BYTES = 500_000
_LEEWAY_SECONDS = 30
_log = logs.get(__name__)


@dataclass(frozen=True)
class Identity:
    """Who somebody is at the provider, as a checked ID token says. ``email`` is in small letters, and only there if the
    provider has verified it; ``token_id`` names the token, to see that it is used once."""

    issuer: str
    subject: str
    email: str | None
    token_id: str


class Provider:
    """One provider, by its issuer's URL. Knows nothing until it is first asked."""

    def __init__(self, issuer: str, client_id: str, secret: str, domains: tuple[str, ...] = ()) -> None:
        self._issuer, self._client_id, self._secret, self._domains = issuer, client_id, secret, domains
        self._lock = threading.Lock()
        self._about: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, jwt.PyJWKSet] | None = None

    def authorization_url(self, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Where somebody is sent to log in. Raises :class:`Unavailable` while the provider is away."""
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid email",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
            "prompt": "select_account",
        }
        if len(self._domains) == 1:
            asked["hd"] = self._domains[0]
        endpoint = str(self._discovered()["authorization_endpoint"])
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"

    def identity(self, code: str, redirect_uri: str, verifier: str, nonce: str) -> Identity:
        """Who came back with this code. Raises :class:`Unauthenticated`, :class:`Unavailable`."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        answer = self._http("POST", str(self._discovered()["token_endpoint"]), form)
        return self.read(str(answer.get("id_token", "")), nonce)

    def read(self, id_token: str, nonce: str) -> Identity:
        """What an ID token says (OpenID Connect Core 1.0, 3.1.3.7). Raises :class:`Unauthenticated` for one that is
        forged, of another issuer, for another client, too old, of another login, or of a domain that is not ours."""
        claims = self._claims(id_token)
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise _refused("nonce")
        if claims.get("azp", self._client_id) != self._client_id:
            raise _refused("azp")
        verified = claims.get("email_verified") in (True, "true")
        email = str(claims["email"]).strip().casefold() if verified and claims.get("email") else None
        if self._domains and not self._ours(str(claims.get("hd", "")).casefold()):
            raise Unauthenticated("membership.oidc_domain")
        token_id = hashlib.sha256(id_token.encode()).hexdigest()
        return Identity(self._issuer, str(claims["sub"]), email, token_id)

    def _ours(self, domain: str) -> bool:
        return any(domain == ours or domain.endswith("." + ours) for ours in self._domains)

    def _claims(self, id_token: str) -> dict[str, Any]:
        try:
            kid = jwt.get_unverified_header(id_token).get("kid")
            claims: dict[str, Any] = jwt.decode(
                id_token,
                self._key(kid),
                algorithms=list(_ALGORITHMS),
                audience=self._client_id,
                issuer=str(self._discovered()["issuer"]),
                leeway=_LEEWAY_SECONDS,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
            raise _refused(type(error).__name__) from None
        return claims

    def _key(self, kid: str | None) -> jwt.PyJWK:
        """The provider's key of this name; one that is not known is looked for once more. Raises ``KeyError``."""
        found = self._named(kid, _KEPT_SECONDS) or self._named(kid, _REFRESH_SECONDS)
        if found is None:
            raise KeyError(kid)
        return found

    def _named(self, kid: str | None, at_most: float) -> jwt.PyJWK | None:
        usable = [key for key in self._key_set(at_most).keys if key.public_key_use in (None, "sig")]
        if kid is None:
            return usable[0] if len(usable) == 1 else None
        return next((key for key in usable if key.key_id == kid), None)

    def _key_set(self, at_most: float) -> jwt.PyJWKSet:
        with self._lock:
            kept = self._keys
        if kept is not None and time.monotonic() - kept[0] < at_most:
            return kept[1]
        try:
            keys = jwt.PyJWKSet.from_dict(self._http("GET", str(self._discovered()["jwks_uri"])))
        except jwt.PyJWTError:
            raise Unavailable("membership.oidc_away") from None
        with self._lock:
            self._keys = (time.monotonic(), keys)
        return keys

    def _discovered(self) -> Mapping[str, Any]:
        """The provider's metadata (OpenID Connect Discovery 1.0, 4), which must speak of the issuer that was asked."""
        with self._lock:
            kept = self._about
        if kept is not None and time.monotonic() - kept[0] < _KEPT_SECONDS:
            return kept[1]
        about = self._http("GET", f"{self._issuer}/.well-known/openid-configuration")
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if str(about.get("issuer", "")).rstrip("/") != self._issuer or not all(about.get(name) for name in wanted):
            _log.warning("the identity provider's metadata speak of another issuer or lack an address")
            raise Unavailable("membership.oidc_away")
        with self._lock:
            self._about = (time.monotonic(), about)
        return about

    def _http(self, method: str, url: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The JSON of an answer. Raises :class:`Unauthenticated` when the provider refuses, :class:`Unavailable` when
        it is away or talks nonsense."""
        # The client's name and secret are encoded before they are joined (RFC 6749, 2.3.1).
        login = (quote(self._client_id, ""), quote(self._secret, "")) if form is not None else None
        try:
            with requests.request(
                method,
                url,
                data=form,
                auth=login,
                timeout=(_CONNECT_SECONDS, _READ_SECONDS),
                allow_redirects=False,
                stream=True,
                headers={"Accept": "application/json"},
            ) as answer:
                body = answer.raw.read(_MOST_BYTES, decode_content=True)
                if form is not None and answer.status_code in (400, 401):
                    raise _refused("token_endpoint")
                if answer.status_code != 200:
                    raise ValueError
                found = json.loads(body)
        except (requests.RequestException, ValueError, OSError) as error:
            _log.warning("the identity provider is away", error=type(error).__name__)
            raise Unavailable("membership.oidc_away", retry_after=5) from None
        if not isinstance(found, dict):
            raise Unavailable("membership.oidc_away")
        return found


def challenge(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


@lru_cache(maxsize=4)
def provider(settings: Settings) -> Provider | None:
    """The deployment's provider; ``None`` where none is configured."""
    if not settings.oidc_issuer:
        return None
    return Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, settings.oidc_domains)


def _refused(why: str) -> Unauthenticated:
    _log.info("an identity was refused", why=why)
    return Unauthenticated("membership.oidc_refused")
