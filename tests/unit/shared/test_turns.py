"""Turns: one after another at the same thing, side by side at different ones, and nothing is kept of it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.errors import Unavailable
from shared.messaging.turns import Turns


def test_at_one_thing_there_is_one_at_a_time():
    turns, inside, most = Turns(), [], []

    def work(number):
        with turns.of("seat", 5):
            inside.append(number)
            most.append(len(inside))
            threading.Event().wait(0.001)
            inside.remove(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
    assert most == [1] * 40
    assert not turns._lines


def test_other_things_do_not_wait_and_impatience_is_told():
    turns = Turns()
    with turns.of("seat", 0), turns.of("other seat", 0), pytest.raises(Unavailable), turns.of("seat", 0.01):
        pass
    with turns.of("seat", 0):
        pass
    assert not turns._lines


def test_a_turn_ends_with_a_fault():
    turns = Turns()
    with pytest.raises(RuntimeError), turns.of("seat", 0):
        raise RuntimeError
    with turns.of("seat", 0):
        pass
