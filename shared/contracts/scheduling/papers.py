"""The papers of a session as PDF: invitation, attendance list, minutes, report."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Command, Contract, LinkView, Query, district_id, identifier, one_of, text
from shared.contracts.scheduling.meetings import SessionId
from shared.contracts.scheduling.minutes import MOST_PHOTOS

DOCUMENTS = ("invitation", "attendance", "minutes", "report")


class Printed(Contract):
    """A whole PDF travels beside it, of at most 450 kB; ``filename`` is what it may be saved as."""

    filename = fields.String(required=True)


class SessionDocument(SessionId):
    """One of the papers of a session, for its community's members; the papers name people."""

    document = one_of(*DOCUMENTS, required=True)


class Picture(Contract):
    """A small picture of a photo (JPEG); ``size`` is how many of the bytes beside the request are its own."""

    file_id = identifier(required=True)
    size = fields.Integer(required=True, strict=True, validate=validate.Range(1))


class PrintDocument(SessionDocument):
    """``pictures`` are drawn in a report where its minutes name these photos; content has them, the gateway fills
    them in."""

    pictures = fields.List(fields.Nested(Picture), load_default=list, validate=validate.Length(max=MOST_PHOTOS))


class PrintLinkedDocument(SessionDocument):
    """The same, for whoever holds a link."""

    district = district_id(required=True)
    token = text(required=True)


PRINT_DOCUMENT = Query("scheduling.print_document", takes=PrintDocument, gives=Printed, streams=True, deadline=30.0)
LINK_DOCUMENT = Command("scheduling.link_document", takes=SessionDocument, gives=LinkView, secret=True)
PRINT_LINKED_DOCUMENT = Query(
    "scheduling.print_linked_document",
    takes=PrintLinkedDocument,
    gives=Printed,
    streams=True,
    public=True,
    deadline=30.0,
)
