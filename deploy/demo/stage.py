"""Plays the story through the platform's own API. Each step looks first whether it was done already, so a demo that was
interrupted is completed and a whole one is left as it is."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook

from deploy.client import Client
from deploy.demo.held import certify, hold, undertake
from deploy.demo.story import TIMEZONE, Community, Cycle, Meeting, Resource, Series
from shared.contracts.words import CYCLE_STAGES

_FAR = timedelta(days=200)
_ANSWERS = (("yes", None), ("maybe", "Menunggu jadwal sekolah."), ("yes", None), ("no", "Ada penilaian di kelas."))
_CHANGING = ("title", "kind", "subject", "phase", "text")


class Stage:
    """One community of the story on the platform. ``enter`` logs a person in; ``people`` are its members' ids, those of
    its ketua and sekretaris first; ``today`` is the day on which the demo is made; ``asker`` would like to join."""

    def __init__(
        self,
        operator: Client,
        enter: Callable[[str], Client],
        plan: Community,
        people: list[str],
        npsn: str | None,
        today: date,
        asker: str | None = None,
    ) -> None:
        self._operator = operator
        self._enter = enter
        self._plan = plan
        self._people = people
        self._npsn = npsn
        self._today = today
        self._asker = asker
        self._monday = today - timedelta(days=today.weekday())

    def play(self) -> None:
        """Found the community and let happen what the story says of it."""
        self._id = self._found()
        self._gather()
        self._let_in()
        cycle_id = self._learn(self._plan.cycle) if self._plan.cycle else None
        for series in self._plan.series:
            self._start(series, cycle_id if series.in_cycle else None)
        for meeting in self._plan.meetings:
            self._meet(meeting, cycle_id)
        self._look_back()
        self._answer()
        for resource in self._plan.resources:
            self._share(resource)

    @property
    def _ketua(self) -> Client:
        return self._enter(self._people[0])

    @property
    def _sekretaris(self) -> Client:
        return self._enter(self._people[1])

    # --- the community

    def _found(self) -> str:
        known = _named(self._operator.every("/v1/communities", kind=self._plan.kind), "name", self._plan.name)
        if known is None:
            known = self._operator.post(
                "/v1/communities",
                {
                    "name": self._plan.name,
                    "kind": self._plan.kind,
                    "level": self._plan.level,
                    "subject": self._plan.subject,
                    "phase": self._plan.phase,
                    "npsn": self._npsn,
                    "join_policy": self._plan.join_policy,
                    "ketua_id": self._people[0],
                },
            )
        return str(known["id"])

    def _gather(self) -> None:
        """People who belong already are left alone by the platform."""
        path = f"/v1/communities/{self._id}/members"
        self._operator.post(path, {"person_ids": self._people[1:2], "role": "sekretaris"})
        self._operator.post(path, {"person_ids": self._people[2:], "role": "member"})

    def _let_in(self) -> None:
        """Somebody waits to be taken in, an invitation lies open."""
        path = f"/v1/communities/{self._id}"
        if self._plan.asked and self._asker and not any(self._ketua.every(f"{path}/join-requests")):
            self._enter(self._asker).post(f"{path}/join-requests", {"reason": self._plan.asked})
        if self._plan.invited and not any(self._ketua.every(f"{path}/invitations")):
            self._ketua.post(f"{path}/invitations", {"note": self._plan.invited})

    # --- learning

    def _learn(self, plan: Cycle) -> str:
        path = f"/v1/communities/{self._id}/cycles"
        cycle = _named(self._ketua.every(path), "title", plan.title)
        if cycle is None:
            cycle = self._ketua.post(path, {"title": plan.title, "goal": plan.goal, "phase": plan.phase})
        path = f"/v1/cycles/{cycle['id']}"
        for stage in CYCLE_STAGES[CYCLE_STAGES.index(cycle["stage"]) + 1 : CYCLE_STAGES.index(plan.stage) + 1]:
            if stage == "closed":
                version = self._ketua.get(path)["version"]
                self._ketua.put(f"{path}/evaluation", dict(plan.evaluation or {}), version=version)
            self._ketua.post(f"{path}/advance", {"to": stage})
        return str(cycle["id"])

    # --- meetings

    def _start(self, plan: Series, cycle_id: str | None) -> None:
        path = f"/v1/communities/{self._id}/series"
        if _named(self._ketua.every(path), "title", plan.title) is None:
            self._ketua.post(
                path,
                {
                    **_stated(plan),
                    "rrule": plan.rrule,
                    "starts_on": (self._monday + timedelta(weeks=plan.week)).isoformat(),
                    "starts_at": plan.at,
                    "duration_minutes": plan.minutes,
                    "timezone": TIMEZONE,
                    "cycle_id": cycle_id,
                },
            )

    def _meet(self, plan: Meeting, cycle_id: str | None) -> None:
        session = _named(self._sessions(-_FAR, _FAR), "title", plan.title)
        if session is None:
            day = self._monday + timedelta(weeks=plan.week, days=plan.weekday)
            starts_at = datetime.combine(day, time.fromisoformat(plan.at), ZoneInfo(TIMEZONE)).astimezone(UTC)
            session = self._ketua.post(
                "/v1/sessions",
                {
                    **_stated(plan),
                    "community_id": self._id,
                    "starts_at": f"{starts_at:%Y-%m-%dT%H:%M:%SZ}",
                    "duration_minutes": plan.minutes,
                    "timezone": TIMEZONE,
                    "capacity": plan.capacity,
                    "cycle_id": cycle_id if plan.stage else None,
                    "phase": plan.stage,
                },
            )
        if plan.cancelled and session["status"] == "scheduled":
            self._ketua.post(f"/v1/sessions/{session['id']}/cancel", {"reason": plan.cancelled})

    def _look_back(self) -> None:
        """What came of the meetings that are over: of each that stands alone, and of the last one of each series."""
        over = {session["title"]: session for session in self._sessions(-_FAR, timedelta())}
        plans: tuple[Series | Meeting, ...] = (*self._plan.series, *self._plan.meetings)
        held = [(plan.held, over[plan.title]) for plan in plans if plan.held]
        for plan, session in held:
            hold(self._ketua, self._sekretaris, session, plan, self._people)
            undertake(self._ketua, self._id, session["id"], plan.commitments, self._today)
        if self._plan.certified:
            certify(self._ketua, self._id, (session for _, session in held))

    def _answer(self) -> None:
        """Those who answer, and have not yet, say whether they come to the next meeting."""
        coming = self._sessions(timedelta(), timedelta(days=21))
        session = next((session for session in coming if session["status"] == "scheduled"), None)
        if session is None:
            return
        path = f"/v1/sessions/{session['id']}"
        answered = {rsvp["person_id"] for rsvp in self._ketua.every(f"{path}/rsvps")}
        for person, (answer, reason) in zip(self._people[: self._plan.answering], _ANSWERS, strict=False):
            if person not in answered:
                self._enter(person).put(f"{path}/rsvp", {"answer": answer, "reason": reason})

    def _sessions(self, first: timedelta, last: timedelta) -> Iterable[Any]:
        now = datetime.now(UTC)
        return self._ketua.every(
            "/v1/sessions",
            community=self._id,
            **{"from": f"{now + first:%Y-%m-%dT%H:%M:%SZ}", "to": f"{now + last:%Y-%m-%dT%H:%M:%SZ}"},
        )

    # --- what is shared

    def _share(self, plan: Resource) -> None:
        author = self._enter(self._people[("ketua", "sekretaris", "member").index(plan.author)])
        resource = _named(author.every("/v1/resources", community=self._id, mine="true"), "title", plan.title)
        if resource is None:
            draft = {"community_id": self._id, **{name: getattr(plan, name) for name in _CHANGING}}
            files = [upload(author, "lembar-pengamatan.xlsx", worksheet(plan.title))] if plan.with_file else []
            resource = author.post("/v1/resources", {**draft, "file_ids": files})
        path = f"/v1/resources/{resource['id']}"
        status = resource["status"]
        if status == "draft" and plan.status != "draft":
            status = author.post(f"{path}/submit")["status"]
        if status == "submitted" and plan.status == "published":
            self._ketua.post(f"{path}/approve")


def upload(client: Client, name: str, content: bytes) -> str:
    """Upload a file (tus 1.0); answers its file id."""
    created = client.send(
        "POST",
        "/v1/uploads",
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(content)),
            "Upload-Metadata": "filename " + base64.b64encode(name.encode()).decode(),
        },
    )
    path = created.headers["Location"]
    client.send(
        "PATCH",
        path,
        data=content,
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
        },
    )
    return str(client.get(path)["file_id"])


def worksheet(title: str) -> bytes:
    """A worksheet on which a group of pupils writes down what it measures."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Lembar pengamatan"
    sheet.append([title])
    sheet.append(["Kelompok:", "", "Tanggal:"])
    sheet.append([])
    sheet.append(["Percobaan ke-", "Dugaan", "Hasil pengukuran", "Yang kami amati"])
    for number in range(1, 6):
        sheet.append([number])
    sheet.append([])
    sheet.append(["Kesimpulan kami, dengan alasan dari data:"])
    for column, width in zip("ABCD", (16, 24, 20, 40), strict=True):
        sheet.column_dimensions[column].width = width
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _stated(plan: Series | Meeting) -> Mapping[str, Any]:
    return {name: getattr(plan, name) for name in ("title", "goal", "place", "mode", "join_url")}


def _named(items: Iterable[Any], field: str, name: str) -> Any:
    return next((item for item in items if item[field] == name), None)
