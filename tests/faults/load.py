"""A load that knows what it was promised: every accepted command is remembered, to be looked for in the stores."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from deploy.client import Client, Refused, Unreachable
from shared.ids import new_id
from tests.support.district import District
from tests.support.ground import Platform
from tests.support.roster import Gaps, make_roster

_IN_AN_HOUR = 3600
_OUTCOMES_TO_ASK_FOR = (429, 502, 503, 504)


@dataclass
class Promises:
    """What the platform has accepted. ``meetings`` maps a title to the community; ``answers`` a session and person to
    the answer last accepted. What got no final outcome is not here: nothing was promised."""

    meetings: dict[str, str] = field(default_factory=dict)
    answers: dict[tuple[str, str], str] = field(default_factory=dict)
    unsure_answers: set[tuple[str, str]] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0

    @property
    def accepted(self) -> int:
        return self.outcomes["accepted"]


class Town:
    """A district with one community, whose officers call meetings and whose members answer."""

    def __init__(self, platform: Platform, district: str, *, members: int = 6) -> None:
        self.place = District(platform, district)
        roster = make_roster(district, seed=11, schools=2, teachers=members + 2, gaps=Gaps(same_name=0))
        self.place.import_roster(roster)
        teachers = [person["id"] for person in self.place.people if person["id"] != self.place.operator_id]
        self.officer_id, *rest = teachers[: members + 1]
        self.member_ids = rest[:members]
        operator = self.place.operator
        self.community = operator.post(
            "/v1/communities",
            {"name": f"MGMP {district}", "kind": "mgmp", "level": "SMP", "subject": "IPA", "ketua_id": self.officer_id},
        )["id"]
        for person_id in self.member_ids:
            operator.post(f"/v1/communities/{self.community}/members", {"person_id": person_id})
        self.officer = self.place.enter(self.officer_id)
        self.members = {person_id: self.place.enter(person_id) for person_id in self.member_ids}

    @property
    def everybody(self) -> set[str]:
        """The active members of the community."""
        return {self.officer_id, *self.member_ids}

    def meet(self, title: str) -> Any:
        """Call a meeting and wait for the answer."""
        return self.officer.post("/v1/sessions", self.meeting(title))

    def meeting(self, title: str) -> dict[str, Any]:
        starts_at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=9)
        return {
            "community_id": self.community,
            "title": title,
            "goal": "Murid menjelaskan dengan contoh sendiri",
            "starts_at": starts_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "duration_minutes": 90,
        }


class Load:
    """Commands from several people at once until :meth:`stop`, or until ``most`` were accepted.

    One in ``per_meeting`` calls a meeting, the others answer one. A lost answer is asked for again with the same key.
    """

    def __init__(self, town: Town, *, callers: int = 4, most: int | None = None, per_meeting: int = 5) -> None:
        self.promises = Promises()
        self._town = town
        self._most = most
        self._per_meeting = per_meeting
        self._sessions = [town.meet(f"first {new_id()}")["id"] for _ in range(4)]
        self._stopping = threading.Event()
        self._guard = threading.Lock()
        self._whose: dict[requests.Session, Client] = {}
        self._renewing = threading.Lock()
        # A person answers from one phone: two at once would leave the later answer to chance.
        shares = [town.member_ids[at::callers] for at in range(callers)]
        self._threads = [threading.Thread(target=self._call, args=(share, at)) for at, share in enumerate(shares)]
        self._heartbeat = time.monotonic()

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Send nothing new; wait until everything that was sent has an outcome."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def run_for(self, seconds: float) -> None:
        """Let it go on for so long, or until ``most`` were accepted."""
        self._stopping.wait(seconds)

    @property
    def done(self) -> bool:
        return self._stopping.is_set()

    def _call(self, share: list[str], number: int) -> None:
        chance = random.Random(number)
        clients = {person_id: self._own(self._town.members[person_id]) for person_id in share}
        officer = self._own(self._town.officer)
        while not self._stopping.is_set():
            if chance.randrange(self._per_meeting) == 0 or not share:
                title = f"load {new_id()}"
                if self._send(officer, "POST", "/v1/sessions", self._town.meeting(title)):
                    with self._guard:
                        self.promises.meetings[title] = self._town.community
            else:
                person_id = chance.choice(share)
                session = chance.choice(self._sessions)
                answer = chance.choice(("yes", "no", "maybe"))
                self._answer(clients[person_id], person_id, session, answer)
            if self._most is not None and self.promises.accepted >= self._most:
                self._stopping.set()

    def _own(self, client: Client) -> requests.Session:
        """A connection of this thread's own, logged in as ``client``."""
        http = requests.Session()
        http.trust_env = False
        http.headers.update(client._http.headers)
        self._whose[http] = client
        return http

    def _answer(self, http: requests.Session, person_id: str, session: str, answer: str) -> None:
        subject = (session, person_id)
        self.promises.unsure_answers.add(subject)
        if self._send(http, "PUT", f"/v1/sessions/{session}/rsvp", {"answer": answer}):
            self.promises.answers[subject] = answer
            self.promises.unsure_answers.discard(subject)

    def _send(self, http: requests.Session, method: str, path: str, body: dict[str, Any]) -> bool:
        """Send a command until it has an outcome; whether it was accepted."""
        key = new_id()
        started = time.monotonic()
        while time.monotonic() - started < _IN_AN_HOUR:
            outcome = self._try(http, method, path, body, key)
            if outcome is not None:
                break
            with self._guard:
                self.promises.outcomes["repeated"] += 1
            time.sleep(0.2)
        with self._guard:
            self.promises.slowest = max(self.promises.slowest, time.monotonic() - started)
            self.promises.outcomes["accepted" if outcome and outcome < 300 else f"refused {outcome}"] += 1
        return outcome is not None and outcome < 300

    def _try(self, http: requests.Session, method: str, path: str, body: dict[str, Any], key: str) -> int | None:
        """The status of the outcome, or ``None`` when it is to be asked for again."""
        try:
            response = http.request(
                method,
                self._town.place.platform.address + path,
                json=body,
                headers={"Idempotency-Key": key},
                timeout=30,
            )
        except requests.RequestException:
            return None
        if response.status_code == 401:
            self._log_in_again(http)
            return None
        if response.status_code in _OUTCOMES_TO_ASK_FOR or response.json().get("code") == "in_progress":
            return None
        return response.status_code

    def _log_in_again(self, http: requests.Session) -> None:
        """A long run outlives its access tokens. Several threads speak for the officer: the first one renews the token
        for all."""
        client = self._whose[http]
        with self._renewing:
            if client._http.headers["Authorization"] == http.headers["Authorization"]:
                with suppress(Refused, Unreachable):
                    client.get("/v1/me")
            http.headers["Authorization"] = str(client._http.headers["Authorization"])
