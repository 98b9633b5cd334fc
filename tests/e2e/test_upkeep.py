"""An operator looks after a running platform from the command line."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bson.binary import Binary

from deploy.client import Client
from deploy.services import parts_of
from shared import clock
from shared.contracts.events.membership import PERSON_CHANGED
from shared.ids import new_id
from shared.messaging import deadletters, snapshots, topology
from shared.messaging.envelope import encode
from shared.messaging.relay import LOG
from shared.messaging.wire import Outgoing, Wire
from tests.support.cli import Sanggar
from tests.support.ground import Platform
from tests.support.roster import DEFECTS, TEACHER_COLUMNS, Gaps, Roster, csv_bytes, make_roster, spoil

PASSWORD = "kebun-teh-di-lereng-07"


@pytest.fixture
def sanggar(platform: Platform, tmp_path: Path) -> Sanggar:
    return Sanggar(platform.cell, tmp_path, platform)


@pytest.fixture
def operator(sanggar: Sanggar, platform: Platform, district: str) -> Client:
    """The operator of a new district, logged in."""
    card = sanggar.json(
        *("district", "create", district, "--name", "Kabupaten Uji", "--timezone", "Asia/Jakarta"),
        *("--operator-login", "operator"),
    )
    client = Client(platform.address)
    client.activate(district, card["code"], PASSWORD)
    return client


@pytest.fixture
def bring_in(sanggar: Sanggar, operator: Client, district: str, tmp_path: Path) -> Callable[..., Any]:
    """Imports a file, as the operator would."""
    (tmp_path / "password").write_text(PASSWORD + "\n")

    def run(kind: str, file: Path, *words: str, **how: Any) -> Any:
        login = ("--district", district, "--login", "operator", "--password-file", str(tmp_path / "password"))
        return sanggar.json("import", kind, str(file), *login, *words, **how)

    return run


@pytest.fixture
def roster(district: str) -> Roster:
    # Two of one name at a school are doubtful, and nobody decides here.
    return make_roster(district, seed=3, schools=4, teachers=40, gaps=Gaps(same_name=0))


@pytest.fixture
def staffed(bring_in: Callable[..., Any], roster: Roster, tmp_path: Path) -> Roster:
    """The district has its schools and teachers."""
    schools, teachers = roster.write(tmp_path)
    bring_in("schools", schools, "--yes")
    bring_in("teachers", teachers, "--yes")
    return roster


def copies_differ(sanggar: Sanggar, district: str, within: float = 30.0) -> list[str]:
    """What the doctor finds of a district's copies, once what was on its way has arrived."""
    deadline = time.monotonic() + within
    while True:
        result = sanggar.run("--json", "doctor", "--district", district)
        findings = json.loads(result.stdout)["findings"]
        broken = [each["what"] for each in findings if each["check"] == "copies" and each["grade"] == "broken"]
        if not broken or time.monotonic() > deadline:
            return broken


def test_an_import_says_what_it_did_and_a_second_one_changes_nothing(bring_in, roster, tmp_path):
    schools, teachers = roster.write(tmp_path)
    assert bring_in("schools", schools, "--yes")["counts"]["created"] == 4

    assert bring_in("teachers", teachers, code=1)["error"]["code"] == "not_applied"
    planned = bring_in("teachers", teachers, "--dry-run")
    assert (planned["status"], planned["counts"]["created"]) == ("ready", 40)
    applied = bring_in("teachers", teachers, "--yes")
    assert (applied["status"], applied["counts"]["created"]) == ("applied", 40)

    again = bring_in("teachers", teachers, "--yes")["counts"]
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 40)


def test_an_import_tells_each_bad_row_and_takes_the_good_ones(bring_in, roster, tmp_path):
    bring_in("schools", roster.write(tmp_path)[0], "--yes")
    spoiled = spoil(roster.teachers)
    (tmp_path / "spoiled.csv").write_bytes(csv_bytes(spoiled.rows, TEACHER_COLUMNS))

    outcome = bring_in("teachers", tmp_path / "spoiled.csv", "--yes")

    rows = {row["row"] - 2: row for row in outcome["problems"]}
    for place, defect in spoiled.broken.items():
        if defect in ("no name", "unknown school", "nuptk too short", "nuptk rounded by a spreadsheet"):
            assert rows[place]["outcome"] == "rejected", defect
            assert all(problem["reason"] for problem in rows[place]["problems"])
    whole = len(roster.teachers) - len(DEFECTS)
    assert outcome["counts"]["created"] >= whole
    assert outcome["counts"]["rejected"] + outcome["counts"]["created"] <= len(spoiled.rows)


def test_an_import_without_a_login_asks_for_one(sanggar, roster, district, tmp_path):
    schools, _ = roster.write(tmp_path)
    error = sanggar.json("import", "schools", str(schools), "--district", district, "--yes", code=1)["error"]
    assert error["code"] == "login"
    assert "SANGGAR_PASSWORD" in error["mend"]


