"""Notification may be killed at any moment: everybody is told in the end, and nobody twice."""

import time

import pytest

from tests.service.notification.conftest import Around
from tests.support.patience import eventually

PEOPLE = 2000


@pytest.mark.slow
def test_a_fan_out_survives_kill_9_again_and_again(cell, district):
    with cell.running("notification") as platform, Around(cell, district) as around:
        platform.watch()
        community = around.community(around.person())
        who = set(around.crowd(community, PEOPLE))
        sessions = [around.session(community) for _ in range(2)]
        kills = 0
        while kills < 4 and around.store.notifications.count(person_id=min(who)) < len(sessions):
            time.sleep(0.7)
            platform.process("notification").kill()
            kills += 1
        assert kills
        for session in sessions:
            told = eventually(lambda session=session: everyone(around, session, who), 120, every=0.5)
            assert len(told) == len(set(told)) == PEOPLE + 1
        assert around.store.fanouts.find({}, limit=1) == []
        for person in list(who)[:20]:
            numbers = [each["n"] for each in around.store.notifications.find({"person_id": person}, limit=10)]
            assert sorted(numbers) == [1, 2]
            assert around.store.notifications.count(person_id=person) == 2


def everyone(around, session, who):
    """Who was told of a session, once everybody was."""
    told = around.recipients(f"session_scheduled/{session}")
    return told if who <= set(told) else None
