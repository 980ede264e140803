"""Demand that differs from the usual: surges of flows, and an evacuation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trafficsim.base.errors import DemandError
from trafficsim.spec.check_happenings import zones_of
from trafficsim.spec.demand import MOST_PEAK_VEH_H, Flow
from trafficsim.spec.happenings import Evacuation, Surge
from trafficsim.spec.scenario import Time
from trafficsim.spec.world import Connectors, World
from trafficsim.spec.zones import End

S_PER_H = 3600.0


def with_surges(world: World) -> World:
    """Return the world with the demand that its surges and its evacuation make of the usual one; itself without any.

    Raises
    ------
    DemandError
        If a surge concerns no flow, or a flow becomes larger than flows may be.
    """
    scenario = world.scenario
    if not scenario.surges and scenario.evacuation is None:
        return world
    flows, ends = list(world.demand.flows), _Ends(world)
    for number, surge in enumerate(scenario.surges):
        concerned = {flow.id for flow in flows if ends.concern(flow, surge)}
        if not concerned:
            raise DemandError(f"surges[{number}]", "no flow of the scenario is concerned",
                              "ids of flows, or zones or links that flows lead from or to",
                              "correct flows, origins or destinations (single trips are not multiplied)")
        flows = [_multiplied(flow, surge, scenario.time) if flow.id in concerned else flow for flow in flows]
    if scenario.evacuation is not None:
        world, flows = _evacuated(world, scenario.evacuation, [
            kept for flow in flows if (kept := _until(flow, scenario.evacuation, ends, scenario.time)) is not None])
    return replace(world, demand=world.demand.model_copy(update={"flows": tuple(flows)}))


class _Ends:
    """Links from and to which flows may lead, and those of zones."""

    def __init__(self, world: World) -> None:
        self._zones: Mapping[str, Any] = zones_of(world.scenario)
        self._connectors = world.connectors

    def links(self, names: tuple[str, ...], end: End) -> tuple[str, ...]:
        """Links of zones, and links by their own name, each once."""
        found: dict[str, None] = {}
        for name in names:
            found |= dict.fromkeys(self._zones[name].shares(end) if name in self._zones else (name,))
        return tuple(found)

    def of_flow(self, flow: Flow, end: End) -> set[str]:
        """Links from, or to, which a flow may lead."""
        if flow.id in self._connectors:
            return set(getattr(self._connectors[flow.id], end))
        first, last = (flow.route[0], flow.route[-1]) if flow.route else (flow.origin, flow.destination)
        return {str(first if end == "origins" else last)}

    def concern(self, flow: Flow, surge: Surge) -> bool:
        """Whether a flow is one of a surge."""
        if surge.flows:
            return flow.id in surge.flows
        wanted: tuple[tuple[tuple[str, ...], End], ...] = (
            (surge.origins, "origins"), (surge.destinations, "destinations"))
        return all(not names or bool(self.of_flow(flow, end) & set(self.links(names, end))) for names, end in wanted)


def _multiplied(flow: Flow, surge: Surge, time: Time) -> Flow:
    """Return a flow whose profile is multiplied between two times."""
    begin_s = time.start_s if flow.begin_s is None else flow.begin_s
    first_s = flow.profile[0][0] if flow.profile else begin_s
    from_s = -float("inf") if surge.begin_s is None else surge.begin_s
    to_s = float("inf") if surge.end_s is None else surge.end_s
    times = sorted({first_s, *(step for step, _ in flow.profile),
                    *(edge for edge in (from_s, to_s) if first_s < edge < float("inf"))})
    profile = tuple((step, _factor(flow, step) * (surge.factor if from_s <= step < to_s else 1.0)) for step in times)
    highest = flow.volume_veh_h * max(factor for _, factor in profile)
    if highest > MOST_PEAK_VEH_H:
        raise DemandError(f"flow {flow.id!r} under a surge of factor {surge.factor:g}", f"{highest:.3g} veh/h",
                          f"at most {MOST_PEAK_VEH_H:,.0f}", "lower the factor")
    return flow.model_copy(update={"profile": profile})


def _factor(flow: Flow, time_s: float) -> float:
    return next((factor for step, factor in reversed(flow.profile) if step <= time_s), 1.0)


def _until(flow: Flow, evacuation: Evacuation, ends: _Ends, time: Time) -> Flow | None:
    """Return a flow that ends when the place that it leads from, or to, is left; ``None`` if it does not even begin."""
    left = [set(ends.links(evacuation.origins, end)) & ends.of_flow(flow, end) for end in ("origins", "destinations")]
    end_s = time.analysis_end_s if flow.end_s is None else flow.end_s
    if not any(left) or end_s <= evacuation.begin_s:
        return flow
    begin_s = time.start_s if flow.begin_s is None else flow.begin_s
    return flow.model_copy(update={"end_s": evacuation.begin_s}) if begin_s < evacuation.begin_s else None


def _evacuated(world: World, evacuation: Evacuation, flows: list[Flow]) -> tuple[World, list[Flow]]:
    """Return the world, and flows with those of an evacuation, each to the exit of the least free-flow time."""
    ends = _Ends(world)
    origins, exits = ends.links(evacuation.origins, "origins"), ends.links(evacuation.exits, "destinations")
    volume = evacuation.vehicles / len(origins) / evacuation.mobilisation_s * S_PER_H
    parts = max(int(-(-volume // (MOST_PEAK_VEH_H / 10.0))), 1)
    new = [Flow(id=f"evacuation {origin}" + (f" {part}" if parts > 1 else ""), volume_veh_h=volume / parts,
                origin=origin, destination=exits[0], begin_s=evacuation.begin_s,
                end_s=evacuation.begin_s + evacuation.mobilisation_s)
           for origin in origins for part in range(parts)]
    connectors = {**world.connectors, **{flow.id: Connectors((str(flow.origin),), exits) for flow in new}}
    return replace(world, connectors=connectors), [*flows, *new]
