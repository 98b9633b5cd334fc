"""Reminders reach those whom they concern when they go out, in words that fit what each has answered."""

from datetime import timedelta

from shared.contracts.events import scheduling
from tests.service.notification.conftest import SOON, session_state
from tests.service.notification.test_telling import last


def answer(around, session, person_id, said, state=None, **more):
    key = {"session_id": session["session_id"], "community_id": session["community_id"], "person_id": person_id}
    return around.tell(scheduling.RSVP_CHANGED, **key, answer=said, state=state, **more)


def remind(around, session, before="1d"):
    named = ("session_id", "community_id", "title", "starts_at", "ends_at", "timezone", "place", "mode")
    return around.tell(scheduling.SESSION_DUE, before=before, **{name: session[name] for name in named})


def reminders(around, person_id):
    return [each["title"] for each in around.inbox(person_id) if each["topic"] == "session_due"]


def test_who_said_no_is_not_reminded_and_who_waits_or_is_silent_hears_it_differently(around, community):
    coming, waiting, away, silent = (around.member(community) for _ in range(4))
    session = session_state(community)
    around.tell(scheduling.SESSION_SCHEDULED, **session)
    answer(around, session, coming, "yes", "coming")
    answer(around, session, waiting, "yes", "waiting")
    answer(around, session, away, "yes", "coming")
    answer(around, session, away, "no")
    around.settle(remind(around, session))
    assert reminders(around, coming) == ["Pengingat: Membaca grafik"]
    assert reminders(around, waiting) == ["Pengingat, Anda di daftar tunggu: Membaca grafik"]
    assert reminders(around, silent) == ["Pengingat, Anda belum menjawab: Membaca grafik"]
    assert reminders(around, away) == []
    around.settle(remind(around, session, "1h"))
    assert len(reminders(around, coming)) == 2


def test_a_reminder_of_what_was_moved_or_called_off_meanwhile_does_not_go_out(around, community):
    siti = around.member(community)
    moved, off = session_state(community), session_state(community)
    around.settle(last(around))
    around.tell(scheduling.SESSION_RESCHEDULED, **{**moved, "starts_at": SOON + timedelta(hours=2)})
    around.tell(scheduling.SESSION_CANCELLED, **{**off, "status": "cancelled"})
    remind(around, moved)
    around.settle(remind(around, off))
    assert reminders(around, siti) == []


def test_who_moves_up_is_told_and_nobody_else(around, community):
    siti, budi = around.member(community), around.member(community)
    session = session_state(community)
    around.tell(scheduling.SESSION_SCHEDULED, **session)
    answer(around, session, siti, "yes", "waiting", moved_up=False)
    around.settle(answer(around, session, siti, "yes", "coming", moved_up=True))
    assert around.told(siti)[-1] == ("seat_given", session["session_id"])
    assert around.inbox(siti)[0]["title"] == "Anda mendapat tempat: Membaca grafik"
    assert "seat_given" not in [topic for topic, _ in around.told(budi)]
