"""Where speeds and times between two points are measured: at detectors, along named routes, by enforcement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from trafficsim.base.codes import DETECTOR, PATH, ROLE_NAMES
from trafficsim.base.errors import NetworkError, PolicyError
from trafficsim.base.findings import Finding
from trafficsim.base.units import kmh_to_ms
from trafficsim.plan.arrays import I4, DetectorArrays, SectionArrays
from trafficsim.plan.network import NetworkPlan, turn_of
from trafficsim.plan.turn_means import turn_means
from trafficsim.spec.behaviour import SpeedCheck
from trafficsim.spec.resolution import STEP_S

SPOT_WINDOW_M = 50.0
"""Length over which a spot speed is taken (modelling assumption): in one step of an engine a
speed may be known only coarsely."""


class MeasurementSection(NamedTuple):
    """One row of :class:`~trafficsim.plan.arrays.SectionArrays`, with links by index."""

    name: str
    role: int
    from_link: int
    from_m: float
    to_link: int
    to_m: float
    lanes: tuple[int, int]
    length_m: float
    citation_ms: float = 0.0
    links: tuple[int, ...] = ()
    hours_s: tuple[tuple[float, float], ...] = ()


def section_arrays(sections: Sequence[MeasurementSection]) -> SectionArrays:
    """Join rows."""
    def whole(values: list[int]) -> np.ndarray:
        return np.array(values, np.int32)

    def real(values: list[float]) -> np.ndarray:
        return np.array(values, np.float64)

    return SectionArrays(
        name=tuple(section.name for section in sections),
        role=whole([section.role for section in sections]),
        from_link=whole([section.from_link for section in sections]),
        from_m=real([section.from_m for section in sections]),
        to_link=whole([section.to_link for section in sections]),
        to_m=real([section.to_m for section in sections]),
        lane_start=whole([section.lanes[0] for section in sections]),
        lane_end=whole([section.lanes[1] for section in sections]),
        length_m=real([section.length_m for section in sections]),
        citation_ms=real([section.citation_ms for section in sections]),
        links=tuple(section.links for section in sections),
        hours_s=tuple(section.hours_s for section in sections),
    )


def joined(first: SectionArrays, second: SectionArrays) -> SectionArrays:
    """Return the measurement sections of both, in this order."""
    columns = {name: np.concatenate([getattr(first, name), getattr(second, name)])
               for name in SectionArrays._fields if name not in ("name", "links", "hours_s")}
    return SectionArrays(name=first.name + second.name, links=first.links + second.links,
                         hours_s=first.hours_s + second.hours_s, **columns)


def spot_window(position_m: float, length_m: float) -> tuple[float, float]:
    """Begin and end of the stretch over which a spot speed is taken, kept inside the link.

    Examples
    --------
    >>> spot_window(100.0, 500.0), spot_window(0.0, 500.0), spot_window(490.0, 500.0), spot_window(5.0, 20.0)
    ((75.0, 125.0), (0.0, 50.0), (450.0, 500.0), (0.0, 20.0))
    """
    begin = min(max(position_m - SPOT_WINDOW_M / 2.0, 0.0), max(length_m - SPOT_WINDOW_M, 0.0))
    return begin, min(begin + SPOT_WINDOW_M, length_m)


def on_other_lanes(sections: SectionArrays, networks: tuple[NetworkPlan, NetworkPlan], moved: I4) -> SectionArrays:
    """Return sections in a network whose links have got lanes; those across a whole road are across all of them.

    Parameters
    ----------
    sections
        In the first network.
    networks
        Without and with the lanes.
    moved
        By lane of the first network, the lanes that its link has got on its nearside.
    """
    before, after = (network.links.lane_start for network in networks)
    start, end = sections.lane_start, sections.lane_end
    link = networks[0].lanes.link[start]
    whole = (start == before[link]) & (end == before[link + 1])
    first = after[link] - before[link]
    return sections._replace(
        lane_start=np.where(whole, after[link], start + first + moved[start]).astype(np.int32),
        lane_end=np.where(whole, after[link + 1], end + first + moved[end - 1]).astype(np.int32))


def detector_sections(detectors: DetectorArrays, network: NetworkPlan) -> list[MeasurementSection]:
    """One measurement section per detector, link and run of neighbouring lanes."""
    sections: list[MeasurementSection] = []
    for name, lane, position in zip(detectors.name, detectors.lane.tolist(), detectors.position_m.tolist(),
                                    strict=True):
        link = int(network.lanes.link[lane])
        last = sections[-1] if sections else None
        if last is not None and (last.name, last.to_link, last.lanes[1]) == (name, link, lane):
            sections[-1] = last._replace(lanes=(last.lanes[0], lane + 1))
        else:
            sections.append(spot_section(name, DETECTOR, (link, position), (lane, lane + 1), network))
    return sections


def spot_section(
    name: str, role: int, place: tuple[int, float], lanes: tuple[int, int], network: NetworkPlan
) -> MeasurementSection:
    """Return the measurement section that takes spot speeds around a place (link, position in m) in some lanes."""
    link, position_m = place
    begin, end = spot_window(position_m, float(network.links.length_m[link]))
    return MeasurementSection(name, role, link, begin, link, end, lanes, end - begin)


def path_sections(paths: Mapping[str, tuple[str, ...]], network: NetworkPlan) -> list[MeasurementSection]:
    """One measurement section per named route, from the beginning of its first link to the end of its last."""
    sections = []
    for name, members in paths.items():
        if not members:
            raise NetworkError(f"network.paths.{name}", "no links", "at least one link, in driving order",
                               "name its links, or remove the path")
        links = [network.link_index[link] for link in members]
        length_m = path_length_m(links, network)
        first, last = links[0], links[-1]
        lanes = (int(network.links.lane_start[last]), int(network.links.lane_start[last + 1]))
        end_m = float(network.links.length_m[last])
        sections.append(MeasurementSection(name, PATH, first, 0.0, last, end_m, lanes, length_m, links=tuple(links)))
    return sections


def path_length_m(links: Sequence[int], network: NetworkPlan) -> float:
    """Length of a sequence of links (by index) with the connectors between them."""
    rows = np.asarray(links, np.int64)
    turns = turn_of(network.turns, rows[:-1], rows[1:])
    known = turns[turns >= 0]
    between = turn_means(network.connections, len(network.turns.from_link))[0][known] if len(known) else np.zeros(0)
    return float(network.links.length_m[rows].sum() + between.sum())


def enforcement_section(check: SpeedCheck, network: NetworkPlan, policy: str) -> MeasurementSection:
    """The measurement section of an enforcement.

    Raises
    ------
    PolicyError
        If a link is unknown or a point lies beyond its link.
    """
    for link in check.links:
        if link not in network.link_index:
            raise PolicyError(f"policy {policy}: {check.name!r}", f"no link {link!r}", "a link of the network",
                              "correct the link")
    for link, position_m in (check.begin, check.end):
        if link not in network.link_index:
            raise PolicyError(f"policy {policy}: {check.name!r}", f"no link {link!r}", "a link of the network",
                              "correct the link")
        length_m = float(network.links.length_m[network.link_index[link]])
        if not 0.0 <= position_m <= length_m:
            raise PolicyError(f"policy {policy}: {check.name!r}", f"{position_m:g} m on link {link!r}",
                              f"a position from 0 to {length_m:g} m", "correct the position")
    first, last = network.link_index[check.begin[0]], network.link_index[check.end[0]]
    lanes = (int(network.links.lane_start[last]), int(network.links.lane_start[last + 1]))
    links = tuple(network.link_index[link] for link in check.links)
    return MeasurementSection(
        check.name,
        ROLE_NAMES.index(check.role),
        first,
        check.begin[1],
        last,
        check.end[1],
        lanes,
        check.length_m,
        kmh_to_ms(check.citation_kmh),
        links,
        check.hours_s,
    )


def short_sections(sections: SectionArrays, network: NetworkPlan) -> tuple[Finding, ...]:
    """Warn of points on links that a vehicle may cross within one step of an engine: there it is not seen."""
    step_m = network.links.free_speed_mean_ms * STEP_S
    found = []
    for row, name in enumerate(sections.name):
        for link in dict.fromkeys((int(sections.from_link[row]), int(sections.to_link[row]))):
            length_m = float(network.links.length_m[link])
            if length_m < step_m[link]:
                found.append(Finding(
                    "warning", "short-measuring-link", f"{ROLE_NAMES[int(sections.role[row])]} {name!r}",
                    f"link {network.link_id[link]!r} is {length_m:g} m long, less than a vehicle drives in a second: "
                    "those who cross it within one step of the engine are not measured",
                    "move it, or the end of the named route, to a longer link"))
    return tuple(found)
