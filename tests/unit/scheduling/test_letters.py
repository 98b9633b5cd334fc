"""Who may be named in an assignment letter, and what may become of it."""

from datetime import UTC, datetime, timedelta

import pytest

from services.scheduling.domain import letters
from shared.errors import Conflict, Invalid

NOW = datetime(2026, 5, 4, 6, tzinfo=UTC)
MEETING = {"status": "scheduled", "starts_at": NOW + timedelta(days=1), "ends_at": NOW + timedelta(days=1, hours=2)}
MEETING |= {"timezone": "Asia/Jakarta", "place": "Aula", "mode": "onsite", "title": "Grafik"}
PAST = {"starts_at": NOW - timedelta(days=1), "ends_at": NOW - timedelta(hours=22)}


@pytest.mark.parametrize(
    ("before", "change", "meant"),
    [
        ({}, {"title": "Tabel"}, None),
        ({}, {"starts_at": NOW + timedelta(days=2)}, "moved"),
        ({}, {"place": "Perpustakaan"}, "moved"),
        ({}, {"status": "cancelled"}, "cancelled"),
        ({"status": "cancelled"}, {"place": "Perpustakaan"}, None),
        ({"status": "cancelled"}, {"status": "scheduled"}, "moved"),
        (PAST, {"place": "Perpustakaan"}, None),
        (PAST, {"status": "cancelled"}, None),
        ({}, PAST, "moved"),
        (PAST, {"starts_at": NOW + timedelta(days=2)}, "moved"),
    ],
)
def test_a_letter_is_disturbed_by_what_a_school_plans_by(before, change, meant):
    meeting = {**MEETING, **before}
    assert letters.disturbed(meeting, {**meeting, **change}, NOW) == meant


def test_each_is_named_once_in_the_order_given():
    assert letters.distinct(["b", "a", "b"]) == ["b", "a"]


@pytest.mark.parametrize(
    ("teach_there", "members", "why"),
    [({"a"}, {"a", "b"}, "papers.not_at_school"), ({"a", "b"}, {"b"}, "papers.not_a_member")],
)
def test_those_named_teach_at_the_school_and_belong_to_the_community(teach_there, members, why):
    letters.check_named(["a", "b"], {"a", "b", "c"}, {"a", "b"})
    with pytest.raises(Invalid) as refused:
        letters.check_named(["a", "b"], teach_there, members)
    assert [text.key for text in refused.value.fields["person_ids"]] == [why]


def test_a_letter_is_decided_once_and_printed_once_it_was_granted():
    letters.check_requested("requested")
    letters.check_granted("granted")
    for status in ("granted", "refused"):
        with pytest.raises(Conflict):
            letters.check_requested(status)
    for status in ("requested", "refused"):
        with pytest.raises(Conflict):
            letters.check_granted(status)


def test_nobody_is_sent_to_a_meeting_that_is_over():
    letters.check_ahead(NOW + timedelta(minutes=1), NOW)
    with pytest.raises(Conflict) as refused:
        letters.check_ahead(NOW, NOW)
    assert refused.value.text.key == "papers.session_over"
