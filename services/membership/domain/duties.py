"""Duties: what somebody does at a school, as Dapodik words it."""

from __future__ import annotations

import re

from services.membership.domain import names

_PRINCIPAL = re.compile(r"(?:plt |plh |pjs? )?kepala (?:sekolah|madrasah|paud|tk|pkbm|skb)\b")


def leads_school(duty: str | None) -> bool:
    """Whether somebody with this duty is the principal of their school."""
    return duty is not None and _PRINCIPAL.match(names.fold(duty)) is not None
