"""Series, sessions, and what comes of them (API.md, "Scheduling")."""

from typing import Any

from flask import Response, request

from gateway import calendars, certificates, composing, links, printing, rpc, sharing, validation
from gateway.routes import Routes
from shared.contracts import content, membership
from shared.contracts import scheduling as s
from shared.errors import Refusal
from shared.messaging.protocol import Answer

api = Routes("scheduling", "gateway.about_scheduling")

api.expose("GET /v1/timetable", s.GET_TIMETABLE)
api.expose("PUT /v1/timetable", s.PUT_TIMETABLE)
api.expose("GET /v1/holidays", s.GET_HOLIDAYS)
api.expose("PUT /v1/holidays", s.PUT_HOLIDAYS)
api.expose("GET /v1/communities/<community_id>/free-dates", s.FIND_FREE_DATES)
api.expose("GET /v1/communities/<community_id>/series", s.LIST_SERIES)
api.expose("POST /v1/communities/<community_id>/series", s.START_SERIES, status=201)
api.expose("GET /v1/series/<series_id>", s.GET_SERIES)
api.expose("PATCH /v1/series/<series_id>", s.CHANGE_SERIES, query=("scope",))
api.expose("DELETE /v1/series/<series_id>", s.END_SERIES)
api.expose("POST /v1/series/<series_id>/pause", s.PAUSE_SERIES)
api.expose("POST /v1/series/<series_id>/resume", s.RESUME_SERIES)
api.expose("GET /v1/communities/<community_id>/reminders", s.GET_REMINDERS)
api.expose("PUT /v1/communities/<community_id>/reminders", s.CHOOSE_REMINDERS)
api.expose("GET /v1/sessions", s.LIST_SESSIONS)
api.expose("POST /v1/sessions", s.SCHEDULE_SESSION, status=201)
api.expose("GET /v1/sessions/<session_id>", s.GET_SESSION)
api.expose("PATCH /v1/sessions/<session_id>", s.CHANGE_SESSION, query=("scope",))
api.expose("DELETE /v1/sessions/<session_id>", s.DROP_SESSION)
api.expose("POST /v1/sessions/<session_id>/cancel", s.CANCEL_SESSION, query=("scope",))
api.expose("PUT /v1/sessions/<session_id>/rsvp", s.ANSWER_SESSION)
api.expose("GET /v1/sessions/<session_id>/rsvps", s.LIST_RSVPS)
api.expose("GET /v1/sessions/<session_id>/attendance", s.LIST_ATTENDANCE)
api.expose("POST /v1/sessions/<session_id>/attendance", s.RECORD_ATTENDANCE)
api.expose("DELETE /v1/sessions/<session_id>/attendance/<attendee_id>", s.FORGET_GUEST)
api.expose("GET /v1/sessions/<session_id>/checkin-code", s.GET_CHECKIN_CODES)
api.expose("POST /v1/sessions/<session_id>/checkin", s.CHECK_IN)
api.expose("GET /v1/sessions/<session_id>/bundle", s.GET_BUNDLE)
api.expose("GET /v1/sessions/<session_id>/agenda", s.GET_AGENDA)
api.expose("PUT /v1/sessions/<session_id>/agenda", s.SET_AGENDA)
api.expose("GET /v1/sessions/<session_id>/minutes", s.GET_MINUTES)
api.expose("PUT /v1/sessions/<session_id>/minutes", s.WRITE_MINUTES)
api.expose("POST /v1/sessions/<session_id>/minutes/approve", s.APPROVE_MINUTES)
api.expose("GET /v1/sessions/<session_id>/minutes/revisions", s.LIST_REVISIONS)
api.expose("GET /v1/sessions/<session_id>/minutes/revisions/<revision>", s.GET_REVISION)
api.expose("GET /v1/communities/<community_id>/commitments", s.LIST_COMMITMENTS)
api.expose("POST /v1/communities/<community_id>/commitments", s.MAKE_COMMITMENT, status=201)
api.expose("GET /v1/commitments/<commitment_id>", s.GET_COMMITMENT)
api.expose("PATCH /v1/commitments/<commitment_id>", s.CHANGE_COMMITMENT)
api.expose("GET /v1/sessions/<session_id>/share", s.SHARE_SESSION)


_PAGE = {
    "content": {
        "application/json": {"schema": s.PublicSessionView},
        "text/html": {"schema": {"type": "string"}},
    }
}


@api.special("GET /v1/public/sessions/<share_token>", s.READ_PUBLIC_SESSION, answer=_PAGE, filled=("district",))
def read_public_session(share_token: str) -> Response:
    """A session for whoever has its address: JSON, or a page where a browser asks."""
    return sharing.public_session(share_token)


# --- assignment letters and other papers ------------------------------------------------------------------------------

