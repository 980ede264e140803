"""The formats that are read, with a small sound file of each and how to spoil it."""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import trafficsim as ts
from tests.cli.support import SCENARIO, STUDY
from tests.fuzz import texts, trees
from tests.fuzz.sources import ADDITIONAL, BUILDERS, MORE, POLICIES, ROUTES, SUMO, TIME, TRIPS
from tests.io.sumo_files import signal_net
from trafficsim.io.network_file import write_network
from trafficsim.io.toml import dump_toml

SPOILT = "SPOILT"
"""Stands in a set of files where the spoilt one goes."""
Spoil = Callable[[str, random.Random], bytes]


@dataclass(frozen=True)
class Format:
    """A format: the file that is spoilt, sound ones to spoil, the file that is opened, and those beside."""

    spoilt: str
    sources: tuple[str, ...]
    opened: str
    beside: Mapping[str, str]
    spoil: Spoil

    def write(self, folder: Path) -> Path:
        """Write what is not spoilt; return the file to open."""
        for name, content in self.beside.items():
            (folder / name).write_text(content, encoding="utf-8")
        (folder / self.spoilt).write_text(self.sources[0], encoding="utf-8")
        return folder / self.opened


def scenario(network: str = "") -> str:
    """Return a scenario that takes two minutes, with a bit of everything, or around a network file."""
    head, _, rest = SCENARIO.partition("[time]")
    tables = rest[rest.index("[[network.nodes]]"):]
    sets = '[network.groups]\nside = ["side_in", "side_out"]\n[network.paths]\nmain = ["main_in", "main_out"]\n'
    if network:
        sets, tables = "", f"[network]\nfile = {network!r}\n" + tables[tables.index("[[demand.flows]]"):]
    return head + TIME + sets + tables + MORE


@cache
def network_text() -> str:
    """Return the network of the scenario as a network file."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        (Path(folder) / "s.toml").write_text(scenario(), encoding="utf-8")
        write_network(ts.build(Path(folder) / "s.toml").network, Path(folder) / "n.json")
        return (Path(folder) / "n.json").read_text(encoding="utf-8")


def spoil_toml(source: str, rng: random.Random) -> bytes:
    """Change the text, or the tables and write them again."""
    if rng.random() < 0.5:
        return texts.mutate(source, rng)
    return _written(dump_toml, trees.mutate_plain(tomllib.loads(source), rng), source)


def spoil_json(source: str, rng: random.Random) -> bytes:
    """Change the text, or the tables and write them again."""
    if rng.random() < 0.4:
        return texts.mutate(source, rng)
    return _written(json.dumps, trees.mutate_plain(json.loads(source), rng), source)


def spoil_xml(source: str, rng: random.Random) -> bytes:
    """Change the text, or elements and attributes."""
    return texts.mutate(source, rng) if rng.random() < 0.4 else trees.mutate_xml(source, rng)


def _written(write: Callable[..., str], tree: object, otherwise: str) -> bytes:
    try:
        return write(tree).encode("utf-8", "surrogatepass")
    except (ValueError, TypeError, AttributeError):  # what the format cannot hold
        return otherwise.encode()


@cache
def formats() -> dict[str, Format]:
    """Return the formats by name."""
    study = STUDY.replace("replications = 2", "replications = 1")
    road = scenario()
    trips = road.replace("[[demand.flows]]", '[demand]\nfile = "trips.csv"\n[[demand.flows]]', 1)
    sumo = {"a.net.xml": signal_net(), "a.rou.xml": ROUTES, "a.add.xml": ADDITIONAL, "s.toml": SUMO}

    def of_sumo(name: str) -> Format:
        beside = {one: text for one, text in sumo.items() if one != name}
        return Format(name, (sumo[name],), "s.toml", beside, spoil_xml)

    return {
        "toml": Format("s.toml", (road, road, *BUILDERS), "s.toml", {}, spoil_toml),
        "study": Format("study.toml", (study, POLICIES, POLICIES), "study.toml", {"scenario.toml": road}, spoil_toml),
        "network": Format("n.json", (network_text(),), "s.toml", {"s.toml": scenario("n.json")}, spoil_json),
        "trips": Format("trips.csv", (TRIPS,), "s.toml", {"s.toml": trips}, texts.mutate),
        "net": of_sumo("a.net.xml"), "rou": of_sumo("a.rou.xml"), "add": of_sumo("a.add.xml"),
    }
