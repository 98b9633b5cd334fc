"""Looking at certificates, checking them, and revoking one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any

from services.scheduling.domain.certificates import REVOKED, VALID, check_revocable, read_number, read_seal, statement
from services.scheduling.printing.certificate import drawn, sealed
from services.scheduling.signing import certificate_keys
from services.scheduling.snapshots import certificate_state
from shared import clock, dates
from shared.communities import known_community, whole
from shared.contracts.events.scheduling import CERTIFICATE_REVOKED
from shared.errors import Conflict, NotFound, Text
from shared.messaging import Work, offload
from shared.mongo import Doc
from shared.standing import zone_of
from shared.texts import render

# The clocks of two machines may differ by so much.
_SKEW = timedelta(hours=1)


def list_certificates(work: Work, asked: Doc) -> Doc:
    """One's own certificates, or a community's, the latest first; those that count no more too."""
    where: Doc | list[Doc]
    if asked["community_id"] is None:
        where = {"person_id": work.caller.person_id}
        work.allow(person_id=work.caller.person_id)
    else:
        community_id = known_community(work.store, asked["community_id"])["id"]
        work.allow(community_id=community_id)
        where = [{"community_id": id_} for id_ in whole(work.store, [community_id])]
    between = (clock.EPOCH, work.now + _SKEW)
    page = work.store.certificates.page(where, asked, by="issued_at", newest_first=True, between=between)
    return page.as_dict(_view)


def check_certificate(work: Work, asked: Doc) -> Doc:
    """What the certificate says and whether it counts, for anybody who knows its number."""
    work.allow()
    return _public(work, _found(work, asked["number"]))


def print_certificate(work: Work, asked: Doc) -> tuple[Doc, bytes]:
    """The certificate as a PDF under a seal. Raises :class:`Conflict` for one that counts no more."""
    work.allow()
    certificate = _found(work, asked["number"])
    if certificate["status"] != VALID or certificate["holder_name"] is None:
        raise Conflict("certificates.not_valid")
    keys = certificate_keys(work.settings)
    stated = _public(work, certificate)
    signed = stated["statement"], stated["signature"], certificate["kid"]
    paper = offload(_drawn, *signed, keys.kid, work.settings.public_url)
    return {"number": certificate["id"]}, sealed(paper, certificate["id"], keys)


def check_paper(work: Work, asked: Doc) -> Doc:
    """Whether a PDF is one of ours, unchanged, and what it certifies counts."""
    work.allow()
    seal = read_seal(work.body or b"")
    if seal is None:
        return _outcome(work, "not_ours")
    if not certificate_keys(work.settings).verifies(seal.kid, seal.signature, seal.signed):
        return _outcome(work, "altered")
    certificate = work.store.certificates.get(seal.number)
    if certificate is None:
        return _outcome(work, "unknown")
    return _outcome(work, certificate["status"], _public(work, certificate))


def list_certificate_keys(work: Work) -> Doc:
    """The public keys of this deployment's certificates."""
    work.allow()
    return {"keys": certificate_keys(work.settings).published()}


def revoke_certificate(work: Work, order: Doc) -> Doc:
    """The certificate, which counts no more; its holder is told."""
    certificate = _found(work, order["number"])
    work.allow(community_id=certificate["community_id"])
    check_revocable(certificate["status"])
    gone = {"status": REVOKED, "revoked_at": work.now, "revoked_by": work.caller.person_id}
    certificate = work.store.certificates.save({**certificate, **gone, "revoke_reason": order["reason"]})
    work.emit(CERTIFICATE_REVOKED, certificate_state(certificate), certificate["version"])
    return _view(certificate)


def _found(work: Work, typed: str) -> Doc:
    number = read_number(typed)
    if number is None:
        raise NotFound("certificates.unknown")
    return work.store.certificates.require(number, "certificates.unknown")


def _view(certificate: Doc) -> Doc:
    return {**certificate, "number": certificate["id"]}


def _public(work: Work, certificate: Doc) -> Doc:
    """Without what is between the holder and the officers; whoever was erased is not named any more."""
    named, gone = certificate["holder_name"] is not None, certificate["revoked_at"]
    return {
        **certificate,
        "number": certificate["id"],
        "revoked_on": gone and dates.local_day(gone, zone_of(work.store)).isoformat(),
        "statement": statement(_view(certificate)) if named else None,
        "signature": certificate["signature"] if named else None,
    }


def _outcome(work: Work, outcome: str, certificate: Mapping[str, Any] | None = None) -> Doc:
    detail = render(Text(f"certificates.paper_{outcome}"), work.language)
    return {"valid": outcome == VALID, "outcome": outcome, "detail": detail, "certificate": certificate}


@lru_cache(maxsize=64)
def _drawn(stated: str, signature: str, kid: str, sealed_by: str, public_url: str) -> bytes:
    """The same certificate is drawn once, however often it is fetched."""
    return drawn(stated, signature, kid, sealed_by, public_url)
