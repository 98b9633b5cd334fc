"""Scheduling: when communities meet, and who comes."""

from __future__ import annotations

from services.scheduling import reactions
from services.scheduling.personal import PERSONAL
from services.scheduling.policy import POLICY
from services.scheduling.snapshots import SOURCES
from services.scheduling.store import SchedulingStore
from services.scheduling.usecases import letters
from services.scheduling.usecases.answer_session import answer_session
from services.scheduling.usecases.approve_minutes import approve_minutes
from services.scheduling.usecases.calendar_addresses import (
    get_community_calendar,
    get_my_calendar,
    renew_my_calendar,
)
from services.scheduling.usecases.cancel_session import cancel_session
from services.scheduling.usecases.certificate_terms import get_certificate_terms, set_certificate_terms
from services.scheduling.usecases.certificates import (
    check_certificate,
    check_paper,
    list_certificate_keys,
    list_certificates,
    print_certificate,
    revoke_certificate,
)
from services.scheduling.usecases.change_commitment import change_commitment
from services.scheduling.usecases.change_series import change_series
from services.scheduling.usecases.change_session import change_session
from services.scheduling.usecases.check_in import check_in
from services.scheduling.usecases.end_series import end_series
from services.scheduling.usecases.find_free_dates import find_free_dates
from services.scheduling.usecases.forget_guest import forget_guest
from services.scheduling.usecases.get_bundle import get_bundle
from services.scheduling.usecases.get_checkin_codes import get_checkin_codes
from services.scheduling.usecases.issue_certificates import issue_certificates
from services.scheduling.usecases.list_attendance import list_attendance
from services.scheduling.usecases.list_rsvps import list_rsvps
from services.scheduling.usecases.make_commitment import make_commitment
from services.scheduling.usecases.pause_series import pause_series, resume_series
from services.scheduling.usecases.print_document import link_document, print_document, print_linked_document
from services.scheduling.usecases.print_letter import link_letter, print_letter, print_linked_letter
from services.scheduling.usecases.print_record import print_record
from services.scheduling.usecases.read_agenda import get_agenda
from services.scheduling.usecases.read_calendar import read_calendar
from services.scheduling.usecases.read_commitments import get_commitment, list_commitments
from services.scheduling.usecases.read_minutes import get_minutes, get_revision, list_revisions
from services.scheduling.usecases.read_series import get_series, list_series
from services.scheduling.usecases.read_sessions import get_session, list_sessions
from services.scheduling.usecases.record_attendance import record_attendance
from services.scheduling.usecases.remind import choose_reminders, get_reminders, remind_due
from services.scheduling.usecases.roll_series import roll_due
from services.scheduling.usecases.schedule_session import schedule_session
from services.scheduling.usecases.school_year import get_holidays, get_timetable, put_holidays, put_timetable
from services.scheduling.usecases.set_agenda import set_agenda
from services.scheduling.usecases.share_session import read_public_session, share_session
from services.scheduling.usecases.show_attended import show_attended
from services.scheduling.usecases.show_coming import show_coming
from services.scheduling.usecases.start_series import start_series
from services.scheduling.usecases.write_minutes import write_minutes
from shared.contracts import scheduling as contracts
from shared.contracts.events.membership import MEMBER_LEFT
from shared.errors import Refusal
from shared.messaging import Kernel, Received, SystemWork, Work, command, every, on, query
from shared.mongo import Doc


