"""The command that writes first files to edit: ``new``."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from trafficsim.cli.guard import guarded

TEMPLATES = ("scenario.toml", "study.toml")


@guarded
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write into; made if it is not there.")],
) -> None:
    """Write a small scenario and study that run as they are, with comments, to edit."""
    from trafficsim.base.errors import MachineError

    try:
        _refuse_what_is_there(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name in TEMPLATES:
            text = files("trafficsim.cli").joinpath("templates", name).read_text(encoding="utf-8")
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise MachineError(str(folder), error.strerror or str(error), "a folder that can be written",
                           "give another folder") from None
    typer.echo(f"wrote {folder / 'scenario.toml'} and {folder / 'study.toml'}; next:")
    typer.echo(f"  trafficsim run {folder / 'scenario.toml'}")
    typer.echo(f"  trafficsim compare {folder / 'study.toml'} --out {folder / 'results'}")
    typer.echo(f"  trafficsim report {folder / 'results'}")


def _refuse_what_is_there(folder: Path) -> None:
    """Overwrite nothing, and mix nothing with what is there."""
    from trafficsim.base.errors import InputError

    if folder.exists() and not folder.is_dir():
        raise InputError(str(folder), "a file that exists already", "a new or empty folder", "give another folder")
    there = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    if there:
        names = ", ".join(there[:3]) + (", ..." if len(there) > 3 else "")
        raise InputError(str(folder), f"a folder that exists already and holds {names}", "a new or empty folder",
                         "give another folder")
