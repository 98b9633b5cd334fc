"""Communities and their members come in by lists, hundreds at once."""

import pytest

from shared.contracts import membership as m
from shared.contracts.events import membership as events
from shared.errors import Forbidden, Invalid
from shared.ids import new_id
from tests.support.roster import SCHOOL_COLUMNS, TEACHER_COLUMNS, Gaps, csv_bytes, make_roster

COMMUNITY = ("nama", "jenis", "jenjang", "mata_pelajaran", "npsn", "ketua", "nuptk_ketua", "npsn_ketua", "sk")
MEMBER = ("komunitas", "jenis", "npsn_komunitas", "nama", "nuptk", "nip", "hp", "npsn", "peran")


@pytest.fixture(scope="module")
def lists():
    return make_roster(levels={"SD": 14, "SMP": 6}, teachers=240, seed=6, gaps=Gaps(same_name=0))


@pytest.fixture
def settled(town, lists):
    town.apply(town.upload("schools", csv_bytes(lists.schools, SCHOOL_COLUMNS))["id"])
    town.apply(town.upload("teachers", csv_bytes(lists.teachers, TEACHER_COLUMNS))["id"])
    return town


def communities_csv(*rows):
    return csv_bytes([{**dict.fromkeys(COMMUNITY, ""), **row} for row in rows], COMMUNITY)


def members_csv(*rows):
    return csv_bytes([{**dict.fromkeys(MEMBER, ""), **row} for row in rows], MEMBER)


def member(community, person, **said):
    return {"komunitas": community, **{name: person[name] for name in ("nama", "nuptk", "nip", "hp", "npsn")}, **said}


def outcomes(state):
    return {name: count for name, count in state["counts"].items() if count and name != "reported"}


def called(town, name):
    [found] = [each for each in town.store.communities.find({}, limit=1000) if each["name"] == name]
    return found


def roles(town, community):
    page = town.ask(town.operator, m.LIST_MEMBERS, community_id=community["id"], limit=100)
    return {each["name"]: each["role"] for each in page["items"]}


def test_a_kombel_for_every_school_and_its_staff_come_in_at_once(settled, lists):
    leads = [lists.staff_of(school["npsn"])[0] for school in lists.schools]
    kombels = [
        {"nama": f"Kombel {school['nama']}", "jenis": "Kombel", "npsn": school["npsn"], "ketua": lead["nama"]}
        for school, lead in zip(lists.schools, leads, strict=True)
    ]
    founded = settled.apply(settled.upload("communities", communities_csv(*kombels))["id"])
    assert outcomes(founded) == {"created": 20}
    names = {school["npsn"]: kombel["nama"] for school, kombel in zip(lists.schools, kombels, strict=True)}
    staff = members_csv(*[member(names[row["npsn"]], row) for row in lists.teachers if row not in leads])
    joined = settled.apply(settled.upload("members", staff)["id"])
    assert outcomes(joined) == {"created": 220}
    assert len(settled.emitted(events.MEMBER_JOINED)) == 240
    first = called(settled, kombels[0]["nama"])
    assert roles(settled, first)[leads[0]["nama"]] == "ketua"
    [row] = [row for row in settled.rows(founded["id"]) if row["name"] == first["name"]]
    assert row["subject_id"] == first["id"]
    for kind, data in (("communities", communities_csv(*kombels)), ("members", staff)):
        again = settled.upload(kind, data)
        assert outcomes(again) == {"unchanged": again["progress"]["total"]}


def test_who_leads_a_community_is_somebody_on_record(settled, lists):
    known, nobody = lists.teachers[0], "Tidak Adaorang"
    dry = settled.upload(
        "communities",
        communities_csv(
            {"nama": "MGMP IPA", "jenis": "MGMP", "ketua": nobody, "npsn_ketua": known["npsn"]},
            {"nama": "KKG Kertek", "jenis": "KKG"},
            {"nama": "Kombel X", "jenis": "kombel", "npsn": "99999999"},
            {"nama": "KKG Kertek", "jenis": "KKG"},
        ),
    )
    codes = [[problem["code"] for problem in row["problems"]] for row in settled.rows(dry["id"])]
    assert codes == [["lead_unknown"], ["community_without_lead"], ["unknown_school"], ["row_twice"]]
    assert outcomes(dry) == {"created": 1, "rejected": 3}


