"""`sanggar migrate`: make broker and database ready for this version."""

from __future__ import annotations

import typer
from rich.text import Text

from deploy import migration
from deploy.cli.context import Context


def migrate(ctx: typer.Context) -> None:
    """Declare the broker's exchanges and queues, create the services' indexes, and bring up to date what records are
    found by.

    Run it before the services of a new version start, and once more when the old ones are gone, for what they wrote
    meanwhile; running it again changes nothing.
    """
    context: Context = ctx.obj
    ready: list[str] = []
    with context.screen.progress("Migrating") as step:

        def note(name: str) -> None:
            ready.append(name)
            step(len(ready))

        migration.migrate(context.platform.settings, note)
    context.screen.data({"ready": ready})
    context.screen.show(Text(f"Ready: {len(ready)} queues and tables.", style="green"))
