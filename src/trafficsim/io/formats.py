"""The table of formats that networks can be read from. Commands, Python and the documentation find readers here.

A format is added by one entry: with it ``trafficsim import NAME``, :func:`trafficsim.read`, ``network.file`` of a
scenario and the reference pages know it.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from os.path import isdir, isfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trafficsim.base.errors import InputError, quoted
from trafficsim.io.osm.countries import COUNTRIES as OSM_COUNTRIES

if TYPE_CHECKING:
    from trafficsim.io.imported import Imported
    from trafficsim.spec.fixes import Fixes

BEGINNING_BYTES = 4096
"""How much of a file is looked at to recognise its format."""


@dataclass(frozen=True)
class Format:
    """A format of network files, and how to read it.

    Attributes
    ----------
    name : how it is called in commands
    title : what it is, for people
    reads : what is taken from its files
    network : the file that holds the network, for people
    endings : how the name of that file may end
    marks : texts, one of which stands at the beginning of such a file, whatever its name
    reader : ``"module:function"``, imported when it is needed: called with the network file, and by keyword with lists
        of further files and with choices; returns an :class:`~trafficsim.io.imported.Imported`
    files : further files by keyword, each with what they hold
    choices : choices by keyword, each with what it decides and the words to choose from, the default first
    foreign : whether ``trafficsim import`` makes a scenario of it; our own format needs no import
    members : files that stand in a folder of this format, plain or gz; empty: it is a single file
    takes_fixes : whether its reader applies fixes itself (keyword ``fixes``), before it works junctions out; else they
        are applied to the network that it returns
    """

    name: str
    title: str
    reads: tuple[str, ...]
    network: str
    endings: tuple[str, ...]
    marks: tuple[bytes, ...]
    reader: str
    files: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    foreign: bool = True
    members: tuple[str, ...] = ()
    takes_fixes: bool = False

    def holds(self, folder: Path) -> bool:
        """Whether a path is a folder of this format."""
        return bool(self.members) and isdir(folder) and all(
            (folder / name).exists() or (folder / f"{name}.gz").exists() for name in self.members)

    def read(self, network: Path, *, fixes: Fixes | str | Path | None = None, **more: Any) -> Imported:
        """Read a network file, with fixes, and with further files (one, or a list) and choices by keyword.

        Raises
        ------
        InputError
            If the format has no such file or choice, or a file cannot be used.
        """
        for name, value in more.items():
            self._require_known(name, value)
        module, _, function = self.reader.partition(":")
        given = {name: (value,) if isinstance(value, str | Path) and name in self.files else value
                 for name, value in more.items()}
        reader = getattr(import_module(module), function)
        if fixes is None:
            return reader(network, **given)  # type: ignore[no-any-return]
        from trafficsim.design.timing.fixed_network import fixed_network
        from trafficsim.io.fixed_demand import with_network
        from trafficsim.io.fixes import fixes_of

        known = fixes_of(fixes)
        if self.takes_fixes:
            return reader(network, **given, fixes=known)  # type: ignore[no-any-return]
        found: Imported = reader(network, **given)
        return with_network(found, fixed_network(found.network, known))

    def _require_known(self, name: str, value: Any) -> None:
        where = f"format {self.name!r}: {name}"
        if name not in {*self.files, *self.choices}:
            known = ", ".join((*self.files, *self.choices)) or "nothing beside the network"
            raise InputError(where, quoted(value), f"one of: {known}", "correct or remove the name")
        if name in self.choices and value not in self.choices[name][1]:
            raise InputError(where, quoted(value), f"one of {', '.join(self.choices[name][1])}", "choose one of them")


FORMATS: dict[str, Format] = {one.name: one for one in (
    Format(
        name="trafficsim", title="Network file of this program (JSON)", foreign=False,
        reads=("links and lanes", "connections with right of way", "signal programs", "groups and paths"),
        network="Network (.json), plain or gz.", endings=(".json", ".json.gz"), marks=(b'"trafficsim network"',),
        reader="trafficsim.io.network_file:read_imported",
    ),
    Format(
        name="sumo", title="SUMO network, its demand and its signal programs",
        reads=("edges and lanes with permissions", "connections with right of way", "signal programs",
               "vehicles, trips, flows and routes", "vehicle types", "bus stops and other stopping places",
               "induction loops"),
        network="Network (.net.xml), plain or gz.", endings=(".net.xml", ".net.xml.gz"), marks=(b"<net ", b"<net>"),
        reader="trafficsim.io.sumo:read_sumo",
        files={"routes": "Routes, trips, flows (.rou.xml); may be repeated.",
               "additional": "Signal programs (.add.xml); may be repeated."},
        choices={"drivers": ("Car following: that of the files' vehicle types, or that of our classes.",
                             ("file", "own"))},
    ),
    Format(
        name="tntp", title="TNTP network, its matrix and its nodes",
        reads=("links with capacity, length, free-flow time and volume-delay function", "zones and first through node",
               "trips from zone to zone", "coordinates of nodes"),
        network="Network (_net.tntp), plain or gz.", endings=("_net.tntp", "_net.tntp.gz"),
        marks=(b"<FIRST THRU NODE>",),
        reader="trafficsim.io.tntp:read_tntp",
        files={"trips": "Matrix (_trips.tntp).", "nodes": "Coordinates of nodes (_node.tntp)."},
    ),
    Format(
        name="osmnx", title="Graph of OSMnx or NetworkX (GraphML)",
        reads=("nodes with coordinates and signals", "edges with lanes, limits, classes and lines",
               "attributes of ours, where the graph has them"),
        network="Graph (.graphml), plain or gz.", endings=(".graphml", ".graphml.gz"), marks=(b"<graphml",),
        reader="trafficsim.io.graphml:read_graphml",
        choices={"hand": ("Side of driving.", ("right", "left"))}, takes_fixes=True,
    ),
    Format(
        name="osm", title="Extract of OpenStreetMap",
        reads=("roads with lanes, markings, limits and permissions", "turn restrictions", "signals and signs",
               "speed and red-light cameras"),
        network="Extract (.osm, plain, gz or bz2; .osm.pbf).",
        endings=(".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".osm.xml", ".osm.xml.gz", ".pbf"),
        marks=(b"<osm ", b"<osm>", b"OSMHeader"),
        reader="trafficsim.io.osm.reading:read_osm", takes_fixes=True,
        choices={"country": ("Country whose law holds where nothing is tagged.", ("auto", *OSM_COUNTRIES)),
                 "hand": ("Side of driving.", ("country", "left", "right")),
                 "service": ("Service roads that are kept; through: all but parking aisles and driveways.",
                             ("none", "through", "all")),
                 "demand": ("Demand, which the file does not hold: made-up trips between the ends of main roads.",
                            ("boundary", "none"))},
    ),
    Format(
        name="gmns", title="GMNS network, its signals and its trips",
        reads=("nodes, links, lanes, segments with turn pockets", "movements from lane to lane",
               "signals with ring-barrier timing and their detectors",
               "zones, and trips between them"),
        network="Folder with node.csv and link.csv, or one of these.",
        endings=("node.csv", "node.csv.gz", "link.csv", "link.csv.gz"), marks=(b"from_node_id",),
        reader="trafficsim.io.gmns:read_gmns", members=("node.csv", "link.csv"),
        files={"demand": "Matrix as rows (o_zone_id, d_zone_id, volume).",
               "signals": "A table of signals (signal_timing_plan.csv) in another folder, read with those beside it."},
    ),
    Format(
        name="utdf", title="Synchro UTDF file: network, turning volumes and timing",
        reads=("nodes, links and lane groups with storage lanes", "turning volumes, as flows",
               "signals with ring-barrier timing"),
        network="Combined file ([Network], [Nodes], [Links], [Lanes], [Timeplans], [Phases]).",
        endings=(".utdf", "utdf.csv"), marks=(b"[Network]", b"[NETWORK]", b"[Nodes]", b"[Links]", b"[Lanes]"),
        reader="trafficsim.io.utdf:read_utdf",
        choices={"volumes": ("Turning volumes: as counted, or adjusted by growth and peak hour factor.",
                             ("counted", "adjusted"))},
    ),
    Format(
        name="cityflow", title="CityFlow roadnet and its flows",
        reads=("roads and lanes", "road links and lane links with geometry", "light phases",
               "flows with routes and vehicle parameters"),
        network="Roadnet (.json), plain or gz.", endings=("roadnet.json", "roadnet.json.gz"),
        marks=(b'"roadLinks"', b'"startIntersection"', b'"intersections"'),
        reader="trafficsim.io.cityflow:read_cityflow",
        files={"flows": "Flows (.json); may be repeated."},
    ),
)}


def register(new: Format) -> None:
    """Add a format to the table.

    Raises
    ------
    InputError
        If there is one of this name.

    Examples
    --------
    >>> register(FORMATS["sumo"])
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: format 'sumo': found this name a second time; expected unique names of formats. \
Remedy: rename the format.
    """
    if new.name in FORMATS:
        raise InputError(f"format {new.name!r}", "this name a second time", "unique names of formats",
                         "rename the format")
    FORMATS[new.name] = new


def format_named(name: str) -> Format:
    """Return a format by its name.

    Raises
    ------
    InputError
        Naming the known formats.
    """
    if name not in FORMATS:
        raise InputError("format", quoted(name), f"one of {', '.join(FORMATS)}", "choose one of them")
    return FORMATS[name]


def format_of(path: Path) -> Format | None:
    """Recognise the format of a network file, by its name, else by its beginning; ``None`` if it is none of the table.

    Examples
    --------
    >>> format_of(Path("town.net.xml.gz")).name
    'sumo'
    """
    members = next((one for one in FORMATS.values() if one.holds(path)), None)
    if members is not None:
        return members
    name, formats = path.name.lower(), FORMATS.values()
    by_name = [one for one in formats if name.endswith(one.endings)]
    # Many formats are JSON: the beginning decides, and the longest ending where it does not.
    if by_name and ".json" not in name:
        return by_name[0]
    beginning = _beginning(path)
    marked = next((one for one in formats if any(mark in beginning for mark in one.marks)), None)
    longest = max(by_name, key=lambda one: max(len(end) for end in one.endings if name.endswith(end)), default=None)
    return marked or longest


def read(
    path: str | Path, *, format: str | None = None, fixes: Fixes | str | Path | None = None, **more: Any
) -> Imported:
    """Read a network, with whatever else its files hold, from any format of the table.

    Parameters
    ----------
    path
        The file that holds the network.
    format
        Name of its format; recognised by the name and the beginning of the file when not given.
    fixes
        What is known better than the file says, or the file of fixes that says so.
    more
        Further files and choices of the format, by keyword: for SUMO ``routes``, ``additional`` (a file, or a list of
        files) and ``drivers``; for TNTP ``trips`` and ``nodes``; for CityFlow ``flows``.

    Returns
    -------
    An :class:`~trafficsim.io.imported.Imported`: ``network``, ``demand``, ``findings`` and more.

    Raises
    ------
    InputError
        If the format is not known, or a file is missing or cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> import trafficsim as ts
    >>> from trafficsim.io.network_file import write_network
    >>> file = Path(tempfile.mkdtemp()) / "ring.json"
    >>> write_network(ts.ring(1000.0), file)
    >>> list(ts.read(file).network.links)
    ['ring0']
    """
    path = Path(path)
    found = format_named(format) if format is not None else format_of(path)
    if found is None and isfile(path):  # false too of a name that no file can have
        known = "; ".join(f"{one.name}: {', '.join(one.endings)}" for one in FORMATS.values())
        raise InputError(str(path), "a file of no known format", f"a network file ({known})",
                         "give it the ending of its format, or convert it")
    return (found or FORMATS["trafficsim"]).read(path, fixes=fixes, **more)


def documentation() -> str:
    """Return the table as Markdown, for the reference pages.

    Examples
    --------
    >>> print(documentation().splitlines()[0])
    | format | what it is | files | what is read | choices |
    """
    rows = ["| format | what it is | files | what is read | choices |", "|---|---|---|---|---|"]
    for one in FORMATS.values():
        files = [one.network, *(f"`{name}`: {meaning}" for name, meaning in one.files.items())]
        choices = [f"`{name}`: {meaning} ({', '.join(words)})" for name, (meaning, words) in one.choices.items()]
        cells = (f"`{one.name}`", one.title, " ".join(files), "; ".join(one.reads), " ".join(choices))
        rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(rows)


def _beginning(path: Path) -> bytes:
    """First bytes of a file, unpacked; nothing of one that cannot be read, which its reader will tell."""
    try:
        with path.open("rb") as file:
            data = file.read(BEGINNING_BYTES)
        if data[:2] == b"\x1f\x8b":
            with gzip.open(path) as packed:
                return packed.read(BEGINNING_BYTES)
    except (OSError, EOFError, ValueError, zlib.error):
        return b""
    return data
