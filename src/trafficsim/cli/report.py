"""The command ``report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trafficsim.cli.guard import guarded


@guarded
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of results, as --out of compare named it.")],
    lang: Annotated[str, typer.Option(metavar="en|ar", help="Language of the page.")] = "en",
    digits: Annotated[
        str, typer.Option(metavar="latin|arabic-indic", help="Digits of the page: 0 to 9, or ٠ to ٩.")
    ] = "latin",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="File to write; DIR/report.html without it.")
    ] = None,
) -> None:
    """Write the report of a study as one HTML page, from its folder of results alone."""
    from trafficsim.report.page import report as write

    typer.echo(write(folder, out, language=lang, digits=digits))
