"""Bare argon2id at the cost of our passwords: ``python -m bench.rivals.hashing LIBRARY SECONDS THREADS`` prints
verifications a second of so many threads.

The library is ``argon2-cffi``, which most programs in Python use, or ``libsodium``, as ours do (docs/decisions/0190).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from nacl.pwhash import argon2id

PASSWORD = "kopi hangat di dieng"
HASHED = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(PASSWORD)
LIBRARIES: Mapping[str, Callable[[], bool]] = {
    "argon2-cffi": lambda: PasswordHasher().verify(HASHED, PASSWORD),
    "libsodium": lambda: argon2id.verify(HASHED.encode(), PASSWORD.encode()),
}


def main(library: str, seconds: float, threads: int) -> None:
    verify = LIBRARIES[library]
    end = time.monotonic() + seconds

    def many(_: int) -> int:
        done = 0
        while time.monotonic() < end:
            verify()
            done += 1
        return done

    with ThreadPoolExecutor(threads) as pool:
        print(sum(pool.map(many, range(threads))) / seconds)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
