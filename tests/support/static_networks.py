"""Static networks for tests: Braess's, random ones, and those of the data folder with their best-known solutions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.support.real_data import require_data
from trafficsim.spec.od_matrix import ODMatrix, matrix_of
from trafficsim.spec.static_network import StaticNetwork


@dataclass(frozen=True)
class Benchmark:
    """A network of the repository, the gap asked for, and what its best-known volumes give."""

    name: str
    folder: str
    trips: str
    gap: float
    beckmann: float
    total_cost: float
    toll_weight: float = 0.0
    length_weight: float = 0.0

    def file(self, folder: Path, kind: str) -> Path:
        """Path of the network, matrix or best-known volumes."""
        path = folder / "tntp" / self.folder / f"{self.name}_{kind}.tntp"
        path = path if kind != "trips" else path.with_name(self.trips)
        require_data(path)
        return path


BENCHMARKS = {one.name: one for one in (
    Benchmark("SiouxFalls", "SiouxFalls", "SiouxFalls_trips.tntp", 5e-7, 4231335.287107, 7480225.3449),
    Benchmark("Anaheim", "Anaheim", "Anaheim_trips.tntp", 5e-7, 1286032.171096, 1419913.8511),
    Benchmark("ChicagoSketch", "Chicago-Sketch", "ChicagoSketch_trips.tntp.gz", 1e-5, 17313018.738748, 18935450.2616,
              0.02, 0.04),
)}


def network_of(links: dict[str, tuple[str, str, float, float, float, float]], **more: object) -> StaticNetwork:
    """Make a network of links: name -> (tail, head, free time, b, power, capacity)."""
    node = tuple(dict.fromkeys(end for one in links.values() for end in one[:2]))
    place = {name: position for position, name in enumerate(node)}
    tail, head = (np.array([place[one[end]] for one in links.values()]) for end in (0, 1))
    free, b, power, capacity = (np.array([one[column] for one in links.values()], float) for column in (2, 3, 4, 5))
    return StaticNetwork(node, tuple(links), tail, head, capacity=capacity, free_time=free, b=b, power=power,
                         **more)  # type: ignore[arg-type]


def braess(bridge: bool = True) -> tuple[StaticNetwork, ODMatrix]:
    """Braess's network with 6 trips: costs 10 v, 50 + v, 50 + v, 10 + v, 10 v."""
    tiny = 1e-9
    links = {"a": ("o", "p", tiny, 10.0 / tiny, 1.0, 1.0), "b": ("o", "q", 50.0, 0.02, 1.0, 1.0),
             "c": ("p", "d", 50.0, 0.02, 1.0, 1.0), "bridge": ("p", "q", 10.0, 0.1, 1.0, 1.0),
             "e": ("q", "d", tiny, 10.0 / tiny, 1.0, 1.0)}
    if not bridge:
        del links["bridge"]
    return network_of(links), matrix_of([("o", "d", 6.0)])


def random_network(seed: int, nodes: int = 8) -> tuple[StaticNetwork, ODMatrix]:
    """Make a ring both ways with chords, some of them parallel, and a matrix between three of its nodes."""
    draw = np.random.default_rng(seed)
    names = [f"n{number}" for number in range(nodes)]
    ends = [(names[i], names[(i + step) % nodes]) for i in range(nodes) for step in (1, nodes - 1)]
    ends += [tuple(names[int(i)] for i in draw.choice(nodes, 2, replace=False)) for _ in range(nodes)]
    links = {f"l{row}": (tail, head, float(draw.uniform(1, 10)), 0.15, float(draw.integers(1, 5)),
                         float(draw.uniform(50, 400))) for row, (tail, head) in enumerate(ends)}
    rows = [(a, b, float(draw.uniform(10, 300))) for a in names[:3] for b in names[:3] if a != b]
    return network_of(links), matrix_of(rows)
