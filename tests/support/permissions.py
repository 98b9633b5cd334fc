"""Who gets what of every operation: the table that tests/e2e/test_permissions.py compares the platform with.

A new operation needs a line in :data:`EXPECTED`, one in :data:`EXPECTED_OF_CLIENTS` if its contract names a scope, and
a sample request (tests/support/samples.py). The table is written by hand and apart from the services' policies: a rule
that is loosened by mistake differs from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ROLES = ("teacher", "member", "officer", "principal", "school_operator", "elsewhere", "supervisor", "operator")
"""A teacher of another school, who belongs to nothing; a member and the ketua of the community that it is about; the
principal and the operator of the school that it is about; the operator of another school; a supervisor and an operator
of the district. Whoever is not logged in gets 401 of all that is not public."""

MARKS: Mapping[str, tuple[int, ...]] = {"+": (), "3": (403,), "4": (404,)}
"""``+`` allowed (whatever it answers then), ``3`` refused with 403, ``4`` hidden with 404."""

_EVERYBODY = "+ + + + + + + +"
_OPERATOR_ONLY = "3 3 3 3 3 3 3 +"
_OFFICERS_ONLY = "3 3 + 3 3 3 3 3"
_OFFICERS_AND_OPERATOR = "3 3 + 3 3 3 3 +"
_OF_THE_SCHOOL = "3 3 3 + + 3 3 +"
_MEMBERS_ONLY = "3 + + 3 3 3 3 3"
_MEMBERS_AND_SUPERVISORS = "3 + + 3 3 3 + 3"
# It names the member.
_OF_THE_LETTER = "4 + + + + 4 4 4"
_OWNER_ONLY = "4 + 4 4 4 4 4 4"
_OWNER_AND_OFFICERS = "4 + + 4 4 4 4 4"

# The order of ROLES:         tea mem off pri sop els sup ope
EXPECTED: Mapping[str, str] = {
    "membership.activate": _EVERYBODY,
    "membership.log_in": _EVERYBODY,
    "membership.refresh": _EVERYBODY,
    "membership.issue_token": _EVERYBODY,
    "membership.list_api_clients": _OPERATOR_ONLY,
    "membership.create_api_client": _OPERATOR_ONLY,
    "membership.rotate_api_client": _OPERATOR_ONLY,
    "membership.revoke_api_client": _OPERATOR_ONLY,
    "membership.log_out": _EVERYBODY,
    "membership.change_password": _EVERYBODY,
    "membership.request_reset": _EVERYBODY,
    "membership.confirm_reset": _EVERYBODY,
    "membership.start_oidc": _EVERYBODY,
    "membership.verify_oidc": _EVERYBODY,
    "membership.log_in_oidc": _EVERYBODY,
    "membership.link_identity": _EVERYBODY,
    "membership.list_identities": _EVERYBODY,
    "membership.unlink_identity": "4 4 4 4 4 4 4 4",
    "membership.list_my_sessions": _EVERYBODY,
    "membership.end_session": _OWNER_ONLY,
    "membership.get_me": _EVERYBODY,
    "gateway.get_home": _EVERYBODY,
    "gateway.get_record": _EVERYBODY,
    "scheduling.print_record": _EVERYBODY,
    "membership.change_me": _EVERYBODY,
    "membership.request_export": _EVERYBODY,
    "membership.get_export": _OWNER_ONLY,
    "membership.download_export": _OWNER_ONLY,
    "membership.link_export": _OWNER_ONLY,
    "membership.link_record": _EVERYBODY,
    "membership.request_erasure": _EVERYBODY,
    "membership.get_my_erasure": _EVERYBODY,
    "membership.withdraw_erasure": _EVERYBODY,
    "membership.list_erasures": _OPERATOR_ONLY,
    "membership.get_erasure": _OPERATOR_ONLY,
    "membership.refuse_erasure": _OPERATOR_ONLY,
    "membership.read_receipt": _EVERYBODY,
    "membership.get_district": _EVERYBODY,
    "membership.change_district": _OPERATOR_ONLY,
    "membership.list_schools": _EVERYBODY,
    "membership.get_school": _EVERYBODY,
    "membership.create_school": _OPERATOR_ONLY,
    "membership.change_school": _OPERATOR_ONLY,
    "membership.list_people": "3 3 3 + + + + +",
    "membership.get_person": _EVERYBODY,
    "membership.add_person": _OF_THE_SCHOOL,
    "membership.change_person": _OF_THE_SCHOOL,
    "membership.issue_activation": _OF_THE_SCHOOL,
    "membership.print_import_cards": _OPERATOR_ONLY,
    "membership.link_import_cards": _OPERATOR_ONLY,
    "membership.print_school_cards": _OF_THE_SCHOOL,
    "membership.link_school_cards": _OF_THE_SCHOOL,
    "membership.disable_person": _OF_THE_SCHOOL,
    "membership.enable_person": _OF_THE_SCHOOL,
    "membership.list_assignments": "3 3 3 + + 3 + +",
    "membership.assign": _OF_THE_SCHOOL,
    "membership.correct_assignment": _OF_THE_SCHOOL,
    "membership.take_back_assignment": _OF_THE_SCHOOL,
    "membership.transfer": _OPERATOR_ONLY,
    "membership.list_memberships": "3 3 3 + + 3 + +",
    "membership.list_transfers": "3 3 3 + + 3 + +",
    "membership.cancel_transfer": _OPERATOR_ONLY,
    "membership.list_roles": _OPERATOR_ONLY,
    "membership.grant_role": _OPERATOR_ONLY,
    "membership.revoke_role": _OPERATOR_ONLY,
    "membership.list_communities": _EVERYBODY,
    "membership.found_community": _OPERATOR_ONLY,
    "membership.get_community": _EVERYBODY,
    "membership.change_community": _OFFICERS_AND_OPERATOR,
    "membership.archive_community": _OFFICERS_AND_OPERATOR,
    "membership.revive_community": _OFFICERS_AND_OPERATOR,
    "membership.merge_community": _OFFICERS_AND_OPERATOR,
    "membership.propose_community": _EVERYBODY,
    "membership.list_proposals": _EVERYBODY,
    "membership.get_proposal": "4 + 4 4 4 4 4 +",
    "membership.accept_proposal": "4 3 4 4 4 4 4 +",
    "membership.refuse_proposal": "4 3 4 4 4 4 4 +",
    "membership.withdraw_proposal": "4 + 4 4 4 4 4 3",
    "membership.ask_to_join": _EVERYBODY,
    "membership.list_join_requests": _OFFICERS_AND_OPERATOR,
    "membership.my_join_requests": _EVERYBODY,
    "membership.get_join_request": "4 + + 4 4 4 4 +",
    "membership.approve_join_request": "4 3 + 4 4 4 4 +",
    "membership.reject_join_request": "4 3 + 4 4 4 4 +",
    "membership.withdraw_join_request": "4 + 3 4 4 4 4 3",
    "membership.invite": _OFFICERS_AND_OPERATOR,
    "membership.list_invitations": _OFFICERS_AND_OPERATOR,
    "membership.revoke_invitation": "4 4 + 4 4 4 4 +",
    "membership.accept_invitation": _EVERYBODY,
    "membership.preview_invitation": _EVERYBODY,
    "membership.draw_invitation": _EVERYBODY,
    "membership.list_guests": "3 + + 3 3 3 + +",
    "membership.add_guest": _OFFICERS_AND_OPERATOR,
    "membership.remove_guest": _OFFICERS_AND_OPERATOR,
    "membership.list_members": "3 + + 3 3 3 + +",
    "membership.add_members": _OFFICERS_AND_OPERATOR,
    "membership.change_member": _OFFICERS_AND_OPERATOR,
    "membership.remove_member": _OFFICERS_AND_OPERATOR,
    "membership.list_audit": _OPERATOR_ONLY,
    "membership.export_audit": _OPERATOR_ONLY,
    "membership.start_import": _OPERATOR_ONLY,
    "membership.get_import": _OPERATOR_ONLY,
    "membership.list_import_rows": _OPERATOR_ONLY,
    "membership.decide_import_row": _OPERATOR_ONLY,
    "membership.apply_import": _OPERATOR_ONLY,
    "scheduling.get_timetable": _EVERYBODY,
    "scheduling.put_timetable": _OPERATOR_ONLY,
    "scheduling.get_holidays": _EVERYBODY,
    "scheduling.put_holidays": _OPERATOR_ONLY,
    "scheduling.find_free_dates": _OFFICERS_ONLY,
    "scheduling.start_series": _OFFICERS_ONLY,
    "scheduling.list_series": _EVERYBODY,
    "scheduling.get_series": _EVERYBODY,
    "scheduling.change_series": _OFFICERS_ONLY,
    "scheduling.pause_series": _OFFICERS_ONLY,
    "scheduling.resume_series": _OFFICERS_ONLY,
    "scheduling.end_series": _OFFICERS_ONLY,
    "scheduling.schedule_session": _OFFICERS_ONLY,
    "scheduling.list_sessions": _EVERYBODY,
    "scheduling.get_session": _EVERYBODY,
    "scheduling.change_session": _OFFICERS_ONLY,
    "scheduling.drop_session": _OFFICERS_ONLY,
    "scheduling.cancel_session": _OFFICERS_ONLY,
    "scheduling.answer_session": _MEMBERS_ONLY,
    "scheduling.list_rsvps": _MEMBERS_AND_SUPERVISORS,
    "scheduling.record_attendance": _OFFICERS_ONLY,
    "scheduling.forget_guest": _OFFICERS_ONLY,
    "scheduling.list_attendance": _MEMBERS_AND_SUPERVISORS,
    "scheduling.get_checkin_codes": _OFFICERS_ONLY,
    "scheduling.check_in": _EVERYBODY,
    "scheduling.get_bundle": _MEMBERS_ONLY,
    "scheduling.share_session": _EVERYBODY,
    "scheduling.read_public_session": _EVERYBODY,
    "scheduling.request_letter": _OFFICERS_ONLY,  # the sample is for another member
    "scheduling.list_session_letters": _EVERYBODY,
    "scheduling.list_letters": _EVERYBODY,
    "scheduling.get_letter": _OF_THE_LETTER,
    "scheduling.grant_letter": "4 3 3 + + 4 4 4",
    "scheduling.refuse_letter": "4 3 3 + + 4 4 4",
    "scheduling.print_letter": _OF_THE_LETTER,
    "scheduling.link_letter": _OF_THE_LETTER,
    "scheduling.print_document": _MEMBERS_AND_SUPERVISORS,
    "scheduling.link_document": _MEMBERS_AND_SUPERVISORS,
    "scheduling.get_my_calendar": _EVERYBODY,
    "scheduling.renew_my_calendar": _EVERYBODY,
    "scheduling.get_community_calendar": _MEMBERS_ONLY,
    "scheduling.read_calendar": _EVERYBODY,
    "scheduling.get_agenda": _MEMBERS_AND_SUPERVISORS,
    "scheduling.set_agenda": _OFFICERS_ONLY,
    "scheduling.get_minutes": _MEMBERS_AND_SUPERVISORS,
    "scheduling.write_minutes": _OFFICERS_ONLY,
    "scheduling.approve_minutes": _OFFICERS_ONLY,
    "scheduling.list_minutes_revisions": _MEMBERS_AND_SUPERVISORS,
    "scheduling.get_minutes_revision": _MEMBERS_AND_SUPERVISORS,
    "scheduling.list_commitments": _MEMBERS_AND_SUPERVISORS,
    "scheduling.make_commitment": _MEMBERS_ONLY,
    "scheduling.get_commitment": _MEMBERS_AND_SUPERVISORS,
    "scheduling.change_commitment": _MEMBERS_ONLY,
    "scheduling.issue_certificates": _OFFICERS_ONLY,
    "scheduling.list_certificates": _EVERYBODY,
    "scheduling.check_certificate": _EVERYBODY,
    "scheduling.print_certificate": _EVERYBODY,
    "scheduling.check_certificate_paper": _EVERYBODY,
    "scheduling.list_certificate_keys": _EVERYBODY,
    "scheduling.revoke_certificate": _OFFICERS_AND_OPERATOR,
    "scheduling.get_certificate_terms": _MEMBERS_ONLY,
    "scheduling.set_certificate_terms": _OFFICERS_ONLY,
    "scheduling.get_reminders": _MEMBERS_ONLY,
    "scheduling.choose_reminders": _OFFICERS_ONLY,
    "content.create_upload": _EVERYBODY,
    "content.append_chunk": _OWNER_ONLY,
    "content.get_upload": _OWNER_ONLY,
    "content.delete_upload": _OWNER_ONLY,
    "content.get_file": _OWNER_AND_OFFICERS,
    "content.read_file": _OWNER_AND_OFFICERS,
    "content.link_file": _OWNER_AND_OFFICERS,
    "content.draft_resource": _MEMBERS_ONLY,
    "content.list_resources": _OFFICERS_ONLY,
    "content.get_resource": _OWNER_AND_OFFICERS,
    "content.list_versions": _OWNER_AND_OFFICERS,
    "content.change_resource": "4 + 3 4 4 4 4 4",
    "content.submit_resource": "4 + 3 4 4 4 4 4",
    "content.approve_resource": "4 3 + 4 4 4 4 4",
    "content.return_resource": "4 3 + 4 4 4 4 4",
    "content.withdraw_resource": _OWNER_AND_OFFICERS,
    "learning.open_cycle": _OFFICERS_ONLY,
    "learning.list_cycles": _EVERYBODY,
    "learning.get_cycle": _EVERYBODY,
    "learning.change_cycle": _OFFICERS_ONLY,
    "learning.advance_cycle": _OFFICERS_ONLY,
    "learning.evaluate_cycle": _OFFICERS_ONLY,
    "notification.list_notifications": _EVERYBODY,
    "notification.count_unread": _EVERYBODY,
    "notification.mark_read": _EVERYBODY,
    "notification.register_webhook": _OPERATOR_ONLY,
    "notification.list_webhooks": _OPERATOR_ONLY,
    "notification.get_webhook": _OPERATOR_ONLY,
    "notification.change_webhook": _OPERATOR_ONLY,
    "notification.delete_webhook": _OPERATOR_ONLY,
    "notification.rotate_secret": _OPERATOR_ONLY,
    "notification.test_webhook": _OPERATOR_ONLY,
    "notification.list_deliveries": _OPERATOR_ONLY,
    "notification.retry_delivery": _OPERATOR_ONLY,
    "notification.list_events": _OPERATOR_ONLY,
    "gateway.list_event_types": _EVERYBODY,
}

CLIENTS = ("client", "client_of_school", "client_elsewhere")
"""API clients with the operation's scope: bound to no school, to the one that it is about, and to another. Without the
scope each of them gets 403, and so they do where an operation has none."""

_ANY_CLIENT = "+ + +"
_HIDDEN = "4 4 4"
_UNBOUND_ONLY = "+ 3 3"
_WITHIN_REACH = "+ + 4"

# The order of CLIENTS:                         any own els
EXPECTED_OF_CLIENTS: Mapping[str, str] = {
    "membership.list_schools": _ANY_CLIENT,
    "membership.get_school": _WITHIN_REACH,
    "membership.list_people": _ANY_CLIENT,
    "membership.get_person": _WITHIN_REACH,
    "membership.list_assignments": _WITHIN_REACH,
    "membership.list_transfers": _WITHIN_REACH,
    "membership.list_communities": _ANY_CLIENT,
    "membership.get_community": _ANY_CLIENT,
    "membership.list_members": _ANY_CLIENT,
    "membership.start_import": _UNBOUND_ONLY,
    "membership.get_import": _UNBOUND_ONLY,
    "membership.list_import_rows": _UNBOUND_ONLY,
    "membership.decide_import_row": _UNBOUND_ONLY,
    "membership.apply_import": _UNBOUND_ONLY,
    "scheduling.get_timetable": _ANY_CLIENT,
    "scheduling.get_holidays": _ANY_CLIENT,
    "scheduling.list_series": _ANY_CLIENT,
    "scheduling.get_series": _ANY_CLIENT,
    "scheduling.list_sessions": _ANY_CLIENT,
    "scheduling.get_session": _ANY_CLIENT,
    "content.list_resources": "3 3 3",
    "content.get_resource": _ANY_CLIENT,
    "content.list_versions": _ANY_CLIENT,
    "content.get_file": _ANY_CLIENT,
    "content.read_file": _ANY_CLIENT,
    "content.link_file": _ANY_CLIENT,
    "learning.list_cycles": _ANY_CLIENT,
    "learning.get_cycle": _ANY_CLIENT,
    "notification.register_webhook": _ANY_CLIENT,
    "notification.list_webhooks": _ANY_CLIENT,
    "notification.get_webhook": _HIDDEN,
    "notification.change_webhook": _HIDDEN,
    "notification.delete_webhook": _HIDDEN,
    "notification.rotate_secret": _HIDDEN,
    "notification.test_webhook": _HIDDEN,
    "notification.list_deliveries": _HIDDEN,
    "notification.retry_delivery": _HIDDEN,
    "notification.list_events": _ANY_CLIENT,
}
"""The community is of no school, resource and file are published, the list of resources is that of those to be
reviewed, and the webhook is the operator's."""

