"""How attendance is kept: a row a person and session, joined with whatever is learnt later (docs/decisions/0140)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from uuid import UUID

from services.scheduling.domain.attendance import MODES, PRESENT, STATUSES, Called, Entry, Meeting, Note, Scan
from services.scheduling.snapshots import attendance_state
from services.scheduling.store import SchedulingStore
from shared.clock import next_version
from shared.communities import whole
from shared.contracts.events.scheduling import ATTENDANCE_RECORDED
from shared.messaging import Work
from shared.mongo import Doc, Raced, Taken
from shared.personal import ERASED_NAME

# The counts of a session are spread over so many documents: people who check in at the same moment seldom meet at one.
_SHARDS = 16
_COUNTED = (*STATUSES, "guests")
_MOST_ROWS = 20_000


@dataclass(frozen=True)
class Attendee:
    """Somebody at a session: a member, or a guest; of the district (``person_id``), or from elsewhere."""

    id: str
    kind: str
    person_id: str | None = None


def meeting_of(session: Doc) -> Meeting:
    """When and how a session takes place."""
    mode = session["mode"] if session["mode"] in MODES else MODES[0]
    return Meeting(session["starts_at"], session["ends_at"], mode)


def people_of(store: SchedulingStore, session: Doc, person_ids: Collection[str]) -> dict[str, Attendee]:
    """Those of these people whom the district knows, as they attend the session: as members, or as guests. Nothing more
    is noted of whoever was erased."""
    known = [id_ for id_, each in store.people.get_many(person_ids).items() if each["name"] != ERASED_NAME]
    records = store.members.get_many(
        f"{community_id}/{person_id}" for community_id in whole(store, [session["community_id"]]) for person_id in known
    )
    members = {record["person_id"] for record in records.values() if record["active"]}
    return {id_: Attendee(id_, "member" if id_ in members else "guest", id_) for id_ in known}


def secret_of(work: Work, session_id: str) -> str:
    """The session's own secret; made when it is first needed."""
    kept = work.store.checkin_secrets.get(session_id)
    if kept is None:
        try:
            kept = work.store.checkin_secrets.insert({"id": session_id, "secret": secrets.token_hex(32)})
        except Taken as taken:
            raise Raced(taken.table) from None
    return str(kept["secret"])


def guest_of(secret: str, called: Called) -> Attendee:
    """A guest from elsewhere. The same name and institution are the same guest of the session, whoever notes them and
    with whatever capitals; without the session's secret nobody can tell the name from the id."""
    words = "\0".join(" ".join(each.casefold().split()) for each in called)
    digest = hmac.new(bytes.fromhex(secret), b"guest\0" + words.encode(), hashlib.sha256).digest()
    return Attendee(str(UUID(bytes=digest[:16], version=4)), "guest")


def entries_of(store: SchedulingStore, session_id: str, attendee_ids: Iterable[str]) -> dict[str, Doc]:
    """The rows of these people at the session, by their ids."""
    rows = store.attendance.get_many(f"{session_id}/{id_}" for id_ in attendee_ids)
    return {row["attendee_id"]: row for row in rows.values()}


def entry_in(row: Doc | None) -> Entry:
    """What a row knows."""
    if row is None:
        return Entry()
    note = row["note"] and Note(**row["note"], reason=row["reason"])
    called = Called(row["name"], row["institution"] or "") if row["name"] else None
    return Entry(row["scan"] and Scan(**row["scan"]), note, called)


