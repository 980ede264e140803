"""The catalogue of practices: files of this package, and those that installed packages name by entry point."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from os import PathLike
from pathlib import Path

from trafficsim.base.errors import InputError, TrafficsimError
from trafficsim.io.toml import read_toml, validate
from trafficsim.outcomes.practice import GROUPS, Entry, Practices

ENTRY_POINT_GROUP = "trafficsim.practices"


def read_practices(path: str | Path, origin: str | None = None) -> tuple[Entry, ...]:
    """Read a file of practices.

    Parameters
    ----------
    path
        TOML file with ``[sources]`` and ``[[practices]]``.
    origin
        What the catalogue calls the file; the path without it.

    Raises
    ------
    InputError
        If the file cannot be read, an entry is wrong, or its evidence names a source that the file does not list.
    """
    path = Path(path)
    content = validate(Practices, read_toml(path), path)
    return tuple(Entry(practice=one, sources=content.sources, origin=origin or str(path)) for one in content.practices)


def load_practices() -> dict[str, Entry]:
    """Return all practices by id: those of this package by number, then those of installed packages.

    A package offers its own as an entry point of the group ``trafficsim.practices`` that names the path of a TOML file.

    Raises
    ------
    InputError
        If an entry point names no such file, a file is wrong, or two practices have the same id.

    Examples
    --------
    >>> load_practices()["average_speed_control"].practice.number
    2
    """
    folder = Path(str(files("trafficsim.outcomes"))) / "practices"
    found = [one for group in GROUPS for one in read_practices(folder / f"{group}.toml", "trafficsim")]
    for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda one: one.name):
        found += read_practices(_file_of(point), point.value.partition(":")[0])
    return _by_id(found)


def _file_of(point: EntryPoint) -> str:
    where = f"entry point {point.name!r} = {point.value!r}"
    try:
        named = point.load()
    except TrafficsimError:
        raise
    except Exception as error:  # a foreign package may fail in any way; name it instead of a traceback
        raise InputError(where, f"{type(error).__name__}: {error}", "the path of a file of practices",
                         "repair or uninstall that package") from error
    if not isinstance(named, str | PathLike):
        raise InputError(where, f"a {type(named).__name__}", "the path of a file of practices",
                         "let it name a pathlib.Path; see examples/own-policies")
    return str(named)


def _by_id(entries: list[Entry]) -> dict[str, Entry]:
    known: dict[str, Entry] = {}
    for entry in entries:
        present = known.setdefault(entry.practice.id, entry)
        if present is not entry:
            raise InputError(f"{entry.origin}: practice {entry.practice.id!r}", f"an id taken by {present.origin}",
                             "an id of its own", "rename one of the two")
    return known
