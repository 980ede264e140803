"""Reference model of a node after Tampère, Corthout, Cattrysse & Immers (2011), TR-B 45(1):289-309, section 4.3.

``demand[i][j]`` is the flow that wants to go from approach i to exit j, ``capacity[i]`` the priority of approach i, of
which every turn has its share ("oriented"), ``supply[j]`` what exit j takes in.
"""

from __future__ import annotations

from collections.abc import Sequence

Flows = list[list[float]]
Matrix = Sequence[Sequence[float]]


def turn_flows(demand: Matrix, capacity: Sequence[float], supply: Sequence[float]) -> Flows:
    """Return the flows by approach and exit: exits are taken in the order in which they run out."""
    left = list(supply)
    open_exits = {j for j in range(len(supply)) if any(row[j] > 0 for row in demand)}
    waiting = {j: {i for i, row in enumerate(demand) if row[j] > 0} for j in open_exits}
    flow = [[0.0] * len(supply) for _ in demand]
    while open_exits:
        level = {j: left[j] / sum(_oriented(demand[i], capacity[i])[j] for i in waiting[j]) for j in open_exits}
        scarce = min(open_exits, key=lambda j: (level[j], j))
        of_demand = {i for i in waiting[scarce] if sum(demand[i]) <= level[scarce] * capacity[i]}
        for i in of_demand or set(waiting[scarce]):
            share = 1.0 if of_demand else level[scarce] * capacity[i] / sum(demand[i])
            flow[i] = [share * wanted for wanted in demand[i]]
            for j in open_exits:
                left[j] -= flow[i][j]
                waiting[j].discard(i)
        open_exits = {j for j in open_exits if waiting[j]}
    return flow


def acceptance(demand: Matrix, capacity: Sequence[float], supply: Sequence[float]) -> list[float]:
    """Return by approach the share of its demand that passes."""
    flow = turn_flows(demand, capacity, supply)
    return [sum(passed) / sum(wanted) if sum(wanted) else 1.0 for passed, wanted in zip(flow, demand, strict=True)]


def _oriented(row: Sequence[float], capacity: float) -> list[float]:
    return [capacity * wanted / sum(row) for wanted in row]
