"""Getting in and out: activate, log in, refresh, log out, change the password."""

from __future__ import annotations

from services.membership import credentials, guesses, hashing, sessions
from services.membership.domain import accounts, people
from services.membership.domain.accounts import Presented
from services.membership.keyring import keyring, read_refresh_token
from shared.errors import Invalid, Refusal, Unauthenticated
from shared.messaging import Work
from shared.mongo import Doc


def activate(work: Work, order: Doc) -> Doc:
    """Set a password with a one-time code. For somebody who had one, all earlier sessions end."""
    work.allow()
    code = work.store.activations.get(keyring(work.settings).code_id(work.district, order["code"]))
    if code is None or code["expires_at"] <= work.now:
        raise Invalid.field("code", "membership.code_wrong")
    person = work.store.people.require(code["person_id"])
    work.concerns(person["id"])
    person = credentials.set_first(work, person, order["password"])
    return sessions.begin(work, person, order["user_agent"])


def log_in(work: Work, order: Doc) -> Doc | Refusal:
    """Log in. Unknown logins get the same answer as wrong passwords, after the same time.

    After ten failures from one place within 15 minutes further ones from there must wait; the failure itself is kept
    though it is refused.
    """
    work.allow()
    person = credentials.find(work, order["login"])
    if person is not None:
        work.concerns(person["id"])
    whose = person["id"] if person else keyring(work.settings).pseudonym(work.district, order["login"].casefold())
    watched = guesses.of_login(work, whose)
    guesses.check(work, watched)
    account = work.store.accounts.get(whose)
    hashed = account["hash"] if account else None
    if not hashing.is_right(hashed, order["password"]) or person is None or account is None:
        guesses.count(work, watched)
        return Unauthenticated("membership.wrong_login")
    credentials.check_present(person)
    if hashing.is_dated(account["hash"]):
        work.store.accounts.save({**account, "hash": hashing.hash_password(order["password"])})
    return sessions.begin(work, person, order["user_agent"])


def refresh(work: Work, order: Doc) -> Doc | Refusal:
    """New tokens for a refresh token. Repeated within 60 s it gets the same successor; later it ends the session."""
    work.allow()
    token = read_refresh_token(order["refresh_token"])
    session = work.store.sessions.get(token.sid) if token else None
    if token is None or session is None or not keyring(work.settings).proves(token, work.district, session["salt"]):
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
    if session is not None:
        sessions.end(work, session)


def change_password(work: Work, order: Doc) -> Doc | Refusal | None:
    """Another password for the caller; all their other sessions end, and links in letters count no more."""
    work.allow()
    person = work.store.people.require(work.caller.person_id)
    account = work.store.accounts.require(person["id"])
    watched = guesses.of_change(person["id"])
    guesses.check(work, watched)
    credentials.check_password(work, person, order["new"], "new")
    if not hashing.is_right(account["hash"], order["current"]):
        guesses.count(work, watched)
        return Invalid.field("current", "membership.password_wrong")
    credentials.set_password(work, account, order["new"])
    sessions.end_others(work, person["id"], work.caller.sid)
    return None


def _lives(work: Work, session: Doc, person: Doc) -> bool:
    record = work.store.access.get(person["id"])
    since = record["tokens_valid_from"] if record else None
    over = session["expires_at"] <= work.now or person["status"] not in people.PRESENT
    return not (over or (since is not None and session["created_at"] < since))
