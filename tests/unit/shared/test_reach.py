"""How far API clients see."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from shared.contracts.events import EVENTS
from shared.reach import Reach

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
OURS, THEIRS = "20300001", "20300002"


@dataclass
class Posts:
    """Assignments as the store finds them."""

    facts: list = field(default_factory=list)

    def find(self, where, *, limit):
        wanted = where["person_id"]["$in"]
        assert len(wanted) <= 50
        return [fact for fact in self.facts if fact["person_id"] in wanted][:limit]


@dataclass
class Communities:
    found: dict

    def get(self, id_):
        return self.found.get(id_)

    def get_many(self, ids):
        return {id_: self.found[id_] for id_ in ids if id_ in self.found}


@dataclass
class Held:
    assignments: Posts
    communities: Communities
    districts: Communities
    district: str = "3307"


def post(person, npsn, since="2020-07-01", until=None):
    return {"person_id": person, "npsn": npsn, "valid_from": since, "valid_until": until}


STORE = Held(
    Posts(
        [
            post("ours", OURS),
            post("both", THEIRS),
            post("both", OURS),
            post("theirs", THEIRS),
            post("gone", OURS, until="2026-06-30"),
            post("coming", OURS, since="2027-01-04"),
            *(post(f"many{number}", OURS) for number in range(120)),
        ]
    ),
    Communities(
        {
            "mgmp": {"id": "mgmp", "npsn": None},
            "ours": {"id": "ours", "npsn": OURS},
            "theirs": {"id": "theirs", "npsn": THEIRS},
            "merged": {"id": "merged", "npsn": OURS, "merged_into": "theirs"},
        }
    ),
    Communities({}),
)
BOUND = Reach(STORE, [OURS], NOW)


def test_who_is_bound_to_nothing_sees_everything():
    free = Reach(None, (), NOW)
    assert not free.limited
    assert free.school(THEIRS) and free.teacher([]) and free.community({"npsn": THEIRS})
    assert free.people(["theirs", "nobody"]) == {"theirs", "nobody"}
    assert free.communities(["theirs"]) == {"theirs"}
    assert free.events([(EVENTS["membership.role_changed.v1"], {"scope_id": None})]) == [True]


def test_a_bound_client_sees_who_teaches_at_its_schools_now():
    assert BOUND.people(["ours", "both", "theirs", "gone", "coming", "nobody"]) == {"ours", "both"}
    many = [f"many{number}" for number in range(120)]
    assert BOUND.people(many) == set(many)


def test_a_bound_client_sees_communities_of_its_schools_and_of_none_as_what_they_became():
    assert BOUND.communities(["mgmp", "ours", "theirs", "merged", "unknown"]) == {"mgmp", "ours"}


@pytest.mark.parametrize(
    ("type_", "data", "seen"),
    [
        ("membership.district_changed", {"district": "3307"}, True),
        ("membership.school_changed", {"npsn": OURS}, True),
        ("membership.school_changed", {"npsn": THEIRS}, False),
        ("membership.assignment_changed", {"npsn": OURS, "person_id": "gone"}, True),
        ("membership.assignment_changed", {"npsn": THEIRS, "person_id": "both"}, False),
        ("membership.role_changed", {"scope_id": OURS, "person_id": "theirs"}, True),
        ("membership.role_changed", {"scope_id": THEIRS, "person_id": "ours"}, False),
        ("membership.role_changed", {"scope_id": None, "person_id": "ours"}, False),
        ("membership.person_changed", {"person_id": "ours"}, True),
        ("membership.person_changed", {"person_id": "theirs"}, False),
        ("membership.community_changed", {"community_id": "ours", "npsn": OURS}, True),
        ("membership.community_changed", {"community_id": "mgmp", "npsn": None}, True),
        ("membership.community_changed", {"community_id": "theirs", "npsn": THEIRS}, False),
        ("membership.member_joined", {"community_id": "mgmp", "person_id": "ours"}, True),
        ("membership.member_joined", {"community_id": "mgmp", "person_id": "theirs"}, False),
        ("membership.member_joined", {"community_id": "theirs", "person_id": "ours"}, False),
        ("scheduling.session_scheduled", {"community_id": "mgmp"}, True),
        ("scheduling.session_scheduled", {"community_id": "theirs"}, False),
        ("scheduling.session_scheduled", {"community_id": "unknown"}, False),
        ("notification.webhook_disabled", {"webhook_id": "x"}, False),
    ],
)
def test_a_bound_client_hears_of_what_concerns_its_schools(type_, data, seen):
    assert BOUND.events([(EVENTS[f"{type_}.v1"], data)]) == [seen]
