"""Carrying out erasures whose time to think it over has passed, and collecting what the services confirm."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from services.membership import access, departures
from services.membership.domain import erasures, people
from services.membership.enrolment import Enrolment
from services.membership.store import MembershipStore
from shared import clock
from shared.contracts.words import SERVICES
from shared.messaging import SystemWork, Work, personal
from shared.mongo import Doc

_MOST = 1000


def run_once(work: SystemWork) -> None:
    """Begin what is due."""
    for due in work.system.find(MembershipStore.erasures_due, {}, _MOST):
        if due["effective_at"] <= clock.now():
            work.run(due["district"], partial(begin, erasure_id=due["id"]))


def begin(work: Work, erasure_id: str) -> None:
    """The account is shut, and nobody takes the person into a community; from here on this service erases, and then
    tells the others to (membership's own part ends with the person's record, see personal.py)."""
    work.store.erasures_due.delete(erasure_id)
    erasure = work.store.erasures.get(erasure_id)
    if erasure is None or not erasures.is_due(erasure, work.now):
        return
    work.store.erasures.save(erasures.begin(erasure))
    _shut(work, work.store.people.require(erasure["person_id"]))
    personal.begin_erasure(work, erasure_id, erasure["person_id"])


def _shut(work: Work, person: Doc) -> None:
    if person["status"] in people.PRESENT:
        enrolment = Enrolment(work)
        enrolment.change(person, {"status": "disabled"})
        enrolment.save()
    access.disable(work, person["id"])
    departures.look_again(work, person["id"])


def confirm(work: Work, told: Mapping[str, Any]) -> None:
    """A service has done its part."""
    erasure = work.store.erasures.get(told["erasure_id"])
    if erasure is not None:
        part = {name: told[name] for name in ("erased", "kept")}
        work.store.erasures.save(erasures.confirm(erasure, told["service"], part, SERVICES, work.now))
