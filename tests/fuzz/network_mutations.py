"""Mutators of SUMO networks: one connection, lane, program or node is removed, drawn by a seed."""

from __future__ import annotations

import gzip
import random
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, parse, tostring

from tests.support.catalogue import Case, catalogue, flows_across
from trafficsim.io.toml import dump_toml

KINDS = ("connection", "lane", "program", "node")
WINDOW_S = 300.0
"""Trips that depart so long after the begin are run, and are followed for as long again."""


@dataclass(frozen=True)
class Mutant:
    """What was removed, and the network without it."""

    kind: str
    removed: str
    root: Element


def read_root(path: Path) -> Element:
    """Parse an XML file, plain or gzip."""
    with (gzip.open(path) if path.suffix == ".gz" else path.open("rb")) as stream:
        return parse(stream).getroot()


def mutated(root: Element, kind: str, seed: int) -> Mutant:
    """Remove one thing of a kind from a network, in place; equal seeds remove the same."""
    draw = random.Random(seed)
    holders = root.findall("edge") if kind == "lane" else [root]
    places = [(holder, one) for holder in holders for one in holder if _is(kind, holder, one)]
    holder, one = draw.choice(places)
    holder.remove(one)
    name = one.get("id") or f"{one.get('from')}_{one.get('fromLane')} to {one.get('to')}_{one.get('toLane')}"
    return Mutant(kind, name, root)


def _is(kind: str, holder: Element, one: Element) -> bool:
    if kind == "connection":
        return one.tag == "connection" and not one.get("from", "").startswith(":")
    if kind == "lane":
        return one.tag == "lane" and holder.get("function") in (None, "internal")
    if kind == "program":
        return one.tag == "tlLogic"
    return one.tag == "junction" and one.get("type") != "internal"


class Stable:
    """Makes mutants of the networks of the data folder, each with the first minutes of its demand.

    Parameters
    ----------
    data
        Folder of real data.
    out
        Folder that files are written to.
    """

    def __init__(self, data: Path, out: Path) -> None:
        # Variants of the same junctions add nothing here; each network is taken once with each of its demands.
        self.cases = [case for case in catalogue(data) if not case.name.startswith("rilsa") or "-net-tls" in case.name
                      or case.name == "rilsa-RiLSA1"]
        self._out = out
        self._routes: dict[str, tuple[Path, ...]] = {}

    def scenario(self, seed: int) -> tuple[Path, str]:
        """Write the scenario of a seed; return its file and what was removed from which network."""
        case = self.cases[seed % len(self.cases)]
        kind = KINDS[seed // len(self.cases) % len(KINDS)]
        mutant = mutated(read_root(case.network), kind, seed)
        net = self._out / f"{seed}.net.xml"
        net.write_bytes(tostring(mutant.root))
        additional = []
        for path in case.additional:
            root = read_root(path)
            if kind == "program":
                for one in [one for one in root if one.tag == "tlLogic" and one.get("id") == mutant.removed]:
                    root.remove(one)
            additional.append(self._out / f"{seed}-{path.name}")
            additional[-1].write_bytes(tostring(root))
        files = {"network": net.name, "routes": [path.name for path in self._demand(case)],
                 "additional": [path.name for path in additional]}
        file = self._out / f"{seed}.toml"
        file.write_text(dump_toml({
            "name": f"{case.name}-{seed}", "network": {"sumo": files},
            "time": {"start_s": case.start_s, "analysis_s": WINDOW_S, "clear_s": WINDOW_S},
        }))
        return file, f"{case.name}: {kind} {mutant.removed}"

    def _demand(self, case: Case) -> tuple[Path, ...]:
        if case.name not in self._routes:
            self._routes[case.name] = tuple(self._shortened(case))
        return self._routes[case.name]

    def _shortened(self, case: Case) -> list[Path]:
        """Route files without the trips that depart later."""
        if not case.routes:
            path = self._out / f"{case.name}.rou.xml"
            path.write_text(flows_across(case.network))
            return [path]
        written = []
        for number, file in enumerate(case.routes):
            root = read_root(file)
            for one in [one for one in root if one.tag in ("vehicle", "trip") and not _departs(one, case)]:
                root.remove(one)
            written.append(self._out / f"{case.name}-{number}.rou.xml")
            written[-1].write_bytes(tostring(root))
        return written


def _departs(vehicle: Element, case: Case) -> bool:
    depart = vehicle.get("depart", "")
    return depart.replace(".", "", 1).isdigit() and case.start_s <= float(depart) <= case.start_s + WINDOW_S
