"""A person's first page: what comes next and what waits, small and quick however much there is."""

from __future__ import annotations

import statistics
import time

import pytest

from deploy.client import Refused
from shared.contracts.home import LARGEST
from tests.support.district import District
from tests.support.home import GOAL, SOON, without_roles
from tests.support.patience import eventually
from tests.support.roster import make_roster

LONG = "🎓" * 200


@pytest.fixture(scope="module")
def place(platform):
    place = District(platform, "3379")
    place.import_roster(make_roster("3379", seed=79, schools=1, teachers=9))
    return place


def test_the_first_page_of_a_busy_ketua_is_small_and_quick(place, measured):
    lead, *others = [person["id"] for person in without_roles(place)][:8]
    npsn = place.operator.get(f"/v1/people/{lead}/assignments")["items"][0]["npsn"]
    place.operator.post(f"/v1/people/{lead}/roles", {"role": "principal", "scope": npsn})
    ketua = place.enter(lead)
    for number in range(3):
        kind = {"name": LONG[:198] + str(number), "kind": "mgmp", "ketua_id": lead, "join_policy": "approval"}
        community = place.operator.post("/v1/communities", kind)["id"]
        plan = {"community_id": community, "title": LONG, "goal": GOAL, "place": LONG, "capacity": 1}
        for _ in range(3):
            session = ketua.post("/v1/sessions", {**plan, "starts_at": SOON})["id"]
            ketua.put(f"/v1/sessions/{session}/rsvp", {"answer": "maybe"})
            ketua.post(f"/v1/sessions/{session}/assignment-letters", {"npsn": npsn, "person_ids": [lead]})
        for _ in range(2):
            undertaken = {"title": LONG, "goal": GOAL, "due_on": SOON[:10]}
            ketua.post(f"/v1/communities/{community}/commitments", undertaken)
        for other in others[:3]:
            place.enter(other).post(f"/v1/communities/{community}/join-requests", {})
        for _ in range(2):
            draft = {"community_id": community, "title": LONG, "kind": "other", "text": "Isi"}
            resource = ketua.post("/v1/resources", draft)["id"]
            ketua.post(f"/v1/resources/{resource}/submit")

    def full():
        home = ketua.get("/v1/me/home")
        parts = ("sessions", "commitments", "letters", "requests", "reviews")
        waits = all(home[part] and home[part]["more"] for part in parts)
        return home if waits and home["unread"] else None

    home = eventually(full, 30)
    assert home["missing"] == []
    assert [each["my_answer"] for each in home["sessions"]["items"]] == ["maybe"] * 5
    assert {each["kind"] for each in home["requests"]["items"]} == {"join_request"}
    assert all(each["title"].endswith("…") for each in home["reviews"]["items"])
    times, size = [], 0
    for _ in range(11):
        began = time.perf_counter()
        size = len(ketua.send("GET", "/v1/me/home").content)
        times.append(time.perf_counter() - began)
    assert size <= LARGEST
    measured(f"first page, everything in it long: {size} bytes, {statistics.median(times) * 1000:.0f} ms")


def test_the_first_page_of_somebody_who_belongs_to_nothing_is_empty(place):
    loner = place.enter(without_roles(place)[-1]["id"])
    home = loner.get("/v1/me/home")
    empty = {"items": [], "more": False}
    parts = dict.fromkeys(("sessions", "commitments", "letters", "requests", "reviews"), empty)
    assert home == {**parts, "unread": 0, "missing": []}


def test_a_record_is_of_one_year(place):
    loner = place.enter(without_roles(place)[-1]["id"])
    printed = loner.send("GET", "/v1/me/record.pdf", params={"school_year": "2026/2027"})
    assert printed.headers["Content-Type"] == "application/pdf" and printed.content.startswith(b"%PDF-")
    link = loner.post("/v1/me/record/link", {"school_year": "2026/2027"})
    assert place.client().send("GET", link["path"]).content.startswith(b"%PDF-")
    with pytest.raises(Refused) as refused:
        place.client().send("GET", link["path"].replace("school_year=2026%2F2027", "year=2026"))
    assert refused.value.status == 404
    record = loner.get("/v1/me/record", school_year="2026/2027")
    assert record.pop("period") == "2026/2027"
    assert (record.pop("from"), record.pop("until")) == ("2026-07-01", "2027-06-30")
    assert record.keys() == {"sessions", "communities", "certificates", "resources", "missing"}
    assert not any(record.values())
    for asked in ({}, {"year": 2026, "school_year": "2026/2027"}, {"school_year": "2026/2028"}):
        with pytest.raises(Refused) as refused:
            loner.get("/v1/me/record", **asked)
        assert refused.value.status == 422


def test_an_operator_is_shown_the_proposals_that_wait(place):
    teacher = place.enter(without_roles(place)[-1]["id"])
    proposal = teacher.post("/v1/community-proposals", {"name": "MGMP Usulan", "kind": "mgmp"})
    items = place.operator.get("/v1/me/home")["requests"]["items"]
    assert [(each["kind"], each["id"]) for each in items] == [("proposal", proposal["id"])]
