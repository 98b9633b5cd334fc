"""Inquiry cycles (API.md, "Learning")."""

from gateway.routes import Routes
from shared.contracts import learning as c

api = Routes("learning", "gateway.about_learning")

api.expose("GET /v1/communities/<community_id>/cycles", c.LIST_CYCLES)
api.expose("POST /v1/communities/<community_id>/cycles", c.OPEN_CYCLE, status=201)
api.expose("GET /v1/cycles/<cycle_id>", c.GET_CYCLE)
api.expose("PATCH /v1/cycles/<cycle_id>", c.CHANGE_CYCLE)
api.expose("POST /v1/cycles/<cycle_id>/advance", c.ADVANCE_CYCLE)
api.expose("PUT /v1/cycles/<cycle_id>/evaluation", c.EVALUATE_CYCLE)
