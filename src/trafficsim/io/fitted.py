"""Scenario files with fitted parameters, and the counts that were used and held out beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from trafficsim.base.errors import InputError, MachineError
from trafficsim.io.counts import write_counts
from trafficsim.io.toml import dump_toml, read_toml
from trafficsim.spec.counts import Count


def write_fitted(
    source: Path, out: Path, changes: Mapping[str, Any], used: Iterable[Count], held_out: Iterable[Count],
) -> list[Path]:
    """Write a scenario like ``source`` in which some keys differ; return the paths of all files.

    Parameters
    ----------
    source, out
        Scenario files in one folder, so that relative paths in them mean the same.
    changes
        Keys of the scenario: tables are merged, lists replaced.
    used, held_out
        Counts, written beside ``out``; the scenario is validated with those that were held out.

    Raises
    ------
    InputError
        If ``out`` is in another folder, does not end in .toml, or a file exists already.
    MachineError
        If the folder cannot be written.
    """
    if out.suffix != ".toml" or out.absolute().parent != source.absolute().parent:
        raise InputError("--out", str(out), f"a file name that ends in .toml, in the folder of {source.name}",
                         f"write --out {source.with_name(source.stem + '-fitted.toml')}")
    counts = {name: rows for name, rows in ((out.with_name(f"{out.stem}-counts-used.csv"), tuple(used)),
                                            (out.with_name(f"{out.stem}-counts-held-out.csv"), tuple(held_out)))
              if rows}
    for path in (out, *counts):
        if path.exists():
            raise InputError(str(path), "a file that exists already", "a new name",
                             "give another --out, or move the file")
    held = [path.name for path in counts if path.stem.endswith("held-out")]
    content = _changed(read_toml(source), changes) | ({"validation": {"counts": held[0]}} if held else {})
    try:
        for path, rows in counts.items():
            write_counts(path, rows)
        out.write_text(dump_toml(content), encoding="utf-8")
    except OSError as error:
        raise MachineError(str(out.parent), error.strerror or str(error), "a folder that can be written",
                           "give another folder with --out") from None
    return [out, *counts]


def _changed(data: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return tables merged with what changes.

    Examples
    --------
    >>> _changed({"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": 3}, "d": []})
    {'a': {'b': 3, 'c': 2}, 'd': []}
    """
    done = dict(data)
    for key, value in changes.items():
        old = done.get(key)
        done[key] = _changed(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return done
