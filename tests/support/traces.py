"""Looking for traces of somebody in all that a deployment keeps: every database, every queue, every log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import bson
from kombu import Connection
from pymongo import MongoClient

from deploy.migration import rungs_of
from shared.contracts.words import SERVICES
from shared.messaging import topology
from shared.mongo import Doc, connect
from tests.support.ground import Cell


def in_databases(cell: Cell, needles: Sequence[str]) -> list[str]:
    """The collections that hold one of these texts anywhere, whatever the case: ``<database>.<collection>: <needle>``,
    read raw, as no store would show them."""
    client = connect(cell.settings.mongo_uri, "tests")
    try:
        return sorted({hit for service in SERVICES for hit in _in_database(client, cell, service, needles)})
    finally:
        client.close()


def in_queues(cell: Cell, needles: Sequence[str]) -> list[str]:
    """The queues in which a message with one of these texts waits; the messages stay there."""
    found = []
    with Connection(cell.settings.amqp_uri) as connection:
        for name in _queues(cell):
            channel = connection.channel()
            while (message := channel.basic_get(name)) is not None:
                body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
                found += [f"{name}: {needle}" for needle in _found(body, needles)]
            # What was taken and not acknowledged goes back.
            channel.close()
    return found


def in_logs(folders: Sequence[Path], needles: Sequence[str]) -> list[str]:
    """The log files that hold one of these texts."""
    files = {file for folder in folders for file in folder.rglob("*.log*") if file.is_file()}
    return [f"{file.name}: {needle}" for file in sorted(files) for needle in _found(file.read_bytes(), needles)]


def _in_database(client: MongoClient[Doc], cell: Cell, service: str, needles: Sequence[str]) -> Iterator[str]:
    database = client[cell.settings.database(service)]
    for collection in database.list_collection_names():
        for document in database[collection].find():
            for needle in _found(bson.encode(document), needles):
                yield f"{service}.{collection}: {needle}"


def _queues(cell: Cell) -> list[str]:
    return [
        name
        for service in SERVICES
        for name in (
            topology.inbox_name(service),
            topology.dead_name(service),
            topology.rpc_name(service),
            *(topology.retry_name(service, rung) for rung in rungs_of(cell.settings)),
        )
    ]


def _found(data: bytes, needles: Sequence[str]) -> list[str]:
    folded = data.lower()
    return [needle for needle in needles if needle.lower().encode() in folded]
