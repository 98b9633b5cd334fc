"""Membership runs, in districts founded as the operator's tool founds them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from deploy import districts
from services.membership.store import MembershipStore
from shared.contracts import membership as m
from shared.contracts.base import Event, Operation, read, write
from shared.identity import Verifier
from shared.ids import new_id
from shared.messaging.context import CallContext
from shared.messaging.relay import LOG
from shared.messaging.rpc_client import RpcClient
from shared.messaging.unit_of_work import OUTBOX
from tests.service.membership.listing import NOTHING, upload
from tests.support.ground import Cell, Ground, Platform
from tests.support.mailbox import Mailbox
from tests.support.patience import eventually
from tests.support.provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.support.roster import SCHOOL_COLUMNS, TEACHER_COLUMNS, Roster, Row, csv_bytes, make_roster

PASSWORD = "kopi hangat di dieng"
SCHOOL = {"npsn": "20306577", "name": "SMP N 1 Kepil", "level": "SMP", "status": "Negeri", "subdistrict": "Kepil"}
PIECE = 100_000

Data = dict[str, Any]


class Town:
    """One district, seen by the people who use it: each asks with the tokens that they were given."""

    def __init__(self, cell: Cell, district: str) -> None:
        self.cell = cell
        self.district = district
        self.system = cell.open("membership")
        self.store: MembershipStore = self.system.store(district)
        self._rpc = RpcClient(cell.settings.amqp_uri, "tests")
        self._verifier = Verifier.from_file(cell.settings.verify_keys)
        card = districts.create(
            cell.settings, district, name="Kabupaten Uji", timezone="Asia/Jakarta", operator_login="dinas"
        )
        self.operator = self.activate(card["code"])

    def close(self) -> None:
        self._rpc.close()

    def ask(
        self, who: Data | None, operation: Operation, /, *, key: str = "", body: bytes | None = None, **data: Any
    ) -> Data:
        """What membership answers ``who`` (their tokens; nobody when ``None``). Raises its refusal."""
        token = None if who is None else who["access_token"]
        if operation.public:
            data = {"district": self.district, **data}
        context = CallContext(new_id(), token=token, idempotency_key=key or new_id())
        answer = self._rpc.call(operation, write(operation.takes, data), context, body=body, timeout=30)
        return read(operation.gives, answer.data)

    def fetch(self, operation: Operation, **data: Any) -> bytes:
        """The bytes of a public answer."""
        context = CallContext(new_id())
        order = write(operation.takes, {"district": self.district, **data})
        return self._rpc.call(operation, order, context, timeout=30).body

    def activate(self, code: str, password: str = PASSWORD) -> Data:
        """The tokens of whoever sets a password with this code."""
        return self.ask(None, m.ACTIVATE, code=code, password=password)

    def school(self, npsn: str = "20306577", **changes: Any) -> str:
        self.ask(self.operator, m.CREATE_SCHOOL, **{**SCHOOL, "npsn": npsn, **changes})
        return npsn

    def person(self, name: str = "Siti Aminah", **said: Any) -> Data:
        """Somebody on record, without an account."""
        return self.ask(self.operator, m.ADD_PERSON, name=name, **said)

    def teacher(self, name: str = "Siti Aminah", **said: Any) -> Data:
        """The tokens of somebody new who has activated their account."""
        return self.log_in_first(self.person(name, **said)["id"])

    def log_in_first(self, person_id: str) -> Data:
        return self.activate(self.ask(self.operator, m.ISSUE_ACTIVATION, person_id=person_id)["code"])

    def with_role(self, role: str, scope: str | None = None, name: str = "Bu Kepala", **said: Any) -> Data:
        who = self.teacher(name, **said)
        self.ask(self.operator, m.GRANT_ROLE, person_id=who["person"]["id"], role=role, scope_id=scope)
        return who

    def community(self, ketua: Data, **changes: Any) -> str:
        """A community that the operator founds for its ketua."""
        how = {"name": "MGMP IPA", "kind": "mgmp", "level": "SMP", "subject": "IPA", **changes}
        found = self.ask(self.operator, m.FOUND_COMMUNITY, ketua_id=ketua["person"]["id"], **how)
        return str(found["id"])

    def emitted(self, *events: Event) -> list[Data]:
        """The data of the events of these types in this district's log, in its order."""
        eventually(lambda: self.system.system.database[OUTBOX].find_one({}) is None, 60)
        wanted = {"district": self.district, "type": {"$in": [event.type for event in events]}}
        found = self.system.system.database[LOG].find(wanted)
        return [entry["data"] for entry in sorted(found, key=lambda entry: entry["seq"])]

    def start_import(
        self, kind: str, data: bytes, name: str = "daftar.csv", by: Data | None = None, **said: Any
    ) -> str:
        """Hand in a file, as the operator unless said otherwise; returns the import's id."""
        who = by or self.operator
        digest = hashlib.sha256(data).hexdigest()
        pieces = [data[at : at + PIECE] for at in range(0, len(data), PIECE)]
        for number, piece in enumerate(pieces):
            self.ask(who, m.STAGE_IMPORT, sha256=digest, number=number, body=piece)
        sizes = {"size": len(data), "chunks": len(pieces)}
        order = {"kind": kind, "file_name": name, "sha256": digest, **sizes, **said}
        return str(self.ask(who, m.START_IMPORT, **order)["id"])

    def upload(self, kind: str, data: bytes, name: str = "daftar.csv", **said: Any) -> Data:
        """Hand in a file and wait for its dry run."""
        return self.followed(self.start_import(kind, data, name, **said), "ready", "failed")

    def apply(self, import_id: str, **said: Any) -> Data:
        self.ask(self.operator, m.APPLY_IMPORT, import_id=import_id, **said)
        return self.followed(import_id, "applied", "failed")

    def followed(self, import_id: str, *until: str) -> Data:
        def look() -> Data | None:
            found = self.ask(self.operator, m.GET_IMPORT, import_id=import_id)
            return found if found["status"] in until else None

        return eventually(look, 120) or {}

    def rows(self, import_id: str, **asked: Any) -> list[Data]:
        """All rows of an import, page by page."""
        found: list[Data] = []
        after = None
        while True:
            page = self.ask(self.operator, m.LIST_IMPORT_ROWS, import_id=import_id, limit=100, after=after, **asked)
            found += page["items"]
            after = page["next"]
            if after is None:
                return found


