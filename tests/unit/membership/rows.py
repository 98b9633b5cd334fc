"""Rows of imports as tests write them."""

from services.membership.domain import people
from services.membership.domain.imports import recognition, teachers
from services.membership.phones import read_phone
from shared import texts

SCHOOL = {
    "npsn": "20306577",
    "name": "SD NEGERI 3 KWADUNGAN",
    "level": "SD",
    "status": "Negeri",
    "subdistrict": "Kalikajar",
    "subdistrict_code": "3307070",
}
TEACHER = {
    "npsn": "20306577",
    "name": "Siti Aminah, S.Pd.",
    "nuptk": "4487734264833898",
    "nip": "198201202005012523",
    "employment": "PNS",
    "duty": "Guru Mapel",
    "subjects": "IPA",
    "phone": "087396239763",
    "email": "siti@guru.example",
}


def read(**cells):
    return teachers.read({**TEACHER, **cells}, read_phone)


def problems(reading):
    """What is wrong with a row, each with a text of its own."""
    for problem in reading.problems:
        assert texts.exists(problem.text.key)
        assert problem.suggestion is None or texts.exists(problem.suggestion.key)
    return [(p.field, p.text.key.removeprefix("membership."), p.rejects) for p in reading.problems]


def person(**said):
    """Siti as she stands on record after her row was imported."""
    values = {**read().values, **said}
    fields = teachers.of_the_person(values)
    known = people.new(fields.pop("id", "p1"), fields)
    known |= {"own_contacts": said.get("own_contacts", False)}
    post = {"assignment_id": "a1", "npsn": values["npsn"], "primary": True, "duty": values["duty"], "grant_id": None}
    return people.indexed(people.at({**known, "username": "siti.1"}, [post]))


def decide(known=(), **cells):
    values = read(**cells).values
    return teachers.decide(values, recognition.recognise(values, [known] if isinstance(known, dict) else list(known)))
