"""What membership keeps, and the indexes that serve its queries."""

from __future__ import annotations

from shared.mongo import Index, Table
from shared.standing import StandingStore


class MembershipStore(StandingStore):
    """Standing is read here from the records themselves; other services keep copies of the same names and shapes."""

    districts = Table("districts")
    schools = Table("schools", Index("keys", "n"), numbered_by=())
    # ``logins`` (username, NUPTK) belong to one person alone; ``keys`` are what lists and imports find people by.
    people = Table("people", Index("logins", unique=True), Index("keys", "n"), numbered_by=())
    assignments = Table("assignments", Index("person_id"))
    roles = Table("roles", Index("person_id"))

    accounts = Table("accounts")
    activations = Table("activations", Index("expires_at"))
    access = Table("access")
    sessions = Table("sessions", Index("person_id"), Index("expires_at"))
    failures = Table("login_failures", Index("expires_at"))
    registers = Table("registers")

    communities = Table("communities", Index("keys", "n"), numbered_by=())
    members = Table("members", Index("community_id", "active", "n"), Index("person_id"), numbered_by=("community_id",))
    # How many members and officers each community has: the guard of what spans its members.
    rosters = Table("rosters")

    chunks = Table("import_chunks", Index("expires_at"))
    imports = Table("imports")
    import_rows = Table("import_rows", Index("import_id", "outcome", "n"), numbered_by=("import_id",))
    # The imports that wait to be worked on, so that the job need not look through the finished ones.
    import_jobs = Table("import_jobs")
