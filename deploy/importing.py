"""Importing a file through the API: a dry run, then its application, each followed until it is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from deploy.client import Client


class ImportFailed(Exception):
    """The platform could not read or apply the file; the message says why."""


def dry_run(
    client: Client,
    kind: str,
    name: str,
    content: bytes,
    progress: Callable[[Any], None] = lambda state: None,
    **said: str,
) -> Any:
    """Upload a file and let the platform say what it would do; ``said`` stands beside it in the form (``scope``).

    Answers the import. Raises :class:`ImportFailed`.
    """
    started = client.request("POST", "/v1/imports", data={"kind": kind, **said}, files={"file": (name, content)})
    return _follow(client, started["id"], "ready", progress)


def apply(
    client: Client,
    import_id: str,
    progress: Callable[[Any], None] = lambda state: None,
    *,
    confirm_ended: bool = False,
) -> Any:
    """Let the platform do it; ending many must be confirmed. Answers the import. Raises :class:`ImportFailed`."""
    client.post(f"/v1/imports/{import_id}/apply", {"confirm_ended": True} if confirm_ended else None)
    return _follow(client, import_id, "applied", progress)


def _follow(client: Client, import_id: str, until: str, progress: Callable[[Any], None]) -> Any:
    pause = 0.05
    while True:
        state = client.get(f"/v1/imports/{import_id}")
        progress(state)
        if state["status"] == until:
            return state
        if state["status"] == "failed":
            raise ImportFailed(state["problem"] or "the import failed")
        time.sleep(pause)
        pause = min(0.5, pause * 2)
