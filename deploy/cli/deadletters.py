"""`sanggar dlq`: look at messages that failed for good, put them back, or drop them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from pymongo import MongoClient
from pymongo.database import Database
from rich.syntax import Syntax
from rich.text import Text

from deploy.cli.context import Context, named
from deploy.cli.screen import Trouble, table
from shared.contracts.events import EVENTS
from shared.messaging import deadletters
from shared.messaging.wire import Wire
from shared.mongo import Doc, connect

app = typer.Typer(no_args_is_help=True)

_COLUMNS = ("service", "id", "type", "reason", "attempts", "error", "first_at", "last_at")
_HIDDEN = "(personal; --personal shows it)"

ServiceArgument = Annotated[str, typer.Argument(help="Whose dead letters: membership, scheduling, ...")]
IdsArgument = Annotated[list[str] | None, typer.Argument(help="Which ones: ids as `dlq list` shows them.")]
AllOption = Annotated[bool, typer.Option("--all", help="All of them, or all that --type and --reason leave.")]
TypeOption = Annotated[str, typer.Option("--type", help="Only letters whose type holds this, such as member_joined.")]
ReasonOption = Annotated[
    str, typer.Option(help="Only these: failed, poison, malformed, missing_reference or delivery_limit.")
]


@app.callback()
def group() -> None:
    """Dead letters: messages that failed for good, kept with their cause."""


@app.command("list")
def list_letters(
    ctx: typer.Context,
    service: Annotated[list[str] | None, typer.Argument(help="One or more services; all unless said.")] = None,
    kind: TypeOption = "",
    reason: ReasonOption = "",
    limit: Annotated[int, typer.Option(min=1, help="How many at most; they are counted all.")] = 100,
) -> None:
    """List dead letters, the latest first.

    `failed`: it failed on every rung of the retry ladder. `poison`: its process died of it again and again.
    `malformed`: it is no event of ours. `missing_reference`: what it speaks of never came. `delivery_limit`: the broker
    gave it up.
    """
    context: Context = ctx.obj
    letters: list[Doc] = []
    for name in named(service):
        with _database(context, name) as database:
            letters += [
                {"service": name, **_summary(letter)}
                for letter in deadletters.entries(database)
                if _wanted(letter, kind, reason)
            ]
    letters.sort(key=lambda letter: letter["last_at"], reverse=True)
    counts = Counter(letter["service"] for letter in letters)
    context.screen.data({"total": len(letters), "by_service": dict(counts), "items": letters[:limit]})
    if not letters:
        context.screen.show(Text("No dead letters.", style="green"))
        return
    context.screen.show(table(_COLUMNS, ([letter[column] for column in _COLUMNS] for letter in letters[:limit])))
    if len(letters) > limit:
        context.screen.show(Text(f"... and {len(letters) - limit} more", style="dim"))


@app.command()
def show(
    ctx: typer.Context,
    service: ServiceArgument,
    letter_id: Annotated[str, typer.Argument(metavar="ID", help="Which one.")],
    personal: Annotated[bool, typer.Option("--personal", help="Show names and contacts too.")] = False,
) -> None:
    """Show one dead letter: what it says, where it failed, and how often it was tried."""
    context: Context = ctx.obj
    with _database(context, _one(service)) as database:
        letter = deadletters.show(database, letter_id)
    if letter is None:
        raise _unknown(service, letter_id)
    whole = {**_summary(letter), "where": letter.get("where") or [], "message": readable(letter, personal)}
    context.screen.data({"service": service, **whole})
    context.screen.show(
        table(("about", "value"), [(name, whole[name]) for name in _COLUMNS if name in whole]),
        *([Text("\nWhere it failed:"), *(Text(f"  {line}") for line in whole["where"])] if whole["where"] else []),
        Text("\nWhat it says:"),
        Syntax(json.dumps(whole["message"], indent=2, ensure_ascii=False), "json", background_color="default"),
    )


@app.command()
def replay(
    ctx: typer.Context,
    service: ServiceArgument,
    letter_id: IdsArgument = None,
    everything: AllOption = False,
    kind: TypeOption = "",
    reason: ReasonOption = "",
) -> None:
    """Put dead letters back into their service's inbox, once their cause is mended.

    Replaying twice is safe: what a message already did is not done again.
    """
    context: Context = ctx.obj
    wire = Wire(context.platform.settings.amqp_uri, "sanggar-dlq", confirms=True)
    wire.start()
    try:
        _each(
            context,
            _one(service),
            letter_id or (),
            (everything, kind, reason),
            "Replaying",
            "replayed",
            lambda database, id_: deadletters.replay(database, wire, service, id_),
        )
    finally:
        wire.close()


@app.command()
def drop(
    ctx: typer.Context,
    service: ServiceArgument,
    letter_id: IdsArgument = None,
    everything: AllOption = False,
    kind: TypeOption = "",
    reason: ReasonOption = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Forget dead letters for good: what they asked for will never be done."""
    context: Context = ctx.obj
    if not yes and not context.screen.agrees("Forget them for good?"):
        raise Trouble("nothing was dropped", "say --yes to drop without being asked", code="not_dropped")
    _each(
        context,
        _one(service),
        letter_id or (),
        (everything, kind, reason),
        "Dropping",
        "dropped",
        deadletters.drop,
    )


