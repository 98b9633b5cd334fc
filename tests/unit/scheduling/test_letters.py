"""Who may be named in an assignment letter, and what may become of it."""

import pytest

from services.scheduling.domain import letters
from shared.errors import Conflict, Invalid


def test_each_is_named_once_in_the_order_given():
    assert letters.distinct(["b", "a", "b"]) == ["b", "a"]


@pytest.mark.parametrize(
    ("teach_there", "members", "why"),
    [({"a"}, {"a", "b"}, "papers.not_at_school"), ({"a", "b"}, {"b"}, "papers.not_a_member")],
)
def test_those_named_teach_at_the_school_and_belong_to_the_community(teach_there, members, why):
    letters.check_named(["a", "b"], {"a", "b", "c"}, {"a", "b"})
    with pytest.raises(Invalid) as refused:
        letters.check_named(["a", "b"], teach_there, members)
    assert [text.key for text in refused.value.fields["person_ids"]] == [why]


def test_a_letter_is_decided_once_and_printed_once_it_was_granted():
    letters.check_requested("requested")
    letters.check_granted("granted")
    for status in ("granted", "refused"):
        with pytest.raises(Conflict):
            letters.check_requested(status)
    for status in ("requested", "refused"):
        with pytest.raises(Conflict):
            letters.check_granted(status)
