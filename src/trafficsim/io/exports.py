"""The table of what can be written for other programs. Commands, Python and the documentation find writers here.

An export is added by one entry: with it ``trafficsim export NAME``, :func:`trafficsim.export` and the reference pages
know it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from trafficsim.base.errors import InputError, MachineError, quoted


@dataclass(frozen=True)
class Exported:
    """What an export wrote.

    Attributes
    ----------
    files : paths, in the order in which they were written
    notes : what was left out, renamed or assumed, a line each
    """

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Export:
    """Something that can be written for other programs.

    Attributes
    ----------
    name : how it is called in commands
    title : what is written, for people
    takes : ``"scenario"``: a scenario, or a network file of any format that is read; ``"results"``: a folder of results
    holds : what the files hold
    endings : how the name of the file may end; none where a folder is written
    writer : ``"module:function"``, imported when it is needed: called with the :class:`~trafficsim.spec.world.World` of
        a scenario, or with the folder of results, and the path to write to; returns an :class:`Exported`
    """

    name: str
    title: str
    takes: Literal["scenario", "results"]
    holds: tuple[str, ...]
    writer: str
    endings: tuple[str, ...] = ()

    def check_out(self, out: Path) -> None:
        """Refuse a name that is not one of the export, and one that is taken.

        Raises
        ------
        InputError
            Saying what is expected.
        """
        if self.endings and not out.name.endswith(self.endings):
            raise InputError("--out", quoted(str(out)), f"a file name that ends in {' or '.join(self.endings)}",
                             "correct the ending: it says what is written")
        if self.endings and out.exists():
            raise InputError(str(out), "a file that exists already", "a new name", "give another --out, or move it")
        if not self.endings and out.exists() and not out.is_dir():
            raise InputError(str(out), "a file that exists already", "a folder", "give another --out")

    def write(self, subject: Any, out: Path) -> Exported:
        """Write it.

        Raises
        ------
        InputError
            If it cannot be written for the subject.
        MachineError
            If the disk refuses.
        """
        module, _, function = self.writer.partition(":")
        writer: Callable[[Any, Path], Exported] = getattr(import_module(module), function)
        try:
            (out.parent if self.endings else out).mkdir(parents=True, exist_ok=True)
            return writer(subject, out)
        except OSError as error:
            raise MachineError(str(out), error.strerror or str(error), "a place that can be written",
                               "give another --out, or free space") from None


EXPORTS: dict[str, Export] = {one.name: one for one in (
    Export(
        name="sumo", title="SUMO plain XML of a network and its demand", takes="scenario",
        holds=("nodes, edges, connections, signal programs and types (.nod, .edg, .con, .tll, .typ)",
               "vehicle types, trips and flows (.rou)", "switches between signal programs (.add)",
               "the network (.net) where netconvert is on the path"),
        writer="trafficsim.io.sumo.plain:write_plain",
    ),
    Export(
        name="gmns", title="GMNS tables of a network, with ring-barrier timing", takes="scenario",
        holds=("nodes, links, lanes, movements (node, link, lane, movement)",
               "signal plans, phases in rings and the movements that they serve (signal_*)",
               "in columns of its own whatever else this program knows, so that it reads back the same network"),
        writer="trafficsim.io.gmns.writer:export_gmns",
    ),
    Export(
        name="links", title="Results per link with geometry", takes="results", endings=(".geojson", ".parquet"),
        holds=("a line for every link and alternative with flow, density, speed and delay over the analysis period",),
        writer="trafficsim.api.link_results:write_links",
    ),
    Export(
        name="event-log", title="High-resolution event log of signal controllers", takes="results",
        endings=(".csv", ".parquet"),
        holds=("begins and ends of green, yellow and red clearance, terminations and splits by phase, detectors on and "
               "off, with the codes of the Indiana enumeration",
               "beside it the configuration of the detectors (_detectors) and what phases are (_phases)"),
        writer="trafficsim.api.event_logs:write_event_logs",
    ),
)}


def export_named(name: str) -> Export:
    """Return an export by its name.

    Raises
    ------
    InputError
        Naming the known ones.

    Examples
    --------
    >>> export_named("sumo").takes
    'scenario'
    """
    if name not in EXPORTS:
        raise InputError("export", quoted(name), f"one of {', '.join(EXPORTS)}", "choose one of them")
    return EXPORTS[name]


def documentation() -> str:
    """Return the table as Markdown, for the reference pages.

    Examples
    --------
    >>> print(documentation().splitlines()[0])
    | export | what it is | from | what it holds | written as |
    """
    rows = ["| export | what it is | from | what it holds | written as |", "|---|---|---|---|---|"]
    for one in EXPORTS.values():
        kind = " or ".join(f"`{ending}`" for ending in one.endings) or "a folder"
        rows.append(f"| `{one.name}` | {one.title} | {one.takes} | {'; '.join(one.holds)} | {kind} |")
    return "\n".join(rows)
