"""`sanggar import`: schools, teachers, communities and members from a file, through the platform's own API."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from deploy import importing
from deploy.cli.context import Context
from deploy.cli.screen import Step, Trouble, table
from deploy.client import Client

_SHOWN_PROBLEMS = 20
_OUTCOMES = {
    "created": "new",
    "changed": "changed",
    "unchanged": "as they are",
    "ended": "ended",
    "doubtful": "in doubt",
    "rejected": "refused",
    "reported": "taken, with a remark",
}
_NOT_TAKEN = {"rejected": "refused", "doubtful": "in doubt"}


def import_file(
    ctx: typer.Context,
    kind: Annotated[
        str, typer.Argument(help="What the file lists: schools, teachers, dapodik, communities or members.")
    ],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A csv or xlsx file.")],
    district: Annotated[str, typer.Option(help="The district's id, such as 3307.")],
    login: Annotated[
        str, typer.Option(envvar="SANGGAR_LOGIN", help="The district operator's login.", prompt=False)
    ] = "",
    password_file: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A file that holds the password; or set SANGGAR_PASSWORD."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Apply without asking.")] = False,
    scope: Annotated[str, typer.Option(help="`full`: whoever the list lacks is ended at its schools.")] = "partial",
    schools: Annotated[str, typer.Option(help="NPSNs, between commas: whose list it is.")] = "",
    confirm_ended: Annotated[bool, typer.Option("--confirm-ended", help="End more than 5% of the people.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.")] = False,
    language: Annotated[str, typer.Option(help="In which language rows are judged: id or en.")] = "id",
) -> None:
    """Import schools, teachers, communities or their members from a file.

    The platform first reads the whole file and says what it would do with each row; nothing is changed before you
    agree. A row with a problem is left out and told, the others are taken. Importing the same file again changes
    nothing.
    """
    context: Context = ctx.obj
    screen = context.screen
    if not context.platform.address:
        raise Trouble("the platform's address is not known", "set SANGGAR_ADDRESS, such as http://127.0.0.1:8080")
    client = Client(context.platform.address, language=language)
    client.log_in(district, *_credentials(login, password_file))

    with screen.progress("Reading") as step:
        planned = importing.dry_run(
            client, kind, file.name, file.read_bytes(), _stepping(step), scope=scope, schools=schools
        )
    problems = list(_problems(client, planned))
    screen.show(_summary(planned, "What would happen"), *_problem_table(planned, problems))
    outcome = planned
    if not dry_run:
        if not yes and not screen.agrees("Apply this?"):
            raise Trouble("nothing was applied", "say --yes to apply without being asked", code="not_applied")
        with screen.progress("Applying") as step:
            outcome = importing.apply(client, planned["id"], _stepping(step), confirm_ended=confirm_ended)
        screen.show(_summary(outcome, "What happened"))
    screen.data({name: outcome[name] for name in ("id", "kind", "status", "counts")} | {"problems": problems})


def _stepping(step: Step) -> Callable[[Any], None]:
    return lambda state: step(state["progress"]["done"], state["progress"]["total"])


def _credentials(login: str, password_file: Path | None) -> tuple[str, str]:
    password = password_file.read_text("utf-8").strip() if password_file else os.environ.get("SANGGAR_PASSWORD", "")
    if not login or not password:
        raise Trouble(
            "who imports?", "give --login and --password-file, or set SANGGAR_LOGIN and SANGGAR_PASSWORD", code="login"
        )
    return login, password


def _problems(client: Client, state: Any) -> Iterator[Any]:
    """The first rows with problems, refused ones first."""
    shown = 0
    for outcome in ("rejected", "doubtful", "created", "changed", "unchanged"):
        wanted = state["counts"].get(outcome if outcome in _NOT_TAKEN else "reported", 0)
        if not wanted:
            continue
        for row in client.every(f"/v1/imports/{state['id']}/rows", outcome=outcome):
            if not row["problems"]:
                continue
            yield row
            shown += 1
            if shown == _SHOWN_PROBLEMS:
                return


def _summary(state: Any, title: str) -> Any:
    counts = state["counts"]
    return table(("rows", "number"), [(name, counts.get(key, 0)) for key, name in _OUTCOMES.items()], title)


def _problem_table(state: Any, problems: list[Any]) -> list[Any]:
    if not problems:
        return []
    rows = [
        (row["row"], _NOT_TAKEN.get(row["outcome"], "taken"), problem["column"], _reason(problem))
        for row in problems
        for problem in row["problems"]
    ]
    total = sum(state["counts"].get(each, 0) for each in (*_NOT_TAKEN, "reported"))
    shown: list[Any] = [table(("row", "outcome", "column", "why"), rows, f"Rows with problems ({total})")]
    if total > len(problems):
        shown.append(Text(f"... and {total - len(problems)} more: GET /v1/imports/{state['id']}/rows", style="dim"))
    return shown


def _reason(problem: Any) -> str:
    return problem["reason"] + (f" {problem['suggestion']}" if problem.get("suggestion") else "")
