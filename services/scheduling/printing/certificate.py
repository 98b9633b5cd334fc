"""The certificate as people hold it in their hands: one sheet, a QR code to check it by, and a seal on the file."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time

from services.scheduling.domain.certificates import unsealed
from services.scheduling.signing import CertificateKeys
from shared import dates
from shared.errors import Text
from shared.printing import Letterhead, Paper
from shared.texts import render

_LANGUAGE = "id"


def drawn(stated: str, signature: str, kid: str, sealed_by: str, public_url: str) -> bytes:
    """The sheet, with the signed statement attached as ``sertifikat.json``; the same statement gives the same bytes.

    ``kid`` signed the statement, when it was issued; the file is going to be sealed by the key ``sealed_by``.
    """
    said = json.loads(stated)
    address = f"{public_url}/v1/certificates/{said['number']}"
    issued_on = date.fromisoformat(said["issued_on"])
    paper = Paper(
        _say("paper_window", number=said["number"]),
        made_at=datetime.combine(issued_on, time(), UTC),
        footnote=_say("paper_foot", number=said["number"]),
    )
    paper.letterhead(Letterhead(said["district_name"], said["community_name"]))
    paper.gap(6)
    paper.heading(_say("paper_title"), _say("paper_number", number=said["number"]))
    paper.centred(_say("paper_given_to"))
    paper.name(said["holder_name"])
    paper.centred(_say("paper_for", community=said["community_name"], jp=said["jp"]))
    paper.gap(4)
    paper.facts(
        [
            (_say("semester"), said["semester"]),
            (_say("paper_days"), _say("paper_span", first=_day(said["first_day"]), last=_day(said["last_day"]))),
            (_say("sessions"), _say("paper_sessions", sessions=said["sessions"])),
            (_say("minutes"), _say("paper_minutes", minutes=said["minutes"])),
            (_say("jp"), _say("paper_jp", jp=said["jp"])),
            (_say("issued_on"), _day(said["issued_on"])),
        ]
    )
    paper.gap(4)
    paper.paragraph(_say("paper_rule"))
    paper.gap(4)
    paper.qr(address, caption=_say("paper_check", address=address, kid=sealed_by), side=32)
    attached = {"statement": stated, "kid": kid, "algorithm": "Ed25519", "signature": signature}
    paper.attach("sertifikat.json", json.dumps(attached, ensure_ascii=False, indent=1).encode())
    return paper.as_bytes()


def sealed(paper: bytes, number: str, keys: CertificateKeys) -> bytes:
    """The PDF with its last line: a comment that signs every byte before it, so that one that was altered shows."""
    said = unsealed(paper, number, keys.kid)
    return said + keys.sign(said).hex().encode() + b"\n"


def _day(text: str) -> str:
    return dates.plain(date.fromisoformat(text), _LANGUAGE)


def _say(name: str, **params: object) -> str:
    return render(Text(f"certificates.{name}", params), _LANGUAGE)
