"""Who sees how much of a teacher: by their role towards her, and by what she chose to show."""

import pytest

from shared.contracts import membership as m
from shared.errors import Forbidden

HERE, THERE = "20306577", "20306578"
NIP, MASKED = "198201202005012523", "*" * 14 + "2523"
NUPTK, PHONE, EMAIL = "4487734264833898", "+6287396239763", "siti@guru.example"
SIGHTS = {
    "herself": (NIP, NUPTK, PHONE, EMAIL),
    "operator": (NIP, NUPTK, PHONE, EMAIL),
    "principal": (MASKED, NUPTK, PHONE, EMAIL),
    "school_operator": (MASKED, NUPTK, PHONE, EMAIL),
    "ketua": (None, None, PHONE, EMAIL),
    "sekretaris": (None, None, PHONE, EMAIL),
    "fellow": (None, None, None, None),
    "guest": (None, None, None, None),
    "former": (None, None, None, None),
    "officer_elsewhere": (None, None, None, None),
    "leader_elsewhere": (None, None, None, None),
    "supervisor": (None, None, None, None),
    "colleague": (None, None, None, None),
    "outsider": (None, None, None, None),
}
IN_THE_COMMUNITY = ("herself", "operator", "ketua", "sekretaris", "fellow", "guest", "supervisor")


class Scene:
    """Siti, and somebody in each role towards her."""

    def __init__(self, town):
        for npsn in (HERE, THERE):
            town.school(npsn)
        self.town = town
        contacts = {"nip": NIP, "nuptk": NUPTK, "phone": PHONE, "email": EMAIL}
        self.siti = town.teacher("Siti Aminah", npsn=HERE, **contacts)
        names = ("ketua", "sekretaris", "fellow", "guest", "former", "officer_elsewhere", "outsider")
        self.who = {name: town.teacher(name.replace("_", " ").title(), npsn=THERE) for name in names}
        self.who |= {
            "herself": self.siti,
            "operator": town.operator,
            "colleague": town.teacher("Colleague", npsn=HERE),
            "principal": town.with_role("principal", HERE, "Principal"),
            "school_operator": town.with_role("school_operator", HERE, "Operator Sekolah"),
            "leader_elsewhere": town.with_role("principal", THERE, "Leader Elsewhere"),
            "supervisor": town.with_role("supervisor", None, "Pengawas"),
        }
        self.community = town.community(self.who["ketua"])
        town.community(self.who["officer_elsewhere"])
        self.add("herself")
        for name, role in (("sekretaris", "sekretaris"), ("fellow", "member"), ("guest", "guest"), ("former", "ketua")):
            self.add(name, role)
        gone = {"community_id": self.community, "person_id": self.who["former"]["person"]["id"]}
        town.ask(town.operator, m.REMOVE_MEMBER, **gone)

    def add(self, name, role="member"):
        how = {"community_id": self.community, "person_id": self.who[name]["person"]["id"], "role": role}
        self.town.ask(self.town.operator, m.ADD_MEMBERS, **how)

    def show(self, **chosen):
        version = self.town.ask(self.siti, m.GET_ME)["version"]
        return self.town.ask(self.siti, m.CHANGE_ME, version=version, **chosen)

    def single(self, name):
        return self.town.ask(self.who[name], m.GET_PERSON, person_id=self.siti["person"]["id"])

    def listed(self, name, **asked):
        return self._hers(self.town.ask(self.who[name], m.LIST_PEOPLE, **asked)["items"], "id")

    def among_members(self, name, **asked):
        how = {"community_id": self.community, **asked}
        return self._hers(self.town.ask(self.who[name], m.LIST_MEMBERS, **how)["items"], "person_id")

    def _hers(self, items, key):
        return next(item for item in items if item[key] == self.siti["person"]["id"])


@pytest.fixture
def scene(town):
    return Scene(town)


def private(view):
    return tuple(view.get(name) for name in ("nip", "nuptk", "phone", "email"))


def contacts(view):
    return view["phone"], view["email"]


def test_each_role_sees_what_it_needs_and_no_list_shows_more(scene):
    assert {name: private(scene.single(name)) for name in SIGHTS} == SIGHTS
    for name, sight in SIGHTS.items():
        listed = private(scene.listed(name, q="siti"))
        assert all(shown in (None, known) for shown, known in zip(listed, sight, strict=True)), name
    assert private(scene.listed("operator", school=HERE)) == SIGHTS["operator"]
    assert private(scene.listed("principal", school=HERE)) == SIGHTS["principal"]
    for name in IN_THE_COMMUNITY:
        expected = SIGHTS[name][2:] if name != "supervisor" else (None, None)
        assert contacts(scene.among_members(name)) == expected, name


