"""School systems follow our lists by what changed, and find records by their own names for them, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.client import Client, Refused
from tests.support.district import District
from tests.support.home import Home
from tests.support.samples import QUERIES, SCHOOL

LONG_AGO, TOMORROW = "2020-01-01T00:00:00Z", (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def lists_with(document: Mapping[str, Any], parameter: str) -> Iterator[tuple[str, str]]:
    """The operations whose lists take this parameter, with their paths."""
    for path, methods in document["paths"].items():
        about = methods.get("get", {})
        if parameter in {each.get("name") for each in about.get("parameters", ())}:
            yield about["operationId"], path


def allowed(home: Home, path: str, **params: str) -> tuple[Client, list[Any]]:
    """The first client of the home that may read the list, with all that is in it."""
    for client in (home.place.operator, home.ketua, home.member):
        try:
            return client, list(client.every(path, **params))
        except Refused as refused:
            assert refused.status in (403, 404), f"{path}: {refused}"
    raise AssertionError(f"nobody may read {path}")


def identity(item: Mapping[str, Any]) -> tuple[Any, ...]:
    """Which record an item shows, and as of when; who follows may be shown less of it than others."""
    return tuple(item.get(name) for name in ("id", "resource_id", "person_id", "number", "updated_at"))


def test_every_list_of_records_can_be_followed(platform, homes):
    home = homes[1]
    followed = list(lists_with(platform.http("GET", "/v1/openapi.json").json(), "updated_since"))
    assert len(followed) >= 12
    for operation, template in followed:
        path = template.format(**home.ids)
        usual = dict(QUERIES.get(operation, lambda ids: {})(home.ids))
        client, present = allowed(home, path, **usual)
        changed = list(client.every(path, updated_since=LONG_AGO, **usual))
        moments = [item["updated_at"] for item in changed]
        assert moments == sorted(moments), path
        assert {identity(item) for item in present} <= {identity(item) for item in changed}, path
        one_by_one = list(client.every(path, limit=1, updated_since=LONG_AGO, **usual))
        assert one_by_one == changed, path
        assert client.get(path, updated_since=TOMORROW, **usual)["items"] == [], path


def test_every_list_of_records_that_others_know_is_searched_by_their_names(platform, homes):
    home = homes[1]
    known = list(lists_with(platform.http("GET", "/v1/openapi.json").json(), "external"))
    assert len(known) >= 6
    for operation, template in known:
        path = template.format(**home.ids)
        usual = dict(QUERIES.get(operation, lambda ids: {})(home.ids))
        client, _ = allowed(home, path, **usual)
        assert client.get(path, external="lain:tidak-ada", **usual) == {"items": [], "next": None}, path
        with pytest.raises(Refused) as refused:
            client.get(path, external="tanpa-titik-dua", **usual)
        assert refused.value.status == 422, path


@pytest.fixture(scope="module")
def known(homes: tuple[Home, Home]) -> tuple[Home, dict[str, Any]]:
    """Records of each kind, named by another system when they were changed."""
    home = homes[1]
    name = {"external_ids": [{"system": "uji", "id": "a:1"}]}
    paths = {
        f"/v1/schools/{home.ids['npsn']}": home.place.operator,
        f"/v1/people/{home.ids['person_id']}": home.place.operator,
        f"/v1/communities/{home.ids['community_id']}": home.ketua,
        f"/v1/sessions/{home.ids['session_id']}": home.ketua,
        f"/v1/cycles/{home.ids['cycle_id']}": home.ketua,
    }
    named = {}
    for path, client in paths.items():
        named[path] = client.patch(path, name, version=client.get(path)["version"])
    return home, named


def test_each_kind_of_record_is_found_by_what_another_system_calls_it(known):
    home, named = known
    for path, record in named.items():
        listed = path.rpartition("/")[0]
        if listed == "/v1/cycles":
            listed = f"/v1/communities/{home.ids['community_id']}/cycles"
        [found] = home.place.operator.get(listed, external="uji:a:1")["items"]
        assert found["id"] == record["id"]
        assert found["external_ids"] == [{"system": "uji", "id": "a:1"}]


def test_records_are_named_when_they_are_made(homes):
    home = homes[1]
    community = {"community_id": home.ids["community_id"]}
    name = {"external_ids": [{"system": "sekolah", "id": "baru"}]}
    draft = {**community, "title": "Lembar kerja", "kind": "other", "text": "Isi.", **name}
    resource = home.member.post("/v1/resources", draft)
    [found] = home.member.get("/v1/resources", mine="true", external="sekolah:baru")["items"]
    assert found["id"] == resource["id"]
    session = home.ketua.post(
        "/v1/sessions", {**community, "title": "Ujian", "goal": "Murid paham.", "starts_at": TOMORROW, **name}
    )
    [found] = home.ketua.get("/v1/sessions", external="sekolah:baru")["items"]
    assert (found["id"], found["external_ids"]) == (session["id"], name["external_ids"])


@pytest.fixture
def place(platform, district) -> District:
    return District(platform, district)


def test_a_name_is_given_once(place):
    first = place.operator.post("/v1/schools", {**SCHOOL, "npsn": "88000005", "external_ids": _ids("dapodik:1")})
    with pytest.raises(Refused) as refused:
        place.operator.post("/v1/schools", {**SCHOOL, "npsn": "88000006", "external_ids": _ids("dapodik:1")})
    assert refused.value.status == 409
    path = "/v1/schools/88000005"
    place.operator.patch(path, {"external_ids": []}, version=first["version"])
    place.operator.post("/v1/schools", {**SCHOOL, "npsn": "88000006", "external_ids": _ids("dapodik:1")})
    assert place.operator.get("/v1/schools", external="dapodik:1")["items"][0]["npsn"] == "88000006"
    for wrong in ([{"system": "Dapodik!", "id": "1"}], _ids("dapodik:2") * 2, [{"system": "a"}], "dapodik:1"):
        with pytest.raises(Refused) as refused:
            place.operator.post("/v1/schools", {**SCHOOL, "npsn": "88000007", "external_ids": wrong})
        assert refused.value.status == 422


def test_who_left_and_what_was_withdrawn_is_told_to_those_who_follow(homes):
    home = homes[1]
    members = f"/v1/communities/{home.ids['community_id']}/members"
    person = home.place.operator.post("/v1/people", {"name": "Gita Pergi", "npsn": home.ids["npsn"]})["id"]
    home.ketua.post(members, {"person_id": person})
    home.ketua.request("DELETE", f"{members}/{person}")
    assert person not in {each["person_id"] for each in home.ketua.every(members)}
    [left] = [each for each in home.ketua.every(members, updated_since=LONG_AGO) if each["person_id"] == person]
    assert (left["active"], left["left_at"] is None) == (False, False)

    draft = {"community_id": home.ids["community_id"], "title": "Ditarik", "kind": "other", "text": "Isi."}
    resource = home.member.post("/v1/resources", draft)["id"]
    home.member.post(f"/v1/resources/{resource}/submit")
    home.ketua.post(f"/v1/resources/{resource}/approve")
    home.ketua.post(f"/v1/resources/{resource}/withdraw")
    assert resource not in {each["id"] for each in home.ketua.every("/v1/resources")}
    [gone] = [each for each in home.ketua.every("/v1/resources", updated_since=LONG_AGO) if each["id"] == resource]
    assert gone["status"] == "withdrawn"


def _ids(*names: str) -> list[dict[str, str]]:
    return [dict(zip(("system", "id"), name.split(":"), strict=True)) for name in names]
