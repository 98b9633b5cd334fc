"""Who may do what: rules, and the table that each service keeps of them (``services/<name>/policy.py``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shared.contracts import kernel
from shared.contracts.base import Operation
from shared.standing import Standing

About = Mapping[str, Any]


class Rule:
    """A predicate of who asks (:class:`Standing`; ``None`` when nobody is logged in) and what it is about.

    Rules combine with ``|`` and ``&``; ``parts`` are those that a rule is made of. ``said`` explains a single one, for
    docs/permissions.md.
    """

    def __init__(
        self, name: str, holds: Callable[[Standing | None, About], bool], said: str = "", parts: tuple[Rule, ...] = ()
    ) -> None:
        self.name = name
        self.said = said
        self.parts = parts or (self,)
        self._holds = holds

    def __call__(self, standing: Standing | None, about: About) -> bool:
        return self._holds(standing, about)

    def __or__(self, other: Rule) -> Rule:
        either = f"{self.name} or {other.name}"
        return Rule(either, lambda who, about: self(who, about) or other(who, about), parts=self.parts + other.parts)

    def __and__(self, other: Rule) -> Rule:
        both = f"({self.name} and {other.name})"
        return Rule(both, lambda who, about: self(who, about) and other(who, about), parts=self.parts + other.parts)

    def __repr__(self) -> str:
        return self.name


def rule(holds: Callable[[Standing, About], bool]) -> Rule:
    """A rule for those who are logged in, named for its function and explained by its docstring."""
    said = " ".join((holds.__doc__ or "").split())
    return Rule(holds.__name__, lambda who, about: who is not None and holds(who, about), said)


anyone = Rule("anyone", lambda who, about: True, "Whoever asks, without logging in.")


@rule
def signed_in(who: Standing, about: About) -> bool:
    """Every person of the district who is logged in."""
    return not who.machine


@rule
def client(who: Standing, about: About) -> bool:
    """An API client with the operation's scope, as far as its schools reach (docs/decisions/0111)."""
    return who.machine


@rule
def unbound_client(who: Standing, about: About) -> bool:
    """An API client with the operation's scope that is bound to no school."""
    return who.machine and not who.bound


@rule
def operator(who: Standing, about: About) -> bool:
    """An operator of the district."""
    return who.operator


@rule
def themselves(who: Standing, about: About) -> bool:
    """The person whom it is about, or whose it is."""
    return bool(about.get("person_id")) and about["person_id"] == who.person_id


@rule
def member(who: Standing, about: About) -> bool:
    """Whoever belongs to the community that it is about, in whatever role."""
    return bool(about.get("community_id")) and who.member_of(about["community_id"])


@rule
def officer(who: Standing, about: About) -> bool:
    """An officer (ketua, sekretaris, bendahara) of the community that it is about."""
    return bool(about.get("community_id")) and who.officer_of(about["community_id"])


@rule
def school_leader(who: Standing, about: About) -> bool:
    """The principal or operator of the school that it is about."""
    npsn = about.get("npsn")
    return bool(npsn) and (who.holds("principal", npsn) or who.holds("school_operator", npsn))


@rule
def supervisor(who: Standing, about: About) -> bool:
    """A supervisor (pengawas) of the district, or of the school that it is about."""
    return who.holds("supervisor", about.get("npsn"))


def kernel_rules(service: str) -> dict[Operation, Rule]:
    """Who may do the operations that the kernel gives each service."""
    return {
        kernel.list_events(service): operator | client,
        kernel.list_audit(service): operator,
        kernel.export_audit(service): operator,
        kernel.read_part(service): signed_in,
    }


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
