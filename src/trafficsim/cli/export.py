"""Commands that write files for other programs: one ``export`` per entry of :mod:`trafficsim.io.exports`."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated

import typer

from trafficsim.cli.guard import guarded, say
from trafficsim.io.exports import EXPORTS, Export

app = typer.Typer(
    help="Write a scenario or results for other programs.", no_args_is_help=True, rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
SUBJECTS = {"scenario": ("SCENARIO.toml", "Scenario, or a network file."), "results": ("RESULTS", "Folder of results.")}


@app.callback()
def exports() -> None:
    """Write a scenario or results for other programs."""


def exporter(form: Export) -> Callable[..., None]:
    """Make the command of an export: what it takes, and where it writes."""

    def command(subject: Path, out: Path) -> None:
        from trafficsim import api

        done = api.export(form.name, subject, out)
        for note in done.notes:
            say(f"note: {note}")
        for path in done.files:
            typer.echo(f"wrote {path}")

    metavar, meaning = SUBJECTS[form.takes]
    place = f"FILE ({' or '.join(form.endings)})" if form.endings else "DIR"
    found = {"subject": Annotated[Path, typer.Argument(metavar=metavar, help=meaning)],
             "out": Annotated[Path, typer.Option(metavar=place, help="Where to write.")]}
    command.__doc__ = f"Write: {form.title}."
    command.__annotations__ = dict(found)
    command.__signature__ = Signature(  # type: ignore[attr-defined]
        [Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind) for name, kind in found.items()])
    return guarded(command)


for _export in EXPORTS.values():
    app.command(_export.name)(exporter(_export))
