"""Traffic counts from files: a CSV table of a stated layout, or SUMO's edge data and turn ratios."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from trafficsim.base.errors import InputError, quoted
from trafficsim.base.findings import Finding
from trafficsim.base.units import KM_PER_MILE
from trafficsim.io.count_places import Match, Places, bearing_of
from trafficsim.io.count_repairs import repaired
from trafficsim.io.count_times import TimeFault, clock, has_offset, interval_of, zone_of
from trafficsim.io.csv_rows import Faults, numbers, read_rows, texts
from trafficsim.io.ledger import Ledger
from trafficsim.io.mistakes import did_you_mean
from trafficsim.io.paths import require_file
from trafficsim.io.sumo.edge_data import read_edge_data
from trafficsim.spec.counts import ALL_CLASSES, Count, Counts, TurnShare
from trafficsim.spec.network import Network

COLUMNS = {
    "detector": "name of the detector; several rows of one name belong together",
    "link": "id of the link",
    "name": "name of the road, with direction, instead of link",
    "direction": "N, NE, E ..., northbound ... or degrees clockwise from north",
    "lat": "latitude in degrees, with lon and bearing, instead of link",
    "lon": "longitude in degrees",
    "x_m": "metric coordinate to the east, with y_m and bearing, instead of link",
    "y_m": "metric coordinate to the north",
    "bearing": "direction of travel at the coordinates",
    "to_link": "link beyond the junction, of a turning count",
    "turn": "left, through, right or u_turn, instead of to_link",
    "date": "ISO date",
    "begin": "07:15, or 2024-05-06T07:15:00+02:00",
    "end": "end of the interval, written alike",
    "class": "a class of the scenario, a kind of vehicles, or all (the default)",
    "vehicles": "vehicles in the interval",
    "flow_veh_h": "vehicles per hour, instead of vehicles",
    "speed_kmh": "mean speed",
    "speed_mph": "mean speed in miles per hour, instead of speed_kmh",
}
"""Columns of a table of counts, with their meaning."""
Row = TypeVar("Row", Count, TurnShare)
WRITTEN = ("detector", "link", "to_link", "date", "begin", "end", "class", "vehicles", "speed_kmh")
MOST_SPEED_KMH = 300.0
XML_ENDINGS = (".xml", ".xml.gz")
_TEXT = ("detector", "link", "name", "direction", "bearing", "to_link", "turn", "date", "begin", "end", "class")


def read_counts(path: str | Path, network: Network | None = None, time_zone: str | None = None) -> Counts:
    r"""Read counts and find their links; what is doubtful, repaired or left out is a finding.

    Parameters
    ----------
    path
        A CSV file with columns of :data:`COLUMNS`, or a file of SUMO (intervals with ``edge``
        or ``edgeRelation``).
    network
        The network whose links are meant; without one, links stay as they are written.
    time_zone
        Name of the time zone of the scenario's clock: times with an offset are moved to it. Without one they are
        taken as they are written, which is reported.

    Raises
    ------
    InputError
        If the file is missing, a column or value cannot be read, or no count has a link of the network.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "counts.csv"
    >>> _ = file.write_text("detector,link,begin,end,vehicles\nD1,a,07:00,07:15,150\n")
    >>> read_counts(file).counts[0].flow_veh_h
    600.0
    """
    path = Path(path)
    require_file(path, str(path))
    ledger = Ledger("counts")
    if path.name.lower().endswith(XML_ENDINGS):
        counts, shares = read_edge_data(path)
        counts, shares = _in_network(counts, network, ledger), _in_network(shares, network, ledger)
        _require_some(path, len(counts) + len(shares), ledger)
    else:
        counts, shares = _read_table(path, network, ledger, time_zone), []
    kept = repaired(counts, ledger, network)
    if kept:
        ledger.note("read", "count", str(path), times=len(kept))
    if shares:
        ledger.note("read", "turning proportion", str(path), times=len(shares))
    return Counts(tuple(kept), tuple(shares), ledger.findings(), str(path))


def write_counts(path: Path, counts: Iterable[Count]) -> None:
    """Write counts as :func:`read_counts` reads them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(WRITTEN)
        for one in counts:
            speed = "" if one.speed_kmh is None else f"{one.speed_kmh:g}"
            writer.writerow((one.detector, one.link, one.to_link, one.date, clock(one.begin_s), clock(one.end_s),
                             one.vehicle_class, repr(round(one.vehicles, 6)), speed))


