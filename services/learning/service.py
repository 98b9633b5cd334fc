"""Learning: inquiry cycles, and what came of them for the pupils."""

from __future__ import annotations

from services.learning import reactions
from services.learning.personal import PERSONAL
from services.learning.policy import POLICY
from services.learning.snapshots import SOURCES
from services.learning.store import LearningStore
from services.learning.usecases.advance_cycle import advance_cycle
from services.learning.usecases.change_cycle import change_cycle
from services.learning.usecases.evaluate_cycle import evaluate_cycle
from services.learning.usecases.open_cycle import open_cycle
from services.learning.usecases.read_cycles import get_cycle, list_cycles
from shared.contracts import learning as contracts
from shared.contracts.events.content import RESOURCE_PUBLISHED, RESOURCE_WITHDRAWN
from shared.messaging import Kernel, Received, Work, command, on, query
from shared.mongo import Doc


class LearningService:
    """Learning's entrypoints."""

    name = "learning"
    kernel = Kernel(LearningStore, POLICY, SOURCES, PERSONAL)

    @command(contracts.OPEN_CYCLE)
    def open_cycle(self, work: Work, order: Doc) -> Doc:
        return open_cycle(work, order)

    @query(contracts.LIST_CYCLES)
    def list_cycles(self, work: Work, asked: Doc) -> Doc:
        return list_cycles(work, asked)

    @query(contracts.GET_CYCLE)
    def get_cycle(self, work: Work, asked: Doc) -> Doc:
        return get_cycle(work, asked)

    @command(contracts.CHANGE_CYCLE)
    def change_cycle(self, work: Work, order: Doc) -> Doc:
        return change_cycle(work, order)

    @command(contracts.ADVANCE_CYCLE)
    def advance_cycle(self, work: Work, order: Doc) -> Doc:
        return advance_cycle(work, order)

    @command(contracts.EVALUATE_CYCLE)
    def evaluate_cycle(self, work: Work, order: Doc) -> Doc:
        return evaluate_cycle(work, order)

    @on(RESOURCE_PUBLISHED, RESOURCE_WITHDRAWN)
    def accept_work(self, work: Work, event: Received) -> None:
        reactions.accept_work(work, event)
