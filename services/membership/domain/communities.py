"""Communities: which kinds there are places for, whose they are, and what one may find them by."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from services.membership.domain import names, search
from shared.errors import Conflict, Invalid

IN_ONE_SCHOOL = "kombel"
MOST_MERGED = 20
DEEPEST = 10

# Whose a level is by law (UU 23/2014, annex A; madrasah: the ministry of religion); the rest is the kabupaten's.
_AUTHORITIES = {"SMA": "province", "SMK": "province", "SLB": "province"}
_AUTHORITIES |= dict.fromkeys(("MI", "MTs", "MA"), "ministry")


def authority(district: str) -> str:
    """Whose office a district is: a kabupaten's or kota's (``3307``), or a branch of the province's (``33c09``)."""
    return "province" if "c" in district else "district"


def jurisdiction(level: str | None, said: str | None, otherwise: str) -> str:
    """The authority that a community of this level belongs to; without a level it is as ``said``, or ``otherwise``.

    Raises :class:`Invalid` when what is said is against the level.
    """
    if level is None:
        return said or otherwise
    found = _AUTHORITIES.get(level, "district")
    if said not in (None, found):
        raise Invalid.field("jurisdiction", f"membership.jurisdiction_{found}", level=level)
    return found


def check_merge(double: Mapping[str, Any], into: Mapping[str, Any]) -> None:
    """Raises :class:`Conflict` unless these may be one: of a kind, a school and an authority, both still themselves."""
    if double["id"] == into["id"]:
        raise Invalid.field("into", "membership.merge_itself")
    if double.get("merged_into") or into.get("merged_into"):
        raise Conflict("membership.merged_already")
    check_open(into)
    if any(double[name] != into[name] for name in ("kind", "npsn", "jurisdiction")):
        raise Conflict("membership.merge_unlike")
    if len(double.get("merged_from", ())) + len(into.get("merged_from", ())) >= MOST_MERGED:
        raise Conflict("membership.merged_too_often", most=MOST_MERGED)


def check_shape(community: Mapping[str, Any]) -> None:
    """Raises :class:`Invalid` unless a kombel names its school and the other kinds name none."""
    if community["kind"] == IN_ONE_SCHOOL and not community["npsn"]:
        raise Invalid.field("npsn", "membership.kombel_needs_school")
    if community["kind"] != IN_ONE_SCHOOL and community["npsn"]:
        raise Invalid.field("npsn", "membership.only_kombel_has_school")


def check_open(community: Mapping[str, Any]) -> None:
    """Raises :class:`Conflict` when the community is archived: nothing in it changes any more."""
    if community["status"] != "active":
        raise Conflict("membership.community_archived")


def has_place_for(community: Mapping[str, Any], person: Mapping[str, Any]) -> bool:
    """Whether the person may lead the community: a kombel is led by somebody who teaches at its school."""
    return community["kind"] != IN_ONE_SCHOOL or community["npsn"] in person["schools"]


def is_of_their_work(community: Mapping[str, Any], person: Mapping[str, Any], levels: Collection[str]) -> bool:
    """Whether a community is one of the person's school, or of what and where they teach as far as that is on record;
    ``levels`` are those of their schools. One of neither subject nor level is of nobody's work in particular."""
    if community["npsn"]:
        return community["npsn"] in person["schools"]
    taught = {names.fold(subject) for subject in person["subjects"]}
    if community["subject"] and taught and names.fold(community["subject"]) not in taught:
        return False
    if community["level"] and levels and community["level"] not in levels:
        return False
    return bool(community["subject"] or community["level"])


def indexed(community: Mapping[str, Any]) -> dict[str, Any]:
    """The community with what it is found by."""
    return {**community, "keys": keys(community)}


def keys(community: Mapping[str, Any]) -> list[str]:
    """What the community may be found by."""
    found = {*search.name_keys(community["name"]), called_key(community["name"])}
    found.add(f"kind:{community['kind']}")
    for field, kind in (("level", "level"), ("npsn", "school")):
        if community[field]:
            found.add(f"{kind}:{community[field]}")
    if community["parent_id"]:
        found.add(f"parent_id:{community['parent_id']}")
    if community["subject"]:
        found.add(f"subject:{names.fold(community['subject'])}")
    found.update(f"subdistrict:{names.fold(name)}" for name in community["subdistricts"])
    return sorted(found)


def called_key(name: str) -> str:
    """The key of every community that is called so."""
    return f"called:{names.fold(name)}"


def found_by(where: Mapping[str, Any]) -> search.Narrowed:
    """The filter of a list of communities. Raises :class:`Invalid` for too short a ``q``."""

    def key(field: str, *, folded: bool = False) -> str | None:
        value = where.get(field)
        return value and f"{field}:{names.fold(value) if folded else value}"

    wanted = search.narrowed(
        where.get("q"),
        before=[key("school"), key("parent_id")],
        after=[key("subject", folded=True), key("subdistrict", folded=True), key("kind"), key("level")],
    )
    asked = [(name, where[name]) for name in ("jurisdiction", "status") if where.get(name)]
    return search.Narrowed(
        wanted.where, lambda found: wanted.keep(found) and all(found[name] == value for name, value in asked)
    )
