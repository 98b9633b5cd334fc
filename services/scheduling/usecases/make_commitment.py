"""A member writes down what the community undertakes."""

from __future__ import annotations

from services.scheduling.domain import commitments, zones
from services.scheduling.snapshots import commitment_state
from services.scheduling.usecases.meeting import district_zone
from services.scheduling.usecases.people import check_members
from services.scheduling.usecases.read_commitments import views
from shared.communities import active_community, whole
from shared.contracts.events.scheduling import COMMITMENT_MADE
from shared.errors import Invalid
from shared.messaging import Work
from shared.mongo import Doc

_STATED = ("community_id", "title", "goal", "due_on", "session_id", "owner_ids")


def make_commitment(work: Work, order: Doc) -> Doc:
    """The new commitment, of which its owners are told."""
    order["community_id"] = active_community(work.store, order["community_id"])["id"]
    work.allow(community_id=order["community_id"])
    commitments.check_due(order["due_on"], zones.local_day(work.now, district_zone(work)))
    order["owner_ids"] = list(dict.fromkeys(order["owner_ids"]))
    check_owners(work, order["community_id"], order["owner_ids"])
    if order["session_id"] is not None:
        session = work.store.sessions.get(order["session_id"])
        if session is None or session["community_id"] not in whole(work.store, [order["community_id"]]):
            raise Invalid.field("session_id", "scheduling.unknown_session")
    commitment = work.store.commitments.insert(
        {
            **{name: order[name] for name in _STATED},
            "status": commitments.OPEN,
            "note": None,
            "made_by": work.caller.person_id,
            "settled_by": None,
            "settled_at": None,
        }
    )
    work.emit(COMMITMENT_MADE, commitment_state(commitment), commitment["version"])
    return views(work.store, [commitment])[0]


def check_owners(work: Work, community_id: str, owner_ids: list[str]) -> None:
    """Raises :class:`Invalid` for an owner who does not belong to the community."""
    check_members(work.store, community_id, {f"owner_ids.{place}": id_ for place, id_ in enumerate(owner_ids)})
