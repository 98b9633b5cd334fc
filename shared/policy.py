"""Who may do what: rules, and the table that each service keeps of them (``services/<name>/policy.py``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shared.contracts.base import Operation
from shared.standing import Standing

About = Mapping[str, Any]


class Rule:
    """A predicate of who asks (:class:`Standing`; ``None`` when nobody is logged in) and what it is about.

    Rules combine with ``|`` and ``&``.
    """

    def __init__(self, name: str, holds: Callable[[Standing | None, About], bool]) -> None:
        self.name = name
        self._holds = holds

    def __call__(self, standing: Standing | None, about: About) -> bool:
        return self._holds(standing, about)

    def __or__(self, other: Rule) -> Rule:
        return Rule(f"{self.name} or {other.name}", lambda who, about: self(who, about) or other(who, about))

    def __and__(self, other: Rule) -> Rule:
        return Rule(f"({self.name} and {other.name})", lambda who, about: self(who, about) and other(who, about))

    def __repr__(self) -> str:
        return self.name


def rule(holds: Callable[[Standing, About], bool]) -> Rule:
    """A rule for those who are logged in, named for its function."""
    return Rule(holds.__name__, lambda who, about: who is not None and holds(who, about))


anyone = Rule("anyone", lambda who, about: True)


@rule
def signed_in(who: Standing, about: About) -> bool:
    return True


@rule
def operator(who: Standing, about: About) -> bool:
    return who.operator


@rule
def themselves(who: Standing, about: About) -> bool:
    return bool(about.get("person_id")) and about["person_id"] == who.person_id


@rule
def member(who: Standing, about: About) -> bool:
    return bool(about.get("community_id")) and who.member_of(about["community_id"])


@rule
def officer(who: Standing, about: About) -> bool:
    return bool(about.get("community_id")) and who.officer_of(about["community_id"])


@rule
def school_leader(who: Standing, about: About) -> bool:
    """The principal or operator of the school that it is about."""
    npsn = about.get("npsn")
    return bool(npsn) and (who.holds("principal", npsn) or who.holds("school_operator", npsn))


class Policy:
    """A service's table: each operation and the rule that allows it."""

    def __init__(self, rules: Mapping[Operation, Rule]) -> None:
        self._rules = {operation.name: rule_ for operation, rule_ in rules.items()}

    def rule_for(self, operation: Operation) -> Rule:
        """The rule of an operation. Raises ``KeyError`` when the table has no line for it."""
        return self._rules[operation.name]

    def including(self, rules: Mapping[Operation, Rule]) -> Policy:
        """The table with further lines."""
        extended = Policy(rules)
        extended._rules = {**self._rules, **extended._rules}
        return extended

    def __contains__(self, operation: Operation) -> bool:
        return operation.name in self._rules

    def names(self) -> frozenset[str]:
        """The operations that the table speaks of."""
        return frozenset(self._rules)
