"""Worlds to learn in: a junction of four arms, a corridor, a grid; or any scenario whose signals have stages."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from trafficsim.api.reading import build
from trafficsim.base.errors import InputError
from trafficsim.design.synthetic import corridor, grid, junction
from trafficsim.design.timing.requested import requested_control
from trafficsim.design.timing.stages import stages_of
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.world import World

EPISODE_S = 3600.0
ARMS, ARM_VEH_H = 4, (700.0, 300.0, 700.0, 300.0)
"""Arms of the junction, and what comes in on each: the two streets differ, as do the greens that they need."""
TURNS = {1: 0.15, 2: 0.7, 3: 0.15}
"""Share of drivers by the arm that they leave by, counted from their own (modelling assumption)."""
CORRIDOR_SIGNALS, CORRIDOR_M, MAIN_VEH_H, SIDE_VEH_H = 3, 300.0, 700.0, 250.0
GRID, GRID_VEH_H = 2, 350.0


def four_arm(length_m: float = 300.0) -> World:
    """One signalised junction of two streets with two lanes in each direction, one of which is busier.

    Examples
    --------
    >>> len(four_arm().network.controls)
    1
    """
    flows = [Flow(id=f"{arm}-{turn}", origin=f"in{arm}", destination=f"out{(arm + turn) % ARMS}",
                  volume_veh_h=volume * share)
             for arm, volume in enumerate(ARM_VEH_H) for turn, share in TURNS.items()]
    return _world("four_arm", junction(arms=ARMS, lanes=2, length_m=length_m), flows)


def corridor_world() -> World:
    """Three signals along a street with two directions, and side streets.

    Examples
    --------
    >>> len(corridor_world().network.controls)
    3
    """
    inner = tuple(range(1, CORRIDOR_SIGNALS + 1))
    network = corridor(lengths_m=(CORRIDOR_M,) * (CORRIDOR_SIGNALS + 1), two_way=True, lanes=2, signals=inner,
                       side_streets=inner)
    last = CORRIDOR_SIGNALS + 1
    flows = [_flow("east1", f"east{last}", MAIN_VEH_H), _flow(f"west{last}", "west1", MAIN_VEH_H)]
    for node in inner:
        flows += [_flow(f"north{node}_in", f"south{node}_out", SIDE_VEH_H),
                  _flow(f"south{node}_in", f"north{node}_out", SIDE_VEH_H)]
    return _world("corridor", network, flows)


def grid_world(rows: int = GRID, columns: int = GRID) -> World:
    """A grid of signals; traffic goes straight through it in all four directions.

    Examples
    --------
    >>> len(grid_world().network.controls)
    4
    """
    flows = []
    for row in range(rows):
        ends = f"w{row}_r{row}c0", f"r{row}c{columns - 1}_e{row}"
        back = f"e{row}_r{row}c{columns - 1}", f"r{row}c0_w{row}"
        flows += [_flow(*ends, GRID_VEH_H), _flow(*back, GRID_VEH_H)]
    for column in range(columns):
        ends = f"s{column}_r0c{column}", f"r{rows - 1}c{column}_n{column}"
        back = f"n{column}_r{rows - 1}c{column}", f"r0c{column}_s{column}"
        flows += [_flow(*ends, GRID_VEH_H / 2), _flow(*back, GRID_VEH_H / 2)]
    return _world("grid", grid(rows, columns, lanes=1, offsets="zero"), flows)


WORLDS: dict[str, Callable[[], World]] = {"four_arm": four_arm, "corridor": corridor_world, "grid": grid_world}


def world_of(world: str | Path | Scenario | World) -> World:
    """Return a world by its name here, or of a scenario; all its signals with stages take requests.

    Raises
    ------
    InputError
        If it is none, or has no signal with two stages.
    """
    if isinstance(world, str) and world in WORLDS:
        return WORLDS[world]()
    if isinstance(world, str) and not Path(world).exists():
        raise InputError(f"world {world!r}", "neither a world nor a file", f"one of {', '.join(WORLDS)}, or a scenario",
                         "correct the name")
    found = build(world)
    return replace(found, network=with_requests(found.network, found.scenario.name))


def with_requests(network: Network, where: str) -> Network:
    """Let all signals with two stages or more take requests.

    Raises
    ------
    InputError
        If there are none.
    """
    able = [one for one in network.signals if len(stages_of(one).phase) > 1]
    if not able:
        raise InputError(where, "no signal with two stages", "at least one", "choose a world with signals")
    own = {one.id: one for one in network.controls}
    controls = {one.id: own[one.id] if one.id in own and own[one.id].method == "requested" else requested_control(one)
                for one in able}
    kept = (one for one in network.controls if one.id not in controls)
    return replace(network, controls=tuple(itertools.chain(controls.values(), kept)))


def _world(name: str, network: Network, flows: list[Flow]) -> World:
    scenario = Scenario(name=name, network=network, demand=Demand(flows=tuple(flows)),
                        time=Time(analysis_s=EPISODE_S, clear_s=0.0))
    return build(replace(build(scenario), network=with_requests(network, name)))


def _flow(origin: str, destination: str, volume_veh_h: float) -> Flow:
    return Flow(id=f"{origin}>{destination}", origin=origin, destination=destination, volume_veh_h=volume_veh_h)
