"""Who may do what in notification: everyone their own inbox, the district's operator its webhooks."""

from __future__ import annotations

from shared.contracts import notification as c
from shared.policy import Policy, client, operator, signed_in

POLICY = Policy(
    {
        c.LIST_NOTIFICATIONS: signed_in,
        c.COUNT_UNREAD: signed_in,
        c.MARK_READ: signed_in,
        c.REGISTER_WEBHOOK: operator | client,
        c.LIST_WEBHOOKS: operator | client,
        c.GET_WEBHOOK: operator | client,
        c.CHANGE_WEBHOOK: operator | client,
        c.DELETE_WEBHOOK: operator | client,
        c.ROTATE_SECRET: operator | client,
        c.TEST_WEBHOOK: operator | client,
        c.LIST_DELIVERIES: operator | client,
        c.RETRY_DELIVERY: operator | client,
    }
)
