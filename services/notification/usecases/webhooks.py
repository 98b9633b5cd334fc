"""Webhooks: registered, looked up, changed, deleted; their secrets renewed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from services.notification.courier import Courier
from services.notification.domain import webhooks as rules
from shared.errors import Conflict, Forbidden, NotFound
from shared.messaging import Work
from shared.mongo import Doc, check_version

_CHANGEABLE = ("url", "events", "description", "scopes", "status")


def register_webhook(work: Work, order: dict[str, Any], courier: Courier) -> Doc:
    work.allow()
    courier.check(order["url"])
    _check_scopes(work, order["scopes"])
    if work.store.webhooks.count() >= rules.MOST_WEBHOOKS:
        raise Conflict("notification.too_many_webhooks", most=rules.MOST_WEBHOOKS)
    webhook = work.store.webhooks.insert(
        {
            "url": order["url"],
            "events": sorted(set(order["events"])),
            "description": order["description"],
            "scopes": order["scopes"],
            # What a client registers it alone manages, and it hears only of what it may see.
            "client_id": work.caller.person_id if work.caller.machine else None,
            "schools": sorted(work.reach.schools),
            "status": "active",
            "secret": rules.new_secret(),
            "previous_secret": None,
            "previous_secret_until": None,
        }
    )
    restart_lane(work, webhook["id"])
    return dict(webhook)


def get_webhook(work: Work, order: dict[str, Any]) -> Doc:
    return without_secret(asked(work, order))


def list_webhooks(work: Work, order: dict[str, Any]) -> Doc:
    work.allow()
    page: Doc = work.store.webhooks.page({}, order, keep=partial(_manages, work)).as_dict(without_secret)
    return page


def change_webhook(work: Work, order: dict[str, Any], courier: Courier) -> Doc:
    webhook = asked(work, order)
    check_version(webhook, order["version"])
    changes = {name: order[name] for name in _CHANGEABLE if name in order}
    if "url" in changes:
        courier.check(changes["url"])
    _check_scopes(work, changes.get("scopes", ()))
    changed = work.store.webhooks.save({**webhook, **changes})
    restart_lane(work, webhook["id"])
    return without_secret(changed)


def delete_webhook(work: Work, order: dict[str, Any]) -> None:
    """Its deliveries are swept away later, by the ``sweep_deliveries`` job."""
    work.store.webhooks.delete(asked(work, order)["id"])


def rotate_secret(work: Work, order: dict[str, Any]) -> Doc:
    """A new secret; for 24 hours deliveries are signed with the old one too."""
    webhook = asked(work, order)
    renewed: Doc = work.store.webhooks.save(
        {
            **webhook,
            "secret": rules.new_secret(),
            "previous_secret": webhook["secret"],
            "previous_secret_until": work.now + rules.ROTATION,
        }
    )
    return renewed


def asked(work: Work, order: dict[str, Any]) -> Doc:
    """The webhook that an order names. Raises :class:`NotFound` to an API client that did not register it."""
    work.allow()
    webhook: Doc = work.store.webhooks.require(order["webhook_id"], "notification.no_webhook")
    if not _manages(work, webhook):
        raise NotFound("notification.no_webhook")
    return webhook


def switch_off_webhooks_of(work: Work, client_id: str) -> None:
    """The webhooks of an API client that was revoked are sent nothing any more."""
    for webhook in work.store.webhooks.find({}, limit=rules.MOST_WEBHOOKS):
        if webhook["client_id"] == client_id and webhook["status"] == "active":
            work.store.webhooks.save({**webhook, "status": "disabled"})


def _manages(work: Work, webhook: Doc) -> bool:
    """Whether the webhook is the caller's to look after: the operator's are all, a client's those it registered."""
    return not work.caller.machine or webhook["client_id"] == work.caller.person_id


def restart_lane(work: Work, webhook_id: str) -> None:
    """Forget how its receiver failed, so that what waits is sent at once."""
    work.store.lanes.upsert(
        webhook_id,
        set={"failures": 0, "given_up": 0, "rests_until": None},
        on_insert={"reached": 0, "swept": 0},
    )
    work.wake("deliveries")


def without_secret(webhook: Doc) -> Doc:
    return {name: value for name, value in webhook.items() if name not in ("secret", "previous_secret")}


def _check_scopes(work: Work, scopes: Sequence[str]) -> None:
    """A machine hands on no scope that it lacks itself. Raises :class:`Forbidden`."""
    own = work.caller.scopes
    if own is not None and not own.issuperset(scopes):
        raise Forbidden()
