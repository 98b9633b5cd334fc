"""The broker's vhost, users and permissions, in the form that RabbitMQ loads when it boots (``load_definitions``)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from deploy.rabbitmq.permissions import OPERATOR, USERS, permissions_of

VHOST = "sanggar"


def definitions(passwords: Mapping[str, str], vhost: str = VHOST) -> dict[str, Any]:
    """The definitions for these passwords, one a user of :data:`USERS`. Passwords are stored hashed."""
    return {
        "vhosts": [{"name": vhost}],
        "users": [
            {
                "name": user,
                "password_hash": _hashed(passwords[user]),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": ["monitoring"] if user == OPERATOR else [],
            }
            for user in USERS
        ],
        "permissions": [{"user": user, "vhost": vhost, **permissions_of(user)._asdict()} for user in USERS],
    }


def _hashed(password: str) -> str:
    """RabbitMQ's salted hash: four random bytes, then SHA-256 of these and the password."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
