"""Signal plans as tables of groups: begin and end of green of every signal group, as German practice writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from pydantic import ValidationError

from trafficsim.base.errors import InputError, quoted
from trafficsim.base.findings import Finding
from trafficsim.design.timing.conflicts import crossing_pairs, gaps_s
from trafficsim.design.timing.groups import GroupMovement, SignalGroup, SignalGroupTable
from trafficsim.io.csv_rows import BUDGET, csv_lines, read_rows, texts
from trafficsim.io.toml import read_text
from trafficsim.spec.network import Connection, Network

SECTIONS = ("general", "links", "signal groups")
GENERAL = ("cycle time", "key", "subkey", "offset")
MOST_SECONDS = 3600.0
LISTED, NO_INTERGREEN = ("before", "after", "seconds"), ("", "-", "x", "X")
LAYOUT = ("sections [general] (cycle time, key, subkey, offset), [links] and [signal groups] "
          "(id;on1;off1;transOn;transOff)")
MAPPING = "columns group and link, and if they matter lane, turn (through, left, right, u_turn) and to"
Rows = list[tuple[int, list[str]]]
"""Lines of a section, with their numbers."""


class Between(NamedTuple):
    """An intergreen: from the end of green of one group to the begin of green of another."""

    before: str
    after: str


def read_signal_groups(path: str | Path, mapping: str | Path | None = None) -> SignalGroupTable:
    r"""Read a plan by signal groups: sections ``[general]``, ``[links]`` and ``[signal groups]``, as of SUMO's tools.

    ``on1`` and ``off1`` are begin and end of green in the cycle, an end before its begin runs over into the next cycle;
    ``on2`` and ``off2`` a second green; ``transOn`` the red-amber before and ``transOff`` the yellow after green.

    Parameters
    ----------
    path
        CSV file with semicolons.
    mapping
        CSV file that says what each group controls: columns ``group`` and ``link`` (or a lane, ``LINK_LANE``), and as
        far as needed ``lane``, ``turn`` and ``to``. It replaces the section ``[links]``.

    Raises
    ------
    InputError
        If a file cannot be read; a time is no number, negative or beyond the cycle; a green has no length; a group is
        named twice, or controls nothing.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp()) / "plan.csv"
    >>> _ = file.write_text("[general]\ncycle time;60\nkey;j\n[links]\nK1;in;\n[signal groups]\n"
    ...                     "id;on1;off1;transOn;transOff\nK1;50;20;1;3\n")
    >>> read_signal_groups(file).groups[0].green
    ((50.0, 20.0),)
    """
    path = Path(path)
    sections = _sections(path)
    general = _general(path, sections["general"])
    cycle_s = _number(general["cycle time"], f"{path}: cycle time", least=1.0)
    movements = _mapping(Path(mapping)) if mapping is not None else _links(path, sections["links"])
    groups = tuple(_groups(path, sections["signal groups"], cycle_s, movements))
    offset = general.get("offset", "")
    return SignalGroupTable(signal=general.get("key", path.stem) or path.stem, name=general.get("subkey") or "0",
                            cycle_s=cycle_s, groups=groups,
                            offset_s=_number(offset, f"{path}: offset", least=-MOST_SECONDS) if offset else 0.0)


def read_group_table(path: Path) -> tuple[SignalGroup, ...]:
    """Return what groups control: of a table with sections, or of a mapping (columns ``group``, ``link`` and more).

    Raises
    ------
    InputError
        If the file is neither.
    """
    if read_text(path, BUDGET).lstrip("\ufeff \t\r\n").startswith(("[", "#")):
        return read_signal_groups(path).groups
    return tuple(SignalGroup(name=name, green=(), movements=tuple(movements))
                 for name, movements in _mapping(path).items())


def read_intergreens(path: str | Path) -> dict[Between, float]:
    r"""Read intergreens: columns ``before``, ``after`` and ``seconds``, or a square matrix.

    Parameters
    ----------
    path
        CSV file; ``before`` and ``after`` are signal groups, one whose green ends and one whose green begins. A matrix
        has a row for each group whose green ends, with its name first, and a column for each whose green begins;
        nothing, ``-`` or ``x`` stands where there is none.

    Raises
    ------
    InputError
        If the file cannot be read, a value is no number of seconds, a pair stands twice, or a matrix is not square.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp()) / "intergreens.csv"
    >>> _ = file.write_text("before,after,seconds\nK1,K2,6\n")
    >>> read_intergreens(file)
    {Between(before='K1', after='K2'): 6.0}
    """
    path = Path(path)
    table, lines = read_rows(path)
    columns = [str(name) for name in table.columns]
    missing = [name for name in LISTED if name not in columns]
    if len(missing) == len(LISTED) and len(columns) > 1:
        return _of_matrix(path, table, columns, lines)
    if missing:
        raise InputError(f"{path}:1: header", f"no column {missing[0]}", "columns before, after and seconds, or a "
                         "matrix with a row and a column for each group", "add the column")
    found: dict[Between, float] = {}
    values = (texts(table, name).tolist() for name in LISTED)
    for line, before, after, seconds in zip(lines, *values, strict=True):
        if Between(before, after) in found:
            raise InputError(f"{path}:{line}", f"{before} to {after} a second time", "every pair once", "remove one")
        found[Between(before, after)] = _number(seconds, f"{path}:{line}: seconds", 0.0)
    return found


def _of_matrix(path: Path, table: pd.DataFrame, columns: Sequence[str], lines: Sequence[object]
               ) -> dict[Between, float]:
    names, after = texts(table, columns[0]).tolist(), columns[1:]
    odd = [name for name in (*names, *after) if (name in names) != (name in after) or not name]
    if odd or len(set(names)) < len(names):
        twice = next((name for name in names if names.count(name) > 1), "")
        found = f"group {quoted(twice)} in two rows" if twice else f"group {quoted(odd[0])} only in a row or a column"
        raise InputError(str(path), found, "a row and a column for each group, by its name", "complete the matrix")
    given: dict[Between, float] = {}
    for name in after:
        for line, before, text in zip(lines, names, texts(table, name).tolist(), strict=True):
            if text in NO_INTERGREEN:
                continue
            if name == before:
                raise InputError(f"{path}:{line}: {name}", quoted(text), "nothing from a group to itself", "remove it")
            given[Between(before, name)] = _number(text, f"{path}:{line}: {before} to {name}", 0.0)
    return given


def intergreen_breaches(table: SignalGroupTable, network: Network, signal: str | None = None,
                        required: Mapping[Between, float] | None = None) -> tuple[Finding, ...]:
    """Report intergreens that are shorter than they have to be.

    Groups conflict where a movement of one crosses or meets one of the other. What is required is what a matrix says
    (:func:`read_intergreens`), else the yellow of the group whose green ends: less would be green against yellow.

    Parameters
    ----------
    table
        The plan.
    network
        The network with its conflicts.
    signal
        Signal of the network; the one that the plan names when not given.
    required
        Required intergreens (s) by groups.

    Raises
    ------
    PolicyError
        If the plan does not fit the signal.

    Examples
    --------
    >>> import trafficsim as ts
    >>> groups = (SignalGroup(name="A", links=("in0", "in2"), green=((0, 25),), yellow_s=3.0),
    ...           SignalGroup(name="B", links=("in1", "in3"), green=((27, 55),), yellow_s=3.0))
    >>> plan = SignalGroupTable(signal="centre", cycle_s=60.0, groups=groups)
    >>> [one.message for one in intergreen_breaches(plan, ts.junction())]
    ['an intergreen of 2 s where 3 s are required']
    """
    program = table.program(network, signal)
    owner = {id(one): group.name for group in table.groups for one in network.connections
             if one.signal == program.id and _controls(group, one)}
    found: dict[Between, float] = {}
    for first, second in crossing_pairs(network, program.id):
        for a, b in ((first, second), (second, first)):
            one, other = network.connections[a], network.connections[b]
            key = Between(owner.get(id(one), ""), owner.get(id(other), ""))
            if key.before != key.after:
                for gap_s in gaps_s(program, one.signal_index or 0, other.signal_index or 0):
                    found[key] = min(gap_s, found.get(key, gap_s))
    yellow = {group.name: group.yellow_s or 0.0 for group in table.groups}
    return tuple(_breach(program.id, key, gap_s, least) for key, gap_s in sorted(found.items())
                 for least in [(required or {}).get(key, yellow.get(key.before, 0.0))] if gap_s < least)


def _breach(signal: str, key: Between, gap_s: float, least_s: float) -> Finding:
    return Finding("warning", "intergreen-too-short", f"signal {signal!r}: {key.before} to {key.after}",
                   f"an intergreen of {gap_s:g} s where {least_s:g} s are required",
                   f"end the green of {key.before} earlier, or begin that of {key.after} later")


def _controls(group: SignalGroup, one: Connection) -> bool:
    return (one.from_link in group.links or one.signal_index in group.indices
            or any(movement.takes(one) for movement in group.movements))


def _sections(path: Path) -> dict[str, Rows]:
    found: dict[str, Rows] = {name: [] for name in SECTIONS}
    section = None
    for number, row in csv_lines(read_text(path, BUDGET), path, ";"):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if cells[0].startswith("[") and cells[0].endswith("]"):
            section = cells[0][1:-1].lower()
            if section not in found:
                raise InputError(f"{path}:{number}", quoted(cells[0]), LAYOUT, "correct the name of the section")
        elif section is None:
            raise InputError(f"{path}:{number}", "values before any section", LAYOUT, "begin with [general]")
        else:
            found[section].append((number, cells))
    if not found["signal groups"]:
        raise InputError(str(path), "no section [signal groups]", LAYOUT, "give a complete table")
    return found


def _general(path: Path, rows: Rows) -> dict[str, str]:
    found = {cells[0].lower(): cells[1] if len(cells) > 1 else "" for _, cells in rows}
    if "cycle time" not in found:
        raise InputError(f"{path}: [general]", "no cycle time", LAYOUT, "add a line: cycle time;90")
    return found


def _links(path: Path, rows: Rows) -> dict[str, list[GroupMovement]]:
    found: dict[str, list[GroupMovement]] = {}
    for number, cells in rows:
        if len(cells) < 2 or not cells[0] or not cells[1]:
            raise InputError(f"{path}:{number}", quoted(";".join(cells)),
                             "GROUP;LINK or LANE;target, which may be empty", "correct the line")
        found.setdefault(cells[0], []).append(
            GroupMovement(link=cells[1], to=cells[2] if len(cells) > 2 and cells[2] else None))
    return found


def _mapping(path: Path) -> dict[str, list[GroupMovement]]:
    table, lines = read_rows(path)
    missing = [name for name in ("group", "link") if name not in table]
    if missing:
        raise InputError(f"{path}:1: header", f"no column {missing[0]}", MAPPING, "add the column")
    found: dict[str, list[GroupMovement]] = {}
    for line, row in zip(lines, _mapped(table), strict=True):
        group = row.pop("group")
        try:
            movement = GroupMovement.model_validate({name: value for name, value in row.items() if value})
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise InputError(f"{path}:{line}: {key}", quoted(row.get(key)) if row.get(key) else "nothing", first["msg"],
                             f"correct the row; a mapping has {MAPPING}") from None
        found.setdefault(group, []).append(movement)
    return found


def _mapped(table: pd.DataFrame) -> list[dict[str, str]]:
    columns = {name: texts(table, name).tolist() for name in ("group", "link", "lane", "turn", "to")}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _groups(path: Path, rows: Rows, cycle_s: float, movements: Mapping[str, list[GroupMovement]]) -> list[SignalGroup]:
    header = [name.lower() for name in rows[0][1]]
    for name in ("id", "on1", "off1"):
        if name not in header:
            raise InputError(f"{path}:{rows[0][0]}", f"no column {name}", LAYOUT, "correct the header of the groups")
    found: dict[str, SignalGroup] = {}
    for number, cells in rows[1:]:
        row = dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))
        where = f"{path}:{number}: group {quoted(row['id'])}"
        if row["id"] in found:
            raise InputError(where, "this group a second time", "each group once", "remove or rename one")
        if row["id"] not in movements:
            raise InputError(where, "a group that controls nothing", "a line in [links], or in the mapping",
                             "say which links or movements it controls")
        found[row["id"]] = _group(row, where, cycle_s, movements[row["id"]])
    unknown = [name for name in movements if name not in found]
    if unknown:
        raise InputError(f"{path}: [signal groups]", f"no group {quoted(unknown[0])}, which links or mapping name",
                         "a row for every group", "add the row, or remove the group from links or mapping")
    return list(found.values())


def _group(row: Mapping[str, str], where: str, cycle_s: float, movements: list[GroupMovement]) -> SignalGroup:
    green = []
    for number in (1, 2):
        on, off = row.get(f"on{number}", ""), row.get(f"off{number}", "")
        if number == 2 and not on and not off:
            continue
        begin, end = (_number(text, f"{where}: {name}{number}", 0.0, cycle_s)
                      for text, name in ((on, "on"), (off, "off")))
        if begin == end:
            raise InputError(f"{where}: off{number}", f"green from {begin:g} to {end:g} s", "an end that differs from "
                             "its begin; one before it runs over into the next cycle", "correct the times")
        green.append((begin, end))
    times = {name: _number(row[key], f"{where}: {key}", 0.0, 10.0)
             for name, key in (("red_amber_s", "transon"), ("yellow_s", "transoff")) if row.get(key)}
    return SignalGroup(name=row["id"], green=tuple(green), movements=tuple(movements), **times)


def _number(text: str, where: str, least: float, most: float = MOST_SECONDS) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise InputError(where, quoted(text) if text else "nothing", f"seconds from {least:g} to {most:g}",
                         "correct the time")
    return value
