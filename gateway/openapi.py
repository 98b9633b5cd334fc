"""The OpenAPI 3.1 document, made of the contracts: what is not declared there is not promised here."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import flask_smorest
from apispec.ext.marshmallow import MarshmallowPlugin, OpenAPIConverter
from flask import Flask
from marshmallow import Schema, fields, validate

from gateway import problems
from shared.contracts.base import Contract, MomentOrDay, Nothing, Operation
from shared.contracts.scopes import SCOPES
from shared.errors import Text
from shared.ids import is_district, is_id
from shared.texts import render

if TYPE_CHECKING:
    from gateway.routes import Route

VERSION = "1.0.0"
JSON, PROBLEM = "application/json", "application/problem+json"
Doc = dict[str, Any]

_UUID = {"format": "uuid"}
_DISTRICT = {"pattern": "^[0-9]{2}([0-9]{2}|c[0-9]{2})$", "examples": ["3307"]}

_HEADERS: dict[str, Doc] = {
    "CorrelationId": {
        "name": "X-Correlation-Id",
        "description": "Names this request in every log; returned. Up to 100 of `A-Z a-z 0-9 . _ -`; made if missing.",
        "schema": {"type": "string"},
    },
    "SanggarAfter": {
        "name": "Sanggar-After",
        "description": "What an earlier write answered: this request then sees that write, or is told 503 `not_yet`.",
        "schema": {"type": "string"},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "description": "A text of your own for this one intent. Repeating the request with it has no second effect.",
        "schema": {"type": "string", "pattern": "^[!-~]([ -~]{0,198}[!-~])?$"},
    },
    "IfMatch": {
        "name": "If-Match",
        "description": "The ETag that you last read. Missing: 428. Changed meanwhile: 412.",
        "required": True,
        "schema": {"type": "string"},
    },
}


class ProblemView(Contract):
    """A problem (RFC 9457). ``code`` is for programs, ``detail`` for people; ``errors`` names the fields at fault.

    A stale save of longer texts is refused with what is there now (``current``) and what was ``sent``.
    """

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True, validate=validate.OneOf(sorted(problems.STATUSES)))
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    current = fields.Dict(keys=fields.String())
    sent = fields.Dict(keys=fields.String())
    correlation_id = fields.String(required=True)


class Api(flask_smorest.Api):
    """flask-smorest with our problems in place of its errors, and with names for the contracts' schemas."""

    DEFAULT_ERROR_RESPONSE_NAME = None
    ERROR_SCHEMA = ProblemView

    def __init__(self, app: Flask, public_url: str) -> None:
        self._named: dict[str, type[Schema]] = {}
        app.config.update(API_TITLE="Sanggar", API_VERSION=VERSION, OPENAPI_VERSION="3.1.0")
        super().__init__(app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(self._name_of), **_about()})
        teach(self.ma_plugin)
        for name, header in _HEADERS.items():
            self.spec.components.parameter(name, "header", dict(header))
        for status in sorted(set(problems.STATUSES.values())):
            self.spec.components.response(f"Problem{status}", _problem_response(status))
        for name, scheme in _security_schemes(public_url).items():
            self.spec.components.security_scheme(name, scheme)

    def document(self) -> Doc:
        """The whole document, as plain JSON."""
        doc: Doc = self.spec.to_dict()
        schemas = doc["components"]["schemas"]
        for name, schema in self._named.items():
            if name in schemas and (said := said_of(schema)):
                schemas[name]["description"] = said
        # An answer may gain fields in any release; only what callers send is closed.
        for name in schemas.keys() - _sent(doc):
            schemas[name].pop("additionalProperties", None)
        return doc

    def _register_error_handlers(self) -> None:
        problems.register(self._app)

    def _name_of(self, schema: Any) -> str:
        """The component's name: the class's, after its service's where two services use one name."""
        kind: type[Schema] = schema if isinstance(schema, type) else type(schema)
        name = kind.__name__.removesuffix("View")
        if self._named.setdefault(name, kind) is not kind:
            name = kind.__module__.rpartition(".")[2].title() + name
            self._named[name] = kind
        return name


def describe(
    route: Route,
    parameters: Sequence[Mapping[str, Any]] = (),
    body: Mapping[str, Any] | None = None,
    answer: Mapping[str, Any] | None = None,
    refusals: Mapping[str, Any] | None = None,
) -> Doc:
    """A route's entry: from its contract, and from what is said of it where the contract does not."""
    operation = route.operation
    doc: Doc = {
        "operationId": operation.name,
        "summary": render(Text(f"routes.{operation.name}"), "en"),
        "x-summary-id": render(Text(f"routes.{operation.name}"), "id"),
        "security": _security(operation),
        "parameters": [*parameters, *_parameters(route)],
        "responses": {
            str(route.status): _answer(route, answer),
            **_problems(route),
            **(refusals or {}),
            "default": "Problem500",
        },
    }
    if operation.takes is not Nothing and (said := said_of(operation.takes)):
        doc["description"] = said
    content = body
    if content is None and route.has_body and route.body_fields:
        content = {JSON: {"schema": operation.takes(only=route.body_fields)}}
    if content:
        doc["requestBody"] = {"required": True, "content": content}
    return doc


