"""Compile speed zones and measurement sections into cells and ticks."""

from __future__ import annotations

import numpy as np

from trafficsim.base.errors import InputError
from trafficsim.engines.ca.network import table
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.network import Net
from trafficsim.kernels.ca.packed_state import CAP_UNIT, NO_PLACE
from trafficsim.kernels.ca.zones import EFFECT_FIELDS, SEGMENT_FIELDS, ZONED_FIELDS, Zones
from trafficsim.kernels.measurement.sections import PER_TICK
from trafficsim.kernels.measurement.tables import SECTION_FIELDS, TRAVERSAL_FIELDS, MeasurementSections
from trafficsim.kernels.tables import rows
from trafficsim.plan.arrays import LinkArrays, Plan, SectionArrays

MOST_OPENED = 200_000_000
"""Measurement sections times trips that fit in memory (4 bytes each)."""
TRAVERSAL_ROWS, TRAVERSALS_PER_LANE = 65536, 60
"""Room for the traversals of one slice: a vehicle in every one of its ticks in every lane with a second point."""


def compile_zones(plan: Plan, settings: CellularAutomaton, net: Net) -> Zones:
    """Cut every link with zones into segments, each with the effects that hold there.

    Segments of a link begin before it and run to its stop line, so that every vehicle on it is in one.
    """
    rules = plan.behaviour
    limit = rule_limits(plan, plan.links, settings)
    zoned: list[tuple[float, ...]] = []
    segments: list[tuple[float, ...]] = []
    effects: list[tuple[float, ...]] = []
    for link in np.unique(rules.zone_link).tolist():
        zoned.append((link, len(segments)))
        here = np.flatnonzero(rules.zone_link == link)
        length = int(net.lane.length[net.link.lane[link]])
        begin = np.rint(rules.zone_begin_m[here] / settings.cell_m).astype(int) - length
        end = np.rint(rules.zone_end_m[here] / settings.cell_m).astype(int) - length
        for cell in [NO_PLACE, *np.unique([*begin, *end]).tolist()]:
            segments.append((cell, len(effects)))
            holding = here[(begin <= cell) & (cell < end)]
            effects += [(rules.zone_rule[z], limit[rules.zone_rule[z]], rules.zone_strength[z]) for z in holding]
    return Zones(
        links=len(zoned), zoned=_ragged(ZONED_FIELDS, zoned, len(segments)),
        segment=_ragged(SEGMENT_FIELDS, segments, len(effects)), effect=_ragged(EFFECT_FIELDS, effects, 0),
        factor=np.ascontiguousarray(rules.factor if len(rules.factor) else np.ones((1, 1)), np.float32),
    )


def rule_limits(plan: Plan, links: LinkArrays, settings: CellularAutomaton) -> np.ndarray:
    """Return the limit that each rule is about, in 1/256 cell per tick."""
    return np.asarray(links.speed_limit_ms[plan.behaviour.rule_link] * settings.tick_s / settings.cell_m * CAP_UNIT)


def _ragged(fields: dict[str, str], rows: list[tuple[float, ...]], total: int) -> np.recarray:
    """Return rows and one more, whose last column is the end of what the rows begin."""
    columns = {name: [row[at] for row in rows] for at, name in enumerate(fields)}
    records = table(fields, len(rows) + 1, {name: np.array(values) for name, values in columns.items()})
    records[list(fields)[-1]][len(rows)] = total
    return records


def compile_sections(plan: Plan, settings: CellularAutomaton, net: Net) -> MeasurementSections:
    """Return the measurement sections in cells, with room for the times at their first points.

    Raises
    ------
    InputError
        If there are too many measurement sections for the number of trips, or the run is too long for their clock.
    """
    sections, cell = plan.sections, settings.cell_m
    count, trips = len(sections.name), max(len(plan.trips.name), 1)
    _check_size(count, trips, (plan.end_s - plan.start_s) / settings.tick_s)
    length = net.lane.length[net.link.lane[:-1]] if net.links else np.zeros(1, np.int32)
    from_cell = np.rint(sections.from_m / cell).astype(int) - length[sections.from_link]
    # 0 is beyond the stop line
    to_cell = np.minimum(np.rint(sections.to_m / cell).astype(int) - length[sections.to_link], 0)
    return MeasurementSections(
        sections=count, section=table(SECTION_FIELDS, count, {
            "from_link": sections.from_link, "from_cell": from_cell, "to_first": sections.lane_start,
            "to_last": sections.lane_end, "to_cell": to_cell, "length": sections.length_m / cell,
            "open": sections.from_m == 0.0,
        }),
        opened=np.zeros((count, trips), np.int32) if count else np.zeros((1, 1), np.int32),
        traversals=rows(_traversal_rows(sections), TRAVERSAL_FIELDS),
    )


def _traversal_rows(sections: SectionArrays) -> int:
    return (
        max(TRAVERSAL_ROWS, TRAVERSALS_PER_LANE * int((sections.lane_end - sections.lane_start).sum()))
        if sections.name
        else 1
    )


def _check_size(sections: int, trips: int, ticks: float) -> None:
    if sections * trips > MOST_OPENED:
        raise InputError("detectors, paths and cameras", f"{sections} places for {trips} trips",
                         f"at most {MOST_OPENED // trips} places for so many trips", "measure at fewer places")
    if sections and ticks * PER_TICK >= 2**31:
        raise InputError("time", f"a run of {ticks:.0f} ticks with detectors, paths or cameras",
                         f"at most {2**31 // PER_TICK} ticks", "shorten the run, or make the tick longer")
