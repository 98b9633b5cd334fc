"""Makes or renews a virtual environment from a locked list: ``python3 venv.py <folder> <requirements.txt>``.

Standard library only: it runs before anything is installed. Every file is checked against the hash in the list. Nothing
happens when the environment is as the list wants it. Two runs at once wait for each other.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WANTED = (3, 11)
BY_HAND = "sudo apt-get install python3-venv"


def main() -> None:
    folder, listed = Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute()
    if sys.version_info[:2] != WANTED:
        sys.exit(
            f"Sanggar runs on Python {WANTED[0]}.{WANTED[1]}; this is {sys.version.split()[0]}. "
            "Install that one and say where it is: make PYTHON=/path/to/python3.11 ..."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.with_name(folder.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = folder / "installed" / f"{listed.name}.sha256"
        wanted = digest(listed)
        if stamp.exists() and stamp.read_text() == wanted and works(folder):
            return
        if not works(folder):
            create(folder)
        say(f"installing {listed.name} into {folder.name}")
        install(folder, listed)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(wanted)


def digest(listed: Path) -> str:
    """What the environment depends on: the list, our own package's outline, and the place where it stands."""
    parts = [listed.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), str(ROOT).encode(), sys.version.encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def works(folder: Path) -> bool:
    """Whether the environment's Python starts and has pip. One that was moved or half made does not."""
    python = folder / "bin" / "python"
    if not python.exists():
        return False
    check = f"import sys, pip; sys.exit(sys.version_info[:2] != {WANTED})"
    return subprocess.run([str(python), "-c", check], capture_output=True).returncode == 0


def create(folder: Path) -> None:
    say(f"making {folder.name}")
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", "venv", str(folder)]
    if subprocess.run(command, capture_output=True).returncode == 0 and works(folder):
        return
    # Debian ships Python without its venv module.
    shutil.rmtree(folder, ignore_errors=True)
    install_venv_module()
    made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if made.returncode != 0:
        sys.exit(f"no virtual environment could be made:\n{made.stdout}")


def install_venv_module() -> None:
    if shutil.which("apt-get") is None:
        sys.exit("this Python has no venv module; install it with your system's package manager")
    rights = []
    if os.geteuid() != 0:
        rights = ["sudo", "-n"]
        if shutil.which("sudo") is None or subprocess.run([*rights, "true"], capture_output=True).returncode != 0:
            sys.exit(f"this Python has no venv module; install it yourself: {BY_HAND}")
    say("installing python3-venv with apt-get")
    quiet = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qy"]
    install = [*quiet, "install", "--no-install-recommends", "python3-venv"]
    # The first try spares a fresh package list; a machine that never had one needs it.
    for command in (install, [*quiet, "update"], install):
        last = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if last.returncode == 0 and command is install:
            return
    sys.exit(f"apt-get could not install python3-venv; try it yourself: {BY_HAND}\n{last.stdout}")


def install(folder: Path, listed: Path) -> None:
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    run([*pip, "install", "-qq", "--require-hashes", "-r", str(listed)])
    # Our own package as it stands here, for the command `sanggar`; setuptools came with the list.
    run([*pip, "install", "-qq", "--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT)])


def run(command: "list[str]") -> None:
    if subprocess.run(command, stdout=sys.stderr).returncode != 0:
        sys.exit("failed: " + " ".join(command[3:]))


def say(line: str) -> None:
    print(f"sanggar: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