def counts_table(counts: Iterable[Count]) -> pd.DataFrame:
    """Return counts as a table with one row each, and the columns of :class:`trafficsim.spec.counts.Count`."""
    names = [one.name for one in fields(Count)]
    return pd.DataFrame([[getattr(count, name) for name in names] for count in counts], columns=names)


@dataclass(frozen=True)
class _Table:
    """Columns of a table, as texts and numbers."""

    text: dict[str, list[str]]
    number: dict[str, list[float]]
    lines: Sequence[Any]
    path: Path

    def row(self, place: int) -> dict[str, str]:
        return {name: column[place] for name, column in self.text.items()}

    def where(self, place: int) -> str:
        return f"{self.path.name}:{self.lines[place]}"


def _read_table(path: Path, network: Network | None, ledger: Ledger, time_zone: str | None) -> list[Count]:
    raw, lines = read_rows(path)
    raw = raw.rename(columns=str.lower)
    _check_header(path, raw, ledger)
    faults = Faults(path, lines)
    table = _Table({name: texts(raw, name).tolist() for name in _TEXT},
                   {name: _numbers(raw, name, faults) for name in ("lat", "lon", "x_m", "y_m", "vehicles", "flow_veh_h",
                                                                   "speed_kmh", "speed_mph")}, lines, path)
    times = _times(table, raw, faults, time_zone, ledger)
    faults.tell("times as 07:15 or 2024-05-06T07:15:00+02:00, and numbers", "correct these rows")
    find = _finder(network)
    found = [_count(table, place, find, (times[place], ledger)) for place in range(len(lines))]
    counts = [one for one in found if one is not None]
    _require_some(path, len(counts), ledger)
    return counts


def _check_header(path: Path, raw: pd.DataFrame, ledger: Ledger) -> None:
    place = any(needed <= set(raw) for needed in ({"link"}, {"name", "direction"}, {"lat", "lon"}, {"x_m", "y_m"}))
    missing = [name for name in ("begin", "end") if name not in raw]
    missing += [] if "vehicles" in raw or "flow_veh_h" in raw else ["vehicles (or flow_veh_h)"]
    missing += [] if place else ["link (or name and direction, or lat, lon and bearing, or x_m, y_m and bearing)"]
    unread = [str(name) for name in raw if name not in COLUMNS]
    if missing:
        near = "".join(f"; {name}: {did_you_mean(name, COLUMNS)}" for name in unread[:1])
        raise InputError(f"{path}:1: header", f"no column {', '.join(missing)} among {', '.join(raw.columns)}",
                         "a table of counts (see the guide on counts)", f"add or rename the column{near.rstrip('?')}")
    for name in unread:
        ledger.note("ignored", f"column {name}", f"{path}:1: header")
    if not len(raw):
        raise InputError(str(path), "no row", "at least one count", "give the counts of the period")


def _numbers(raw: pd.DataFrame, name: str, faults: Faults) -> list[float]:
    if name not in raw:
        return [float("nan")] * len(raw)
    return [float(one) for one in numbers(raw[name], name, faults, lambda _: True, gaps=True)]


def _times(
    table: _Table, raw: pd.DataFrame, faults: Faults, time_zone: str | None, ledger: Ledger,
) -> list[tuple[str, float, float]]:
    zone, times = zone_of(time_zone), list[tuple[str, float, float]]()
    wrong: dict[str, list[int]] = {}
    for place in range(len(table.lines)):
        row = table.row(place)
        try:
            times.append(interval_of(row["date"], row["begin"], row["end"], zone))
            if zone is None and has_offset(row["begin"]):
                ledger.note("inferred", "clock time as written, from a time with an offset from UTC (give --time-zone "
                            "to move it)", table.where(place), level="warning")
        except TimeFault as fault:
            times.append(("", 0.0, 1.0))
            wrong.setdefault(str(fault), []).append(place)
    for why, places in wrong.items():
        rows = pd.Series(range(len(table.lines))).isin(places)
        faults.add("begin", texts(raw, "begin"), rows, f"to end {table.text['end'][places[0]]!r}: {why}")
    return times


Finder = Callable[[_Table, int], tuple[str, str, str]]


def _finder(network: Network | None) -> Finder:
    """A function from a row to link, link beyond and what is wrong or doubtful."""
    if network is None:
        return lambda table, place: (table.text["link"][place], table.text["to_link"][place], "")
    places, known = Places(network), dict[tuple[Any, ...], tuple[str, str, str]]()

    def find(table: _Table, place: int) -> tuple[str, str, str]:
        key = tuple(table.text[name][place] for name in ("link", "name", "direction", "bearing", "to_link", "turn"))
        key += tuple(str(table.number[name][place]) for name in ("lat", "lon", "x_m", "y_m"))
        if key not in known:
            known[key] = _found(places, table, place)
        return known[key]

    return find


