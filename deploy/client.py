"""A caller of the platform's HTTP API, for the command line and the demo: patient, and safe to interrupt.

Every change carries an idempotency key, so a lost answer is asked for again instead of being done twice.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import requests

from shared.ids import new_id

_TIMEOUT = (5, 60)
_LONGEST_WAIT = 5.0


class Refused(Exception):
    """The platform answered with a problem (RFC 9457), kept whole in ``problem``."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = dict(problem)
        self.code = str(problem.get("code", ""))
        super().__init__(str(problem.get("detail") or problem.get("title") or f"HTTP {status}"))


class Unreachable(Exception):
    """Nothing answers at the platform's address, or nothing but "try later" for longer than ``patience``."""


class Trail:
    """What has been written so far, as the platform names it (``Sanggar-After``). Clients that share a trail read each
    other's writes."""

    def __init__(self) -> None:
        self.after = ""


class Client:
    """One caller. ``patience`` is how many seconds a request is repeated while the platform is away or asks to wait."""

    def __init__(
        self, address: str, *, language: str = "en", patience: float = 30.0, trail: Trail | None = None
    ) -> None:
        self.address = address.rstrip("/")
        self.trail = trail or Trail()
        self._patience = patience
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.headers["Accept-Language"] = language
        self._refresh_token = ""

    def log_in(self, district: str, login: str, password: str) -> Any:
        """Log in and stay logged in. Answers what the platform says; raises :class:`Refused`."""
        return self._enter("/v1/auth/login", {"district": district, "login": login, "password": password})

    def activate(self, district: str, code: str, password: str) -> Any:
        """Turn a one-time code into an account with this password, logged in. Raises :class:`Refused`."""
        return self._enter("/v1/auth/activate", {"district": district, "code": code, "password": password})

    def get(self, path: str, **params: Any) -> Any:
        return self.request("GET", path, params=params)

    def every(self, path: str, **params: Any) -> Iterator[Any]:
        """Each item of a list, page after page."""
        after = None
        while True:
            page = self.get(path, **{"limit": 100, **params, **({"after": after} if after else {})})
            yield from page["items"]
            after = page["next"]
            if not after:
                return

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        return self.request("POST", path, json={} if body is None else body, key=key)

    def put(self, path: str, body: Any, *, version: int | None = None) -> Any:
        return self.request("PUT", path, json=body, version=version)

    def patch(self, path: str, body: Any, *, version: int | None = None) -> Any:
        return self.request("PATCH", path, json=body, version=version)

    def request(self, method: str, path: str, **how: Any) -> Any:
        """One call, its answer read as JSON (``None`` when it is empty); arguments as of :meth:`send`."""
        response = self.send(method, path, **how)
        return response.json() if response.content else None

    def send(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        keyed: bool = True,
        version: int | None = None,
        headers: Mapping[str, str] | None = None,
        **how: Any,
    ) -> requests.Response:
        """One call; what ``requests`` takes (``json``, ``params``, ``data``, ``files``) is handed on.

        ``keyed``: whether a change carries an idempotency key, ``key`` or a fresh one. Raises :class:`Refused`,
        :class:`Unreachable`.
        """
        sent = dict(headers or {})
        if keyed and method not in ("GET", "HEAD"):
            sent["Idempotency-Key"] = key or new_id()
        if version is not None:
            sent["If-Match"] = f'"{version}"'
        give_up = time.monotonic() + self._patience
        refreshed = False
        while True:
            if self.trail.after:
                sent["Sanggar-After"] = self.trail.after
            response, wait = self._try(method, path, sent, how)
            if response is not None and response.status_code == 401 and self._refresh_token and not refreshed:
                refreshed = True
                self._renew()
                continue
            if wait is not None and time.monotonic() + wait < give_up:
                time.sleep(wait)
                continue
            if response is None:
                raise Unreachable(self.address)
            self.trail.after = response.headers.get("Sanggar-After", self.trail.after)
            if response.status_code >= 400:
                raise Refused(response.status_code, _problem(response))
            return response

    def _try(
        self, method: str, path: str, headers: Mapping[str, str], how: Mapping[str, Any]
    ) -> tuple[requests.Response | None, float | None]:
        """The response, if there is one, and the seconds to wait before trying again, if that may help."""
        try:
            response = self._http.request(method, self.address + path, headers=dict(headers), timeout=_TIMEOUT, **how)
        except (requests.ConnectionError, requests.Timeout):
            return None, 0.5
        if response.status_code not in (429, 502, 503, 504):
            return response, None
        return response, min(_seconds(response.headers.get("Retry-After", "")), _LONGEST_WAIT)

    def _renew(self) -> None:
        token, self._refresh_token = self._refresh_token, ""
        self._enter("/v1/auth/refresh", {"refresh_token": token})

    def _enter(self, path: str, body: Any) -> Any:
        # Without an idempotency key: answers with tokens are never kept, so a key could only refuse the repetition.
        answer = self.request("POST", path, json=body, keyed=False)
        self._http.headers["Authorization"] = "Bearer " + answer["access_token"]
        self._refresh_token = answer["refresh_token"]
        return answer


def _seconds(retry_after: str) -> float:
    return float(retry_after) if retry_after.isdigit() else 1.0


def _problem(response: requests.Response) -> Mapping[str, Any]:
    try:
        problem = response.json()
    except ValueError:
        problem = None
    return problem if isinstance(problem, dict) else {"title": f"HTTP {response.status_code}"}
