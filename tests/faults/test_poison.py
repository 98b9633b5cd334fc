"""Messages that cannot be handled: they become dead letters with their cause, and nobody else pays for them."""

from __future__ import annotations

import json
import random

from shared.ids import new_id
from shared.messaging import deadletters
from shared.messaging.envelope import encode
from shared.messaging.relay import message_of
from shared.messaging.wire import Outgoing, Publisher
from tests.faults.conftest import SHORT, Arena, arena_of
from tests.support.ground import Ground
from tests.support.patience import eventually


def _events(arena: Arena) -> list[Outgoing]:
    """What scheduling has published so far, as messages."""
    return [message_of("scheduling", entry) for entry in arena.stores.log("scheduling")]


def test_duplicate_and_reordered_deliveries_change_nothing(arena: Arena) -> None:
    """All that was ever published comes three times more, in random order."""
    with arena.load() as load:
        load.run_for(6)
    arena.check(load.promises)
    again = _events(arena) * 3
    random.Random(3).shuffle(again)
    publisher = Publisher(arena.platform.settings.amqp_uri, "tests", confirms=True)
    try:
        assert publisher.wire().publish_confirmed(again, timeout=60) == set()
    finally:
        publisher.close()
    arena.check(load.promises)


def test_a_malformed_message_is_kept_with_its_cause_and_holds_up_nobody(arena: Arena) -> None:
    with arena.load() as load:
        load.run_for(2)
        good = arena.stores.log("scheduling")[0]
        forged = json.loads(encode(good)) | {"id": new_id(), "subject": "session:" + new_id()}
        bodies = [b"\xff\xfe not json", b"{}", json.dumps(forged).encode()]
        publisher = Publisher(arena.platform.settings.amqp_uri, "tests", confirms=True)
        try:
            publisher.wire().publish_confirmed(
                [
                    Outgoing(
                        body=body,
                        exchange="scheduling.events",
                        routing_key=f"{arena.town.place.id}.session_scheduled.v1",
                        message_id=new_id(),
                    )
                    for body in bodies
                ],
                timeout=20,
            )
        finally:
            publisher.close()
        load.run_for(3)
    # Two services subscribe to sessions; each keeps its own.
    eventually(lambda: len(arena.stores.dead_letters()) == 2 * len(bodies), 20)
    assert {letter["reason"] for letter in arena.stores.dead_letters()} == {"malformed"}
    arena.check(load.promises, poison=2 * len(bodies))


def test_consumers_killed_with_a_full_prefetch_make_no_healthy_message_a_dead_letter(
    ground: Ground, district: str
) -> None:
    """Six kills of the consumer in the middle of a backlog larger than its prefetch."""
    with arena_of(ground, district) as arena:
        arena.platform.supervisor.hold("notification").stop()
        with arena.load(most=300 if SHORT else 600) as load:
            while not load.done:
                load.run_for(1)
        arena.platform.supervisor.release("notification")
        for _ in range(6):
            eventually(lambda: arena.platform.http("GET", "/ready").status_code == 200, 60)
            arena.platform.supervisor.hold("notification").kill()
            arena.platform.supervisor.release("notification")
        arena.check(load.promises)


def test_a_message_that_always_fails_ends_as_a_dead_letter_and_holds_up_nobody(ground: Ground, district: str) -> None:
    """The reaction raises each time: the message climbs every rung, and its neighbours are applied meanwhile."""
    environment = {"SANGGAR_RETRY_LADDER": "1s,2s"}
    with arena_of(ground, district, **environment) as arena:
        letters = _poisoned(arena, "raise")
        assert [(letter["reason"], letter["error"]) for letter in letters] == [("failed", "InjectedFault")]
        assert letters[0]["attempts"] == 3


def test_a_message_that_kills_its_process_is_found_out_and_holds_up_nobody(ground: Ground, district: str) -> None:
    """It is set aside after it was begun eight times over; those that shared its batch are applied."""
    with arena_of(ground, district) as arena:
        assert [letter["reason"] for letter in _poisoned(arena, "kill")] == ["poison"]


def _poisoned(arena: Arena, how: str) -> list[dict[str, object]]:
    """Load, with one session among it that notification cannot bear; the dead letters that came of it."""
    title = f"racun {new_id()}"
    process = arena.platform.supervisor.hold("notification")
    process.stop()
    process.spec.environment["SANGGAR_FAULTS"] = f"inbox.reacting:{title}={how}"  # type: ignore[index]
    arena.platform.supervisor.release("notification")
    eventually(lambda: arena.platform.http("GET", "/ready").status_code == 200, 60)
    with arena.load() as load:
        load.run_for(2)
        arena.town.meet(title)
        load.run_for(4)
    letters = eventually(arena.stores.dead_letters, 180, every=0.5)
    arena.platform.supervisor.hold("notification").stop()
    del process.spec.environment["SANGGAR_FAULTS"]  # type: ignore[attr-defined]
    arena.platform.supervisor.release("notification")
    # The cause is mended: replayed, the letter is applied like any other event.
    publisher = Publisher(arena.platform.settings.amqp_uri, "tests", confirms=True)
    try:
        for letter in letters:
            assert deadletters.replay(arena.stores.of("notification"), publisher.wire(), "notification", letter["_id"])
    finally:
        publisher.close()
    arena.check(load.promises)
    return letters
