"""A device is called what its owner would call it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.domain.devices import read_device

MOBILE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) {} Mobile Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) {} Safari/604.1"
)
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) {} Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (MOBILE.format("Chrome/125.0.0.0"), ("Chrome", "Android")),
        (MOBILE.format("SamsungBrowser/25.0 Chrome/121.0"), ("Samsung Internet", "Android")),
        (MOBILE.format("OPR/80.0 Chrome/121.0"), ("Opera", "Android")),
        (IPHONE.format("Version/17.5 Mobile/15E148"), ("Safari", "iPhone")),
        (IPHONE.format("CriOS/125.0 Mobile/15E148"), ("Chrome", "iPhone")),
        (DESKTOP.format("Chrome/125.0 Edg/125.0"), ("Edge", "Windows")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0", ("Firefox", "Linux")),
        ("okhttp/4.12.0", ("okhttp", None)),
        ("Sanggar/1.2 (Android 9)", ("Sanggar", "Android")),
        ("Mozilla/5.0", (None, None)),
        ("", (None, None)),
        (None, (None, None)),
    ],
)
def test_what_a_user_agent_stands_for(user_agent, device):
    assert read_device(user_agent) == device


@given(st.text(max_size=300))
def test_whatever_it_says_the_name_stays_short(user_agent):
    assert all(part is None or 0 < len(part) <= 30 for part in read_device(user_agent))
