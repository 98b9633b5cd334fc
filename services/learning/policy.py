"""Who may do what in learning. Cycles are hidden where the use case says so."""

from __future__ import annotations

from shared.contracts.learning import (
    ADVANCE_CYCLE,
    CHANGE_CYCLE,
    EVALUATE_CYCLE,
    GET_CYCLE,
    LIST_CYCLES,
    OPEN_CYCLE,
)
from shared.policy import Policy, client, officer, signed_in

POLICY = Policy(
    {
        OPEN_CYCLE: officer,
        CHANGE_CYCLE: officer,
        ADVANCE_CYCLE: officer,
        EVALUATE_CYCLE: officer,
        LIST_CYCLES: signed_in | client,
        GET_CYCLE: signed_in | client,
    }
)
