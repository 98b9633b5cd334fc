"""`sanggar resync`: fill a service's copies anew from their owners."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer
from pymongo import MongoClient
from rich.text import Text

from deploy.cli.context import Context, named
from deploy.cli.screen import table
from deploy.services import Parts, all_parts
from shared.messaging.resync import resync as publish_snapshots
from shared.messaging.resync import sources_for
from shared.messaging.wire import Wire
from shared.mongo import Doc, SystemStore, connect


def resync(
    ctx: typer.Context,
    service: Annotated[str, typer.Argument(help="Whose copies: scheduling, content, learning, notification, ...")],
    district: Annotated[str, typer.Option(help="Only this district's records.")] = "",
) -> None:
    """Fill a service's copies of others' records anew.

    The owners publish the present state of each record once more, to this service alone. What the service has already
    is left alone, and nobody is notified twice. Use it for a new service, or when `sanggar doctor` finds that a copy
    differs. It may run at any time, and again.
    """
    context: Context = ctx.obj
    settings = context.platform.settings
    [target] = named([service])
    client: MongoClient[Doc] = connect(settings.mongo_uri, "sanggar-resync")
    sent: Counter[str] = Counter()
    owners = [parts for parts in all_parts() if parts.service != target and sources_for(target, parts.sources)]
    wire = Wire(settings.amqp_uri, "sanggar-resync", confirms=True)
    wire.start()
    try:
        total = sum(_size(client, settings.database(parts.service), parts, target, district) for parts in owners)
        with context.screen.progress(f"Filling {target}", total) as step:
            for parts in owners:

                def count(subject: str, more: int, owner: str = parts.service) -> None:
                    sent[f"{owner}.{subject}"] += more
                    step(sent.total())

                system = SystemStore(client[settings.database(parts.service)], parts.store_cls)
                publish_snapshots(system, parts.sources, target, wire, district=district or None, progress=count)
    finally:
        wire.close()
        client.close()
    context.screen.data({"service": target, "sent": dict(sent), "total": sent.total()})
    context.screen.show(
        table(("from", "records"), sorted(sent.items())),
        Text(f"{sent.total()} records sent to {target}; it applies them now.", style="green"),
    )


def _size(client: MongoClient[Doc], database: str, parts: Parts, target: str, district: str) -> int:
    """How many records there are to send, as the progress bar needs it."""
    tables = {parts.table_of(source).name for source in sources_for(target, parts.sources)}
    if district:
        return sum(client[database][name].count_documents({"district": district}) for name in tables)
    return sum(client[database][name].estimated_document_count() for name in tables)
