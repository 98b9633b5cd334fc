"""Does every service answer, and the gateway in front of them?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

import requests

from deploy.checks.broker import QueueState, clock_finding
from deploy.checks.finding import Finding, broken, good, warning
from deploy.platform import Platform
from shared import clock
from shared.contracts.words import SERVICES
from shared.messaging import topology

_TIMEOUT = 5


def check_services(platform: Platform, queues: Mapping[str, QueueState]) -> Iterator[Finding]:
    """Each service takes requests and events, and says that it lives where it can be asked."""
    for service in SERVICES:
        asked = queues.get(topology.rpc_name(service))
        told = queues.get(topology.inbox_name(service))
        if asked is None or told is None:
            yield broken("services", f"{service} has no queues", "run `sanggar migrate`, then start it")
        elif not asked.consumers or not told.consumers:
            what = "requests" if not asked.consumers else "events"
            yield broken(
                "services", f"{service} takes no {what}", f"start it, or see its log: {_log_of(platform, service)}"
            )
        elif (trouble := _not_living(platform.metrics.get(service))) is not None:
            yield warning(
                "services", f"{service} consumes, but {trouble}", f"see its log: {_log_of(platform, service)}"
            )
        else:
            yield good("services", f"{service} answers ({asked.consumers} replica(s))")


def check_gateway(address: str) -> Iterator[Finding]:
    """The gateway is ready, which it says only when its own dependencies are."""
    if not address:
        yield warning("gateway", "its address is not known", "set SANGGAR_ADDRESS, such as http://127.0.0.1:8080")
        return
    try:
        response = _get(address + "/ready")
    except requests.RequestException as error:
        yield broken("gateway", f"nothing answers at {address}: {type(error).__name__}", "start it: `make run`")
        return
    if response.status_code == 200:
        yield good("gateway", f"ready at {address}")
    else:
        yield broken("gateway", f"not ready: {_named_by(response)}", "mend what it names")
    if (date := response.headers.get("Date")) is not None:
        yield clock_finding("gateway", parsedate_to_datetime(date).astimezone(UTC), clock.now(), resolution=1.0)


def _not_living(address: str | None) -> str | None:
    if address is None:
        return None
    try:
        status = _get(address + "/live").status_code
    except requests.RequestException as error:
        return f"nothing answers at {address}: {type(error).__name__}"
    return None if status == 200 else f"{address}/live says {status}"


def _named_by(response: requests.Response) -> str:
    """What `/ready` says that is not well."""
    try:
        states = response.json()["dependencies"].items()
        return ", ".join(f"{name} {state}" for name, state in states if state != "ok")
    except (ValueError, KeyError, AttributeError):
        return f"it answers {response.status_code}"


def _get(url: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, timeout=_TIMEOUT)


def _log_of(platform: Platform, service: str) -> str:
    return str(platform.run_dir / "logs" / f"{service}.log") if platform.run_dir else f"of {service}"
