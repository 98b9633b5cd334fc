"""Login sessions: a family of refresh tokens that rotate, and the access tokens that are issued with them."""

from __future__ import annotations

from secrets import token_hex

from services.membership import access
from services.membership.domain import accounts, people
from services.membership.domain.people import Sight
from services.membership.keyring import keyring
from shared.identity import ACCESS_TOKEN_LIFE
from shared.ids import new_id
from shared.messaging import Work
from shared.mongo import Doc

_MOST_SESSIONS = 200


def begin(work: Work, person: Doc) -> Doc:
    """A new login session of a person; answers its first tokens."""
    session = work.store.sessions.insert(
        {
            "id": new_id(),
            "person_id": person["id"],
            "salt": token_hex(16),
            "generation": 1,
            "rotated_at": work.now,
            "ended": False,
            "expires_at": work.now + accounts.SESSION_LIFE,
        }
    )
    return tokens(work, session, person)


def tokens(work: Work, session: Doc, person: Doc) -> Doc:
    """The tokens of the session's present generation, with the person as they see themselves."""
    access_token, _ = keyring().signer.issue(person["id"], work.district, session["id"])
    return {
        "access_token": access_token,
        "refresh_token": keyring().refresh_token(work.district, session["id"], session["generation"], session["salt"]),
        "expires_in": int(ACCESS_TOKEN_LIFE.total_seconds()),
        "person": people.seen(person, Sight.ALL, whole_nip=True),
    }


def end(work: Work, session: Doc) -> None:
    """The session ends: neither its refresh token nor its access tokens count any more."""
    if not session["ended"]:
        work.store.sessions.save({**session, "ended": True})
    access.revoke(work, session["person_id"], [session["id"]])


def end_others(work: Work, person_id: str, sid: str) -> None:
    """All sessions of a person but this one end."""
    found = work.store.sessions.find({"person_id": person_id}, limit=_MOST_SESSIONS)
    others = [session for session in found if not session["ended"] and session["id"] != sid]
    for session in others:
        work.store.sessions.save({**session, "ended": True})
    if others:
        access.revoke(work, person_id, [session["id"] for session in others])