def test_a_phone_is_shown_to_fellow_members_once_its_owner_says_so(scene):
    """Only the phone, only to those who belong there now, and until she says otherwise."""
    assert (scene.show(show_phone=True)["show_phone"], scene.town.ask(scene.siti, m.GET_ME)["show_email"]) == (
        True,
        False,
    )
    chosen = {name: contacts(scene.single(name)) for name in SIGHTS}
    before = {name: sight[2:] for name, sight in SIGHTS.items()}
    assert chosen == {**before, "fellow": (PHONE, None)}
    assert contacts(scene.among_members("fellow")) == (PHONE, None)
    assert contacts(scene.among_members("guest")) == contacts(scene.among_members("supervisor")) == (None, None)
    assert contacts(scene.listed("outsider", q="siti")) == (None, None)
    scene.show(show_email=True, show_phone=False)
    assert contacts(scene.single("fellow")) == contacts(scene.among_members("fellow")) == (None, EMAIL)


def test_showing_ones_phone_does_not_keep_imports_from_it(scene):
    scene.show(show_phone=True)
    assert not scene.town.store.people.require(scene.siti["person"]["id"])["own_contacts"]
    scene.show(phone="081234567890")
    assert scene.town.store.people.require(scene.siti["person"]["id"])["own_contacts"]


def test_whom_an_officer_puts_in_is_no_open_book(scene):
    """A ketua reaches the colleagues whose work the community is; others once they have said that they belong."""
    town, led_by = scene.town, scene.who["ketua"]
    stranger = town.teacher("Guru Jauh", npsn=THERE, subjects=["PJOK"], phone="081234567890")
    colleague = town.person("Guru Dekat", npsn=THERE, subjects=["ipa"], phone="081234567891")
    who = [stranger["person"]["id"], colleague["id"]]
    town.ask(led_by, m.ADD_MEMBERS, community_id=scene.community, person_ids=who)

    def seen():
        listed = town.ask(led_by, m.LIST_MEMBERS, community_id=scene.community, limit=100)["items"]
        phones = {item["person_id"]: item["phone"] for item in listed}
        single = [town.ask(led_by, m.GET_PERSON, person_id=id_)["phone"] for id_ in who]
        assert [phones[id_] for id_ in who] == single
        return single

    assert seen() == [None, "+6281234567891"]
    agreed = town.ask(stranger, m.ADD_MEMBERS, community_id=scene.community, person_id=who[0])["items"]
    assert [each["reachable"] for each in agreed] == [True]
    assert seen() == ["+6281234567890", "+6281234567891"]


def test_who_belonged_once_is_shown_by_name_only(scene):
    """As of a day, officers see who was there, not how to reach those who have left."""
    key = {"community_id": scene.community, "person_id": scene.siti["person"]["id"]}
    [fact] = scene.town.store.memberships.find({"person_id": key["person_id"]}, limit=2)
    scene.town.store.memberships.update(fact["id"], set={"valid_from": "2026-01-01"})
    scene.town.ask(scene.siti, m.REMOVE_MEMBER, **key)
    there = scene.among_members("ketua", on="2026-01-01")
    assert (there["name"], contacts(there)) == ("Siti Aminah", (None, None))
    assert contacts(scene.single("ketua")) == (None, None)


def test_nobody_finds_people_by_what_they_may_not_see(scene):
    for secret in (PHONE, PHONE[3:], EMAIL, NUPTK, NIP):
        found = scene.town.ask(scene.who["fellow"], m.LIST_PEOPLE, q=secret)["items"]
        assert found == [], secret
    with pytest.raises(Forbidden):
        scene.town.ask(scene.who["colleague"], m.LIST_PEOPLE, school=HERE)


def test_no_school_draws_people_to_itself_to_read_about_them(scene):
    order = {"person_id": scene.siti["person"]["id"], "npsn": THERE}
    with pytest.raises(Forbidden):
        scene.town.ask(scene.who["leader_elsewhere"], m.ASSIGN, **order)
    free = scene.town.person("Belum Bersekolah")
    assert scene.town.ask(scene.who["leader_elsewhere"], m.ASSIGN, person_id=free["id"], npsn=THERE)["npsn"] == THERE
    scene.town.ask(scene.town.operator, m.ASSIGN, **order)
    assert private(scene.single("leader_elsewhere")) == SIGHTS["principal"]
