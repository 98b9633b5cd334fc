"""Devices: what a login session's list calls the phone or computer that it runs on."""

from __future__ import annotations

import re
from typing import NamedTuple


class Device(NamedTuple):
    """The program and the system that a device named, as people call them; ``None`` for what it did not say."""

    program: str | None
    system: str | None


# The first that is found counts: most programs also claim to be those further down.
_PROGRAMS = (
    ("Sanggar", r"Sanggar/"),
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("UC Browser", r"UCBrowser/"),
    ("Mi Browser", r"MiuiBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows"),
    ("ChromeOS", r"CrOS"),
    ("Mac", r"Macintosh|Mac OS X"),
    ("Linux", r"Linux|X11"),
)
_PLAIN = re.compile(r"([A-Za-z][A-Za-z0-9._-]{0,29})(?:/|\Z)")


def read_device(user_agent: str | None) -> Device:
    """The device of a ``User-Agent``. Of what is no known browser the first word stands, such as ``okhttp``."""
    given = user_agent or ""
    program = next((name for name, mark in _PROGRAMS if re.search(mark, given)), None)
    system = next((name for name, mark in _SYSTEMS if re.search(mark, given)), None)
    if program is None and (plain := _PLAIN.match(given)) and plain[1] != "Mozilla":
        program = plain[1]
    return Device(program, system)
