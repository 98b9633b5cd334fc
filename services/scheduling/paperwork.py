"""What the papers of a session say, read from the store; how they look is the printing room's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice

from services.scheduling import attending
from services.scheduling.domain import zones
from services.scheduling.domain.attendance import STATUSES
from services.scheduling.presence import Presence, attendance
from services.scheduling.printing.attendance_list import AttendanceList, Attendee
from services.scheduling.printing.common import Meeting, Printing, say
from services.scheduling.printing.invitation import Invitation
from services.scheduling.printing.minutes import Commitment, Item, Minutes, Photo
from services.scheduling.printing.report import Report
from services.scheduling.usecases.share_session import public_address
from shared import dates
from shared.communities import active_members, known_community
from shared.errors import Conflict
from shared.messaging import Work
from shared.mongo import IN_CHUNK, Doc
from shared.standing import Days

# A list of so many is 20 sheets and 100 kB; whoever has more people keeps them on the screen.
MOST_LISTED = 500
# So many letters of minutes are some 30 sheets, and 100 kB even where nothing in them repeats.
MOST_LETTERS = 60_000
_MOST_COMMITMENTS = 50
_MOST_OFFICERS = 10
_MOST_POSTS = 20


class _Room:
    """How many letters a paper still holds, and whether that was too few."""

    def __init__(self, letters: int) -> None:
        self._left = letters
        self.exceeded = False

    def cut(self, words: str) -> str:
        """As much of the words as there is room for."""
        kept = words[: self._left]
        self._left -= len(kept)
        self.exceeded = self.exceeded or len(kept) < len(words)
        return kept

    def holds(self, *words: str) -> bool:
        """Whether there is room for all of these words, which take it then."""
        needed = sum(map(len, words))
        fits = needed <= self._left
        self._left -= needed if fits else 0
        self.exceeded = self.exceeded or not fits
        return fits


def printing(work: Work) -> Printing:
    """When and where something is printed."""
    district = work.store.districts.get(work.district) or {"name": work.district, "timezone": zones.DEFAULT}
    return Printing(at=work.now, timezone=district["timezone"], district=district["name"])


def meeting(work: Work, session: Doc) -> Meeting:
    """The session in the words of its own zone."""
    return Meeting.of(session, known_community(work.store, session["community_id"])["name"])


def invitation(work: Work, session: Doc) -> Invitation:
    """What the invitation says."""
    ketua = ketua_of(work, session["community_id"])
    return Invitation(meeting=meeting(work, session), ketua=ketua, url=public_address(work, session["id"]))


def attendance_list(work: Work, session: Doc) -> AttendanceList:
    """Who was there, by name; before the session begins, whoever is excused by then, and while nothing was recorded,
    the members, to sign by hand."""
    begun = work.now >= session["starts_at"]
    recorded = list(islice(attendance(work.store, session), MOST_LISTED)) if begun else []
    people = [each.person_id for each in recorded if each.person_id] if recorded else _members(work, session)
    schools, names = schools_of(work, people), _names(work, people)
    counts = attending.counts_of(work.store, session["id"])
    if recorded:
        attendees = [_attendee(each, names, schools, session["timezone"]) for each in recorded]
        left_out = sum(counts[status] for status in STATUSES) - len(recorded)
    else:
        attendees = [Attendee(names.get(id_, ""), schools.get(id_, "")) for id_ in people[:MOST_LISTED]]
        left_out = len(people) - len(attendees)
    return AttendanceList(
        meeting=meeting(work, session),
        attendees=sorted(attendees, key=_by_name),
        ketua=ketua_of(work, session["community_id"]),
        counts=counts,
        left_out=max(0, left_out),
    )


def minutes(work: Work, session: Doc) -> Minutes:
    """What the minutes say. Raises :class:`Conflict` while nobody has written any."""
    written = work.store.minutes.get(session["id"])
    if written is None:
        raise Conflict("papers.no_minutes")
    return _minutes(work, session, written)


def report(work: Work, session: Doc) -> Report:
    """What the report says, of whatever there is. Raises :class:`Conflict` before the session has begun."""
    if work.now < session["starts_at"]:
        raise Conflict("papers.not_begun")
    written = work.store.minutes.get(session["id"])
    return Report(minutes=_minutes(work, session, written), attendance=attendance_list(work, session))


def ketua_of(work: Work, community_id: str) -> str:
    """The name of the community's ketua; nothing where it has none just now."""
    community = known_community(work.store, community_id)
    found = active_members(work.store, community["id"], _MOST_OFFICERS, role="ketua")
    names = _names(work, [member["person_id"] for member in found])
    return next(iter(names.values()), "")


