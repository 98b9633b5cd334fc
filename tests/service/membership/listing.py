"""What tests of teachers' lists have in common: handing one in, what came of it, whom it means."""

from shared.contracts import membership as m
from tests.support.roster import TEACHER_COLUMNS, csv_bytes

NOTHING = dict.fromkeys(("nuptk", "nip", "hp", "email"), "")


def upload(town, rows, **said):
    return town.upload("teachers", csv_bytes(rows, TEACHER_COLUMNS), **said)


def outcomes(state):
    return {name: count for name, count in state["counts"].items() if count}


def someone(town, name):
    [person] = [each for each in town.store.people.find({}, limit=1000) if each["name"] == name]
    return person


def colleagues(lists, count):
    """So many of the staff of the largest school, without its principal."""
    staff = max((lists.staff_of(school["npsn"]) for school in lists.schools), key=len)
    return staff[1 : count + 1]


def decide(town, dry, row, decision, **said):
    return town.ask(town.operator, m.DECIDE_ROW, import_id=dry["id"], n=row["row"], decision=decision, **said)
