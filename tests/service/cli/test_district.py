"""`sanggar district`, `migrate` and what they say when something is wrong."""

from __future__ import annotations

import pytest

from tests.support.cli import Sanggar
from tests.support.ground import Cell


@pytest.fixture(scope="module")
def migrated(module_cell: Cell) -> Cell:
    module_cell.migrate()
    return module_cell


@pytest.fixture
def sanggar(migrated: Cell, tmp_path) -> Sanggar:
    return Sanggar(migrated, tmp_path)


def create(sanggar: Sanggar, district: str, **how):
    return sanggar.json(
        *("district", "create", district, "--name", "Kabupaten Uji", "--timezone", "Asia/Makassar"),
        *("--operator-login", "operator"),
        **how,
    )


def test_migrating_twice_changes_nothing_and_the_doctor_then_finds_queues_and_indexes(cell, tmp_path):
    sanggar = Sanggar(cell, tmp_path)
    before = sanggar.json("doctor", "--quick", code=1)
    missing = {finding["check"] for finding in before["findings"] if "missing" in finding["what"]}
    assert missing == {"queues", "indexes"}

    assert sanggar.json("migrate") == sanggar.json("migrate")

    after = sanggar.json("doctor", "--quick", code=1)
    grades = {finding["check"]: finding["grade"] for finding in after["findings"]}
    assert (grades["queues"], grades["indexes"], grades["broker"], grades["database"]) == ("good",) * 4
    assert grades["services"] == "broken", "nothing runs in this cell"


def test_a_district_is_founded_once(sanggar, district):
    card = create(sanggar, district)

    assert card["district"] == district
    assert card["username"] == "operator"
    assert card["code"]
    again = create(sanggar, district, code=1)
    assert again["error"]["code"] == "conflict"
    assert district in {known["id"] for known in sanggar.json("district", "list")["items"]}


def test_an_operator_who_is_locked_out_is_given_another_code(sanggar, district):
    first = create(sanggar, district)
    second = sanggar.json("district", "code", district, "--login", "Operator")

    assert second["person_id"] == first["person_id"]
    assert second["code"] != first["code"]
    assert sanggar.json("district", "code", district, "--login", "nobody", code=1)["error"]["code"] == "not_found"
    assert sanggar.json("district", "code", "9999", "--login", "operator", code=1)["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("district", "timezone", "login"),
    [("33", "Asia/Jakarta", "operator"), ("3390", "Mars/Base", "operator"), ("3390", "Asia/Jakarta", "!")],
)
def test_what_cannot_be_is_refused_and_nothing_is_founded(sanggar, district, timezone, login):
    words = ("--name", "Uji", "--timezone", timezone, "--operator-login", login)
    error = sanggar.json("district", "create", district, *words, code=1)["error"]

    assert error["code"] == "invalid"
    assert error["what"]
    assert district not in {known["id"] for known in sanggar.json("district", "list")["items"]}


def test_an_unknown_service_is_named_with_those_that_are(sanggar):
    for words in (("resync", "payroll"), ("dlq", "list", "payroll"), ("events", "tail", "payroll", "--no-follow")):
        error = sanggar.json(*words, code=1)["error"]
        assert "payroll" in error["what"]
        assert "membership" in error["mend"]


def test_people_are_told_in_words_and_what_to_do_about_it(sanggar, tmp_path):
    (tmp_path / "platform.json").unlink()
    result = sanggar.run("migrate")

    assert result.exit_code == 1
    assert "no platform found" in result.stderr
    assert "make run" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "misuse", [("dlq", "replay", "membership"), ("dlq", "replay", "membership", "--all", "some-id")]
)
def test_replaying_asks_for_ids_or_for_all_of_them(sanggar, misuse):
    assert sanggar.json(*misuse, code=1)["error"]["code"] == "which"
