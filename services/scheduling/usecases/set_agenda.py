"""An officer, or the moderator of the day, writes down what a session is about."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from services.scheduling.domain import agendas, sessions
from services.scheduling.usecases.people import check_members
from services.scheduling.usecases.read_agenda import agenda_view, proposed_roles
from services.scheduling.usecases.staleness import check_read, keep
from shared.communities import whole
from shared.messaging import Work
from shared.mongo import Doc


def set_agenda(work: Work, order: Doc) -> Doc:
    """The agenda as it is now. Raises :class:`Stale` with both versions when somebody saved another one meanwhile."""
    session = work.store.sessions.require(order["session_id"], "scheduling.unknown_session")
    before = work.store.agendas.get(session["id"])
    on_duty = [before["roles"]["moderator"]] if before is not None else []
    work.allow(community_id=session["community_id"], on_duty=on_duty)
    check_read(work, before, order, lambda: agenda_view(work, session, before))
    sessions.check_scheduled(session["status"])
    roles = agendas.roles_set(order["roles"], before["roles"] if before is not None else proposed_roles(work, session))
    known = work.store.commitments.get_many(item["commitment_id"] for item in order["items"] if item["commitment_id"])
    _check_named(work, session, _named_before(before, known.values()), order["items"], roles)
    ours = whole(work.store, [session["community_id"]])
    agendas.check_commitments(order["items"], {id_ for id_, each in known.items() if each["community_id"] in ours})
    return agenda_view(
        work, session, keep(work.store.agendas, session, before, {"items": order["items"], "roles": roles})
    )


def _named_before(before: Doc | None, commitments: Iterable[Doc]) -> set[str | None]:
    """Whom the agenda named, and who sees to the commitments that it asks about."""
    named = {owner_id for each in commitments for owner_id in each["owner_ids"]}
    if before is not None:
        named |= {*before["roles"].values(), *(item["owner_id"] for item in before["items"])}
    return named


def _check_named(work: Work, session: Doc, then: Collection[str | None], items: list[Doc], roles: Doc) -> None:
    """Who is named anew must be a member; who was ``then`` and has left since may stay."""
    named = {f"roles.{role}": person_id for role, person_id in roles.items()}
    named |= {f"items.{place}.owner_id": item["owner_id"] for place, item in enumerate(items)}
    new = {field: person_id for field, person_id in named.items() if person_id not in then}
    check_members(work.store, session["community_id"], new)
