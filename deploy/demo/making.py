"""The demo district: made up by the project itself, through the API of the running platform."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from deploy import districts, importing
from deploy.client import Client, Refused, Trail
from deploy.demo.cast import cast
from deploy.demo.letters import send_teachers
from deploy.demo.passwords import Passwords
from deploy.demo.roster import Roster, make_roster
from deploy.demo.stage import Stage
from deploy.demo.story import (
    DISTRICT,
    DISTRICT_NAME,
    LEVELS,
    OPERATOR_LOGIN,
    SEED,
    STORY,
    SUPERVISOR_NAME,
    TEACHERS,
    TIMEZONE,
    Community,
)
from shared.settings import Settings

MARK = "demo-made.json"
_PATIENCE = 60.0
# As a spreadsheet counts: the header stands in row 1.
_FIRST_ROW = 2


def make(
    address: str, run_dir: Path, settings: Settings, tell: Callable[[str], None] = lambda line: None
) -> dict[str, Any]:
    """Make the demo district of the platform that answers at ``address``, or complete it.

    Answers ``{district, logins: [{role, login, password}]}``. A demo that is whole is left alone. ``run_dir`` keeps the
    secret of its passwords. Raises :class:`deploy.client.Refused`, :class:`deploy.client.Unreachable`.
    """
    passwords = Passwords.kept_in(run_dir)
    mark = run_dir / MARK
    if mark.exists() and districts.exists(settings, DISTRICT):
        logins = json.loads(mark.read_text("utf-8"))
    else:
        tell("making the demo district")
        logins = Demo(address, settings, passwords).play()
        mark.write_text(json.dumps(logins), "utf-8")
    return {
        "district": DISTRICT,
        "logins": [{**login, "password": passwords.of(login["login"])} for login in logins],
    }


class Demo:
    """One making of the demo: of the whole ``story``, or of its beginning."""

    def __init__(
        self, address: str, settings: Settings, passwords: Passwords, story: Sequence[Community] = STORY
    ) -> None:
        self._address = address
        self._settings = settings
        self._passwords = passwords
        self._story = story
        self._trail = Trail()
        self._entered: dict[str, tuple[str, Client]] = {}

    def play(self) -> list[dict[str, str]]:
        """Answers the logins, one a role, without their passwords."""
        self._operator = self._let_operator_in()
        roster = make_roster(DISTRICT, seed=SEED, levels=LEVELS, teachers=TEACHERS)
        people = self._enrol(roster)
        parts = cast(roster)
        today = datetime.now(ZoneInfo(TIMEZONE)).date()
        for plan in self._story:
            part = parts[plan.key]
            members = [people[place] for place in part.people]
            asker = None if part.asker is None else people[part.asker]
            Stage(self._operator, self._enter, plan, members, part.npsn, today, asker).play()
        mgmp, kombel = parts["mgmp_ipa"], parts["kombel"]
        roles = {
            "school_operator": people[kombel.sekretaris],
            "principal": people[kombel.ketua],
            "supervisor": self._supervisor(),
            "ketua": people[mgmp.ketua],
            "sekretaris": people[mgmp.sekretaris],
            "teacher": people[mgmp.member],
        }
        self._grant("school_operator", roles["school_operator"], kombel.npsn)
        self._grant("principal", roles["principal"], kombel.npsn)
        self._grant("supervisor", roles["supervisor"], None)
        teach_there = [place for place in mgmp.people if roster.teachers[place]["npsn"] == kombel.npsn]
        send_teachers(
            self._enter(roles["ketua"]),
            self._enter(roles["principal"]),
            next(plan.meetings for plan in self._story if plan.key == "mgmp_ipa"),
            str(kombel.npsn),
            [people[place] for place in teach_there],
        )
        return [
            {"role": "district_operator", "login": OPERATOR_LOGIN},
            *({"role": role, "login": self._login_of(person)} for role, person in roles.items()),
        ]

    # --- who is who

    def _let_operator_in(self) -> Client:
        client, password = self._client(), self._passwords.of(OPERATOR_LOGIN)
        if not districts.exists(self._settings, DISTRICT):
            card = districts.create(
                self._settings, DISTRICT, name=DISTRICT_NAME, timezone=TIMEZONE, operator_login=OPERATOR_LOGIN
            )
            client.activate(DISTRICT, card["code"], password)
        elif not self._logged_in(client, OPERATOR_LOGIN):
            client.activate(DISTRICT, districts.new_code(self._settings, DISTRICT, OPERATOR_LOGIN)["code"], password)
        return client

    def _enrol(self, roster: Roster) -> dict[int, str]:
        """Import the roster; answers each teacher's person id by their place in it."""
        schools, teachers = roster.files()
        for kind, content in (("schools", schools), ("teachers", teachers)):
            planned = importing.dry_run(self._operator, kind, f"{kind}.csv", content)
            importing.apply(self._operator, planned["id"])
        # Looked at once more, each row names the person that it made.
        planned = importing.dry_run(self._operator, "teachers", "teachers.csv", teachers)
        rows = self._operator.every(f"/v1/imports/{planned['id']}/rows")
        return {row["row"] - _FIRST_ROW: row["subject_id"] for row in rows}

    def _supervisor(self) -> str:
        word = SUPERVISOR_NAME.split()[0]
        found = [person for person in self._operator.every("/v1/people", q=word) if person["npsn"] is None]
        person = found[0] if found else self._operator.post("/v1/people", {"name": SUPERVISOR_NAME})
        return str(person["id"])

    def _grant(self, role: str, person_id: str, npsn: str | None) -> None:
        path = f"/v1/people/{person_id}/roles"
        if not any(grant["role"] == role and grant["scope"] == npsn for grant in self._operator.every(path)):
            self._operator.post(path, {"role": role, "scope": npsn})

    # --- getting in

    def _enter(self, person_id: str) -> Client:
        """A client of this person's, logged in; the account is activated when it was not yet."""
        if person_id not in self._entered:
            person = self._operator.get(f"/v1/people/{person_id}")
            client, login = self._client(), str(person["username"])
            if person["status"] == "invited" or not self._logged_in(client, login):
                code = self._operator.post(f"/v1/people/{person_id}/activation")["code"]
                client.activate(DISTRICT, code, self._passwords.of(login))
            self._entered[person_id] = login, client
        return self._entered[person_id][1]

    def _login_of(self, person_id: str) -> str:
        self._enter(person_id)
        return self._entered[person_id][0]

    def _logged_in(self, client: Client, login: str) -> bool:
        try:
            client.log_in(DISTRICT, login, self._passwords.of(login))
        except Refused as refused:
            if refused.status != 401:
                raise
            return False
        return True

    def _client(self) -> Client:
        return Client(self._address, patience=_PATIENCE, trail=self._trail)
