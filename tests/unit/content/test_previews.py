"""Small pictures are drawn once, and tried a few times."""

from services.content.usecases import previews
from shared import clock
from tests.support.memory import MemoryWork


def test_a_picture_that_costs_the_process_its_life_is_not_drawn_for_ever():
    work = MemoryWork(clock.now(), "previews")
    work.wake = lambda job: None
    previews.want(work, {"id": "f"})
    for tries, wanted in ((1, True), (2, True), (3, False)):
        previews._try(work, file_id="f")
        assert (work.store.previews.require("f")["tries"], work.store.previews.require("f")["wanted"]) == (
            tries,
            wanted,
        )
