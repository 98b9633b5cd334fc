"""The papers of a session as PDF: invitation, attendance list, minutes, report."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Command, Contract, LinkView, Query, district_id, one_of, text
from shared.contracts.scheduling.meetings import SessionId

DOCUMENTS = ("invitation", "attendance", "minutes", "report")


class Printed(Contract):
    """A whole PDF travels beside it, of at most 256 kB; ``filename`` is what it may be saved as."""

    filename = fields.String(required=True)


class SessionDocument(SessionId):
    """One of the papers of a session, for its community's members; the papers name people."""

    document = one_of(*DOCUMENTS, required=True)


class PrintLinkedDocument(SessionDocument):
    """The same, for whoever holds a link."""

    district = district_id(required=True)
    token = text(required=True)


PRINT_DOCUMENT = Query("scheduling.print_document", takes=SessionDocument, gives=Printed, streams=True, deadline=30.0)
LINK_DOCUMENT = Command("scheduling.link_document", takes=SessionDocument, gives=LinkView, secret=True)
PRINT_LINKED_DOCUMENT = Query(
    "scheduling.print_linked_document",
    takes=PrintLinkedDocument,
    gives=Printed,
    streams=True,
    public=True,
    deadline=30.0,
)
