"""Activation cards, printed a few sheets at a time: for whom an import brought in, or for one school."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from services.membership import authority, codes
from services.membership.keyring import keyring
from services.membership.printing import cards, pdf
from services.membership.printing.cards import Card
from services.membership.printing.pdf import Place
from shared import links
from shared.contracts.membership import CARDS_A_PART
from shared.errors import Conflict, Invalid
from shared.messaging import Work, offload
from shared.mongo import Doc


def print_import_cards(work: Work, order: Doc) -> tuple[Doc, bytes]:
    """Cards for those whom an import brought in and who have no account yet, in the file's order."""
    work.store.imports.require(order["import_id"])
    work.allow()
    return _print(work, order, f"import:{order['import_id']}")


def link_import_cards(work: Work, order: Doc) -> Doc:
    """An address that opens these cards for five minutes."""
    work.store.imports.require(order["import_id"])
    work.allow()
    return _link(work, f"/v1/imports/{order['import_id']}/activation-cards.pdf")


def print_linked_import_cards(work: Work, order: Doc) -> tuple[Doc, bytes]:
    """The same, for whoever holds a link."""
    work.allow()
    _check(work, order, f"/v1/imports/{order['import_id']}/activation-cards.pdf")
    return _print(work, order, f"import:{order['import_id']}")


def print_school_cards(work: Work, order: Doc) -> tuple[Doc, bytes]:
    """Cards for those of a school who have no account yet; not for whoever has another primary school or a role beyond
    this one, whose account is nothing for its leaders to open."""
    work.store.schools.require(order["npsn"])
    work.allow(npsn=order["npsn"])
    return _print(work, order, f"school:{order['npsn']}", npsn=order["npsn"])


def link_school_cards(work: Work, order: Doc) -> Doc:
    """An address that opens these cards for five minutes."""
    work.store.schools.require(order["npsn"])
    work.allow(npsn=order["npsn"])
    return _link(work, f"/v1/schools/{order['npsn']}/activation-cards.pdf")


def print_linked_school_cards(work: Work, order: Doc) -> tuple[Doc, bytes]:
    """The same, for whoever holds a link."""
    work.allow()
    _check(work, order, f"/v1/schools/{order['npsn']}/activation-cards.pdf")
    return _print(work, order, f"school:{order['npsn']}", npsn=order["npsn"])


def _print(work: Work, order: Doc, key: str, npsn: str | None = None) -> tuple[Doc, bytes]:
    place, cursor = _read_after(order["after"])
    people, cursor = _invited(work, key, npsn, cursor)
    if not people and place.pages == 0:
        raise Conflict("membership.no_cards")
    sheets = offload(cards.sheets, _cards(work, people), work.settings.public_url)
    body, place = offload(pdf.part, place, sheets, last=cursor is None)
    return {"after": None if cursor is None else _write_after(place, cursor)}, body


def _invited(work: Work, key: str, npsn: str | None, cursor: str | None) -> tuple[list[Doc], str | None]:
    """The next people without an account, of a school those whom it may let in; full sheets, except at the end."""
    found: list[Doc] = []
    while len(found) < CARDS_A_PART:
        wanted = {"limit": CARDS_A_PART - len(found), "after": cursor}
        page = work.store.people.page({"keys": key}, wanted, keep=lambda person: person["status"] == "invited")
        found += page.items if npsn is None else _its_own(work, page.items, npsn)
        cursor = page.next
        if cursor is None:
            break
    return found, cursor


def _its_own(work: Work, people: Iterable[Doc], npsn: str) -> list[Doc]:
    own = [person for person in people if person["npsn"] == npsn]
    elevated = authority.elevated(work, own, npsn)
    return [person for person in own if person["id"] not in elevated]


def _cards(work: Work, people: Iterable[Doc]) -> list[Card]:
    people = list(people)
    district = work.store.districts.require(work.district)
    zone = ZoneInfo(district["timezone"])
    schools = work.store.schools.get_many({person["npsn"] for person in people if person["npsn"]})
    of = codes.printed(work, people)
    return [
        Card(
            name=person["name"],
            username=person["username"],
            code=of[person["id"]].text,
            until=of[person["id"]].expires_at.astimezone(zone).date(),
            school=schools[person["npsn"]]["name"] if person["npsn"] in schools else "",
            district=district["name"],
            district_id=work.district,
        )
        for person in people
    ]


# --- links ----------------------------------------------------------------------------------------------------------


def _link(work: Work, path: str) -> Doc:
    expires_at = (work.now + links.VALID).replace(microsecond=0)
    token = links.token(work.district, path, keyring(work.settings).link_key, expires_at)
    return {"token": token, "path": f"{path}?token={token}", "expires_at": expires_at}


def _check(work: Work, order: Doc, path: str) -> None:
    # A download that began in time may go on for a while.
    now = work.now - links.VALID if order["after"] else work.now
    links.check(order["token"], work.district, path, keyring(work.settings).link_key, now)


# --- how far a document has come ------------------------------------------------------------------------------------


def _write_after(place: Place, cursor: str) -> str:
    return ".".join([*map(str, place.as_list()), cursor])


def _read_after(after: str | None) -> tuple[Place, str | None]:
    if after is None:
        return Place(), None
    try:
        size, xref, parts, pages, cursor = after.split(".")
        return Place(int(size), int(xref), int(parts), int(pages)), cursor
    except ValueError:
        raise Invalid.field("after", "common.bad_cursor") from None
