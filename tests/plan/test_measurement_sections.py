"""Places where speeds are measured: detectors by lane, named routes, enforcement, and what is refused."""

from __future__ import annotations

import pytest

from tests.plan.small import Demand, Detector, diamond, flow, world
from trafficsim.base.codes import CAMERA, DETECTOR, PATH, SECTION
from trafficsim.base.errors import PolicyError
from trafficsim.plan.arrays import SectionArrays
from trafficsim.plan.lower import lower
from trafficsim.plan.measurement_sections import enforcement_section, joined, path_length_m, section_arrays, spot_window
from trafficsim.plan.prepare import prepare
from trafficsim.spec.behaviour import SpeedCheck

DEMAND = Demand(flows=(flow(),))
ROADS = prepare(world(DEMAND)).network


def check(**values: object) -> SpeedCheck:
    place = {"begin": ("b", 0.0), "end": ("b", 50.0), "length_m": 50.0}
    return SpeedCheck(**{"name": "c", "role": "camera", "citation_kmh": 72.0, **place, **values})


@pytest.mark.parametrize(("place", "window"), [
    ((100.0, 300.0), (75.0, 125.0)), ((0.0, 300.0), (0.0, 50.0)), ((300.0, 300.0), (250.0, 300.0)),
    ((10.0, 300.0), (0.0, 50.0)), ((5.0, 20.0), (0.0, 20.0)), ((25.0, 50.0), (0.0, 50.0)),
])
def test_spot_speeds_are_taken_over_fifty_metres_inside_the_link(
    place: tuple[float, float], window: tuple[float, float]
) -> None:
    assert spot_window(*place) == window


def test_a_detector_over_neighbouring_lanes_is_one_measurement_section() -> None:
    detectors = (Detector(id="all", link="b", position_m=150.0), Detector(id="one", link="a", position_m=9.0, lane=1),
                 Detector(id="all", link="a", position_m=50.0))
    sections = lower(world(DEMAND, detectors=detectors)).plan.sections
    assert sections.name == ("all", "one", "all")
    assert sections.role.tolist() == [DETECTOR] * 3
    assert list(zip(sections.lane_start.tolist(), sections.lane_end.tolist(), strict=True)) == [(2, 4), (1, 2), (0, 2)]
    assert sections.from_m.tolist() == [125.0, 0.0, 25.0]
    assert sections.to_m.tolist() == [175.0, 50.0, 75.0]
    assert sections.citation_ms.tolist() == [0.0] * 3, "detectors cite nobody"


def test_a_path_is_measured_from_its_beginning_to_its_end() -> None:
    # a 100 m, b 300 m, d 100 m; from a to b 12 m and 8 m, from b to d 10 m and 20 m, taken as their means
    road = diamond()
    road = type(road)(road.graph, road.connections, signals=road.signals, groups=road.groups,
                      paths={"main": ("a", "b", "d"), "short": ("d",)})
    sections = lower(world(DEMAND, road)).plan.sections
    assert sections.name == ("main", "short")
    assert sections.role.tolist() == [PATH, PATH]
    assert sections.length_m.tolist() == pytest.approx([100.0 + 10.0 + 300.0 + 15.0 + 100.0, 100.0])
    assert (sections.from_link.tolist(), sections.to_link.tolist()) == ([0, 3], [3, 3])
    assert (sections.from_m.tolist(), sections.to_m.tolist()) == ([0.0, 0.0], [100.0, 100.0])


def test_the_length_of_a_path_has_its_connectors() -> None:
    index = [ROADS.link_index[link] for link in ("a", "c", "d")]
    assert path_length_m(index, ROADS) == pytest.approx(100.0 + 5.0 + 100.0 + 10.0 + 100.0)
    assert path_length_m(index[:1], ROADS) == 100.0


@pytest.mark.parametrize(("role", "code"), [("camera", CAMERA), ("section", SECTION)])
def test_enforcement_measures_on_all_lanes(role: str, code: int) -> None:
    section = enforcement_section(check(role=role, begin=("a", 20.0), end=("b", 300.0), length_m=390.0), ROADS, "p")
    assert (section.role, section.from_link, section.from_m, section.to_link, section.to_m) == (code, 0, 20.0, 1, 300.0)
    assert (section.lanes, section.length_m, section.citation_ms) == ((2, 4), 390.0, pytest.approx(20.0))


@pytest.mark.parametrize(("values", "message"), [
    ({"begin": ("q", 0.0)}, r"policy p: 'c': found no link 'q'; expected a link of the network\. Remedy"),
    ({"end": ("b", 300.5)}, r"found 300\.5 m on link 'b'; expected a position from 0 to 300 m\. Remedy"),
    ({"begin": ("b", -1.0)}, r"found -1 m on link 'b'"),
])
def test_impossible_places_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        enforcement_section(check(**values), ROADS, "p")


def test_measurement_sections_are_joined_in_order() -> None:
    rows = [enforcement_section(check(name=name), ROADS, "p") for name in ("one", "two", "three")]
    together = joined(section_arrays(rows[:2]), section_arrays(rows[2:]))
    assert together.name == ("one", "two", "three")
    alone = section_arrays(rows)
    for column in SectionArrays._fields:
        assert list(getattr(together, column)) == list(getattr(alone, column))
    assert joined(section_arrays([]), alone).name == alone.name
