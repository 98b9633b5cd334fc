"""Login sessions: a family of refresh tokens that rotate, and the access tokens that are issued with them."""

from __future__ import annotations

from secrets import token_hex

from services.membership import access
from services.membership.domain import accounts, people
from services.membership.domain.devices import read_device
from services.membership.domain.people import Sight
from services.membership.keyring import keyring
from shared.identity import ACCESS_TOKEN_LIFE
from shared.ids import new_id
from shared.messaging import Work
from shared.mongo import Doc

# Nobody has more: whoever begins another one loses the one that was left alone the longest.
MOST_SESSIONS = 50


def begin(work: Work, person: Doc, user_agent: str | None = None) -> Doc:
    """A new login session of a person; answers its first tokens."""
    _make_room(work, person["id"])
    session = work.store.sessions.insert(
        {
            "id": new_id(),
            "person_id": person["id"],
            "device": list(read_device(user_agent)),
            "salt": token_hex(16),
            "generation": 1,
            "rotated_at": work.now,
            "expires_at": work.now + accounts.SESSION_LIFE,
        }
    )
    return tokens(work, session, person)


def tokens(work: Work, session: Doc, person: Doc) -> Doc:
    """The tokens of the session's present generation, with the person as they see themselves."""
    keys = keyring(work.settings)
    access_token, _ = keys.signer.issue(person["id"], work.district, session["id"])
    return {
        "access_token": access_token,
        "refresh_token": keys.refresh_token(work.district, session["id"], session["generation"], session["salt"]),
        "expires_in": int(ACCESS_TOKEN_LIFE.total_seconds()),
        "person": people.seen(person, Sight.ALL, whole_nip=True),
    }


def of(work: Work, person_id: str) -> list[Doc]:
    """A person's sessions that have not run out, the one that was used last first."""
    found = work.store.sessions.find({"person_id": person_id}, limit=2 * MOST_SESSIONS)
    living = [session for session in found if session["expires_at"] > work.now]
    return sorted(living, key=lambda session: (session["rotated_at"], session["id"]), reverse=True)


def end(work: Work, session: Doc) -> None:
    """The session ends: neither its refresh token nor its access tokens count any more."""
    work.store.sessions.delete(session["id"])
    access.revoke(work, session["person_id"], [session["id"]])


def end_others(work: Work, person_id: str, sid: str) -> None:
    """All sessions of a person but this one end."""
    others = [session["id"] for session in of(work, person_id) if session["id"] != sid]
    for other in others:
        work.store.sessions.delete(other)
    if others:
        access.revoke(work, person_id, others)


def end_all(work: Work, person_id: str) -> None:
    """All sessions of a person end."""
    for session in of(work, person_id):
        work.store.sessions.delete(session["id"])
    access.cut_off(work, person_id)


def _make_room(work: Work, person_id: str) -> None:
    # Their refresh tokens stop to count; an access token, which nobody has used to ask for another one in a long time,
    # is over by itself.
    for session in of(work, person_id)[MOST_SESSIONS - 1 :]:
        work.store.sessions.delete(session["id"])
