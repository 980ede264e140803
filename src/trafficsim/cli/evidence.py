"""The command that holds the simulation against published effects: ``evidence``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from trafficsim.cli.guard import guarded, print_json, show
from trafficsim.cli.options import Json

if TYPE_CHECKING:
    from trafficsim.evidence.row import Row


@guarded
def evidence(
    cases: Annotated[
        list[str] | None, typer.Argument(metavar="CASE", help="Names of cases (G0 to G15); without any, all.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run acceptance cases: what measures do in the simulation, beside published effects and the accepted ranges.

    Rows of origin input show that what was put in comes out again; only emergent rows are evidence. A row outside is
    told with what was tried. Each case takes up to a minute.
    """
    from trafficsim.evidence.cases import CASES, run_cases
    from trafficsim.evidence.cases import as_json as cases_json

    found = run_cases(tuple(cases or ()))
    if as_json:
        print_json(cases_json(found))
        return
    for name, rows in found.items():
        _show(f"{name}: {CASES[name].title}", rows)


def _show(title: str, rows: list[Row]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from trafficsim.evidence.page import cells

    table = Table("metric", "origin", "target", "accepted", "value", "95 % interval", "status", title=title)
    for row in rows:
        table.add_row(*map(escape, cells(row)))
    show(table)
    for note in dict.fromkeys(f"{row.metric}: {row.note}" for row in rows
                              if row.note and row.status in ("outside", "not modelled")):
        typer.echo(note)
