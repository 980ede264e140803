"""Fixes files: read with one message per mistake, found beside an extract, and begun from what an import guessed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from trafficsim.base.errors import InputError, quoted
from trafficsim.io.mistakes import did_you_mean
from trafficsim.io.paths import resolve_path
from trafficsim.io.toml import read_toml, validate
from trafficsim.spec.fixes import Fixes, SignalFix
from trafficsim.spec.signals import SignalProgram

ENDING = ".fixes.toml"


def read_fixes(path: str | Path) -> Fixes:
    r"""Read a fixes file, and the files of signal programs that it names, relative to it.

    Parameters
    ----------
    path
        TOML file with the tables ``[[link]]``, ``[[junction]]``, ``[[ban]]``, ``[[allow_turn]]`` and ``[[signal]]``.

    Raises
    ------
    InputError
        Naming file, entry and key, what was found, what was expected and the remedy.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp()) / "city.fixes.toml"
    >>> _ = file.write_text('[[link]]\nname = "Main Street"\nspeed_limit_kmh = 30\n')
    >>> read_fixes(file).link[0].settings()
    {'speed_limit_kmh': 30.0}
    """
    path = Path(path)
    fixes = validate(Fixes, _read(path), path)
    signals = tuple(_with_phases(one, path, index) for index, one in enumerate(fixes.signal))
    source = fixes.source if "source" in fixes.model_fields_set else path.name
    return fixes.model_copy(update={"signal": signals, "source": source})


def _read(path: Path) -> dict[str, object]:
    """Tables of the file; one in which everything is commented out is in order."""
    try:
        return read_toml(path)
    except InputError as error:
        if error.found == "an empty file":
            return {}
        raise


def fixes_of(fixes: Fixes | str | Path) -> Fixes:
    """Return fixes as they are, or those of a file."""
    return fixes if isinstance(fixes, Fixes) else read_fixes(fixes)


def fixes_beside(*places: Path | None) -> Path | None:
    """Find the fixes file that belongs to an extract or a scenario by its name: ``city.osm.pbf``, ``city.fixes.toml``.

    Examples
    --------
    >>> fixes_beside(Path("nowhere/city.osm.pbf"), None) is None
    True
    """
    for place in places:
        if place is None:
            continue
        whole = place.absolute()
        for stem in dict.fromkeys((whole.name.partition(".")[0], whole.stem)):
            found = whole.parent / f"{stem}{ENDING}"
            if found.is_file():
                return found
    return None


def _with_phases(entry: SignalFix, path: Path, index: int) -> SignalFix:
    """Read the program that a file holds."""
    if entry.file is None:
        return entry
    from trafficsim.io.sumo import read_programs

    where = f"{path}: signal[{index}].file"
    programs = read_programs(resolve_path(entry.file, path.parent, where), entry.program)
    program = _named(programs, str(entry.junction), where)
    given = {"phases": program.phases}
    if "offset_s" not in entry.model_fields_set:
        given["offset_s"] = program.offset_s  # type: ignore[assignment]
    return entry.model_copy(update=given)


def _named(programs: Iterable[SignalProgram], junction: str, where: str) -> SignalProgram:
    known = {program.id: program for program in programs}
    if junction in known:
        return known[junction]
    if len(known) == 1:
        return next(iter(known.values()))
    raise InputError(where, f"no program of signal {quoted(junction)}", "the program of this junction",
                     f"correct junction; {did_you_mean(junction, known).rstrip('?')}")
