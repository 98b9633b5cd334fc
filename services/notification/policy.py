"""Who may do what in notification: everyone their own inbox, the district's operator its webhooks."""

from __future__ import annotations

from shared.contracts import notification as c
from shared.policy import Policy, operator, signed_in

POLICY = Policy(
    {
        c.LIST_NOTIFICATIONS: signed_in,
        c.COUNT_UNREAD: signed_in,
        c.MARK_READ: signed_in,
        c.REGISTER_WEBHOOK: operator,
        c.LIST_WEBHOOKS: operator,
        c.GET_WEBHOOK: operator,
        c.CHANGE_WEBHOOK: operator,
        c.DELETE_WEBHOOK: operator,
        c.ROTATE_SECRET: operator,
        c.TEST_WEBHOOK: operator,
        c.LIST_DELIVERIES: operator,
        c.RETRY_DELIVERY: operator,
    }
)
