"""Who may do what in scheduling. Series and sessions are hidden where the use case says so."""

from __future__ import annotations

from shared.contracts.scheduling import (
    ANSWER_SESSION,
    CANCEL_SESSION,
    CHANGE_SESSION,
    END_SERIES,
    GET_SERIES,
    GET_SESSION,
    LIST_RSVPS,
    LIST_SERIES,
    LIST_SESSIONS,
    SCHEDULE_SESSION,
    START_SERIES,
)
from shared.policy import Policy, member, officer, signed_in

POLICY = Policy(
    {
        START_SERIES: officer,
        END_SERIES: officer,
        LIST_SERIES: signed_in,
        GET_SERIES: signed_in,
        SCHEDULE_SESSION: officer,
        CHANGE_SESSION: officer,
        CANCEL_SESSION: officer,
        LIST_SESSIONS: signed_in,
        GET_SESSION: signed_in,
        ANSWER_SESSION: member,
        LIST_RSVPS: member,
    }
)