def readable(letter: Doc, personal: bool = False) -> Any:
    """A dead letter's message as JSON, personal fields hidden unless asked for; undecodable ones as text."""
    text = bytes(letter["body"]).decode("utf-8", "replace")
    try:
        message = json.loads(text)
    except ValueError:
        return text if personal else text[:200]
    event = EVENTS.get(letter["type"])
    if event is not None and not personal and isinstance(message, dict) and isinstance(message.get("data"), dict):
        message["data"].update({name: _HIDDEN for name in event.personal if message["data"].get(name) is not None})
    return message


def _each(
    context: Context,
    service: str,
    ids: Sequence[str],
    choice: tuple[bool, str, str],
    what: str,
    done: str,
    act: Callable[[Database[Doc], str], bool],
) -> None:
    everything, kind, reason = choice
    if bool(ids) == everything:
        raise Trouble("which dead letters?", "name their ids, or say --all", code="which")
    with _database(context, service) as database:
        chosen = list(ids) or [
            str(letter["_id"]) for letter in deadletters.entries(database) if _wanted(letter, kind, reason)
        ]
        found: list[str] = []
        unknown: list[str] = []
        with context.screen.progress(what, len(chosen)) as step:
            for number, id_ in enumerate(chosen, 1):
                (found if act(database, id_) else unknown).append(id_)
                step(number)
    context.screen.data({"service": service, done: found, "unknown": unknown})
    context.screen.show(Text(f"{len(found)} {done}", style="green" if found else ""))
    if ids and unknown:
        raise _unknown(service, ", ".join(unknown))


@contextmanager
def _database(context: Context, service: str) -> Iterator[Database[Doc]]:
    settings = context.platform.settings
    client: MongoClient[Doc] = connect(settings.mongo_uri, "sanggar-dlq")
    try:
        yield client[settings.database(service)]
    finally:
        client.close()


def _one(service: str) -> str:
    return named([service])[0]


def _wanted(letter: Doc, kind: str, reason: str) -> bool:
    return kind in letter["type"] and (not reason or letter["reason"] == reason)


def _summary(letter: Doc) -> Doc:
    names = ("type", "reason", "attempts", "error", "first_at", "last_at")
    return {"id": str(letter["_id"]), **{name: letter.get(name) for name in names}}


def _unknown(service: str, ids: str) -> Trouble:
    return Trouble(
        f"{service} has no dead letter {ids}",
        "see `sanggar dlq list`; it may have been replayed already",
        code="unknown",
    )
