"""Events may come late, twice and in any order: who stays a member is told everything once, and nobody else anything.

What must hold whatever the order: each thing announced while somebody was a member reaches them; newcomers hear of the
meetings that are still open; nothing reaches anybody twice; strangers hear nothing.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts.events import learning, membership, scheduling
from shared.ids import new_id
from tests.service.notification.conftest import session_state

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["join", "join", "leave", "schedule", "schedule", "move", "cancel", "cycle"]),
        st.integers(0, 2),
    ),
    min_size=2,
    max_size=12,
)


class Story:
    """What really happened in one community, second by second, and the events that tell of it."""

    def __init__(self, around):
        self.around = around
        self.community = new_id()
        self.started = datetime.now(UTC) - timedelta(minutes=5)
        self.people = [new_id() for _ in range(3)]
        self.entries = []
        self.joined = {}
        self.left = set()
        self.sessions = {}
        self.announced = []

    def play(self, step, which, second):
        at = self.started + timedelta(seconds=second)
        getattr(self, step)(which, at, sequence=second + 1)

    def say(self, event, at, sequence, **data):
        self.entries.append(self.around.entry(event, at=at, sequence=sequence, **data))

    def join(self, which, at, sequence):
        person = self.people[which]
        if person not in self.joined:
            self.joined[person] = at
            self.say(membership.MEMBER_JOINED, at, sequence, **self.member(person, None))

    def leave(self, which, at, sequence):
        person = self.people[which]
        if person in self.joined and person not in self.left:
            self.left.add(person)
            self.say(membership.MEMBER_LEFT, at, sequence, **self.member(person, at))

    def schedule(self, which, at, sequence):
        if which not in self.sessions:
            self.sessions[which] = session_state(self.community)
            self.announced.append(("session_scheduled", self.sessions[which]["session_id"], at))
            self.say(scheduling.SESSION_SCHEDULED, at, sequence, **self.sessions[which])

    def move(self, which, at, sequence):
        session = self.sessions.get(which)
        if session and session["status"] == "scheduled":
            session["starts_at"] += timedelta(hours=1)
            session["ends_at"] += timedelta(hours=1)
            self.announced.append(("session_rescheduled", session["session_id"], at))
            self.say(scheduling.SESSION_RESCHEDULED, at, sequence, **session)

    def cancel(self, which, at, sequence):
        session = self.sessions.get(which)
        if session and session["status"] == "scheduled":
            session["status"] = "cancelled"
            self.announced.append(("session_cancelled", session["session_id"], at))
            self.say(scheduling.SESSION_CANCELLED, at, sequence, **session)

    def cycle(self, which, at, sequence):
        cycle_id = new_id()
        self.announced.append(("cycle_opened", cycle_id, at))
        words = {"title": "Grafik", "goal": "Murid membaca grafik", "stage": "reflection"}
        self.say(learning.CYCLE_OPENED, at, sequence, cycle_id=cycle_id, community_id=self.community, **words)

    def member(self, person, left_at):
        return {
            "community_id": self.community,
            "person_id": person,
            "role": "member",
            "active": left_at is None,
            "joined_at": self.joined[person],
            "left_at": left_at,
        }

    def owed(self, person):
        """What one who is still a member must have been told, each thing so often."""
        since = self.joined[person]
        owed = Counter((topic, subject) for topic, subject, at in self.announced if at >= since)
        for session in self.sessions.values():
            if session["status"] == "scheduled":
                owed[("session_scheduled", session["session_id"])] = 1
        return owed

    def possible(self):
        """All there was to be told."""
        return Counter((topic, subject) for topic, subject, _ in self.announced)


@given(steps=STEPS, data=st.data())
@settings(
    max_examples=25,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_order_and_repetition_tells_the_right_people_the_right_things_once(around, steps, data):
    story = Story(around)
    for second, (step, which) in enumerate(steps):
        story.play(step, which, second)
    if not story.entries:
        return
    twice = data.draw(st.lists(st.sampled_from(story.entries), max_size=4), label="twice")
    arriving = data.draw(st.permutations([*story.entries, *twice]), label="arriving")
    pause = data.draw(st.integers(0, len(arriving)), label="pause")
    around.send(arriving[:pause])
    around.settle(*(entry["_id"] for entry in arriving[:pause]))
    around.send(arriving[pause:])
    around.settle(*(entry["_id"] for entry in arriving))
    for person in story.people:
        told = Counter(around.told(person))
        if person not in story.joined:
            assert not told
            continue
        assert told <= story.possible(), "told twice, or of what never happened"
        if person not in story.left:
            assert story.owed(person) <= told, "not told of everything"
