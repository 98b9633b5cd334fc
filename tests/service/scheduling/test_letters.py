"""Schools send their teachers to meetings: letters are asked for, decided by the school, and printed."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from shared.contracts.events.scheduling import (
    ASSIGNMENT_LETTER_AFFECTED,
    ASSIGNMENT_LETTER_DECIDED,
    ASSIGNMENT_LETTER_REQUESTED,
)
from shared.contracts.scheduling import (
    CANCEL_SESSION,
    CHANGE_SERIES,
    CHANGE_SESSION,
    END_SERIES,
    GET_LETTER,
    GET_SERIES,
    GET_SESSION,
    GRANT_LETTER,
    LINK_LETTER,
    LIST_LETTERS,
    LIST_SESSION_LETTERS,
    LIST_SESSIONS,
    PRINT_LETTER,
    PRINT_LINKED_LETTER,
    REFUSE_LETTER,
    REQUEST_LETTER,
    SCHEDULE_SESSION,
    SHOW_COMING,
    START_SERIES,
)
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from tests.support.neighbours import at_once
from tests.support.papers import words_of

SOON = datetime.now(UTC).replace(hour=5, minute=0, second=0, microsecond=0) + timedelta(days=3)
NPSN, OTHER = "20306321", "20306322"
DECISION = {"number": "800/17/2027", "signatory": "Drs. Hadi Prasetyo, M.Pd."}


class Cast:
    """A meeting, two members from one school, and who leads it."""

    def __init__(self, around, ketua, community):
        self.around, self.ketua = around, ketua
        meeting = {"title": "Membaca grafik", "goal": "Murid membaca grafik", "place": "Aula", "starts_at": SOON}
        self.session = around.ask(ketua, SCHEDULE_SESSION, community_id=community, **meeting)["id"]
        around.school(NPSN), around.school(OTHER, "SMP Negeri 2 Kertek")
        self.siti, self.budi = (around.person(name) for name in ("Siti Nurḥāyatī, S.Pd.", "Budi Santoso"))
        for member in (self.siti, self.budi):
            around.member(community, member)
            around.teaches(member, NPSN)
        self.principal, self.elsewhere = around.person("Pak Hadi"), around.person("Bu Ani")
        around.leads(self.principal, NPSN)
        around.leads(self.elsewhere, OTHER)

    def request(self, who, *people, npsn=NPSN):
        return self.around.ask(who, REQUEST_LETTER, session_id=self.session, npsn=npsn, person_ids=list(people))

    def decide(self, who, letter, operation=GRANT_LETTER, **said):
        return self.around.ask(who, operation, letter_id=letter["id"], **(said or DECISION))


@pytest.fixture
def cast(around, ketua, community):
    return Cast(around, ketua, community)


def test_nobody_is_sent_to_a_meeting_that_was_called_off(cast):
    letter = cast.request(cast.ketua, cast.siti)
    cast.around.ask(cast.ketua, CANCEL_SESSION, session_id=cast.session, reason="Hujan.")
    with pytest.raises(Conflict):
        cast.decide(cast.principal, letter)
    assert cast.decide(cast.principal, letter, REFUSE_LETTER, reason="Batal.")["status"] == "refused"


def affected(around):
    return [
        (told["letter_id"], told["npsn"], told["change"], told["others"])
        for told in around.emitted(ASSIGNMENT_LETTER_AFFECTED)
    ]


def test_a_school_hears_when_a_meeting_to_which_it_sends_people_moves_or_is_called_off(around, cast):
    granted, asked = cast.request(cast.ketua, cast.siti), cast.request(cast.ketua, cast.budi)
    granted = cast.decide(cast.principal, granted)
    session = around.ask(cast.ketua, GET_SESSION, session_id=cast.session)
    change = partial(around.ask, cast.ketua, CHANGE_SESSION, session_id=cast.session)
    session = change(version=session["version"], title="Membaca tabel", goal="Murid membaca tabel.")
    assert affected(around) == []
    session = change(version=session["version"], starts_at=SOON + timedelta(days=1))
    first = min(granted["id"], asked["id"])
    assert affected(around) == [(first, NPSN, "moved", 1)]
    seen = around.ask(cast.principal, GET_LETTER, letter_id=granted["id"])
    assert (seen["status"], seen["starts_at"]) == ("granted", SOON + timedelta(days=1))
    assert seen["version"] > granted["version"]
    around.ask(cast.ketua, CANCEL_SESSION, session_id=cast.session, reason="Hujan.")
    assert affected(around)[1:] == [(first, NPSN, "cancelled", 1)]


def test_a_school_that_refused_hears_no_more_of_it(around, cast):
    cast.decide(cast.principal, cast.request(cast.siti, cast.siti), REFUSE_LETTER, reason="Ada ujian.")
    around.ask(cast.ketua, CANCEL_SESSION, session_id=cast.session, reason="Hujan.")
    assert affected(around) == []


def test_of_a_series_that_moves_a_school_hears_once(around, cast, community):
    plain = {"title": "Rabu", "goal": "Murid membaca.", "starts_at": "13:00", "duration_minutes": 60}
    order = {**plain, "community_id": community, "starts_on": f"{SOON:%Y-%m-%d}", "rrule": "FREQ=WEEKLY;COUNT=4"}
    series = around.ask(cast.ketua, START_SERIES, **order)
    dates = around.ask(cast.ketua, LIST_SESSIONS, community_id=community)["items"]
    dates = [each for each in dates if each["series_id"] == series["id"]]
    around.leads(cast.elsewhere, OTHER)
    around.teaches(cast.budi, OTHER)
    letters = [
        around.ask(cast.ketua, REQUEST_LETTER, session_id=each["id"], npsn=NPSN, person_ids=[cast.siti])
        for each in dates[:3]
    ]
    other = {"session_id": dates[1]["id"], "npsn": OTHER, "person_ids": [cast.budi]}
    theirs = around.ask(cast.ketua, REQUEST_LETTER, **other)
    series = around.ask(cast.ketua, GET_SERIES, series_id=series["id"])
    around.ask(cast.ketua, CHANGE_SERIES, series_id=series["id"], version=series["version"], starts_at="14:00")
    moved = [(letters[0]["id"], NPSN, "moved", 2), (theirs["id"], OTHER, "moved", 0)]
    assert affected(around) == moved
    around.ask(cast.ketua, END_SERIES, series_id=series["id"], reason="Selesai.")
    assert affected(around)[2:] == [(id_, npsn, "cancelled", others) for id_, npsn, _, others in moved]


def test_whoever_follows_the_letters_of_a_school_sees_them_decided(cast):
    letter = cast.request(cast.ketua, cast.siti)
    since = letter["updated_at"]
    cast.decide(cast.principal, letter)
    followed = cast.around.ask(cast.principal, LIST_LETTERS, updated_since=since)["items"]
    assert [(each["id"], each["status"]) for each in followed] == [(letter["id"], "granted")]
    assert cast.around.ask(cast.principal, LIST_LETTERS)["items"] == []


def ids(page):
    return [item["id"] for item in page["items"]]


def test_a_letter_is_asked_for_granted_and_printed_on_the_schools_letterhead(around, cast):
    letter = cast.request(cast.ketua, cast.siti, cast.budi, cast.siti)
    assert (letter["status"], letter["school"]) == ("requested", "SMP Negeri 1 Kepil")
    assert [each["name"] for each in letter["people"]] == ["Siti Nurḥāyatī, S.Pd.", "Budi Santoso"]
    [told] = around.emitted(ASSIGNMENT_LETTER_REQUESTED)
    assert (told["npsn"], told["person_ids"]) == (NPSN, [cast.siti, cast.budi])
    with pytest.raises(Conflict):
        around.ask(cast.siti, PRINT_LETTER, letter_id=letter["id"])

    granted = cast.decide(cast.principal, letter)
    assert (granted["status"], granted["number"], granted["decided_by"]) == ("granted", "800/17/2027", cast.principal)
    with pytest.raises(Conflict):
        cast.decide(cast.principal, letter, REFUSE_LETTER, reason="Ujian")
    assert [told["status"] for told in around.emitted(ASSIGNMENT_LETTER_DECIDED)] == ["granted"]
    assert DECISION["signatory"] not in str(around.emitted(ASSIGNMENT_LETTER_DECIDED))

    printed = around.fetch(cast.siti, PRINT_LETTER, letter_id=letter["id"])
    words = words_of(printed)
    for said in (
        "SMP Negeri 1 Kepil",
        "NPSN 20306321",
        "Nomor: 800/17/2027",
        "Siti Nurḥāyatī, S.Pd.",
        "Drs. Hadi",
    ):
        assert said in words
    assert len(printed) < 64 * 1024

    link = around.ask(cast.budi, LINK_LETTER, letter_id=letter["id"])
    opened = partial(around.fetch, None, PRINT_LINKED_LETTER, district=around.district, token=link["token"])
    assert "SURAT TUGAS" in words_of(opened(letter_id=letter["id"]))
    with pytest.raises(NotFound):
        opened(letter_id=letter["id"][:-1] + ("0" if letter["id"][-1] != "0" else "1"))


def test_who_asks_for_whom(around, cast, community):
    own = cast.request(cast.siti, cast.siti)
    assert own["requested_by"] == cast.siti
    stranger = around.person("Rekan")
    around.teaches(stranger, NPSN)
    refused = at_once(
        partial(cast.request, cast.siti, cast.budi),
        partial(cast.request, stranger, stranger),
        partial(cast.request, cast.ketua, stranger),
        partial(cast.request, cast.ketua, cast.budi, npsn=OTHER),
        partial(cast.request, cast.ketua, cast.budi, npsn="99999999"),
        partial(cast.request, cast.ketua, cast.budi, cast.siti),
    )
    assert [type(each) for each in refused] == [Forbidden, Forbidden, Invalid, Invalid, Invalid, Conflict]


def test_nobody_is_named_twice_even_by_two_who_ask_at_once_but_again_after_a_refusal(around, cast):
    outcomes = at_once(partial(cast.request, cast.ketua, cast.siti), partial(cast.request, cast.siti, cast.siti))
    [letter] = [each for each in outcomes if isinstance(each, dict)]
    assert [type(each) for each in outcomes if each is not letter] == [Conflict]
    refused = cast.decide(cast.principal, letter, REFUSE_LETTER, reason="Ada ujian.")
    assert (refused["status"], refused["reason"]) == ("refused", "Ada ujian.")
    assert cast.request(cast.siti, cast.siti)["status"] == "requested"


def test_a_refusal_has_a_reason_a_number_and_a_signatory_where_the_school_gives_them(around, cast):
    full = {**DECISION, "reason": "Ada ujian."}
    refused = cast.decide(cast.principal, cast.request(cast.siti, cast.siti), REFUSE_LETTER, **full)
    assert refused["status"] == "refused"
    assert {name: refused[name] for name in full} == full
    bare = around.ask(cast.principal, REFUSE_LETTER, letter_id=cast.request(cast.siti, cast.siti)["id"])
    assert (bare["status"], [bare[name] for name in full]) == ("refused", [None] * 3)
    assert not any(DECISION["signatory"] in str(told) for told in around.emitted(ASSIGNMENT_LETTER_DECIDED))
    with pytest.raises(Conflict):
        around.ask(cast.siti, PRINT_LETTER, letter_id=bare["id"])


def test_each_sees_the_letters_that_concern_them(around, cast):
    first, second = cast.request(cast.ketua, cast.siti), cast.request(cast.budi, cast.budi)
    both = {first["id"], second["id"]}
    lists = {
        who: set(ids(around.ask(who, LIST_SESSION_LETTERS, session_id=cast.session)))
        for who in (cast.ketua, cast.principal, cast.siti, cast.elsewhere)
    }
    assert list(lists.values()) == [both, both, {first["id"]}, set()]
    assert set(ids(around.ask(cast.principal, LIST_LETTERS))) == both
    assert ids(around.ask(cast.siti, LIST_LETTERS)) == [first["id"]]
    cast.decide(cast.principal, first)
    assert ids(around.ask(cast.principal, LIST_LETTERS)) == [second["id"]]
    assert ids(around.ask(cast.principal, LIST_LETTERS, status="granted")) == [first["id"]]
    assert ids(around.ask(cast.siti, LIST_LETTERS, status="refused")) == []
    hidden = at_once(
        partial(around.ask, cast.budi, GET_LETTER, letter_id=first["id"]),
        partial(cast.decide, cast.elsewhere, second),
        partial(cast.decide, cast.budi, second),
    )
    assert [type(each) for each in hidden] == [NotFound, NotFound, Forbidden]


def test_a_letter_waits_on_the_first_page_of_its_school_until_it_is_decided(cast, around):
    """The longest waiting first, for a leader of that school only; not for a meeting that does not take place."""
    first, second = cast.request(cast.siti, cast.siti), cast.request(cast.budi, cast.budi)
    shown = around.ask(cast.principal, SHOW_COMING)["letters"]
    assert (ids(shown), shown["more"]) == ([first["id"], second["id"]], False)
    assert {name: shown["items"][0][name] for name in ("npsn", "session", "people")} == {
        "npsn": NPSN,
        "session": "Membaca grafik",
        "people": 1,
    }
    for other in (cast.elsewhere, cast.siti, cast.ketua):
        assert around.ask(other, SHOW_COMING)["letters"]["items"] == []
    cast.decide(cast.principal, first)
    assert ids(around.ask(cast.principal, SHOW_COMING)["letters"]) == [second["id"]]
    around.ask(cast.ketua, CANCEL_SESSION, session_id=cast.session, reason="Hujan deras")
    assert around.ask(cast.principal, SHOW_COMING)["letters"]["items"] == []