def said_of(schema: type[Schema]) -> str:
    """What a contract's own docstring says, as Markdown."""
    return inspect.cleandoc(vars(schema).get("__doc__") or "").replace("``", "`")


def path_parameters(route: Route) -> list[Doc]:
    """The arguments of a route's path, with the form that their fields have."""
    declared = route.operation.takes().fields
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", **_form_of(declared.get(name))}}
        for name in route.path
    ]


def _parameters(route: Route) -> Iterator[Any]:
    if route.query_fields:
        yield {"in": "query", "schema": route.operation.takes(only=route.query_fields)}
    yield "CorrelationId"
    if not route.operation.public:
        yield "SanggarAfter"
    if route.changes:
        yield "IdempotencyKey"
    if route.versioned:
        yield "IfMatch"


def _answer(route: Route, answer: Mapping[str, Any] | None) -> Doc:
    doc: Doc = {"description": _REASONS[route.status], "headers": {"X-Correlation-Id": {"schema": {"type": "string"}}}}
    gives = route.operation.gives().fields
    if route.changes:
        doc["headers"]["Sanggar-After"] = {
            "schema": {"type": "string"},
            "description": "To send on the next request. It holds what was sent, too; absent where there is neither.",
        }
    if "version" in gives:
        doc["headers"]["ETag"] = {"schema": {"type": "string"}, "description": "The object's version."}
    if answer is not None:
        doc.update(answer)
    elif route.status != 204:
        doc["content"] = {JSON: {"schema": route.operation.gives}}
    return doc


def _problems(route: Route) -> Doc:
    operation = route.operation
    statuses = {422, 503}
    statuses |= {429, 401} if operation.public else {401, 403}
    if route.path:
        statuses.add(404)
    if route.has_body:
        statuses |= {400, 413, 415}
    if route.changes:
        statuses.add(409)
    if route.versioned:
        statuses |= {412, 428}
    return {str(status): f"Problem{status}" for status in sorted(statuses)}


def _problem_response(status: int) -> Doc:
    codes = [code for code, its in problems.STATUSES.items() if its == status]
    doc: Doc = {
        "description": ", ".join(f"`{code}`: {render(Text(f'gateway.title_{code}'), 'en')}" for code in codes),
        "content": {PROBLEM: {"schema": ProblemView}},
    }
    if status in (429, 503):
        doc["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
    return doc


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    if operation.public:
        return []
    ways: list[dict[str, list[str]]] = [{"person": []}]
    if operation.scope:
        ways.append({"client": [operation.scope]})
    return ways


_REASONS = {
    200: "Done.",
    201: "Made.",
    202: "Taken; the work goes on.",
    204: "Done; there is nothing to say.",
    302: "Go on there.",
}


def _security_schemes(public_url: str) -> dict[str, Doc]:
    """Who may call: people with the token of a login, machines with one of their own."""
    scopes = {scope: render(Text(f"scopes.{scope}"), "en") for scope in SCOPES}
    return {
        "person": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The `access_token` of a login. It holds ten minutes; `POST /v1/auth/refresh` gives the "
            "next.",
        },
        "client": {
            "type": "oauth2",
            "flows": {"clientCredentials": {"tokenUrl": f"{public_url}/v1/auth/token", "scopes": scopes}},
            "description": "A machine's token. It opens only the operations whose scope it holds, and only what "
            "concerns the schools that the client is bound to.",
        },
    }


def _about() -> Doc:
    return {
        "info": {
            "description": render(Text("gateway.about_api"), "en"),
            "x-description-id": render(Text("gateway.about_api"), "id"),
        },
        "servers": [{"url": "/"}],
    }


def teach(plugin: MarshmallowPlugin) -> None:
    """Tell apispec what form the fields have that marshmallow checks by a predicate."""
    converter = plugin.converter
    if converter is None:
        raise TypeError("the plugin belongs to no document yet")

    def form(_: OpenAPIConverter, field: fields.Field[Any], **__: Any) -> Doc:
        return _form_of(field)

    converter.add_attribute_function(form)


def _form_of(field: fields.Field[Any] | None) -> Doc:
    """What JSON Schema can say of a field that marshmallow checks by a predicate."""
    if isinstance(field, MomentOrDay):
        return {"anyOf": [{"format": "date-time"}, {"format": "date"}]}
    for validator in field.validators if field else ():
        predicate = getattr(validator, "predicate", None)
        if predicate is is_id:
            return dict(_UUID)
        if predicate is is_district:
            return dict(_DISTRICT)
        if isinstance(validator, validate.Regexp):
            return {"pattern": f"^(?:{validator.regex.pattern!s})".replace(r"\Z", "$")}
        if getattr(validator, "text_key", None) == "common.not_a_day":
            return {"format": "date"}
    return {}


def _sent(doc: Doc) -> set[str]:
    """The names of the schemas that some request body is made of."""
    found: set[str] = set()

    def follow(part: Any) -> None:
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                follow(doc["components"]["schemas"].get(name))
            for inner in part.values():
                follow(inner)
        elif isinstance(part, list):
            for inner in part:
                follow(inner)

    for path in doc["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict):
                follow(operation.get("requestBody"))
    return found
