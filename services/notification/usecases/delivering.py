"""Sending what webhooks wait for (docs/decisions/0053).

Each webhook has a lane: deliveries go out in the order they were written down, a few per turn; one that fails is tried
again later, by itself, while the others go on. A receiver that only fails is left alone for longer and longer. Lanes
are worked on side by side, and the next turn of one does not wait for that of another, so a slow receiver holds up
nobody else.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from threading import Event

from standardwebhooks import Webhook

from services.notification.courier import Courier, Outcome
from services.notification.domain import webhooks as rules
from services.notification.snapshots import delivery_state, webhook_state
from services.notification.store import NotificationStore
from shared import clock
from shared.contracts.events.notification import DELIVERY_FAILED, WEBHOOK_DISABLED
from shared.messaging import SystemWork, Work
from shared.messaging.envelope import CONTENT_TYPE
from shared.mongo import Doc

_SIDE_BY_SIDE = 32
_A_TURN = 20
# So long a run waits for the turns that it began; those of slow receivers go on by themselves.
_A_MOMENT = 0.5


class Lanes:
    """The lanes that this process works on."""

    def __init__(self, courier: Courier) -> None:
        self._courier = courier
        self._pool = ThreadPoolExecutor(_SIDE_BY_SIDE, "lane")
        self._turns: dict[str, Future[bool]] = {}
        self._leaving = Event()

    def run_once(self, work: SystemWork) -> bool:
        """A turn for each active webhook whose last one is over. Returns whether there is more to send at once."""
        work.before_leaving(self.finish)
        for webhook in work.system.walk(NotificationStore.webhooks, {"status": "active"}):
            if webhook["id"] not in self._turns:
                self._turns[webhook["id"]] = self._pool.submit(self._take_turn, work, webhook)
        wait(self._turns.values(), _A_MOMENT)
        over = [self._turns.pop(id_) for id_ in [id_ for id_, turn in self._turns.items() if turn.done()]]
        more = [turn.result() for turn in over]
        return any(more)

    def finish(self) -> None:
        """Let what is being sent arrive, so that nothing is sent again; the rest of each turn is another process's."""
        self._leaving.set()
        wait(self._turns.values())

    def _take_turn(self, work: SystemWork, webhook: Doc) -> bool:
        district, id_ = webhook["district"], webhook["id"]
        store = work.store(district)
        sent = False
        for delivery_id in _waiting(store, id_):
            # A receiver may be slow: what was switched off, changed or erased meanwhile is heeded before each attempt.
            present, delivery = store.webhooks.get(id_), store.deliveries.get(delivery_id)
            if self._leaving.is_set() or present is None or present["status"] != "active":
                return False
            if delivery is None:
                continue
            outcome = self._courier.send(present["url"], sign(present, delivery), delivery["body"].encode())
            work.run(district, partial(_record, webhook_id=id_, delivery_id=delivery_id, outcome=outcome))
            if not rules.is_delivered(outcome.status):
                return False
            sent = True
        return sent


def sign(webhook: Doc, delivery: Doc) -> dict[str, str]:
    """The headers of an attempt, after Standard Webhooks; after a rotation signed with both secrets."""
    now = clock.now()
    signatures = [
        Webhook(secret).sign(delivery["event_id"], now, delivery["body"])
        for secret in rules.signing_secrets(webhook, now)
    ]
    return {
        "content-type": CONTENT_TYPE,
        "user-agent": "Sanggar-Webhooks/1",
        "webhook-id": delivery["event_id"],
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _waiting(store: NotificationStore, webhook_id: str) -> list[str]:
    """What this turn sends: retries that are due, then the next ones in line."""
    now = clock.now()
    lane = store.lanes.get(webhook_id)
    if lane is None or (lane["rests_until"] is not None and lane["rests_until"] > now):
        return []
    due = store.retries.find({"webhook_id": webhook_id, "due_at": {"$lte": now}}, limit=_A_TURN)
    reached = max(lane["reached"], lane["swept"])
    next_ones = store.deliveries.find(
        {"webhook_id": webhook_id, "n": {"$gt": reached, "$lte": reached + _A_TURN}}, limit=_A_TURN
    )
    in_line = sorted(next_ones, key=lambda delivery: int(delivery["n"]))
    return [*(retry["id"] for retry in due), *(delivery["id"] for delivery in in_line)]


def _record(work: Work, webhook_id: str, delivery_id: str, outcome: Outcome) -> None:
    """Write down what came of an attempt, and what follows from it."""
    delivery = work.store.deliveries.get(delivery_id)
    lane = work.store.lanes.get(webhook_id)
    if delivery is None or lane is None or delivery["status"] == "delivered":
        return
    delivery["attempts"] += 1
    delivery["last_status"], delivery["last_error"] = outcome.status, outcome.error
    lane["reached"] = max(lane["reached"], delivery["n"])
    if rules.is_delivered(outcome.status):
        # The body may name people, and is not needed any more.
        delivery.update(status="delivered", delivered_at=work.now, next_attempt_at=None, body=None)
        lane.update(failures=0, given_up=0, rests_until=None)
        work.store.retries.delete(delivery_id)
        work.store.deliveries.save(delivery)
    else:
        lane["failures"] += 1
        lane["rests_until"] = rules.rests_until(lane["failures"], work.now)
        _put_off(work, delivery, lane)
    fields = ("reached", "failures", "given_up", "rests_until")
    work.store.lanes.update(webhook_id, set={name: lane[name] for name in fields})


def _put_off(work: Work, delivery: Doc, lane: Doc) -> None:
    again_at = rules.next_attempt(delivery["attempts"], work.now)
    if again_at is not None and not rules.gives_up_for_good(0, delivery["last_status"]):
        work.store.retries.upsert(delivery["id"], set={"webhook_id": delivery["webhook_id"], "due_at": again_at})
        work.store.deliveries.save({**delivery, "status": "retrying", "next_attempt_at": again_at})
        return
    lane["given_up"] += 1
    work.store.retries.delete(delivery["id"])
    given_up = work.store.deliveries.save({**delivery, "status": "given_up", "next_attempt_at": None})
    work.emit(DELIVERY_FAILED, delivery_state(given_up), given_up["version"])
    webhook = work.store.webhooks.get(delivery["webhook_id"])
    if webhook is not None and rules.gives_up_for_good(lane["given_up"], delivery["last_status"]):
        disabled = work.store.webhooks.save({**webhook, "status": "disabled"})
        work.emit(WEBHOOK_DISABLED, webhook_state(disabled, lane["given_up"]), disabled["version"])