api.expose("POST /v1/sessions/<session_id>/assignment-letters", s.REQUEST_LETTER, status=201)
api.expose("GET /v1/sessions/<session_id>/assignment-letters", s.LIST_SESSION_LETTERS)
api.expose("GET /v1/assignment-letters", s.LIST_LETTERS)
api.expose("GET /v1/assignment-letters/<letter_id>", s.GET_LETTER)
api.expose("POST /v1/assignment-letters/<letter_id>/grant", s.GRANT_LETTER)
api.expose("POST /v1/assignment-letters/<letter_id>/refuse", s.REFUSE_LETTER)
api.expose("POST /v1/assignment-letters/<letter_id>/link", s.LINK_LETTER)
_REPORT = "report"
_DOCUMENT = s.SessionDocument()
_PAPER: dict[str, Any] = {"parameters": (links.TOKEN,), "answer": printing.PDF, "admit": False}


@api.special("GET /v1/assignment-letters/<letter_id>.pdf", s.PRINT_LETTER, **_PAPER)
def print_letter(letter_id: str) -> Response:
    """A granted letter, for whoever holds a token or a link."""
    return printing.paper(s.PRINT_LETTER, s.PRINT_LINKED_LETTER, {"letter_id": letter_id})


@api.special("GET /v1/sessions/<session_id>/documents/<document>.pdf", s.PRINT_DOCUMENT, filled=("pictures",), **_PAPER)
def print_document(session_id: str, document: str) -> Response:
    """A paper of a session, for whoever holds a token or a link."""
    path = {"session_id": session_id, "document": document}
    if document == _REPORT:
        return _print_report(path)
    return printing.paper(s.PRINT_DOCUMENT, s.PRINT_LINKED_DOCUMENT, path)


def _link_report(sent: dict[str, Any], answer: Answer) -> Answer:
    """A report is put together from two services: a link to it opens as one to what is one's own
    (docs/decisions/0028)."""
    if sent["document"] != _REPORT:
        return answer
    return rpc.call(membership.LINK_PATH, {"path": _path_of_report(sent["session_id"])}, keyed=False)


api.expose("POST /v1/sessions/<session_id>/documents/<document>/link", s.LINK_DOCUMENT, then=_link_report)


def _print_report(path: dict[str, str]) -> Response:
    """With small pictures of its photos, which content has; the report names those that it cannot show."""
    given = validation.parse_query(request.args, ())
    token = links.admit(s.PRINT_DOCUMENT, given)
    asked = validation.checked(_DOCUMENT, given, path)
    links.enter(token, _path_of_report(asked["session_id"]))
    [photos] = rpc.call_all([(content.SHOW_PHOTOS, {"session_id": asked["session_id"]})], composing.PATIENCE)
    if isinstance(photos, Refusal):
        return printing.whole(s.PRINT_DOCUMENT, asked)
    return printing.whole(s.PRINT_DOCUMENT, {**asked, "pictures": photos.data["photos"]}, photos.body or None)


def _path_of_report(session_id: str) -> str:
    return f"/v1/sessions/{session_id}/documents/{_REPORT}.pdf"


# --- calendars --------------------------------------------------------------------------------------------------------

api.expose("GET /v1/me/calendar", s.GET_MY_CALENDAR)
api.expose("POST /v1/me/calendar", s.RENEW_MY_CALENDAR)
api.expose("GET /v1/communities/<community_id>/calendar", s.GET_COMMUNITY_CALENDAR)


@api.special(
    "GET /v1/calendars/<calendar_token>.ics", s.READ_CALENDAR, filled=("district",), answer=calendars.ICALENDAR
)
def read_calendar(calendar_token: str) -> Response:
    """A calendar for whoever has its address, or 304 to whoever has it as it is."""
    return calendars.read(calendar_token)


# --- certificates -----------------------------------------------------------------------------------------------------

api.expose("POST /v1/communities/<community_id>/certificates", s.ISSUE_CERTIFICATES)
api.expose("GET /v1/communities/<community_id>/certificate-terms", s.GET_CERTIFICATE_TERMS)
api.expose("PUT /v1/communities/<community_id>/certificate-terms", s.SET_CERTIFICATE_TERMS)
api.expose("GET /v1/certificates", s.LIST_CERTIFICATES)
api.expose("POST /v1/certificates/<number>/revoke", s.REVOKE_CERTIFICATE)
api.expose("GET /v1/certificate-keys", s.LIST_CERTIFICATE_KEYS)
_CHECKED = {
    "content": {
        "application/json": {"schema": s.PublicCertificate},
        "text/html": {"schema": {"type": "string"}},
    }
}


@api.special("GET /v1/certificates/<number>", s.CHECK_CERTIFICATE, answer=_CHECKED, filled=("district",))
def check_certificate(number: str) -> Response:
    """A certificate for whoever knows its number: JSON, or a page where a browser asks."""
    return certificates.check(number)


@api.special("GET /v1/certificates/<number>.pdf", s.PRINT_CERTIFICATE, answer=printing.PDF, filled=("district",))
def print_certificate(number: str) -> Response:
    """The certificate under its seal."""
    return certificates.pdf(number)


@api.special("POST /v1/certificates/check", s.CHECK_PAPER, body=certificates.PDF, filled=("district",))
def check_paper() -> Response:
    """Whether a PDF is genuine."""
    return certificates.check_paper()
