"""The roles of the day go round: nobody is passed over, nobody has them twice in a row while others wait."""

from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from services.scheduling.domain.rotation import ROLES, Rotation, candidates

few = settings(max_examples=40)
PEOPLE = st.lists(st.integers(0, 99).map("{:02d}".format), unique=True, max_size=12).map(sorted)


def held(people, meetings):
    """The roles of so many meetings to which all of them came."""
    rotation = Rotation()
    for _ in range(meetings):
        roles = rotation.propose(people)
        rotation.had(roles)
        yield roles


@few
@given(PEOPLE, st.integers(1, 40))
def test_everybody_has_a_turn_before_anybody_has_another(people, meetings):
    turns = Counter(dict.fromkeys(people, 0))
    for roles in held(people, meetings):
        turns.update(person for person in roles.values() if person is not None)
        assert max(turns.values(), default=0) - min(turns.values(), default=0) <= 1


@few
@given(PEOPLE, st.integers(1, 40))
def test_every_role_comes_round_to_everybody(people, meetings):
    rounds = list(held(people, meetings))
    for role in ROLES:
        turns = Counter(dict.fromkeys(people, 0))
        turns.update(roles[role] for roles in rounds if roles[role] is not None)
        assert max(turns.values(), default=0) - min(turns.values(), default=0) <= 2


@few
@given(PEOPLE, st.integers(1, 20))
def test_nobody_has_two_roles_while_somebody_has_none(people, meetings):
    for roles in held(people, meetings):
        taken = [person for person in roles.values() if person is not None]
        assert len(set(taken)) == min(len(people), len(ROLES))


@few
@given(PEOPLE.filter(lambda people: len(people) > 1), st.integers(2, 20))
def test_no_role_stays_with_the_same_person(people, meetings):
    for one, other in pairwise(held(people, meetings)):
        assert one["moderator"] != other["moderator"]


@few
@given(st.lists(st.sets(st.sampled_from("abcdefg"), min_size=4), max_size=15))
def test_it_is_the_turn_of_those_who_waited_longest_whoever_else_comes(meetings):
    rotation, last = Rotation(), Counter()
    for at, coming in enumerate(meetings, start=1):
        roles = rotation.propose(sorted(coming))
        chosen = set(roles.values())
        assert max(last[person] for person in chosen) <= min(last[person] for person in coming - chosen)
        rotation.had(roles)
        last.update({person: at - last[person] for person in chosen})


@few
@given(PEOPLE, st.integers(0, 10))
def test_the_same_history_gives_the_same_proposal(people, meetings):
    assert list(held(people, meetings)) == list(held(people, meetings))


def test_those_who_are_present_come_before_what_was_answered():
    assert candidates(["c", "a", "b"], declined=["a"], present=[]) == ["b", "c"]
    assert candidates(["c", "a", "b"], declined=["a"], present=["a", "guest"]) == ["a"]


def test_a_community_without_members_has_nobody_to_propose():
    assert Rotation().propose([]) == dict.fromkeys(ROLES)
