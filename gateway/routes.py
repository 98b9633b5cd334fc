"""How an operation of a service becomes a route: one line of declaration.

``api.expose("PATCH /v1/sessions/<session_id>", CHANGE_SESSION)`` reads the path, the query string or the JSON body,
checks them with the contract's schema, turns ``If-Match`` into the contract's ``version``, calls the service and
renders what it answers. What can be known of a route is worked out when it is declared, nothing of it per request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import flask
import flask_smorest
from flask import Response, g, request
from marshmallow import Schema, fields
from werkzeug.exceptions import UnsupportedMediaType

from gateway import conditions, openapi, rpc, validation
from shared.contracts.base import Command, Nothing, Operation
from shared.errors import Invalid, Text
from shared.messaging.protocol import Answer
from shared.texts import render

_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")

_WRITES = frozenset(("POST", "PUT", "PATCH", "DELETE"))
_PLAIN = str.maketrans("/<>", "___")

Sent = dict[str, Any]
Fill = Mapping[str, Callable[[Sent], Any]]
Then = Callable[[Sent, Answer], Answer]


class Route:
    """What is known of a route beforehand.

    ``query`` names the fields that come in the query string though the request has a body, ``filled`` those that the
    gateway itself works out.
    """

    def __init__(
        self, method: str, rule: str, operation: Operation, status: int, query: frozenset[str], filled: tuple[str, ...]
    ) -> None:
        declared = operation.takes().fields
        self.method = method
        self.rule = rule
        self.operation = operation
        self.status = status
        self.path = tuple(_ARGUMENT.findall(rule))
        self.versioned = "version" in declared and "version" not in filled
        self.schema: Schema = operation.takes(exclude=[*filled, *(["version"] if self.versioned else [])])
        self.lists = frozenset(
            each.data_key or name for name, each in self.schema.fields.items() if isinstance(each, fields.List)
        )
        self.has_body = method in ("POST", "PUT", "PATCH")
        sent = {each.data_key or name: name for name, each in self.schema.fields.items() if name not in self.path}
        self.query = query if self.has_body else frozenset(sent)
        self.query_fields = [name for by, name in sent.items() if by in self.query]
        self.body_fields = [name for by, name in sent.items() if by not in self.query]

    @property
    def changes(self) -> bool:
        """Whether it is a command, that takes an ``Idempotency-Key``."""
        return isinstance(self.operation, Command)

    def given(self) -> Sent:
        """What the caller sent beside the path, before the schema saw it. Unknown names are left to the schema."""
        sent = validation.parse_query(request.args, self.lists) if request.args else {}
        if not self.has_body:
            return sent
        for name in sent.keys() - self.query:
            raise Invalid.field(name[: validation.LONGEST_NAME], "fields.unknown")
        return {**json_body(), **sent}


class Routes(flask_smorest.Blueprint):
    """The routes of one service; ``about`` is the key of a text that says what they are for."""

    def __init__(self, service: str, about: str) -> None:
        super().__init__(service, __name__, description=render(Text(about), "en"))
        self.about = about
        self.exposed: list[Route] = []

    def expose(
        self,
        route: str,
        operation: Operation,
        *,
        status: int | None = None,
        query: tuple[str, ...] = (),
        fill: Fill | None = None,
        then: Then | None = None,
    ) -> None:
        """Serve ``operation`` at ``route`` (``"POST /v1/sessions"``).

        Arguments of the path fill the contract's fields of the same name. ``query`` names fields of a request with a
        body that stand in the query string all the same (``scope``). ``fill`` gives fields that callers do not send,
        each worked out of what they did. ``then`` makes the answer of what was sent and what the service answered,
        where another has a part in it. ``status`` is 204 for an operation that gives nothing, else 200, unless said.
        """
        filled = fill or {}
        plan = self._plan(route, operation, status, query, tuple(filled))

        def view(**path: str) -> Response:
            rpc.admit(operation)
            data = validation.checked(plan.schema, plan.given(), path)
            if plan.versioned:
                data["version"] = conditions.expected_version(request)
            for name, work_out in filled.items():
                data[name] = work_out(data)
            answer = rpc.call(operation, data)
            return answer_with(answer if then is None else then(data, answer), plan.status)

        self._serve(plan, view, openapi.describe(plan))

    def special(
        self,
        route: str,
        operation: Operation,
        *,
        status: int | None = None,
        parameters: tuple[Mapping[str, Any], ...] = (),
        body: Mapping[str, Any] | None = None,
        answer: Mapping[str, Any] | None = None,
        refusals: Mapping[str, Any] | None = None,
        admit: bool = True,
        filled: tuple[str, ...] = (),
    ) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
        """Serve ``operation`` by a function of one's own, for requests or answers that are not JSON.

        The function gets the arguments of the path; the caller's token was checked before, unless ``admit`` is false
        and it does so itself. ``filled`` names the contract's fields that callers do not send. ``parameters``, ``body``
        (its content by media type), ``answer`` and ``refusals`` (by status) say in the OpenAPI document what the
        contract cannot.
        """
        plan = self._plan(route, operation, status, (), filled)

        def decorate(function: Callable[..., Response]) -> Callable[..., Response]:
            def view(**path: str) -> Response:
                if admit:
                    rpc.admit(operation)
                return function(**path)

            self._serve(plan, view, openapi.describe(plan, parameters, body or {}, answer, refusals))
            return function

        return decorate

    def beside(self, route: str, function: Callable[..., Response]) -> None:
        """Serve what a protocol asks beside any operation. It stands in no document."""
        method, rule = route.split()
        endpoint = f"{method.lower()}_{rule.strip('/').translate(_PLAIN)}"
        flask.Blueprint.add_url_rule(self, rule, endpoint, function, methods=[method])

    def _plan(
        self, route: str, operation: Operation, status: int | None, query: tuple[str, ...], filled: tuple[str, ...]
    ) -> Route:
        method, rule = route.split()
        usual = 204 if operation.gives is Nothing else 200
        return Route(method, rule, operation, status or usual, frozenset(query), filled)

    def _serve(self, plan: Route, view: Callable[..., Response], doc: Mapping[str, Any]) -> None:
        self.exposed.append(plan)
        view._apidoc = {"manual_doc": doc}  # type: ignore[attr-defined]
        endpoint = f"{plan.method.lower()}_{plan.operation.name.replace('.', '_')}"
        self.add_url_rule(plan.rule, endpoint, view, methods=[plan.method], parameters=openapi.path_parameters(plan))


def json_body() -> Sent:
    """The request's JSON object, at most 1 MB. Raises 413, 415, 400 or :class:`shared.errors.Invalid`."""
    raw = request.get_data(cache=False)
    if raw and not request.is_json:
        raise UnsupportedMediaType
    return validation.parse_json(raw)


def answer_with(answer: Answer, status: int) -> Response:
    """A service's answer as JSON with its ETag, a write's also with what the caller may later ask to have been seen.

    That is what it wrote, joined to what was to be seen before it; the latter alone where nobody hears of the write.
    """
    if status == 204:
        response = Response(status=204)
        del response.headers["Content-Type"]
    else:
        response = Response(dumps(answer.data), status, mimetype="application/json")
        version = answer.data.get("version")
        if isinstance(version, int):
            response.headers["ETag"] = conditions.etag(version)
    if answer.after or (g.seen and request.method in _WRITES):
        conditions.tell_seen(response, g.seen, answer.after, secure=rpc.settings().secure)
    return response


def dumps(data: Any) -> str:
    """``data`` as compact JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
