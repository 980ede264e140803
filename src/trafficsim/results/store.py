"""Result store: one Parquet file per run and table, written under a temporary name and renamed; present means done."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from trafficsim.base.errors import InputError, MachineError
from trafficsim.results.frames import Labels, concatenate

DONE = "runs"
"""The table that is written last: once it is there, the run is complete."""
MANIFEST = "study.json"


def file_name(table: str, labels: Labels, suffix: str = "parquet") -> str:
    """Name of the file of one run and table; characters that a file system may refuse are percent-encoded.

    Examples
    --------
    >>> file_name("trips", Labels("arterial", "do nothing", 3, "ca"))
    'trips@arterial@do%20nothing@3@ca.parquet'
    """
    return "@".join((table, *(quote(str(part), safe="") for part in labels))) + f".{suffix}"


def write_tables(folder: Path, labels: Labels, tables: Mapping[str, pd.DataFrame], *, csv: bool = False) -> None:
    """Write all tables of one run, ``runs`` last.

    Raises
    ------
    MachineError
        If the folder cannot be written or the disk is full.
    """
    for name in sorted(tables, key=lambda table: (table == DONE, table)):
        if csv:
            _write(folder / file_name(name, labels, "csv"), partial(tables[name].to_csv, index=False))
        _write(folder / file_name(name, labels), partial(tables[name].to_parquet, index=False))


def is_done(folder: Path, labels: Labels) -> bool:
    """Whether all tables of a run are there."""
    return (folder / file_name(DONE, labels)).is_file()


def read_run(folder: Path, labels: Labels) -> dict[str, pd.DataFrame]:
    """Read the tables of one run, by name.

    Raises
    ------
    InputError
        If the run is not there or a file is damaged.
    """
    ending = file_name("", labels)
    paths = sorted(path for path in folder.glob("*.parquet") if path.name.endswith(ending))
    if not is_done(folder, labels):
        raise InputError(f"{folder}", f"no complete run {tuple(labels)}", "a run with all its tables", "run it again")
    return {path.name.removesuffix(ending): _read(path) for path in paths}


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the tables of all complete runs in a folder, stacked, by name.

    Raises
    ------
    InputError
        If the folder holds no complete run, or a file is damaged.
    """
    endings = sorted(path.name.removeprefix(DONE) for path in folder.glob(f"{DONE}@*.parquet"))
    if not endings:
        raise InputError(f"{folder}", "no complete run", "a folder of results", "give the folder that --out named")
    runs = []
    for ending in endings:
        paths = sorted(path for path in folder.glob("*.parquet") if path.name.endswith(ending))
        runs.append({path.name.removesuffix(ending): _read(path) for path in paths})
    return concatenate(runs)


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Write the study and the versions beside the results.

    Raises
    ------
    MachineError
        If the folder cannot be written or the disk is full.
    """
    text = json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n"
    _write(folder / MANIFEST, lambda path: path.write_text(text, encoding="utf-8"))


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Read what :func:`write_manifest` wrote; ``None`` if it is not there.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, OSError) as error:
        raise InputError(str(path), f"a damaged file ({error})", "JSON", "delete the folder and run again") from error


def _write(path: Path, write: Callable[[Path], object]) -> None:
    """Write under a temporary name, then rename: a reader never sees half a file."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(temporary)
        os.replace(temporary, path)
    except OSError as error:
        _remove(temporary)
        raise MachineError(str(path), f"{error.strerror or error}", "a folder with free space that can be written",
                           "free some space or give another folder with --out") from error


def _remove(path: Path) -> None:
    """Remove a temporary file as far as the machine lets us; the first error is the one to tell."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise InputError(str(path), f"a damaged file ({error})", "a Parquet file", "delete it and run again") from error
