"""The report of a meeting: scheduling's words and content's pictures on one paper."""

import pytest

from gateway import rpc
from shared.errors import NotFound, Unavailable
from shared.ids import new_id
from shared.messaging.protocol import Answer

PICTURES = [{"file_id": new_id(), "size": 3}, {"file_id": new_id(), "size": 2}]


@pytest.fixture
def printed(client, signed_in, monkeypatch):
    """What scheduling is asked for a report, when content answers this."""

    def asked(photos):
        session_id, given = new_id(), {}

        def call(operation, data, **how):
            given.update(operation=operation.name, **data, **how)
            return Answer({"filename": "laporan.pdf"}, b"%PDF")

        monkeypatch.setattr(rpc, "call_all", lambda asked, timeout: [photos])
        monkeypatch.setattr(rpc, "call", call)
        answer = client.get(f"/v1/sessions/{session_id}/documents/report.pdf", headers=signed_in)
        assert (answer.status_code, answer.data) == (200, b"%PDF")
        assert (given["operation"], given["session_id"]) == ("scheduling.print_document", session_id)
        return given.get("pictures"), given["body"]

    return asked


def test_scheduling_is_handed_the_pictures_that_content_has(printed):
    assert printed(Answer({"photos": PICTURES}, b"aaabb")) == (PICTURES, b"aaabb")


def test_a_meeting_without_pictures_has_a_report_too(printed):
    assert printed(Answer({"photos": []})) == ([], None)


@pytest.mark.parametrize("refusal", [Unavailable(), NotFound()])
def test_a_report_does_not_wait_for_a_service_that_is_away_or_has_none(printed, refusal):
    assert printed(refusal) == (None, None)
