"""What a certificate is counted from, when it is replaced, and that none can be altered."""

import base64
import io
import json
from collections import Counter

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from deploy.local.keys import keys_in
from services.scheduling.domain import certificates
from services.scheduling.domain.certificates import Earned, changes, earned_by, read_number, read_seal, statement
from services.scheduling.printing.certificate import drawn, sealed
from services.scheduling.signing import CertificateKeys, certificate_keys, urlsafe
from shared.errors import Conflict
from shared.settings import Misconfigured, Settings
from tests.support.papers import words_of

PRESENCES = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 600)), max_size=40)
CERTIFICATE = {
    "number": "3307-2026-7KQ2M9XH4TNB",
    "district": "3307",
    "district_name": "Kabupaten Wonosobo",
    "holder_name": "Siti Nur'aini Æthelđ, S.Pd.",
    "community_name": "MGMP Matematika SMP",
    "semester": "2026/2027 Ganjil",
    "first_day": "2026-07-01",
    "last_day": "2026-12-31",
    "sessions": 4,
    "minutes": 380,
    "jp": 8,
    "issued_on": "2026-12-20",
}


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    files = keys_in(tmp_path_factory.mktemp("keys"))
    return certificate_keys(
        Settings("", "", certificate_key=str(files.certificate), certificate_verify_keys=str(files.certificate_verify))
    )


@pytest.fixture(scope="module")
def paper(keys):
    said = statement(CERTIFICATE)
    plain = drawn(said, urlsafe(keys.sign(said.encode())), keys.kid, keys.kid, "https://sanggar.example")
    return sealed(plain, CERTIFICATE["number"], keys)


def genuine(keys, raw):
    seal = read_seal(raw)
    return seal is not None and keys.verifies(seal.kid, seal.signature, seal.signed)


# --- JP


@given(PRESENCES)
def test_jp_are_the_whole_45_minutes_in_all_that_somebody_was_present(presences):
    found = earned_by(presences)
    totals = Counter()
    for person, minutes in presences:
        totals[person] += minutes
    assert {person: each.jp for person, each in found.items()} == {
        person: total // 45 for person, total in totals.items() if total >= 45
    }


@given(PRESENCES, st.randoms(use_true_random=False))
def test_the_order_of_sessions_does_not_matter(presences, random):
    shuffled = random.sample(presences, len(presences))
    assert earned_by(shuffled) == earned_by(presences)


def test_minutes_are_added_up_before_they_are_cut_and_an_absence_counts_as_no_session():
    assert earned_by([("a", 44), ("a", 44), ("a", 2), ("a", 0)]) == {"a": Earned(sessions=3, minutes=90)}
    assert earned_by([("a", 44)]) == {}


# --- replacing


def last(person, status="valid", sessions=2, minutes=100, revision=1):
    return {person: {"status": status, "sessions": sessions, "minutes": minutes, "revisions": revision}}


def test_whoever_earned_the_same_keeps_the_certificate():
    assert changes(last("a"), {"a": Earned(2, 100)}, ()) == []


def test_a_correction_ends_the_old_one_and_issues_another():
    [change] = changes(last("a", revision=3), {"a": Earned(2, 190)}, ())
    assert (change.ends["revisions"], change.earned, change.revision) == (3, Earned(2, 190), 4)


def test_whoever_earned_nothing_after_all_loses_it_and_gets_none():
    [change] = changes(last("a"), {}, ())
    assert change.ends is not None and change.earned is None
    assert changes(last("a", status="superseded"), {}, ()) == []


def test_what_was_revoked_comes_again_only_when_it_is_asked_for():
    revoked, now = last("a", status="revoked"), {"a": Earned(2, 100)}
    assert changes(revoked, now, ()) == []
    [change] = changes(revoked, now, ("a",))
    assert (change.ends, change.revision) == (None, 2)


def test_whoever_is_called_otherwise_now_is_given_one_with_that_name():
    [change] = changes(last("a"), {"a": Earned(2, 100)}, ("a",), renamed=("a",))
    assert change.ends is not None and (change.earned, change.revision) == (Earned(2, 100), 2)


