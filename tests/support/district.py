"""A district of the shared platform, played over HTTP alone (founding one is the command line's)."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from deploy import districts, importing
from deploy.client import Client
from tests.support.ground import Platform
from tests.support.patience import eventually
from tests.support.roster import Roster

PASSWORD = "kebun-teh-di-lereng-07"


class District:
    """Each person has a client of their own, that sees its own writes and nobody else's."""

    def __init__(self, platform: Platform, id_: str, *, language: str = "id") -> None:
        self.platform = platform
        self.id = id_
        self._language = language
        self._entered: dict[str, Client] = {}
        self.card = districts.create(
            platform.settings, id_, name=f"Kabupaten {id_}", timezone="Asia/Jakarta", operator_login="operator"
        )

    @cached_property
    def operator(self) -> Client:
        """The first operator, logged in."""
        client = self.client()
        client.activate(self.id, self.card["code"], PASSWORD)
        return client

    @property
    def operator_id(self) -> str:
        return str(self.card["person_id"])

    def client(self) -> Client:
        """Somebody who is not logged in."""
        return Client(self.platform.address, language=self._language)

    def enter(self, person_id: str) -> Client:
        """This person, activated and logged in."""
        if person_id not in self._entered:
            code = self.operator.post(f"/v1/people/{person_id}/activation")["code"]
            self._entered[person_id] = self.client()
            self._entered[person_id].activate(self.id, code, PASSWORD)
        return self._entered[person_id]

    def import_file(self, kind: str, content: bytes, name: str = "daftar.csv", *, apply: bool = True) -> Any:
        """The import, read and (unless told otherwise) applied. Raises :class:`deploy.importing.ImportFailed`."""
        state = importing.dry_run(self.operator, kind, name, content)
        return importing.apply(self.operator, state["id"]) if apply else state

    def import_roster(self, roster: Roster) -> None:
        """Its schools, then its teachers."""
        schools, teachers = roster.files()
        self.import_file("schools", schools)
        self.import_file("teachers", teachers)

    def rows(self, import_id: str, outcome: str | None = None) -> list[Any]:
        """The rows of an import."""
        return list(self.operator.every(f"/v1/imports/{import_id}/rows", **({"outcome": outcome} if outcome else {})))

    def person_named(self, name: str) -> Any:
        """The one person of this name, as files give it."""
        [found] = [person for person in self.people if person["name"] == name]
        return found

    @cached_property
    def people(self) -> list[Any]:
        """Everybody, as the operator sees them when first asked."""
        return list(self.operator.every("/v1/people"))


def share_file(client: Client, name: str, content: bytes) -> str:
    """Upload a file in two pieces, as a phone with a weak signal would (tus 1.0). Answers the file's id."""
    filename = "filename " + base64.b64encode(name.encode()).decode()
    tus = {"Tus-Resumable": "1.0.0"}
    created = client.send(
        "POST", "/v1/uploads", headers={**tus, "Upload-Length": str(len(content)), "Upload-Metadata": filename}
    )
    path = created.headers["Location"]
    half = len(content) // 2
    for offset, piece in ((0, content[:half]), (half, content[half:])):
        headers = {**tus, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        sent = client.send("PATCH", path, data=piece, headers=headers)
    return str(sent.headers["Sanggar-File"])


def inbox_of(client: Client) -> list[Any]:
    """Everything in somebody's inbox, the newest first."""
    return list(client.every("/v1/notifications"))


def topics_of(client: Client) -> list[str]:
    """What somebody was told of, in alphabetical order, repetitions included."""
    return sorted(each["topic"] for each in inbox_of(client))


def told(client: Client, topics: Iterable[str], within: float = 20.0) -> bool:
    """Wait until somebody was told of exactly these things. Fails with what they were told instead."""
    wanted = sorted(topics)
    seen: list[str] = []

    def look() -> bool:
        seen[:] = topics_of(client)
        return seen == wanted

    try:
        return eventually(look, within)
    except AssertionError:
        raise AssertionError(f"told of {seen}, not of {wanted}") from None


def event_log(client: Client, service: str, types: Iterable[str] = ()) -> list[Any]:
    """A service's whole public event log, as far as it concerns these types."""
    found: list[Any] = []
    after = None
    while True:
        asked = {"service": service, "limit": 100, "types": ",".join(types), "after": after}
        page = client.get("/v1/events", **{name: value for name, value in asked.items() if value})
        found += page["items"]
        if page["next"] == after:
            return found
        after = page["next"]