class SchedulingService:
    """Scheduling's entrypoints."""

    name = "scheduling"
    kernel = Kernel(SchedulingStore, POLICY, SOURCES, PERSONAL)

    @query(contracts.GET_TIMETABLE)
    def get_timetable(self, work: Work, asked: Doc) -> Doc:
        return get_timetable(work, asked)

    @command(contracts.PUT_TIMETABLE)
    def put_timetable(self, work: Work, order: Doc) -> Doc:
        return put_timetable(work, order)

    @query(contracts.GET_HOLIDAYS)
    def get_holidays(self, work: Work, asked: Doc) -> Doc:
        return get_holidays(work, asked)

    @command(contracts.PUT_HOLIDAYS)
    def put_holidays(self, work: Work, order: Doc) -> Doc:
        return put_holidays(work, order)

    @query(contracts.FIND_FREE_DATES)
    def find_free_dates(self, work: Work, asked: Doc) -> Doc:
        return find_free_dates(work, asked)

    @command(contracts.START_SERIES)
    def start_series(self, work: Work, order: Doc) -> Doc:
        return start_series(work, order)

    @command(contracts.CHANGE_SERIES)
    def change_series(self, work: Work, order: Doc) -> Doc:
        return change_series(work, order)

    @command(contracts.PAUSE_SERIES)
    def pause_series(self, work: Work, order: Doc) -> Doc:
        return pause_series(work, order)

    @command(contracts.RESUME_SERIES)
    def resume_series(self, work: Work, order: Doc) -> Doc:
        return resume_series(work, order)

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

    @command(contracts.DROP_SESSION)
    def drop_session(self, work: Work, order: Doc) -> Doc:
        return cancel_session(work, order)

    @command(contracts.ANSWER_SESSION, in_turn="session_id")
    def answer_session(self, work: Work, order: Doc) -> Doc:
        return answer_session(work, order)

    @query(contracts.LIST_RSVPS)
    def list_rsvps(self, work: Work, asked: Doc) -> Doc:
        return list_rsvps(work, asked)

    @command(contracts.RECORD_ATTENDANCE, in_turn="session_id")
    def record_attendance(self, work: Work, order: Doc) -> Doc:
        return record_attendance(work, order)

    @command(contracts.FORGET_GUEST)
    def forget_guest(self, work: Work, order: Doc) -> None:
        forget_guest(work, order)

    @query(contracts.LIST_ATTENDANCE)
    def list_attendance(self, work: Work, asked: Doc) -> Doc:
        return list_attendance(work, asked)

    @command(contracts.GET_CHECKIN_CODES)
    def get_checkin_codes(self, work: Work, asked: Doc) -> Doc:
        return get_checkin_codes(work, asked)

    @command(contracts.CHECK_IN)
    def check_in(self, work: Work, order: Doc) -> Doc | Refusal:
        return check_in(work, order)

    @command(contracts.GET_BUNDLE)
    def get_bundle(self, work: Work, asked: Doc) -> Doc:
        return get_bundle(work, asked)

    @query(contracts.SHARE_SESSION)
    def share_session(self, work: Work, asked: Doc) -> Doc:
        return share_session(work, asked)

    @query(contracts.READ_PUBLIC_SESSION)
    def read_public_session(self, work: Work, asked: Doc) -> Doc:
        return read_public_session(work, asked)

    @command(contracts.REQUEST_LETTER)
    def request_letter(self, work: Work, order: Doc) -> Doc:
        return letters.request_letter(work, order)

    @query(contracts.LIST_SESSION_LETTERS)
    def list_session_letters(self, work: Work, asked: Doc) -> Doc:
        return letters.list_session_letters(work, asked)

    @query(contracts.LIST_LETTERS)
    def list_letters(self, work: Work, asked: Doc) -> Doc:
        return letters.list_letters(work, asked)

    @query(contracts.GET_LETTER)
    def get_letter(self, work: Work, asked: Doc) -> Doc:
        return letters.get_letter(work, asked)

    @command(contracts.GRANT_LETTER)
    def grant_letter(self, work: Work, order: Doc) -> Doc:
        return letters.grant_letter(work, order)

    @command(contracts.REFUSE_LETTER)
    def refuse_letter(self, work: Work, order: Doc) -> Doc:
        return letters.refuse_letter(work, order)

    @query(contracts.PRINT_LETTER)
    def print_letter(self, work: Work, asked: Doc) -> tuple[Doc, bytes]:
        return print_letter(work, asked)

    @command(contracts.LINK_LETTER)
    def link_letter(self, work: Work, order: Doc) -> Doc:
        return link_letter(work, order)

    @query(contracts.PRINT_LINKED_LETTER)
    def print_linked_letter(self, work: Work, asked: Doc) -> tuple[Doc, bytes]:
        return print_linked_letter(work, asked)

    @query(contracts.PRINT_DOCUMENT)
    def print_document(self, work: Work, asked: Doc) -> tuple[Doc, bytes]:
        return print_document(work, asked)

    @command(contracts.LINK_DOCUMENT)
    def link_document(self, work: Work, order: Doc) -> Doc:
        return link_document(work, order)

    @query(contracts.PRINT_LINKED_DOCUMENT)
    def print_linked_document(self, work: Work, asked: Doc) -> tuple[Doc, bytes]:
        return print_linked_document(work, asked)

    @query(contracts.GET_MY_CALENDAR)
    def get_my_calendar(self, work: Work, asked: Doc) -> Doc:
        return get_my_calendar(work)

    @command(contracts.RENEW_MY_CALENDAR)
    def renew_my_calendar(self, work: Work, order: Doc) -> Doc:
        return renew_my_calendar(work)

    @query(contracts.GET_COMMUNITY_CALENDAR)
    def get_community_calendar(self, work: Work, asked: Doc) -> Doc:
        return get_community_calendar(work, asked)

    @query(contracts.READ_CALENDAR)
    def read_calendar(self, work: Work, asked: Doc) -> tuple[Doc, bytes]:
        return read_calendar(work, asked)

    @query(contracts.GET_AGENDA)
    def get_agenda(self, work: Work, asked: Doc) -> Doc:
        return get_agenda(work, asked)

    @command(contracts.SET_AGENDA)
    def set_agenda(self, work: Work, order: Doc) -> Doc:
        return set_agenda(work, order)

    @query(contracts.GET_MINUTES)
    def get_minutes(self, work: Work, asked: Doc) -> Doc:
        return get_minutes(work, asked)

    @command(contracts.WRITE_MINUTES)
    def write_minutes(self, work: Work, order: Doc) -> Doc:
        return write_minutes(work, order)

    @command(contracts.APPROVE_MINUTES)
    def approve_minutes(self, work: Work, order: Doc) -> Doc:
        return approve_minutes(work, order)

    @query(contracts.LIST_REVISIONS)
    def list_revisions(self, work: Work, asked: Doc) -> Doc:
        return list_revisions(work, asked)

    @query(contracts.GET_REVISION)
    def get_revision(self, work: Work, asked: Doc) -> Doc:
        return get_revision(work, asked)

    @query(contracts.LIST_COMMITMENTS)
    def list_commitments(self, work: Work, asked: Doc) -> Doc:
        return list_commitments(work, asked)

    @command(contracts.MAKE_COMMITMENT)
    def make_commitment(self, work: Work, order: Doc) -> Doc:
        return make_commitment(work, order)

    @query(contracts.GET_COMMITMENT)
    def get_commitment(self, work: Work, asked: Doc) -> Doc:
        return get_commitment(work, asked)

    @command(contracts.CHANGE_COMMITMENT)
    def change_commitment(self, work: Work, order: Doc) -> Doc:
        return change_commitment(work, order)

    @command(contracts.ISSUE_CERTIFICATES)
    def issue_certificates(self, work: Work, order: Doc) -> Doc:
        return issue_certificates(work, order)

    @query(contracts.LIST_CERTIFICATES)
    def list_certificates(self, work: Work, asked: Doc) -> Doc:
        return list_certificates(work, asked)

    @query(contracts.GET_CERTIFICATE_TERMS)
    def get_certificate_terms(self, work: Work, asked: Doc) -> Doc:
        return get_certificate_terms(work, asked)

    @command(contracts.SET_CERTIFICATE_TERMS)
    def set_certificate_terms(self, work: Work, order: Doc) -> Doc:
        return set_certificate_terms(work, order)

    @query(contracts.CHECK_CERTIFICATE)
    def check_certificate(self, work: Work, asked: Doc) -> Doc:
        return check_certificate(work, asked)

    @query(contracts.PRINT_CERTIFICATE)
    def print_certificate(self, work: Work, asked: Doc) -> tuple[Doc, bytes]:
        return print_certificate(work, asked)

    @query(contracts.CHECK_PAPER)
    def check_paper(self, work: Work, asked: Doc) -> Doc:
        return check_paper(work, asked)

    @query(contracts.LIST_CERTIFICATE_KEYS)
    def list_certificate_keys(self, work: Work, asked: Doc) -> Doc:
        return list_certificate_keys(work)

    @command(contracts.REVOKE_CERTIFICATE)
    def revoke_certificate(self, work: Work, order: Doc) -> Doc:
        return revoke_certificate(work, order)

    @query(contracts.SHOW_COMING)
    def show_coming(self, work: Work, asked: Doc) -> Doc:
        return show_coming(work, asked)

    @query(contracts.SHOW_ATTENDED)
    def show_attended(self, work: Work, asked: Doc) -> Doc:
        return show_attended(work, asked)

    @query(contracts.PRINT_RECORD)
    def print_record(self, work: Work, asked: Doc) -> tuple[Doc, bytes]:
        return print_record(work, asked)

    @query(contracts.GET_REMINDERS)
    def get_reminders(self, work: Work, asked: Doc) -> Doc:
        return get_reminders(work, asked)

    @command(contracts.CHOOSE_REMINDERS)
    def choose_reminders(self, work: Work, order: Doc) -> Doc:
        return choose_reminders(work, order)

    @on(MEMBER_LEFT)
    def give_up_seats(self, work: Work, event: Received) -> None:
        reactions.give_up_seats(work, event)

    @every(seconds=15, name="reminders")
    def remind(self, work: SystemWork) -> bool:
        return remind_due(work)

    @every(seconds=3600, name="series")
    def roll_series(self, work: SystemWork) -> bool:
        return roll_due(work)
