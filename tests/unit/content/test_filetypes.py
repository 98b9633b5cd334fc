"""A file is what its bytes say, not what its sender calls it."""

import io
import zipfile

import pytest

from services.content.filetypes import disposition, identify
from shared.errors import Invalid

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def archive(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, "x" * 40)
    return buffer.getvalue()


def test_a_picture_that_calls_itself_a_pdf_is_a_picture():
    assert identify(PNG, "application/pdf") == "image/png"


def test_a_pdf_is_known():
    assert identify(b"%PDF-1.7\n...", "application/octet-stream") == "application/pdf"


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("[Content_Types].xml", "_rels/.rels", "word/document.xml"), DOCX),
        (("docProps/app.xml", "word/document.xml", "[Content_Types].xml"), DOCX),
        (("[Content_Types].xml", "xl/workbook.xml"), XLSX),
        (("foto/1.txt",), "application/zip"),
    ],
)
def test_office_documents_are_told_from_other_archives_whoever_wrote_them(names, kind):
    assert identify(archive(*names), "application/octet-stream") == kind


@pytest.mark.parametrize("declared", ["text/plain", "text/markdown", "text/csv"])
def test_plain_text_is_what_its_sender_says(declared):
    assert identify("Tujuan: murid memahami pecahan ½\n".encode(), declared) == declared


def test_text_of_no_stated_kind_is_plain_text():
    assert identify(b"halo", "application/octet-stream") == "text/plain"


@pytest.mark.parametrize(
    ("head", "declared"),
    [
        (b"<html><script>alert(1)</script>", "text/html"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
        (b"MZ\x90\0" + b"\0" * 64, "application/pdf"),
        (b"\x7fELF" + b"\0" * 64, "application/octet-stream"),
        (b"#!/bin/sh\0", "text/plain"),
        (b"\0\1\2\3", "image/png"),
    ],
)
def test_what_could_run_or_is_unknown_is_refused(head, declared):
    with pytest.raises(Invalid):
        identify(head, declared)


def test_only_pictures_and_pdfs_are_shown_by_the_browser_itself():
    assert disposition("image/png") == disposition("application/pdf") == "inline"
    assert disposition("text/plain") == disposition("application/zip") == "attachment"
