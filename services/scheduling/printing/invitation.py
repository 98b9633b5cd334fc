"""The invitation to a session, on the community's letterhead."""

from __future__ import annotations

from dataclasses import dataclass

from services.scheduling.printing.common import CLOSING, Meeting, Printing, begin, of_community, say
from shared.printing import Signature


@dataclass(frozen=True)
class Invitation:
    """What stands in it. ``ketua`` signs; ``url`` is the session's public page, as a QR code."""

    meeting: Meeting
    ketua: str
    url: str


def drawn(invitation: Invitation, printing: Printing) -> bytes:
    """The invitation as PDF."""
    meeting = invitation.meeting
    paper = begin("invitation", meeting, printing)
    paper.letterhead(of_community(meeting, printing))
    paper.heading(say("invitation"), say("number", number="." * 40))
    paper.paragraph(say("invitation_to", community=meeting.community))
    paper.paragraph(say("invitation_opens"))
    paper.facts(meeting.facts())
    paper.keep_together(CLOSING)
    paper.paragraph(say("invitation_closes"))
    dated = say("dated", place=printing.place, day=printing.today)
    paper.signatures(Signature([dated, say("ketua_of", community=meeting.community)], invitation.ketua))
    paper.qr(invitation.url, caption=f"{say('invitation_qr')}\n{invitation.url}", side=24)
    return paper.as_bytes()