def test_what_belongs_to_another_authority_is_founded_without_its_decree_and_the_dry_run_says_so(settled, lists):
    lead = {"ketua": lists.teachers[0]["nama"], "npsn_ketua": lists.teachers[0]["npsn"]}
    rows = [
        {"nama": "MGMP", "jenis": "MGMP", "jenjang": "SMA", **lead},
        {"nama": "KKG", "jenis": "KKG", "jenjang": "MI"},
    ]
    dry = settled.upload("communities", communities_csv(*rows))
    codes = [[problem["code"] for problem in row["problems"]] for row in settled.rows(dry["id"])]
    assert codes == [["decree_of_province"], ["decree_of_ministry", "community_without_lead"]]
    assert outcomes(settled.apply(dry["id"])) == {"created": 2}
    found = called(settled, "MGMP")
    assert (found["jurisdiction"], found["decree"]) == ("province", None)


def test_a_list_leaves_alone_what_officers_of_another_authority_run(settled, lists):
    """What is refused by hand is refused by a list; where no officer can log in, both may be done."""
    lead, other = lists.teachers[0], lists.teachers[1]
    said = {"ketua": lead["nama"], "nuptk_ketua": lead["nuptk"], "npsn_ketua": lead["npsn"]}
    founded = {"nama": "MGMP Fisika SMA", "jenis": "MGMP", "jenjang": "SMA", "sk": "1/2026", **said}
    settled.apply(settled.upload("communities", communities_csv(founded))["id"])
    files = {
        "communities": communities_csv({**founded, "mata_pelajaran": "Fisika"}),
        "members": members_csv(
            member("MGMP Fisika SMA", other, peran="Ketua"), member("MGMP Fisika SMA", lead, peran="Anggota")
        ),
    }
    for kind, data in files.items():
        codes = {row["problems"][0]["code"] for row in settled.rows(settled.upload(kind, data)["id"])}
        assert codes == {"community_of_others"}
    unchanged = settled.upload("members", members_csv(member("MGMP Fisika SMA", lead, peran="Ketua")))
    assert outcomes(unchanged) == {"unchanged": 1}
    settled.ask(settled.operator, m.DISABLE_PERSON, person_id=called(settled, "MGMP Fisika SMA")["founder_id"])
    assert outcomes(settled.upload("communities", files["communities"])) == {"changed": 1}
    assert outcomes(settled.upload("members", members_csv(member("MGMP Fisika SMA", other)))) == {"created": 1}


def test_a_kombel_is_led_by_one_of_its_school(settled, lists):
    lead = next(row for row in lists.teachers if row["nuptk"])
    npsn = next(row["npsn"] for row in lists.schools if row["npsn"] != lead["npsn"])
    row = {"nama": "Kombel", "jenis": "kombel", "npsn": npsn, "npsn_ketua": lead["npsn"]}
    said = {"ketua": lead["nama"], "nuptk_ketua": lead["nuptk"]}
    dry = settled.upload("communities", communities_csv({**row, **said}))
    assert settled.rows(dry["id"])[0]["problems"][0]["code"] == "lead_of_another_school"


def test_a_list_of_members_makes_nobody_of_another_school_a_kombels_ketua(settled, lists):
    own = lists.teachers[0]
    other = next(row for row in lists.teachers if row["npsn"] != own["npsn"] and row["nuptk"])
    row = {"nama": "Kombel", "jenis": "kombel", "npsn": own["npsn"]}
    settled.apply(settled.upload("communities", communities_csv(row))["id"])
    at = {"npsn_komunitas": own["npsn"]}
    dry = settled.upload("members", members_csv(member("Kombel", other, peran="Ketua", **at)))
    assert settled.rows(dry["id"])[0]["problems"][0]["code"] == "lead_of_another_school"
    assert outcomes(settled.upload("members", members_csv(member("Kombel", other, **at)))) == {"created": 1}
    assert outcomes(settled.upload("members", members_csv(member("Kombel", own, peran="Ketua", **at)))) == {
        "created": 1
    }


