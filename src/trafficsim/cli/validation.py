"""The command that holds results against observations: ``validate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trafficsim.cli.guard import guarded, print_json, say
from trafficsim.cli.options import Json


@guarded
def validate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of results, as --out named it.")],
    counts: Annotated[Path | None, typer.Option(
        metavar="FILE", help="Counts; without it the observations of the scenario.")] = None,
    used: Annotated[bool, typer.Option("--used", help="The calibration has used these counts: show a fit.")] = False,
    calibrated_with: Annotated[list[Path] | None, typer.Option(
        metavar="FILE", help="Counts that the calibration has used; may be given several times.")] = None,
    as_json: Json = False,
) -> None:
    """Hold results against observations: GEH, guidelines, and the variability of days; nothing is simulated."""
    from trafficsim.api.validating import validate as hold
    from trafficsim.results.validation_lines import validation_lines

    found = hold(folder, counts, data="used" if used else "held_out", calibrated_with=calibrated_with or ())
    if as_json:
        print_json(found.as_json())
        return
    for one in found.findings:
        if one.code != "counts-read":
            say(f"{one.level}: {one.where}: {one.message}" + (f". Remedy: {one.remedy}." if one.remedy else ""))
    for line in validation_lines(found):
        typer.echo(line)
