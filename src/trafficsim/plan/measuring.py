"""What a scenario asks to have measured, as rows of the plan.

Areas, and sections beside those of detectors and paths.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from trafficsim.base.codes import HISTOGRAM, POINT, TRAVEL_TIME
from trafficsim.plan.arrays import AreaArrays, DetectorArrays
from trafficsim.plan.measurement_sections import MeasurementSection, detector_sections, path_length_m, spot_section
from trafficsim.plan.network import NetworkPlan
from trafficsim.plan.routes import link_of
from trafficsim.spec.measuring import Area, TravelTime
from trafficsim.spec.resolution import STEP_S
from trafficsim.spec.scenario import Scenario


def area_arrays(areas: Sequence[Area], network: NetworkPlan) -> AreaArrays:
    """Return one row per area and lane."""
    rows = []
    for area in areas:
        link = link_of(area.link, f"area {area.id!r}", network)
        end_m = float(network.links.length_m[link]) if area.end_m is None else area.end_m
        first, last = _lanes(link, network)
        lanes = range(first, last) if area.lane is None else [first + area.lane]
        rows += [(area.id, lane, area.begin_m, end_m) for lane in lanes]
    return AreaArrays(
        tuple(row[0] for row in rows), np.array([row[1] for row in rows], np.int32),
        np.array([row[2] for row in rows], np.float64), np.array([row[3] for row in rows], np.float64),
    )


def requested_sections(scenario: Scenario, detectors: DetectorArrays, network: NetworkPlan) -> list[MeasurementSection]:
    """Return the measurement sections of travel times, of detectors that keep headways, and of histograms."""
    keeping = {detector.id for detector in scenario.detectors if detector.headways}
    return [
        *(_travel_time(one, network) for one in scenario.travel_times),
        *_points(keeping, detectors, network),
        *_histograms(scenario, network),
    ]


def _lanes(link: int, network: NetworkPlan) -> tuple[int, int]:
    return int(network.links.lane_start[link]), int(network.links.lane_start[link + 1])


def _travel_time(wish: TravelTime, network: NetworkPlan) -> MeasurementSection:
    links = [link_of(link, f"travel time {wish.id!r}", network) for link in wish.links]
    last_m = float(network.links.length_m[links[-1]])
    end_m = last_m if wish.end_m is None else wish.end_m
    length_m = path_length_m(links, network) - wish.begin_m - (last_m - end_m)
    return MeasurementSection(
        wish.id,
        TRAVEL_TIME,
        links[0],
        wish.begin_m,
        links[-1],
        end_m,
        _lanes(links[-1], network),
        length_m,
        links=tuple(links) if len(links) > 1 else (),
    )


def _points(keeping: Iterable[str], detectors: DetectorArrays, network: NetworkPlan) -> Iterator[MeasurementSection]:
    """Yield a measurement section without length at the place of every detector that keeps headways."""
    position_m = dict(zip(detectors.name, detectors.position_m.tolist(), strict=True))
    for section in detector_sections(detectors, network):
        if section.name in keeping:
            place = position_m[section.name]
            yield section._replace(role=POINT, from_m=place, to_m=place, length_m=0.0)


def _histograms(scenario: Scenario, network: NetworkPlan) -> Iterator[MeasurementSection]:
    """Yield a measurement section of 50 m in the middle of every link that is asked for, or was observed."""
    wish, observed = scenario.speed_histograms, () if scenario.validation is None else scenario.validation.speeds
    links = [link_of(link, "speed_histograms: links", network) for link in wish.links]
    links += [link_of(one.link, "validation: speeds", network) for one in observed if one.detector is None]
    if wish.all_links:
        links = np.flatnonzero(network.links.length_m >= network.links.free_speed_mean_ms * STEP_S).tolist()
    for link in dict.fromkeys(links):
        middle = (link, float(network.links.length_m[link]) / 2.0)
        yield spot_section(f"histogram of {network.link_id[link]}", HISTOGRAM, middle, _lanes(link, network), network)
