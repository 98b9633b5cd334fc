"""A stock gateway: Flask, and one ``ClusterRpcProxy`` of nameko's a thread, since it cannot be shared."""

from __future__ import annotations

import os
import threading
from typing import Any

import jwt
from flask import Flask, Response, jsonify, request
from marshmallow import ValidationError
from nameko.standalone.rpc import ClusterRpcProxy

from bench.rivals.tokens import Tokens
from shared.contracts.membership import GET_SCHOOL


def create_app() -> Flask:
    app = Flask(__name__)
    tokens = Tokens(os.environ["SANGGAR_VERIFY_KEYS"])
    takes = GET_SCHOOL.takes()
    mine = threading.local()

    def services() -> Any:
        if not hasattr(mine, "services"):
            mine.services = ClusterRpcProxy({"AMQP_URI": os.environ["AMQP_URI"]}, timeout=10).start()
        return mine.services

    @app.get("/v1/schools/<npsn>")
    def get_school(npsn: str) -> Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        tokens.claims(token)
        asked = takes.load({"npsn": npsn})
        return jsonify(services().rival.get_school(token, asked))

    @app.get("/live")
    def live() -> str:
        return "ok\n"

    @app.errorhandler(jwt.InvalidTokenError)
    def unauthenticated(error: jwt.InvalidTokenError) -> tuple[str, int]:
        return "unauthenticated", 401

    @app.errorhandler(ValidationError)
    def invalid(error: ValidationError) -> tuple[dict[str, Any], int]:
        return error.normalized_messages(), 422

    return app
