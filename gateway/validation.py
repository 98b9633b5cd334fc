"""What a caller sent, checked before anybody acts on it: JSON that is JSON, fields that the contract knows.

marshmallow speaks English and in sentences; people here read Indonesian. Its messages are recognised by its own
templates and become texts with parameters, so that a new wording in a new release fails a test and not a reader.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import Any, NoReturn

from marshmallow import Schema, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from shared.errors import Invalid, NotFound, Text

_DEEPEST = 20
_MOST_ERRORS = 50
LONGEST_NAME = 100
_LARGEST_INTEGER = 2**63 - 1


def parse_json(raw: bytes) -> dict[str, Any]:
    """The JSON object in ``raw``; nothing at all counts as ``{}``.

    Raises ``BadRequest`` for what is no JSON (RFC 8259: UTF-8, no NaN), :class:`Invalid` for what is no object.
    """
    if not raw:
        return {}
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadRequest from None
    if not isinstance(value, dict):
        raise Invalid.field("body", "fields.not_an_object")
    return value


def parse_query(args: MultiDict[str, str], lists: Collection[str]) -> dict[str, Any]:
    """The query string as one dict; the names in ``lists`` may be repeated, or hold several words between commas."""
    values: dict[str, Any] = {}
    for name, given in args.lists():
        if name in lists:
            values[name] = [word for part in given for word in part.split(",") if word]
        elif len(given) > 1:
            raise Invalid.field(name[:LONGEST_NAME], "fields.given_twice")
        else:
            values[name] = given[0]
    return values


def checked(schema: Schema, given: dict[str, Any], path: Mapping[str, Any]) -> dict[str, Any]:
    """``given`` with the values of the route's path, as they came, once the contract's schema finds no fault with them.

    A wrong value in the path names something that cannot exist: :class:`NotFound`. Everything else: :class:`Invalid`,
    with a text for each field.
    """
    _refuse_what_no_store_can_hold(given)
    for name in path:
        if name in given:
            raise Invalid.field(name, "fields.unknown")
    whole = {**given, **path}
    try:
        loaded = schema.load(whole)
    except ValidationError as error:
        texts = texts_of(error)
        if path and not path.keys().isdisjoint(texts):
            raise NotFound() from None
        raise Invalid(fields=texts) from None
    _refuse_what_no_store_can_hold(loaded)
    return whole


def texts_of(error: ValidationError) -> dict[str, list[Text]]:
    """marshmallow's errors as texts by field, nested fields written ``items.0.name``."""
    texts: dict[str, list[Text]] = {}
    for name, message in _flat(error.normalized_messages(), ()):
        if name not in texts and len(texts) == _MOST_ERRORS:
            break
        texts.setdefault(name, []).append(text_of(message))
    return texts


def text_of(message: str) -> Text:
    """The text that says in both languages what marshmallow's ``message`` says; text keys pass as they are."""
    if _TEXT_KEY.fullmatch(message):
        return Text(message)
    for pattern, key in _PATTERNS:
        match = pattern.fullmatch(message)
        if match:
            return Text(key, match.groupdict())
    return Text("fields.not_valid")


