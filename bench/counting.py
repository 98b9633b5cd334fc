"""The smallest service that has an effect: it writes one document for each answer to a meeting that it hears of.

``python -m bench.counting`` runs it in notification's place, with the kernel that every service has.
"""

from __future__ import annotations

from shared import launcher
from shared.contracts.events.scheduling import RSVP_CHANGED
from shared.messaging import Kernel, Received, Work, on
from shared.mongo import Store, Table
from shared.policy import Policy
from shared.settings import from_environment


class CountingStore(Store):
    effects = Table("effects")


class CountingService:
    name = "notification"
    kernel = Kernel(CountingStore, Policy({}))

    @on(RSVP_CHANGED)
    def count(self, work: Work, event: Received) -> None:
        work.store.effects.insert({"id": event.id, "answer": event.data["answer"]})


if __name__ == "__main__":
    launcher.serve(CountingService, from_environment())
