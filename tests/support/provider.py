"""A standards-true OpenID provider on loopback (Authlib's server), at which tests log in whomever they like.

PKCE and a nonce are a must, the client's secret is checked, a code works once. What is said of a user goes into their
ID tokens, in place of what would stand there; ``answer`` replaces the token endpoint's whole answer.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, jsonify, request
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "sanggar.example", "s3cret/with+signs"


class _Client(ClientMixin):  # type: ignore[misc]
    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/v1/auth/oidc/callback")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class _Code(AuthorizationCodeMixin):  # type: ignore[misc]
    def __init__(self, user: dict[str, Any], asked: Any) -> None:
        self.user, self.redirect_uri, self.scope = user, asked["redirect_uri"], asked["scope"]
        self.nonce = asked.get("nonce")
        self.code_challenge = asked.get("code_challenge")
        self.code_challenge_method = asked.get("code_challenge_method")

    def get_redirect_uri(self) -> str:
        return str(self.redirect_uri)

    def get_scope(self) -> str:
        return str(self.scope)

    def get_nonce(self) -> Any:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Provider:
    """The provider; runs from :meth:`start` to :meth:`stop`."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.answer: Any = None
        self.token_requests = 0
        self._port = port
        self._codes: dict[str, _Code] = {}
        self.new_key()

    def new_key(self) -> None:
        """Sign with another key from now on; the one before is forgotten."""
        self.key = RSAKey.generate_key(2048, {"kid": f"key-{time.monotonic_ns()}", "use": "sig"})

    def start(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = make_server("127.0.0.1", self._port, self._app(), threaded=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def log_in(self, address: str, sub: str) -> str:
        """Log somebody in whom a browser brought to ``address``; answers the address that it is sent back to."""
        with requests.Session() as browser:
            browser.trust_env = False
            sent = browser.post(address, data={"user": sub}, allow_redirects=False, timeout=10)
        return str(sent.headers["Location"])

    def knows(self, sub: str, **claims: Any) -> None:
        """A user, by ``sub``, with what an ID token says of them."""
        self._users[sub] = {"sub": sub, **claims}

    def _app(self) -> Flask:
        provider, app = self, Flask("provider")
        self._users: dict[str, dict[str, Any]] = {}
        server = AuthorizationServer(
            app, query_client=lambda id_: _Client() if id_ == CLIENT_ID else None, save_token=lambda token, req: None
        )

        class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
            TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

            def save_authorization_code(self, code: str, request: Any) -> None:
                provider._codes[code] = _Code(request.user, request.payload.data)

            def query_authorization_code(self, code: str, client: Any) -> _Code | None:
                return provider._codes.get(code)

            def delete_authorization_code(self, authorization_code: _Code) -> None:
                provider._codes = {code: one for code, one in provider._codes.items() if one is not authorization_code}

            def authenticate_user(self, authorization_code: _Code) -> dict[str, Any]:
                return authorization_code.user

        class IdTokens(OpenIDCode):  # type: ignore[misc]
            def exists_nonce(self, nonce: str, request: Any) -> bool:
                return False

            def resolve_client_private_key(self, client: Any) -> Any:
                return provider.key

            def get_client_algorithm(self, client: Any) -> str:
                return "RS256"

            def get_encode_header(self, client: Any) -> dict[str, Any]:
                return {"alg": "RS256", "kid": provider.key.kid}

            def get_client_claims(self, client: Any) -> dict[str, Any]:
                return {"iss": provider.issuer, "aud": [CLIENT_ID]}

            def generate_user_info(self, user: Any, scope: str) -> UserInfo:
                return UserInfo(user)

        server.register_grant(Grant, [CodeChallenge(required=True), IdTokens(require_nonce=True)])

        @app.get("/.well-known/openid-configuration")
        def about() -> Any:
            paths = {"authorization_endpoint": "/auth", "token_endpoint": "/token", "jwks_uri": "/keys"}
            return jsonify(issuer=self.issuer, **{name: self.issuer + path for name, path in paths.items()})

        @app.get("/keys")
        def keys() -> Any:
            return jsonify(keys=[self.key.as_dict(private=False)])

        @app.post("/auth")
        def authorize() -> Any:
            grant = server.get_consent_grant(end_user=self._users[request.form["user"]])
            return server.create_authorization_response(grant_user=self._users[request.form["user"]], grant=grant)

        @app.post("/token")
        def token() -> Any:
            self.token_requests += 1
            return self.answer or server.create_token_response()

        return app


def query_of(address: str) -> dict[str, str]:
    """The query string of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
