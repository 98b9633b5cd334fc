"""Membership: district, schools, people, accounts, communities, who belongs to what, imports."""

from __future__ import annotations

from services.membership import deadlines, erasing, posting, reactions, sweeping, turning
from services.membership.importing.job import Importer
from services.membership.personal import PERSONAL
from services.membership.policy import POLICY
from services.membership.snapshots import SOURCES
from services.membership.store import MembershipStore
from services.membership.usecases import (
    accounts,
    activation,
    assignments,
    cards,
    clients,
    closing,
    communities,
    disabling,
    district,
    erasures,
    exporting,
    guests,
    identities,
    imports,
    invitations,
    join_requests,
    me,
    members,
    memberships,
    own_links,
    people,
    proposals,
    resets,
    roles,
    schools,
    sessions,
    transfers,
    waiting,
    warnings,
)
from shared.contracts import membership as m
from shared.contracts.events import content, learning, notification, scheduling
from shared.mail import mailer
from shared.messaging import Kernel, command, every, on, query


class MembershipService:
    name = "membership"
    kernel = Kernel(MembershipStore, POLICY, SOURCES, PERSONAL)
    importer = Importer()

    # accounts

    @command(m.ACTIVATE)
    def activate(self, work, order):
        return accounts.activate(work, order)

    @command(m.LOG_IN, in_turn="login")
    def log_in(self, work, order):
        return accounts.log_in(work, order)

    @command(m.REFRESH)
    def refresh(self, work, order):
        return accounts.refresh(work, order)

    @command(m.LOG_OUT)
    def log_out(self, work, order):
        return accounts.log_out(work, order)

    @command(m.CHANGE_PASSWORD)
    def change_password(self, work, order):
        return accounts.change_password(work, order)

    @command(m.REQUEST_RESET)
    def request_reset(self, work, order):
        return resets.request_reset(work, order)

    @command(m.CONFIRM_RESET)
    def confirm_reset(self, work, order):
        return resets.confirm_reset(work, order)

    @every(seconds=5, name=resets.JOB)
    def send_mails(self, work):
        return posting.run_once(work, mailer(work.settings))

    @query(m.START_OIDC)
    def start_oidc(self, work, order):
        return identities.start_oidc(work, order)

    @query(m.VERIFY_OIDC)
    def verify_oidc(self, work, order):
        return identities.verify_oidc(work, order)

    @command(m.LOG_IN_OIDC)
    def log_in_oidc(self, work, order):
        return identities.log_in_oidc(work, order)

    @command(m.LINK_IDENTITY)
    def link_identity(self, work, order):
        return identities.link_identity(work, order)

    @query(m.LIST_IDENTITIES)
    def list_identities(self, work, order):
        return identities.list_identities(work, order)

    @command(m.UNLINK_IDENTITY)
    def unlink_identity(self, work, order):
        return identities.unlink_identity(work, order)

    @query(m.LIST_MY_SESSIONS)
    def list_my_sessions(self, work, order):
        return sessions.list_sessions(work, order)

    @command(m.END_SESSION)
    def end_session(self, work, order):
        return sessions.end_session(work, order)

    @query(m.GET_ME)
    def get_me(self, work, order):
        return me.get_me(work, order)

    @command(m.CHANGE_ME)
    def change_me(self, work, order):
        return me.change_me(work, order)

    # API clients

    @query(m.LIST_API_CLIENTS)
    def list_api_clients(self, work, order):
        return clients.list_api_clients(work, order)

    @command(m.CREATE_API_CLIENT)
    def create_api_client(self, work, order):
        return clients.create_api_client(work, order)

    @command(m.ROTATE_API_CLIENT)
    def rotate_api_client(self, work, order):
        return clients.rotate_api_client(work, order)

    @command(m.REVOKE_API_CLIENT)
    def revoke_api_client(self, work, order):
        return clients.revoke_api_client(work, order)

    @command(m.ISSUE_TOKEN)
    def issue_token(self, work, order):
        return clients.issue_token(work, order)

    # what people may ask about their own data

    @command(m.REQUEST_EXPORT)
    def request_export(self, work, order):
        return exporting.request_export(work, order)

    @query(m.GET_EXPORT)
    def get_export(self, work, order):
        return exporting.get_export(work, order)

    @query(m.DOWNLOAD_EXPORT)
    def download_export(self, work, order):
        return exporting.download_export(work, order)

    @command(m.LINK_EXPORT)
    def link_export(self, work, order):
        return own_links.link_export(work, order)

    @command(m.LINK_RECORD)
    def link_record(self, work, order):
        return own_links.link_record(work, order)

    @query(m.LINK_PATH)
    def link_path(self, work, order):
        return own_links.link_path(work, order)

    @query(m.OPEN_LINK)
    def open_link(self, work, order):
        return own_links.open_link(work, order)

    @command(m.REQUEST_ERASURE)
    def request_erasure(self, work, order):
        return erasures.request_erasure(work, order)

    @query(m.GET_MY_ERASURE)
    def get_my_erasure(self, work, order):
        return erasures.get_my_erasure(work, order)

    @command(m.WITHDRAW_ERASURE)
    def withdraw_erasure(self, work, order):
        return erasures.withdraw_erasure(work, order)

    @query(m.LIST_ERASURES)
    def list_erasures(self, work, order):
        return erasures.list_erasures(work, order)

    @query(m.GET_ERASURE)
    def get_erasure(self, work, order):
        return erasures.get_erasure(work, order)

    @command(m.REFUSE_ERASURE)
    def refuse_erasure(self, work, order):
        return erasures.refuse_erasure(work, order)

    @query(m.READ_RECEIPT)
    def read_receipt(self, work, order):
        return erasures.read_receipt(work, order)

    @every(seconds=5, name="erasures")
    def carry_out_erasures(self, work):
        return erasing.run_once(work)

    @on(
        scheduling.PERSON_ERASURE_DONE,
        content.PERSON_ERASURE_DONE,
        learning.PERSON_ERASURE_DONE,
        notification.PERSON_ERASURE_DONE,
    )
    def collect_erasures(self, work, event):
        reactions.confirm_erasure(work, event)

    @on(
        scheduling.PERSON_EXPORT_DONE,
        content.PERSON_EXPORT_DONE,
        learning.PERSON_EXPORT_DONE,
        notification.PERSON_EXPORT_DONE,
    )
    def collect_exports(self, work, event):
        reactions.collect_export(work, event)

    # the district and its schools

    @query(m.GET_DISTRICT)
    def get_district(self, work, order):
        return district.get_district(work, order)

    @command(m.CHANGE_DISTRICT)
    def change_district(self, work, order):
        return district.change_district(work, order)

    @query(m.LIST_SCHOOLS)
    def list_schools(self, work, order):
        return schools.list_schools(work, order)

    @query(m.GET_SCHOOL)
    def get_school(self, work, order):
        return schools.get_school(work, order)

    @command(m.CREATE_SCHOOL)
    def create_school(self, work, order):
        return schools.create_school(work, order)

    @command(m.CHANGE_SCHOOL)
    def change_school(self, work, order):
        return schools.change_school(work, order)

    # people

    @query(m.LIST_PEOPLE)
    def list_people(self, work, order):
        return people.list_people(work, order)

    @query(m.GET_PERSON)
    def get_person(self, work, order):
        return people.get_person(work, order)

    @command(m.ADD_PERSON)
    def add_person(self, work, order):
        return people.add_person(work, order)

    @command(m.CHANGE_PERSON)
    def change_person(self, work, order):
        return people.change_person(work, order)

    @command(m.ISSUE_ACTIVATION)
    def issue_activation(self, work, order):
        return activation.issue_activation(work, order)

    # activation cards

    @command(m.PRINT_IMPORT_CARDS)
    def print_import_cards(self, work, order):
        return cards.print_import_cards(work, order)

    @query(m.LINK_IMPORT_CARDS)
    def link_import_cards(self, work, order):
        return cards.link_import_cards(work, order)

    @command(m.PRINT_LINKED_IMPORT_CARDS)
    def print_linked_import_cards(self, work, order):
        return cards.print_linked_import_cards(work, order)

    @command(m.PRINT_SCHOOL_CARDS)
    def print_school_cards(self, work, order):
        return cards.print_school_cards(work, order)

    @query(m.LINK_SCHOOL_CARDS)
    def link_school_cards(self, work, order):
        return cards.link_school_cards(work, order)

    @command(m.PRINT_LINKED_SCHOOL_CARDS)
    def print_linked_school_cards(self, work, order):
        return cards.print_linked_school_cards(work, order)

    @command(m.DISABLE_PERSON)
    def disable_person(self, work, order):
        return disabling.disable_person(work, order)

    @command(m.ENABLE_PERSON)
    def enable_person(self, work, order):
        return disabling.enable_person(work, order)

    @query(m.LIST_ASSIGNMENTS)
    def list_assignments(self, work, order):
        return assignments.list_assignments(work, order)

    @command(m.ASSIGN)
    def assign(self, work, order):
        return assignments.assign(work, order)

    @command(m.CORRECT_ASSIGNMENT)
    def correct_assignment(self, work, order):
        return assignments.correct_assignment(work, order)

    @command(m.TAKE_BACK_ASSIGNMENT)
    def take_back_assignment(self, work, order):
        return assignments.take_back_assignment(work, order)

    @command(m.TRANSFER)
    def transfer(self, work, order):
        return transfers.transfer(work, order)

    @query(m.LIST_MEMBERSHIPS)
    def list_memberships(self, work, order):
        return memberships.list_memberships(work, order)

    @query(m.LIST_TRANSFERS)
    def list_transfers(self, work, order):
        return transfers.list_transfers(work, order)

    @command(m.CANCEL_TRANSFER)
    def cancel_transfer(self, work, order):
        return transfers.cancel_transfer(work, order)

    @every(seconds=60, name=turning.JOB)
    def turn_of_the_day(self, work):
        return turning.run_once(work)

    @query(m.LIST_ROLES)
    def list_roles(self, work, order):
        return roles.list_roles(work, order)

    @command(m.GRANT_ROLE)
    def grant_role(self, work, order):
        return roles.grant_role(work, order)

    @command(m.REVOKE_ROLE)
    def revoke_role(self, work, order):
        return roles.revoke_role(work, order)

    # communities

    @query(m.LIST_COMMUNITIES)
    def list_communities(self, work, order):
        return communities.list_communities(work, order)

    @command(m.FOUND_COMMUNITY)
    def found_community(self, work, order):
        return communities.found_community(work, order)

    @query(m.GET_COMMUNITY)
    def get_community(self, work, order):
        return communities.get_community(work, order)

    @command(m.CHANGE_COMMUNITY)
    def change_community(self, work, order):
        return communities.change_community(work, order)

    @command(m.ARCHIVE_COMMUNITY)
    def archive_community(self, work, order):
        return closing.archive_community(work, order)

    @command(m.REVIVE_COMMUNITY)
    def revive_community(self, work, order):
        return closing.revive_community(work, order)

    @command(m.MERGE_COMMUNITY)
    def merge_community(self, work, order):
        return closing.merge_community(work, order)

    @query(m.SHOW_WAITING)
    def show_waiting(self, work, order):
        return waiting.show_waiting(work, order)

    @command(m.PROPOSE_COMMUNITY)
    def propose_community(self, work, order):
        return proposals.propose_community(work, order)

    @query(m.LIST_PROPOSALS)
    def list_proposals(self, work, order):
        return proposals.list_proposals(work, order)

    @query(m.GET_PROPOSAL)
    def get_proposal(self, work, order):
        return proposals.get_proposal(work, order)

    @command(m.ACCEPT_PROPOSAL)
    def accept_proposal(self, work, order):
        return proposals.accept_proposal(work, order)

    @command(m.REFUSE_PROPOSAL)
    def refuse_proposal(self, work, order):
        return proposals.refuse_proposal(work, order)

    @command(m.WITHDRAW_PROPOSAL)
    def withdraw_proposal(self, work, order):
        return proposals.withdraw_proposal(work, order)

    @query(m.LIST_MEMBERS)
    def list_members(self, work, order):
        return members.list_members(work, order)

    @command(m.ADD_MEMBERS, in_turn="community_id")
    def add_members(self, work, order):
        return members.add_members(work, order)

    @command(m.CHANGE_MEMBER)
    def change_member(self, work, order):
        return members.change_member(work, order)

    @command(m.REMOVE_MEMBER)
    def remove_member(self, work, order):
        return members.remove_member(work, order)

    # coming in

    @command(m.ASK_TO_JOIN)
    def ask_to_join(self, work, order):
        return join_requests.ask_to_join(work, order)

    @query(m.LIST_JOIN_REQUESTS)
    def list_join_requests(self, work, order):
        return join_requests.list_join_requests(work, order)

    @query(m.MY_JOIN_REQUESTS)
    def my_join_requests(self, work, order):
        return join_requests.my_join_requests(work, order)

    @query(m.GET_JOIN_REQUEST)
    def get_join_request(self, work, order):
        return join_requests.get_join_request(work, order)

    @command(m.APPROVE_JOIN_REQUEST)
    def approve_join_request(self, work, order):
        return join_requests.approve_join_request(work, order)

    @command(m.REJECT_JOIN_REQUEST)
    def reject_join_request(self, work, order):
        return join_requests.reject_join_request(work, order)

    @command(m.WITHDRAW_JOIN_REQUEST)
    def withdraw_join_request(self, work, order):
        return join_requests.withdraw_join_request(work, order)

    @command(m.INVITE)
    def invite(self, work, order):
        return invitations.invite(work, order)

    @query(m.LIST_INVITATIONS)
    def list_invitations(self, work, order):
        return invitations.list_invitations(work, order)

    @command(m.REVOKE_INVITATION)
    def revoke_invitation(self, work, order):
        return invitations.revoke_invitation(work, order)

    @command(m.ACCEPT_INVITATION, in_turn="code")
    def accept_invitation(self, work, order):
        return invitations.accept_invitation(work, order)

    @query(m.PREVIEW_INVITATION)
    def preview_invitation(self, work, order):
        return invitations.preview_invitation(work, order)

    @query(m.DRAW_INVITATION)
    def draw_invitation(self, work, order):
        return invitations.draw_invitation(work, order)

    @query(m.LIST_GUESTS)
    def list_guests(self, work, order):
        return guests.list_guests(work, order)

    @command(m.ADD_GUEST)
    def add_guest(self, work, order):
        return guests.add_guest(work, order)

    @command(m.REMOVE_GUEST)
    def remove_guest(self, work, order):
        guests.remove_guest(work, order)

    # imports

    @command(m.STAGE_IMPORT)
    def stage_import(self, work, order):
        return imports.stage_import(work, order)

    @query(m.CHECK_IMPORT)
    def check_import_file(self, work, order):
        return imports.check_import_file(work, order)

    @command(m.START_IMPORT)
    def start_import(self, work, order):
        return imports.start_import(work, order)

    @query(m.GET_IMPORT)
    def get_import(self, work, order):
        return imports.get_import(work, order)

    @query(m.LIST_IMPORT_ROWS)
    def list_import_rows(self, work, order):
        return imports.list_import_rows(work, order)

    @command(m.DECIDE_ROW)
    def decide_row(self, work, order):
        return imports.decide_row(work, order)

    @command(m.APPLY_IMPORT)
    def apply_import(self, work, order):
        return imports.apply_import(work, order)

    @every(seconds=2, name=imports.JOB)
    def run_imports(self, work):
        return self.importer.run_once(work)

    @every(seconds=900, name=deadlines.JOB)
    def warn_officers(self, work):
        return warnings.warn_due(work)

    @every(seconds=10, name=closing.JOB)
    def move_members(self, work):
        return closing.move_members(work)

    @every(seconds=3600, name="sweep")
    def sweep(self, work):
        return sweeping.forget_imports(work)
