"""What all simulators are given: a network, its signals, and trips with their routes and departures."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from trafficsim.design.synthetic import corridor, grid
from trafficsim.spec.demand import Trip
from trafficsim.spec.network import Network
from trafficsim.spec.signals import Phase, SignalProgram

HOUR_S = 3600
SEED = 42
GREEN_S, YELLOW_S, ALL_RED_S = 18.0, 3.0, 2.0
"""Of an approach that goes alone: with four of them a cycle takes 92 s (modelling assumption)."""


@dataclass(frozen=True)
class Workload:
    """A network and who drives on it.

    Attributes
    ----------
    case : its name
    seconds : simulated time; trips that would depart later are left out
    network : roads, connections and signals
    trips : cars in order of departure, at whole seconds, each with all links of its route
    depart_lane : where SUMO lets them in. ``best`` leads on without a change of lane; at the lane drop that is one of
        three, and most cars would wait at the entry instead of before the drop: there ``free``, the emptiest lane
    """

    case: str
    seconds: int
    network: Network
    trips: tuple[Trip, ...]
    depart_lane: str = "best"

    @property
    def digest(self) -> str:
        """Hash of all routes and departures."""
        text = "\n".join(f"{trip.id} {trip.depart_s:g} {' '.join(trip.route)}" for trip in self.trips)
        return hashlib.sha256(text.encode()).hexdigest()


def city(size: int, trips: int) -> tuple[Network, tuple[Trip, ...]]:
    """``size`` x ``size`` signalised junctions 250 m apart, two lanes each way; trips between links drawn at random."""
    network = grid(size, size, spacing_m=250.0, lanes=2, offsets="random")
    random_draw = random.Random(SEED)
    departures = sorted(random_draw.randrange(HOUR_S) for _ in range(trips))
    routes = city_routes(network, random_draw)
    return network, trips_of(departures, [next(routes) for _ in departures])


def protected_city(size: int, trips: int) -> tuple[Network, tuple[Trip, ...]]:
    """Return a city whose signals let one approach go at a time: nobody turns across somebody else."""
    network, people = city(size, trips)
    random_draw = random.Random(SEED + 1)
    programs = tuple(one_approach_at_a_time(network, program, random_draw) for program in network.signals)
    return replace(network, signals=programs), people


def one_approach_at_a_time(network: Network, program: SignalProgram, random_draw: random.Random) -> SignalProgram:
    """Return a program with a stage for every approach, in the order of their links; its offset is drawn."""
    width = len(program.phases[0].state)
    approach = {movement.signal_index: movement.from_link for movement in network.connections
                if movement.signal == program.id}
    phases: list[Phase] = []
    for link in sorted(set(approach.values())):
        for letter, seconds in (("G", GREEN_S), ("y", YELLOW_S), ("r", ALL_RED_S)):
            state = "".join(letter if approach.get(index) == link else "r" for index in range(width))
            phases.append(Phase(duration_s=seconds, state=state))
    cycle_s = int(sum(phase.duration_s for phase in phases))
    return SignalProgram(id=program.id, phases=tuple(phases), offset_s=float(random_draw.randrange(cycle_s)))


def city_routes(network: Network, random_draw: random.Random) -> Iterator[tuple[str, ...]]:
    """Draw first and last links at random; between them one street is followed, then the one that crosses it."""
    ends = {link: (row["from"], row["to"]) for link, row in network.links.items()}
    first = [link for link, (_, head) in ends.items() if head.startswith("r")]
    last = [link for link, (tail, _) in ends.items() if tail.startswith("r")]
    while True:
        start, end = ends[random_draw.choice(first)], ends[random_draw.choice(last)]
        nodes = [start[0], *_corner(start[1], end[0], random_draw.random() < 0.5), end[1]]
        if all(one != other for one, other in zip(nodes, nodes[2:], strict=False)):  # nobody turns back
            yield tuple(f"{a}_{b}" for a, b in pairwise(nodes))


def _corner(start: str, end: str, row_first: bool) -> list[str]:
    """Junctions from one to another along a row and a column."""
    (row, column), (to_row, to_column) = _place(start), _place(end)
    along = [(row, c) for c in _steps(column, to_column)] if row_first else [(r, column) for r in _steps(row, to_row)]
    row, column = (row, to_column) if row_first else (to_row, column)
    along += [(r, column) for r in _steps(row, to_row)] if row_first else [(row, c) for c in _steps(column, to_column)]
    return [start, *(f"r{r}c{c}" for r, c in along)]


def _place(junction: str) -> tuple[int, int]:
    row, column = junction[1:].split("c")
    return int(row), int(column)


def _steps(begin: int, end: int) -> range:
    """Return the numbers after ``begin`` up to ``end``, in either direction."""
    return range(begin + 1, end + 1) if end > begin else range(begin - 1, end - 1, -1)


def motorway() -> tuple[Network, tuple[Trip, ...]]:
    """10 km of motorway, three lanes that become one after 8 km; more trips than one lane can carry."""
    network = corridor((8000.0, 2000.0), lanes=(3, 1), speed_limit_kmh=100.0, road_class="motorway")
    random_draw = random.Random(SEED)
    departures = sorted(random_draw.randrange(HOUR_S) for _ in range(5000))
    return network, trips_of(departures, [("east1", "east2")] * len(departures))


def trips_of(departures: Sequence[int], routes: Sequence[tuple[str, ...]]) -> tuple[Trip, ...]:
    """Name them by number."""
    return tuple(Trip(id=str(number), depart_s=float(depart), route=route)
                 for number, (depart, route) in enumerate(zip(departures, routes, strict=True)))


CASES: dict[str, Callable[[], tuple[Network, tuple[Trip, ...]]]] = {
    "grid10": lambda: city(10, 20_000), "grid20": lambda: city(20, 50_000), "corridor": motorway,
    "grid10-protected": lambda: protected_city(10, 12_000), "grid20-protected": lambda: protected_city(20, 30_000),
}


def build(case: str, minutes: float = 60.0) -> Workload:
    """Return a workload, cut to its first minutes."""
    network, trips = CASES[case]()
    seconds = round(60 * minutes)
    early = tuple(trip for trip in trips if trip.depart_s < seconds)
    return Workload(case, seconds, network, early, "free" if case == "corridor" else "best")