def test_a_copy_that_lost_records_is_found_and_filled_again(sanggar, staffed, platform, district):
    assert copies_differ(sanggar, district) == []
    copies = platform.cell.open("notification").system.database["people"]
    lost, old = [doc["_id"] for doc in copies.find({"district": district}).limit(2)]
    copies.delete_one({"_id": lost})
    copies.update_one({"_id": old}, {"$set": {"version": 1, "name": "Nama Lama"}})

    [finding] = copies_differ(sanggar, district, within=0)
    assert finding == "notification.people differs from membership: 1 missing, 1 older"

    sent = sanggar.json("resync", "notification", "--district", district)["sent"]
    assert sent["membership.person"] == 41
    assert copies_differ(sanggar, district) == []
    assert copies.find_one({"_id": old})["name"] != "Nama Lama"


def test_the_logs_can_be_followed_by_district_and_type(sanggar, staffed, district):
    def told() -> list[Any]:
        return sanggar.lines(
            *("events", "tail", "membership", "--district", district, "--type", "role_changed"),
            *("--no-follow", "--last", "500"),
        )

    deadline = time.monotonic() + 20
    while len(told()) < 5 and time.monotonic() < deadline:
        time.sleep(0.2)
    events = told()
    assert len(events) == 5, "the operator's role and a principal's for each school"
    assert {event["type"] for event in events} == {"membership.role_changed.v1"}
    assert {event["district"] for event in events} == {district}
    assert [event["seq"] for event in events] == sorted(event["seq"] for event in events)


def bury(platform: Platform, district: str) -> tuple[str, str]:
    """Make a dead letter of a person's event, and take what it says out of notification's copy."""
    owner = platform.cell.open("membership").system
    sources = snapshots.by_subject(parts_of("membership").sources)
    entry = owner.database[LOG].find_one({"district": district, "type": PERSON_CHANGED.type})
    [rendered] = snapshots.render(owner, sources, [entry])
    database = platform.cell.open("notification").system.database
    database[deadletters.TABLE].insert_one(
        {
            "_id": entry["_id"],
            "lane": 0,
            "reason": "failed",
            "type": PERSON_CHANGED.type,
            "exchange": "membership.events",
            "routing_key": f"{district}.person_changed.v1",
            "body": Binary(encode(rendered)),
            "attempts": 5,
            "error": "ZeroDivisionError",
            "where": ["notification/reactions.py:1 told"],
            "first_at": clock.now(),
            "last_at": clock.now(),
        }
    )
    person = entry["subject"].partition(":")[2]
    database["people"].delete_one({"_id": f"{district}/{person}"})
    return entry["_id"], person


def test_a_dead_letter_is_listed_shown_and_replayed(sanggar, staffed, platform, district):
    assert copies_differ(sanggar, district) == []
    letter, person = bury(platform, district)

    listed = sanggar.json("dlq", "list", "notification", "--type", "person_changed", "--reason", "failed")
    assert letter in {item["id"] for item in listed["items"]}

    shown = sanggar.json("dlq", "show", "notification", letter)
    assert (shown["reason"], shown["attempts"], shown["error"]) == ("failed", 5, "ZeroDivisionError")
    assert shown["message"]["data"]["person_id"] == person
    assert "personal" in shown["message"]["data"]["name"]
    personal = sanggar.json("dlq", "show", "notification", letter, "--personal")
    assert "personal" not in personal["message"]["data"]["name"]

    assert sanggar.json("dlq", "replay", "notification", letter)["replayed"] == [letter]
    assert copies_differ(sanggar, district) == []
    error = sanggar.json("dlq", "replay", "notification", letter, code=1)["error"]
    assert error["code"] == "unknown", "it is no dead letter any more"


def test_what_is_no_event_becomes_a_dead_letter_that_can_be_dropped(sanggar, platform):
    wire = Wire(platform.settings.amqp_uri, "tests", confirms=True)
    wire.start()
    id_ = new_id()
    garbage = Outgoing(b"\xff{", topology.inbox_exchange("learning").name, topology.INBOX_KEY, message_id=id_)
    assert wire.publish_confirmed([garbage], timeout=10) == set()
    wire.close()

    def buried() -> set[str]:
        return {item["id"] for item in sanggar.json("dlq", "list", "learning", "--reason", "malformed")["items"]}

    deadline = time.monotonic() + 20
    while id_ not in buried() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert id_ in buried()
    assert sanggar.json("dlq", "drop", "learning", id_, code=1)["error"]["code"] == "not_dropped"
    assert sanggar.json("dlq", "drop", "learning", id_, "--yes")["dropped"] == [id_]
    assert id_ not in buried()
