"""What membership holds of a person (docs/decisions/0126).

The person's own record comes last: what must be looked for by name, number or contact is found with its help, and its
end is what the other services are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from services.membership import belonging, calendar, codes, erasing
from services.membership.dating import redate
from services.membership.domain import assignments, dated, people
from services.membership.enrolment import Enrolment
from services.membership.importing.forgetting import forget_in_rows
from services.membership.phones import phone_or_none
from services.membership.snapshots import join_request_state, person_state, role_state
from services.membership.store import MembershipStore
from services.membership.usecases import exporting
from shared import clock, following
from shared.contracts.events import membership as events
from shared.messaging import SystemWork, Work
from shared.mongo import Doc
from shared.personal import ERASED, Blank, Do, Forget, Holding, Keep, Later, Personal, Sweep, by, nobody, own

_MOST = 1000


def _withdraw_requests(work: Work, person_id: str, requests: list[Doc]) -> None:
    """What waits is withdrawn; of all, the words are forgotten."""
    for request in requests:
        waiting = request["status"] == "pending"
        status = "withdrawn" if waiting else request["status"]
        saved = work.store.join_requests.save({**request, "reason": "", "answer": None, "status": status})
        if waiting:
            work.store.askings.update(f"{request['community_id']}/{person_id}", set={"status": status})
            work.emit(events.JOIN_DECIDED, join_request_state(saved), saved["version"])


def _leave_communities(work: Work, person_id: str, members: list[Doc]) -> None:
    for record in members:
        if record["active"]:
            belonging.depart(work, record, "erased", calendar.today(work))


def _cancel_transfers(work: Work, person_id: str, transfers: list[Doc]) -> None:
    for transfer in transfers:
        if transfer["status"] == "planned":
            work.store.transfers.save({**transfer, "status": "cancelled"})


def _end_assignments(work: Work, person_id: str, facts: list[Doc]) -> None:
    person = work.store.people.require(person_id)
    known = {fact["id"]: fact for fact in facts}
    enrolment = Enrolment(work)
    for after in assignments.left(facts, enrolment.today):
        enrolment.rewrite(person, known[after["id"]], after)
    enrolment.save()


def _end_roles(work: Work, person_id: str, grants: list[Doc]) -> None:
    today = calendar.today(work)
    for grant in grants:
        if grant["valid_until"] is None or grant["valid_until"] >= today:
            ended = redate(work, grant, grant["valid_from"], dated.day_before(today))
            work.emit(events.ROLE_CHANGED, role_state(ended), ended["version"])


def _forget_account(work: Work, person_id: str, accounts: list[Doc]) -> None:
    """The account, and the code on the last card that was printed for it."""
    for account in accounts:
        codes.forget(work, account)
        work.store.accounts.delete(person_id)


def _forget_files(work: SystemWork, district: str, person_id: str) -> int:
    """The pieces of lists that were handed in: nobody needs them once their dry run is done."""
    if work.system.find(MembershipStore.import_jobs, {"district": district}, 1):
        raise Later
    everything = {"expires_at": {"$gt": clock.EPOCH}}
    gone: int = work.run(district, lambda w: w.store.chunks.delete_where(everything))
    return gone


def _forget_letters(work: SystemWork, district: str, person_id: str) -> int:
    """Letters that wait for the mail server: they hold what the person typed to log in with."""
    store = work.store(district)
    person = store.people.get(person_id)
    waiting = store.mails.find({"due_at": {"$gt": clock.EPOCH}}, limit=_MOST)
    own_ones = [mail["id"] for mail in waiting if person is not None and _means(mail["login"], person)]
    for id_ in own_ones:
        work.run(district, partial(_forget_letter, id_=id_))
    return len(own_ones)


def _forget_letter(work: Work, id_: str) -> None:
    work.store.mails.delete(id_)


def _means(login: str, person: Doc) -> bool:
    mine, among = people.login_keys(login, phone_or_none(login))
    return mine in person["logins"] or any(key in person["keys"] for key in among)


def _erase_person(work: Work, person_id: str, found: list[Doc]) -> None:
    """Nothing of the record is left but its id; with that the others are told."""
    for person in found:
        nameless = {
            **people.new(person_id, ERASED),
            **ERASED,
            "logins": [f"erased:{person_id}"],
            "keys": [],
            "erased": True,
        }
        # Its external ids are given up by whoever saves a record that had them.
        names_kept = ("id", "n", "version", "created_at", "district", following.KNOWN_AS)
        kept = {name: person[name] for name in names_kept if name in person}
        saved = work.store.people.save({**nameless, **kept})
        work.emit(events.PERSON_CHANGED, person_state(saved), saved["version"])
        erasing = work.store.erasures.find({"person_id": person_id}, limit=_MOST)
        current = next(each for each in erasing if each["status"] == "erasing")
        told = {"person_id": person_id, "erasure_id": current["id"]}
        work.emit(events.PERSON_ERASED, told, saved["version"])


_SHOWN: Mapping[str, tuple[str, ...]] = {
    "people": (
        *("id", "name", "username", "nuptk", "nip", "employment", "email", "phone", "subjects", "status"),
        *("npsn", "external_ids", "created_at"),
    ),
    "assignments": ("npsn", "primary", "duty", "valid_from", "valid_until"),
    "join_requests": ("community_id", "reason", "status", "answer", "created_at"),
    "proposals": ("name", "kind", "reason", "status", "answer", "created_at"),
    "transfers": ("kind", "effective_on", "from_npsn", "to_npsn", "status"),
    "roles": ("role", "scope_id", "valid_from", "valid_until"),
    "members": ("community_id", "role", "active", "joined_at", "left_at"),
    "memberships": ("community_id", "role", "valid_from", "valid_until", "reason"),
    "sessions": ("device", "created_at", "rotated_at", "expires_at"),
    "identities": ("issuer", "created_at"),
    "erasures": ("status", "requested_at", "effective_at", "reason"),
}


def _shown(table: str) -> dict[str, Any]:
    return {"shows": _SHOWN[table]}


PERSONAL = Personal(
    Holding("chunks", nobody, Sweep(_forget_files)),
    Holding("import_rows", nobody, Sweep(forget_in_rows)),
    Holding("mails", nobody, Sweep(_forget_letters)),
    Holding("resets", by("person_id"), Forget()),
    Holding("join_requests", by("person_id"), Do(_withdraw_requests, why="history"), **_shown("join_requests")),
    Holding("proposals", by("person_id"), Blank("history", {"reason": "", "answer": None}), **_shown("proposals")),
    Holding("members", by("person_id"), Do(_leave_communities, why="history"), **_shown("members")),
    Holding("memberships", by("person_id"), Keep("history"), **_shown("memberships")),
    Holding("transfers", by("person_id"), Do(_cancel_transfers, why="history"), **_shown("transfers")),
    Holding("assignments", by("person_id"), Do(_end_assignments, why="history"), **_shown("assignments")),
    Holding("roles", by("person_id"), Do(_end_roles, why="history"), **_shown("roles")),
    Holding("sessions", by("person_id"), Forget(), **_shown("sessions")),
    Holding("identities", by("person_id"), Forget(), **_shown("identities")),
    Holding("accounts", own, Do(_forget_account)),
    Holding("access", own, Keep("security")),
    Holding("exports", by("person_id"), Forget()),
    Holding("erasures", by("person_id"), Blank("receipt", {"reason": None}), **_shown("erasures")),
    Holding("people", own, Do(_erase_person), **_shown("people")),
    impersonal=(
        "districts",
        "schools",
        "registers",
        "communities",
        "rosters",
        "imports",
        "import_jobs",
        "api_clients",
        "askings",
        "deadlines",
        "invitations",
        "merges",
        # People from elsewhere, who have no account: officers remove them at their word, and nothing of them is kept.
        "guests",
        "erasures_due",
        "superseded",
        "turns",
        # By whose account: an id, for an hour; activations: an id, until it is used; the account's end ends it.
        "failures",
        "activations",
        # A digest of what a provider of accounts said, for minutes.
        "spent",
    ),
    when_erased=erasing.confirm,
    when_exported=exporting.collect_part,
)
