"""What people read: in both languages, with the same gaps, and there for every key that the code names."""

import ast
import importlib
import re
from pathlib import Path
from string import Formatter

import pytest

from shared.contracts.base import Operation
from shared.contracts.words import SERVICES
from shared.errors import REFUSALS, Text
from shared.texts import catalogue, exists, render

ROOT = Path(__file__).parents[3]
# Written like a key, and none: an exchange, and what the gateway answers by itself.
NO_TEXTS = {"gateway.replies", "gateway.list_event_types", "gateway.get_home", "gateway.get_record"}


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_a_text_has_both_languages_with_the_same_gaps(key):
    both = catalogue()[key]
    assert both.keys() == {"id", "en"}
    assert both["id"].strip() and both["en"].strip()
    assert gaps(both["id"]) == gaps(both["en"])


def named_in_code() -> dict[str, str]:
    """Every constant that is written like a key, and the file it stands in."""
    modules = {key.partition(".")[0] for key in catalogue()}
    like_a_key = re.compile(rf"(?:{'|'.join(modules)})\.[a-z0-9_]+")
    operations = {
        each.name
        for service in SERVICES
        for each in vars(importlib.import_module(f"shared.contracts.{service}")).values()
        if isinstance(each, Operation)
    }
    found = {}
    for folder in ("shared", "services", "gateway", "deploy"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and like_a_key.fullmatch(node.value):
                    found[node.value] = str(path.relative_to(ROOT))
    other = operations | NO_TEXTS
    return {key: path for key, path in found.items() if key not in other and not key.startswith("docs.")}


def test_every_key_that_the_code_names_has_a_text():
    named = named_in_code()
    assert len(named) > 100
    # A key that ends in "_" is the beginning of several.
    missing = {
        key: path
        for key, path in named.items()
        if not (any(known.startswith(key) for known in catalogue()) if key.endswith("_") else exists(key))
    }
    assert missing == {}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=lambda refusal: refusal.code)
def test_every_refusal_has_a_text_of_its_own(refusal):
    assert exists(refusal.default)
    assert render(refusal().text, "id") != render(refusal().text, "en")


def test_a_gap_that_nothing_fills_fails_no_answer():
    key = next(key for key, both in catalogue().items() if gaps(both["id"]))
    assert "-" in render(Text(key), "id")


def test_an_unknown_key_or_language_still_says_something():
    assert render(Text("common.no_such_text"), "id") == "common.no_such_text"
    assert render(Text("common.invalid"), "nl") == render(Text("common.invalid"), "id")


def test_what_fills_a_gap_is_not_read_as_a_template():
    key = next(key for key, both in catalogue().items() if gaps(both["id"]))
    name = next(iter(gaps(catalogue()[key]["id"])))
    assert "{other.__class__}" in render(Text(key, {name: "{other.__class__}"}), "id")
