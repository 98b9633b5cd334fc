"""A cycle goes its four stages and closes with what came of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.learning.domain import cycles
from shared.contracts import words
from shared.errors import Conflict, Invalid

COUNTS = st.lists(st.integers(0, 40), min_size=4, max_size=4)


def stated(**changes):
    nothing = {"measured": False, "reason": None, "n": None, "before": None, "after": None, "done_differently": None}
    return {**nothing, **changes}


def measured(**changes):
    return stated(measured=True, n=20, before=[8, 6, 4, 2], after=[2, 4, 8, 6], **changes)


def test_the_stages_are_those_of_the_contract():
    assert cycles.STAGES == words.CYCLE_STAGES


def test_a_cycle_goes_through_every_stage_in_order():
    stage = cycles.STAGES[0]
    gone = [stage]
    while stage != "closed":
        stage = cycles.next_stage(stage, None, stated(reason="Libur panjang"))
        gone.append(stage)
    assert tuple(gone) == cycles.STAGES


@given(st.sampled_from(cycles.STAGES), st.sampled_from(cycles.STAGES))
def test_no_stage_is_left_out_or_gone_back_to(stage, to):
    following = dict(zip(cycles.STAGES, cycles.STAGES[1:], strict=False)).get(stage)
    if to == following:
        assert cycles.next_stage(stage, to, measured()) == to
    else:
        with pytest.raises(Conflict):
            cycles.next_stage(stage, to, measured())


def test_an_evaluation_cannot_close_without_a_result_or_an_honest_reason():
    with pytest.raises(Conflict) as refused:
        cycles.next_stage("evaluation", None, None)
    assert refused.value.text.key == "learning.evaluation_missing"
    assert cycles.next_stage("evaluation", None, cycles.evaluated("evaluation", measured())) == "closed"
    unmeasured = cycles.evaluated("evaluation", stated(reason="Asesmen akhir belum sempat dilakukan"))
    assert cycles.next_stage("evaluation", None, unmeasured) == "closed"


@pytest.mark.parametrize("stage", [stage for stage in cycles.STAGES if stage != "evaluation"])
def test_results_are_stated_in_the_stage_of_evaluation_only(stage):
    with pytest.raises(Conflict):
        cycles.evaluated(stage, measured())


@given(COUNTS, COUNTS, st.integers(0, 200))
def test_figures_speak_of_the_same_pupils_and_of_enough_of_them(before, after, n):
    fits = n >= cycles.FEWEST_PUPILS and sum(before) == sum(after) == n
    try:
        kept = cycles.evaluated("evaluation", {**measured(), "n": n, "before": before, "after": after})
        assert (kept["n"], kept["before"], kept["after"]) == (n, before, after)
        assert fits
    except Invalid as refused:
        assert not fits
        assert set(refused.fields) <= {"n", "before", "after"}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (stated(), "reason"),
        (stated(reason="   "), "reason"),
        (stated(reason="Belum sempat", n=20), "n"),
        (stated(measured=True), "n"),
        ({**measured(), "after": None}, "after"),
        ({**measured(), "reason": "Belum sempat"}, "reason"),
    ],
)
def test_half_an_evaluation_is_none(said, field):
    with pytest.raises(Invalid) as refused:
        cycles.evaluated("evaluation", said)
    assert list(refused.value.fields) == [field]


def test_only_what_an_evaluation_consists_of_is_kept():
    kept = cycles.evaluated("evaluation", {**measured(), "version": 3, "cycle_id": "x"})
    assert set(kept) == {"measured", "reason", "n", "before", "after", "done_differently"}


def test_a_cycle_does_not_end_before_it_starts():
    cycles.check_dates("2026-08-01", "2026-12-01")
    cycles.check_dates("2026-08-01", None)
    with pytest.raises(Invalid):
        cycles.check_dates("2026-08-01", "2026-07-31")


def test_a_closed_cycle_stays_as_it_is():
    with pytest.raises(Conflict):
        cycles.check_open("closed")
