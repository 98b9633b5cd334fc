"""Getting in and out: activate, log in, refresh, log out, change the password."""

from __future__ import annotations

from services.membership import access, hashing, sessions
from services.membership.domain import accounts, passwords, people
from services.membership.domain.accounts import Presented
from services.membership.keyring import keyring, read_refresh_token
from services.membership.phones import phone_or_none
from services.membership.snapshots import person_state
from shared.contracts.events.membership import PERSON_CHANGED
from shared.errors import Forbidden, Invalid, Refusal, TooMany, Unauthenticated
from shared.messaging import Work
from shared.mongo import Doc

_BUCKET_SECONDS = 60
_BUCKETS = 15


def activate(work: Work, order: Doc) -> Doc:
    """Set a password with a one-time code. For somebody who had one, all earlier sessions end."""
    work.allow()
    code = work.store.activations.get(keyring().code_id(work.district, order["code"]))
    if code is None or code["expires_at"] <= work.now:
        raise Invalid.field("code", "membership.code_wrong")
    person = work.store.people.require(code["person_id"])
    if person["status"] not in people.PRESENT:
        raise Forbidden("membership.account_disabled")
    account = work.store.accounts.require(person["id"])
    _check_password(person, order["password"])
    if account["hash"] is not None:
        access.cut_off(work, person["id"])
    work.store.accounts.save({**account, "hash": hashing.hash_password(order["password"])})
    work.store.activations.delete(code["id"])
    if person["status"] == "invited":
        person = work.store.people.save({**person, "status": "active"})
        work.emit(PERSON_CHANGED, person_state(person), person["version"])
    return sessions.begin(work, person)


def log_in(work: Work, order: Doc) -> Doc | Refusal:
    """Log in. Unknown logins get the same answer as wrong passwords, after the same time.

    After ten failures within 15 minutes further tries must wait; the failure itself is kept though it is refused.
    """
    work.allow()
    person = _find(work, order["login"])
    watched = person["id"] if person else keyring().pseudonym(work.district, order["login"].casefold())
    wait = _pause(work, watched)
    if wait > 0:
        raise TooMany("membership.slow_down", retry_after=wait, seconds=round(wait) or 1)
    account = work.store.accounts.get(person["id"] if person else watched)
    hashed = account["hash"] if account else None
    if not hashing.is_right(hashed, order["password"]) or person is None or account is None:
        _count_failure(work, watched)
        return Unauthenticated("membership.wrong_login")
    if person["status"] not in people.PRESENT:
        raise Forbidden("membership.account_disabled")
    if hashing.is_dated(account["hash"]):
        work.store.accounts.save({**account, "hash": hashing.hash_password(order["password"])})
    return sessions.begin(work, person)


def refresh(work: Work, order: Doc) -> Doc | Refusal:
    """New tokens for a refresh token. Repeated within 60 s it gets the same successor; later it ends the session."""
    work.allow()
    token = read_refresh_token(order["refresh_token"])
    session = work.store.sessions.get(token.sid) if token else None
    if token is None or session is None or not keyring().proves(token, work.district, session["salt"]):
        raise Unauthenticated()
    person = work.store.people.require(session["person_id"])
    if not _lives(work, session, person):
        raise Unauthenticated()
    presented = accounts.judge(token.generation, session["generation"], session["rotated_at"], work.now)
    if presented is Presented.REUSED:
        sessions.end(work, session)
        return Unauthenticated("membership.session_stolen")
    if presented is Presented.CURRENT:
        session = work.store.sessions.save(
            {
                **session,
                "generation": session["generation"] + 1,
                "rotated_at": work.now,
                "expires_at": work.now + accounts.SESSION_LIFE,
            }
        )
    return sessions.tokens(work, session, person)


def log_out(work: Work, order: Doc) -> None:
    """End the caller's session."""
    work.allow()
    session = work.store.sessions.get(work.caller.sid)
    if session is not None and not session["ended"]:
        sessions.end(work, session)


def change_password(work: Work, order: Doc) -> Doc | Refusal | None:
    """Another password for the caller; all their other sessions end."""
    work.allow()
    person = work.store.people.require(work.caller.person_id)
    account = work.store.accounts.require(person["id"])
    wait = _pause(work, person["id"])
    if wait > 0:
        raise TooMany("membership.slow_down", retry_after=wait, seconds=round(wait) or 1)
    _check_password(person, order["new"], "new")
    if not hashing.is_right(account["hash"], order["current"]):
        _count_failure(work, person["id"])
        return Invalid.field("current", "membership.password_wrong")
    work.store.accounts.save({**account, "hash": hashing.hash_password(order["new"])})
    sessions.end_others(work, person["id"], work.caller.sid)
    return None


def _find(work: Work, login: str) -> Doc | None:
    """Whom a login means: its one owner, or the one person who has that e-mail address or phone."""
    own, among = people.login_keys(login, phone_or_none(login))
    found: Doc | None = work.store.people.one({"logins": own})
    for key in among:
        if found is None:
            sharing = work.store.people.find({"keys": key}, limit=2)
            found = sharing[0] if len(sharing) == 1 else None
    return found


def _lives(work: Work, session: Doc, person: Doc) -> bool:
    record = work.store.access.get(person["id"])
    since = record["tokens_valid_from"] if record else None
    over = session["ended"] or session["expires_at"] <= work.now or person["status"] not in people.PRESENT
    return not (over or (since is not None and session["created_at"] < since))


def _check_password(person: Doc, password: str, field: str = "password") -> None:
    known = [person[name] for name in ("name", "username", "nuptk", "nip", "email", "phone") if person[name]]
    weakness = passwords.weakness(password, known)
    if weakness is not None:
        raise Invalid.field(field, f"membership.{weakness}")


def _bucket(work: Work, watched: str, minutes_ago: int = 0) -> str:
    return f"{watched}/{int(work.now.timestamp()) // _BUCKET_SECONDS - minutes_ago}"


def _pause(work: Work, watched: str) -> float:
    buckets = work.store.failures.get_many(_bucket(work, watched, ago) for ago in range(_BUCKETS)).values()
    last = max((bucket["last_at"] for bucket in buckets), default=None)
    return accounts.pause(sum(bucket["failures"] for bucket in buckets), last, work.now)


def _count_failure(work: Work, watched: str) -> None:
    seen = {"last_at": work.now, "expires_at": work.now + accounts.FAILURES_KEPT}
    work.store.failures.upsert(_bucket(work, watched), inc={"failures": 1}, set=seen)
