"""People: what they log in with, what they are found by, and who sees how much of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any

from services.membership.domain import identifiers, names, search
from services.membership.domain.identifiers import Unusable

_OWN_USERNAME = re.compile(r"[a-z](?:[a-z0-9._-]{1,38})[a-z0-9]\Z")
_GIVEN_USERNAME = re.compile(r"[a-z]+\.[0-9]+\Z")


PRESENT = ("invited", "active")


def new(person_id: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """The record of somebody new, as far as ``said`` tells; they have no account until they activate one."""
    unsaid: dict[str, Any] = dict.fromkeys(("username", "nuptk", "nip", "employment", "email", "phone"))
    return {
        **unsaid,
        "subjects": [],
        **said,
        "id": person_id,
        "person_id": person_id,
        "status": "invited",
        "own_contacts": False,
        "show_phone": False,
        "show_email": False,
        "npsn": None,
        "schools": [],
        "posts": [],
    }


def at(person: Mapping[str, Any], posts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The person with these present posts; ``npsn`` is the primary school."""
    posts = sorted(posts, key=lambda post: not post["primary"])
    schools = list(dict.fromkeys(post["npsn"] for post in posts))
    npsn = next((post["npsn"] for post in posts if post["primary"]), None)
    return {**person, "posts": posts, "schools": schools, "npsn": npsn}


def given_username(name: str, number: int) -> str:
    """The username of the ``number``-th person: short enough for a card, unique by its number (``siti.481``)."""
    return f"{names.first_word(name)}.{number}"


def own_username(raw: str) -> str:
    """A username that somebody chose. Raises :class:`Unusable`; the form of given ones is kept for those."""
    found = raw.strip().casefold()
    if not _OWN_USERNAME.match(found) or _GIVEN_USERNAME.match(found):
        raise Unusable("username_form")
    return found


def indexed(person: Mapping[str, Any]) -> dict[str, Any]:
    """The person with ``logins`` (each belongs to one person alone) and ``keys`` (what one may be found by)."""
    return {**person, "logins": logins(person), "keys": keys(person)}


def logins(person: Mapping[str, Any]) -> list[str]:
    """What is surely this one person's: username and NUPTK."""
    return [value for value in (person["username"], person["nuptk"]) if value]


def keys(person: Mapping[str, Any]) -> list[str]:
    """What the person may be found by: contacts, NIP, present schools, subjects, words of the name without titles."""
    found = set(search.name_keys(names.core(person["name"])))
    found.update(f"subject:{names.fold(subject)}" for subject in person["subjects"])
    found.update(f"school:{npsn}" for npsn in person["schools"])
    if person.get("import_id"):
        found.add(f"import:{person['import_id']}")
    found.add(called_key(person["name"]))
    for kind in ("phone", "email", "nip"):
        if person[kind]:
            found.add(f"{kind}:{person[kind]}")
    return sorted(found)


def called_key(name: str) -> str:
    """The key of everybody who is called so, whatever titles stand around the name."""
    return f"called:{names.core(name)}"


def login_keys(login: str, phone: str | None) -> tuple[str, list[str]]:
    """How a login as typed is looked up: as one of ``logins``, else among ``keys``; ``phone`` is it as ``+62...``."""
    typed = login.strip().casefold()
    among = [f"email:{typed}"] if "@" in typed else []
    if phone is not None:
        among.append(f"phone:{phone}")
    bare = re.sub(r"[\s-]", "", typed)
    # Numbers are typed in groups; in a username a dash is a letter like any other.
    return bare if bare.isdigit() else re.sub(r"\s", "", typed), among


def found_by(where: Mapping[str, Any], within: Sequence[str] = ()) -> search.Narrowed:
    """The filter of a list of people by ``school``, ``q``, ``subject``, by whoever sees no school but those ``within``.
    Raises :class:`Invalid` for a short ``q``."""
    school, subject = where.get("school"), where.get("subject")
    if school is None and len(within) == 1:
        school = within[0]
    return search.narrowed(
        where.get("q"), before=[school and f"school:{school}"], after=[subject and f"subject:{names.fold(subject)}"]
    )


class Sight(IntEnum):
    """How much of a person a reader sees: each what the one before it sees, and more."""

    NAME = 0
    CHOSEN = 1
    """The contacts that the person chose to show to fellow members."""
    CONTACTS = 2
    ALL = 3


def seen(person: Mapping[str, Any], sight: Sight, *, whole_nip: bool) -> dict[str, Any]:
    """The person as a reader with this sight sees them; the NIP is whole for its owner and the operator only."""
    hidden: list[str] = []
    if sight < Sight.ALL:
        hidden += ("username", "nuptk", "nip", "employment")
    if sight < Sight.CONTACTS:
        hidden += (kind for kind in ("email", "phone") if sight < Sight.CHOSEN or not person.get(f"show_{kind}"))
    view = {**person, **dict.fromkeys(hidden)}
    if sight < Sight.ALL:
        # Other systems know people by their numbers, a NIP among them.
        view["external_ids"] = []
    if not whole_nip:
        view["nip"] = identifiers.mask_nip(view["nip"])
    return view


def subjects_of(raw: str) -> list[str]:
    """The subjects named in one cell, parted by semicolons or slashes."""
    found = [identifiers.tidy(part)[:100] for part in re.split(r"[;/]", raw)]
    return list(dict.fromkeys(part for part in found if not identifiers.blank(part)))


def other_fields(person: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """The names of those fields in ``wanted`` that differ from the person's."""
    return [field for field, value in wanted.items() if _plain(person.get(field)) != _plain(value)]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
