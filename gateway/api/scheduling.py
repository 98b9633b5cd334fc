"""Series, sessions and answers (API.md, "Scheduling")."""

from gateway.routes import Routes
from shared.contracts import scheduling as s

api = Routes("scheduling", "gateway.about_scheduling")

api.expose("GET /v1/communities/<community_id>/series", s.LIST_SERIES)
api.expose("POST /v1/communities/<community_id>/series", s.START_SERIES, status=201)
api.expose("GET /v1/series/<series_id>", s.GET_SERIES)
api.expose("DELETE /v1/series/<series_id>", s.END_SERIES)
api.expose("GET /v1/sessions", s.LIST_SESSIONS)
api.expose("POST /v1/sessions", s.SCHEDULE_SESSION, status=201)
api.expose("GET /v1/sessions/<session_id>", s.GET_SESSION)
api.expose("PATCH /v1/sessions/<session_id>", s.CHANGE_SESSION)
api.expose("POST /v1/sessions/<session_id>/cancel", s.CANCEL_SESSION)
api.expose("PUT /v1/sessions/<session_id>/rsvp", s.ANSWER_SESSION)
api.expose("GET /v1/sessions/<session_id>/rsvps", s.LIST_RSVPS)
