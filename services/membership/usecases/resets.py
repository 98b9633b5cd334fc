"""A forgotten password: a letter with a link, and setting another one with it.

Asking does the same work and gets the same answer whomever the login means; who that is comes out when the letter is
written, outside the request (docs/decisions/0118).
"""

from __future__ import annotations

from datetime import timedelta

from services.membership import credentials, sessions
from services.membership.keyring import keyring
from shared import clock
from shared.errors import Invalid, Text
from shared.ids import new_id
from shared.mail import Letter
from shared.messaging import Work
from shared.mongo import Doc
from shared.texts import render

JOB = "mails"
LINK_LIFE = timedelta(hours=1)
# Nobody's mailbox is filled by others asking again and again.
MOST_LETTERS = 3
_LANGUAGE = "id"


def request_reset(work: Work, order: Doc) -> Doc:
    """Have a letter written to whom the login means, if that is somebody who has an address; nobody is told."""
    work.allow()
    by = "email" if work.settings.smtp_url else "operator"
    if by == "email" and work.store.districts.get(work.district) is not None:
        letter_id = keyring(work.settings).pseudonym(work.district, f"reset/{order['login'].casefold()}")
        if work.store.mails.get(letter_id) is None:
            mail = {"id": letter_id, "login": order["login"], "number": new_id(), "tries": 0, "due_at": work.now}
            work.store.mails.insert({**mail, "expires_at": work.now + LINK_LIFE})
            work.wake(JOB)
    return {"by": by, "message": render(Text(f"membership.reset_by_{by}"), work.language)}


def confirm_reset(work: Work, order: Doc) -> Doc:
    """Another password, by the link in a letter; all earlier sessions end, and other links with them."""
    work.allow()
    reset = work.store.resets.get(keyring(work.settings).reset_id(work.district, order["token"]))
    if reset is None or reset["expires_at"] <= work.now:
        raise Invalid.field("token", "membership.reset_link_wrong")
    person = work.store.people.require(reset["person_id"])
    work.concerns(person["id"])
    person = credentials.set_first(work, person, order["password"])
    return sessions.begin(work, person, order["user_agent"])


def letter_of(work: Work, mail: Doc) -> Letter | None:
    """The letter that was asked for; ``None`` where there is nobody to write to. The same letter when tried again."""
    person = credentials.find(work, mail["login"])
    if person is None or person["status"] != "active" or not person["email"]:
        return None
    if credentials.only_owner(work, f"email:{person['email']}") is None:
        return None
    token = keyring(work.settings).reset_token(work.district, person["id"], mail["number"])
    reset_id = keyring(work.settings).reset_id(work.district, token)
    if work.store.resets.get(reset_id) is None:
        sent = work.store.resets.find({"person_id": person["id"]}, limit=2 * MOST_LETTERS)
        if sum(reset["expires_at"] > clock.now() for reset in sent) >= MOST_LETTERS:
            return None
        work.store.resets.insert({"id": reset_id, "person_id": person["id"], "expires_at": work.now + LINK_LIFE})
    gaps = {
        "name": person["name"],
        "username": person["username"],
        "district": work.store.districts.require(work.district)["name"],
        "link": f"{work.settings.public_url}/reset#{token}",
    }
    subject, text = (render(Text(f"membership.reset_mail_{part}", gaps), _LANGUAGE) for part in ("subject", "text"))
    return Letter(person["email"], " ".join(subject.split()), text)
