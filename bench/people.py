"""Districts and logins for workloads."""

from __future__ import annotations

from bench.ground import Ground
from deploy import districts
from deploy.client import Client, Trail
from shared.identity import Signer
from shared.ids import new_id

PASSWORD = "ruang guru yang tenang 7"


def found_district(ground: Ground, district: str) -> tuple[Client, str]:
    """A new district: its operator's client, logged in, and the operator's person id."""
    card = districts.create(
        ground.settings, district, name=f"Kabupaten {district}", timezone="Asia/Jakarta", operator_login="operator"
    )
    client = Client(ground.address, trail=Trail())
    person = client.activate(district, card["code"], PASSWORD)["person"]
    return client, person["id"]


def token_of(ground: Ground, district: str, person_id: str) -> str:
    """An access token as a login gives it, without the hashing of a password. It holds for ten minutes."""
    return Signer.from_file(str(ground.keys.signing)).issue(person_id, district, new_id())[0]
