"""A sample request for every operation of the OpenAPI document, in this one place.

A test that walks the document asks :func:`attempts` for requests of ``ours`` aimed at ``theirs``; both may be the same
district. What a new operation needs here is told by :func:`missing_samples`, and by a contract test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from shared.contracts.words import SERVICES
from tests.support.district import PASSWORD, inbox_of
from tests.support.home import ARGUMENTS, GOAL, HEARD, LATER, NOW, SOON, Home, Ids, semester_of, with_new_phones
from tests.support.roster import Gaps, make_roster

Body = Mapping[str, Any]

SCHOOL = {"name": "SD Baru", "level": "SD", "status": "Negeri", "subdistrict": "Kertek"}
_EVALUATION = {"measured": False, "reason": "Belum sempat."}

BODIES: dict[str, Callable[[Home, Home], Body]] = {
    "membership.activate": lambda theirs, ours: {
        "district": ours.place.id,
        "code": theirs.place.operator.post(f"/v1/people/{theirs.ids['loner_id']}/activation")["code"],
        "password": PASSWORD,
    },
    "membership.log_in": lambda theirs, ours: {
        "district": ours.place.id,
        "login": theirs.place.operator.get(f"/v1/people/{theirs.ids['person_id']}")["username"],
        "password": PASSWORD,
    },
    "membership.refresh": lambda theirs, ours: {
        "refresh_token": ours.place.id
        + "-"
        + theirs.place.client().log_in(theirs.place.id, "operator", PASSWORD)["refresh_token"].partition("-")[2]
    },
    "membership.log_in_oidc": lambda theirs, ours: {"ticket": f"{ours.place.id}-made.up"},
    "membership.link_identity": lambda theirs, ours: {"ticket": f"{ours.place.id}-made.up"},
    "membership.request_reset": lambda theirs, ours: {
        "district": ours.place.id,
        "login": theirs.place.operator.get(f"/v1/people/{theirs.ids['person_id']}")["username"],
    },
    "membership.confirm_reset": lambda theirs, ours: {"token": f"{ours.place.id}-{'x' * 43}", "password": PASSWORD},
    "membership.change_password": lambda theirs, ours: {"current": "bukan ini", "new": "hujan di lereng sindoro"},
    "membership.change_me": lambda theirs, ours: {"phone": "086112345678"},
    "membership.refuse_erasure": lambda theirs, ours: {"reason": "Masih ada pemeriksaan keuangan."},
    "membership.read_receipt": lambda theirs, ours: {
        "receipt": ours.place.id + "-" + theirs.ids["receipt"].partition("-")[2]
    },
    "membership.change_district": lambda theirs, ours: {"name": "Kabupaten Lain"},
    "membership.create_school": lambda theirs, ours: {**SCHOOL, "npsn": "88000001"},
    "membership.change_school": lambda theirs, ours: {"name": "SD Diganti"},
    "membership.add_person": lambda theirs, ours: {"name": "Sri Baru", "npsn": theirs.ids["npsn"]},
    "membership.change_person": lambda theirs, ours: {"name": "Sri Diganti"},
    "membership.assign": lambda theirs, ours: {"npsn": theirs.ids["npsn"]},
    "membership.correct_assignment": lambda theirs, ours: {"duty": "Wali Kelas"},
    "membership.transfer": lambda theirs, ours: {"kind": "within", "to_npsn": theirs.ids["npsn"]},
    "membership.grant_role": lambda theirs, ours: {"role": "principal", "scope": theirs.ids["npsn"]},
    "membership.found_community": lambda theirs, ours: {
        "name": "MGMP Curian",
        "kind": "mgmp",
        "ketua_id": theirs.ids["person_id"],
    },
    "membership.change_community": lambda theirs, ours: {"name": "MGMP Diganti"},
    "membership.revive_community": lambda theirs, ours: {},
    "membership.merge_community": lambda theirs, ours: {"into": theirs.ids["double_id"]},
    "membership.propose_community": lambda theirs, ours: {"name": "MGMP Usulan", "kind": "mgmp"},
    "membership.accept_proposal": lambda theirs, ours: {"ketua_id": theirs.ids["lead_id"]},
    "membership.refuse_proposal": lambda theirs, ours: {"reason": "Sudah ada."},
    "membership.ask_to_join": lambda theirs, ours: {"reason": "Ingin belajar bersama."},
    "membership.approve_join_request": lambda theirs, ours: {},
    "membership.reject_join_request": lambda theirs, ours: {"reason": "Ditolak orang lain."},
    "membership.invite": lambda theirs, ours: {"max_uses": 3},
    "membership.add_guest": lambda theirs, ours: {"name": "Tamu Baru", "institution": "Universitas"},
    "membership.add_members": lambda theirs, ours: {"person_ids": [theirs.ids["loner_id"], theirs.ids["person_id"]]},
    "membership.change_member": lambda theirs, ours: {"role": "sekretaris"},
    "membership.decide_import_row": lambda theirs, ours: {"decision": "skip"},
    "membership.apply_import": lambda theirs, ours: {"confirm_ended": True},
    "scheduling.put_timetable": lambda theirs, ours: {"items": [{"weekday": "TU", "subject": "Matematika"}]},
    "scheduling.put_holidays": lambda theirs, ours: {"items": [{"on": SOON[:10], "name": "Hari Jadi"}]},
    "scheduling.start_series": lambda theirs, ours: {
        "title": "Rutin",
        "goal": GOAL,
        "rrule": "FREQ=WEEKLY",
        "starts_on": SOON[:10],
        "starts_at": "13:00",
    },
    "scheduling.change_series": lambda theirs, ours: {"title": "Diganti"},
    "scheduling.pause_series": lambda theirs, ours: {"reason": "Diliburkan orang lain."},
    "scheduling.schedule_session": lambda theirs, ours: {
        "community_id": theirs.ids["community_id"],
        "title": "Rapat",
        "goal": GOAL,
        "starts_at": LATER,
    },
    "scheduling.change_session": lambda theirs, ours: {"title": "Diganti"},
    "scheduling.cancel_session": lambda theirs, ours: {"reason": "Dibatalkan orang lain."},
    "scheduling.issue_certificates": lambda theirs, ours: {"semester": semester_of(datetime.now(UTC))},
    "scheduling.revoke_certificate": lambda theirs, ours: {"reason": "Dicabut orang lain."},
    "scheduling.answer_session": lambda theirs, ours: {"answer": "no"},
    "scheduling.record_attendance": lambda theirs, ours: {
        "items": [{"client_id": "1", "person_id": theirs.ids["person_id"], "status": "izin", "at": NOW}]
    },
    "scheduling.check_in": lambda theirs, ours: {"code": "123456"},
    "scheduling.request_letter": lambda theirs, ours: {
        "npsn": theirs.ids["npsn"],
        "person_ids": [theirs.ids["person_id"]],
    },
    "scheduling.grant_letter": lambda theirs, ours: {"number": "800/17/2027", "signatory": "Drs. Hadi, M.Pd."},
    "scheduling.refuse_letter": lambda theirs, ours: {"reason": "Ada ujian pada hari itu."},
    "scheduling.set_agenda": lambda theirs, ours: {"items": [{"title": "Disusupkan orang lain"}]},
    "scheduling.write_minutes": lambda theirs, ours: {"decisions": ["Disusupkan orang lain."]},
    "scheduling.approve_minutes": lambda theirs, ours: {},
    "scheduling.make_commitment": lambda theirs, ours: {"title": "Coba di kelas", "goal": GOAL, "due_on": LATER[:10]},
    "scheduling.change_commitment": lambda theirs, ours: {"status": "done"},
    "scheduling.set_certificate_terms": lambda theirs, ours: {"work_accepted": False},
    "scheduling.choose_reminders": lambda theirs, ours: {"before": ["1d"]},
    "content.draft_resource": lambda theirs, ours: {
        "community_id": theirs.ids["community_id"],
        "title": "Titipan",
        "kind": "other",
        "file_ids": [theirs.ids["file_id"]],
    },
    "content.change_resource": lambda theirs, ours: {"title": "Diganti"},
    "content.return_resource": lambda theirs, ours: {"reason": "Dikembalikan orang lain."},
    "learning.open_cycle": lambda theirs, ours: {"title": "Siklus", "goal": GOAL},
    "learning.change_cycle": lambda theirs, ours: {"title": "Diganti"},
    "learning.advance_cycle": lambda theirs, ours: {"to": "planning"},
    "learning.evaluate_cycle": lambda theirs, ours: _EVALUATION,
    "membership.create_api_client": lambda theirs, ours: {
        "name": "Aplikasi Presensi",
        "scopes": ["people:read"],
        "schools": [theirs.ids["npsn"]],
    },
    "membership.link_record": lambda theirs, ours: {"year": 2026},
    "notification.mark_read": lambda theirs, ours: {"ids": [inbox_of(theirs.member)[0]["id"]]},
    "notification.register_webhook": lambda theirs, ours: {
        "url": ours.receiver.url,
        "events": HEARD,
        "description": "satu lagi",
    },
    "notification.change_webhook": lambda theirs, ours: {"description": "Diganti"},
}

QUERIES: dict[str, Callable[[Ids], Mapping[str, str]]] = {
    "membership.list_people": lambda ids: {"school": ids["npsn"]},
    "membership.list_communities": lambda ids: {"school": ids["npsn"]},
    "scheduling.find_free_dates": lambda ids: {"starts_on": LATER[:10], "starts_at": "13:00"},
    "scheduling.list_certificate_keys": lambda ids: {"district": ids["number"].partition("-")[0]},
    "scheduling.list_sessions": lambda ids: {"community": ids["community_id"]},
    "notification.list_events": lambda ids: {"service": "membership", "limit": "100"},
    "gateway.get_record": lambda ids: {"year": "2026"},
    "scheduling.print_record": lambda ids: {"year": "2026"},
    "content.list_resources": lambda ids: {"community": ids["community_id"], "status": "submitted"},
}

# Every service has one of each.
LOGS: dict[str, Mapping[str, Any]] = {
    "notification.list_events": {"limit": 100},
    "membership.list_audit": {"limit": 100},
    "membership.export_audit": {},
}

FORMS: dict[str, Callable[[Home, Home], Mapping[str, str]]] = {
    "membership.issue_token": lambda theirs, ours: {
        "grant_type": "client_credentials",
        "client_id": f"{ours.place.id}-{theirs.ids['api_client_id']}",
        "client_secret": theirs.client["client_secret"],
    },
}

HEADERS: dict[str, Mapping[str, str]] = {
    "content.create_upload": {"Upload-Length": "5", "Upload-Metadata": "filename YS50eHQ="},
    "scheduling.check_certificate_paper": {"Content-Type": "application/pdf"},
    "content.append_chunk": {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
}


class Attempt(NamedTuple):
    """One operation to be tried; ``names`` says whether it speaks of the other district at all."""

    operation: str
    method: str
    path: str
    options: dict[str, Any]
    names: bool


class Route(NamedTuple):
    """Where an operation stands in the OpenAPI document; ``about`` is its entry."""

    method: str
    path: str
    about: Mapping[str, Any]

    @property
    def arguments(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    @property
    def takes_json(self) -> bool:
        return "application/json" in self.about.get("requestBody", {}).get("content", {})

    @property
    def takes_form(self) -> bool:
        return "application/x-www-form-urlencoded" in self.about.get("requestBody", {}).get("content", {})

    @property
    def takes_version(self) -> bool:
        return any(each.get("$ref", "").endswith("IfMatch") for each in self.about["parameters"])


def routes(document: Mapping[str, Any]) -> dict[str, Route]:
    """Each operation of the document by its name; whoever logs out does so last."""
    found = {
        methods[method]["operationId"]: Route(method, path, methods[method])
        for path, methods in document["paths"].items()
        for method in ("get", "post", "put", "patch", "delete")
        if method in methods
    }
    return dict(sorted(found.items(), key=lambda each: "log_out" in each[0]))


def missing_samples(document: Mapping[str, Any]) -> list[str]:
    """What is to be added, and where, before every operation of the document can be tried."""
    missing = []
    for operation, route in routes(document).items():
        if route.takes_json and operation not in BODIES:
            missing.append(f"{operation}: add a sample body to BODIES in tests/support/samples.py")
        if route.takes_form and operation not in FORMS:
            missing.append(f"{operation}: add a sample form to FORMS in tests/support/samples.py")
        for argument in route.arguments:
            if argument not in ARGUMENTS:
                missing.append(f"{route.path}: let settle() in tests/support/home.py keep a {argument}, see ARGUMENTS")
    return missing


def attempts(document: Mapping[str, Any], theirs: Home, ours: Home) -> Iterator[Attempt]:
    """Each operation of the document, asked by ``ours`` and aimed at ``theirs``."""
    for operation, route in routes(document).items():
        attempt = aimed(operation, route, theirs, ours)
        if operation in LOGS:
            for service in SERVICES:
                params = {"service": service, **LOGS[operation]}
                yield attempt._replace(options={**attempt.options, "params": params})
        else:
            yield attempt


def aimed(operation: str, route: Route, theirs: Home, ours: Home) -> Attempt:
    """One operation, asked by ``ours`` and aimed at ``theirs``."""
    options: dict[str, Any] = {"headers": {**HEADERS.get(operation, {})}}
    content = route.about.get("requestBody", {}).get("content", {})
    if route.takes_json:
        options["json"] = BODIES[operation](theirs, ours)
    elif "multipart/form-data" in content:
        options |= {"data": {"kind": "teachers"}, "files": {"file": ("a.csv", with_new_phones(_roster_of(theirs)))}}
    elif route.takes_form:
        options["data"] = FORMS[operation](theirs, ours)
    elif content:
        options["data"] = b"bytes"
    if route.takes_version:
        of_what = route.arguments[-1] if route.arguments else ""
        options["headers"]["If-Match"] = f'"{theirs.versions.get(of_what, 1)}"'
    if operation in QUERIES:
        options["params"] = QUERIES[operation](theirs.ids)
    names = bool(route.arguments) or any(mark in json.dumps(options.get("json", "")) for mark in theirs.marks)
    return Attempt(operation, route.method, route.path.format(**theirs.ids), options, names)


def _roster_of(home: Home) -> Any:
    return make_roster(home.place.id, seed=31, schools=2, teachers=10, gaps=Gaps(same_name=0))
