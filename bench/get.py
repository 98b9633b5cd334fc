"""GET through RPC: our gateway and membership beside stock Flask, ``ClusterRpcProxy`` and nameko, for equal work.

Both check the token twice, in the gateway and in the service: the stock pair by PyJWT each time, ours by a verifier
that remembers what it has checked. Both read the request and write the answer by the same schemas, and read one
document of the same collection. Both gateways run under gunicorn with two workers of 32 threads; both services are one
process with 16 workers.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

from bench.findings import Finding, Promise, side_by_side
from bench.ground import Ground
from bench.people import found_district, token_of
from bench.rivals import GATEWAY_CONF
from bench.size import Size
from bench.volley import Shot, fire, prepare
from deploy.demo.roster import make_roster
from shared.contracts.words import SERVICES

DISTRICT = "3301"
PLATFORM = SERVICES
CONNECTIONS = 48


def run(ground: Ground, size: Size) -> list[Finding]:
    operator, person_id = found_district(ground, DISTRICT)
    schools = make_roster(DISTRICT, schools=20, teachers=20, seed=1).schools
    for school in schools:
        operator.post("/v1/schools", _as_order(school))
    token = token_of(ground, DISTRICT, person_id)
    rival_port = _start_rival(ground)
    shots = [prepare("GET", f"/v1/schools/{school['npsn']}", token=token) for school in schools]
    broken: list[str] = []

    def measure(port: int) -> Callable[[], float]:
        def volley() -> float:
            outcome = fire(port, _cycle(shots), connections=CONNECTIONS, seconds=size.seconds)
            if not outcome.all_well:
                broken.append(f"not all requests were answered well: {dict(outcome.statuses)}")
            return outcome.rate

        return volley

    ours, rival = measure(ground.gateway_port), measure(rival_port)
    ours(), rival()  # every thread of the rival opens its connection
    samples = side_by_side(ours, rival, size.runs)
    return [
        Finding(
            "get",
            f"GET through RPC, {CONNECTIONS} connections",
            "req/s",
            samples[0],
            Promise("ratio at least", 2.0),
            "stock Flask, nameko",
            samples[1],
            broken,
        )
    ]


def _cycle(shots: list[Shot]) -> Callable[[], Shot]:
    endless = itertools.cycle(shots)
    return lambda: next(endless)


def _start_rival(ground: Ground) -> int:
    port = ground.port("rival")
    ground.start("rival-service", ["-m", "bench.rivals.service"], {})
    ground.start(
        "rival-gateway",
        ["-m", "gunicorn", "--config", GATEWAY_CONF, "bench.rivals.gateway:create_app()"],
        {"RIVAL_BIND": f"127.0.0.1:{port}"},
        port,
    )
    return port


def _as_order(school: dict[str, str]) -> dict[str, str]:
    return {
        "npsn": school["npsn"],
        "name": school["nama"],
        "level": school["jenjang"],
        "status": school["status"],
        "subdistrict": school["kecamatan"],
        "subdistrict_code": school["kode_kecamatan_bps"],
    }
