"""Enrolment: new and changed people with where they teach, written and told in a few round trips for many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.membership import calendar, codes, dating, departures
from services.membership.domain import assignments, dated, duties, people
from services.membership.snapshots import assignment_state, person_state, role_state
from shared.contracts.events import membership as events
from shared.errors import Conflict
from shared.ids import new_id
from shared.messaging import Work
from shared.mongo import Doc, Taken

MOST_FACTS = 200
_NUMBERS = "people"


def facts_of(work: Work, person_id: str) -> list[Doc]:
    """All assignments of a person, past and future ones too."""
    found: list[Doc] = work.store.assignments.find({"person_id": person_id}, limit=MOST_FACTS)
    return found


class Enrolment:
    """Collects changes of people and their posts; :meth:`save` writes them in the unit of work and tells them.

    A post whose duty is to lead the school brings the role of principal there, which ends with it; a card that another
    school may have printed opens their account no more (docs/decisions/0115). Whoever has no post
    at a school any more leaves its kombel. What a fact said before it was ended or set right is kept. Days on which
    something will begin or end are noted, so that it takes effect then (``turning.py``). The person's record guards
    their facts: two changes at once cannot both be made without knowing of each other.
    """

    def __init__(self, work: Work) -> None:
        self.work = work
        self.today = calendar.today(work)
        self._new: list[Doc] = []
        self._changed: dict[str, Doc] = {}
        self._begun: list[Doc] = []
        self._rewritten: list[tuple[Doc, Doc]] = []
        self._granted: list[Doc] = []
        self._beyond_their_school: list[str] = []
        self._regranted: dict[str, tuple[Doc, Doc]] = {}
        self._lost: dict[str, dict[str, str]] = {}
        self._due: set[tuple[str, str]] = set()
        self._afterwards: list[Callable[[], None]] = []

    def enrol(self, said: Mapping[str, Any], person_id: str | None = None) -> Doc:
        """A new person; ``said`` are their fields in kept form. The id may have been given out before."""
        person = people.new(person_id or new_id(), said)
        self._new.append(person)
        return person

    def change(self, person: Doc, changes: Mapping[str, Any]) -> None:
        """Other fields for a person who is known. Raises :class:`Conflict` for one who was erased."""
        _check_not_erased(person)
        person.update(changes)
        if "version" in person:
            self._changed[person["id"]] = person

    def begin(self, person: Doc, assignment: Doc) -> None:
        """A post for a person, present or to come. Raises :class:`Conflict` for one who was erased."""
        _check_not_erased(person)
        if duties.leads_school(assignment["duty"]):
            self._grant(person, assignment)
        self._begun.append(assignment)
        if dated.holds(assignment, self.today):
            self.change(person, people.at(person, [*person["posts"], assignments.post_of(assignment)]))
        else:
            self.change(person, {})
        self._note_days(assignment)

    def end(self, person: Doc, post: Mapping[str, Any]) -> None:
        """The end, as of yesterday, of a post that the person has now."""
        fact = self.work.store.assignments.require(post["assignment_id"])
        self.rewrite(person, fact, dated.ended(fact, self.today))

    def rewrite(self, person: Doc, fact: Doc, after: Doc) -> None:
        """Another end, or another wording, for an assignment that is on record; the caller has checked that it fits."""
        leads = duties.leads_school(after["duty"])
        if after["grant_id"]:
            # A role that is over was held as long as it was, whatever the post is called now.
            until_now = fact if dated.is_over(fact, self.today) else dated.ended(fact, self.today)
            self._regranted[after["grant_id"]] = (fact, after if leads else until_now)
            if not leads:
                after["grant_id"] = None
        elif leads:
            self._grant(person, after)
        self._rewritten.append((fact, after))
        others = [post for post in person["posts"] if post["assignment_id"] != fact["id"]]
        if dated.holds(after, self.today):
            others.append(assignments.post_of(after))
        elif len(others) < len(person["posts"]):
            self._lose(person, after)
        self.change(person, people.at(person, others))
        self._note_days(after)

    def settle(self, person: Doc) -> None:
        """Bring the person's present posts up to what their facts say of today."""
        facts = {fact["id"]: fact for fact in facts_of(self.work, person["id"])}
        now = [assignments.post_of(fact) for fact in assignments.current(list(facts.values()), self.today)]
        if people.at(person, now)["posts"] == person["posts"]:
            return
        present = {post["assignment_id"] for post in now}
        for post in person["posts"]:
            if post["assignment_id"] not in present:
                self._lose(person, facts[post["assignment_id"]])
        self.change(person, people.at(person, now))

    def note_day(self, person_id: str, day: str) -> None:
        """Look at the person again on that day, unless it has come."""
        if day > self.today:
            self._due.add((person_id, day))

    def afterwards(self, step: Callable[[], None]) -> None:
        """Do this too, once everything is written."""
        self._afterwards.append(step)

    def save(self) -> list[Doc]:
        """Write and tell everything; answers the people, new ones first, in the order they came.

        Raises :class:`Conflict` when a NUPTK or username has another owner.
        """
        store, work = self.work.store, self.work
        try:
            self._name()
            created = store.people.insert_many([people.indexed(person) for person in self._new])
            changed = [store.people.save(people.indexed(person)) for person in self._changed.values()]
        except Taken:
            raise Conflict("membership.nuptk_taken") from None
        facts = store.assignments.insert_many(self._begun)
        facts += [store.assignments.save(after) for _, after in self._rewritten]
        grants = store.roles.insert_many(self._granted) + self._save_grants()
        dating.keep_wording(work, [before for before, _ in self._rewritten])
        store.turns.insert_many([{"person_id": id_, "due_on": day} for id_, day in sorted(self._due)])
        for person in (*created, *changed):
            work.emit(events.PERSON_CHANGED, person_state(person), person["version"])
        for fact in facts:
            work.emit(events.ASSIGNMENT_CHANGED, assignment_state(fact), fact["version"])
        for grant in grants:
            work.emit(events.ROLE_CHANGED, role_state(grant), grant["version"])
        for person in changed:
            lost = self._lost.get(person["id"], {})
            departures.from_schools(work, person, {npsn: lost[npsn] for npsn in lost.keys() - set(person["schools"])})
        for account in store.accounts.get_many(self._beyond_their_school).values():
            codes.forget(work, account)
        for step in self._afterwards:
            step()
        return [*created, *changed]

    def _grant(self, person: Doc, assignment: Doc) -> None:
        grant = {
            "id": new_id(),
            "person_id": assignment["person_id"],
            "role": "principal",
            "scope_id": assignment["npsn"],
            "valid_from": assignment["valid_from"],
            "valid_until": assignment["valid_until"],
        }
        self._granted.append(grant)
        if "version" in person and person["npsn"] != assignment["npsn"]:
            self._beyond_their_school.append(person["id"])
        assignment["grant_id"] = grant["id"]

    def _save_grants(self) -> list[Doc]:
        """The roles that come and go with a post follow it; one that was ended by itself is not brought back."""
        saved = []
        for grant in self.work.store.roles.get_many(self._regranted).values():
            fact, after = self._regranted[grant["id"]]
            in_step = all(grant[name] == fact[name] for name in ("valid_from", "valid_until"))
            until = after["valid_until"] if in_step else dated.earlier(grant["valid_until"], after["valid_until"])
            since = after["valid_from"] if in_step else grant["valid_from"]
            saved.append(dating.redate(self.work, grant, since, until))
        return saved

    def _lose(self, person: Doc, fact: Doc) -> None:
        day = dated.day_after(fact["valid_until"]) if fact["valid_until"] else self.today
        self._lost.setdefault(person["id"], {})[fact["npsn"]] = min(day, self.today)

    def _note_days(self, fact: Doc) -> None:
        self.note_day(fact["person_id"], fact["valid_from"])
        if fact["valid_until"] is not None:
            self.note_day(fact["person_id"], dated.day_after(fact["valid_until"]))

    def _name(self) -> None:
        """Give the new people who have none a username, by the district's running number."""
        nameless = [person for person in self._new if person["username"] is None]
        if not nameless:
            return
        registers = self.work.store.registers
        registers.upsert(_NUMBERS, inc={"last": len(nameless)})
        first = registers.require(_NUMBERS)["last"] - len(nameless) + 1
        for number, person in enumerate(nameless, first):
            person["username"] = people.given_username(person["name"], number)


def _check_not_erased(person: Mapping[str, Any]) -> None:
    if person.get("erased"):
        raise Conflict("personal.person_erased")