@pytest.fixture(scope="package")
def mailbox(ground: Ground) -> Iterator[Mailbox]:
    """The mail server that membership sends by."""
    mailbox = Mailbox(ground.run_dir.port("mailbox"))
    mailbox.start()
    yield mailbox
    mailbox.stop()


@pytest.fixture(scope="package")
def provider(ground: Ground) -> Iterator[Provider]:
    """The provider of accounts elsewhere."""
    provider = Provider(ground.run_dir.port("provider"))
    provider.start()
    yield provider
    provider.stop()


@pytest.fixture(scope="package")
def running(ground: Ground, mailbox: Mailbox, provider: Provider) -> Iterator[Platform]:
    """Membership, running in a cell of its own; the tests keep apart by their district."""
    cell = ground.new_cell()
    environment = {"SANGGAR_SMTP_URL": mailbox.url, "SANGGAR_MAIL_FROM": "Sanggar <no-reply@sanggar.example>"}
    environment |= {"SANGGAR_OIDC_ISSUER": provider.issuer, "SANGGAR_OIDC_CLIENT_ID": CLIENT_ID}
    environment |= {"SANGGAR_OIDC_CLIENT_SECRET": CLIENT_SECRET, "SANGGAR_OIDC_DOMAINS": "belajar.id"}
    with cell.running("membership", environment=environment) as platform:
        yield platform
    cell.close()


@pytest.fixture(scope="package")
def membership(running: Platform) -> Cell:
    """The cell in which membership runs."""
    return running.cell


@pytest.fixture
def town(membership: Cell, district: str) -> Iterator[Town]:
    town = Town(membership, district)
    yield town
    town.close()


@pytest.fixture
def elsewhere(membership: Cell, other_district: str) -> Iterator[Town]:
    """Another district of the same cell."""
    town = Town(membership, other_district)
    yield town
    town.close()


@pytest.fixture(scope="package")
def lists() -> Roster:
    """The lists of a small district."""
    return make_roster(schools=6, teachers=120, seed=4)


@pytest.fixture
def settled(town: Town, lists: Roster) -> Town:
    """A town whose schools and teachers are on record."""
    town.apply(town.upload("schools", csv_bytes(lists.schools, SCHOOL_COLUMNS))["id"])
    town.apply(town.upload("teachers", csv_bytes(lists.teachers, TEACHER_COLUMNS))["id"])
    return town


@pytest.fixture
def namesake(settled: Town, lists: Roster) -> tuple[Row, str]:
    """Somebody on record whom nothing tells apart from others of the name, as their row, and another school's NPSN."""
    like = {**lists.teachers[1], **NOTHING, "nama": "Siti Aminah"}
    settled.apply(upload(settled, [like])["id"])
    return like, next(each["npsn"] for each in lists.schools if each["npsn"] != like["npsn"])
