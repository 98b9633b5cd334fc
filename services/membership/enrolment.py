"""Enrolment: new and changed people with where they teach, written and told in a few round trips for many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.membership import calendar
from services.membership.domain import assignments, imports, people
from services.membership.snapshots import assignment_state, person_state, role_state
from shared.contracts.events import membership as events
from shared.errors import Conflict
from shared.ids import new_id
from shared.messaging import Work
from shared.mongo import Doc, Taken

_NUMBERS = "people"


class Enrolment:
    """Collects changes of people and their posts; :meth:`save` writes them in the unit of work and tells them.

    A post whose duty is to lead the school brings the role of principal there, which ends with it.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._today = calendar.today(work)
        self._new: list[Doc] = []
        self._changed: dict[str, Doc] = {}
        self._begun: list[Doc] = []
        self._ended: list[Doc] = []
        self._granted: list[Doc] = []
        self._revoked: list[str] = []

    def enrol(self, said: Mapping[str, Any]) -> Doc:
        """A new person; ``said`` are their fields in kept form."""
        person = people.new(new_id(), said)
        self._new.append(person)
        return person

    def change(self, person: Doc, changes: Mapping[str, Any]) -> None:
        """Other fields for a person who is known."""
        person.update(changes)
        if "version" in person:
            self._changed[person["id"]] = person

    def begin(self, person: Doc, assignment: Doc) -> None:
        """A post for a person, present or to come."""
        if imports.leads_school(assignment["duty"]):
            grant = {
                "id": new_id(),
                "person_id": person["id"],
                "role": "principal",
                "scope_id": assignment["npsn"],
                "valid_from": assignment["valid_from"],
                "valid_until": assignment["valid_until"],
            }
            self._granted.append(grant)
            assignment["grant_id"] = grant["id"]
        self._begun.append(assignment)
        if assignments.current([assignment], self._today):
            self.change(person, people.at(person, [*person["posts"], assignments.post_of(assignment)]))

    def end(self, person: Doc, post: Mapping[str, Any]) -> None:
        """The end, as of yesterday, of a post that the person has now."""
        assignment = self._work.store.assignments.require(post["assignment_id"])
        self._ended.append(assignments.ended(assignment, self._today))
        if post["grant_id"]:
            self._revoked.append(post["grant_id"])
        self.change(person, people.at(person, [other for other in person["posts"] if other is not post]))

    def save(self) -> list[Doc]:
        """Write and tell everything; answers the people, new ones first, in the order they came.

        Raises :class:`Conflict` when a NUPTK or username has another owner.
        """
        store, work = self._work.store, self._work
        try:
            self._name()
            created = store.people.insert_many([people.indexed(person) for person in self._new])
            changed = [store.people.save(people.indexed(person)) for person in self._changed.values()]
        except Taken:
            raise Conflict("membership.nuptk_taken") from None
        facts = store.assignments.insert_many(self._begun) + [store.assignments.save(fact) for fact in self._ended]
        over = calendar.yesterday_everywhere(work)
        grants = store.roles.insert_many(self._granted)
        for grant in store.roles.get_many(self._revoked).values():
            grants.append(store.roles.save({**grant, "valid_until": over}))
        for person in (*created, *changed):
            work.emit(events.PERSON_CHANGED, person_state(person), person["version"])
        for fact in facts:
            work.emit(events.ASSIGNMENT_CHANGED, assignment_state(fact), fact["version"])
        for grant in grants:
            work.emit(events.ROLE_CHANGED, role_state(grant), grant["version"])
        return [*created, *changed]

    def _name(self) -> None:
        """Give the new people who have none a username, by the district's running number."""
        nameless = [person for person in self._new if person["username"] is None]
        if not nameless:
            return
        registers = self._work.store.registers
        registers.upsert(_NUMBERS, inc={"last": len(nameless)})
        first = registers.require(_NUMBERS)["last"] - len(nameless) + 1
        for number, person in enumerate(nameless, first):
            person["username"] = people.given_username(person["name"], number)
