"""What members make is looked at by an officer, and then belongs to everyone."""

from functools import partial

import pytest

from shared.contracts.content import (
    APPROVE_RESOURCE,
    CHANGE_RESOURCE,
    DRAFT_RESOURCE,
    GET_RESOURCE,
    LIST_RESOURCES,
    LIST_VERSIONS,
    RETURN_RESOURCE,
    SUBMIT_RESOURCE,
    WITHDRAW_RESOURCE,
)
from shared.contracts.events import content as events
from shared.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from tests.service.content.conftest import PDF, Around
from tests.support.neighbours import at_once


def change(around, who, resource, **changes):
    order = {"resource_id": resource["id"], "version": resource["version"], **changes}
    return around.ask(who, CHANGE_RESOURCE, **order)


def see(around, who, resource):
    return around.ask(who, GET_RESOURCE, resource_id=resource["id"])


def listed(around, who, **asked):
    return [item["id"] for item in around.ask(who, LIST_RESOURCES, **asked)["items"]]


def test_from_draft_to_everyones(around, ketua, author, community):
    file_id = around.file(author)
    stranger = around.person("Rekan")
    draft = around.draft(author, community, file_ids=[file_id], subject="Matematika", phase="D")
    assert (draft["status"], draft["version_number"], draft["author_name"]) == ("draft", 0, "Siti Aminah")
    hidden = at_once(*(partial(see, around, who, draft) for who in (ketua, stranger)))
    assert [type(each) for each in hidden] == [NotFound] * 2
    around.ask(author, SUBMIT_RESOURCE, resource_id=draft["id"])
    assert see(around, ketua, draft)["status"] == "submitted"
    assert around.fetch_all(ketua, file_id) == PDF
    hidden = at_once(partial(see, around, stranger, draft), partial(around.fetch, stranger, file_id=file_id))
    assert [type(each) for each in hidden] == [NotFound] * 2
    around.ask(ketua, APPROVE_RESOURCE, resource_id=draft["id"])
    shown = see(around, stranger, draft)
    assert (shown["status"], shown["version_number"]) == ("published", 1)
    assert (shown["text"], [file["id"] for file in shown["files"]]) == (draft["text"], [file_id])
    assert around.fetch_all(stranger, file_id) == PDF
    told = around.emitted(events.RESOURCE_SUBMITTED, events.RESOURCE_PUBLISHED)
    assert [(each["status"], each["version_number"]) for each in told] == [("submitted", 0), ("published", 1)]
    assert "text" not in told[0]


def test_markdown_is_kept_exactly_as_it_was_given(around, author, community):
    text = "# Judul\n\n<script>alert('x')</script> & \"kutip\"\n"
    assert around.draft(author, community, text=text)["text"] == text


def test_only_members_draft_and_only_the_author_changes(around, ketua, author, community):
    with pytest.raises(Forbidden):
        around.draft(around.person("Orang lain"), community)
    draft = around.draft(author, community)
    with pytest.raises(NotFound):
        change(around, ketua, draft, title="Lain")
    published = around.publish(author, ketua, community)
    with pytest.raises(Forbidden):
        change(around, ketua, published, title="Lain")


def test_whoever_left_the_community_submits_nothing_to_it(around, author, community):
    draft = around.draft(author, community)
    around.leave(community, author)
    with pytest.raises(Forbidden):
        around.ask(author, SUBMIT_RESOURCE, resource_id=draft["id"])


def test_an_officer_needs_a_second_pair_of_eyes_if_there_is_one(around, ketua, community):
    sekretaris = around.member(community, role="sekretaris")
    own = around.draft(ketua, community)
    around.ask(ketua, SUBMIT_RESOURCE, resource_id=own["id"])
    with pytest.raises(Forbidden):
        around.ask(ketua, APPROVE_RESOURCE, resource_id=own["id"])
    assert around.ask(sekretaris, APPROVE_RESOURCE, resource_id=own["id"])["status"] == "published"


def test_a_community_with_one_officer_works(around, ketua, community):
    around.member(community)
    assert around.publish(ketua, ketua, community)["status"] == "published"


def test_an_officer_who_left_is_no_second_pair_of_eyes(around, ketua, community):
    gone = around.member(community, role="bendahara")
    around.leave(community, gone)
    assert around.publish(ketua, ketua, community)["status"] == "published"


