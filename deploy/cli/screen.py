"""What the command line shows: tables and progress for people, or with ``--json`` one JSON document for programs.

Results go to stdout; progress, questions and troubles go to stderr, so that a pipe receives results and nothing else.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text


class Trouble(Exception):
    """Something stands in the way of a command. ``mend`` says what to do about it; ``code`` is for programs."""

    def __init__(self, what: str, mend: str = "", *, code: str = "trouble", **details: Any) -> None:
        self.what = what
        self.mend = mend
        self.code = code
        self.details = details
        super().__init__(what)


class Step(Protocol):
    """Moves a progress bar on; ``total`` may become known, or change, on the way."""

    def __call__(self, done: int, total: int | None = None) -> None: ...


class Screen:
    """Shows one command's results, for people or for programs."""

    def __init__(self, as_json: bool = False) -> None:
        self.as_json = as_json
        self._out = Console(file=sys.stdout, highlight=False, soft_wrap=True)
        self._err = Console(file=sys.stderr, highlight=False, soft_wrap=True)

    def data(self, data: Any) -> None:
        """The command's result for programs: one JSON document on one line."""
        if self.as_json:
            print(json.dumps(data, ensure_ascii=False, default=_plain), flush=True)

    def show(self, *shown: RenderableType) -> None:
        """The command's result for people."""
        if not self.as_json:
            for renderable in shown:
                self._out.print(renderable)
            sys.stdout.flush()

    def note(self, text: str) -> None:
        """A remark for people only."""
        if not self.as_json:
            self._err.print(text, style="dim", markup=False)

    def trouble(self, trouble: Trouble) -> None:
        if self.as_json:
            problem = {"code": trouble.code, "what": trouble.what, "mend": trouble.mend, **trouble.details}
            print(json.dumps({"error": problem}, ensure_ascii=False, default=_plain), file=sys.stderr)
            return
        self._err.print(Text.assemble(("✗ ", "red"), trouble.what))
        if trouble.mend:
            self._err.print(Text.assemble(("  → ", "dim"), trouble.mend))

    def agrees(self, question: str) -> bool:
        """Whether whoever sits there says yes; nobody there says nothing."""
        if self.as_json or not (sys.stdin.isatty() and self._err.is_terminal):
            return False
        return self._err.input(Text(f"{question} [y/N] ")).strip().lower() in ("y", "yes", "ya")

    @contextmanager
    def progress(self, what: str, total: int | None = None) -> Iterator[Step]:
        """A progress bar on stderr while the block runs; nothing with ``--json`` or when nobody looks."""
        if self.as_json or not self._err.is_terminal:
            yield _no_step
            return
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._err, transient=True) as bar:
            task = bar.add_task(what, total=total)

            def step(done: int, total: int | None = None) -> None:
                bar.update(task, completed=done, total=total)

            yield step


def _no_step(done: int, total: int | None = None) -> None:
    """Nobody looks."""


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "") -> Table:
    """A table in which text is shown as it is; numbers stand to the right."""
    rows = [list(row) for row in rows]
    made = Table(title=title or None, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for place, column in enumerate(columns):
        numbers = bool(rows) and all(isinstance(row[place], int | float) for row in rows)
        made.add_column(column, justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(_shown(cell)) for cell in row))
    return made


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}Z"
    return str(value)


def _plain(value: Any) -> str:
    return f"{value:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z" if isinstance(value, datetime) else str(value)
