"""The command that shows the policies: ``policies``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from trafficsim.cli.guard import guarded, print_json, show
from trafficsim.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Mapping


@guarded
def policies(
    kind: Annotated[str | None, typer.Argument(metavar="KIND", help="Kind of one policy, to see all about it.")] = None,
    as_json: Json = False,
) -> None:
    """Show the catalogue of policies: mechanism, evidence with its grade, limits, and where each number comes from."""
    from trafficsim import api

    entries = api.policy_catalogue(kind)
    if as_json:
        print_json(entries)
    elif kind is None:
        _show_all(entries)
    else:
        _show_one(kind, entries[kind])


def _show_all(entries: Mapping[str, Mapping[str, Any]]) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table("kind", "mechanism", "evidence", "grade", show_lines=True)
    for kind, entry in entries.items():
        table.add_row(*map(escape, (kind, entry["mechanism"], entry["source"], entry["grade"])))
    show(table)
    typer.echo("All of one: trafficsim policies KIND")


def _show_one(kind: str, entry: Mapping[str, Any]) -> None:
    from rich.markup import escape
    from rich.table import Table

    typer.echo(f"{kind}: {entry['summary']}")
    for heading in ("mechanism", "source", "grade", "limits"):
        typer.echo(f"{heading}: {entry[heading]}")
    table = Table("parameter", "type", "default", "source of the value")
    for name, parameter in entry["parameters"].items():
        cells = (name, parameter["type"], str(parameter["default"]), parameter["origin"])
        table.add_row(*map(escape, cells))
    show(table)
    typer.echo(f"In a study file: {entry['example']}")
