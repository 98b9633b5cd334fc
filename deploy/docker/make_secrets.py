"""Makes what ``docker-compose.yml`` asks for and has no default of.

``python -m deploy.docker.make_secrets DIR``. Passwords and keys that are there are kept, so it may run again after an
upgrade: the broker's definitions, in which users and permissions stand, are written anew. The folder is closed to other
users of the machine; the files in it are not, for containers read them under users of their own.
"""

from __future__ import annotations

import base64
import json
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

from deploy.local.keys import keys_in
from deploy.rabbitmq.definitions import definitions
from deploy.rabbitmq.permissions import OPERATOR, USERS
from shared.contracts.words import SERVICES

# What others give: empty files, to be filled in by whoever has a mail server or a provider of accounts.
OTHERS = ("smtp_url", "oidc_client_secret")


def make_secrets(folder: Path) -> None:
    """Write every secret that is missing into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    keys_in(folder)
    passwords = {user: _kept(folder / f"amqp_{user}", _password) for user in USERS}
    for user in ("root", OPERATOR, *SERVICES):
        _kept(folder / f"mongo_{user}", _password)
    for name in OTHERS:
        _kept(folder / name, str)
    _kept(folder / "mongo_keyfile", lambda: base64.b64encode(secrets.token_bytes(741)).decode())
    (folder / "rabbitmq_definitions.json").write_text(json.dumps(definitions(passwords), indent=2), "utf-8")
    for file in folder.iterdir():
        file.chmod(0o644)


def _kept(file: Path, make: Callable[[], str]) -> str:
    if not file.exists():
        file.write_text(make(), "utf-8")
    return file.read_text("utf-8")


def _password() -> str:
    return secrets.token_urlsafe(24)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m deploy.docker.make_secrets DIR")
    make_secrets(Path(sys.argv[1]))
