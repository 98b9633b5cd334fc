"""What everybody tries first is refused, and what a person makes up is not."""

import random
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership import common_words
from services.membership.domain import passwords

OWNER = [
    "Siti Aminah, S.Pd.",
    "siti.481",
    "198509232010012001",
    "+6287396239763",
    "SMP N 1 Kepil",
    "Kabupaten Wonosobo",
]

# Known from published lists of the most used passwords, of eight signs and more, as far as one remembers them.
EVERYBODYS = """
    password password1 Password123 passw0rd P@ssw0rd p@ssword1 12345678 123456789 1234567890 987654321 87654321 11111111
    00000000 88888888 123123123 121212121 112233445566 12341234 123321123 147258369 qwertyui qwertyuiop qwerty123
    qwerty12345 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qaz2wsx3edc zaq12wsx qazwsxedc asdfghjkl asdf1234 zxcvbnm123 qwer1234
    abcd1234 a1b2c3d4 abc12345 aa123456 asdasdasd qweqweqwe iloveyou iloveyou1 sunshine1 princess1 football baseball1
    superman123 batman2020 starwars letmein123 welcome1 welcome123 admin123 administrator admin1234 changeme master123
    monkey123 dragon123 michael1 jennifer1 jessica1 charlie1 liverpool1 chelsea123 barcelona10 computer internet1
    samsung123 whatever1 trustno1! freedom1 blink182! football1 naruto123 pokemon1 hellokitty minecraft1 jesuschrist
    sayang123 sayangku sayangkamu s4yang123 sayang2023 akusayangkamu cintaku1 cintakamu1 bismillah bismillah1
    B1smillah allahuakbar assalamualaikum indonesia indonesia1 indonesia45
    merdeka1945 merdeka45 garuda123 pancasila1 jakarta123 surabaya1 bandung2024 rahasia123 r4hasia1 katasandi
    KataSandi1 gurupenggerak guru2024! guru12345 sekolah123 sekolahku1 merdekabelajar belajar.id mgmp2024
    operator123 dapodik2024 kepsek123 terserah1 lupalagi1 gantipassword persib1933 arema1987 matahari88 ganteng123
    cantik1234 semangat45 anakku123 keluarga1 keluargaku wkwkwkwk hahahaha doraemon1 01011990 17081945 25121985 20001231
    agustus1945 1234qwer qweasdzxc q1w2e3r4 mmmmmmmm abcabcabc !@#$%^&*
""".split()  # noqa: SIM905  # a list would fill a page

# Of twelve characters and more: a common word and nothing else, once or again, and runs of keys.
LONG_AND_COMMON = """
    administrator Administrator assalamualaikum GuruPenggerak merdekabelajar akucintakamu
    passwordpassword PasswordPassword rahasiarahasia administratoradministrator
    1234567890123 123456789012 0987654321098 qwertyuiop123
    qwertyuiopasdfghjkl 1qaz2wsx3edc aaaaaaaaaaaaaaaa 121212121212
""".split()  # noqa: SIM905  # a list would fill a page

LONG_ENOUGH = [
    *("Rahasia-2026!", "Sanggar-2026!", "Operator-2026!", "Rahasia 2026", "bismillah123", "sayangku-1990"),
    *("alhamdulillah1", "indonesia1945", "desember2023", "p@sswordpassw0rd", "administrator1", "qwertyuiop-99"),
]

MADE_UP = [
    "kopi hangat di dieng",
    "jagung bakar enak",
    "hujan di lereng sindoro",
    "tikar-pandan-rumbai-41",
    "sepedaku rusak lagi",
    "Xk7#qPz2w",
    "payung biru tertinggal",
    "tujuh belas ekor bebek",
    "ñandú vuela bajo",
    "密码很难猜对吗",
    "p" * 3 + "elukis awan sore",
]


def weakness(password, about=()):
    return passwords.weakness(password, about, common_words.words())


@pytest.mark.parametrize("password", EVERYBODYS)
def test_passwords_that_everybody_tries_first_are_refused(password):
    assert weakness(password) == "password_common"


@pytest.mark.parametrize("password", LONG_AND_COMMON)
def test_a_long_password_that_is_a_common_word_or_runs_of_keys_and_nothing_else_is_refused(password):
    assert weakness(password) == "password_common"


@pytest.mark.parametrize("password", LONG_ENOUGH)
def test_from_twelve_characters_on_what_was_added_to_a_common_word_is_ones_own(password):
    assert len(password) >= passwords.LONG
    assert weakness(password) is None


@pytest.mark.parametrize(
    "password", ["rahasia123", "Rahasia-26!", "password1", "sanggar2026", "12345678", "qwertyuiop"]
)
def test_below_twelve_characters_a_common_word_with_digits_and_signs_around_it_is_refused(password):
    assert len(password) < passwords.LONG
    assert weakness(password) == "password_common"


@pytest.mark.parametrize("password", ["siti.481-2026!", "Siti-Aminah-2026!", "smpn1kepil-2026", "wonosobo-2026"])
def test_a_long_password_about_its_owner_is_refused_all_the_same(password):
    assert weakness(password, OWNER) == "password_about_you"


@pytest.mark.parametrize("password", MADE_UP)
def test_passwords_that_somebody_made_up_are_taken(password):
    assert weakness(password, OWNER) is None


@pytest.mark.parametrize(
    "password",
    [
        *("sitiaminah", "Siti Aminah 1985", "s1tiAminah!", "aminah.481", "siti.481.siti", "aminah@wonosobo"),
        *("198509232010012001", "087396239763", "+6287396239763"),
        *("smpn1kepil", "Kepil2024!", "kepilwonosobo", "kabupaten.wonosobo"),
    ],
)
def test_what_is_known_of_its_owner_is_no_password(password):
    assert weakness(password, OWNER) in ("password_about_you", "password_common")
    assert weakness(f"{password} tapi sangat gerimis", OWNER) is None


@pytest.mark.parametrize("password", ["087396239763", "087396239763!", "198509232010012001"])
def test_the_owners_number_is_refused_though_it_looks_like_dates_or_runs_of_keys(password):
    assert weakness(password, OWNER) == "password_about_you"


def test_it_is_told_whether_a_password_is_common_or_the_owners_own():
    assert weakness("aminah1985", OWNER) == "password_about_you"
    assert weakness("sayang1985", OWNER) == "password_common"


@given(st.integers(0, 10_000))
def test_drawn_passwords_are_taken(seed):
    drawn = random.Random(seed)
    assert weakness("".join(drawn.choice(string.ascii_letters + string.digits) for _ in range(14)), OWNER) is None


@given(st.text(min_size=8, max_size=200))
def test_whatever_is_typed_is_judged(password):
    assert weakness(password, OWNER) in (None, "password_common", "password_about_you")


@pytest.mark.parametrize(
    "password", ["a" * 200, "siti" * 50, "ab1" * 60, "1234567890" * 20, "x1y2" * 12, "qwe" * 66 + "1x"]
)
def test_long_passwords_are_judged_as_fast_as_short_ones(password):
    started = time.process_time()
    weakness(password, OWNER)
    assert time.process_time() - started < 0.5


def test_the_list_is_thousands_of_passwords_with_what_people_add():
    assert len(common_words.words()) > 1200
    for word in sorted(common_words.words())[::25]:
        for added in ("1234", "2024", "99!", "abc"):
            if len(word + added) < passwords.LONG:
                assert weakness(word + added) == "password_common"
