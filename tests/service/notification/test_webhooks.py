"""Other systems are told by webhook: what they asked for, once each, signed, whatever happens on the way."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from services.notification.domain.webhooks import BACKOFF, MOST_GIVEN_UP
from shared.contracts.events.membership import PERSON_CHANGED
from shared.contracts.events.notification import DELIVERY_FAILED, WEBHOOK_DISABLED, WEBHOOK_TESTED
from shared.contracts.events.scheduling import SESSION_CANCELLED, SESSION_SCHEDULED
from shared.contracts.notification import (
    CHANGE_WEBHOOK,
    DELETE_WEBHOOK,
    GET_WEBHOOK,
    LIST_DELIVERIES,
    LIST_WEBHOOKS,
    REGISTER_WEBHOOK,
    RETRY_DELIVERY,
    ROTATE_SECRET,
    TEST_WEBHOOK,
)
from shared.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shared.ids import new_id
from tests.service.notification.conftest import Around, session_state
from tests.support.patience import eventually
from tests.support.receiver import receiving

SCHEDULED = [SESSION_SCHEDULED.type]
PATIENTLY = 30


@pytest.fixture
def operator(around):
    return around.operator()


def register(around, operator, receiver, events=SCHEDULED, **changes):
    order = {"url": receiver.url, "events": events, "description": "Dinas", **changes}
    return around.ask(operator, REGISTER_WEBHOOK, **order)


def deliveries(around, operator, webhook):
    return around.ask(operator, LIST_DELIVERIES, webhook_id=webhook["id"])["items"]


def settled(around, operator, webhook, status, count=1):
    """The deliveries once so many of them have this status."""

    def look():
        found = [each for each in deliveries(around, operator, webhook) if each["status"] == status]
        return found if len(found) >= count else None

    return eventually(look, PATIENTLY)


def now_due(around, webhook):
    """Let time pass: every retry is due and the receiver has rested."""
    long_ago = datetime.now(UTC) - timedelta(minutes=1)
    for retry in around.store.retries.find({"webhook_id": webhook["id"]}, limit=100):
        around.store.retries.update(retry["id"], set={"due_at": long_ago})
    around.store.lanes.update(webhook["id"], set={"rests_until": None})


def test_a_receiver_gets_what_it_asked_for_signed_and_as_a_cloudevent(around, operator, receiver, community):
    webhook = register(around, operator, receiver)
    state = session_state(community)
    event_id = around.tell(SESSION_SCHEDULED, **state)
    around.tell(SESSION_CANCELLED, **{**state, "status": "cancelled"})
    [call] = eventually(lambda: receiver.calls, PATIENTLY)
    event = call.verified(webhook["secret"])
    assert call.headers["webhook-id"] == event["id"] == event_id
    assert call.headers["content-type"] == "application/cloudevents+json"
    assert (event["specversion"], event["type"]) == ("1.0", SESSION_SCHEDULED.type)
    assert event["source"] == f"sanggar/{around.district}/scheduling"
    assert event["subject"] == f"session:{state['session_id']}"
    assert event["data"]["title"] == state["title"]
    [delivered] = settled(around, operator, webhook, "delivered")
    assert (delivered["attempts"], delivered["last_status"], delivered["event_id"]) == (1, 204, event_id)


def test_a_signature_does_not_fit_another_secret(around, operator, receiver, community):
    register(around, operator, receiver)
    around.session(community)
    [call] = eventually(lambda: receiver.calls, PATIENTLY)
    with pytest.raises(WebhookVerificationError):
        call.verified("whsec_" + "A" * 43 + "=")


def test_an_event_that_arrives_twice_is_sent_once(around, operator, receiver, community):
    webhook = register(around, operator, receiver)
    entry = around.entry(SESSION_SCHEDULED, **session_state(community))
    around.send([entry, entry])
    around.session(community)
    settled(around, operator, webhook, "delivered", 2)
    around.send([entry])
    around.session(community)
    settled(around, operator, webhook, "delivered", 3)
    ids = [call.event["id"] for call in receiver.calls]
    assert len(ids) == len(set(ids)) == 3


def test_a_replay_is_sent_to_nobody(around, operator, receiver, community):
    webhook = register(around, operator, receiver)
    around.send([around.entry(SESSION_SCHEDULED, **session_state(community))], replay=True)
    around.session(community)
    settled(around, operator, webhook, "delivered")
    assert len(receiver.calls) == 1


def test_names_and_contacts_go_only_to_whom_they_were_opened(around, operator, receiver):
    closed = register(around, operator, receiver, [PERSON_CHANGED.type])
    opened = register(around, operator, receiver, [PERSON_CHANGED.type], scopes=["people:read"])
    around.person("Siti Aminah")
    settled(around, operator, closed, "delivered")
    settled(around, operator, opened, "delivered")
    seen = sorted((call.event["data"] for call in receiver.calls), key=len)
    assert "Siti Aminah" not in str(seen[0])
    assert set(seen[1]) - set(seen[0]) == {"name", "email", "phone"}
    assert seen[1]["name"] == "Siti Aminah"


def test_what_was_delivered_keeps_no_copy_of_its_words(around, operator, receiver):
    webhook = register(around, operator, receiver, [PERSON_CHANGED.type], scopes=["people:read"])
    around.person("Siti Aminah")
    [delivered] = settled(around, operator, webhook, "delivered")
    assert around.store.deliveries.get(delivered["id"])["body"] is None


def test_a_failing_receiver_is_tried_again_with_the_same_words(around, operator, receiver, community):
    receiver.answer = lambda call: 500 if len(receiver.calls) < 3 else 200
    webhook = register(around, operator, receiver)
    around.session(community)
    for attempts in (1, 2):
        [waiting] = eventually(
            lambda attempts=attempts: [
                each for each in deliveries(around, operator, webhook) if each["attempts"] == attempts
            ],
            PATIENTLY,
        )
        assert (waiting["status"], waiting["last_status"]) == ("retrying", 500)
        assert waiting["next_attempt_at"] > datetime.now(UTC)
        now_due(around, webhook)
    [delivered] = settled(around, operator, webhook, "delivered")
    assert delivered["attempts"] == 3
    assert len({call.body for call in receiver.calls}) == 1
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
    for call in receiver.calls:
        call.verified(webhook["secret"])


def test_one_event_that_a_receiver_refuses_does_not_hold_up_the_next(around, operator, receiver, community):
    receiver.answer = lambda call: 400 if call.event["data"]["title"] == "Buruk" else 200
    webhook = register(around, operator, receiver)
    around.session(community, title="Buruk")
    around.session(community, title="Baik")
    settled(around, operator, webhook, "retrying")
    [delivered] = settled(around, operator, webhook, "delivered")
    assert delivered["attempts"] == 1


def test_a_delivery_is_given_up_in_the_end_and_that_is_told(around, operator, receiver, community):
    receiver.answer = lambda call: 503
    webhook = register(around, operator, receiver)
    around.session(community)
    [given_up] = failed_to_the_end(around, operator, webhook)
    assert given_up["attempts"] == len(BACKOFF) + 1 == len(receiver.calls)
    [told] = around.emitted(DELIVERY_FAILED)
    assert told == {
        "delivery_id": given_up["id"],
        "webhook_id": webhook["id"],
        "event_type": SESSION_SCHEDULED.type,
        "attempts": len(BACKOFF) + 1,
        "status": 503,
    }
    assert around.ask(operator, GET_WEBHOOK, webhook_id=webhook["id"])["status"] == "active"


def test_what_was_given_up_can_be_sent_again_by_hand(around, operator, receiver, community):
    receiver.answer = lambda call: 503
    webhook = register(around, operator, receiver)
    around.session(community)
    [given_up] = failed_to_the_end(around, operator, webhook)
    receiver.answer = lambda call: 200
    around.ask(operator, RETRY_DELIVERY, webhook_id=webhook["id"], delivery_id=given_up["id"])
    settled(around, operator, webhook, "delivered")
    with pytest.raises(Conflict):
        around.ask(operator, RETRY_DELIVERY, webhook_id=webhook["id"], delivery_id=given_up["id"])


def test_a_receiver_that_only_fails_is_switched_off_told_of_and_can_come_back(around, operator, receiver, community):
    receiver.answer = lambda call: 410
    webhook = register(around, operator, receiver)
    around.session(community)
    eventually(lambda: around.emitted(WEBHOOK_DISABLED), PATIENTLY)
    off = around.ask(operator, GET_WEBHOOK, webhook_id=webhook["id"])
    assert off["status"] == "disabled"
    for order in ((TEST_WEBHOOK, {}), (RETRY_DELIVERY, {"delivery_id": new_id()})):
        with pytest.raises(Conflict):
            around.ask(operator, order[0], webhook_id=webhook["id"], **order[1])
    receiver.answer = lambda call: 200
    around.ask(operator, CHANGE_WEBHOOK, webhook_id=webhook["id"], version=off["version"], status="active")
    around.session(community)
    settled(around, operator, webhook, "delivered")


@pytest.mark.slow
def test_five_deliveries_given_up_in_a_row_switch_a_webhook_off(around, operator, receiver, community):
    receiver.answer = lambda call: 500
    webhook = register(around, operator, receiver)
    for _ in range(MOST_GIVEN_UP):
        around.session(community)

    def all_given_up():
        for each in deliveries(around, operator, webhook):
            if each["status"] == "retrying":
                around.store.deliveries.update(each["id"], set={"attempts": len(BACKOFF)})
        now_due(around, webhook)
        return around.emitted(WEBHOOK_DISABLED)

    [told] = eventually(all_given_up, 90, every=0.2)
    assert told == {"webhook_id": webhook["id"], "failures": MOST_GIVEN_UP}


def failed_to_the_end(around, operator, webhook):
    """Let every attempt fail, without the waits between them."""

    def look():
        now_due(around, webhook)
        return [each for each in deliveries(around, operator, webhook) if each["status"] == "given_up"]

    return eventually(look, 120, every=0.2)


def test_the_old_secret_signs_along_after_a_rotation(around, operator, receiver, community):
    webhook = register(around, operator, receiver)
    renewed = around.ask(operator, ROTATE_SECRET, webhook_id=webhook["id"])
    assert renewed["secret"] != webhook["secret"]
    around.session(community)
    [call] = eventually(lambda: receiver.calls, PATIENTLY)
    call.verified(webhook["secret"])
    call.verified(renewed["secret"])


def test_a_webhook_can_be_tried_out(around, operator, receiver):
    webhook = register(around, operator, receiver)
    queued = around.ask(operator, TEST_WEBHOOK, webhook_id=webhook["id"])
    [call] = eventually(lambda: receiver.calls, PATIENTLY)
    event = call.verified(webhook["secret"])
    assert (event["type"], event["id"]) == (WEBHOOK_TESTED.type, queued["event_id"])
    assert event["data"] == {"webhook_id": webhook["id"]}


def test_a_secret_is_shown_once(around, operator, receiver):
    webhook = register(around, operator, receiver)
    assert webhook["secret"].startswith("whsec_")
    shown = around.ask(operator, GET_WEBHOOK, webhook_id=webhook["id"])
    listed = around.ask(operator, LIST_WEBHOOKS)["items"]
    assert "secret" not in shown
    assert all(webhook["secret"] not in str(each) for each in listed)


def test_a_deleted_webhook_hears_no_more(around, operator, receiver, community):
    webhook, other = register(around, operator, receiver), register(around, operator, receiver)
    around.ask(operator, DELETE_WEBHOOK, webhook_id=webhook["id"])
    around.session(community)
    settled(around, operator, other, "delivered")
    assert len(receiver.calls) == 1
    with pytest.raises(NotFound):
        around.ask(operator, GET_WEBHOOK, webhook_id=webhook["id"])


def test_a_slow_receiver_holds_up_no_other(around, operator, receiver, community):
    with receiving() as slow:
        slow.stall = 0.5
        held = register(around, operator, slow)
        quick = register(around, operator, receiver)
        around.session(community)
        eventually(lambda: slow.calls, PATIENTLY)
        eventually(lambda: receiver.calls, 8)
        # The slow one drips for ten seconds; what comes meanwhile does not wait for it either.
        around.session(community)
        eventually(lambda: len(receiver.calls) == 2, 7)
        assert all(each["attempts"] == 0 for each in deliveries(around, operator, held)), "the slow one was over before"
        settled(around, operator, quick, "delivered", 2)


def test_only_an_operator_has_to_do_with_webhooks(around, operator, receiver, ketua):
    webhook = register(around, operator, receiver)
    with pytest.raises(Forbidden):
        register(around, ketua, receiver)
    for operation in (GET_WEBHOOK, DELETE_WEBHOOK, ROTATE_SECRET, TEST_WEBHOOK, LIST_DELIVERIES):
        with pytest.raises(Forbidden):
            around.ask(ketua, operation, webhook_id=webhook["id"])


def test_another_districts_webhooks_are_not_there(around, operator, receiver, community, notification, other_district):
    webhook = register(around, operator, receiver)
    with Around(notification, other_district) as elsewhere:
        stranger = elsewhere.operator()
        for operation in (GET_WEBHOOK, DELETE_WEBHOOK, ROTATE_SECRET, TEST_WEBHOOK, LIST_DELIVERIES):
            with pytest.raises(NotFound):
                elsewhere.ask(stranger, operation, webhook_id=webhook["id"])
        assert elsewhere.ask(stranger, LIST_WEBHOOKS)["items"] == []
        elsewhere.session(new_id())
    around.session(community)
    settled(around, operator, webhook, "delivered")
    assert {call.event["district"] for call in receiver.calls} == {around.district}


def test_a_change_needs_the_version_that_was_read(around, operator, receiver):
    webhook = register(around, operator, receiver)
    around.ask(operator, CHANGE_WEBHOOK, webhook_id=webhook["id"], version=webhook["version"], description="Baru")
    with pytest.raises(Stale):
        around.ask(operator, CHANGE_WEBHOOK, webhook_id=webhook["id"], version=webhook["version"], description="Lama")


@pytest.mark.parametrize("events", [["*"], [], ["membership.member_joined"], ["membership.nothing.v1"]])
def test_only_types_that_exist_and_are_written_in_full_are_taken(around, operator, receiver, events):
    with pytest.raises(Invalid):
        register(around, operator, receiver, events)
