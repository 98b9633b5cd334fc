"""Which passwords are refused (ASVS 5, 6.2): no rules of composition, but none that everybody tries first."""

from __future__ import annotations

import re
from collections.abc import Iterable

_EVERYBODYS = """
    password passw0rd passwort kata sandi katasandi rahasia qwertyui qwertyuiop asdfghjk asdfghjkl zxcvbnm qazwsxedc
    iloveyou admin administrator welcome letmein monkey dragon football baseball superman batman princess sunshine
    sayang sayangku sayangkamu akucintakamu cintaku bismillah alhamdulillah assalamualaikum insyaallah indonesia
    jakarta bandung surabaya semarang yogyakarta wonosobo merdeka garuda pancasila guru guruku gurubaru gurupenggerak
    sekolah sekolahku pendidikan belajar merdekabelajar belajarid sanggar mgmp komunitas kepalasekolah operator
    dapodik simpkb kemdikbud terserah lupa lupalagi gantipassword passwordku passwordbaru abcdefgh abcdefghij
"""
_COMMON = frozenset(_EVERYBODYS.split())
_ORDER = "01234567890 9876543210 qwertyuiop asdfghjkl zxcvbnm abcdefghijklmnopqrstuvwxyz"


def weakness(password: str, about: Iterable[str]) -> str | None:
    """The key of the reason why the password is refused, or ``None``. ``about`` is what is known of its owner."""
    folded = password.casefold().replace(" ", "")
    bare = re.sub(r"[^a-z]+\Z", "", folded)
    if len(set(folded)) < 4 or folded in _ORDER or bare in _COMMON:
        return "password_common"
    known = {word for text in about for word in (*text.casefold().split(), text.casefold().replace(" ", ""))}
    return "password_about_you" if folded in known or bare in known else None
