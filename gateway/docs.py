"""``/v1/openapi.json`` for programs, ``/docs`` for people: one self-contained page made of the same document.

Nothing is fetched from elsewhere, so the page can be read in a school without a line to the outside.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask, Response, g, render_template, request

from gateway.catalogue import event_types
from gateway.openapi import Api, Doc
from gateway.problems import RETRY_AFTER, STATUSES
from gateway.routes import dumps
from shared.errors import Text
from shared.texts import LANGUAGES, render

_STATIC = Path(__file__).parent / "static"
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_METHODS = ("get", "post", "put", "patch", "delete", "head")
_DEEPEST = 3


class Row(NamedTuple):
    """A field as a table shows it; ``depth`` says how far it is nested."""

    name: str
    depth: int
    kind: str
    required: bool
    note: str


class Entry(NamedTuple):
    """An operation as the page shows it."""

    anchor: str
    method: str
    path: str
    summary: str
    said: str
    public: bool
    scope: str
    if_match: bool
    parameters: list[Row]
    body_type: str
    body: list[Row]
    status: str
    answer: list[Row]
    curl: str


def register(app: Flask, api: Api) -> None:
    """Serve the document and the page of ``api``. Both are made when first asked for."""

    @cache
    def document() -> Doc:
        return api.document()

    @cache
    def document_text() -> str:
        return dumps(document())

    @cache
    def page(language: str) -> str:
        return render_template("docs.html", **_contents(document(), language))

    @app.get("/v1/openapi.json")
    def openapi_json() -> Response:
        return _cacheable(document_text(), "application/json")

    @app.get("/docs")
    def docs_page() -> Response:
        asked = request.args.get("lang", "")
        language = asked if asked in LANGUAGES else g.record.language
        response = _cacheable(page(language), "text/html")
        response.headers["Content-Security-Policy"] = _PAGE_POLICY
        response.headers["Content-Language"] = language
        return response

    @app.get("/docs/docs.css")
    def docs_css() -> Response:
        return _cacheable(_asset("docs.css"), "text/css")

    @app.get("/docs/docs.js")
    def docs_js() -> Response:
        return _cacheable(_asset("docs.js"), "text/javascript")


@cache
def _asset(name: str) -> str:
    return (_STATIC / name).read_text("utf-8")


def _cacheable(text: str, mimetype: str) -> Response:
    response = Response(text, mimetype=mimetype)
    response.headers["Cache-Control"] = "public, max-age=300"
    response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
    response.make_conditional(request)
    return response


def _contents(doc: Doc, language: str) -> dict[str, Any]:
    say = partial(_say, language)
    groups: dict[str, list[Entry]] = {tag["name"]: [] for tag in doc["tags"]}
    for path, methods in doc["paths"].items():
        for method in _METHODS:
            if method in methods:
                operation = methods[method]
                groups[operation["tags"][0]].append(_entry(doc, path, methods, method, language))
    titled = [(name, render(Text(f"gateway.about_{name}"), language), entries) for name, entries in groups.items()]
    return {
        "language": language,
        "say": say,
        "groups": titled,
        "problems": [
            (code, status, render(Text(f"gateway.title_{code}"), language), RETRY_AFTER.get(code))
            for code, status in STATUSES.items()
        ],
        "events": [(each["type"], each["description"], each["personal"]) for each in event_types()],
        "version": doc["info"]["version"],
        "about": render(Text("gateway.about_api"), language),
    }


def _say(language: str, key: str) -> str:
    return render(Text(f"docs.{key}"), language)


def _entry(doc: Doc, path: str, methods: Mapping[str, Any], method: str, language: str) -> Entry:
    operation = methods[method]
    parameters = [_resolve(doc, each) for each in (*methods.get("parameters", ()), *operation.get("parameters", ()))]
    shown = [each for each in parameters if each["name"] not in _EXPLAINED_ONCE]
    content = operation.get("requestBody", {}).get("content", {})
    body_type, body_schema = _first(content)
    status, answer = _first(operation["responses"])
    _, answer_schema = _first(_resolve(doc, answer).get("content", {}))
    security = operation["security"]
    return Entry(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"] if language == "en" else operation["x-summary-id"],
        said=operation.get("description", ""),
        public=not security,
        scope=next((way["client"][0] for way in security if "client" in way), ""),
        if_match=any(each["name"] == "If-Match" for each in parameters),
        parameters=[_parameter_row(doc, each) for each in shown],
        body_type=body_type,
        body=list(_rows(doc, body_schema.get("schema", {}))),
        status=status,
        answer=list(_rows(doc, answer_schema.get("schema", {}))),
        curl=_curl(doc, path, method, bool(security), parameters, body_type, body_schema.get("schema", {})),
    )


_EXPLAINED_ONCE = ("X-Correlation-Id", "Sanggar-After", "Idempotency-Key", "If-Match")


def _first(mapping: Mapping[str, Any]) -> tuple[str, Any]:
    return next(iter(mapping.items()), ("", {}))


def _resolve(doc: Doc, part: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in part:
        found: Any = doc
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def _parameter_row(doc: Doc, parameter: Mapping[str, Any]) -> Row:
    schema = _resolve(doc, parameter.get("schema", {}))
    note = parameter.get("description") or _limits(schema)
    return Row(parameter["name"], 0, f"{parameter['in']}, {_kind(schema)}", parameter.get("required", False), note)


def _rows(doc: Doc, schema: Mapping[str, Any], depth: int = 0) -> Iterator[Row]:
    schema = _inner(doc, schema)
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        resolved = _inner(doc, field)
        yield Row(name, depth, _kind(_resolve(doc, field)), name in required, _limits(resolved))
        if depth < _DEEPEST:
            yield from _rows(doc, resolved, depth + 1)


def _inner(doc: Doc, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a schema comes down to: behind references, ``anyOf`` with null, and lists."""
    schema = _resolve(doc, schema)
    for choice in schema.get("anyOf", ()):
        if choice.get("type") != "null":
            return _inner(doc, choice)
    for part in schema.get("allOf", ()):
        return _inner(doc, part)
    if "items" in schema:
        return _inner(doc, schema["items"])
    return schema


