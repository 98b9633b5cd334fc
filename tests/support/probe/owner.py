"""The probe that plays membership."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from shared.contracts.events.membership import COMMUNITY_CHANGED
from shared.errors import Conflict, Refusal
from shared.ids import new_id
from shared.messaging import Kernel, Source, Work, command, query
from shared.mongo import Doc, Store, Table
from shared.policy import Policy, signed_in
from tests.support.probe import contracts as c

BEGUN = "begun"


class OwnerStore(Store):
    """Standing reads the first five; ``communities`` is what this service owns."""

    districts = Table("districts")
    people = Table("people")
    access = Table("access")
    roles = Table("roles")
    members = Table("members")
    communities = Table("communities")
    works = Table("works")


def community_state(doc: Doc) -> Mapping[str, Any]:
    return {
        "community_id": doc["id"],
        "name": doc["name"],
        "kind": "mgmp",
        "level": None,
        "subject": None,
        "phase": None,
        "npsn": None,
        "join_policy": "open",
        "status": "active",
        "founder_id": doc["founder_id"],
    }


def _view(doc: Doc) -> Doc:
    return {"community_id": doc["id"], "name": doc["name"], "version": doc["version"]}


class Owner:
    name = "membership"
    kernel = Kernel(
        OwnerStore,
        Policy(
            {c.FOUND: signed_in, c.RENAME: signed_in, c.GIVE_SECRET: signed_in, c.ECHO: signed_in, c.REFUSE: signed_in}
        ),
        (Source("communities", community_state, COMMUNITY_CHANGED),),
    )

    @command(c.FOUND)
    def found(self, work: Work, order: Doc) -> Doc | Refusal:
        work.allow()
        # Outside the transaction, so that every beginning is seen, whatever becomes of it.
        work.store.database[BEGUN].insert_one({"_id": new_id(), "name": order["name"]})
        time.sleep(order["seconds"])
        doc = work.store.communities.insert(
            {
                "id": order["community_id"] or new_id(),
                "name": order["name"],
                "founder_id": work.caller.person_id,
            }
        )
        work.emit(COMMUNITY_CHANGED, community_state(doc), doc["version"])
        if order["fault"]:
            raise RuntimeError(order["fault"])
        if order["refuse"] == "raise":
            raise Conflict()
        if order["refuse"] == "return":
            return Conflict()
        return _view(doc)

    @command(c.RENAME, in_turn="community_id")
    def rename(self, work: Work, order: Doc) -> Doc:
        work.allow()
        work.store.database[BEGUN].insert_one({"_id": new_id(), "name": order["name"]})
        doc = work.store.communities.require(order["community_id"])
        doc = work.store.communities.save({**doc, "name": order["name"]})
        work.emit(COMMUNITY_CHANGED, community_state(doc), doc["version"])
        return _view(doc)

    @command(c.GIVE_SECRET)
    def give_secret(self, work: Work, order: Doc) -> Doc:
        work.allow()
        work.store.works.insert({"name": order["name"]})
        return {"said": f"the secret of {order['name']}"}

    @query(c.ECHO)
    def echo(self, work: Work, order: Doc) -> Doc:
        work.allow()
        return {"said": order["said"]}

    @query(c.REFUSE)
    def refuse(self, work: Work, order: Doc) -> Doc:
        work.allow()
        raise Conflict("common.conflict", said=order["said"])