def test_whoever_stands_in_for_a_ketua_goes_when_one_comes(settled, lists):
    settled.apply(settled.upload("communities", communities_csv({"nama": "KKG Kertek", "jenis": "KKG"}))["id"])
    community = called(settled, "KKG Kertek")
    assert list(roles(settled, community).values()) == ["ketua"]
    ketua, other = lists.teachers[0], lists.teachers[1]
    rows = members_csv(member("KKG Kertek", other), member("kkg kertek", ketua, peran="Ketua"))
    assert outcomes(settled.apply(settled.upload("members", rows)["id"])) == {"created": 2}
    assert roles(settled, community) == {ketua["nama"]: "ketua", other["nama"]: "member"}


def test_an_operator_who_was_shut_out_since_stands_in_for_nobody(settled, lists):
    gone, ketua = settled.with_role("district_operator", name="Pak Lama"), lists.teachers[0]
    led = {"nama": "KKG Wonosobo", "jenis": "KKG", "ketua": ketua["nama"], "npsn_ketua": ketua["npsn"]}
    rows = communities_csv({"nama": "KKG Kertek", "jenis": "KKG"}, led)
    dry = settled.upload("communities", rows, by=gone)
    settled.ask(settled.operator, m.DISABLE_PERSON, person_id=gone["person"]["id"])
    assert outcomes(settled.apply(dry["id"])) == {"created": 1, "rejected": 1}
    assert settled.rows(dry["id"])[0]["problems"][-1]["code"] == "nobody_stands_in"
    assert list(roles(settled, called(settled, "KKG Wonosobo"))) == [ketua["nama"]]


def test_the_members_of_a_community_that_a_client_once_led_can_be_read(settled):
    """Communities are on record that such a list made."""
    settled.apply(settled.upload("communities", communities_csv({"nama": "KKG Kertek", "jenis": "KKG"}))["id"])
    community, machine = called(settled, "KKG Kertek"), new_id()
    record = settled.store.members.require(f"{community['id']}/{community['founder_id']}")
    settled.store.members.insert({**record, "id": f"{community['id']}/{machine}", "person_id": machine})
    assert set(roles(settled, community).values()) == {"ketua"}
    assert None in roles(settled, community)


def test_a_list_changes_roles_but_leaves_no_community_without_an_officer(settled, lists):
    ketua, other = lists.teachers[0], lists.teachers[1]
    founded = {"nama": "KKG Kertek", "jenis": "KKG", "ketua": ketua["nama"], "npsn_ketua": ketua["npsn"]}
    settled.apply(settled.upload("communities", communities_csv(founded))["id"])
    community = called(settled, "KKG Kertek")
    alone = settled.apply(settled.upload("members", members_csv(member("KKG Kertek", ketua, peran="Anggota")))["id"])
    assert outcomes(alone) == {"rejected": 1}
    assert settled.rows(alone["id"])[0]["problems"][0]["code"] == "last_officer"
    settled.apply(settled.upload("members", members_csv(member("KKG Kertek", other)))["id"])
    swapped = members_csv(member("KKG Kertek", ketua, peran="Anggota"), member("KKG Kertek", other, peran="Ketua"))
    assert outcomes(settled.apply(settled.upload("members", swapped)["id"])) == {"changed": 2}
    assert roles(settled, community) == {ketua["nama"]: "member", other["nama"]: "ketua"}


def test_each_way_in_which_a_member_cannot_be_taken_says_so(settled, lists):
    one, two = lists.schools[0]["npsn"], lists.schools[1]["npsn"]
    kombels = [{"nama": "Kombel Melati", "jenis": "kombel", "npsn": npsn} for npsn in (one, two)]
    leads = [{"ketua": lists.staff_of(npsn)[0]["nama"]} for npsn in (one, two)]
    founded = communities_csv(*({**kombel, **lead} for kombel, lead in zip(kombels, leads, strict=True)))
    settled.apply(settled.upload("communities", founded)["id"])
    person = lists.staff_of(one)[1]
    nobody = {**person, "nama": "Tidak Adaorang", "nuptk": "", "nip": "", "hp": ""}
    shut = lists.staff_of(one)[2]
    [known] = [each for each in settled.store.people.find({}, limit=1000) if each["name"] == shut["nama"]]
    settled.ask(settled.operator, m.DISABLE_PERSON, person_id=known["id"])
    right = member("Kombel Melati", person, npsn_komunitas=one)
    rows = members_csv(
        member("Kombel Mawar", person),
        member("Kombel Melati", person),
        member("Kombel Melati", nobody, npsn_komunitas=one),
        member("Kombel Melati", shut, npsn_komunitas=one),
        right,
        right,
    )
    dry = settled.upload("members", rows)
    codes = [[problem["code"] for problem in row["problems"]] for row in settled.rows(dry["id"])]
    refused = ["community_not_found", "communities_match", "person_not_found", "person_unknown"]
    assert codes == [*([code] for code in refused), [], ["row_twice"]]
    community = next(each for each in settled.store.communities.find({}, limit=9) if each["npsn"] == one)
    settled.ask(settled.operator, m.ARCHIVE_COMMUNITY, community_id=community["id"])
    closed = settled.upload("members", members_csv(right))
    assert settled.rows(closed["id"])[0]["problems"][0]["code"] == "community_archived"


