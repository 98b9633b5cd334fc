"""The probe that plays scheduling: a community's name says what its reaction does.

``raise <text>``: it always fails, with this text. ``stumble <n>``: it fails the first n times. ``kill``: it kills its
process, as ``kill -9`` does. ``slow <seconds>``: it takes its time. ``needs <id>``: it misses the copy of that
community until it is there. Anything else: it simply works.
"""

from __future__ import annotations

import os
import signal
import time

from shared.contracts.events.membership import COMMUNITY_CHANGED
from shared.contracts.events.scheduling import RSVP_CHANGED
from shared.errors import MissingReference
from shared.ids import new_id
from shared.messaging import Kernel, Received, Work, command, on, query
from shared.mongo import Doc, Table
from shared.policy import Policy, signed_in
from shared.standing import StandingStore
from tests.support.probe import contracts as c

BEGUN = "begun"


class FollowerStore(StandingStore):
    """``effects`` counts what was done for each community: a doubled effect shows as a two."""

    effects = Table("effects")


class Follower:
    name = "scheduling"
    kernel = Kernel(FollowerStore, Policy({c.SEE: signed_in, c.REMARK: signed_in}))

    @on(COMMUNITY_CHANGED)
    def react(self, work: Work, event: Received) -> None:
        # Outside the transaction, so that every beginning is seen, whatever becomes of it.
        begun = work.store.database[BEGUN]
        begun.insert_one({"_id": new_id(), "event": event.id})
        order, _, rest = event.data["name"].partition(" ")
        if order == "raise":
            raise RuntimeError(rest)
        if order == "stumble" and begun.count_documents({"event": event.id}) <= int(rest):
            raise RuntimeError("stumbled")
        if order == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if order == "slow":
            time.sleep(float(rest))
        if order == "needs" and work.store.communities.get(rest) is None:
            raise MissingReference()
        work.store.effects.upsert(event.subject_id, inc={"times": 1})
        answer = {
            "session_id": event.subject_id,
            "community_id": event.subject_id,
            "person_id": event.data["founder_id"],
            "answer": "yes",
        }
        work.emit(RSVP_CHANGED, answer, event.sequence)

    @query(c.SEE)
    def see(self, work: Work, order: Doc) -> Doc:
        return _seen(work, order)

    @command(c.REMARK)
    def remark(self, work: Work, order: Doc) -> Doc:
        return _seen(work, order)


def _seen(work: Work, order: Doc) -> Doc:
    doc = work.store.communities.require(order["community_id"])
    work.allow()
    return {"community_id": doc["id"], "name": doc["name"], "version": doc["version"]}
