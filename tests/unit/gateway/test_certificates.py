"""What the gateway says of certificates by itself, and what the page shows."""

import pytest

from gateway import certificates
from shared.messaging.protocol import Answer

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
CERTIFICATE = {
    "number": "3307-2026-7KQ2M9XH4TNB",
    "district": "3307",
    "district_name": "Kabupaten Wonosobo",
    "holder_name": "Siti <b>Aminah</b>",
    "community_name": "MGMP Matematika SMP",
    "semester": "2026/2027 Ganjil",
    "first_day": "2026-07-01",
    "last_day": "2026-12-31",
    "sessions": 4,
    "minutes": 380,
    "jp": 8,
    "issued_on": "2026-12-20",
    "status": "valid",
    "revoked_at": None,
    "revoked_on": None,
    "superseded_by": None,
    "kid": "a1",
    "statement": "{}",
    "signature": "sig",
}


@pytest.fixture
def page(app, monkeypatch):
    """The page that a browser is shown of a certificate that scheduling answered."""

    def shown(language="id", **changes):
        answer = Answer({**CERTIFICATE, **changes})
        monkeypatch.setattr(certificates.rpc, "call", lambda operation, data: answer)
        return app.test_client().get(
            f"/v1/certificates/{CERTIFICATE['number']}", headers={**HTML, "Accept-Language": language}
        )

    return shown


def test_a_number_of_no_district_is_not_found_as_a_page_or_as_a_problem(client):
    for path in ("/v1/certificates/nothing", "/v1/certificates/9-x", "/v1/certificates/nothing.pdf"):
        answer = client.get(path)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json"), path
    lost = client.get("/v1/certificates/nothing", headers=HTML)
    assert (lost.status_code, lost.mimetype) == (404, "text/html")
    assert "Tidak ada sertifikat" in lost.text and "unsafe" not in lost.headers["Content-Security-Policy"]


def test_a_file_without_a_seal_is_not_ours(client):
    for body in (b"", b"%PDF-1.7\n%%EOF\n", b"%Sanggar-Certificate 99-"):
        answer = client.post("/v1/certificates/check", data=body, content_type="application/pdf")
        assert (answer.status_code, answer.get_json()["valid"], answer.get_json()["outcome"]) == (
            200,
            False,
            "not_ours",
        )


def test_what_is_no_pdf_or_too_large_for_a_certificate_is_refused(client):
    assert client.post("/v1/certificates/check", json={}).status_code == 415
    large = client.post("/v1/certificates/check", data=b"x" * 300_000, content_type="application/pdf")
    assert large.status_code == 413
    assert client.post("/v1/certificates/check?x=1", data=b"", content_type="application/pdf").status_code == 422


def test_the_page_shows_every_field_and_markup_as_text(page):
    shown = page()
    assert (shown.status_code, shown.mimetype) == (200, "text/html")
    for said in ("Sertifikat ini berlaku", "&lt;b&gt;", "MGMP Matematika SMP", "Wonosobo", "2026/2027 Ganjil", "8 JP"):
        assert said in shown.text
    assert "380 menit" in shown.text and "7KQ2M9XH4TNB.pdf" in shown.text and "<b>" not in shown.text
    assert "This certificate is valid" in page("en").text


def test_the_page_says_plainly_that_a_certificate_counts_no_more(page):
    revoked = page(status="revoked", revoked_at="2027-01-04T20:00:00.000Z", revoked_on="2027-01-05").text
    assert "DICABUT" in revoked and "5 Januari 2027" in revoked and ".pdf" not in revoked
    successor = page(status="superseded", superseded_by="3307-2027-000000000001").text
    assert "TIDAK BERLAKU lagi" in page(status="superseded").text
    assert "DIGANTI" in successor and "/v1/certificates/3307-2027-000000000001" in successor
    assert "nama dihapus" in page(holder_name=None, statement=None, signature=None).text
