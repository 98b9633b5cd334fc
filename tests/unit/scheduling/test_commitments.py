"""What a community undertook is done, or dropped with a reason; an agenda asks for what is still open."""

from datetime import UTC, date, datetime

import pytest

from services.scheduling.domain import agendas, commitments
from shared.errors import Conflict, Invalid

NOW = datetime(2026, 11, 25, 7, tzinfo=UTC)
TODAY = date(2026, 11, 25)
OPEN = {
    "id": "c1",
    "title": "Coba kartu pecahan",
    "goal": "Murid membandingkan pecahan",
    "due_on": "2026-12-02",
    "owner_ids": [],
    "status": "open",
    "note": None,
    "settled_by": None,
    "settled_at": None,
}


def changed(before=OPEN, **order):
    return commitments.changed(before, order, "budi", NOW)


def test_what_is_done_says_who_settled_it_and_when():
    after = changed(status="done", note="Dicoba di dua kelas")
    assert (after["status"], after["settled_by"], after["settled_at"]) == ("done", "budi", NOW)
    assert changed(after, status="open") == {**OPEN, "note": "Dicoba di dua kelas"}


@pytest.mark.parametrize("note", [None, "", "  \n"])
def test_what_is_dropped_says_why(note):
    with pytest.raises(Invalid):
        changed(status="dropped", note=note)
    assert changed(status="dropped", note="Bahan belum ada")["status"] == "dropped"


def test_the_words_of_what_is_settled_stand():
    done = changed(status="done")
    with pytest.raises(Conflict):
        changed(done, title="Lain")
    assert changed(done, note="Berhasil", title=OPEN["title"])["settled_at"] == NOW
    assert changed(done, status="open", title="Lain")["title"] == "Lain"


@pytest.mark.parametrize(("due_on", "good"), [("2026-11-24", False), ("2026-11-25", True), ("2029-01-01", False)])
def test_a_due_date_is_ahead_and_within_two_years(due_on, good):
    if good:
        commitments.check_due(due_on, TODAY)
    else:
        with pytest.raises(Invalid):
            commitments.check_due(due_on, TODAY)


def test_an_agenda_begins_with_what_is_open():
    shared = {**OPEN, "id": "c2", "owner_ids": ["ani", "budi"]}
    items = agendas.follow_ups([{**OPEN, "owner_ids": ["ani"]}, shared])
    assert [(item["commitment_id"], item["owner_id"]) for item in items] == [("c1", "ani"), ("c2", None)]
    assert len(agendas.follow_ups([OPEN] * 100)) == agendas.MOST_FOLLOW_UPS


def test_a_role_that_is_left_out_stays_and_null_empties_it():
    before = {"moderator": "ani", "note_taker": "budi", "host": None}
    after = agendas.roles_set({"moderator": None, "host": "citra"}, before)
    assert after == {"moderator": None, "note_taker": "budi", "host": "citra"}


def test_an_item_follows_up_only_what_the_community_undertook():
    items = [{"commitment_id": None}, {"commitment_id": "c9"}]
    with pytest.raises(Invalid) as refused:
        agendas.check_commitments(items, {"c1"})
    assert list(refused.value.fields) == ["items.1.commitment_id"]
