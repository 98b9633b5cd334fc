"""What membership does when things happen elsewhere: it collects what the other services have done for a person."""

from __future__ import annotations

from services.membership import erasing
from services.membership.usecases import exporting
from shared.messaging import Received, Work


def confirm_erasure(work: Work, event: Received) -> None:
    """A service has done its part of somebody's erasure."""
    erasing.confirm(work, event.data)


def collect_export(work: Work, event: Received) -> None:
    """A service has laid its part of somebody's data ready."""
    exporting.collect_part(work, event.data)