NEVER_DONE: Mapping[str, int] = {
    "membership.change_me": 412,  # one's own contacts stay
    "membership.change_password": 422,  # and so does the password
    "membership.confirm_reset": 422,  # nobody got a letter
    "membership.start_oidc": 422,  # there is no provider of accounts elsewhere
    "membership.verify_oidc": 422,
    "membership.log_in_oidc": 422,
    "membership.link_identity": 422,
    "membership.decide_import_row": 409,  # the import was applied
    "membership.print_import_cards": 409,  # it brought nobody in
    "scheduling.check_in": 409,  # the session is tomorrow's
    "scheduling.print_letter": 409,  # it was not granted yet
    "scheduling.link_letter": 409,
    "notification.retry_delivery": 409,  # it has arrived
    "learning.evaluate_cycle": 409,  # it is not there yet
}
"""Operations that the sample request brings no further than past policy, with what they answer then. In each other one
somebody must succeed."""


def expected(operation: str) -> dict[str, tuple[int, ...]]:
    """What each role is refused with; nothing where it is allowed."""
    return _read(ROLES, EXPECTED[operation])


def expected_of_clients(operation: str) -> dict[str, tuple[int, ...]]:
    """What each API client that has the operation's scope is refused with; nothing where it is allowed."""
    return _read(CLIENTS, EXPECTED_OF_CLIENTS[operation])


def _read(who: Sequence[str], line: str) -> dict[str, tuple[int, ...]]:
    return {each: MARKS[mark] for each, mark in zip(who, line.split(), strict=True)}
