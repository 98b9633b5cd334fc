"""The running platform, as its tools find it: where it answers, and the environment its services were started with."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shared.settings import Misconfigured, Settings, from_environment

FILE_NAME = "platform.json"
DEFAULT_RUN_DIR = Path(".run")


@dataclass(frozen=True)
class Platform:
    """``address`` is where the gateway answers (empty when unknown); ``metrics`` maps a service to the address of its
    ``/live``; ``run_dir`` is ``None`` when the platform was found through the environment."""

    settings: Settings
    address: str = ""
    metrics: Mapping[str, str] = field(default_factory=dict)
    run_dir: Path | None = None


def find_platform(run_dir: Path | None = None, environ: Mapping[str, str] = os.environ) -> Platform:
    """The platform of ``run_dir`` if given, else that of the environment, else that of ``.run``.

    Raises :class:`Misconfigured` with what to do when there is none.
    """
    if run_dir is None and environ.get("AMQP_URI") and environ.get("MONGO_URI"):
        address = environ.get("SANGGAR_ADDRESS") or environ.get("SANGGAR_PUBLIC_URL") or ""
        return Platform(from_environment(environ), address.rstrip("/"))
    run_dir = run_dir or DEFAULT_RUN_DIR
    file = run_dir / FILE_NAME
    try:
        known = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise Misconfigured(f"no platform found: {file} is not there, and AMQP_URI and MONGO_URI are not set") from None
    except (OSError, ValueError):
        raise Misconfigured(f"{file} cannot be read") from None
    return Platform(from_environment(known["environment"]), known["address"], known.get("metrics", {}), run_dir)
