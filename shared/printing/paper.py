"""One paper on sheets of A4, written from top to bottom."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

import segno
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from PIL import Image

from shared.printing import fonts
from shared.printing.wrapping import wrapped

_MARGIN = 20.0
_FOOT = 18.0
_SIZE = 11.0
_LINE = 5.6
_CELL_SIZE = 9.5
_CELL_LINE = 4.6
_CELL_PAD = 1.3
_SIGNING_ROOM = 24.0
_GAP = 4.0
_GREY = 110
_MOST_LINES = 6
# Of a picture: a portrait is as tall as a landscape is wide.
_TALLEST = 84.0
_NO_END = 1_000_000
_QUIET = 2
# A heading with the first of what it heads: those of a table and one row, at least.
_HEADED = 34.0

Align = Literal["L", "C", "R"]


@dataclass(frozen=True)
class Letterhead:
    """Whose paper it is: the body above (a district), the name in large letters, and a line about it."""

    above: str
    name: str
    below: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table; ``share`` is its part of the width, measured against those of the others."""

    title: str
    share: float
    align: Align = "L"


@dataclass(frozen=True)
class Signature:
    """Who signs by hand: lines above the room (place and date, office), the name below it. No name: a dotted line.

    ``stamp`` names what goes beside the signature, in grey; nothing where no stamp is needed.
    """

    lines: Sequence[str]
    name: str = ""
    stamp: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture as JPEG, and the words below it."""

    data: bytes
    caption: str = ""


class _Measured(NamedTuple):
    """A picture with its height in millimetres and the lines below it."""

    picture: Picture
    height: float
    lines: Sequence[str]


class _Sheets(FPDF):
    """Sheets that number themselves."""

    footnote = ""
    page_words = ""

    def footer(self) -> None:
        self.set_y(-_FOOT + 4)
        self.set_font(fonts.FAMILY, size=8)
        self.set_text_color(_GREY)
        page = self.page_words.format(page=self.page_no(), pages="{nb}")
        room = self.epw - self.get_string_width(page) - 6
        self.cell(room, 4, wrapped(self.footnote, room - 2 * self.c_margin, self.get_string_width, 1)[0])
        self.set_x(self.l_margin)
        # Without the blank: it stands for the number of pages, which is narrower.
        self.cell(self.epw, 4, page, align="R")
        self.set_text_color(0)


class Paper:
    """A paper that is being written. Whatever it is given it draws: long words are broken, letters that the font lacks
    are replaced, tables go on overleaf under their headings again.

    ``title`` is what readers of PDF show in their window; ``footnote`` stands at the foot of each sheet beside
    ``page_words`` (with ``{page}`` and ``{pages}``). The bytes depend on the words and ``made_at`` alone: the same
    paper is the same bytes.
    """

    def __init__(
        self, title: str, *, made_at: datetime, footnote: str = "", page_words: str = "{page} / {pages}"
    ) -> None:
        sheets = _Sheets(format="A4")
        sheets.set_margins(_MARGIN, 16, _MARGIN)
        sheets.set_auto_page_break(True, margin=_FOOT + 2)
        for style, name in (("", fonts.REGULAR), ("B", fonts.BOLD)):
            sheets.add_font(fonts.FAMILY, style, fonts.path(name))
        self._letters = fonts.letters()
        sheets.footnote, sheets.page_words = self._shown(footnote), page_words
        sheets.set_title(self._shown(title))
        sheets.set_lang("id")
        sheets.set_creation_date(made_at)
        sheets.set_draw_color(60)
        sheets.set_line_width(0.2)
        self._sheets = sheets
        self._plain()
        sheets.add_page()

    # --- what stands on it

    def letterhead(self, head: Letterhead) -> None:
        """Whose paper it is, above a double line; once, at the top."""
        self._centred(head.above.upper(), 11, 5.5)
        self._centred(head.name, 15, 7, bold=True)
        self._centred(head.below, 9, 4.5)
        y = self._sheets.get_y() + 1.5
        for thick, at in ((0.7, y), (0.2, y + 1)):
            self._sheets.set_line_width(thick)
            self._sheets.line(_MARGIN, at, self._sheets.w - _MARGIN, at)
        self._sheets.set_y(y + 6)

    def heading(self, words: str, below: str = "") -> None:
        """What kind of paper it is, and its number or subject."""
        self._centred(words.upper(), 13, 6.5, bold=True)
        self._centred(below, 11, 5.6)
        self.gap(4)

    def centred(self, words: str) -> None:
        """Words in the middle of the sheet."""
        self._centred(words, _SIZE, _LINE)
        self.gap(2)

    def name(self, words: str) -> None:
        """Somebody's name, large, in the middle."""
        self._centred(words, 19, 10, bold=True)
        self.gap(4)

    def section(self, words: str, *, above: float = 0) -> None:
        """A heading within the paper; not left alone at the foot of a sheet. It stays with so many millimetres of what
        it stands ``above``."""
        self.keep_together(max(_HEADED, above + 2 * _LINE))
        self.gap(2)
        self._write(words, bold=True)
        self.gap(0.6)

    def paragraph(self, words: str) -> None:
        """Words across the sheet; they may have several lines of their own."""
        self._write(words)
        self.gap(2)

    def points(self, points: Sequence[str]) -> None:
        """A numbered list."""
        for number, words in enumerate(points, 1):
            self._beside(f"{number}.", words, 7)
        self.gap(2)

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Names of things and, behind colons that stand below one another, the things."""
        left = max(self._sheets.get_string_width(self._shown(name)) for name, _ in rows) + 4
        for name, words in rows:
            self._beside(name, words, left + 6, colon=left + 2)
        self.gap(2)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], *, closing: float = 0) -> None:
        """A table with lines; the headings stand again on each further sheet. A cell that is very long is cut.

        The last row stays on one sheet with ``closing`` millimetres of what follows, such as a signature.
        """
        whole = sum(column.share for column in columns)
        widths = [self._sheets.epw * column.share / whole for column in columns]
        titles = [column.title for column in columns]
        aligns = [column.align for column in columns]
        self.keep_together(24)
        self._row(widths, titles, ["C"] * len(columns), heading=True)
        for number, row in enumerate(rows, 1):
            cells = self._wrapped(widths, row)
            if not self._fits(_height(cells) + (closing + _GAP if number == len(rows) else 0)):
                self._sheets.add_page()
                self._row(widths, titles, ["C"] * len(columns), heading=True)
            self._draw_row(widths, cells, aligns)
        self._plain()
        self.gap(_GAP)

    def pictures(self, heading: str, pictures: Sequence[Picture]) -> None:
        """Pictures under a heading, two beside each other, each with its words below; such a pair is never torn between
        two sheets. What is no picture leaves its words alone."""
        width = (self._sheets.epw - _GAP) / 2
        for start in range(0, len(pictures), 2):
            pair = [self._measured(each, width) for each in pictures[start : start + 2]]
            tall = max(each.height + len(each.lines) * _CELL_LINE for each in pair) + _GAP
            if start == 0:
                self.section(heading, above=tall)
            self.keep_together(tall)
            top = self._sheets.get_y()
            for left, each in zip((_MARGIN, _MARGIN + width + _GAP), pair, strict=False):
                self._picture(each, left, top, width)
            self._sheets.set_xy(_MARGIN, top + tall)

    def signatures(self, *signatures: Signature) -> None:
        """Room to sign and to stamp, side by side; one alone stands on the right. Never torn between two sheets."""
        width = (self._sheets.epw - 10) / 2
        lefts = [_MARGIN, _MARGIN + width + 10] if len(signatures) > 1 else [_MARGIN + width + 10]
        above = max(len(self._above(each, width)) for each in signatures)
        self.keep_together(above * _LINE + _SIGNING_ROOM + 3 * _LINE)
        top = self._sheets.get_y() + 2
        bottoms = []
        for left, each in zip(lefts, signatures, strict=False):
            self._block(left, top, width, "\n".join(self._above(each, width)))
            room = top + above * _LINE
            if each.stamp:
                self._note(left, room + _SIGNING_ROOM / 2 - 4, each.stamp)
            bottoms.append(self._signed(left, room + _SIGNING_ROOM, width, each.name))
        self._sheets.set_y(max(bottoms) + 3)

    def qr(self, content: str, *, caption: str = "", side: float = 26) -> None:
        """A QR code, drawn as squares so that it prints sharply, with words beside it. Not torn between sheets."""
        self.keep_together(side + 4)
        left, top = _MARGIN, self._sheets.get_y()
        self.qr_at(content, left, top, side)
        self._sheets.set_font_size(8.5)
        self._sheets.set_xy(left + side + 3, top + 2)
        self._sheets.multi_cell(self._sheets.epw - side - 3, 4.2, self._shown(caption), align="L")
        self._plain()
        self._sheets.set_y(top + side + 3)

    def qr_at(self, content: str, left: float, top: float, side: float) -> None:
        """The code alone, at this place (millimetres from the sheet's upper left corner)."""
        # The mask is given: choosing the best of eight takes five times as long, and readers cope with any.
        code = segno.make(content, error="m", boost_error=False, micro=False, mask=3)
        rows = [bytes(row) for row in code.matrix]
        step = side / (len(rows) + 2 * _QUIET)
        self._sheets.set_fill_color(0)
        for y, row in enumerate(rows):
            for start, length in _runs(row):
                at = left + (start + _QUIET) * step, top + (y + _QUIET) * step
                self._sheets.rect(*at, length * step, step, style="F")

    def keep_together(self, height: float) -> None:
        """Go on overleaf unless there is so much room left on this sheet, in millimetres."""
        if not self._fits(height):
            self._sheets.add_page()

    def attach(self, filename: str, content: bytes) -> None:
        """A file for programs, that travels inside the paper."""
        self._sheets.embed_file(
            bytes=content,
            basename=filename,
            creation_date=self._sheets.creation_date,
            modification_date=self._sheets.creation_date,
            compress=False,
        )

    def gap(self, millimetres: float) -> None:
        """Empty room."""
        self._sheets.ln(millimetres)

    def as_bytes(self) -> bytes:
        """The finished paper."""
        return bytes(self._sheets.output())

    # --- how it is set

    def _shown(self, words: str) -> str:
        return fonts.shown(words, self._letters)

    def _plain(self) -> None:
        self._sheets.set_font(fonts.FAMILY, "", _SIZE)

    def _centred(self, words: str, size: float, line: float, *, bold: bool = False) -> None:
        if words:
            self._sheets.set_font(fonts.FAMILY, "B" if bold else "", size)
            self._sheets.multi_cell(0, line, self._shown(words), align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            self._plain()

    def _write(self, words: str, *, bold: bool = False) -> None:
        self._sheets.set_font(fonts.FAMILY, "B" if bold else "", _SIZE)
        for line in self._lines(self._shown(words), self._sheets.epw - 2 * self._sheets.c_margin, _NO_END):
            self._sheets.cell(0, _LINE, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._plain()

    def _beside(self, name: str, words: str, indent: float, *, colon: float | None = None) -> None:
        self.keep_together(_LINE)
        self._sheets.cell(indent, _LINE, self._shown(name))
        if colon is not None:
            self._sheets.set_x(_MARGIN + colon)
            self._sheets.cell(4, _LINE, ":")
        self._sheets.set_x(_MARGIN + indent)
        self._sheets.multi_cell(0, _LINE, self._shown(words), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _lines(self, words: str, room: float, most: int = _MOST_LINES) -> list[str]:
        """The lines in which words are set in the present size; ten times as fast as having them set."""
        return wrapped(words, room, self._sheets.get_string_width, most)

    def _fits(self, height: float) -> bool:
        return self._sheets.get_y() + height <= self._sheets.page_break_trigger

    # --- pictures

    def _measured(self, picture: Picture, width: float) -> _Measured:
        self._sheets.set_font_size(_CELL_SIZE)
        lines = self._lines(self._shown(picture.caption), width, 2) if picture.caption else []
        self._plain()
        return _Measured(picture, _height_of(picture.data, width), lines)

    def _picture(self, measured: _Measured, left: float, top: float, width: float) -> None:
        picture, height, lines = measured
        if height:
            self._sheets.image(
                io.BytesIO(picture.data), left, top, width, height, alt_text=picture.caption, keep_aspect_ratio=True
            )
        self._sheets.set_font_size(_CELL_SIZE)
        for number, line in enumerate(lines):
            self._sheets.set_xy(left, top + height + 1 + number * _CELL_LINE)
            self._sheets.cell(width, _CELL_LINE, line, align="C")
        self._plain()

    # --- tables

    def _row(self, widths: Sequence[float], words: Sequence[str], aligns: Sequence[Align], *, heading: bool) -> None:
        self._sheets.set_font(fonts.FAMILY, "B" if heading else "", _CELL_SIZE)
        self._draw_row(widths, self._wrapped(widths, words), aligns, shaded=heading)
        self._sheets.set_font(fonts.FAMILY, "", _CELL_SIZE)

    def _wrapped(self, widths: Sequence[float], words: Sequence[str]) -> list[list[str]]:
        return [
            self._lines(self._shown(each), width - 2 * _CELL_PAD) for each, width in zip(words, widths, strict=True)
        ]

    def _draw_row(
        self, widths: Sequence[float], cells: Sequence[list[str]], aligns: Sequence[Align], *, shaded: bool = False
    ) -> None:
        top, height = self._sheets.get_y(), _height(cells)
        left = _MARGIN
        self._sheets.set_line_width(0.2)
        self._sheets.set_fill_color(235)
        margin, self._sheets.c_margin = self._sheets.c_margin, 0
        for width, lines, align in zip(widths, cells, aligns, strict=True):
            self._sheets.rect(left, top, width, height, style="DF" if shaded else "D")
            # In the middle of the row, as the numbers beside a name of two lines are read.
            y = top + (height - len(lines) * _CELL_LINE) / 2
            for at, line in enumerate(lines):
                self._sheets.set_xy(left + _CELL_PAD, y + at * _CELL_LINE)
                self._sheets.cell(width - 2 * _CELL_PAD, _CELL_LINE, line, align=align)
            left += width
        self._sheets.c_margin = margin
        self._sheets.set_xy(_MARGIN, top + height)

    # --- signatures

    def _above(self, signature: Signature, width: float) -> list[str]:
        return self._lines(self._shown("\n".join(signature.lines)), width - 2 * self._sheets.c_margin)

    def _block(self, left: float, top: float, width: float, words: str) -> None:
        self._sheets.set_xy(left, top)
        self._sheets.multi_cell(width, _LINE, words, align="L")

    def _note(self, left: float, top: float, words: str) -> None:
        self._sheets.set_font_size(8)
        self._sheets.set_text_color(170)
        self._sheets.set_xy(left, top)
        self._sheets.cell(30, 4, self._shown(words))
        self._sheets.set_text_color(0)
        self._plain()

    def _signed(self, left: float, top: float, width: float, name: str) -> float:
        """The name below the room, underlined as far as it goes, or a line to write it on. Returns where it ends."""
        if not name:
            self._sheets.set_line_width(0.2)
            self._sheets.set_dash_pattern(dash=0.3, gap=0.9)
            self._sheets.line(left + 1, top + _LINE, left + width * 0.8, top + _LINE)
            self._sheets.set_dash_pattern()
            return top + _LINE + 1
        self._sheets.set_font(fonts.FAMILY, "B", _SIZE)
        self._block(left, top, width, self._shown(name))
        self._plain()
        return self._sheets.get_y()


def _height_of(picture: bytes, width: float) -> float:
    """How tall a picture is when it is so wide, within what leaves room for its words; 0 for what is no picture."""
    try:
        with Image.open(io.BytesIO(picture), formats=("JPEG",)) as image:
            image.load()
            return min(_TALLEST, width * image.height / image.width)
    except (OSError, ValueError, SyntaxError):
        return 0.0


def _height(cells: Sequence[list[str]]) -> float:
    return max(len(lines) for lines in cells) * _CELL_LINE + 2 * _CELL_PAD


def _runs(row: bytes) -> Iterator[tuple[int, int]]:
    """Where the black squares of a row begin, and how many follow one another."""
    start = row.find(1)
    while start >= 0:
        end = row.find(0, start)
        end = len(row) if end < 0 else end
        yield start, end - start
        start = row.find(1, end)