def test_members_do_not_approve(around, author, community):
    budi = around.member(community)
    draft = around.draft(author, community)
    around.ask(author, SUBMIT_RESOURCE, resource_id=draft["id"])
    tried = ((APPROVE_RESOURCE, {}), (RETURN_RESOURCE, {"reason": "Kurang"}))
    for who, refusal in ((author, Forbidden), (budi, NotFound)):
        outcomes = at_once(*(partial(around.ask, who, each, resource_id=draft["id"], **more) for each, more in tried))
        assert [type(each) for each in outcomes] == [refusal] * 2


def test_a_returned_resource_tells_its_author_why_and_nobody_else(around, ketua, author, community):
    draft = around.draft(author, community)
    around.ask(author, SUBMIT_RESOURCE, resource_id=draft["id"])
    around.ask(ketua, RETURN_RESOURCE, resource_id=draft["id"], reason="Tambahkan asesmen")
    seen = see(around, author, draft)
    assert (seen["status"], seen["returned_reason"]) == ("draft", "Tambahkan asesmen")
    [told] = around.emitted(events.RESOURCE_RETURNED)
    assert "Tambahkan" not in str(told)


def test_readers_keep_the_version_that_was_approved_until_the_next_is(around, ketua, author, community):
    reader = around.person("Rekan")
    published = around.publish(author, ketua, community)
    edited = change(around, author, published, title="Judul kedua", text="Kedua")
    assert edited["status"] == "draft"
    assert (see(around, reader, published)["title"], see(around, author, published)["title"]) == (
        "Modul pecahan",
        "Judul kedua",
    )
    [item] = around.ask(reader, LIST_RESOURCES, community_id=community)["items"]
    assert (item["title"], item["status"]) == ("Modul pecahan", "published")
    around.ask(author, SUBMIT_RESOURCE, resource_id=published["id"])
    around.ask(ketua, APPROVE_RESOURCE, resource_id=published["id"])
    assert see(around, reader, published)["text"] == "Kedua"
    versions = around.ask(reader, LIST_VERSIONS, resource_id=published["id"])["items"]
    assert [(each["number"], each["title"], each["approved_by"]) for each in versions] == [
        (2, "Judul kedua", ketua),
        (1, "Modul pecahan", ketua),
    ]


def test_a_file_of_the_next_version_stays_hidden_until_that_is_approved(around, ketua, author, community):
    reader, secret = around.person("Rekan"), around.file(author)
    published = around.publish(author, ketua, community)
    change(around, author, published, file_ids=[secret])
    with pytest.raises(NotFound):
        around.fetch(reader, file_id=secret)


def test_what_is_withdrawn_is_gone_for_readers_files_and_all(around, ketua, author, community):
    reader, file_id = around.person("Rekan"), around.file(author)
    published = around.publish(author, ketua, community, file_ids=[file_id])
    assert around.ask(author, WITHDRAW_RESOURCE, resource_id=published["id"])["status"] == "withdrawn"
    hidden = at_once(partial(see, around, reader, published), partial(around.fetch, reader, file_id=file_id))
    assert [type(each) for each in hidden] == [NotFound] * 2
    assert listed(around, reader, community_id=community) == []
    assert [each["status"] for each in around.emitted(events.RESOURCE_WITHDRAWN)] == ["withdrawn"]
    again = change(around, author, see(around, author, published), text="Baru")
    around.ask(author, SUBMIT_RESOURCE, resource_id=again["id"])
    assert around.ask(ketua, APPROVE_RESOURCE, resource_id=again["id"])["version_number"] == 2
    assert listed(around, reader, community_id=community) == [published["id"]]


def test_withdrawing_shows_no_officer_and_no_listener_what_the_author_had_not_submitted(
    around, ketua, author, community
):
    published = around.publish(author, ketua, community)
    change(around, author, published, title="Belum diajukan", text="Rahasia")
    answer = around.ask(ketua, WITHDRAW_RESOURCE, resource_id=published["id"])
    assert (answer["status"], answer["title"]) == ("withdrawn", "Modul pecahan")
    assert "Rahasia" not in str(answer)
    [told] = around.emitted(events.RESOURCE_WITHDRAWN)
    assert told["title"] == "Modul pecahan"
    with pytest.raises(NotFound):
        see(around, ketua, published)


@pytest.mark.parametrize("operation", [APPROVE_RESOURCE, RETURN_RESOURCE])
def test_a_review_happens_once(around, ketua, author, community, operation):
    published = around.publish(author, ketua, community)
    more = {"reason": "Kurang"} if operation is RETURN_RESOURCE else {}
    with pytest.raises(Conflict):
        around.ask(ketua, operation, resource_id=published["id"], **more)


