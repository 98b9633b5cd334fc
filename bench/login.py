"""Logging in through gateway, broker and membership, beside bare argon2id at the same cost, by two libraries, on as
many threads as there are processors.

What a login does beside the hash shares the same processors: reading the account, a session written, two tokens made.
Afterwards membership has not grown by more than one hash's memory a processor.
"""

from __future__ import annotations

import itertools
from os import cpu_count

from bench.findings import Finding, Promise, percentile, side_by_side
from bench.ground import Ground
from bench.people import PASSWORD, found_district
from bench.size import Size
from bench.volley import fire, prepare
from deploy.client import Client
from shared.contracts.words import SERVICES

PLATFORM = SERVICES
DISTRICT = "3313"
PEOPLE = 120
CONNECTIONS = 12
# 40 logins a second and core where a hash takes 20 ms of one, by the library that most use.
SHARE = 0.8


def run(ground: Ground, size: Size) -> list[Finding]:
    operator, _ = found_district(ground, DISTRICT)
    logins = itertools.cycle([_enter(ground, operator, number) for number in range(PEOPLE)])
    cores = cpu_count() or 1
    latencies: list[float] = []
    sodium: list[float] = []
    broken: list[str] = []

    def ours() -> float:
        def shot():
            return prepare(
                "POST", "/v1/auth/login", body={"district": DISTRICT, "login": next(logins), "password": PASSWORD}
            )

        outcome = fire(ground.gateway_port, shot, connections=CONNECTIONS, seconds=size.seconds)
        latencies.extend(outcome.latencies["POST"])
        if not outcome.all_well:
            broken.append(f"not everybody was let in: {dict(outcome.statuses)}")
        return outcome.rate

    def bare(library: str) -> float:
        return float(ground.output("-m", "bench.rivals.hashing", library, str(size.seconds), str(cores))[0])

    def rival() -> float:
        sodium.append(bare("libsodium"))
        return bare("argon2-cffi")

    ours()
    before = _memory(ground)
    samples = side_by_side(ours, rival, size.runs)
    grown = _memory(ground) - before
    if grown > 20 * cores:
        broken.append(f"membership grew by {grown:.0f} MiB")
    details = {"p95_ms": percentile(latencies, 0.95) * 1000, "a_core": max(samples[0]) / cores, "grown_mib": grown}
    what, promise = f"login, {CONNECTIONS} connections, {cores} cores", Promise("ratio at least", SHARE)
    return [
        Finding("login", what, "logins/s", samples[0], promise, "bare argon2-cffi", samples[1], broken, details),
        Finding("login", "the same logins", "logins/s", samples[0], None, "bare libsodium, as ours", sodium),
    ]


def _enter(ground: Ground, operator: Client, number: int) -> str:
    person = operator.post("/v1/people", {"name": f"Guru Nomor {number}"})
    card = operator.post(f"/v1/people/{person['id']}/activation")
    Client(ground.address).activate(DISTRICT, card["code"], PASSWORD)
    return str(card["username"])


def _memory(ground: Ground) -> float:
    """What membership holds, in MiB."""
    with open(f"/proc/{ground.process('membership').pid}/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))
