"""What would ruin a run of a world, beyond what its network and demand can say by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from trafficsim.base.errors import InputError
from trafficsim.base.findings import Finding
from trafficsim.spec.check import check
from trafficsim.spec.check_happenings import check_happenings
from trafficsim.spec.check_measuring import check_measuring
from trafficsim.spec.check_people import check_people
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.world import World


def check_world(world: World) -> tuple[Finding, ...]:
    """Return all findings: of reading, of network and demand, of times and of what is measured, each once.

    Parameters
    ----------
    world
        A resolved scenario.
    """
    own = (*_times(world), *_detectors(world.scenario, world.network), *check_measuring(world.scenario, world.network),
           *check_people(world), *check_happenings(world))
    general = _written_greens(check(world.network, world.demand), world.scenario)
    return tuple(dict.fromkeys((*world.findings, *general, *own)))


def require_sound(world: World) -> tuple[Finding, ...]:
    """Refuse a world that a run could not be trusted on; return what checking found.

    Raises
    ------
    InputError
        With the first error found, and how many more there are.
    """
    found = check_world(world)
    errors = [finding for finding in found if finding.level == "error"]
    if errors:
        first = errors[0]
        more = f" (trafficsim check lists {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise InputError(first.where, first.message, f"a world without this error ({first.code})",
                         (first.remedy or "correct it").rstrip(".") + more)
    return found


def _written_greens(found: Iterable[Finding], scenario: Scenario) -> Iterator[Finding]:
    """Conflicting greens are an error in a program that stands in the scenario itself."""
    written = tuple(f"signal {program.id!r}," for program in scenario.signals)
    for finding in found:
        wrong = finding.code == "crossing-greens" and finding.where.startswith(written)
        yield replace(finding, level="error", code="conflicting-greens") if wrong else finding


def _times(world: World) -> Iterator[Finding]:
    time, demand = world.scenario.time, world.demand
    if not world.unserved and not demand.trips and not any(flow.volume_veh_h > 0 for flow in demand.flows):
        yield Finding("error", "empty-demand", "demand", "no trips, and no flow with a volume above 0",
                      "add [[demand.flows]], [[demand.trips]] or demand.file")
    for flow in demand.flows:
        begin, end = _or(flow.begin_s, time.start_s), _or(flow.end_s, time.analysis_end_s)
        if begin >= end and (flow.id in world.written or flow.end_s is not None):
            yield Finding("error", "flow-outside", f"flow {flow.id!r}", f"it runs from {begin:g} s to {end:g} s",
                          "correct begin_s and end_s, which are clock times, or the scenario's time")


def _detectors(scenario: Scenario, network: Network) -> Iterator[Finding]:
    links = network.links
    seen: set[str] = set()
    for detector in scenario.detectors:
        where = f"detector {detector.id!r}"
        link = links.get(detector.link)
        if detector.id in seen:
            yield Finding("error", "duplicate-detector", where, "a second detector with this id", "rename one of them")
        seen.add(detector.id)
        if link is None:
            yield Finding("error", "unknown-link", where, f"an unknown link {detector.link!r}", "correct its link")
        elif detector.position_m > link["length_m"]:
            yield Finding("error", "detector-outside", where, f"position {detector.position_m:g} m on link "
                          f"{detector.link!r} of {link['length_m']:g} m", "correct its position_m")
        elif detector.lane is not None and detector.lane >= link["lanes"]:
            yield Finding("error", "unknown-lane", where,
                          f"lane {detector.lane} on link {detector.link!r} with lanes 0 to {link['lanes'] - 1}",
                          "correct its lane, or leave it out for all lanes")


def _or(value: float | None, default: float) -> float:
    return default if value is None else value
