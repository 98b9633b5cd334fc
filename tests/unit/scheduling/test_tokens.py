"""A session's public address leads back to it, and nothing else leads anywhere."""

from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.tokens import session_of, token_of

SESSION = "0199c0de-7abc-7def-8123-456789abcdef"


@given(st.uuids())
def test_a_token_leads_back_to_its_session(session_id):
    token = token_of("3307", str(session_id))
    assert token.startswith("3307-")
    assert token.removeprefix("3307-").isalnum()
    assert session_of("3307", token) == str(session_id)


@given(st.text(max_size=40))
def test_no_other_text_is_a_token(text):
    found = session_of("3307", text)
    assert found is None or token_of("3307", found) in (text, f"3307-{text}")


def test_a_token_has_one_spelling():
    token = token_of("3307", SESSION)
    for other in (token.upper(), token + "0", token.removeprefix("3307-"), "3308" + token[4:], "3307-" + "z" * 26):
        assert session_of("3307", other) is None
