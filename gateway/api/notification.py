"""The inbox, webhooks and the event log (API.md, "Notification and events")."""

from __future__ import annotations

from functools import lru_cache

from flask import Response, request

from gateway import rpc, validation, which
from gateway.catalogue import LIST_EVENT_TYPES, event_types
from gateway.routes import Routes, answer_with, dumps
from shared.contracts import notification as n
from shared.contracts.kernel import EventLogRequest, list_events

api = Routes("notification", "gateway.about_notification")

api.expose("GET /v1/notifications", n.LIST_NOTIFICATIONS)
api.expose("POST /v1/notifications/read", n.MARK_READ)
api.expose("GET /v1/notifications/unread-count", n.COUNT_UNREAD)

api.expose("GET /v1/webhooks", n.LIST_WEBHOOKS)
api.expose("POST /v1/webhooks", n.REGISTER_WEBHOOK, status=201)
api.expose("GET /v1/webhooks/<webhook_id>", n.GET_WEBHOOK)
api.expose("PATCH /v1/webhooks/<webhook_id>", n.CHANGE_WEBHOOK)
api.expose("DELETE /v1/webhooks/<webhook_id>", n.DELETE_WEBHOOK)
api.expose("POST /v1/webhooks/<webhook_id>/rotate-secret", n.ROTATE_SECRET)
api.expose("POST /v1/webhooks/<webhook_id>/test", n.TEST_WEBHOOK, status=202)
api.expose("GET /v1/webhooks/<webhook_id>/deliveries", n.LIST_DELIVERIES)
api.expose("POST /v1/webhooks/<webhook_id>/deliveries/<delivery_id>/retry", n.RETRY_DELIVERY, status=202)

_SERVICE = which.parameter("Whose log to read. Order holds within one service only.")
_LOG = EventLogRequest()


@api.special("GET /v1/events", list_events("notification"), parameters=(_SERVICE,))
def read_events() -> Response:
    """A page of one service's public event log."""
    given = validation.parse_query(request.args, ("types",))
    service = which.service_of(given)
    return answer_with(rpc.call(list_events(service), validation.checked(_LOG, given, {})), 200)


@api.special("GET /v1/event-types", LIST_EVENT_TYPES)
def list_event_types() -> Response:
    """Every type of event, with its JSON Schema."""
    validation.checked(LIST_EVENT_TYPES.takes(), validation.parse_query(request.args, ()), {})
    return Response(_event_types(), mimetype="application/json", headers={"Cache-Control": "public, max-age=300"})


@lru_cache(maxsize=1)
def _event_types() -> str:
    return dumps({"items": event_types(), "next": None})
