"""Answers that are put together from several services, each asked once, all at the same time (docs/decisions/0183)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway import rpc
from shared.contracts.base import Operation
from shared.errors import NotYet, Refusal, Unavailable

# A page on a phone rather comes without one of its parts than late.
PATIENCE = 3.0

Data = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """What one service contributes: each of our fields (``fills``) is a field of its answer, or all of it (``""``)."""

    operation: Operation
    fills: Mapping[str, str]

    def of(self, answer: Data | None) -> Data:
        """What the part says; ``None`` in each of its fields where there was no answer."""
        if answer is None:
            return dict.fromkeys(self.fills)
        return {ours: answer[theirs] if theirs else answer for ours, theirs in self.fills.items()}


def compose(parts: Sequence[Part], asked: Data | None = None) -> Data:
    """The parts' fields, and ``missing``: the services that were away or did not answer in time. All are ``asked`` the
    same.

    Raises what a service refuses, and :class:`Unavailable` when none answers.
    """
    answers = [_data(each) for each in rpc.call_all([(part.operation, asked or {}) for part in parts], PATIENCE)]
    missing = [part.operation.service for part, answer in zip(parts, answers, strict=True) if answer is None]
    if len(missing) == len(parts):
        raise Unavailable(retry_after=1)
    composed: Data = {"missing": missing}
    for part, answer in zip(parts, answers, strict=True):
        composed |= part.of(answer)
    return composed


def _data(answer: Any) -> Data | None:
    if isinstance(answer, (Unavailable, NotYet)):
        return None
    if isinstance(answer, Refusal):
        raise answer
    data: Data = answer.data
    return data
