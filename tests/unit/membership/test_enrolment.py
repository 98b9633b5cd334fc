"""What is collected of people and their posts before it is written."""

from types import SimpleNamespace

import pytest

from services.membership.domain import assignments
from services.membership.enrolment import Enrolment
from shared.errors import Conflict


def test_nothing_is_collected_for_whoever_was_erased():
    """An import leaves such a row out and goes on: half a post must not be written with the others."""
    enrolment = Enrolment(SimpleNamespace(memo={"today": "2026-11-23"}))
    principal = assignments.begun("p1", "20306577", primary=True, duty="Kepala Sekolah", since="2026-11-23")
    with pytest.raises(Conflict):
        enrolment.begin({"id": "p1", "erased": True, "posts": []}, principal)
    assert not enrolment._begun and not enrolment._granted
