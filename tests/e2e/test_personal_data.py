"""What people may ask about their own data: an archive of all of it, and to be erased from everywhere."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from bson.binary import Binary

from deploy.client import Client, Refused
from shared import clock
from shared.contracts.words import SERVICES
from shared.ids import new_id
from tests.support import traces
from tests.support.district import PASSWORD, District, event_log, share_file
from tests.support.ground import Ground, Platform
from tests.support.home import GOAL, SOON
from tests.support.patience import eventually
from tests.support.roster import TEACHER_COLUMNS, Gaps, csv_bytes, make_roster

NAME = "Kusumaningtyas Wulandari, S.Pd."
NIP, NUPTK = "198703142010012007", "4646765666300092"
PHONE, EMAIL = "+6281299900077", "kusuma.wulan@contoh.sch.id"
EXTERNAL = "ptk-00991-kw"
WORKSHEET = b"%PDF-1.7\n" + b"lembar kerja " * 3000 + b"\n%%EOF\n"


@dataclass
class Life:
    """A teacher who has left traces everywhere."""

    place: District
    me: Client
    other: Client
    id: str
    username: str
    community: str
    shared: str = ""
    draft: str = ""
    file: str = ""
    needles: list[str] = field(default_factory=list)


def live(platform: Platform, district: str) -> Life:
    """She is on the lists, leads a community, answers, shares, and things about her go wrong."""
    place = District(platform, district)
    roster = make_roster(district, seed=5, schools=2, teachers=6, gaps=Gaps(same_name=0))
    row = {**roster.teachers[0], "nama": NAME, "nuptk": NUPTK, "nip": NIP, "hp": "081299900077", "email": EMAIL}
    roster = replace(roster, teachers=[row, *roster.teachers[1:]])
    place.import_roster(roster)
    operator = place.operator
    me_id = place.person_named(NAME)["id"]
    other_id = next(each["id"] for each in place.people if each["id"] not in (me_id, place.operator_id))
    me, other = place.enter(me_id), place.enter(other_id)
    username = me.get("/v1/me")["username"]
    # A webhook whose receiver is away, so that what it is to be told stays.
    hook = {"url": "http://127.0.0.1:9/", "events": ["membership.person_changed.v1"], "scopes": ["people:read"]}
    operator.post("/v1/webhooks", {**hook, "description": "uji"})
    order = {"name": "MGMP IPA", "kind": "mgmp", "ketua_id": me_id}
    community = operator.post("/v1/communities", order)["id"]
    other.post(f"/v1/communities/{community}/members", {"person_id": other_id})
    plan = {"community_id": community, "title": "Membaca grafik", "goal": GOAL, "starts_at": SOON}
    session = me.post("/v1/sessions", plan)
    answer = {"answer": "no", "reason": f"{NAME} sedang cuti."}
    me.put(f"/v1/sessions/{session['id']}/rsvp", answer)
    life = Life(place, me, other, me_id, username, community)
    life.file = share_file(me, "RPP Kusumaningtyas.pdf", WORKSHEET)
    text = {"community_id": community, "kind": "other", "text": "Untuk semua."}
    life.shared = me.post("/v1/resources", {**text, "title": "Grafik", "file_ids": [life.file]})["id"]
    me.post(f"/v1/resources/{life.shared}/submit")
    draft_file = share_file(me, "draf Kusumaningtyas.pdf", WORKSHEET + b"draf")
    life.draft = me.post("/v1/resources", {**text, "title": f"Draf {NAME}", "file_ids": [draft_file]})["id"]
    me.send("POST", "/v1/uploads", headers={"Upload-Length": "5", "Upload-Metadata": "filename S3VzdW1hLnR4dA=="})
    with pytest.raises(Refused):
        place.client().log_in(district, username, "bukan ini")
    _bury(platform, me_id)
    me_now = me.get("/v1/me")
    me.patch("/v1/me", {"phone": PHONE, "email": EMAIL}, version=me_now["version"])
    known = operator.get(f"/v1/people/{me_id}")
    named = {"external_ids": [{"system": "dapodik", "id": EXTERNAL}]}
    operator.patch(f"/v1/people/{me_id}", named, version=known["version"])
    # A list that was handed in and not applied yet names her too.
    place.import_file("teachers", csv_bytes([{**row, "nama": NAME.upper()}], TEACHER_COLUMNS), apply=False)
    life.needles = ["Kusumaningtyas", NIP, NUPTK, "81299900077", EMAIL, username, EXTERNAL]
    return life


def _bury(platform: Platform, person_id: str) -> None:
    """An event about her that failed for good."""
    body = json.dumps({"type": "membership.person_changed.v1", "data": {"person_id": person_id, "name": NAME}})
    platform.cell.open("learning").system.database["dead_letters"].insert_one(
        {"_id": new_id(), "lane": 0, "reason": "failed", "type": "membership.person_changed.v1"}
        | {"exchange": "membership.events", "body": Binary(body.encode()), "attempts": 5, "first_at": clock.now()}
    )


def think_it_over(platform: Platform, life: Life, erasure: Any) -> None:
    """The days that one has for it pass."""
    store = platform.cell.open("membership").store(life.place.id)
    past = {"effective_at": clock.now() - timedelta(seconds=1)}
    assert store.erasures.update(erasure["id"], set=past)
    assert store.erasures_due.update(erasure["id"], set=past)


def receipt_of(life: Life, erasure: Any) -> Any:
    return life.place.client().post("/v1/erasures/receipt", {"receipt": erasure["receipt"]})


def test_whoever_is_erased_is_found_nowhere_any_more(ground: Ground, platform: Platform, district: str) -> None:
    life = live(platform, district)
    archive = gathered(life)
    holds_all_of_her(life, archive)
    everywhere = traces.in_databases(platform.cell, life.needles)
    places = {hit.partition(":")[0] for hit in everywhere}
    assert {
        *("membership.people", "membership.external_ids", "membership.import_rows", "membership.idempotency"),
        *("membership.export_parts", "scheduling.people", "scheduling.rsvps", "content.files", "content.resources"),
        *("notification.deliveries", "learning.people", "learning.dead_letters"),
    } <= places, "else the search below could not fail"

    erasure = life.me.post("/v1/me/erasure")
    assert erasure["status"] == "waiting" and receipt_of(life, erasure)["status"] == "waiting"
    think_it_over(platform, life, erasure)
    eventually(lambda: receipt_of(life, erasure)["status"] == "erased", 60)

    folders = [platform.cell.run_dir.path, ground.run_dir.path / "logs"]
    assert traces.in_databases(platform.cell, life.needles) == []
    assert traces.in_queues(platform.cell, life.needles) == []
    assert traces.in_logs(folders, life.needles) == []
    what_is_left_is_in_order(life)
    receipt_tells_all(receipt_of(life, erasure))


def gathered(life: Life) -> zipfile.ZipFile:
    """Her archive."""
    export = life.me.post("/v1/me/export")
    assert life.me.post("/v1/me/export")["id"] == export["id"]
    path = f"/v1/me/export/{export['id']}"
    eventually(lambda: life.me.get(path)["status"] == "ready", 30)
    with pytest.raises(Refused) as refused:
        life.other.get(path)
    assert refused.value.status == 404
    url = life.me.get(path)["url"]
    link = life.me.post(f"{path}/archive/link")
    by_link = zipfile.ZipFile(io.BytesIO(life.place.client().send("GET", link["path"]).content))
    answer = life.me.send("GET", url)
    assert answer.headers["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert [(each.filename, each.CRC) for each in by_link.infolist()] == [
        (each.filename, each.CRC) for each in archive.infolist()
    ]
    return archive


def holds_all_of_her(life: Life, archive: zipfile.ZipFile) -> None:
    assert archive.testzip() is None
    parts = {service: json.loads(archive.read(f"data/{service}.json")) for service in SERVICES}
    sections = {
        f"{service}.{section['name']}": section["items"]
        for service, part in parts.items()
        for section in part["sections"]
    }
    [me] = sections["membership.people"]
    assert (me["name"], me["nip"], me["nuptk"], me["phone"]) == (NAME, NIP, NUPTK, PHONE)
    assert sections["scheduling.rsvps"][0]["reason"] == f"{NAME} sedang cuti."
    assert {each["title"] for each in sections["content.resources"]} == {"Grafik", f"Draf {NAME}"}
    assert sections["notification.notifications"]
    page = archive.read("index.html").decode()
    assert NAME in page and "Data saya di Sanggar" in page and "Jawaban kehadiran pertemuan" in page
    assert archive.read(f"files/{life.file}-RPP Kusumaningtyas.pdf") == WORKSHEET


def what_is_left_is_in_order(life: Life) -> None:
    """Her account is shut, somebody else leads her community, her work is there for the others, without her name."""
    with pytest.raises(Refused) as refused:
        life.place.client().log_in(life.place.id, life.username, PASSWORD)
    assert refused.value.status == 401
    operator = life.place.operator
    assert operator.get(f"/v1/people/{life.id}")["name"] == "Guru (dihapus)"
    assert life.id not in [person["id"] for person in operator.every("/v1/people")]
    members = list(life.other.every(f"/v1/communities/{life.community}/members"))
    assert [member["role"] for member in members] == ["ketua"]
    eventually(lambda: life.other.get(f"/v1/resources/{life.shared}")["author_id"] == life.id)
    with pytest.raises(Refused):
        life.other.get(f"/v1/resources/{life.draft}")
    assert life.other.send("GET", f"/v1/files/{life.file}").content == WORKSHEET
    assert NAME not in json.dumps(event_log(operator, "membership"))


def receipt_tells_all(receipt: Any) -> None:
    assert [part["service"] for part in receipt["parts"]] == sorted(SERVICES)
    by_service = {part["service"]: part for part in receipt["parts"]}
    erased = {line["what"]: line["count"] for line in by_service["membership"]["erased"]}
    assert erased["Identitas dan kontak"] == erased["Akun dan kata sandi"] == 1
    assert all(line["why"] for part in receipt["parts"] for line in part["kept"])
    assert receipt["completed_at"] is not None and "person_id" not in receipt
