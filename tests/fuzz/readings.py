"""Readers of networks, counts, matrices and fixes: sound files of each, how to spoil them, and how they are judged."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import networkx as nx

import trafficsim as ts
from tests.fuzz import import_sources as sources
from tests.fuzz import texts, values
from tests.fuzz.campaign import MOST_SHOWN, Counters
from tests.fuzz.formats import spoil_json, spoil_toml, spoil_xml
from tests.fuzz.judge import ACCEPTED, BAD, LONGEST_MESSAGE, Verdict, within_time
from trafficsim.io.counts import read_counts
from trafficsim.io.imported import Imported
from trafficsim.io.matrices import read_matrix
from trafficsim.spec.counts import Counts

RUN_EVERY = 10
"""Every so many accepted networks are driven on for a minute."""
Spoil = Callable[[str, random.Random], bytes]


@dataclass(frozen=True)
class Reading:
    """A reader: sound files by name, those that are spoilt, how, and what reads the folder."""

    files: Mapping[str, str | bytes]
    spoilt: Sequence[str]
    spoil: Spoil
    read: Callable[[Path], Any]


def spoil_csv(source: str, rng: random.Random) -> bytes:
    """Change the text, or cells and columns of its lines."""
    if rng.random() < 0.4:
        return texts.mutate(source, rng)
    rows = [line.split(",") for line in source.splitlines()]
    for _ in range(rng.choice((1, 1, 2, 3))):
        row, other = rng.choice(rows), rng.choice(rows)
        place, act = rng.randrange(len(row)), rng.randrange(6)
        if act < 2:
            row[place] = values.number(rng)
        elif act == 2:
            row[place] = values.text(rng)
        elif act == 3:
            row[place] = rng.choice(other)
        elif act == 4:
            row.insert(place, row[place])
        else:
            del row[place]
        rows = [one for one in rows if one] or [[""]]
    return "\n".join(",".join(row) for row in rows).encode("utf-8", "surrogatepass")


def spoil_bytes(source: str, rng: random.Random) -> bytes:
    """Change bytes, cut, or repeat; the source is text of one character a byte."""
    data = bytearray(source.encode("latin-1"))
    for _ in range(rng.randrange(1, 5)):
        at, act = rng.randrange(len(data) + 1), rng.randrange(5)
        if act == 0:
            del data[at:]
        elif act == 1:
            del data[at:at + rng.randrange(1, 20)]
        elif act == 2:
            data[at:at] = data[at:at + rng.randrange(1, 200)]
        elif at < len(data):
            data[at] = rng.randrange(256)
    return bytes(data)


def town() -> ts.Network:
    """A street with a side street, as counts are placed on."""
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(projection={"longitude": 9.7, "latitude": 52.0})
    for node, place in (("w", (-200.0, 0.0)), ("c", (0.0, 0.0)), ("e", (200.0, 0.0)), ("n", (0.0, 200.0))):
        graph.add_node(node, x_m=place[0], y_m=place[1])
    for tail, head in ("wc", "ce", "ec", "cw", "nc", "cn"):
        graph.add_edge(tail, head, lanes=1)
    return ts.network_from_graph(graph)


@cache
def readings() -> dict[str, Reading]:
    """Return the readers by name."""
    network = town()

    def fixed(folder: Path) -> Any:
        return ts.read(folder / "town.osm", demand="none", fixes=folder / "town.fixes.toml")

    return {
        "osm": Reading({"town.osm": sources.OSM}, ("town.osm",), spoil_xml,
                       lambda folder: ts.read(folder / "town.osm")),
        "pbf": Reading({"town.osm.pbf": sources.pbf(sources.OSM)}, ("town.osm.pbf",), spoil_bytes,
                       lambda folder: ts.read(folder / "town.osm.pbf")),
        "graphml": Reading({"town.graphml": sources.graphml()}, ("town.graphml",), spoil_xml,
                           lambda folder: ts.read(folder / "town.graphml")),
        "tntp": Reading(sources.TNTP, tuple(sources.TNTP), texts.mutate, lambda folder: ts.read(
            folder / "town_net.tntp", trips=folder / "town_trips.tntp", nodes=folder / "town_node.tntp")),
        "gmns": Reading(sources.GMNS, tuple(sources.GMNS), spoil_csv, ts.read),
        "utdf": Reading({"town_utdf.csv": sources.UTDF}, ("town_utdf.csv",), spoil_csv,
                        lambda folder: ts.read(folder / "town_utdf.csv")),
        "roadnet": Reading({"roadnet.json": sources.ROADNET, "flow.json": sources.FLOWS}, ("roadnet.json", "flow.json"),
                           spoil_json, lambda folder: ts.read(folder / "roadnet.json", flows=folder / "flow.json")),
        "counts": Reading({"counts.csv": sources.COUNTS}, ("counts.csv",), spoil_csv,
                          lambda folder: read_counts(folder / "counts.csv", network)),
        "placed": Reading({"counts.csv": sources.PLACED}, ("counts.csv",), spoil_csv,
                          lambda folder: read_counts(folder / "counts.csv", network, "Europe/Berlin")),
        "matrix": Reading({"am.csv": sources.MATRIX}, ("am.csv",), spoil_csv,
                          lambda folder: read_matrix(folder / "am.csv")),
        "fixes": Reading({"town.osm": sources.OSM, "town.fixes.toml": sources.FIXES}, ("town.fixes.toml",), spoil_toml,
                         fixed),
    }


def judge_reading(reading: Reading, folder: Path, *, run: bool = False) -> Verdict:
    """Read a folder; what is read must hold together, what is refused must be one message."""

    def judged() -> Verdict:
        found = reading.read(folder)
        wrong = _what_is_wrong(found)
        if not wrong and run and isinstance(found, Imported):
            _drive(found.network)
        return Verdict(BAD, wrong) if wrong else Verdict(ACCEPTED)

    return within_time(judged)


def campaign_of(name: str, numbers: range, seed: int, folder: Path) -> Counters:
    """Judge spoilt files of a reader; those that are bad stay in the folder."""
    reading, counters = readings()[name], Counters(name)
    data = {file: text.decode("latin-1") if isinstance(text, bytes) else text for file, text in reading.files.items()}
    for file, text in reading.files.items():
        (folder / file).write_bytes(text if isinstance(text, bytes) else text.encode())
    sound = judge_reading(reading, folder, run=True)
    assert sound.kind == ACCEPTED, sound
    for number in numbers:
        rng = random.Random(f"{name} {seed} {number}")
        file = rng.choice(reading.spoilt)
        spoilt = reading.spoil(data[file], rng)
        (folder / file).write_bytes(spoilt)
        verdict = judge_reading(reading, folder, run=number % RUN_EVERY == 0)
        counters.counts.update(("tried", verdict.kind))
        if verdict.kind == BAD and len(counters.bad) < MOST_SHOWN:
            counters.bad.append((number, f"{file}: {verdict.says}"))
            (folder / f"bad-{name}-{seed}-{number}-{file}").write_bytes(spoilt)
        sound_file = reading.files[file]
        (folder / file).write_bytes(sound_file if isinstance(sound_file, bytes) else sound_file.encode())
    return counters


def _what_is_wrong(found: Any) -> str:
    findings = getattr(found, "findings", ())
    long = [one.code for one in findings
            if len(f"{one.code}: {one.where}: {one.message}. Remedy: {one.remedy}") > LONGEST_MESSAGE]
    if long:
        return f"a finding of more than {LONGEST_MESSAGE} characters: {long[0]}"
    if isinstance(found, Imported):
        return _wrong_network(found.network)
    if isinstance(found, Counts):
        odd = [one for one in found.counts if not (0.0 <= one.vehicles < math.inf and one.begin_s < one.end_s)]
        return f"a count that cannot be: {odd[0]}" if odd else ""
    return ""


def _wrong_network(network: ts.Network) -> str:
    links = network.links
    for link, row in links.items():
        if not (0.0 < row["length_m"] < math.inf and row["lanes"] >= 1 and 0.0 < row["speed_limit_kmh"] < math.inf):
            return f"link {link!r} cannot be: {row['length_m']} m, {row['lanes']} lanes, {row['speed_limit_kmh']} km/h"
    widths = {one.id: len(one.phases[0].state) for one in network.signals}
    for one in network.connections:
        ends = ((one.from_link, one.from_lane), (one.to_link, one.to_lane))
        if any(link not in links or lane >= links[link]["lanes"] for link, lane in ends):
            return f"a connection between lanes that are not there: {ends}"
        if any(not 0 <= other < len(network.connections) for other in (*one.yields_to, *one.crosses)):
            return f"a connection that yields to none: {one.from_link}"
        if one.signal is not None and (one.signal_index or 0) >= widths.get(one.signal, 10**9):
            return f"a signal without a letter: {one.signal}"
    json.dumps([row.get("origins") for row in links.values()])
    return ""


def _drive(network: ts.Network) -> None:
    """Let a few vehicles drive over the first movement for a minute."""
    first = next(iter(network.connections), None)
    if first is None or first.from_link == first.to_link:
        return
    flow = ts.Flow(id="a", route=(first.from_link, first.to_link), volume_veh_h=600.0)
    ts.run(ts.Scenario(name="spoilt", network=network, demand=ts.Demand(flows=(flow,)),
                       time=ts.Time(analysis_s=60.0, clear_s=60.0)))
