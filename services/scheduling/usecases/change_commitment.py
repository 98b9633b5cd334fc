"""A member settles a commitment, takes that back, or changes its words."""

from __future__ import annotations

from services.scheduling.domain import commitments, zones
from services.scheduling.snapshots import commitment_state
from services.scheduling.usecases.make_commitment import check_owners
from services.scheduling.usecases.meeting import district_zone
from services.scheduling.usecases.read_commitments import views
from shared.contracts.events.scheduling import COMMITMENT_CHANGED, COMMITMENT_SETTLED
from shared.messaging import Work
from shared.mongo import Doc, check_version


def change_commitment(work: Work, order: Doc) -> Doc:
    """The commitment as it is now. That it was settled is told to its owners; other services hear of any change."""
    before = work.store.commitments.require(order["commitment_id"], "minutes.unknown_commitment")
    work.allow(community_id=before["community_id"])
    check_version(before, order["version"])
    if "due_on" in order and order["due_on"] != before["due_on"]:
        commitments.check_due(order["due_on"], zones.local_day(work.now, district_zone(work)))
    if "owner_ids" in order:
        order["owner_ids"] = list(dict.fromkeys(order["owner_ids"]))
        check_owners(
            work, before["community_id"], [id_ for id_ in order["owner_ids"] if id_ not in before["owner_ids"]]
        )
    after = work.store.commitments.save(commitments.changed(before, order, work.caller.person_id, work.now))
    if commitment_state(after) != commitment_state(before):
        settled = after["status"] not in (before["status"], commitments.OPEN)
        event = COMMITMENT_SETTLED if settled else COMMITMENT_CHANGED
        work.emit(event, commitment_state(after), after["version"])
    return views(work.store, [after])[0]
