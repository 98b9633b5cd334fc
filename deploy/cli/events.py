"""`sanggar events`: follow what the services have to tell, from their event logs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer
from pymongo import MongoClient
from rich.text import Text

from deploy.cli.context import Context, named
from deploy.cli.screen import Screen
from shared.messaging.envelope import cloudevent
from shared.messaging.relay import LEASE, LOG, LOG_LANE
from shared.mongo import Doc, connect

_MOST = 500

app = typer.Typer(no_args_is_help=True, help="Follow the event logs.")


@app.callback()
def group() -> None:
    """Follow the event logs."""


@app.command("tail")
def tail(
    ctx: typer.Context,
    service: Annotated[
        list[str] | None, typer.Argument(help="Whose logs: one or more services; all unless said.")
    ] = None,
    district: Annotated[str, typer.Option(help="Only this district's events.")] = "",
    kind: Annotated[
        list[str] | None,
        typer.Option("--type", help="Only these types, in full or a part of them: `member_joined`. May be repeated."),
    ] = None,
    last: Annotated[
        int, typer.Option("--last", "-n", min=0, max=_MOST, help="Begin with so many past entries of each log.")
    ] = 10,
    follow: Annotated[bool, typer.Option("--follow/--no-follow", help="Wait for more, until Ctrl-C.")] = True,
) -> None:
    """Show the latest events and follow the logs.

    Events come in the order of each service's log; between services there is no order. Personal data are not kept in
    the logs. With `--json` each line is one CloudEvent, with its place in the log as `seq`.
    """
    context: Context = ctx.obj
    settings = context.platform.settings
    services = named(service)
    client: MongoClient[Doc] = connect(settings.mongo_uri, "sanggar-events")
    logs = [Log(client, settings.database(name), last) for name in services]
    try:
        while True:
            fresh = [entry for log in logs for entry in log.fresh() if _wanted(entry, district, kind or ())]
            for entry in sorted(fresh, key=lambda entry: (entry["time"], entry["_id"])):
                _show(context.screen, entry)
            if not follow:
                return
            time.sleep(0.5)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
    finally:
        client.close()


class Log:
    """One service's event log, read from its end on."""

    def __init__(self, client: MongoClient[Doc], database: str, last: int) -> None:
        self._database = client[database]
        self._through = max(0, self._end() - last)

    def fresh(self) -> Iterator[Doc]:
        """The entries since the last look, oldest first."""
        end = self._end()
        while self._through < end:
            upto = min(end, self._through + _MOST)
            window = {"lane": LOG_LANE, "seq": {"$gt": self._through, "$lte": upto}}
            yield from sorted(self._database[LOG].find(window), key=lambda entry: int(entry["seq"]))
            self._through = upto

    def _end(self) -> int:
        state = self._database["leases"].find_one({"_id": LEASE}) or {}
        return int(state.get("last_seq", 0))


def _wanted(entry: Doc, district: str, kinds: Sequence[str]) -> bool:
    return (not district or entry["district"] == district) and (
        not kinds or any(kind in entry["type"] for kind in kinds)
    )


def _show(screen: Screen, entry: Doc) -> None:
    screen.data({**cloudevent({**entry, "data": entry["data"] or {}}), "seq": entry["seq"]})
    screen.show(
        Text.assemble(
            (f"{entry['time']:%H:%M:%S}Z ", "dim"),
            (f"{entry['district']} ", "dim"),
            (f"{entry['type'].removesuffix('.v1'):<36} ", "cyan"),
            _gist(entry),
        )
    )


def _gist(entry: Doc) -> str:
    """The subject, and the few words of the data that say most."""
    data: dict[str, Any] = entry["data"] or {}
    words = [
        f"{name}={data[name]}"
        for name in ("title", "role", "answer", "status", "stage", "active")
        if data.get(name) is not None
    ]
    return " ".join((entry["subject"], *words))
