"""Which reminders of its sessions a community's members are given (API.md, "Scheduling")."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from shared.contracts.base import Command, Contract, Query, identifier, one_of
from shared.contracts.words import REMINDERS


def _before(**kwargs: Any) -> fields.List[Any]:
    return fields.List(one_of(*REMINDERS), validate=validate.Length(max=len(REMINDERS)), **kwargs)


class CommunityReminders(Contract):
    """The reminders of one community."""

    community_id = identifier(required=True)


class ChooseReminders(CommunityReminders):
    """How long ``before`` each session its members are reminded: ``7d``, ``1d``, ``1h``; an empty list is never."""

    before = _before(required=True)


class RemindersView(CommunityReminders):
    """How long before each session members are reminded who did not answer "no"; all three unless officers chose."""

    before = _before(required=True)


GET_REMINDERS = Query("scheduling.get_reminders", takes=CommunityReminders, gives=RemindersView)
CHOOSE_REMINDERS = Command("scheduling.choose_reminders", takes=ChooseReminders, gives=RemindersView)
