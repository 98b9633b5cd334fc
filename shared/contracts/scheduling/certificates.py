"""Certificates of JP, and how anybody checks them (API.md, "Scheduling")."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    Followed,
    Query,
    day,
    district_id,
    flag,
    identifier,
    moment,
    one_of,
    page_of,
    text,
)
from shared.contracts.words import CERTIFICATE_STATUSES

OUTCOMES = (*CERTIFICATE_STATUSES, "altered", "unknown", "not_ours")


class IssueCertificates(Contract):
    """Certificates for everybody who earned a JP in a community and a ``semester`` (``2026/2027 Ganjil``) that has
    begun: by the minutes that they were present in sessions whose minutes were approved, 45 to a JP.

    May be repeated: whoever earned something else since is given a new certificate, and the old one is ``superseded``.
    For those named in ``person_ids`` one that was revoked comes again, and one with a name that was put right since is
    replaced; then nobody else's are touched. Of two valid ones, as of two communities that became one, one is left.
    """

    community_id = identifier(required=True)
    semester = text(20, required=True)
    person_ids = fields.List(identifier(), load_default=None, allow_none=True, validate=validate.Length(1, 200))


class IssuedView(Contract):
    """What came of it: how many were ``issued`` (those in another's place too), how many old ones ``superseded``, how
    many stay as they are (``unchanged``), and how many people earned JP but gave no work that the community's terms ask
    for (``without_work``)."""

    community_id = identifier(required=True)
    semester = text(required=True)
    issued = fields.Integer(required=True)
    superseded = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    without_work = fields.Integer(required=True)


class CertificateTermsOf(Contract):
    """The terms of one community."""

    community_id = identifier(required=True)


class SetCertificateTerms(CertificateTermsOf):
    """What a community asks for beside presence: with ``work_accepted`` nobody is given a certificate of a semester in
    which the community accepted (published) no work of theirs."""

    work_accepted = flag(required=True)


class CertificateTermsView(CertificateTermsOf):
    """The terms as they are; presence alone until officers set them."""

    work_accepted = flag(required=True)


class CertificateFilter(Followed):
    """One's own certificates, the latest first; with ``community`` that community's, for its officers."""

    community_id = identifier(load_default=None, allow_none=True, data_key="community")


class Certified(Contract):
    """What a certificate says. ``minutes`` is how long its holder was present, in so many ``sessions``; ``jp`` what
    that comes to. ``first_day`` and ``last_day`` are the semester's. ``holder_name`` is ``null`` once the person was
    erased."""

    number = text(40, required=True)
    status = one_of(*CERTIFICATE_STATUSES, required=True)
    holder_name = text(required=True, allow_none=True)
    community_name = text(required=True)
    district_name = text(required=True)
    semester = text(required=True)
    first_day = day(required=True)
    last_day = day(required=True)
    sessions = fields.Integer(required=True)
    minutes = fields.Integer(required=True)
    jp = fields.Integer(required=True)
    issued_on = day(required=True)
    revoked_at = moment(required=True, allow_none=True)
    superseded_by = text(40, required=True, allow_none=True)


class CertificateView(Certified):
    """A certificate as its holder and the community's officers see it."""

    person_id = identifier(required=True)
    community_id = identifier(required=True)
    revision = fields.Integer(required=True)
    revoke_reason = text(500, required=True, allow_none=True)
    version = fields.Integer(required=True)
    updated_at = moment(required=True)


class CertificateNumber(Contract):
    """A certificate by its number, however it was typed."""

    district = district_id(required=True)
    number = text(40, required=True)


class PublicCertificate(Certified):
    """What anybody is told who knows the number.

    ``statement`` is the text that was signed (JSON) and ``signature`` its Ed25519 signature (base64url) by the key
    ``kid`` of ``GET /v1/certificate-keys``; both are ``null`` once its holder was erased. ``revoked_on`` is the
    district's day of ``revoked_at``.
    """

    district = district_id(required=True)
    revoked_on = day(required=True, allow_none=True)
    statement = fields.String(required=True, allow_none=True)
    kid = text(required=True)
    signature = fields.String(required=True, allow_none=True)


class CertificateFile(Contract):
    """The certificate comes as a PDF."""

    number = text(40, required=True)


class CertificatePaper(Contract):
    """A PDF that is to be checked; it is the body."""

    district = district_id(required=True)


class PaperCheck(Contract):
    """Whether a PDF is a certificate as it was given out, every byte of it, and still counts.

    ``outcome`` is the certificate's status, or ``altered`` (the file was changed), ``unknown`` (signed by us, but no
    certificate of this number is known), ``not_ours`` (it bears no seal of ours). ``detail`` says so in words.
    """

    valid = flag(required=True)
    outcome = one_of(*OUTCOMES, required=True)
    detail = text(500, required=True)
    certificate = fields.Nested(PublicCertificate, required=True, allow_none=True)


class CertificateKeysAsked(Contract):
    """Of the deployment that serves this district."""

    district = district_id(required=True)


class CertificateKey(Contract):
    """A public key: ``pem`` for tools, ``x`` its 32 bytes in base64url (RFC 8037)."""

    kid = text(required=True)
    algorithm = one_of("Ed25519", required=True)
    pem = fields.String(required=True)
    x = text(required=True)


class CertificateKeys(Contract):
    """Every key that certificates were ever signed with; none is ever taken out."""

    keys = fields.List(fields.Nested(CertificateKey), required=True)


class RevokeCertificate(Contract):
    """Revokes a certificate: whoever checks it is told so. A reason, where one is given, is for its holder and the
    officers."""

    number = text(40, required=True)
    reason = text(500, load_default=None, allow_none=True)


ISSUE_CERTIFICATES = Command(
    "scheduling.issue_certificates",
    takes=IssueCertificates,
    gives=IssuedView,
    deadline=30.0,
    audited=Audited("community", values=("semester",)),
)
GET_CERTIFICATE_TERMS = Query("scheduling.get_certificate_terms", takes=CertificateTermsOf, gives=CertificateTermsView)
SET_CERTIFICATE_TERMS = Command(
    "scheduling.set_certificate_terms",
    takes=SetCertificateTerms,
    gives=CertificateTermsView,
    audited=Audited("community", values=("work_accepted",)),
)
LIST_CERTIFICATES = Query("scheduling.list_certificates", takes=CertificateFilter, gives=page_of(CertificateView))
CHECK_CERTIFICATE = Query("scheduling.check_certificate", takes=CertificateNumber, gives=PublicCertificate, public=True)
PRINT_CERTIFICATE = Query(
    "scheduling.print_certificate", takes=CertificateNumber, gives=CertificateFile, public=True, streams=True
)
CHECK_PAPER = Query(
    "scheduling.check_certificate_paper", takes=CertificatePaper, gives=PaperCheck, public=True, body=True
)
LIST_CERTIFICATE_KEYS = Query(
    "scheduling.list_certificate_keys", takes=CertificateKeysAsked, gives=CertificateKeys, public=True
)
REVOKE_CERTIFICATE = Command(
    "scheduling.revoke_certificate",
    takes=RevokeCertificate,
    gives=CertificateView,
    audited=Audited("certificate", key="number"),
)