def test_one_that_counts_no_more_cannot_be_revoked():
    certificates.check_revocable("valid")
    for status in ("revoked", "superseded"):
        with pytest.raises(Conflict):
            certificates.check_revocable(status)


# --- numbers and statements


@given(st.sampled_from(["3307", "33c09"]), st.integers(2020, 2400))
def test_a_number_is_read_however_it_was_typed(district, year):
    number = certificates.number(district, year)
    assert number.startswith(f"{district}-{year}-") and len(number.rpartition("-")[2]) == 12
    assert read_number(number) == read_number(f" {number.lower()} ") == number
    assert read_number(number.replace("0", "O")[-12:].join((number[:-12], ""))) == number


@pytest.mark.parametrize(
    "typed",
    ["", "3307", "3307-2026-", "3307-2026-7KQ2M9XH4TNBX", "x-2026-7KQ2M9XH4TNB", "3307-2026-7KQ2M9XH4TNU"],
)
def test_what_is_no_number_is_none(typed):
    assert read_number(typed) is None


@given(st.dictionaries(st.sampled_from(certificates.STATED), st.text('aé漢😀"\\ /') | st.integers()))
def test_a_statement_is_the_same_text_for_the_same_facts_whatever_else_is_kept(changed):
    facts = {**CERTIFICATE, **changed}
    said = statement({**dict(reversed(facts.items())), "status": "valid", "id": "x"})
    assert said == statement(facts)
    assert json.loads(said) == facts


# --- the seal


def test_a_sealed_pdf_is_genuine_and_says_what_it_certifies(keys, paper):
    assert genuine(keys, paper)
    words = words_of(paper)
    for said in ("3307-2026-7KQ2M9XH4TNB", "Siti Nur'aini", "MGMP Matematika SMP", "8 JP", "380 menit", "Ganjil"):
        assert said in words
    assert len(paper) < 120_000


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_pdf_altered_by_one_byte_fails(keys, paper, data):
    place = data.draw(st.integers(0, len(paper) - 1) | st.integers(len(paper) - 250, len(paper) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != paper[place]))
    altered = paper[:place] + bytes([byte]) + paper[place + 1 :]
    assert not genuine(keys, altered)


@given(st.binary(min_size=1, max_size=300), st.booleans())
def test_nothing_can_be_added_or_cut_off(keys, paper, more, before):
    assert not genuine(keys, more + paper if before else paper + more)
    assert not genuine(keys, paper[: -len(more)])


def test_a_seal_of_another_key_or_another_paper_does_not_fit(keys, paper, tmp_path):
    other = keys_in(tmp_path)
    theirs = certificate_keys(
        Settings("", "", certificate_key=str(other.certificate), certificate_verify_keys=str(other.certificate_verify))
    )
    assert not genuine(theirs, paper)
    seal = paper[paper.rindex(b"%Sanggar-Certificate") :]
    assert not genuine(keys, b"%PDF-1.7\n%%EOF\n" + seal)


def test_the_statement_travels_inside_the_pdf_and_is_checked_with_the_public_key_alone(keys, paper):
    attached = json.loads(PdfReader(io.BytesIO(paper)).attachments["sertifikat.json"][0])
    [public] = [each["pem"] for each in keys.published() if each["kid"] == attached["kid"]]
    signature = base64.urlsafe_b64decode(attached["signature"] + "==")
    load_pem_public_key(public.encode()).verify(signature, attached["statement"].encode())
    assert json.loads(attached["statement"]) == CERTIFICATE


def test_the_same_statement_is_drawn_as_the_same_bytes(keys):
    said = statement(CERTIFICATE)
    first, second = (drawn(said, "x", keys.kid, keys.kid, "https://sanggar.example") for _ in range(2))
    assert first == second


def test_an_old_key_still_verifies_once_another_signs(keys, paper):
    newer = CertificateKeys("newer", Ed25519PrivateKey.generate(), keys._known)
    assert genuine(newer, paper)
    assert {each["kid"] for each in newer.published()} == {"newer", keys.kid}


def test_without_keys_nothing_is_signed():
    with pytest.raises(Misconfigured):
        certificate_keys(Settings("", ""))
