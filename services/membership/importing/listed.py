"""The kinds of import that there are."""

from __future__ import annotations

from collections.abc import Mapping

from services.membership.importing.communities import COMMUNITIES
from services.membership.importing.kinds import Kind
from services.membership.importing.members import MEMBERS
from services.membership.importing.schools import SCHOOLS
from services.membership.importing.teachers import DAPODIK, TEACHERS

KINDS: Mapping[str, Kind] = {
    "schools": SCHOOLS,
    "teachers": TEACHERS,
    "dapodik": DAPODIK,
    "communities": COMMUNITIES,
    "members": MEMBERS,
}
