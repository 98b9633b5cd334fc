"""A person's record of a year as PDF."""

from __future__ import annotations

from services.scheduling import paperwork
from services.scheduling.printing import record
from services.scheduling.printing.common import say
from services.scheduling.printing.record import Record
from services.scheduling.usecases.show_attended import show_attended
from shared import dates
from shared.communities import present_forms
from shared.contracts.record import period_of
from shared.messaging import Work, offload
from shared.mongo import Doc

_MOST_ROWS = 300


def print_record(work: Work, asked: Doc) -> tuple[Doc, bytes]:
    """What the caller attended, as this service knows it, and the works that the caller published, as it is told."""
    attended = show_attended(work, asked)
    words = _words(work, asked, attended)
    body = offload(record.drawn, words, paperwork.printing(work))
    return {"filename": f"rekam-jejak-{words.period.replace('/', '-')}.pdf"}, body


def _words(work: Work, asked: Doc, attended: Doc) -> Record:
    me, period, zone = work.caller.person_id, period_of(asked), paperwork.printing(work).timezone
    sessions, works = attended["sessions"], asked["resources"]
    forms = present_forms(work.store, {each["community_id"] for each in [*sessions, *works]})
    names = {id_: community["name"] for id_, community in forms.items()}
    person = work.store.people.get(me) or {"name": ""}
    return Record(
        holder=person["name"],
        school=paperwork.schools_of(work, [me]).get(me, ""),
        period=period.name,
        days=say("record_days", first=dates.plain(period.first), last=dates.plain(period.last)),
        communities=[
            [each["community"] or "", str(each["sessions"]), str(each["minutes"]), str(each["jp"])]
            for each in attended["communities"]
        ],
        sessions=[
            [
                dates.plain(dates.local_day(each["starts_at"], zone)),
                each["title"],
                names.get(each["community_id"], ""),
                say("record_counts" if each["counts"] else "record_waits", minutes=str(each["minutes"])),
            ]
            for each in sessions[:_MOST_ROWS]
        ],
        certificates=[
            [each["number"], each["community_name"], each["semester"], _jp(each)] for each in attended["certificates"]
        ],
        works=[
            [
                dates.plain(dates.local_day(each["published_at"], zone)),
                each["title"],
                names.get(each["community_id"], ""),
            ]
            for each in works[:_MOST_ROWS]
        ],
        left_out=max(0, len(sessions) - _MOST_ROWS),
    )


def _jp(certificate: Doc) -> str:
    return str(certificate["jp"]) if certificate["status"] == "valid" else say(f"record_{certificate['status']}")