def _flat(messages: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from _flat(inner, path if name == "_schema" else (*path, str(name)[:LONGEST_NAME]))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _flat(inner, path)
    else:
        yield ".".join(path) or "body", str(messages)


def _refuse_what_no_store_can_hold(value: Any, path: tuple[str, ...] = ()) -> None:
    """Numbers beyond 64 bits, text that UTF-8 cannot write, names that a query language would take for its own."""
    refuse = partial(_refuse, path)
    if isinstance(value, str):
        if "\0" in value or not (value.isascii() or _encodes(value)):
            refuse("common.control_characters")
    elif isinstance(value, int):
        if not -_LARGEST_INTEGER <= value <= _LARGEST_INTEGER:
            refuse("fields.number_too_large")
    elif isinstance(value, dict):
        if len(path) == _DEEPEST:
            refuse("fields.too_deep")
        for name, inner in value.items():
            if name.startswith("$") or "." in name or "\0" in name or not _encodes(name):
                _refuse((*path, name.encode("ascii", "replace").decode()), "fields.unknown")
            _refuse_what_no_store_can_hold(inner, (*path, name))
    elif isinstance(value, list):
        if len(path) == _DEEPEST:
            refuse("fields.too_deep")
        for position, inner in enumerate(value):
            _refuse_what_no_store_can_hold(inner, (*path, str(position)))


def _refuse(path: tuple[str, ...], text: str) -> NoReturn:
    raise Invalid.field(".".join(part[:LONGEST_NAME] for part in path), text)


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


_TEXT_KEY = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")


def _pattern(template: str) -> re.Pattern[str]:
    """A pattern that matches what ``template`` becomes once its gaps are filled, and finds what filled them."""
    parts = re.split(r"\{(\w+)(?:![rs])?\}", template)
    return re.compile(
        "".join(re.escape(part) if at % 2 == 0 else f"(?P<{part}>.*?)" for at, part in enumerate(parts)), re.DOTALL
    )


def _templates() -> Iterator[tuple[str, str]]:
    messages: dict[str, dict[str, Any]] = {
        name: {**kind.default_error_messages}
        for name, kind in vars(fields).items()
        if isinstance(kind, type) and issubclass(kind, fields.Field)
    }
    yield messages["Field"]["required"], "fields.required"
    yield messages["Field"]["null"], "fields.null"
    of_schemas: dict[str, Any] = Schema._default_error_messages
    yield of_schemas["unknown"], "fields.unknown"
    yield of_schemas["type"], "fields.not_an_object"
    yield messages["Nested"]["type"], "fields.not_an_object"
    yield messages["Mapping"]["invalid"], "fields.not_an_object"
    yield messages["List"]["invalid"], "fields.not_a_list"
    yield messages["String"]["invalid"], "fields.not_a_text"
    yield messages["String"]["invalid_utf8"], "common.control_characters"
    yield messages["UUID"]["invalid_uuid"], "common.not_an_id"
    yield messages["Integer"]["invalid"], "fields.not_a_whole_number"
    yield messages["Number"]["invalid"], "fields.not_a_number"
    yield messages["Number"]["too_large"], "fields.number_too_large"
    yield messages["Float"]["special"], "fields.not_a_number"
    yield messages["Boolean"]["invalid"], "fields.not_a_boolean"
    yield messages["DateTime"]["invalid"].format(obj_type="datetime"), "fields.not_a_moment"
    yield (
        messages["AwareDateTime"]["invalid_awareness"].format(awareness="aware", obj_type="datetime"),
        "fields.no_zone",
    )
    yield messages["Date"]["invalid"], "common.not_a_day"
    yield messages["Time"]["invalid"].format(obj_type="time"), "fields.not_a_time"
    yield messages["Url"]["invalid"], "fields.not_a_url"
    yield messages["Email"]["invalid"], "fields.not_an_email"
    yield validate.OneOf.default_message, "fields.not_one_of"
    yield validate.ContainsOnly.default_message, "fields.not_one_of"
    yield validate.Length.message_all, "fields.length_between"
    yield validate.Length.message_min, "fields.too_short"
    yield validate.Length.message_max, "fields.too_long"
    yield validate.Length.message_equal, "fields.length_exactly"
    span = validate.Range
    for low in (span.message_gte, span.message_gt):
        for high in (span.message_lte, span.message_lt):
            yield span.message_all.format(min_op=low, max_op=high), "fields.range_between"
        yield span.message_min.format(min_op=low), "fields.too_small"
    for high in (span.message_lte, span.message_lt):
        yield span.message_max.format(max_op=high), "fields.too_big"


_PATTERNS = [(_pattern(template), key) for template, key in _templates()]
