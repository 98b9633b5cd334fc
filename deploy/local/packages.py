"""The system's programs that a platform needs beside Python: found, or installed where that is allowed."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

# Debian keeps servers out of an ordinary user's PATH; RabbitMQ's own script is used, because the one in /usr/sbin
# changes to the user of the system's broker.
_PLACES = ("/usr/lib/rabbitmq/bin", "/usr/local/sbin", "/usr/sbin", "/sbin", "/opt/homebrew/sbin", "/opt/homebrew/bin")
_POLICY = Path("/usr/sbin/policy-rc.d")

# Seconds that another program, such as unattended-upgrades, may keep us from installing.
_PATIENCE = 300

PACKAGES = {"rabbitmq-server": "rabbitmq-server", "epmd": "erlang-base", "nginx": "nginx-light"}
"""Which Debian package brings which program."""


class Missing(Exception):
    """Programs are missing and may not be installed; the message says exactly what to do."""


def find(program: str) -> str | None:
    """The path of a program, or ``None``."""
    return shutil.which(program, path=os.pathsep.join([*_PLACES, os.environ.get("PATH", "")]))


def need(programs: Sequence[str], log: Path, tell: Callable[[str], None]) -> dict[str, str]:
    """The paths of these programs, installed with ``apt-get`` when missing and allowed. Raises :class:`Missing`."""
    if _lacking(programs):
        with _one_at_a_time():
            if lacking := _lacking(programs):
                _install(lacking, log, tell)
    found = {program: find(program) for program in programs}
    if lacking := _lacking(programs):
        raise Missing(f"installing {' '.join(lacking)} did not help; see {log}")
    return {program: path for program, path in found.items() if path is not None}


def _lacking(programs: Sequence[str]) -> list[str]:
    """The packages of those programs that are not here."""
    return sorted({PACKAGES[program] for program in programs if find(program) is None})


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """``apt-get`` refuses to run twice at once; test runs and platforms that start together on a new machine wait."""
    path = Path(tempfile.gettempdir()) / f"sanggar-packages-{os.geteuid()}.lock"
    lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _install(packages: Sequence[str], log: Path, tell: Callable[[str], None]) -> None:
    by_hand = f"install them yourself: sudo apt-get install {' '.join(packages)}"
    if shutil.which("apt-get") is None:
        raise Missing(f"these are needed: {', '.join(packages)}; install them with your system's package manager")
    rights = _rights()
    if rights is None:
        raise Missing(f"these are needed: {', '.join(packages)}; {by_hand}")
    tell(f"installing {' '.join(packages)} with apt-get")
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qy", "-o", f"DPkg::Lock::Timeout={_PATIENCE}"]
    install = [*rights, *quiet, "install", "--no-install-recommends", *packages]
    with log.open("ab") as output, _services_stay_off(rights):

        def run(command: Sequence[str]) -> bool:
            return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output).returncode == 0

        # The first try spares a fresh package list; a machine that never had one needs it.
        if not run(install) and not (run([*rights, *quiet, "update"]) and run(install)):
            raise Missing(f"apt-get could not install {' '.join(packages)} (see {log}); {by_hand}")


def _rights() -> list[str] | None:
    """What to put before a command that needs root, or ``None`` when there is no way without a password."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], stdin=subprocess.DEVNULL, capture_output=True).returncode == 0  # noqa: S607
    return ["sudo", "-n"] if allowed else None


@contextmanager
def _services_stay_off(rights: Sequence[str]) -> Iterator[None]:
    """Debian starts a server when it installs it; ours are private, and the system's own ports stay closed.

    ``policy-rc.d`` is Debian's way to say so (invoke-rc.d(8)); one that is there already is left alone.
    """
    if _POLICY.exists():
        yield
        return
    write = [*rights, "sh", "-c", f"printf '#!/bin/sh\\nexit 101\\n' >{_POLICY} && chmod 755 {_POLICY}"]
    subprocess.run(write, check=True)
    try:
        yield
    finally:
        subprocess.run([*rights, "rm", "-f", str(_POLICY)], check=True)
