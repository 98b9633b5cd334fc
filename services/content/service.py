"""Content: what is shared."""

from __future__ import annotations

from typing import Any

from services.content import reactions
from services.content.personal import PERSONAL
from services.content.policy import POLICY
from services.content.snapshots import SOURCES
from services.content.store import ContentStore
from services.content.usecases import (
    appending,
    drafting,
    previews,
    reading,
    recording,
    reviewing,
    serving,
    uploading,
    waiting,
)
from shared.contracts import content as c
from shared.contracts.events.scheduling import MINUTES_CHANGED
from shared.messaging import Kernel, Received, SystemWork, Work, command, every, on, query
from shared.mongo import Doc

Order = dict[str, Any]


class ContentService:
    name = "content"
    kernel = Kernel(ContentStore, POLICY, SOURCES, PERSONAL)

    @command(c.CREATE_UPLOAD)
    def create_upload(self, work: Work, order: Order) -> Doc:
        return uploading.create_upload(work, order)

    @command(c.APPEND_CHUNK)
    def append_chunk(self, work: Work, order: Order) -> Doc:
        return appending.append_chunk(work, order)

    @query(c.GET_UPLOAD)
    def get_upload(self, work: Work, order: Order) -> Doc:
        return uploading.get_upload(work, order)

    @command(c.DELETE_UPLOAD)
    def delete_upload(self, work: Work, order: Order) -> None:
        uploading.delete_upload(work, order)

    @every(seconds=600, name="expire_uploads")
    def expire_uploads(self, work: SystemWork) -> bool:
        return uploading.expire_uploads(work)

    @on(MINUTES_CHANGED)
    def follow_minutes(self, work: Work, event: Received) -> None:
        reactions.follow_minutes(work, event)

    @every(seconds=60, name=previews.DRAWING)
    def draw_previews(self, work: SystemWork) -> bool:
        return previews.draw_previews(work)

    @query(c.SHOW_PHOTOS)
    def show_photos(self, work: Work, order: Order) -> tuple[Doc, bytes]:
        return previews.show_photos(work, order)

    @query(c.GET_FILE)
    def get_file(self, work: Work, order: Order) -> Doc:
        return serving.get_file(work, order)

    @query(c.READ_FILE)
    def read_file(self, work: Work, order: Order) -> tuple[Doc, bytes]:
        return serving.read_file(work, order)

    @query(c.LINK_FILE)
    def link_file(self, work: Work, order: Order) -> Doc:
        return serving.link_file(work, order)

    @query(c.READ_LINKED_FILE)
    def read_linked_file(self, work: Work, order: Order) -> tuple[Doc, bytes]:
        return serving.read_linked_file(work, order)

    @query(c.SHOW_WAITING)
    def show_waiting(self, work: Work, order: Order) -> Doc:
        return waiting.show_waiting(work, order)

    @query(c.SHOW_PUBLISHED)
    def show_published(self, work: Work, order: Order) -> Doc:
        return recording.show_published(work, order)

    @command(c.DRAFT_RESOURCE)
    def draft_resource(self, work: Work, order: Order) -> Doc:
        return drafting.draft_resource(work, order)

    @command(c.CHANGE_RESOURCE)
    def change_resource(self, work: Work, order: Order) -> Doc:
        return drafting.change_resource(work, order)

    @query(c.GET_RESOURCE)
    def get_resource(self, work: Work, order: Order) -> Doc:
        return reading.get_resource(work, order)

    @query(c.LIST_RESOURCES)
    def list_resources(self, work: Work, order: Order) -> Doc:
        return reading.list_resources(work, order)

    @query(c.LIST_VERSIONS)
    def list_versions(self, work: Work, order: Order) -> Doc:
        return reading.list_versions(work, order)

    @command(c.SUBMIT_RESOURCE)
    def submit_resource(self, work: Work, order: Order) -> Doc:
        return reviewing.submit_resource(work, order)

    @command(c.APPROVE_RESOURCE)
    def approve_resource(self, work: Work, order: Order) -> Doc:
        return reviewing.approve_resource(work, order)

    @command(c.RETURN_RESOURCE)
    def return_resource(self, work: Work, order: Order) -> Doc:
        return reviewing.return_resource(work, order)

    @command(c.WITHDRAW_RESOURCE)
    def withdraw_resource(self, work: Work, order: Order) -> Doc:
        return reviewing.withdraw_resource(work, order)
