"""The way of a resource from draft to shelf and back."""

from datetime import UTC, datetime

import pytest
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.content.domain import resources
from services.content.snapshots import resource_state
from shared.errors import Conflict, Forbidden, Invalid

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SITI, BUDI, ANI = "siti", "budi", "ani"


def draft(**content):
    given = {"title": "Pecahan", "kind": "lesson_plan", "subject": "Matematika", "phase": "D", "text": "Isi"}
    return {"id": "r1", **resources.new("c1", SITI, {**given, "file_ids": [], **content})}


def submitted(**content):
    return resources.submit(draft(**content), NOW)


def published():
    return resources.approve(submitted(), BUDI, {ANI}, NOW)


def test_an_officer_publishes_what_a_member_submitted():
    resource = published()
    assert resource["status"] == "published"
    assert resource["version_number"] == 1
    assert resources.version_of(resource, BUDI)["text"] == "Isi"


def test_an_empty_resource_is_not_submitted():
    with pytest.raises(Invalid):
        resources.submit(draft(text="  \n"), NOW)
    assert resources.submit(draft(text="", file_ids=["f1"]), NOW)["status"] == "submitted"


def test_an_officer_does_not_approve_her_own_work_while_there_is_another():
    with pytest.raises(Forbidden):
        resources.approve(submitted(), SITI, {BUDI}, NOW)


def test_a_community_with_one_officer_can_publish_her_work():
    assert resources.approve(submitted(), SITI, set(), NOW)["status"] == "published"


def test_what_is_under_review_does_not_change_under_the_reviewers_eyes():
    with pytest.raises(Conflict):
        resources.change(submitted(), {"text": "Lain"})


def test_a_returned_draft_says_why_until_it_is_submitted_again():
    returned = resources.send_back(submitted(), "Tambahkan asesmen")
    assert (returned["status"], returned["returned_reason"]) == ("draft", "Tambahkan asesmen")
    assert resources.submit(returned, NOW)["returned_reason"] is None


def test_readers_keep_the_published_version_while_the_author_works_on_the_next():
    edited = resources.change(published(), {"title": "Pecahan dan desimal"})
    assert edited["listed"]
    state = resource_state(edited)
    assert (state["title"], state["status"]) == ("Pecahan", "published")


def test_a_withdrawn_resource_is_off_the_shelf_and_may_come_back_as_the_next_version():
    withdrawn = resources.withdraw(published())
    assert not withdrawn["listed"]
    again = resources.submit(resources.change(withdrawn, {"text": "Baru"}), NOW)
    assert resources.approve(again, BUDI, set(), NOW)["version_number"] == 2


def test_officers_see_a_draft_only_once_it_was_submitted():
    assert not resources.shows_working_copy(draft(), BUDI, officer=True)
    assert resources.shows_working_copy(submitted(), BUDI, officer=True)
    assert not resources.shows_working_copy(submitted(), ANI, officer=False)
    edited_then_withdrawn = resources.withdraw(resources.change(published(), {"title": "Belum diajukan"}))
    assert not resources.shows_working_copy(edited_then_withdrawn, BUDI, officer=True)
    assert resources.shows_working_copy(draft(), SITI, officer=False)


class AnyWay(RuleBasedStateMachine):
    """Whatever author and officers do, in any order."""

    @initialize()
    def begin(self):
        self.resource = draft()
        self.approvals = 0

    @rule()
    def edit(self):
        if self.resource["status"] != "submitted":
            self.resource = resources.change(self.resource, {"title": self.resource["title"] + "!"})

    @precondition(lambda self: self.resource["status"] == "draft")
    @rule()
    def submit(self):
        self.resource = resources.submit(self.resource, NOW)

    @precondition(lambda self: self.resource["status"] == "submitted")
    @rule()
    def approve(self):
        self.resource = resources.approve(self.resource, BUDI, set(), NOW)
        self.approvals += 1
        self.approved = self.resource["title"]

    @precondition(lambda self: self.resource["status"] == "submitted")
    @rule()
    def send_back(self):
        self.resource = resources.send_back(self.resource, "Belum lengkap")

    @precondition(lambda self: self.resource["status"] != "withdrawn")
    @rule()
    def withdraw(self):
        self.resource = resources.withdraw(self.resource)

    @invariant()
    def every_approval_is_one_version(self):
        assert self.resource["version_number"] == self.approvals

    @invariant()
    def readers_see_something_exactly_from_approval_to_withdrawal(self):
        if self.resource["status"] == "published":
            assert self.resource["listed"]
        if self.resource["status"] == "withdrawn" or self.approvals == 0:
            assert not self.resource["listed"]

    @invariant()
    def its_event_tells_others_no_unapproved_words(self):
        state = resource_state(self.resource)
        if self.resource["status"] in ("draft", "withdrawn") and self.approvals:
            assert state["title"] == self.approved


TestAnyWay = AnyWay.TestCase
