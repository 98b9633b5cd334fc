"""Notification: who is told of what."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from services.notification import reactions
from services.notification.courier import Courier
from services.notification.personal import PERSONAL
from services.notification.policy import POLICY
from services.notification.snapshots import SOURCES
from services.notification.store import NotificationStore
from services.notification.usecases import deliveries, fanning_out, inbox, sweeping, webhooks
from services.notification.usecases.delivering import Lanes
from services.notification.usecases.forgetting import Forgetting
from shared.contracts import notification as c
from shared.contracts.events import content, learning, membership, received_by, scheduling
from shared.messaging import Kernel, Received, SystemWork, Work, command, every, on, query
from shared.mongo import Doc

Order = dict[str, Any]


class NotificationService:
    """Notification's entrypoints."""

    name = "notification"
    kernel = Kernel(NotificationStore, POLICY, SOURCES, PERSONAL)

    @cached_property
    def courier(self) -> Courier:
        return Courier(private=self.kernel.settings.webhook_private)

    @cached_property
    def lanes(self) -> Lanes:
        return Lanes(self.courier)

    @cached_property
    def forgetting(self) -> Forgetting:
        return Forgetting()

    @on(
        membership.MEMBER_JOINED,
        membership.MEMBER_ROLE_CHANGED,
        membership.MEMBER_LEFT,
        membership.JOIN_REQUESTED,
        membership.JOIN_DECIDED,
        membership.COMMUNITY_PROPOSED,
        membership.PROPOSAL_DECIDED,
        membership.DEADLINE_NEAR,
        scheduling.ASSIGNMENT_LETTER_REQUESTED,
        scheduling.ASSIGNMENT_LETTER_DECIDED,
        scheduling.ASSIGNMENT_LETTER_AFFECTED,
        scheduling.SERIES_CHANGED,
        scheduling.SESSION_SCHEDULED,
        scheduling.SESSION_RESCHEDULED,
        scheduling.SESSION_CANCELLED,
        scheduling.MINUTES_APPROVED,
        scheduling.COMMITMENT_MADE,
        scheduling.COMMITMENT_SETTLED,
        scheduling.CERTIFICATE_ISSUED,
        scheduling.CERTIFICATE_REVOKED,
        scheduling.SESSION_DUE,
        scheduling.RSVP_CHANGED,
        content.RESOURCE_SUBMITTED,
        content.RESOURCE_PUBLISHED,
        content.RESOURCE_RETURNED,
        learning.CYCLE_OPENED,
        learning.CYCLE_ADVANCED,
    )
    def tell(self, work: Work, event: Received) -> None:
        reactions.tell(work, event)

    @on(*received_by("notification"))
    def queue_for_webhooks(self, work: Work, event: Received) -> None:
        reactions.queue_for_webhooks(work, event)

    @on(membership.SESSIONS_REVOKED)
    def shut_out(self, work: Work, event: Received) -> None:
        reactions.shut_out(work, event)

    @every(seconds=1, name="fan_out")
    def fan_out(self, work: SystemWork) -> bool:
        return fanning_out.fan_out(work)

    @every(seconds=2, name="deliveries")
    def deliver(self, work: SystemWork) -> bool:
        return self.lanes.run_once(work)

    @every(seconds=3600, name="sweep_deliveries")
    def sweep_deliveries(self, work: SystemWork) -> bool:
        return sweeping.sweep_deliveries(work)

    @every(seconds=24 * 3600, name="forget_notifications")
    def forget_notifications(self, work: SystemWork) -> bool:
        return self.forgetting.run_once(work)

    @query(c.LIST_NOTIFICATIONS)
    def list_notifications(self, work: Work, order: Order) -> Doc:
        return inbox.list_notifications(work, order)

    @query(c.COUNT_UNREAD)
    def count_unread(self, work: Work, order: Order) -> Doc:
        return inbox.count_unread(work, order)

    @command(c.MARK_READ)
    def mark_read(self, work: Work, order: Order) -> Doc:
        return inbox.mark_read(work, order)

    @command(c.REGISTER_WEBHOOK)
    def register_webhook(self, work: Work, order: Order) -> Doc:
        return webhooks.register_webhook(work, order, self.courier)

    @query(c.LIST_WEBHOOKS)
    def list_webhooks(self, work: Work, order: Order) -> Doc:
        return webhooks.list_webhooks(work, order)

    @query(c.GET_WEBHOOK)
    def get_webhook(self, work: Work, order: Order) -> Doc:
        return webhooks.get_webhook(work, order)

    @command(c.CHANGE_WEBHOOK)
    def change_webhook(self, work: Work, order: Order) -> Doc:
        return webhooks.change_webhook(work, order, self.courier)

    @command(c.DELETE_WEBHOOK)
    def delete_webhook(self, work: Work, order: Order) -> None:
        webhooks.delete_webhook(work, order)

    @command(c.ROTATE_SECRET)
    def rotate_secret(self, work: Work, order: Order) -> Doc:
        return webhooks.rotate_secret(work, order)

    @command(c.TEST_WEBHOOK)
    def test_webhook(self, work: Work, order: Order) -> Doc:
        return deliveries.test_webhook(work, order)

    @query(c.LIST_DELIVERIES)
    def list_deliveries(self, work: Work, order: Order) -> Doc:
        return deliveries.list_deliveries(work, order)

    @command(c.RETRY_DELIVERY)
    def retry_delivery(self, work: Work, order: Order) -> Doc:
        return deliveries.retry_delivery(work, order)