def keep(work: Work, session: Doc, learnt: Mapping[Attendee, Entry], before: Mapping[str, Doc]) -> dict[str, Doc]:
    """Keep what is known now of these people, whose rows were ``before``; returns the rows that changed, by attendee.

    Whoever else writes one of them at this moment is repeated, and joins what it finds then.
    """
    made, changed = [], {}
    for attendee, entry in learnt.items():
        row = before.get(attendee.id)
        if row is None:
            made.append({**_blank(work, session, attendee), **_contents(entry, meeting_of(session))})
        elif entry != entry_in(row):
            contents = {**_contents(entry, meeting_of(session)), "version": next_version(row["version"])}
            changed[row["id"]] = contents
    try:
        made = work.store.attendance.insert_many(made)
    except Taken as taken:
        raise Raced(taken.table) from None
    work.store.attendance.update_many(changed)
    by_id = {row["id"]: row for row in before.values()}
    after = [*made, *({**by_id[id_], **contents, "updated_at": work.now} for id_, contents in changed.items())]
    _tell(work, before, after)
    return {row["attendee_id"]: row for row in after}


def reckon(work: Work, session: Doc) -> None:
    """Reckon everybody's minutes anew, after the session took another time or mode."""
    rows = work.store.attendance.find({"session_id": session["id"]}, limit=_MOST_ROWS)
    changed, after = {}, []
    for row in rows:
        contents = _contents(entry_in(row), meeting_of(session))
        if any(row[name] != value for name, value in contents.items()):
            changed[row["id"]] = {**contents, "version": next_version(row["version"])}
            after.append({**row, **changed[row["id"]]})
    work.store.attendance.update_many(changed)
    _tell(work, {row["attendee_id"]: row for row in rows}, after)


def counts_of(store: SchedulingStore, session_id: str) -> dict[str, int]:
    """How many people have each status, and how many guests are among the present: kept, never counted."""
    shards = store.attendance_counts.get_many(f"{session_id}/{shard}" for shard in range(_SHARDS)).values()
    return {name: sum(shard.get(name, 0) for shard in shards) for name in _COUNTED}


def _blank(work: Work, session: Doc, attendee: Attendee) -> Doc:
    visiting = {"visitor_id": attendee.person_id} if attendee.person_id and attendee.kind == "guest" else {}
    return {
        "id": f"{session['id']}/{attendee.id}",
        "session_id": session["id"],
        "community_id": session["community_id"],
        "attendee_id": attendee.id,
        "person_id": attendee.person_id,
        "guest_id": attendee.id if attendee.person_id is None else None,
        **visiting,
        "kind": attendee.kind,
        "forgotten": False,
        "recorded_at": work.now,
    }


def _contents(entry: Entry, meeting: Meeting) -> Doc:
    """What a row holds of an entry. The reason stands by itself, for it is erased with the person."""
    note = None if entry.note is None else asdict(entry.note)
    reason = note.pop("reason") if note is not None else None
    scan = None if entry.scan is None else asdict(entry.scan)
    name, institution = entry.called or (None, None)
    known = {"scan": scan, "note": note, "reason": reason, "name": name, "institution": institution or None}
    return {**known, **entry.attended(meeting)._asdict()}


def _tell(work: Work, before: Mapping[str, Doc], after: Iterable[Doc]) -> None:
    """Tell of what changed for others, and count it."""
    amounts: dict[str, dict[str, int]] = {}
    for row in after:
        old = before.get(row["attendee_id"])
        if old is not None and attendance_state(old) == attendance_state(row):
            continue
        work.emit(ATTENDANCE_RECORDED, attendance_state(row), row["version"])
        shard = amounts.setdefault(f"{row['session_id']}/{_shard(row['attendee_id'])}", {})
        for name in _counted(row):
            shard[name] = shard.get(name, 0) + 1
        for name in _counted(old) if old is not None else ():
            shard[name] = shard.get(name, 0) - 1
    moved = {id_: {name: by for name, by in shard.items() if by} for id_, shard in amounts.items()}
    work.store.attendance_counts.increment_many({id_: shard for id_, shard in moved.items() if shard})


def _counted(row: Doc) -> tuple[str, ...]:
    guest = row["status"] == PRESENT and row["kind"] == "guest"
    return (row["status"], "guests") if guest else (row["status"],)


def _shard(attendee_id: str) -> int:
    return int(attendee_id[-4:], 16) % _SHARDS
