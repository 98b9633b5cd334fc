"""What callers send, and what they are told of it."""

import inspect
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from gateway import validation
from shared.contracts.base import Contract, PageRequest, identifier, text
from shared.errors import Invalid, NotFound, Text
from shared.ids import new_id
from shared.texts import exists, render
from tests.support.contracts import declared


class Child(Contract):
    name = text(required=True)


class Parent(Contract):
    parent_id = identifier(required=True)
    count = fields.Integer(strict=True, validate=validate.Range(1, 9))
    children = fields.List(fields.Nested(Child))
    anything = fields.Dict()


FILLED_BY_THE_GATEWAY = ("sha256",)
# One value of each sort that JSON knows, to offer where it is not wanted.
RUBBISH = (None, True, 12, 1.5, "?", "x" * 60_000, [], [None], {}, {"$ne": None}, "2026-13-45", -1, 10**30, "\0")


@pytest.mark.parametrize("raw", [b"{", b"[1,", b"nope", b"\xff\xfe", '{"a": "é"}'.encode("latin-1"), b'{"a": NaN}'])
def test_what_is_no_json_is_malformed(raw):
    with pytest.raises(BadRequest):
        validation.parse_json(raw)


def test_very_deep_and_very_long_json_is_malformed_and_not_a_fault():
    for raw in (b"[" * 200_000, b'{"a":' * 50_000, b'{"a": ' + b"9" * 5000 + b"}"):
        with pytest.raises(BadRequest):
            validation.parse_json(raw)


@pytest.mark.parametrize("raw", [b"[]", b"1", b'"text"', b"null", b"true"])
def test_json_that_is_no_object_is_invalid(raw):
    with pytest.raises(Invalid):
        validation.parse_json(raw)


def test_no_body_at_all_counts_as_an_empty_object():
    assert validation.parse_json(b"") == {}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(anything)
def test_any_json_is_loaded_or_refused_but_never_breaks_anything(value):
    try:
        validation.checked(Parent(), {"anything": value} if not isinstance(value, dict) else value, {})
    except Invalid as refusal:
        assert refusal.fields


@pytest.mark.parametrize(
    ("sent", "field", "key"),
    [
        ({"count": 10**19}, "count", "fields.number_too_large"),
        ({"anything": {"a": "\ud800"}}, "anything.a", "common.control_characters"),
        ({"anything": {"a": ["\0"]}}, "anything.a.0", "common.control_characters"),
        ({"anything": {"$ne": None}}, "anything.$ne", "fields.unknown"),
        ({"anything": {"a.b": 1}}, "anything.a.b", "fields.unknown"),
        ({"parent_id": {"$ne": None}}, "parent_id.$ne", "fields.unknown"),
    ],
)
def test_what_no_store_can_hold_is_refused_at_any_depth(sent, field, key):
    with pytest.raises(Invalid) as refused:
        validation.checked(Parent(), {"parent_id": new_id(), **sent}, {})
    assert refused.value.fields == {field: [Text(key)]}


def test_nesting_ends_somewhere():
    deep: dict = {}
    for _ in range(30):
        deep = {"a": deep}
    with pytest.raises(Invalid):
        validation.checked(Parent(), {"parent_id": new_id(), "anything": deep}, {})


def test_nested_fields_are_named_by_their_path():
    with pytest.raises(Invalid) as refused:
        validation.checked(Parent(), {"parent_id": new_id(), "children": [{"name": "a"}, {"nam": "b"}]}, {})
    assert refused.value.fields == {
        "children.1.name": [Text("fields.required")],
        "children.1.nam": [Text("fields.unknown")],
    }


def test_a_wrong_id_in_the_path_names_nothing():
    with pytest.raises(NotFound):
        validation.checked(Parent(), {"count": "wrong as well"}, {"parent_id": "not-an-id"})


def test_a_body_may_not_give_what_the_path_gives():
    with pytest.raises(Invalid) as refused:
        validation.checked(Parent(), {"parent_id": new_id()}, {"parent_id": new_id()})
    assert refused.value.fields == {"parent_id": [Text("fields.unknown")]}


def test_a_thousand_wrong_fields_are_answered_with_a_few():
    with pytest.raises(Invalid) as refused:
        validation.checked(Parent(), {f"field{n}": n for n in range(1000)}, {"parent_id": new_id()})
    assert len(refused.value.fields) == 50


