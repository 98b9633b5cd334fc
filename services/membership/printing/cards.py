"""Activation cards: eight to a sheet of A4, with lines to cut along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import segno
from babel.dates import format_date

from services.membership.printing import pdf
from services.membership.printing.pdf import Font
from shared.errors import Text
from shared.texts import render

COLUMNS, ROWS = 2, 4
PER_SHEET = COLUMNS * ROWS
_WIDTH, _HEIGHT = pdf.A4[0] / COLUMNS, pdf.A4[1] / ROWS
_PAD = 24.0
_QR = 92.0
_QUIET = 4
_LEFT = _WIDTH - 2 * _PAD - _QR - 6
_LANGUAGE = "id"


@dataclass(frozen=True)
class Card:
    """What stands on one card; ``until`` is the last day on which its code counts, as the district counts days."""

    name: str
    username: str
    code: str
    until: date
    school: str
    district: str
    district_id: str


def sheets(cards: Sequence[Card], public_url: str) -> list[bytes]:
    """The sheets on which the cards stand, as drawing operators of :mod:`.pdf`.

    ``public_url`` is where people reach the platform. Cards speak Indonesian, whoever prints them: they are read by
    those who get them.
    """
    return [b"".join(_sheet(cards[start : start + PER_SHEET], public_url)) for start in range(0, len(cards), PER_SHEET)]


def address(public_url: str) -> str:
    """Where one types the code in."""
    return f"{public_url}/aktivasi"


def link(public_url: str, district: str, code: str) -> str:
    """What the QR code leads to. The code is a fragment, which browsers keep to themselves: no server logs it."""
    return f"{address(public_url)}#{district}-{code.replace('-', '')}"


def _sheet(cards: Sequence[Card], public_url: str) -> Iterator[bytes]:
    yield _cutting_lines()
    for at, card in enumerate(cards):
        left, top = (at % COLUMNS) * _WIDTH, pdf.A4[1] - (at // COLUMNS) * _HEIGHT
        yield b"q 1 0 0 1 %.2f %.2f cm\n" % (left, top)
        yield from _card(card, public_url)
        yield b"Q\n"


def _cutting_lines() -> bytes:
    lines = [f"{_WIDTH:.2f} 0 m {_WIDTH:.2f} {pdf.A4[1]} l"]
    lines += [f"0 {row * _HEIGHT:.2f} m {pdf.A4[0]} {row * _HEIGHT:.2f} l" for row in range(1, ROWS)]
    return f"q 0.4 w 0.6 G [3 3] 0 d {' '.join(lines)} S Q\n".encode()


def _card(card: Card, public_url: str) -> Iterator[bytes]:
    """One card; the origin is its upper left corner."""
    whole = _WIDTH - 2 * _PAD
    yield from _text(-24, whole, _say("card_title", district=card.district), Font.REGULAR, (7.5, 7, 6.5))
    yield from _name(card.name, whole)
    yield from _text(-56, whole, card.school, Font.REGULAR, (8.5, 8, 7.5, 7, 6.5))
    yield b"q 0.5 w 0.75 G %.2f -62 m %.2f -62 l S Q\n" % (_PAD, _WIDTH - _PAD)
    yield from _text(-78, _LEFT, _say("card_username"), Font.REGULAR, (7,))
    yield from _text(-91, _LEFT, card.username, Font.CODE, (12, 11, 10, 9, 8, 7, 6))
    yield from _text(-110, _LEFT, _say("card_code"), Font.REGULAR, (7,))
    yield from _text(-125, _LEFT, card.code, Font.CODE, (14, 13))
    yield from _text(-141, _LEFT, _say("card_until", day=_day(card.until)), Font.REGULAR, (7, 6.5))
    yield from _text(-153, _LEFT, _say("card_district", district=card.district_id), Font.REGULAR, (7,))
    yield from _qr(link(public_url, card.district_id, card.code), _WIDTH - _PAD - _QR, -70 - _QR)
    for line, words in enumerate(_instructions(public_url)):
        yield from _text(-173 - 9 * line, whole, words, Font.REGULAR, (7,))


def _name(name: str, room: float) -> Iterator[bytes]:
    """A name on one line, smaller if need be, or on two."""
    if pdf.width(name, Font.BOLD, 10) <= room:
        yield from _text(-42, room, name, Font.BOLD, (13, 12, 11, 10))
        return
    first, *rest = _wrapped(name, Font.BOLD, 9, room)
    yield from _text(-35, room, first, Font.BOLD, (9,))
    yield from _text(-46, room, " ".join(rest), Font.BOLD, (9,))


@lru_cache(maxsize=8)
def _instructions(public_url: str) -> list[str]:
    words = _say("card_how", address=address(public_url).partition("://")[2])
    return _wrapped(words, Font.REGULAR, 7, _WIDTH - 2 * _PAD)[:3]


def _day(day: date) -> str:
    return str(format_date(day, "d MMMM yyyy", locale=_LANGUAGE))


def _say(key: str, **gaps: str) -> str:
    return render(Text(f"membership.{key}", gaps), _LANGUAGE)


def fitted(text: str, font: Font, sizes: Sequence[float], room: float) -> tuple[str, float]:
    """The text in the first size in which it fits; in the last one, what does not fit is cut off."""
    size = next((size for size in sizes if pdf.width(text, font, size) <= room), sizes[-1])
    if pdf.width(text, font, size) > room:
        while text and pdf.width(text + "…", font, size) > room:
            text = text[:-1].rstrip()
        text += "…"
    return text, size


def _text(baseline: float, room: float, text: str, font: Font, sizes: Sequence[float]) -> Iterator[bytes]:
    text, size = fitted(text, font, sizes, room)
    yield b"BT /%b %g Tf %.2f %.2f Td <%b> Tj ET\n" % (
        font.key.encode(),
        size,
        _PAD,
        baseline,
        pdf.shown(text).hex().encode(),
    )


def _wrapped(text: str, font: Font, size: float, room: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if pdf.width(longer, font, size) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _qr(content: str, left: float, bottom: float) -> Iterator[bytes]:
    # The mask is given: choosing the best of eight takes five times as long, and readers cope with any.
    code = segno.make(content, error="m", boost_error=False, micro=False, mask=3)
    rows = [bytes(row) for row in code.matrix]
    scale = _QR / (len(rows) + 2 * _QUIET)
    yield b"q %.4f 0 0 %.4f %.2f %.2f cm\n" % (scale, -scale, left + _QUIET * scale, bottom + _QR - _QUIET * scale)
    for y, row in enumerate(rows):
        x = row.find(1)
        while x >= 0:
            end = row.find(0, x)
            end = len(row) if end < 0 else end
            yield b"%d %d %d 1 re\n" % (x, y, end - x)
            x = row.find(1, end)
    yield b"f Q\n"
