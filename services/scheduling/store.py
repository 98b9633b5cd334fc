"""What scheduling keeps: series, sessions, answers and attendance, and its copies of others' records."""

from __future__ import annotations

from shared.communities import whole
from shared.contracts.events.content import FILE_CHANGED
from shared.contracts.events.learning import CYCLE_ADVANCED, CYCLE_OPENED, WORK_ACCEPTED
from shared.contracts.events.membership import MEMBER_JOINED, MEMBER_LEFT, MEMBER_ROLE_CHANGED, SCHOOL_CHANGED
from shared.mongo import Copy, Index, Table
from shared.standing import StandingStore

_MOST_MEMBERSHIPS = 100


class SchedulingStore(StandingStore):
    """Scheduling's tables.

    ``series.rolls_on`` is the local day on which a series is looked at again, for further sessions of it are due or it
    is over; ``None`` once it has ended. An answer's id is
    ``<session>/<person>``. A session's tally has the session's id: it is the guard that every answer and every change
    of capacity writes, so that a burst of answers never touches the session itself (docs/decisions/0041). A reminder
    has it too; it is gone once the session began. A choice of reminders has the id of its community.

    The id of an attendance is ``<session>/<attendee>``, that of its counts ``<session>/<shard>`` (docs/decisions/0141).
    ``visitor_id`` is the person at another community's session: only these need an index to be found by person.
    A session's check-in secret has the session's id; wrong codes are counted by ``<session>/<person>``.
    A session's agenda and its minutes have the session's id too; a revision of the minutes is ``<session>/<number>``.
    Minutes are ``approved`` only while nobody changed them since (``status``, ``approved_at``).
    A person's calendar (its id is theirs) is there once they renewed its address. A certificate's id is its number;
    the unique index lets only one of those who issue at the same moment give out a revision. A community's terms of
    certificates have its id.
    """

    # Who else is an officer is asked when one approves minutes.
    members = Copy(
        "members",
        MEMBER_JOINED,
        MEMBER_LEFT,
        MEMBER_ROLE_CHANGED,
        Index("community_id", "person_id"),
        Index("community_id", "role"),
        Index("person_id"),
    )
    schools = Copy("schools", SCHOOL_CHANGED)

    cycles = Copy("cycles", CYCLE_OPENED, CYCLE_ADVANCED)
    series = Table(
        "series",
        Index("community_id", "n"),
        Index("community_id", "updated_at", skips=True),
        Index("rolls_on"),
        Index("root_id"),
        numbered_by=("community_id",),
    )
    sessions = Table(
        "sessions",
        Index("community_id", "starts_at", skips=True),
        Index("starts_at", skips=True),
        Index("community_id", "updated_at", skips=True),
        Index("updated_at", skips=True),
        Index("series_id", "starts_at"),
    )
    rsvps = Table(
        "rsvps",
        Index("session_id", "first_answered_at", skips=True),
        Index("session_id", "updated_at", skips=True),
    )
    tallies = Table("tallies")
    attendance = Table(
        "attendance",
        Index("session_id", "recorded_at", skips=True),
        Index("session_id", "updated_at", skips=True),
        Index("visitor_id", only={"visitor_id": {"$gt": ""}}),
    )
    attendance_counts = Table("attendance_counts")
    checkin_secrets = Table("checkin_secrets")
    checkin_guesses = Table("checkin_guesses", expires=True)
    letters = Table(
        "letters",
        Index("session_id", "n"),
        Index("session_id", "updated_at", skips=True),
        Index("npsn", "status", "n"),
        Index("npsn", "status", "updated_at", skips=True),
        Index("person_ids", "n"),
        Index("person_ids", "updated_at", skips=True),
        Index("decided_by"),
        numbered_by=(),
    )
    # Whom a letter names, `<session>/<school>/<person>`: the guard that nobody is named twice.
    named = Table("named")
    # The secrets of this district: what links are signed with.
    keys = Table("keys")
    calendars = Table("calendars")
    timetables = Table("timetables")
    holidays = Table("holidays")
    files = Copy("files", FILE_CHANGED)
    agendas = Table("agendas")
    minutes = Table("minutes")
    revisions = Table("revisions", Index("session_id", "n"), numbered_by=("session_id",))
    commitments = Table(
        "commitments",
        Index("community_id", "n"),
        Index("community_id", "status", "n"),
        Index("community_id", "status", "due_on"),
        Index("session_id"),
        Index("community_id", "updated_at", skips=True),
        numbered_by=("community_id",),
    )
    certificates = Table(
        "certificates",
        Index("community_id", "semester", "person_id", "revision", unique=True),
        Index("community_id", "issued_at", skips=True),
        Index("community_id", "updated_at", skips=True),
        Index("person_id", "issued_at", skips=True),
        Index("person_id", "updated_at", skips=True),
    )
    certificate_terms = Table("certificate_terms")
    works = Copy("works", WORK_ACCEPTED, Index("community_id", "accepted_at"), Index("person_id"))
    reminders = Table("reminders", Index("due_at"))
    reminder_choices = Table("reminder_choices")

    def communities_of(self, person_id: str) -> set[str]:
        """The communities to which the person belongs, and those that were merged into them."""
        records = self.members.find({"person_id": person_id}, limit=_MOST_MEMBERSHIPS)
        return set(whole(self, (record["community_id"] for record in records if record["active"])))
