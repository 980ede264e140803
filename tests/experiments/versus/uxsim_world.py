"""UXsim in its compiled mode, without trajectories: platoons of one vehicle, or of five."""

from __future__ import annotations

import resource
import time
from importlib.metadata import version
from typing import Any

from tests.experiments.versus.outcome import Spent, Traffic, outcome
from tests.experiments.versus.workload import Workload, build
from trafficsim.design.inference.geometry import line_length
from trafficsim.plan.network import free_speed
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.signals import SignalProgram
from trafficsim.spec.vehicles import DEFAULT_CLASSES

REACTION_S = 1.0


def run(case: str, minutes: float, platoon: int) -> dict[str, Any]:
    """Build and run a workload; the loop alone is timed."""
    load = build(case, minutes)
    world, vehicles = make_world(load, platoon)
    world.finalize_scenario()
    wall, cpu = time.perf_counter(), time.process_time()
    world.exec_simulation()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    travel = [vehicle.travel_time for vehicle in vehicles if vehicle.state == "end"]
    traffic = Traffic(len(vehicles) * platoon, len(travel) * platoon, platoon * float(sum(travel)), vehicle_s(world))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    return outcome(traffic, Spent(wall, cpu, peak_mb), load.seconds, version("uxsim"))


def make_world(load: Workload, platoon: int) -> tuple[Any, list[Any]]:
    """Return the world and its vehicles; a platoon takes the route and the departure of the middle one of its trips.

    A trip too many for the last platoon is left out.
    """
    from uxsim import World

    world = World(name=load.case, deltan=platoon, reaction_time=REACTION_S, tmax=load.seconds, print_mode=0,
                  save_mode=0, show_mode=0, random_seed=42, cpp=True, vehicle_logging_timestep_interval=-1,
                  duo_update_time=10 * load.seconds)  # routes are given: it need not look for any
    add_roads(world, load)
    ends = {link: (row["from"], row["to"]) for link, row in load.network.links.items()}
    vehicles = []
    for first in range(0, len(load.trips) - platoon + 1, platoon):
        trip = load.trips[first + platoon // 2]
        vehicle = world.addVehicle(ends[trip.route[0]][0], ends[trip.route[-1]][1], trip.depart_s)
        vehicle.enforce_route(list(trip.route))
        vehicles.append(vehicle)
    return world, vehicles


def add_roads(world: Any, load: Workload) -> None:
    """Add nodes and links; links reach from node to node, because crossing a junction takes no time there."""
    network, drivers, car = load.network, Drivers(), DEFAULT_CLASSES[0]
    programs = {program.id: program for program in network.signals}
    for name, row in network.graph.nodes(data=True):
        signal = {"signal": stages(programs[name]), "signal_offset": offset(programs[name])} if name in programs else {}
        world.addNode(name, row["x_m"], row["y_m"], **signal)
    indices = {
        movement.from_link: movement.signal_index for movement in network.connections if movement.signal is not None
    }
    places = {name: (row["x_m"], row["y_m"]) for name, row in network.graph.nodes(data=True)}
    for link, row in network.links.items():
        green = 2 * stage_of(programs[row["to"]], indices[link]) if link in indices else 0
        world.addLink(link, row["from"], row["to"], length=line_length((places[row["from"]], places[row["to"]])),
                      free_flow_speed=free_speed(row, drivers)[0], number_of_lanes=row["lanes"],
                      jam_density_per_lane=1.0 / (car.length_m + car.min_gap_m), signal_group=green)


def stages(program: SignalProgram) -> list[float]:
    """Return seconds of green and of the change after it, in turn."""
    times: list[float] = []
    for phase in program.phases:
        if _is_green(phase.state):
            times += [phase.duration_s, 0.0]
        else:
            times[-1] += phase.duration_s
    return times


def stage_of(program: SignalProgram, index: int | None) -> int:
    """Return the number of the stage in which a signal is green."""
    greens = [phase.state for phase in program.phases if _is_green(phase.state)]
    return next(number for number, state in enumerate(greens) if index is not None and state[index] in "Gg")


def offset(program: SignalProgram) -> float:
    """Return the offset within one cycle; not 0, for which UXsim looks beyond its last stage."""
    return program.offset_s % program.cycle_s or program.cycle_s


def _is_green(state: str) -> bool:
    return any(letter in "Gg" for letter in state)


def vehicle_s(world: Any) -> float:
    """Return the time that vehicles spent on links."""
    inside = sum(float((link.cum_arrival - link.cum_departure).sum()) for link in world.LINKS)
    return inside * float(world.DELTAT)