def test_a_draft_that_was_never_submitted_is_withdrawn_in_silence(around, author, community):
    draft = around.draft(author, community)
    assert around.ask(author, WITHDRAW_RESOURCE, resource_id=draft["id"])["status"] == "withdrawn"
    assert around.emitted(events.RESOURCE_WITHDRAWN) == []


def test_two_edits_of_one_version_do_not_overwrite_each_other(around, author, community):
    draft = around.draft(author, community)
    change(around, author, draft, title="Pertama")
    with pytest.raises(Stale):
        change(around, author, draft, title="Kedua")


def test_only_ones_own_unused_files_are_attached(around, ketua, author, community):
    foreign, used = around.file(ketua), around.file(author)
    around.draft(author, community, file_ids=[used])
    unfinished = around.begin(author, 100)
    tried = (partial(around.draft, author, community, file_ids=[each]) for each in (foreign, used, unfinished))
    assert [type(each) for each in at_once(*tried)] == [Invalid] * 3


def test_an_empty_resource_is_not_submitted(around, author, community):
    draft = around.draft(author, community, text="")
    with pytest.raises(Invalid):
        around.ask(author, SUBMIT_RESOURCE, resource_id=draft["id"])


def test_the_shelf_is_listed_newest_first_and_by_what_one_looks_for(around, ketua, author, community):
    other = around.community(ketua)
    plan = around.publish(author, ketua, community, subject="IPA", phase="D")
    kit = around.publish(author, ketua, community, subject="Matematika", phase="D", kind="teaching_kit")
    elsewhere = around.publish(ketua, ketua, other, subject="Matematika", phase="A")
    around.draft(author, community, title="Masih draf")
    reader = around.person("Rekan")

    def ids(*resources):
        return [each["id"] for each in resources]

    assert listed(around, reader) == ids(elsewhere, kit, plan)
    assert listed(around, reader, community_id=community) == ids(kit, plan)
    assert listed(around, reader, subject="Matematika") == ids(elsewhere, kit)
    assert listed(around, reader, phase="D", kind="lesson_plan") == ids(plan)
    assert listed(around, reader, community_id=community, subject="Matematika", phase="D") == ids(kit)
    assert listed(around, reader, community_id=other, subject="IPA") == []
    first = around.ask(reader, LIST_RESOURCES, limit=2)
    assert listed(around, reader, limit=2, after=first["next"]) == ids(plan)


def test_authors_find_their_drafts_and_officers_what_waits_for_them(around, ketua, author, community):
    draft = around.draft(author, community)
    waiting = around.draft(author, community, title="Menunggu")
    around.ask(author, SUBMIT_RESOURCE, resource_id=waiting["id"])
    assert listed(around, author, mine=True) == [waiting["id"], draft["id"]]
    assert listed(around, ketua, mine=True) == []
    assert listed(around, ketua, community_id=community, status="submitted") == [waiting["id"]]
    with pytest.raises(Forbidden):
        listed(around, author, community_id=community, status="submitted")
    with pytest.raises(Invalid):
        listed(around, ketua, status="submitted")


def test_another_districts_resources_are_not_there(around, ketua, author, community, content, other_district):
    published = around.publish(author, ketua, community)
    with Around(content, other_district) as elsewhere:
        stranger = elsewhere.operator()
        words = {"title": "Modul", "kind": "other"}
        tried = [
            partial(elsewhere.ask, stranger, operation, resource_id=published["id"])
            for operation in (GET_RESOURCE, LIST_VERSIONS, SUBMIT_RESOURCE, APPROVE_RESOURCE, WITHDRAW_RESOURCE)
        ]
        tried.append(partial(elsewhere.ask, stranger, DRAFT_RESOURCE, community_id=community, **words))
        outcomes = [*at_once(*tried[:3]), *at_once(*tried[3:])]
        assert [type(each) for each in outcomes] == [NotFound] * 6
        assert listed(elsewhere, stranger) == []


def test_a_merged_communitys_works_stand_on_the_shelf_of_the_one_it_became(around, ketua, author, community):
    double = around.community(ketua)
    around.member(double, author)
    waiting = around.draft(author, double)
    around.ask(author, SUBMIT_RESOURCE, resource_id=waiting["id"])
    around.leave(double, author)
    around.community(ketua, community_id=double, status="archived", merged_into=community)
    around.community(ketua, community_id=community, merged_from=[double])
    assert listed(around, ketua, community_id=community, status="submitted") == [waiting["id"]]
    around.ask(ketua, APPROVE_RESOURCE, resource_id=waiting["id"])
    own = around.draft(author, double)
    assert own["community_id"] == community
    for asked in (community, double):
        assert listed(around, around.person("Rekan"), community_id=asked) == [waiting["id"]]
