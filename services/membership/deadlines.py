"""Deadlines: what ends in a community, written down so that its officers are warned before (docs/decisions/0122).

A decree's deadline has the community's id, a term's that of the dated fact that it belongs to: whoever takes another
role, or comes back later, has no term until they are given one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.membership import calendar
from services.membership.domain import dated, memberships
from services.membership.domain.deadlines import NEVER, first_notice
from shared.errors import Invalid
from shared.messaging import Work
from shared.mongo import Doc

JOB = "deadlines"
MOST = 200


def watch_decree(work: Work, community: Doc) -> None:
    """The decree's end is what the community says now."""
    until = (community["decree"] or {}).get("until")
    _put(work, f"decree/{community['id']}", {"community_id": community["id"], "what": "decree"}, until)


def give_term(work: Work, record: Doc, term: Mapping[str, Any] | None) -> None:
    """The term of an officer in the role that they have; ``None``: it has no end that is known.

    Raises :class:`Invalid` for whoever is no officer, and for a term that ends before it begins.
    """
    if term is not None and record["role"] not in memberships.OFFICERS:
        raise Invalid.field("term", "membership.term_for_officers")
    first, last = (term["valid_from"], term["valid_until"]) if term is not None else (None, None)
    if first is not None:
        dated.check_days(first, last)
    whose = {name: record[name] for name in ("community_id", "person_id", "fact_id")}
    _put(work, f"term/{record['fact_id']}", {**whose, "what": "term", "valid_from": first}, last)


def carry_term(work: Work, before: Doc, after: Doc) -> None:
    """Whoever moved to another community with their role keeps the term that they had in it."""
    term = terms_of(work, [before]).get(before["fact_id"])
    if term is not None and after["role"] in memberships.OFFICERS and after["fact_id"] not in terms_of(work, [after]):
        give_term(work, after, term)


def terms_of(work: Work, records: Iterable[Doc]) -> dict[str, Doc]:
    """The terms of those of these members, or facts of past ones, who have one, by the id of the dated fact."""
    led = [fact_of(record) for record in records if record["role"] in memberships.OFFICERS]
    found = work.store.deadlines.get_many(f"term/{id_}" for id_ in led)
    return {term["fact_id"]: term for term in found.values() if term["valid_until"]}


def fact_of(record: Doc) -> str:
    """The id of the dated fact that a member's record tells of, or that it is."""
    return str(record.get("fact_id") or record["id"])


def rearm(work: Work, community_id: str) -> None:
    """Warn anew, from now on, of what ends in a community that was revived."""
    today = calendar.today(work)
    for doc in work.store.deadlines.find({"community_id": community_id}, limit=MOST):
        if doc["valid_until"]:
            _save(work, {**doc, "next_on": first_notice(doc["valid_until"], today)})


def _put(work: Work, id_: str, said: Doc, until: str | None) -> None:
    known = work.store.deadlines.get(id_)
    if known is None and until is None:
        return
    if known is not None and known["valid_until"] == until:
        next_on = known["next_on"]
    else:
        next_on = first_notice(until, calendar.today(work)) if until else NEVER
    _save(work, {**(known or {"id": id_}), **said, "valid_until": until, "next_on": next_on})


def _save(work: Work, doc: Doc) -> None:
    table = work.store.deadlines
    saved = table.save(doc) if "version" in doc else table.insert(doc)
    if saved["next_on"] == calendar.today(work):
        work.wake(JOB)
