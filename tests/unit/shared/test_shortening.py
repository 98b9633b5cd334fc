"""A shortened text fits, however it is written."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.shortening import shortened


def size(text):
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2


plain = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('"\\\n🎓'), max_size=60)


@settings(deadline=None)
@given(plain, st.integers(10, 60))
def test_it_fits_and_is_the_beginning_of_the_whole(text, most):
    short = shortened(text, most)
    assert size(short) <= most
    assert short == text if size(text) <= most else text.startswith(short[:-1])


def test_it_ends_with_an_ellipsis_and_no_blank_before_it():
    assert shortened("Membaca grafik garis", 11) == "Membaca…"
    assert shortened("Membaca", 7) == "Membaca"
