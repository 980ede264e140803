"""What engines can be asked to measure and to represent, in words that all of them share, and what a plan asks for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from trafficsim.base.codes import DETECTOR, PATH, POINT, ROLE_NAMES
from trafficsim.plan.arrays import Plan
from trafficsim.plan.timeline import CAPACITY

OUTPUTS = {
    "trips": "times, distance and stops of every trip",
    "links": "flow, density and speed of every link by interval",
    "movements": "volume, control delay and green time of every movement",
    "queues": "queues from stop lines, and who blocks whom",
    "detectors": "counts and speeds at points by interval",
    "events": "red running and turns from a wrong lane",
    "traversals": "speeds and times between two points: paths, travel times, enforcement",
    "headways": "time gaps between vehicles at points",
    "areas": "density, occupancy and queue of stretches of lanes",
    "trajectories": "places and speeds of vehicles over time",
    "lane_changes": "number of lane changes",
    "signal_states": "what signals showed, and since when",
}
"""What an engine may offer, by name. All engines offer ``trips``."""
FEATURES = {
    "signals": "traffic signals",
    "stops": "stops of vehicles on their way",
    "timeline": "limits, speeds and zones that change within the run",
    "lane_closures": "lanes that are closed for a time, and capacities that change",
    "roadside": "signs and meters that react to traffic",
    "reacting_signals": "signals that react to traffic",
    "route_changes": "closures, and drivers who change their route on the way",
    "emergency": "emergency vehicles on their way to crashes",
}
"""What a plan may contain that an engine must represent, or else its results would be about another world."""


def requested_outputs(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield what a plan asks to have measured: output, and who asks for it.

    Examples
    --------
    >>> from trafficsim.plan.lower import lower
    >>> from trafficsim.spec.demand import Demand, Trip
    >>> from trafficsim.spec.scenario import Scenario, Trajectories
    >>> from trafficsim.spec.vehicles import DEFAULT_CLASSES
    >>> from trafficsim.spec.world import World
    >>> from trafficsim import corridor
    >>> road = corridor([300.0, 200.0])
    >>> scenario = Scenario(name="road", network=road, trajectories=Trajectories(share=0.5))
    >>> trip = Trip(id="t", depart_s=0.0, route=("east1", "east2"))
    >>> list(requested_outputs(lower(World(scenario, road, Demand(trips=(trip,)), DEFAULT_CLASSES)).plan))
    [('trajectories', 'trajectories')]
    """
    if plan.trajectory_share > 0.0:
        yield "trajectories", "trajectories"
    for name in dict.fromkeys(plan.areas.name):
        yield "areas", f"area {name!r}"
    for name in dict.fromkeys(plan.detectors.name):
        yield "detectors", f"detector {name!r}"
    roles = plan.sections.role.tolist()
    for name, role in dict.fromkeys(zip(plan.sections.name, roles, strict=True)):
        if role in (DETECTOR, PATH):  # they come with detectors, and with names that people give to routes
            continue
        if role == POINT:
            yield "headways", f"headways of detector {name!r}"
        else:
            yield "traversals", f"{ROLE_NAMES[role]} {name!r}"
    yield from _of_offences(plan)


OUTPUT_OF_OFFENCE = {"red_running": "events", "close_following": "headways"}
"""What offences are found in; all others are found in traversals of measurement sections, or in who drives."""


def _of_offences(plan: Plan) -> Iterator[tuple[str, str]]:
    for name, offence in zip(plan.enforcement.name, plan.enforcement.offence, strict=True):
        if offence in OUTPUT_OF_OFFENCE:
            yield OUTPUT_OF_OFFENCE[offence], f"enforcement {name!r}"


def needed_features(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield what a plan contains that an engine must represent: feature, and where the first of it is."""
    yield from _of_signals(plan)
    if len(plan.trips.stop_position):
        trip = int(np.searchsorted(plan.trips.stop_start, 0, side="right")) - 1
        yield "stops", f"the stop of trip {plan.trips.name[trip]!r}"
    if len(plan.closures.turn):
        yield "route_changes", f"the closure of link {plan.link_id[plan.turns.to_link[plan.closures.turn[0]]]!r}"
    elif plan.en_route.informed.any():
        yield "route_changes", "route_choice.informed_share"
    closed = np.concatenate([plan.lane_closures.lane, plan.shut_lanes.lane])
    if len(closed):
        yield "lane_closures", f"the closed lane of link {plan.link_id[plan.lanes.link[closed[0]]]!r}"
    elif CAPACITY in plan.timeline.field:
        yield "lane_closures", f"the capacity of link {plan.link_id[plan.timeline.link[-1]]!r}"
    yield from _while_it_runs(plan)


def _while_it_runs(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield what changes within a run, by the clock or by what happens in it."""
    timed = np.flatnonzero(np.isfinite(plan.behaviour.rule_begin_s) | np.isfinite(plan.behaviour.rule_end_s))
    if plan.timeline.field:
        yield "timeline", f"the schedule of link {plan.link_id[plan.timeline.link[0]]!r}"
    elif len(timed):
        yield "timeline", f"the hours of {plan.behaviour.rule_name[timed[0]]!r}"
    if plan.emergency is not None and plan.emergency.crashes.name:
        yield "emergency", f"incident {plan.emergency.crashes.name[0]!r} with injured people"
    if plan.roadside.reactions:
        yield "roadside", f"{plan.roadside.reactions[0].name!r}"


def _of_signals(plan: Plan) -> Iterator[tuple[str, str]]:
    regulated = np.flatnonzero(plan.connections.signal_group >= 0)
    if len(regulated):
        link = plan.lanes.link[plan.connections.from_lane[regulated[0]]]
        yield "signals", f"the signal at the end of link {plan.link_id[link]!r}"
    if plan.controls.any:
        yield "reacting_signals", f"the controller of signal {plan.controls.controllers.id[0]!r}"
