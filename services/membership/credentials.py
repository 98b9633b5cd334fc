"""What people log in with: whom a login means, and setting a password."""

from __future__ import annotations

from services.membership import codes, common_words, hashing, sessions
from services.membership.domain import passwords, people
from services.membership.phones import phone_or_none
from services.membership.snapshots import person_state
from shared.contracts.events.membership import PERSON_CHANGED
from shared.errors import Forbidden, Invalid
from shared.messaging import Work
from shared.mongo import Doc


def find(work: Work, login: str) -> Doc | None:
    """Whom a login means: its one owner, or the one person who has that e-mail address or phone."""
    own, among = people.login_keys(login, phone_or_none(login))
    found: Doc | None = work.store.people.one({"logins": own})
    for key in among:
        found = found or only_owner(work, key)
    return found


def only_owner(work: Work, key: str) -> Doc | None:
    """The one person who may be found by this key, such as ``email:siti@guru.example``; nobody where several may."""
    sharing = work.store.people.find({"keys": key}, limit=2)
    return sharing[0] if len(sharing) == 1 else None


def check_password(work: Work, person: Doc, password: str, field: str = "password") -> None:
    """Raises :class:`Invalid` for a password that is easily guessed (docs/decisions/0117)."""
    known = [person[name] for name in ("name", "username", "nuptk", "nip", "email", "phone") if person[name]]
    known.append(work.store.districts.require(work.district)["name"])
    known += [school["name"] for school in work.store.schools.get_many(person["schools"]).values()]
    weakness = passwords.weakness(password, [*known, *person["schools"]], common_words.words())
    if weakness is not None:
        raise Invalid.field(field, f"membership.{weakness}")


def set_first(work: Work, person: Doc, password: str) -> Doc:
    """A password for somebody who proved otherwise who they are; answers the person, active from now on.

    All sessions that they had end, and with them the code on their card and the links in letters. Raises
    :class:`Forbidden` for a disabled person, :class:`Invalid` for a password that is easily guessed.
    """
    check_present(person)
    check_password(work, person, password)
    account = work.store.accounts.require(person["id"])
    # Whoever logs in by an account elsewhere has sessions without ever having had a password.
    if account["hash"] is not None or sessions.of(work, person["id"]):
        sessions.end_all(work, person["id"])
    set_password(work, account, password)
    return activated(work, person, account)


def set_password(work: Work, account: Doc, password: str) -> None:
    """Another password; a link in a letter that was sent before sets none any more."""
    work.store.accounts.save({**account, "hash": hashing.hash_password(password)})
    work.store.resets.delete_where({"person_id": account["id"]})


def check_present(person: Doc) -> None:
    """Raises :class:`Forbidden` for somebody who may not log in."""
    if person["status"] not in people.PRESENT:
        raise Forbidden("membership.account_disabled")


def activated(work: Work, person: Doc, account: Doc) -> Doc:
    """The person, who has got into their account: no longer merely invited, and no unused card opens it any more."""
    codes.forget(work, account)
    if person["status"] != "invited":
        return person
    saved: Doc = work.store.people.save({**person, "status": "active"})
    work.emit(PERSON_CHANGED, person_state(saved), saved["version"])
    return saved
