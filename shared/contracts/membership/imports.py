"""Imports: a file is staged in pieces, judged in a dry run, then applied."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    Nothing,
    PageRequest,
    Query,
    flag,
    identifier,
    moment,
    npsn,
    one_of,
    page_of,
    text,
)

LARGEST_IMPORT = 20_000_000
IMPORT_KINDS = ("schools", "teachers", "dapodik", "communities", "members")
IMPORT_SCOPES = ("partial", "full")
IMPORT_STATUSES = ("queued", "reading", "ready", "applying", "applied", "failed")
ROW_OUTCOMES = ("created", "changed", "unchanged", "ended", "doubtful", "rejected")
ROW_DECISIONS = ("match", "create", "skip")
MOST_SCHOOLS = 10_000


class StageChunk(Contract):
    """A piece (at most 256 kB) of a file that is to be imported, beside it as raw bytes. Pieces are known by the whole
    file's SHA-256 and their ``number`` (from 0), so sending one twice is harmless; they are kept for a day."""

    sha256 = fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))
    number = fields.Integer(required=True, strict=True, validate=validate.Range(0, 200))


class StagedFile(Contract):
    """A file of ``chunks`` staged pieces, and what it is said to be."""

    kind = one_of(*IMPORT_KINDS, required=True)
    sha256 = fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))
    size = fields.Integer(required=True, strict=True, validate=validate.Range(0, LARGEST_IMPORT))
    chunks = fields.Integer(required=True, strict=True, validate=validate.Range(0, 200))
    schools = fields.List(npsn(), load_default=list, validate=validate.Length(max=MOST_SCHOOLS))


class StartImport(StagedFile):
    """Reads the staged file of ``chunks`` pieces and tells what it would do: a dry run that changes nothing.

    ``dapodik`` is a school's workbook "Daftar Guru"; its school stands in its title rows, or is the one of ``schools``.
    A ``full`` list names everybody who teaches at these ``schools`` (at those that it names, when none are given):
    whoever it lacks is proposed as ended there. A ``partial`` one ends nobody."""

    file_name = text(required=True)
    scope = one_of(*IMPORT_SCOPES, load_default="partial")


class ImportKey(Contract):
    import_id = identifier(required=True)


class ImportProgress(Contract):
    """Rows done of ``total``; ``total`` is ``null`` until it is known."""

    done = fields.Integer()
    total = fields.Integer(allow_none=True)


class ImportCounts(Contract):
    """How many rows came to which outcome; ``reported`` counts rows with a remark that were taken all the same."""

    created = fields.Integer()
    changed = fields.Integer()
    unchanged = fields.Integer()
    ended = fields.Integer()
    doubtful = fields.Integer()
    rejected = fields.Integer()
    reported = fields.Integer()


class ImportView(Contract):
    """``status`` goes queued, reading, ready (the dry run is done), applying, applied; or failed, with ``problem`` told
    in the reader's language. ``needs_confirmation``: so many people would be ended that applying it must be confirmed.
    """

    id = identifier(required=True)
    kind = one_of(*IMPORT_KINDS)
    file_name = text()
    scope = one_of(*IMPORT_SCOPES)
    schools = fields.List(npsn())
    needs_confirmation = flag()
    status = one_of(*IMPORT_STATUSES, required=True)
    counts = fields.Nested(ImportCounts)
    progress = fields.Nested(ImportProgress)
    problem = fields.String(allow_none=True)
    created_by = identifier()
    created_at = moment()
    updated_at = moment()
    version = fields.Integer()


class ApplyImport(ImportKey):
    """``confirm_ended`` confirms that more than five of a hundred people of these schools are to be ended."""

    confirm_ended = flag(load_default=False)


class ImportRowFilter(PageRequest):
    import_id = identifier(required=True)
    outcome = one_of(*ROW_OUTCOMES)


class RowProblem(Contract):
    """What is wrong with a cell, in the reader's language; ``code`` is for machines."""

    column = fields.String(allow_none=True)
    code = fields.String()
    reason = fields.String()
    suggestion = fields.String(allow_none=True)


class ImportCandidate(Contract):
    """Somebody on record whom a doubtful row may mean; a client without ``people:read`` is told id and school."""

    person_id = identifier(required=True)
    name = fields.String()
    npsn = npsn(allow_none=True)
    nuptk = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)


class ImportRowView(Contract):
    """``row`` is the row's number in the file, as a spreadsheet shows it; people who are missing from a full list
    follow with numbers past the file's last. ``subject_id`` is the person, school or community meant; of those who are
    created it is told once the import is applied. A ``doubtful`` row waits for a ``decision``; ``candidates`` are the
    people whom it may mean."""

    row = fields.Integer(required=True)
    outcome = one_of(*ROW_OUTCOMES, required=True)
    name = fields.String(allow_none=True)
    subject_id = fields.String(allow_none=True)
    changes = fields.List(fields.String())
    problems = fields.List(fields.Nested(RowProblem))
    candidates = fields.List(fields.Nested(ImportCandidate))
    decision = one_of(*ROW_DECISIONS, allow_none=True)


class DecideRow(ImportKey):
    """What a row means, said before the import is applied: ``match`` this person (``person_id``), ``create`` somebody
    new, or ``skip`` it (who would be ended stays). ``n`` is the row's number."""

    n = fields.Integer(required=True, validate=validate.Range(1, 10_000_000))
    decision = one_of(*ROW_DECISIONS, required=True)
    person_id = identifier(allow_none=True, load_default=None)


_SCOPE = "imports:write"

STAGE_IMPORT = Command("membership.stage_import", takes=StageChunk, gives=Nothing, body=True, scope=_SCOPE)
CHECK_IMPORT = Query("membership.check_import_file", takes=StagedFile, gives=Nothing, scope=_SCOPE)
START_IMPORT = Command(
    "membership.start_import",
    takes=StartImport,
    gives=ImportView,
    audited=Audited("import", values=("kind", "scope", "sha256")),
    scope=_SCOPE,
)
GET_IMPORT = Query("membership.get_import", takes=ImportKey, gives=ImportView, scope=_SCOPE)
LIST_IMPORT_ROWS = Query(
    "membership.list_import_rows", takes=ImportRowFilter, gives=page_of(ImportRowView), scope=_SCOPE
)
DECIDE_ROW = Command(
    "membership.decide_import_row",
    takes=DecideRow,
    gives=ImportRowView,
    audited=Audited("import", values=("n", "decision")),
    scope=_SCOPE,
)
APPLY_IMPORT = Command(
    "membership.apply_import", takes=ApplyImport, gives=ImportView, audited=Audited("import"), scope=_SCOPE
)
