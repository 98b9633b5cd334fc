"""`sanggar district`: found districts, list them, and let an operator back in."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from deploy import districts
from deploy.cli.context import Context
from deploy.cli.screen import Screen, Trouble, table
from shared.ids import is_district
from shared.mongo import Doc

app = typer.Typer(no_args_is_help=True)

IdArgument = Annotated[
    str, typer.Argument(metavar="ID", help="The region code: 3307, or 33c09 for a provincial branch office.")
]


@app.callback()
def group() -> None:
    """Districts and their operators."""


@app.command()
def create(
    ctx: typer.Context,
    district: IdArgument,
    name: Annotated[str, typer.Option(help='What people call it: "Kabupaten Wonosobo".')],
    timezone: Annotated[
        str, typer.Option(help="Asia/Jakarta (WIB), Asia/Pontianak (WIB), Asia/Makassar (WITA) or Asia/Jayapura (WIT).")
    ],
    operator_login: Annotated[str, typer.Option(help="The username of its first operator.")],
) -> None:
    """Found a district. Prints the activation code with which its operator sets a password, once."""
    context: Context = ctx.obj
    settings = context.platform.settings
    _show_card(
        context.screen,
        districts.create(settings, _checked(district), name=name, timezone=timezone, operator_login=operator_login),
        context.platform.address,
    )


@app.command("code")
def code(
    ctx: typer.Context,
    district: IdArgument,
    login: Annotated[str, typer.Option(help="The username or NUPTK of whoever is locked out.")],
) -> None:
    """Print a new activation code for somebody, such as an operator who is locked out. Earlier codes stop working.

    Operators give codes to everybody else through the API.
    """
    context: Context = ctx.obj
    settings = context.platform.settings
    if not districts.exists(settings, _checked(district)):
        raise Trouble(f"there is no district {district}", "see `sanggar district list`", code="not_found")
    _show_card(context.screen, districts.new_code(settings, district, login), context.platform.address)


@app.command("list")
def list_districts(ctx: typer.Context) -> None:
    """List the districts of this cell."""
    context: Context = ctx.obj
    found = [
        {"id": district["id"], "name": district["name"], "timezone": district["timezone"]}
        for district in districts.known(context.platform.settings)
    ]
    context.screen.data({"items": found})
    context.screen.show(table(("id", "name", "time zone"), [tuple(district.values()) for district in found]))


def _checked(district: str) -> str:
    if not is_district(district):
        raise Trouble(
            f"{district!r} is no district's id",
            "four digits such as 3307, or 33c09 for a branch office",
            code="invalid",
        )
    return district


def _show_card(screen: Screen, card: Doc, address: str) -> None:
    screen.data({name: card[name] for name in ("district", "person_id", "username", "code", "expires_at")})
    screen.show(
        table(
            ("", ""),
            [
                ("district", card["district"]),
                ("username", card["username"]),
                ("activation code", card["code"]),
                ("valid until", card["expires_at"]),
            ],
        ),
        Text(f"\nSet a password with it: POST {address}/v1/auth/activate", style="dim"),
    )
