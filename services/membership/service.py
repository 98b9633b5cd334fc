"""Membership: district, schools, people, accounts, communities, who belongs to what, imports."""

from __future__ import annotations

from services.membership import sweeping
from services.membership.importing import Importer
from services.membership.policy import POLICY
from services.membership.snapshots import SOURCES
from services.membership.store import MembershipStore
from services.membership.usecases import (
    accounts,
    activation,
    assignments,
    communities,
    disabling,
    district,
    imports,
    me,
    members,
    people,
    roles,
    schools,
)
from shared.contracts import membership as m
from shared.messaging import Kernel, command, every, query


class MembershipService:
    name = "membership"
    kernel = Kernel(MembershipStore, POLICY, SOURCES)
    importer = Importer()

    # accounts

    @command(m.ACTIVATE)
    def activate(self, work, order):
        return accounts.activate(work, order)

    @command(m.LOG_IN)
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

    @query(m.GET_ME)
    def get_me(self, work, order):
        return me.get_me(work, order)

    @command(m.CHANGE_ME)
    def change_me(self, work, order):
        return me.change_me(work, order)

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
        return communities.archive_community(work, order)

    @query(m.LIST_MEMBERS)
    def list_members(self, work, order):
        return members.list_members(work, order)

    @command(m.ADD_MEMBERS)
    def add_members(self, work, order):
        return members.add_members(work, order)

    @command(m.CHANGE_MEMBER)
    def change_member(self, work, order):
        return members.change_member(work, order)

    @command(m.REMOVE_MEMBER)
    def remove_member(self, work, order):
        return members.remove_member(work, order)

    # imports

    @command(m.STAGE_IMPORT)
    def stage_import(self, work, order):
        return imports.stage_import(work, order)

    @command(m.START_IMPORT)
    def start_import(self, work, order):
        return imports.start_import(work, order)

    @query(m.GET_IMPORT)
    def get_import(self, work, order):
        return imports.get_import(work, order)

    @query(m.LIST_IMPORT_ROWS)
    def list_import_rows(self, work, order):
        return imports.list_import_rows(work, order)

    @command(m.APPLY_IMPORT)
    def apply_import(self, work, order):
        return imports.apply_import(work, order)

    @every(seconds=2, name=imports.JOB)
    def run_imports(self, work):
        return self.importer.run_once(work)

    @every(seconds=3600, name="sweep")
    def sweep(self, work):
        return sweeping.run_once(work)
