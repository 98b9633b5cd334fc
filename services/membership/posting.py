"""The mails job: what use cases asked to be written is sent, and tried again while the server is away.

A letter is put together in a transaction and sent outside it. Killed in between, the job sends the same letter again.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from services.membership.store import MembershipStore
from services.membership.usecases import resets
from shared import clock, logs
from shared.mail import Letter, MailAway, Mailer, MailRefused
from shared.messaging import SystemWork, Work
from shared.mongo import Doc

# A letter that could not be sent for as long as its link would hold is worth nothing any more, and expires.
KEPT = resets.LINK_LIFE
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
_AT_ONCE = 20
_log = logs.get(__name__)


def run_once(work: SystemWork, mailer: Mailer | None) -> bool:
    """Send what is due. Returns whether there may be more; stops when the server is away."""
    if mailer is None:
        return False
    more = False
    for district in list(work.system.walk(MembershipStore.districts)):
        due = {"due_at": {"$gt": clock.EPOCH, "$lte": clock.now()}}
        for mail in work.store(district["id"]).mails.find(due, limit=_AT_ONCE):
            if not _send(work, district["id"], mail, mailer):
                return False
            more = True
    return more


def _send(work: SystemWork, district: str, mail: Doc, mailer: Mailer) -> bool:
    """Whether the server took (or refused) it; what it could not take is tried again later."""
    letter: Letter | None = None
    if clock.now() - mail["created_at"] < KEPT:
        letter = work.run(district, partial(resets.letter_of, mail=mail))
    try:
        if letter is not None:
            mailer.send(letter)
    except MailAway as away:
        _log.warning("a mail waits for the server", district=district, tries=mail["tries"] + 1, error=str(away))
        work.run(district, partial(_later, mail=mail))
        return False
    except MailRefused as refused:
        _log.warning("a mail was refused", district=district, error=str(refused))
    work.run(district, partial(_done, mail=mail))
    return True


def _later(work: Work, mail: Doc) -> None:
    pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(mail["tries"], 10))
    work.store.mails.update(mail["id"], set={"due_at": work.now + pause}, inc={"tries": 1})


def _done(work: Work, mail: Doc) -> None:
    work.store.mails.delete(mail["id"])