def test_a_person_decides_which_member_is_meant(settled, lists):
    ketua, person = lists.teachers[0], lists.staff_of(lists.teachers[0]["npsn"])[1]
    founded = {"nama": "KKG Kertek", "jenis": "KKG", "ketua": ketua["nama"], "npsn_ketua": ketua["npsn"]}
    settled.apply(settled.upload("communities", communities_csv(founded))["id"])
    word = max(person["nama"].partition(",")[0].split(), key=len)
    spelled = {**person, "nama": person["nama"].replace(word, word[:2] + word[1:]), "nuptk": "", "nip": "", "hp": ""}
    dry = settled.upload("members", members_csv(member("KKG Kertek", spelled)))
    [row] = settled.rows(dry["id"])
    assert row["outcome"] == "doubtful"
    chosen = row["candidates"][0]["person_id"]
    decided = settled.ask(
        settled.operator, m.DECIDE_ROW, import_id=dry["id"], n=row["row"], decision="match", person_id=chosen
    )
    assert (decided["outcome"], decided["subject_id"].partition("/")[2]) == ("created", chosen)
    settled.apply(dry["id"])
    assert person["nama"] in roles(settled, called(settled, "KKG Kertek"))


def test_whom_a_community_cannot_have_is_no_answer_to_who_is_meant(settled, lists):
    ketua, other = lists.teachers[0], next(row for row in lists.teachers if row["npsn"] != lists.teachers[0]["npsn"])
    word = max(ketua["nama"].partition(",")[0].split(), key=len)
    spelled = ketua["nama"].replace(word, word[:2] + word[1:])
    said = {"nama": "Kombel Kita", "jenis": "Kombel", "npsn": ketua["npsn"], "ketua": spelled}
    dry = settled.upload("communities", communities_csv({**said, "npsn_ketua": ketua["npsn"]}))
    [row] = settled.rows(dry["id"], outcome="doubtful")
    elsewhere = next(each for each in settled.store.people.find({}, limit=1000) if each["npsn"] == other["npsn"])
    key = {"import_id": dry["id"], "n": row["row"], "decision": "match"}
    with pytest.raises(Invalid) as refused:
        settled.ask(settled.operator, m.DECIDE_ROW, **key, person_id=elsewhere["id"])
    assert refused.value.fields["person_id"][0].key == "membership.lead_of_another_school"
    assert settled.rows(dry["id"]) == [row], "it is still to be decided"


def test_an_api_client_puts_nobody_into_a_community_by_a_list(settled, lists):
    """Its scope says schools and teachers; who leads a community, people say."""
    made = settled.ask(
        settled.operator, m.CREATE_API_CLIENT, name="Dapodik", scopes=["imports:write", "people:read"], schools=[]
    )
    secret = {name: made[name] for name in ("client_id", "client_secret")}
    client = settled.ask(None, m.ISSUE_TOKEN, **secret)
    file = {"file_name": "x.csv", "size": 10, "chunks": 1, "sha256": "0" * 64}
    for kind in ("communities", "members"):
        with pytest.raises(Forbidden):
            settled.ask(client, m.START_IMPORT, kind=kind, **file)
    assert settled.ask(client, m.START_IMPORT, kind="teachers", **file)["status"] == "queued"
    dry = settled.upload("communities", communities_csv({"nama": "MGMP IPA", "jenis": "MGMP", "jenjang": "SMP"}))
    with pytest.raises(Forbidden):
        settled.ask(client, m.APPLY_IMPORT, import_id=dry["id"])
