"""`sanggar`: the command line of whoever runs the platform. Each command is a module of this package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from amqp.exceptions import AMQPError, PreconditionFailed
from kombu.exceptions import OperationalError
from pymongo.errors import PyMongoError
from typer.core import TyperGroup

from deploy.cli import deadletters, district, doctor, events, imports, migrate, resync
from deploy.cli.context import Context
from deploy.cli.screen import Screen, Trouble
from deploy.client import Refused, Unreachable
from deploy.importing import ImportFailed
from shared.errors import Refusal
from shared.messaging.wire import WireLost
from shared.settings import Misconfigured
from shared.texts import render


class _Commands(TyperGroup):
    """Takes ``--json`` wherever it stands, and tells in words what goes wrong in any command (exit code 1)."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        if "--json" in args:
            args = ["--json", *(word for word in args if word != "--json")]
        return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            trouble = as_trouble(error)
            if trouble is None:
                raise
            (ctx.obj.screen if ctx.obj else Screen()).trouble(trouble)
            raise typer.Exit(1) from error


def as_trouble(error: Exception) -> Trouble | None:
    """What to tell about an error; ``None`` for one that is nobody's fault but ours."""
    if isinstance(error, Trouble):
        return error
    if isinstance(error, Misconfigured):
        return Trouble(str(error), "start the platform with `make run`, or set the environment", code="misconfigured")
    if isinstance(error, Unreachable):
        return Trouble(
            f"nothing answers at {error}", "see what `sanggar doctor` says; is `make run` still running?", code="away"
        )
    if isinstance(error, Refused):
        fields = dict(error.problem.get("errors") or {})
        about = "; ".join(f"{name}: {', '.join(texts)}" for name, texts in fields.items())
        return Trouble(str(error) + (f" ({about})" if about else ""), code=error.code or "refused", errors=fields)
    if isinstance(error, Refusal):
        about = "; ".join(f"{name}: {render(text, 'en')}" for name, texts in error.fields.items() for text in texts)
        return Trouble(about or render(error.text, "en"), code=error.code)
    if isinstance(error, ImportFailed):
        return Trouble(str(error), code="import_failed")
    if isinstance(error, PreconditionFailed):
        return Trouble(
            f"the broker has it with other arguments: {error.reply_text}",
            "see what `sanggar doctor` says",
            code="other",
        )
    if isinstance(error, PyMongoError):
        return Trouble(f"the database is away ({type(error).__name__})", "see what `sanggar doctor` says", code="away")
    if isinstance(error, (AMQPError, OperationalError, WireLost, ConnectionError)):
        return Trouble(f"the broker is away ({type(error).__name__})", "see what `sanggar doctor` says", code="away")
    return None


app = typer.Typer(
    name="sanggar",
    cls=_Commands,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Run and look after the Sanggar platform.\n\n"
    "It finds the platform through `$RUN_DIR/platform.json`, which `make run` writes (default `.run`), or through the "
    "environment (`AMQP_URI`, `MONGO_URI`, ...). Results go to stdout, everything else to stderr. The exit code is 0 "
    "when all went well, 1 when something is wrong, 2 when the command line was not understood.",
)


@app.callback()
def options(
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on stdout.")] = False,
    run_dir: Annotated[
        Path | None,
        typer.Option("--run-dir", envvar="RUN_DIR", help="Where `make run` keeps its state.", show_default=".run"),
    ] = None,
) -> None:
    ctx.obj = Context(Screen(as_json), run_dir)


app.add_typer(district.app, name="district")
app.command("migrate")(migrate.migrate)
app.command("import")(imports.import_file)
app.command("resync")(resync.resync)
app.add_typer(deadletters.app, name="dlq")
app.add_typer(events.app, name="events")
app.command("doctor")(doctor.doctor)


if __name__ == "__main__":
    app(prog_name="sanggar")
