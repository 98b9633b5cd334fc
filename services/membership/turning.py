"""The turn of the day: what was dated to begin or end takes effect on its day, as the district's own time zone counts.

The facts themselves were written, and told, when they were planned. What is left to do on the day is what people's
records say of the present, and what follows from it: the kombel that they leave, the login that ends. That is worked
out from the facts and written in one transaction with the note that called for it, so it happens once, however often
and by however many it is tried. Whoever had left the district and was taken into a community at that very moment
leaves it too.
"""

from __future__ import annotations

from functools import partial

from pymongo.errors import PyMongoError

from services.membership import calendar, departures, transfers
from services.membership.enrolment import Enrolment
from services.membership.store import MembershipStore
from shared import clock
from shared.messaging import SystemWork, Work
from shared.mongo import Doc

JOB = "turn_of_the_day"
BATCH = 200


def run_once(work: SystemWork) -> bool:
    """Take up what is due, in each district by its own day. Returns whether more may wait.

    One person whose turn fails holds up nobody else; the failure is raised when the others are done.
    """
    failed: Exception | None = None
    more = False
    for district in list(work.system.walk(MembershipStore.districts)):
        today = calendar.day_in(district["timezone"], clock.now())
        store: MembershipStore = work.store(district["id"])
        due = store.turns.find({"due_on": {"$gt": "", "$lte": today}}, limit=BATCH)
        for each in due:
            try:
                work.run(district["id"], partial(_turn, turn=each))
            except PyMongoError:
                raise
            except Exception as error:
                failed = error
        more = more or len(due) == BATCH
    if failed is not None:
        raise failed
    return more


def _turn(work: Work, turn: Doc) -> None:
    if not work.store.turns.delete(turn["id"]):
        return
    person = work.store.people.get(turn["person_id"])
    if person is not None:
        enrolment = Enrolment(work)
        enrolment.settle(person)
        transfers.carry_out_due(enrolment, person)
        enrolment.save()
        if person["status"] == transfers.GONE:
            departures.from_communities(work, person, enrolment.today)
