"""Arguments and options that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object on stdout.")]
Workers = Annotated[int, typer.Option(min=1, metavar="N", help="Number of processes; results do not depend on it.")]
Out = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder for the tables, one Parquet file per run and table.")
]
Executor = Annotated[str, typer.Option(metavar="local|tcp://HOST:PORT", help="Processes here, or a Dask scheduler.")]
Strict = Annotated[bool, typer.Option("--strict", help="Refuse what would have to be repaired.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on from the finished runs in the folder of --out.")]
