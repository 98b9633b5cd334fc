"""Who was there, and where, on a day: the list of people as of then."""

from __future__ import annotations

from collections.abc import Iterable

from services.membership import sight
from services.membership.domain import assignments, dated, people
from services.membership.enrolment import MOST_FACTS
from shared.contracts.membership import LIST_ASSIGNMENTS
from shared.errors import Forbidden, Invalid
from shared.messaging import Work
from shared.mongo import Doc

# Longer lists of values cost the embedded database more than proportionally (docs/decisions/0033).
_IN = 20


def list_people_of_a_day(work: Work, order: Doc) -> Doc:
    """Those who taught at ``school`` on that day, or all, each with the primary school that they had; for those who may
    see where people taught. Names, subjects and all else are of today, and so is what API clients reach."""
    day, school = order["on"], order.get("school")
    if order["updated_since"] is not None or order["external"] is not None:
        raise Invalid.field("on", "membership.on_alone")
    if not work.may(LIST_ASSIGNMENTS, npsn=school):
        raise Forbidden()
    if school is not None and not work.reach.school(school):
        return {"items": [], "next": None}
    wanted = people.found_by({"q": order.get("q"), "subject": order.get("subject")})
    if school is None:
        page = work.store.people.page(wanted.where, order, keep=wanted.keep)
        persons = page.items
    else:
        page = work.store.assignments.page({"npsn": school}, order, keep=lambda fact: dated.holds(fact, day))
        known = work.store.people.get_many(fact["person_id"] for fact in page.items)
        persons = [known[fact["person_id"]] for fact in page.items if wanted.fits(known[fact["person_id"]])]
    persons = [person for person in persons if work.reach.teacher(person["schools"])]
    facts = _facts_of(work, persons)
    shown = [{**sight.shown(work, each), "npsn": school_on(work, facts[each["id"]], day)} for each in persons]
    return {"items": shown, "next": page.next}


def school_on(work: Work, facts: Iterable[Doc], day: str) -> str | None:
    """The primary school of that day, by a person's assignments, as far as the caller reaches."""
    primary = assignments.primary_on(facts, day)
    return primary["npsn"] if primary is not None and work.reach.school(primary["npsn"]) else None


def _facts_of(work: Work, found: Iterable[Doc]) -> dict[str, list[Doc]]:
    facts: dict[str, list[Doc]] = {person["id"]: [] for person in found}
    ids = list(facts)
    for start in range(0, len(ids), _IN):
        where = {"person_id": {"$in": ids[start : start + _IN]}}
        for fact in work.store.assignments.find(where, limit=_IN * MOST_FACTS):
            facts[fact["person_id"]].append(fact)
    return facts
