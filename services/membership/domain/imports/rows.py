"""A row of an import: what it says, what is wrong with it, and what would become of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from shared.errors import Text

CREATED, CHANGED, UNCHANGED = "created", "changed", "unchanged"
ENDED, DOUBTFUL, REJECTED = "ended", "doubtful", "rejected"
DONE_OUTCOMES = (CREATED, CHANGED, ENDED)
"""The outcomes that applying an import has something to do for."""

MATCH, CREATE, SKIP = "match", "create", "skip"
"""What somebody may decide about a row."""

OF_THE_POST = ("npsn", "duty", "primary")
"""What a teacher's row says of a post: changes that stand or fall together."""

_NAMING = ("nuptk_of_another", "nip_of_another", "similar_name", "same_name_elsewhere", "lead_of_another_school")

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """Something wrong with a cell. A problem that ``rejects`` keeps its row out; others are only reported."""

    field: str | None
    text: Text
    suggestion: Text | None = None
    rejects: bool = True


@dataclass
class Reading:
    """What a row says: ``values`` in their kept form, and what is wrong with it."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def rejected(self) -> bool:
        return any(problem.rejects for problem in self.problems)


@dataclass(frozen=True)
class Decision:
    """What becomes of a row: its outcome, the record it means and that record's id, the fields that change, what is
    wrong, and the people among whom somebody has to decide. ``guess`` says that these are there only because names are
    alike: whoever has a row of their own is none of them."""

    outcome: str
    subject_id: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    record: Record | None = None
    candidates: Sequence[Record] = ()
    guess: bool = False


def rejected(field_: str | None, text: Text, suggestion: Text | None = None) -> Decision:
    """The decision to leave a row out."""
    return Decision(REJECTED, problems=[Problem(field_, text, suggestion)])


def as_shown(decision: Decision, outcome: str, changes: Collection[str]) -> Decision:
    """What of a decision was shown before, as this ``outcome`` and these ``changes``: somebody who knows better may
    have changed the records since. No guess casts a doubt any more on who was to be made: the whole file has settled
    it."""
    if decision.guess and outcome == CREATED:
        return Decision(CREATED)
    if decision.outcome == CREATED and outcome != CREATED:
        return rejected(None, text("row_overtaken"), text("suggest_upload_again"))
    if decision.outcome != CHANGED:
        return decision
    unseen = decision.changes.keys() - set(changes)
    if not unseen.isdisjoint(OF_THE_POST):
        unseen |= set(OF_THE_POST)
    left = {name: value for name, value in decision.changes.items() if name not in unseen}
    return replace(decision, outcome=CHANGED if left else UNCHANGED, changes=left)


def text(key: str, **params: Any) -> Text:
    """A text of membership's."""
    return Text(f"membership.{key}", params)


def names_somebody(said: Text) -> bool:
    """Whether a text about a row says the ``name`` of somebody on record, not only what stands in the row."""
    return said.key.removeprefix("membership.") in _NAMING


def is_missing(values: Mapping[str, Any]) -> bool:
    """Whether a row with these ``values`` stands in no file: it is of somebody on record whom a whole list lacks."""
    return "npsn" in values and "name" not in values