def _minutes(work: Work, session: Doc, written: Doc | None) -> Minutes:
    said = written or {"sections": [], "decisions": [], "done_differently": "", "photos": [], "approved_at": None}
    agenda = work.store.agendas.get(session["id"]) or {"items": [], "roles": {}}
    made = work.store.commitments.find({"session_id": session["id"]}, limit=_MOST_COMMITMENTS)
    spoken_of = [
        *agenda["roles"].values(),
        *(item["owner_id"] for item in agenda["items"]),
        *(owner for each in made for owner in each["owner_ids"]),
        said.get("approved_by"),
    ]
    names = _names(work, [id_ for id_ in spoken_of if id_])
    promised = [_commitment(each, names) for each in sorted(made, key=lambda each: each["due_on"])]
    room = _Room(MOST_LETTERS)
    decisions = [words for words in map(room.cut, said["decisions"]) if words]
    commitments = [each for each in promised if room.holds(each.title, each.goal, each.owners)]
    sections = [(each["title"], room.cut(each["text"])) for each in said["sections"]]
    return Minutes(
        meeting=meeting(work, session),
        roles=[(say(f"role_{role}"), names[id_]) for role, id_ in agenda["roles"].items() if id_ in names],
        agenda=[
            Item(each["title"], str(each["minutes"] or ""), names.get(each["owner_id"], "")) for each in agenda["items"]
        ],
        sections=sections,
        cut=room.exceeded,
        decisions=decisions,
        done_differently=said["done_differently"],
        photos=[Photo(each["file_id"], each["caption"] or "") for each in said["photos"]],
        commitments=commitments,
        approved=_approved(work, said, names),
        note_taker=names.get(agenda["roles"].get("note_taker") or "", ""),
        ketua=ketua_of(work, session["community_id"]),
        written=written is not None,
    )


def _commitment(commitment: Doc, names: dict[str, str]) -> Commitment:
    owners = [names[id_] for id_ in commitment["owner_ids"] if id_ in names]
    return Commitment(
        title=commitment["title"],
        goal=commitment["goal"],
        due=dates.plain(date.fromisoformat(commitment["due_on"])),
        owners=", ".join(owners) or say("everybody"),
    )


def _approved(work: Work, written: Doc, names: dict[str, str]) -> str:
    if written["approved_at"] is None:
        return ""
    day = dates.plain(dates.local_day(written["approved_at"], printing(work).timezone))
    return say("minutes_approved", day=day, name=names.get(written["approved_by"], ""))


def _attendee(each: Presence, names: dict[str, str], schools: dict[str, str], timezone: str) -> Attendee:
    person = each.person_id or ""
    return Attendee(
        name=each.name or names.get(person, ""),
        institution=each.institution or schools.get(person, ""),
        status=each.status,
        arrived=dates.clock(each.arrived_at, timezone) if each.arrived_at is not None else "",
    )


def _members(work: Work, session: Doc) -> list[str]:
    community = known_community(work.store, session["community_id"])
    return [member["person_id"] for member in active_members(work.store, community["id"], 2 * MOST_LISTED)]


def _names(work: Work, person_ids: Iterable[str]) -> dict[str, str]:
    people = work.store.people.get_many(person_ids)
    return {id_: person["name"] for id_, person in people.items()}


def schools_of(work: Work, person_ids: Sequence[str]) -> dict[str, str]:
    """The names of the schools where these people teach today, their own school before others."""
    days = Days(work.store, work.now)
    posts: dict[str, Doc] = {}
    for start in range(0, len(person_ids), IN_CHUNK):
        chunk = {"person_id": {"$in": list(person_ids[start : start + IN_CHUNK])}}
        found = [each for each in work.store.assignments.find(chunk, limit=IN_CHUNK * _MOST_POSTS) if days.count(each)]
        posts |= {each["person_id"]: each for each in sorted(found, key=lambda post: bool(post["primary"]))}
    schools = work.store.schools.get_many(post["npsn"] for post in posts.values())
    return {id_: schools[post["npsn"]]["name"] for id_, post in posts.items() if post["npsn"] in schools}


def _by_name(attendee: Attendee) -> str:
    return attendee.name.casefold()
