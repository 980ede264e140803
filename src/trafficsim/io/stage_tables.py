"""Controllers of stages from tables: what signal groups control, which of them a stage serves, and intergreens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from trafficsim.base.errors import InputError, NetworkError, quoted
from trafficsim.design.inference.greens import resolve_phases
from trafficsim.design.inference.staging import yellow_s
from trafficsim.design.timing.conflicts import crossing_pairs
from trafficsim.design.timing.controls import detectors_of
from trafficsim.design.timing.groups import Controlled, SignalGroup, controlled, members_of
from trafficsim.io.csv_rows import read_rows, texts
from trafficsim.io.mistakes import did_you_mean
from trafficsim.io.paths import resolve_path
from trafficsim.io.row_models import made_of
from trafficsim.io.signal_groups import Between, read_group_table, read_intergreens
from trafficsim.spec.control import ControlPhase, Intergreen, SignalControl, SignalDetector, planned_cycle_s
from trafficsim.spec.network import Network
from trafficsim.spec.signals import Phase
from trafficsim.spec.stage_table import StageTable

STAGE_COLUMNS = tuple(name for name in ControlPhase.model_fields
                      if name not in ("number", "green", "name", "ring", "barrier", "position"))
DETECTOR_COLUMNS = tuple(name for name in SignalDetector.model_fields if name != "phases")
FILES = ("groups", "stages", "intergreens", "detectors")
RED_CLEARANCE_S = 2.0
"""After the yellow of a stage, where neither a matrix nor the table says more (modelling assumption)."""
COMMA = re.compile(r"-?\d+,\d+")


class Row(NamedTuple):
    """A row of a table: its place for messages, and what its cells hold."""

    where: str
    cells: Mapping[str, str]


class Groups(NamedTuple):
    """Signal groups of a signal: themselves by name, their signal indices, and what the signal has."""

    named: Mapping[str, SignalGroup]
    indices: Mapping[str, tuple[int, ...]]
    there: Controlled

    def yellow_s(self, name: str) -> float:
        """Yellow of a group: its own, else that of RiLSA for the fastest who come there."""
        own = self.named[name].yellow_s
        return yellow_s(max(self.there.speed_kmh[index] for index in self.indices[name])) if own is None else own


class Stage(NamedTuple):
    """A stage: its row, and the groups that have green."""

    row: Row
    name: str
    groups: tuple[str, ...]


def read_stages(table: StageTable, network: Network, folder: str | Path = ".", prefix: str = "") -> SignalControl:
    r"""Make a controller of stages from tables of signal groups, stages and intergreens.

    Parameters
    ----------
    table
        Names of the files.
    network
        The network with the signal.
    folder
        Folder that relative paths start from.
    prefix
        What messages put before the key of a file that is not there.

    Raises
    ------
    InputError
        If a file cannot be read, or what it says cannot be: an unknown group, a group in no stage, conflicting greens,
        an intergreen that is missing or between groups of one stage, a time that is none.
    PolicyError
        If groups do not fit the signal: a movement that is not there, in two groups or in none.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> import trafficsim as ts
    >>> folder = Path(mkdtemp())
    >>> _ = (folder / "groups.csv").write_text("group,link\nK1,in0\nK1,in2\nK2,in1\nK2,in3\n")
    >>> _ = (folder / "stages.csv").write_text("stage,groups,min_green_s,max_green_s\nA,K1,8,40\nB,K2,6,30\n")
    >>> _ = (folder / "matrix.csv").write_text("from,K1,K2\nK1,,6\nK2,5,\n")
    >>> table = ts.StageTable(signal="centre", groups="groups.csv", stages="stages.csv", intergreens="matrix.csv")
    >>> control = read_stages(table, ts.junction(), folder)
    >>> [(one.name, one.max_green_s, one.yellow_s, one.red_clearance_s) for one in control.phases]
    [('A', 40.0, 3.0, 3.0), ('B', 30.0, 3.0, 2.0)]
    """
    files = {key: resolve_path(text, Path(folder), f"{prefix}{key}") for key in FILES
             if (text := getattr(table, key)) is not None}
    groups = _groups(files["groups"], table.signal, network)
    stages = list(_stages(files["stages"], groups))
    between = read_intergreens(files["intergreens"]) if "intergreens" in files else {}
    if between:
        _check_between(between, groups, stages, network, files["intergreens"])
    phases = tuple(_phases(stages, groups, between, network))
    splits = {one.number: one.split_s for one in phases if one.split_s is not None}
    cycle_s = planned_cycle_s(phases, splits) if table.method == "coordinated" and splits else None
    control: SignalControl = made_of(
        SignalControl, f"{files['stages']}: signal {quoted(table.signal)}", id=table.signal, method=table.method,
        phases=phases, cycle_s=cycle_s, offset_s=table.offset_s,
        intergreens=tuple(_intergreens(between, groups)), detectors=tuple(_detectors(table, files, stages, network)),
        red_amber_s=max(groups.named[name].red_amber_s for name in groups.named), origin=files["stages"].name)
    return control


def controls_of(tables: Iterable[StageTable], network: Network, folder: Path) -> Iterator[SignalControl]:
    """Yield the controllers of the tables of a scenario.

    Raises
    ------
    NetworkError
        If the network has no signal of this name.
    InputError, PolicyError
        As :func:`read_stages`.
    """
    known = [one.id for one in network.signals]
    for index, table in enumerate(tables):
        key = f"stage_tables[{index}]"
        if table.signal not in known:
            raise NetworkError(f"{key}.signal", f"an unknown signal {table.signal!r}", "a signal of the network",
                               f"correct it; {did_you_mean(table.signal, known).rstrip('?')}")
        yield read_stages(table, network, folder, f"{key}.")


def anchored_table(table: StageTable, absolute: Callable[[str], str]) -> StageTable:
    """Return the table with absolute paths."""
    return table.model_copy(update={key: absolute(text) for key in FILES
                                    if (text := getattr(table, key)) is not None})


def _groups(path: Path, signal: str, network: Network) -> Groups:
    there = controlled(network, signal)
    found = read_group_table(path)
    return Groups({one.name: one for one in found}, members_of(found, there, f"{path}: signal {signal!r}"), there)


def _rows(path: Path, needed: Sequence[str], known: Sequence[str]) -> Iterator[Row]:
    table, lines = read_rows(path)
    layout = f"columns {' and '.join(needed)}, and as far as needed {', '.join(one for one in known)}"
    for name in needed:
        if name not in table:
            raise InputError(f"{path}:1: header", f"no column {name}", layout, "add the column")
    for name in table.columns:
        if name not in (*needed, *known):
            raise InputError(f"{path}:1: header", f"an unknown column {quoted(name)}", layout,
                             f"correct or remove it; {did_you_mean(name, (*needed, *known)).rstrip('?')}")
    if table.empty:
        raise InputError(str(path), "no row", layout, "add the rows")
    columns = {str(name): texts(table, name).tolist() for name in table.columns}
    for place, line in enumerate(lines):
        cells = {name: values[place] for name, values in columns.items() if values[place]}
        yield Row(f"{path}:{line}", {name: text.replace(",", ".") if COMMA.fullmatch(text) else text
                                     for name, text in cells.items()})


def _stages(path: Path, groups: Groups) -> Iterator[Stage]:
    names, served = set[str](), set[str]()
    for row in _rows(path, ("stage", "groups"), STAGE_COLUMNS):
        name, given = row.cells.get("stage", ""), tuple(row.cells.get("groups", "").split())
        if not name or not given:
            raise InputError(f"{row.where}: {'groups' if name else 'stage'}", "nothing",
                             "the name of a stage, and its groups with blanks between", "complete the row")
        if name in names:
            raise InputError(f"{row.where}: stage {quoted(name)}", "this stage a second time", "each stage once",
                             "remove or rename one")
        for one in given:
            if one not in groups.named:
                raise InputError(f"{row.where}: stage {quoted(name)}", f"an unknown group {quoted(one)}",
                                 "signal groups of the table of groups, with blanks between",
                                 f"correct it; {did_you_mean(one, groups.named).rstrip('?')}")
        names.add(name)
        served.update(given)
        yield Stage(row, name, given)
    left = [name for name in groups.named if name not in served]
    if left:
        raise InputError(str(path), f"no stage with group {quoted(left[0])}, whose movements would never go",
                         "every group in a stage", "add it to a stage, or write a stage for it")


def _check_between(between: Mapping[Between, float], groups: Groups, stages: Sequence[Stage], network: Network,
                   path: Path) -> None:
    """Intergreens name groups; none is between groups of one stage, and none is missing between others that cross."""
    for pair in between:
        for name in pair:
            if name not in groups.named:
                raise InputError(f"{path}: {pair.before} to {pair.after}", f"an unknown group {quoted(name)}",
                                 "groups of the table of groups",
                                 f"correct it; {did_you_mean(name, groups.named).rstrip('?')}")
        both = next((one.name for one in stages if set(pair) <= set(one.groups)), None)
        if both is not None:
            raise InputError(f"{path}: {pair.before} to {pair.after}", f"an intergreen between two groups that stage "
                             f"{quoted(both)} serves together", "intergreens between groups that never go together",
                             "remove it, or serve the groups in two stages")
    for pair in _crossing(groups, network):
        together = any(set(pair) <= set(one.groups) for one in stages)
        if pair not in between and not together:
            raise InputError(str(path), f"no intergreen from {pair.before} to {pair.after}, whose movements cross",
                             "one for every two groups that cross and are in no stage together", "add it")


def _crossing(groups: Groups, network: Network) -> Iterator[Between]:
    owner = {index: name for name, indices in groups.indices.items() for index in indices}
    for pair in crossing_pairs(network, groups.there.signal):
        names = [owner[network.connections[one].signal_index or 0] for one in pair]
        if names[0] != names[1]:
            yield Between(names[0], names[1])
            yield Between(names[1], names[0])


def _phases(stages: Sequence[Stage], groups: Groups, between: Mapping[Between, float], network: Network
            ) -> Iterator[ControlPhase]:
    greens = [_green(one, groups, network) for one in stages]
    for place, one in enumerate(stages):
        after = stages[(place + 1) % len(stages)]
        ends = [name for name in one.groups if name not in after.groups]
        yellow = max(groups.yellow_s(name) for name in ends or one.groups)
        gaps_s = [between[pair] for name in ends for other in after.groups if (pair := Between(name, other)) in between]
        times: dict[str, Any] = {"yellow_s": yellow, "red_clearance_s": (
            max(max(gaps_s, default=yellow) - yellow, 0.0) if between else RED_CLEARANCE_S)}
        given = {name: value for name, value in one.row.cells.items() if name in STAGE_COLUMNS}
        phase: ControlPhase = made_of(
            ControlPhase, f"{one.row.where}: stage {quoted(one.name)}", number=place + 1, position=place,
            name=one.name, green=greens[place], **{**times, **given})
        yield phase


def _green(stage: Stage, groups: Groups, network: Network) -> str:
    """Letters of a stage; right of way says who gives way to whom."""
    indices = {index for name in stage.groups for index in groups.indices[name]}
    letters = "".join("G" if index in indices else "r" for index in range(groups.there.width))
    found = resolve_phases(network, groups.there.signal, (Phase(duration_s=1.0, state=letters),))
    owner = {index: name for name in stage.groups for index in groups.indices[name]}
    for one in found.undecided:
        pair = [network.connections[number] for number in (one.movement, one.other)]
        names = sorted({owner[each.signal_index or 0] for each in pair})
        along = " and ".join(f"{each.from_link} to {each.to_link}" for each in pair)
        raise InputError(f"{stage.row.where}: stage {quoted(stage.name)}",
                         f"green for {along} (group {', '.join(names)}), which cross and of which none gives way",
                         "groups that may go together", "serve them in two stages")
    return found.phases[0].state


def _intergreens(between: Mapping[Between, float], groups: Groups) -> Iterator[Intergreen]:
    for pair, time_s in between.items():
        for before in groups.indices[pair.before]:
            for after in groups.indices[pair.after]:
                yield made_of(Intergreen, f"intergreen {pair.before} to {pair.after}", before=before, after=after,
                              time_s=time_s)


def _detectors(table: StageTable, files: Mapping[str, Path], stages: Sequence[Stage], network: Network
               ) -> Iterator[SignalDetector]:
    if "detectors" not in files:
        if table.method in ("actuated", "coordinated"):
            yield from detectors_of(network, table.signal)
        return
    numbers = {one.name: place for place, one in enumerate(stages, 1)}
    for row in _rows(files["detectors"], ("id", "link"), (*DETECTOR_COLUMNS[2:], "stages")):
        named = row.cells.get("stages", "").split()
        unknown = next((one for one in named if one not in numbers), None)
        if unknown is not None:
            raise InputError(f"{row.where}: stages", f"an unknown stage {quoted(unknown)}", "stages of the table of "
                             "stages, with blanks between", f"correct it; {did_you_mean(unknown, numbers).rstrip('?')}")
        values = {name: value for name, value in row.cells.items() if name != "stages"}
        detector: SignalDetector = made_of(SignalDetector, row.where, **values,
                                           phases=tuple(numbers[one] for one in named))
        yield detector
