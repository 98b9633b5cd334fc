"""Imports: what a row says, whom it means, and what would become of it. Everything here is decided, nothing is done.

:mod:`sheets` finds the columns, :mod:`cells` reads one cell, a module a kind reads a row (:mod:`teachers`,
:mod:`schools`, :mod:`communities`, :mod:`members`), :mod:`doubles` compares it with the rows before it, and
:mod:`recognition` with the people on record. An empty cell says nothing: it never empties what is known.
"""
