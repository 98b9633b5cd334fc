"""Bare argon2id at the cost of our passwords: ``python -m bench.rivals.hashing SECONDS THREADS`` prints verifications a
second of so many threads."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher


def main(seconds: float, threads: int) -> None:
    hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    hashed = hasher.hash("kopi hangat di dieng")
    end = time.monotonic() + seconds

    def verify(_: int) -> int:
        done = 0
        while time.monotonic() < end:
            hasher.verify(hashed, "kopi hangat di dieng")
            done += 1
        return done

    with ThreadPoolExecutor(threads) as pool:
        print(sum(pool.map(verify, range(threads))) / seconds)


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