def _kind(schema: Mapping[str, Any]) -> str:
    formats = [choice["format"] for choice in schema.get("anyOf", ()) if "format" in choice]
    if formats:
        return " | ".join(formats)
    if "anyOf" in schema or "allOf" in schema:
        return "object"
    kinds = schema.get("type", "any")
    words = [kinds] if isinstance(kinds, str) else [kind for kind in kinds if kind != "null"]
    kind = schema.get("format") or "|".join(words)
    if kind == "array":
        inner = schema.get("items", {})
        kind = f"[{'object' if '$ref' in inner else _kind(inner)}]"
    return kind if isinstance(kinds, str) else f"{kind} | null"


def _limits(schema: Mapping[str, Any]) -> str:
    words = []
    if "enum" in schema:
        words.append(" · ".join(str(value) for value in schema["enum"] if value is not None))
    for low, high in (("minLength", "maxLength"), ("minimum", "maximum"), ("minItems", "maxItems")):
        if low in schema or high in schema:
            words.append(f"{schema.get(low, '')}..{schema.get(high, '')}")
    if schema.get("default") not in (None, [], ""):
        words.append(f"= {json.dumps(schema['default'])}")
    return ", ".join(words)


def _curl(
    doc: Doc,
    path: str,
    method: str,
    secured: bool,
    parameters: list[Mapping[str, Any]],
    body_type: str,
    body: Mapping[str, Any],
) -> str:
    """A call to copy and fill in."""
    address = re.sub(r"\{(\w+)\}", lambda match: f"${match[1].upper()}", path)
    needed = [each for each in parameters if each["in"] == "query" and each.get("required")]
    if needed:
        address += "?" + "&".join(f"{each['name']}={_sample(doc, each['schema'])}" for each in needed)
    lines = [f'curl -X {method.upper()} "$SANGGAR{address}"' if method != "get" else f'curl "$SANGGAR{address}"']
    if secured:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if any(each["name"] == "If-Match" for each in parameters):
        lines.append("-H 'If-Match: \"1767225600000\"'")
    if body_type == "application/json":
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d '{json.dumps(_sample(doc, body), ensure_ascii=False)}'")
    elif body_type == "application/x-www-form-urlencoded":
        lines.append('-u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials')
    elif body_type == "multipart/form-data":
        lines.append("-F kind=teachers -F file=@teachers.csv")
    elif body_type:
        lines.append(f"-H 'Content-Type: {body_type}' --data-binary @file")
    return " \\\n  ".join(lines)


_SAMPLES = {
    "uuid": "01980000-0000-7000-8000-000000000001",
    "date-time": "2026-07-01T02:00:00Z",
    "date": "2026-07-01",
    "email": "nama@belajar.id",
    "url": "https://sekolah.sch.id/halaman",
}


def _sample(doc: Doc, schema: Mapping[str, Any]) -> Any:
    """Something that a schema would take: its example, its first choice, or a value that looks like one."""
    schema = _resolve(doc, schema)
    for name in ("examples", "enum"):
        if schema.get(name):
            return schema[name][0]
    if "anyOf" in schema or "allOf" in schema:
        return _sample(doc, _inner(doc, schema))
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "object":
        required = schema.get("required", ())
        return {name: _sample(doc, field) for name, field in schema.get("properties", {}).items() if name in required}
    if kind == "array":
        return [_sample(doc, schema.get("items", {}))]
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if kind == "boolean":
        return True
    return _SAMPLES.get(schema.get("format", ""), "...")