def _found(places: Places, table: _Table, place: int) -> tuple[str, str, str]:
    row = table.row(place)
    match = _link(places, table, place)
    if not match.link or not (row["to_link"] or row["turn"]):
        return match.link, "", match.why
    beyond = places.movement(match.link, row["to_link"]) if row["to_link"] else places.beyond(match.link, row["turn"])
    if not beyond.link or (row["to_link"] and beyond.why):
        return "", "", beyond.why
    return match.link, beyond.link, match.why


def _link(places: Places, table: _Table, place: int) -> Match:
    row = table.row(place)
    lat, lon, x_m, y_m = (table.number[name][place] for name in ("lat", "lon", "x_m", "y_m"))
    if row["link"]:
        return places.by_id(row["link"])
    bearing = row["bearing"] or row["direction"]
    degrees = bearing_of(bearing)
    if bearing and degrees is None:
        return Match("", f"{quoted(bearing)} is no direction (N, NE, E ... or degrees)")
    if lat == lat and lon == lon:
        return _checked_degrees(places, (lat, lon), degrees)
    if x_m == x_m and y_m == y_m:
        return places.at(x_m, y_m, degrees)
    if row["name"] and degrees is not None:
        return places.by_name(row["name"], degrees)
    return Match("", "neither link, nor name and direction, nor coordinates")


def _checked_degrees(places: Places, point: tuple[float, float], degrees: float | None) -> Match:
    lat, lon = point
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        return Match("", f"lat {lat:g}, lon {lon:g} are no degrees: are they metres (x_m, y_m)?")
    match = places.by_degrees(lat, lon, degrees)
    if not match.link and abs(lon) <= 90 and places.by_degrees(lon, lat, degrees).link:
        return Match("", "lat and lon are exchanged: the other way round there is a link")
    return match


def _count(
    table: _Table, place: int, find: Finder, context: tuple[tuple[str, float, float], Ledger],
) -> Count | None:
    (day, begin_s, end_s), ledger = context
    row, where = table.row(place), table.where(place)
    link, to_link, why = find(table, place)
    detector = row["detector"] or row["link"] or " ".join((row["name"], row["direction"])).strip() or link
    if not link:
        ledger.repair("count-unmatched", f"{where}: detector {detector!r}: {why}")
        return None
    if why:
        ledger.note("inferred", f"link {link} of detector {detector!r} is doubtful: {why}", where, level="warning")
    hours = (end_s - begin_s) / 3600.0
    vehicles, flow = table.number["vehicles"][place], table.number["flow_veh_h"][place]
    vehicles = flow * hours if vehicles != vehicles else vehicles
    if vehicles != vehicles:
        ledger.repair("count-missing", where)
        return None
    return Count(detector, "turn" if to_link else "link", link, to_link, day, begin_s, end_s,
                 row["class"] or ALL_CLASSES, vehicles, _speed_kmh(table, place, ledger), where)


def _speed_kmh(table: _Table, place: int, ledger: Ledger) -> float | None:
    kmh, mph = table.number["speed_kmh"][place], table.number["speed_mph"][place]
    kmh = mph * KM_PER_MILE if kmh != kmh else kmh
    if kmh != kmh:
        return None
    if not 0.0 < kmh <= MOST_SPEED_KMH:
        ledger.note("ignored", "mean speed that is not above 0 and at most 300 km/h", table.where(place))
        return None
    return kmh


def _in_network(rows: list[Row], network: Network | None, ledger: Ledger) -> list[Row]:
    """Leave out what has no link or movement of the network."""
    if network is None:
        return rows
    places, kept = Places(network), []
    for row in rows:
        match = places.by_id(row.link)
        match = places.movement(row.link, row.to_link) if match.link and row.to_link else match
        if match.link:
            kept.append(row)
        else:
            ledger.repair("count-unmatched", f"{row.source}: {match.why}")
    return kept


def _require_some(path: Path, number: int, ledger: Ledger) -> None:
    if number:
        return
    first: Finding | None = next(iter(ledger.findings()), None)
    raise InputError(str(path), f"no count that can be used ({first.where})" if first else "no count",
                     "at least one count on a link of the network", "correct the column link, or the coordinates")
