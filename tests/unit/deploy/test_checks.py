"""The doctor's checks that need no running platform."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from pymongo.errors import ServerSelectionTimeoutError

from deploy.checks.broker import clock_finding, expected_queues
from deploy.checks.copies import compare
from deploy.checks.finding import Finding, good, some
from deploy.checks.keys import check_keys
from deploy.checks.machine import check_disk
from deploy.cli.doctor import Check, examine
from deploy.local.keys import keys_in
from shared.contracts.words import SERVICES
from shared.settings import Settings

VERSIONS = st.dictionaries(st.sampled_from([f"3399/{n}" for n in range(6)]), st.integers(1, 4))


@given(source=VERSIONS, copy=VERSIONS)
def test_a_copy_is_in_sync_exactly_when_it_says_what_its_source_says(source, copy):
    difference = compare(source, copy)

    assert (difference.keys == set()) == (source == copy)
    assert difference.compared == len(source)
    kinds = (difference.missing, difference.older, difference.newer, difference.orphaned)
    assert sum(len(kind) for kind in kinds) == len(difference.keys), "a record differs in one way only"


def test_a_copy_may_differ_in_four_ways():
    difference = compare({"a": 1, "b": 2, "c": 2, "d": 5}, {"b": 1, "c": 3, "d": 5, "e": 1})

    assert (difference.missing, difference.older, difference.newer, difference.orphaned) == ({"a"}, {"b"}, {"c"}, {"e"})
    assert str(difference) == "1 missing, 1 older, 1 newer, 1 orphaned"


@pytest.fixture
def key_files(tmp_path: Path) -> Settings:
    private = Ed25519PrivateKey.generate()
    signing, verify, code = tmp_path / "signing.json", tmp_path / "verify.json", tmp_path / "code.key"
    (tmp_path / "others").mkdir()
    others = keys_in(tmp_path / "others")
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    signing.write_text(json.dumps({"kid": "k1", "pem": pem}))
    verify.write_text(json.dumps({"k1": public}))
    code.write_text("0" * 64)
    signing.chmod(0o600)
    code.chmod(0o600)
    return Settings(
        "amqp://",
        "mongodb://",
        verify_keys=str(verify),
        signing_key=str(signing),
        code_key=str(code),
        calendar_key=str(others.calendar),
        certificate_key=str(others.certificate),
        certificate_verify_keys=str(others.certificate_verify),
    )


def _broken(settings: Settings) -> list[str]:
    return [finding.what for finding in check_keys(settings) if finding.grade == "broken"]


def test_keys_that_fit_are_well(key_files):
    assert _broken(key_files) == []
    assert len(list(check_keys(key_files))) == 6


def test_a_signing_key_that_others_can_read_is_told(key_files):
    Path(key_files.signing_key).chmod(0o644)
    assert _broken(key_files) == ["the signing key can be read by others (mode 644)"]


def test_a_signing_key_that_nobody_can_verify_is_told(key_files):
    Path(key_files.verify_keys).write_text(Path(key_files.verify_keys).read_text().replace("k1", "k2"))
    assert _broken(key_files) == ["nobody knows the signing key k1"]


def test_keys_of_different_pairs_are_told(key_files):
    other = Ed25519PrivateKey.generate().public_key()
    pem = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    Path(key_files.verify_keys).write_text(json.dumps({"k1": pem}))
    assert _broken(key_files) == ["the public key k1 belongs to another signing key"]


@pytest.mark.parametrize("content", ["", "no json", "[]", '{"k1": "no pem"}'])
def test_keys_that_are_none_are_told(key_files, content):
    Path(key_files.verify_keys).write_text(content)
    assert any("holds no Ed25519 public keys" in what or "nobody knows" in what for what in _broken(key_files))
    Path(key_files.signing_key).write_text(content)
    assert any("holds no Ed25519 signing key" in what for what in _broken(key_files))


def test_missing_keys_are_told_with_what_to_set(key_files):
    Path(key_files.code_key).unlink()
    assert [what.split(" at ")[0] for what in _broken(key_files)] == ["no key of activation codes"]
    findings = list(check_keys(Settings("amqp://", "mongodb://")))
    assert len(findings) == 6
    assert all(finding.grade == "broken" and "SANGGAR_" in finding.mend for finding in findings)


@pytest.mark.parametrize(
    ("seconds", "grade"),
    [(0, "good"), (2.5, "good"), (-2.5, "good"), (10, "warning"), (-10, "warning"), (300, "broken")],
)
def test_clocks_may_differ_by_seconds_but_not_by_minutes(seconds, grade):
    ours = datetime(2026, 7, 1, 8, tzinfo=UTC)
    finding = clock_finding("broker", ours + timedelta(seconds=seconds), ours, resolution=1.0)
    assert finding.grade == grade
    if seconds in (10, -10):
        assert ("ahead" if seconds > 0 else "behind") in finding.what


def test_every_service_has_its_queues_and_one_for_each_wait():
    names = [queue.name for queue in expected_queues(Settings("amqp://", "mongodb://", retry_ladder=("5s", "1m")))]
    assert len(names) == len(set(names)) == len(SERVICES) * (3 + 2)
    assert "inbox.scheduling.v1.retry.1m" in names


def test_a_disk_with_room_is_well_and_data_kept_elsewhere_are_not_looked_for(tmp_path):
    assert [finding.check for finding in check_disk(tmp_path)] == ["disk"]
    assert list(check_disk(None)) == []


def test_what_is_away_is_told_once_and_the_rest_is_still_examined():
    def away() -> list[Finding]:
        raise ServerSelectionTimeoutError("127.0.0.1:1: refused\nand more")

    def never() -> list[Finding]:
        raise AssertionError("looked at what is away")

    checks = [
        Check(away, "database"),
        Check(never, "database"),
        Check(lambda: [good("broker", "there")], "broker"),
        Check(lambda: [good("keys", "there")]),
    ]
    found = list(examine(checks))

    assert [[finding.grade for finding in findings] for findings in found] == [["broken"], [], ["good"], ["good"]]
    assert found[0][0].what == "the database is away: 127.0.0.1:1: refused"
    assert found[0][0].mend


def test_long_lists_of_names_are_cut():
    assert some(["a", "b"]) == "a, b"
    assert some([str(n) for n in range(9)]) == "0, 1, 2, 3, 4, ..."
