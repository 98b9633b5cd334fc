"""The audit log: who did what, to what, when and from where; read by the operator, changed by nobody."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from deploy import districts
from shared import clock, dates
from shared.contracts import membership as m
from shared.contracts.base import read, write
from shared.contracts.kernel import AuditFilter, export_audit, list_audit
from shared.errors import Forbidden, Refusal, Unauthenticated
from shared.ids import new_id
from shared.messaging import audit
from shared.messaging.context import CallContext
from tests.service.membership.conftest import PASSWORD, Data, Town

LIST = list_audit("membership")
HOME = "203.0.113.9"


def rows(town: Town, **asked: Any) -> list[Data]:
    """The newest first."""
    items: list[Data] = town.ask(town.operator, LIST, limit=100, **asked)["items"]
    return items


def from_home(town: Town, who: Data | None, operation: Any, **data: Any) -> Any:
    token = None if who is None else who["access_token"]
    context = CallContext("permintaan-7", token=token, idempotency_key=new_id(), address=HOME)
    return town._rpc.call(operation, write(operation.takes, data), context).data


def test_a_row_says_who_did_what_to_whom_when_and_from_where(town: Town) -> None:
    before = clock.now()
    npsn = town.school()
    who = town.person("Siti Aminah")
    role = {"role": "principal", "scope_id": npsn, "valid_from": None, "valid_until": None}
    from_home(town, town.operator, m.GRANT_ROLE, person_id=who["id"], **role)
    row = rows(town)[0]
    assert (row["operation"], row["outcome"]) == ("membership.grant_role", "done")
    assert (row["actor_id"], row["actor"]) == (town.operator["person"]["id"], town.operator["person"]["name"])
    assert (row["subject"], row["subject_name"]) == (f"person:{who['id']}", "Siti Aminah")
    assert row["values"] == {"role": "principal", "scope": npsn}
    assert (row["address"], row["correlation_id"]) == (HOME, "permintaan-7")
    assert before <= row["at"] <= clock.now()


def test_of_personal_fields_it_keeps_the_names_alone(town: Town) -> None:
    who = town.person("Siti Aminah", phone="081234567890")
    change = {"person_id": who["id"], "version": who["version"], "email": "siti@example.org", "name": "Siti A."}
    town.ask(town.operator, m.CHANGE_PERSON, **change)
    row = rows(town, subject=f"person:{who['id']}")[0]
    assert {"email", "name"} <= set(row["fields"]) and row["values"] == {}
    kept = repr(list(town.store.database[audit.TABLE.name].find({"district": town.district})))
    for personal in ("Siti", "siti@", "81234567890", PASSWORD):
        assert personal not in kept


def test_what_is_refused_for_its_person_is_written_down_once_a_minute(town: Town) -> None:
    teacher, victim = town.teacher("Budi"), town.person("Siti")
    for _ in range(3):
        with pytest.raises(Forbidden):
            town.ask(teacher, m.DISABLE_PERSON, person_id=victim["id"])
    tried = rows(town, actor=teacher["person"]["id"], operation="membership.disable_person")
    assert 1 <= len(tried) <= 2  # two where the minute turned meanwhile
    assert (tried[0]["outcome"], tried[0]["subject"]) == ("forbidden", f"person:{victim['id']}")


def test_who_put_people_into_a_community_and_who_took_back_what_is_written_down(town: Town) -> None:
    """Failure: somebody finds themselves in a community, or an invitation gone, and nobody knows by whom."""
    ketua, who = town.teacher("Ibu Ketua"), town.teacher("Budi")
    community = town.community(ketua, join_policy="approval")
    own = {"community_id": community}
    added = [town.person(f"Guru {number}")["id"] for number in range(2)]
    town.ask(ketua, m.ADD_MEMBERS, **own, person_ids=added, role="sekretaris")
    invitation = town.ask(ketua, m.INVITE, **own)["code"]
    town.ask(ketua, m.REVOKE_INVITATION, code=invitation)
    request = town.ask(who, m.ASK_TO_JOIN, **own, reason="Saya mengajar IPA.")["id"]
    town.ask(who, m.WITHDRAW_JOIN_REQUEST, request_id=request)
    proposal = town.ask(who, m.PROPOSE_COMMUNITY, name="MGMP Seni", kind="mgmp")["id"]
    town.ask(who, m.WITHDRAW_PROPOSAL, proposal_id=proposal)

    def newest(operation: str) -> tuple[Any, ...]:
        row = rows(town, operation=operation)[0]
        return row["outcome"], row["actor_id"], row["subject"], row["values"]

    leads, asks = ketua["person"]["id"], who["person"]["id"]
    said = {"person_ids": added, "role": "sekretaris"}
    assert newest("membership.add_members") == ("done", leads, f"community:{community}", said)
    assert newest("membership.revoke_invitation") == ("done", leads, f"community:{community}", {"code": invitation})
    assert newest("membership.withdraw_join_request") == ("done", asks, f"join_request:{request}", {})
    assert newest("membership.withdraw_proposal") == ("done", asks, f"proposal:{proposal}", {})


def test_a_mistake_is_not_written_down(town: Town) -> None:
    with pytest.raises(Refusal):
        town.ask(town.operator, m.ADD_PERSON, name="Siti", phone="12")
    assert rows(town, operation="membership.add_person") == []


def test_log_ins_are_written_down_good_and_bad(town: Town) -> None:
    who = town.teacher("Budi")["person"]
    town.ask(None, m.LOG_IN, login=who["username"], password=PASSWORD)
    for login in (who["username"], "siapa.saja"):
        with pytest.raises(Unauthenticated):
            town.ask(None, m.LOG_IN, login=login, password="keliru sekali")
    found = [(row["outcome"], row["subject"]) for row in rows(town, operation="membership.log_in")]
    subject = f"person:{who['id']}"
    assert found == [("unauthenticated", None), ("unauthenticated", subject), ("done", subject)]


def test_it_is_filtered_by_time_and_read_page_by_page(town: Town) -> None:
    people = [town.person(f"Guru {number}") for number in range(7)]
    middle = rows(town, operation="membership.add_person")[3]["at"]
    later = rows(town, operation="membership.add_person", since=middle)
    assert [row["subject"] for row in later] == [f"person:{each['id']}" for each in reversed(people[3:])]
    assert len(rows(town, operation="membership.add_person", until=middle)) == 4
    today, day = dates.local_day(middle, "Asia/Jakarta"), timedelta(days=1)
    assert {row["id"] for row in later} <= {row["id"] for row in rows(town, since=today, until=today + day)}
    assert rows(town, since=today + 2 * day) == rows(town, until=today - 2 * day) == []
    seen: list[str] = []
    after = None
    while True:
        page = town.ask(town.operator, LIST, limit=3, after=after, operation="membership.add_person")
        seen += [row["subject"] for row in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == [f"person:{each['id']}" for each in reversed(people)]


def test_it_is_the_operators_alone_and_knows_one_district(town: Town, elsewhere: Town) -> None:
    with pytest.raises(Forbidden):
        town.ask(town.with_role("principal", town.school()), LIST)
    elsewhere.person("Orang Sana")
    assert not {row["id"] for row in rows(town)} & {row["id"] for row in rows(elsewhere)}


def test_it_is_exported_without_formulas_and_the_export_is_written_down(town: Town) -> None:
    town.person("Siti Aminah")
    town._rpc.call(m.LOG_OUT, {}, CallContext("=1+1", token=town.teacher()["access_token"]))
    operation = export_audit("membership")
    context = CallContext(new_id(), token=town.operator["access_token"])
    text, after = "", None
    while True:
        order = {**write(AuditFilter, {"limit": 2}), **({"after": after} if after else {})}
        answer = town._rpc.call(operation, order, context)
        text += answer.body.decode()
        after = read(operation.gives, answer.data)["next"]
        if after is None:
            break
    lines = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    left = next(line for line in lines if line["Operasi"] == "membership.log_out")
    assert (left["ID permintaan"], left["Tindakan"]) == ("'=1+1", "Keluar dari perangkat ini")
    assert len(rows(town, operation="membership.export_audit")) == 1


def test_rows_are_kept_for_two_years_and_then_forgotten(town: Town) -> None:
    kept = town.store.database[audit.TABLE.name].find_one({"district": town.district})
    assert kept is not None and (kept["expires_at"] - kept["at"]).days == 730


def test_a_command_repeated_with_its_key_is_one_row(town: Town) -> None:
    key = new_id()
    for _ in range(2):
        town.ask(town.operator, m.ADD_PERSON, key=key, name="Siti")
    assert len(rows(town, operation="membership.add_person")) == 1


def test_what_is_done_at_the_machine_itself_is_written_down_too(town: Town) -> None:
    districts.new_code(town.cell.settings, town.district, "dinas")
    by_hand = [row for row in rows(town) if row["client_id"] == audit.BY_HAND]
    assert [row["operation"] for row in by_hand] == ["sanggar.issue_code", "sanggar.create_district"]
    assert by_hand[0]["subject"] == f"person:{town.operator['person']['id']}" and by_hand[0]["actor_id"] is None
