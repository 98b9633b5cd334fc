"""What membership keeps, and the indexes that serve its queries."""

from __future__ import annotations

from services.membership.domain import communities as communities_
from services.membership.domain import people as people_
from services.membership.domain import schools as schools_
from shared.mongo import Index, Table
from shared.standing import StandingStore


class MembershipStore(StandingStore):
    """Standing is read here from the records themselves; other services keep copies of the same names and shapes."""

    districts = Table("districts")
    schools = Table(
        "schools", Index("keys", "n"), Index("keys", "updated_at", skips=True), numbered_by=(), keyed_by=schools_.keys
    )
    # ``logins`` (username, NUPTK) belong to one person alone; ``keys`` are what lists and imports find people by.
    people = Table(
        "people",
        Index("logins", unique=True),
        Index("keys", "n"),
        Index("keys", "updated_at", skips=True),
        numbered_by=(),
        keyed_by=people_.keys,
    )
    assignments = Table("assignments", Index("person_id"), Index("npsn", "n"), numbered_by=())
    roles = Table("roles", Index("person_id"))
    transfers = Table("transfers", Index("person_id"))
    # What assignments and roles said before they were ended or set right.
    superseded = Table("superseded", Index("fact_id"))
    # The days on which somebody's present changes by itself.
    turns = Table("turns", Index("due_on"))

    accounts = Table("accounts")
    activations = Table("activations", expires=True)
    access = Table("access")
    sessions = Table("sessions", Index("person_id"), expires=True)
    resets = Table("resets", Index("person_id"), expires=True)
    identities = Table("identities", Index("person_id"))
    # The tickets of logins elsewhere that were used.
    spent = Table("spent_tickets", expires=True)
    mails = Table("mails", Index("due_at"), expires=True)
    failures = Table("login_failures", expires=True)
    registers = Table("registers")
    api_clients = Table("api_clients", Index("n"), Index("updated_at", skips=True), numbered_by=())

    communities = Table(
        "communities",
        Index("keys", "n"),
        Index("keys", "updated_at", skips=True),
        numbered_by=(),
        keyed_by=communities_.keys,
    )
    members = Table(
        "members",
        Index("community_id", "active", "n"),
        Index("community_id", "updated_at", skips=True),
        Index("person_id", "active"),
        numbered_by=("community_id",),
    )
    # Each time that somebody belonged to a community in one role, as a dated fact.
    memberships = Table("memberships", Index("community_id", "n"), Index("person_id"), numbered_by=("community_id",))
    # How many members and officers each community has: the guard of what spans its members.
    rosters = Table("rosters")
    # What ends in a community and when its officers are to be told: ``next_on`` is a day, or "" when there is none.
    deadlines = Table("deadlines", Index("next_on"), Index("community_id", "next_on"), Index("community_id"))
    # Merged communities whose members have not all gone over yet.
    merges = Table("merges")
    proposals = Table(
        "proposals",
        Index("status", "n"),
        Index("person_id", "status", "n"),
        Index("status", "updated_at", skips=True),
        Index("person_id", "updated_at", skips=True),
        numbered_by=(),
    )
    join_requests = Table(
        "join_requests",
        Index("community_id", "status", "n"),
        Index("community_id", "updated_at", skips=True),
        Index("person_id"),
        numbered_by=("community_id",),
    )
    # What became of a person's last request to a community: the guard that they have one at a time.
    askings = Table("askings")
    invitations = Table(
        "invitations",
        Index("community_id", "n"),
        Index("community_id", "updated_at", skips=True),
        numbered_by=("community_id",),
    )
    guests = Table(
        "guests",
        Index("community_id", "n"),
        Index("community_id", "updated_at", skips=True),
        numbered_by=("community_id",),
    )

    chunks = Table("import_chunks", expires=True)
    imports = Table("imports", Index("created_at"))
    import_rows = Table(
        "import_rows", Index("import_id", "outcome", "n"), Index("subject_id"), numbered_by=("import_id",)
    )
    # The imports that wait to be worked on, so that the job need not look through the finished ones.
    import_jobs = Table("import_jobs")

    exports = Table("exports", Index("person_id"), expires=True)
    erasures = Table("erasures", Index("person_id"), Index("n"), Index("updated_at", skips=True), numbered_by=())
    # Those that wait until they were thought over.
    erasures_due = Table("erasures_due")