def test_a_query_gives_each_name_once_unless_it_is_a_list():
    args = MultiDict([("types", "a,b"), ("types", "c"), ("limit", "5")])
    assert validation.parse_query(args, ["types"]) == {"types": ["a", "b", "c"], "limit": "5"}
    with pytest.raises(Invalid):
        validation.parse_query(MultiDict([("limit", "5"), ("limit", "6")]), [])


def test_what_was_sent_goes_on_as_it_came():
    sent = {"limit": "7", "after": "cursor"}
    assert validation.checked(PageRequest(), sent, {}) == sent


# --- the language of validation messages


def english_of_marshmallow():
    """Every sentence that marshmallow's fields can say, and its validators' templates with their gaps filled."""
    for name, kind in vars(fields).items():
        if inspect.isclass(kind) and issubclass(kind, fields.Field):
            for key, message in kind.default_error_messages.items():
                # What only dumping says never reaches a caller.
                if key != "format":
                    yield f"{name}.{key}", str(message)
    yield "Schema.unknown", Schema._default_error_messages["unknown"]
    yield "Schema.type", Schema._default_error_messages["type"]


def told(schema, sent):
    """The texts that a schema's errors become; field names aside."""
    errors = schema.validate(sent)
    return [text for texts in validation.texts_of(ValidationError(errors)).values() for text in texts] if errors else []


def test_no_field_of_our_contracts_speaks_marshmallows_english():
    """Each field of each contract is offered rubbish; what is said about it is a text of ours, in both languages."""
    said = []
    for operation in declared().values():
        schema = operation.takes()
        for field in schema.fields.values():
            if field.name in FILLED_BY_THE_GATEWAY:
                continue
            for rubbish in RUBBISH:
                said += told(schema, {field.data_key or field.name: rubbish, "unknown_field": 1})
        for not_an_object in (None, [], 1, "text"):
            said += told(schema, not_an_object)
    keys = {text.key for text in said}
    assert {"fields.required", "fields.unknown", "fields.null", "fields.not_one_of", "fields.too_long"} <= keys
    assert "fields.not_valid" not in keys
    assert not [key for key in keys if not exists(key)]


@pytest.mark.parametrize("where, message", list(english_of_marshmallow()))
def test_an_unknown_sentence_of_marshmallows_is_never_shown(where, message):
    shown = validation.text_of(message)
    assert exists(shown.key)
    assert render(shown, "id") != message


@pytest.mark.parametrize(
    ("validator", "wrong", "indonesian", "english"),
    [
        (validate.Length(2, 5), "x", "Panjangnya harus 2 sampai 5.", "Its length must be 2 to 5."),
        (validate.Length(min=2), "x", "Terlalu pendek; paling sedikit 2.", "Too short; at least 2."),
        (validate.Length(max=2), "xxx", "Terlalu panjang; paling banyak 2.", "Too long; at most 2."),
        (validate.Length(equal=2), "xxx", "Panjangnya harus tepat 2.", "Its length must be exactly 2."),
        (validate.Range(1, 9), 10, "Harus antara 1 dan 9.", "Must be between 1 and 9."),
        (validate.Range(min=1), 0, "Terlalu kecil; mulai dari 1.", "Too small; from 1 up."),
        (validate.Range(max=9), 10, "Terlalu besar; sampai 9.", "Too large; up to 9."),
        (validate.OneOf(["ya", "tidak"]), "?", "Pilih salah satu: ya, tidak.", "Choose one of: ya, tidak."),
    ],
)
def test_limits_are_told_in_both_languages(validator, wrong, indonesian, english):
    with pytest.raises(ValidationError) as raised:
        validator(wrong)
    shown = validation.text_of(raised.value.messages[0])
    assert (render(shown, "id"), render(shown, "en")) == (indonesian, english)


def test_every_text_of_validation_stands_in_both_languages():
    keys = {key for _, key in validation._PATTERNS} | {"fields.not_valid", "fields.given_twice", "fields.too_deep"}
    for key in keys:
        assert exists(key), key
        for language in ("id", "en"):
            assert not re.search(r"\bfields\.", render(Text(key), language))
