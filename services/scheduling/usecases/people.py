"""The people whom agendas, minutes and commitments speak of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.scheduling.store import SchedulingStore
from shared.communities import active_members, known_community
from shared.errors import Invalid
from shared.mongo import Doc

_MOST_MEMBERS = 500


def check_members(store: SchedulingStore, community_id: str, named: Mapping[str, str | None]) -> None:
    """Raises :class:`Invalid` about a field of ``named`` whose person does not belong to the community."""
    community_id = known_community(store, community_id)["id"]
    records = store.members.get_many(f"{community_id}/{person_id}" for person_id in named.values() if person_id)
    for field, person_id in named.items():
        if person_id and not records.get(f"{community_id}/{person_id}", {}).get("active"):
            raise Invalid.field(field, "minutes.not_a_member")


def names(people: Mapping[str, Doc], ids: Iterable[str | None]) -> list[Doc]:
    """Who these are, each once; ``people`` are the copies of their records."""
    return [
        {"person_id": id_, "name": people[id_]["name"] if id_ in people else None} for id_ in dict.fromkeys(ids) if id_
    ]


def members_taking_turns(store: SchedulingStore, community_id: str) -> list[str]:
    """The members among whom roles go round: all but guests (of a large community the first 500)."""
    community_id = known_community(store, community_id)["id"]
    records = active_members(store, community_id, _MOST_MEMBERS)
    return [record["person_id"] for record in records if record["role"] != "guest"]
