"""Activation cards to print: a PDF that is fetched part by part (docs/decisions/0115)."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Audited, Command, Contract, LinkView, Query, district_id, identifier, npsn, text

CARDS_A_PART = 80


class CardsPart(Contract):
    """The next bytes of the document travel beside it; ``after`` asks for those that follow, ``null`` at the end."""

    after = fields.String(required=True, allow_none=True)


class _Part(Contract):
    after = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=500))


class CardsOfImport(Contract):
    """For whom an import brought in."""

    import_id = identifier(required=True)


class CardsOfSchool(Contract):
    """For those of one school who have no account yet."""

    npsn = npsn(required=True)


class PrintImportCards(CardsOfImport, _Part):
    """Eight cards to a page, for those whom this import brought in and who have no account yet, in the file's order.

    A card can be printed again: its code stays the same as long as it counts.
    """


class PrintSchoolCards(CardsOfSchool, _Part):
    """Eight cards to a page, for those of the school who have no account yet and no role beyond it."""


class PrintLinkedImportCards(PrintImportCards):
    district = district_id(required=True)
    token = text(required=True)


class PrintLinkedSchoolCards(PrintSchoolCards):
    district = district_id(required=True)
    token = text(required=True)


_OF_IMPORT, _OF_SCHOOL = Audited("import"), Audited("school", key="npsn")

PRINT_IMPORT_CARDS = Command(
    "membership.print_import_cards",
    takes=PrintImportCards,
    gives=CardsPart,
    streams=True,
    secret=True,
    deadline=30.0,
    audited=_OF_IMPORT,
)
PRINT_LINKED_IMPORT_CARDS = Command(
    "membership.print_linked_import_cards",
    takes=PrintLinkedImportCards,
    gives=CardsPart,
    public=True,
    streams=True,
    secret=True,
    deadline=30.0,
    audited=_OF_IMPORT,
)
LINK_IMPORT_CARDS = Query("membership.link_import_cards", takes=CardsOfImport, gives=LinkView, audited=_OF_IMPORT)
PRINT_SCHOOL_CARDS = Command(
    "membership.print_school_cards",
    takes=PrintSchoolCards,
    gives=CardsPart,
    streams=True,
    secret=True,
    deadline=30.0,
    audited=_OF_SCHOOL,
)
PRINT_LINKED_SCHOOL_CARDS = Command(
    "membership.print_linked_school_cards",
    takes=PrintLinkedSchoolCards,
    gives=CardsPart,
    public=True,
    streams=True,
    secret=True,
    deadline=30.0,
    audited=_OF_SCHOOL,
)
LINK_SCHOOL_CARDS = Query("membership.link_school_cards", takes=CardsOfSchool, gives=LinkView, audited=_OF_SCHOOL)
