"""Assignment letters: asked for by officers or members, granted or refused by the school, printed on its letterhead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.scheduling.domain import letters, sessions
from services.scheduling.snapshots import letter_state
from shared.communities import known_community
from shared.contracts.events.scheduling import ASSIGNMENT_LETTER_DECIDED, ASSIGNMENT_LETTER_REQUESTED
from shared.contracts.words import LETTER_STATUSES
from shared.errors import Conflict, Invalid, NotFound
from shared.messaging import Work
from shared.mongo import Doc, Taken
from shared.paging import Page
from shared.standing import Days

LEADERS = ("principal", "school_operator")
_MOST_POSTS = 2_000


def request_letter(work: Work, order: Doc) -> Doc:
    """The letter as it waits for the school, whose leaders are told."""
    session = work.store.sessions.require(order["session_id"], "scheduling.unknown_session")
    named = letters.distinct(order["person_ids"])
    work.allow(community_id=session["community_id"], person_id=named[0] if len(named) == 1 else None)
    sessions.check_scheduled(session["status"])
    letters.check_ahead(session["ends_at"], work.now)
    if work.store.schools.get(order["npsn"]) is None:
        raise Invalid.field("npsn", "papers.unknown_school")
    letters.check_named(named, _teachers(work, order["npsn"], named), _members(work, session["community_id"], named))
    letter = work.store.letters.insert(
        {
            "session_id": session["id"],
            "community_id": session["community_id"],
            "npsn": order["npsn"],
            "person_ids": named,
            "status": "requested",
            "requested_by": work.caller.person_id,
            **dict.fromkeys(("number", "signatory", "reason", "decided_by", "decided_at")),
        }
    )
    _claim(work, letter)
    work.emit(ASSIGNMENT_LETTER_REQUESTED, letter_state(letter), letter["version"])
    return _shown(work, [letter])[0]


def list_session_letters(work: Work, asked: Doc) -> Doc:
    """Those asked for one session, as far as the caller is concerned with them."""
    work.allow()
    session = work.store.sessions.require(asked["session_id"], "scheduling.unknown_session")
    page = work.store.letters.page({"session_id": session["id"]}, asked, keep=lambda letter: concerns(work, letter))
    return _page(work, page)


def list_letters(work: Work, asked: Doc) -> Doc:
    """Those that wait for a leader of schools, the newest first; else those that name the caller."""
    work.allow()
    schools = sorted(work.standing.schools(*LEADERS))
    status = asked["status"]
    if schools and not asked["mine"]:
        # Whoever follows the list has to see a letter leave it.
        usual = LETTER_STATUSES if asked["updated_since"] else ("requested",)
        where = [{"npsn": npsn, "status": each} for npsn in schools for each in ([status] if status else usual)]
        return _page(work, work.store.letters.page(where, asked, newest_first=True))
    own = {"person_ids": work.caller.person_id}
    keep = (lambda letter: letter["status"] == status) if status else None
    return _page(work, work.store.letters.page(own, asked, newest_first=True, keep=keep))


def get_letter(work: Work, asked: Doc) -> Doc:
    letter = visible(work, asked["letter_id"])
    work.allow()
    return _shown(work, [letter])[0]


def grant_letter(work: Work, order: Doc) -> Doc:
    """The letter can be printed from now on; those named and whoever asked are told."""
    return _decided(work, order, "granted", number=order["number"], signatory=order["signatory"])


def refuse_letter(work: Work, order: Doc) -> Doc:
    """Those named and whoever asked are told; another letter may be asked for."""
    letter = _decided(work, order, "refused", **{name: order[name] for name in ("reason", "number", "signatory")})
    for person_id in (person["person_id"] for person in letter["people"]):
        work.store.named.delete(_claimed(letter, person_id))
    return letter


def visible(work: Work, letter_id: str) -> Doc:
    """The letter. Raises :class:`NotFound` to those whom it does not concern."""
    letter: Doc = work.store.letters.require(letter_id, "papers.unknown_letter")
    if not concerns(work, letter):
        raise NotFound("papers.unknown_letter")
    return letter


def concerns(work: Work, letter: Doc) -> bool:
    """Whether it names the caller, who asked for it, leads its school or is an officer of its community."""
    me = work.caller.person_id
    if me in letter["person_ids"] or me == letter["requested_by"]:
        return True
    leads = any(work.standing.holds(role, letter["npsn"]) for role in LEADERS)
    return leads or work.standing.officer_of(letter["community_id"])


def _decided(work: Work, order: Doc, status: str, **said: Any) -> Doc:
    letter = visible(work, order["letter_id"])
    work.allow(npsn=letter["npsn"])
    letters.check_requested(letter["status"])
    if status == "granted":
        sessions.check_scheduled(work.store.sessions.require(letter["session_id"])["status"])
    decided = {"status": status, "decided_by": work.caller.person_id, "decided_at": work.now}
    letter = work.store.letters.save({**letter, **said, **decided})
    work.emit(ASSIGNMENT_LETTER_DECIDED, letter_state(letter), letter["version"])
    return _shown(work, [letter])[0]


def _claim(work: Work, letter: Doc) -> None:
    """Nobody is named twice: the rows are the guard, whoever asks at the same moment."""
    rows = [{"id": _claimed(letter, person_id), "letter_id": letter["id"]} for person_id in letter["person_ids"]]
    try:
        work.store.named.insert_many(rows)
    except Taken:
        raise Conflict("papers.already_named") from None


def _claimed(letter: Doc, person_id: str) -> str:
    return f"{letter['session_id']}/{letter['npsn']}/{person_id}"


def _teachers(work: Work, npsn: str, person_ids: Sequence[str]) -> set[str]:
    """Those of these people who have a post at the school today."""
    days = Days(work.store, work.now)
    posts = work.store.assignments.find({"person_id": {"$in": list(person_ids)}}, limit=_MOST_POSTS)
    return {post["person_id"] for post in posts if post["npsn"] == npsn and days.count(post)}


def _members(work: Work, community_id: str, person_ids: Sequence[str]) -> set[str]:
    """Those of these people who belong to the community; its founder before the record of it arrives too."""
    community = known_community(work.store, community_id)
    records = work.store.members.get_many(f"{community['id']}/{person_id}" for person_id in person_ids)
    belong = {record["person_id"] for record in records.values() if record["active"]}
    founder = community["founder_id"]
    return belong if f"{community['id']}/{founder}" in records else belong | {founder}


def _page(work: Work, page: Page) -> Doc:
    found: Doc = Page(_shown(work, page.items), page.next).as_dict()
    return found


def _shown(work: Work, found: Sequence[Doc]) -> list[Doc]:
    """The letters with the words of what they speak of; three reads for any number."""
    sessions = work.store.sessions.get_many(letter["session_id"] for letter in found)
    schools = work.store.schools.get_many(letter["npsn"] for letter in found)
    people = work.store.people.get_many(person_id for letter in found for person_id in letter["person_ids"])

    def name(person_id: str) -> str | None:
        return people[person_id]["name"] if person_id in people else None

    return [
        {
            **letter,
            **{field: sessions[letter["session_id"]][field] for field in ("title", "starts_at", "ends_at", "timezone")},
            "school": schools[letter["npsn"]]["name"],
            "people": [{"person_id": each, "name": name(each)} for each in letter["person_ids"]],
        }
        for letter in found
    ]
