"""An inquiry cycle: reflection, planning, implementation, evaluation, closed; never back, never past a stage, and not
closed without saying what came of it (DOMAIN, "Results of pupils, without pupils")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.errors import Conflict, Invalid

STAGES = ("reflection", "planning", "implementation", "evaluation", "closed")
FEWEST_PUPILS = 10

_FIGURES = ("n", "before", "after")


def next_stage(stage: str, to: str | None, evaluation: Mapping[str, Any] | None) -> str:
    """The stage that follows. Raises :class:`Conflict` when the cycle is closed, when ``to`` names another stage than
    the next, or when it would close without an evaluation."""
    check_open(stage)
    following = STAGES[STAGES.index(stage) + 1]
    if to is not None and to != following:
        raise Conflict("learning.not_the_next_stage", stage=stage, next=following)
    if following == "closed" and evaluation is None:
        raise Conflict("learning.evaluation_missing")
    return following


def check_open(stage: str) -> None:
    """Raises :class:`Conflict` for a closed cycle, which stays as it is."""
    if stage == "closed":
        raise Conflict("learning.cycle_closed")


def check_dates(starts_on: str | None, ends_on: str | None) -> None:
    """Raises :class:`Invalid` when a cycle would end before it starts."""
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise Invalid.field("ends_on", "learning.ends_before_start")


def evaluated(stage: str, stated: Mapping[str, Any]) -> dict[str, Any]:
    """The evaluation that ``stated`` makes: figures of the same pupils before and after, or an honest reason why
    nothing was measured. Raises :class:`Conflict` outside the stage of evaluation, and :class:`Invalid` for figures
    that are missing, that do not add up, or behind which so few pupils stand that one could be known."""
    if stage != "evaluation":
        raise Conflict("learning.not_in_evaluation")
    if stated["measured"]:
        _check_figures(stated)
    else:
        _check_unmeasured(stated)
    return {name: stated[name] for name in ("measured", "reason", *_FIGURES, "done_differently")}


def _check_figures(stated: Mapping[str, Any]) -> None:
    if stated["reason"] is not None:
        raise Invalid.field("reason", "learning.reason_only_if_unmeasured")
    for name in _FIGURES:
        if stated[name] is None:
            raise Invalid.field(name, "learning.figures_missing")
    if stated["n"] < FEWEST_PUPILS:
        raise Invalid.field("n", "learning.too_few_pupils", least=FEWEST_PUPILS)
    for name in ("before", "after"):
        _check_sum(name, stated[name], stated["n"])


def _check_sum(name: str, by_level: Sequence[int], n: int) -> None:
    if sum(by_level) != n:
        raise Invalid.field(name, "learning.figures_do_not_add_up", sum=sum(by_level), n=n)


def _check_unmeasured(stated: Mapping[str, Any]) -> None:
    if not (stated["reason"] or "").strip():
        raise Invalid.field("reason", "learning.reason_missing")
    for name in _FIGURES:
        if stated[name] is not None:
            raise Invalid.field(name, "learning.figures_though_unmeasured")
