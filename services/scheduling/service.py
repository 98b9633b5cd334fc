"""Scheduling: when communities meet, and who comes."""

from __future__ import annotations

from services.scheduling.policy import POLICY
from services.scheduling.snapshots import SOURCES
from services.scheduling.store import SchedulingStore
from services.scheduling.usecases.answer_session import answer_session
from services.scheduling.usecases.cancel_session import cancel_session
from services.scheduling.usecases.change_session import change_session
from services.scheduling.usecases.end_series import end_series
from services.scheduling.usecases.list_rsvps import list_rsvps
from services.scheduling.usecases.read_series import get_series, list_series
from services.scheduling.usecases.read_sessions import get_session, list_sessions
from services.scheduling.usecases.roll_series import roll_due
from services.scheduling.usecases.schedule_session import schedule_session
from services.scheduling.usecases.start_series import start_series
from shared.contracts import scheduling as contracts
from shared.messaging import Kernel, SystemWork, Work, command, every, query
from shared.mongo import Doc


class SchedulingService:
    """Scheduling's entrypoints."""

    name = "scheduling"
    kernel = Kernel(SchedulingStore, POLICY, SOURCES)

    @command(contracts.START_SERIES)
    def start_series(self, work: Work, order: Doc) -> Doc:
        return start_series(work, order)

    @command(contracts.END_SERIES)
    def end_series(self, work: Work, order: Doc) -> Doc:
        return end_series(work, order)

    @query(contracts.LIST_SERIES)
    def list_series(self, work: Work, asked: Doc) -> Doc:
        return list_series(work, asked)

    @query(contracts.GET_SERIES)
    def get_series(self, work: Work, asked: Doc) -> Doc:
        return get_series(work, asked)

    @command(contracts.SCHEDULE_SESSION)
    def schedule_session(self, work: Work, order: Doc) -> Doc:
        return schedule_session(work, order)

    @query(contracts.LIST_SESSIONS)
    def list_sessions(self, work: Work, asked: Doc) -> Doc:
        return list_sessions(work, asked)

    @query(contracts.GET_SESSION)
    def get_session(self, work: Work, asked: Doc) -> Doc:
        return get_session(work, asked)

    @command(contracts.CHANGE_SESSION)
    def change_session(self, work: Work, order: Doc) -> Doc:
        return change_session(work, order)

    @command(contracts.CANCEL_SESSION)
    def cancel_session(self, work: Work, order: Doc) -> Doc:
        return cancel_session(work, order)

    @command(contracts.ANSWER_SESSION)
    def answer_session(self, work: Work, order: Doc) -> Doc:
        return answer_session(work, order)

    @query(contracts.LIST_RSVPS)
    def list_rsvps(self, work: Work, asked: Doc) -> Doc:
        return list_rsvps(work, asked)

    @every(seconds=3600, name="series")
    def roll_series(self, work: SystemWork) -> bool:
        return roll_due(work)
