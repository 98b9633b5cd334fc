"""Writes docs/permissions.md from the services' policies: ``python -m deploy.permissions`` (``make permissions``)."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from gateway.app import SERVICES
from gateway.routes import Route
from shared.contracts.base import Operation
from shared.contracts.scopes import SCOPES
from shared.errors import Text
from shared.policy import Policy, Rule, anyone, kernel_rules, signed_in
from shared.texts import render

PATH = Path(__file__).parents[1] / "docs" / "permissions.md"

_HEAD = """# Who may do what

Made from each service's `policy.py` by `make permissions`; a test keeps it current, and another has every role try
every operation over HTTP (tests/support/permissions.py).

Whoever is not logged in gets 401 of all that is not for *anyone*. What somebody may not know of is not found (404), by
rules that stand where it is read; what they may know of and not do is refused (403). Another district's things are
never there. An API client needs the scope in the last column, and sees as far as its schools reach
(docs/decisions/0111); without a scope there, an operation is for people.
"""


def text() -> str:
    """The page."""
    parts = [_HEAD, "## The rules", "", "| rule | whom it means |", "|---|---|"]
    parts += [f"| {rule.name} | {rule.said} |" for rule in sorted(_single_rules(), key=lambda rule: rule.name)]
    parts += ["", "## The scopes of API clients", "", "| scope | what it allows |", "|---|---|"]
    parts += [f"| `{scope}` | {render(Text(f'scopes.{scope}'), 'en')} |" for scope in SCOPES]
    for module in SERVICES:
        parts += ["", f"## {module.api.name}", "", "| route | who may | scope |", "|---|---|---|"]
        parts += [_line(route) for route in module.api.exposed]
    return "\n".join([*parts, ""])


def rule_of(operation: Operation) -> Rule:
    """Who may do an operation. Raises ``KeyError`` when no policy says so."""
    if operation.service == "gateway":
        return anyone if operation.public else signed_in
    table: Policy = import_module(f"services.{operation.service}.policy").POLICY
    return table.including(kernel_rules(operation.service)).rule_for(operation)


def _line(route: Route) -> str:
    path = route.rule.replace("<", "{").replace(">", "}")
    scope = f"`{route.operation.scope}`" if route.operation.scope else ""
    who = rule_of(route.operation).name
    if " or " not in who:
        who = who.strip("()")
    return f"| `{route.method} {path}` | {who} | {scope} |"


def _single_rules() -> Iterator[Rule]:
    found: dict[str, Rule] = {}
    for module in SERVICES:
        for route in module.api.exposed:
            found.update((part.name, part) for part in rule_of(route.operation).parts)
    yield from found.values()


if __name__ == "__main__":
    PATH.write_text(text(), "utf-8")
