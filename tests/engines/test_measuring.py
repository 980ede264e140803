"""What is measured on request, against what is known: uniform streams, queues at red, Edie's counters of a link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from tests.support.tiers import long_without_compiler
from tests.support.worlds import fixed_time, link, make_network, make_plan, make_world, through
from trafficsim.base.errors import InputError
from trafficsim.engines.ca import run
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.plan.lower import lower
from trafficsim.results.frames import Labels
from trafficsim.results.tables import result_tables
from trafficsim.run.jobs import reference_of
from trafficsim.spec.check_world import check_world
from trafficsim.spec.demand import Trip
from trafficsim.spec.measuring import Area, SpeedHistograms, TravelTime
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Detector, Time
from trafficsim.spec.signals import SignalProgram
from trafficsim.spec.world import World

LABELS = Labels("s", "a", 1, "ca")
V_MS = 50.0 / 3.6
CALM = CellularAutomaton(dawdle_p=0.0)


def road(signals: Sequence[SignalProgram] = (), lanes: int = 1) -> Network:
    more = {"signal": "s", "signal_index": 0} if signals else {}
    return make_network([link(name, 300.0, lanes=lanes) for name in "abc"],
                        [*through("a", "b", lanes), *through("b", "c", lanes, **more)], signals)


def stream(seconds: float, count: int, vehicle_class: str = "car") -> list[Trip]:
    return [Trip(id=f"v{number:03d}", depart_s=number * seconds, route=("a", "b", "c"), vehicle_class=vehicle_class)
            for number in range(count)]


def tables_of(world: World) -> dict[str, pd.DataFrame]:
    plan = make_plan(world)
    return result_tables(plan, run(plan, world.scenario.ca), LABELS, reference_of(plan))


def measured(trips: Sequence[Trip], network: Network | None = None, **wishes: Any) -> dict[str, pd.DataFrame]:
    time = Time(analysis_s=600.0, clear_s=300.0, interval_s=300.0)
    return tables_of(make_world(network or road(), trips=trips, time=time, ca=CALM, **wishes))


def test_headways_of_a_uniform_stream_are_its_own() -> None:
    detectors = (Detector(id="d", link="b", position_m=150.0, headways=True),
                 Detector(id="e", link="c", position_m=9.0))
    headways = measured(stream(3.0, 40), detectors=detectors)["headways"]
    assert set(headways["detector"]) == {"d"}
    assert len(headways) == 40
    assert headways["headway_s"].isna().tolist() == [True] + [False] * 39
    # A speed of 27.8 cells per tick is 27 or 28, a variance of 0.17 per tick: after 450 m the headways of two vehicles
    # have a standard deviation of sqrt(2 * 32 * 0.17) cells, 0.12 s; no one of 39 is five of them away.
    assert headways["headway_s"][1:].to_numpy(float) == pytest.approx(3.0, abs=0.6)
    assert headways["headway_s"][1:].to_numpy(float).std() == pytest.approx(0.12, abs=0.05)
    assert float(headways["headway_s"].mean()) == pytest.approx(3.0, abs=0.02)  # two such errors over 39 headways
    gap_s = headways["headway_s"][1:].to_numpy(float) - 4.5 / (headways["speed_kmh"].to_numpy(float)[:-1] / 3.6)
    assert headways["gap_s"][1:].to_numpy(float) == pytest.approx(gap_s, abs=1e-9)
    assert headways["speed_kmh"].to_numpy(float) == pytest.approx(50.0, abs=1.5)


def test_headways_are_taken_lane_by_lane_and_by_class() -> None:
    both = [one.model_copy(update={"depart_lane": lane, "id": f"{one.id}-{lane}"}) for lane, kind in
            ((0, "truck"), (1, "car")) for one in stream(6.0, 20, kind)]
    headways = measured(both, road(lanes=2), detectors=(Detector(id="d", link="a", position_m=150.0, headways=True),))
    rows = headways["headways"].groupby("lane")
    assert rows["class"].unique().map(list).to_dict() == {0: ["truck"], 1: ["car"]}
    assert rows["headway_s"].mean().tolist() == pytest.approx([6.0, 6.0], abs=0.02)


@long_without_compiler
def test_an_area_over_a_whole_link_counts_as_the_link_does() -> None:
    signal = [fixed_time("s", 20.0, 60.0)]
    areas = (Area(id="all", link="b"), Area(id="first", link="b", end_m=120.0),
             Area(id="rest", link="b", begin_m=120.0))
    tables = measured(stream(3.0, 100), road(signal), areas=areas)
    links = tables["links"][tables["links"]["link"] == "b"]
    parts = dict(list(tables["areas"].groupby("area")))
    for column in ("vehicle_h", "vehicle_km"):
        whole = parts["all"][column].to_numpy(float)
        # The link counts a vehicle from the moment at which it crosses the line, the area by ticks and their parts: the
        # moments are the same, but for those who stop within the tick in which they enter.
        assert whole == pytest.approx(links[column].to_numpy(float), rel=2e-3), column
        assert parts["first"][column].to_numpy(float) + parts["rest"][column].to_numpy(float) == pytest.approx(
            whole, rel=1e-12), column
    assert parts["all"]["flow_veh_h"].to_numpy(float) == pytest.approx(links["flow_veh_h"].to_numpy(float), rel=2e-3)


@long_without_compiler
def test_a_queue_at_red_fills_an_area_car_by_car() -> None:
    signal = [fixed_time("s", 5.0, 2000.0)]
    areas = (Area(id="queue", link="b"), Area(id="end", link="b", begin_m=230.0),
             Area(id="before", link="b", end_m=20.0))
    tables = measured(stream(5.0, 20), road(signal), areas=areas)["areas"]
    rows = tables[tables["begin_s"] == 300.0].set_index("area")
    stopped = rows.loc["queue", "most_waiting"]
    assert stopped == 20
    assert rows.loc["queue", "longest_queue_m"] == pytest.approx(20 * 7.0, abs=1.0)  # and the line is up to 1 m ahead
    assert rows.loc["queue", "mean_waiting"] == 20.0
    assert rows.loc["queue", "speed_kmh"] == 0.0
    assert rows.loc["end", "occupancy"] == pytest.approx(1.0, abs=0.02)
    assert rows.loc["end", "most_waiting"] == 10
    assert rows.loc["before", "density_veh_km"] == 0.0


def test_travel_times_between_two_points() -> None:
    wishes = (TravelTime(id="inside", links=("b",), begin_m=50.0, end_m=250.0),
              TravelTime(id="across", links=("a", "b", "c"), begin_m=100.0, end_m=200.0))
    paths = measured(stream(4.0, 50), travel_times=wishes)["paths"].set_index("path")
    assert paths["vehicles"].tolist() == [50, 50]
    assert paths["length_m"].tolist() == [200.0, 700.0]
    assert paths["mean_time_s"].to_numpy(float) == pytest.approx([200.0 / V_MS, 700.0 / V_MS], rel=3e-3)


@long_without_compiler
def test_histograms_count_every_vehicle_by_class_beside_the_limit() -> None:
    trips = [*stream(4.0, 60), *(one.model_copy(update={"id": f"t{one.id}", "depart_s": one.depart_s + 2.0})
                                 for one in stream(4.0, 30, "truck"))]
    counts = measured(trips, speed_histograms=SpeedHistograms(links=("b",)))["speed_histograms"]
    assert set(counts["link"]) == {"b"}
    assert counts.groupby("class")["traversals"].sum().to_dict() == {"car": 60, "truck": 30}
    # Everybody drives at the limit; over 50 m whole cells leave 1 km/h of it.
    assert set(counts["bin_kmh"]) <= {-5.0, 0.0}
    assert (counts["unimpeded_traversals"] <= counts["traversals"]).all()
    every = measured(trips, speed_histograms=SpeedHistograms(all_links=True))["speed_histograms"]
    assert set(every["link"]) == {"a", "b", "c"}


@long_without_compiler
def test_nothing_of_it_is_there_unless_it_is_asked_for_and_asking_changes_nothing() -> None:
    plain = measured(stream(3.0, 30))
    assert not {"areas", "headways", "speed_histograms"} & set(plain)
    asked = measured(
        stream(3.0, 30), areas=(Area(id="x", link="b"),), speed_histograms=SpeedHistograms(all_links=True),
        travel_times=(TravelTime(id="t", links=("b",)),))
    for name in ("trips", "links", "movements", "speeds", "events"):
        pd.testing.assert_frame_equal(plain[name], asked[name], obj=name)


@pytest.mark.parametrize(("wishes", "code", "says"), [
    ({"areas": (Area(id="x", link="nowhere"),)}, "unknown-link", "nowhere"),
    ({"areas": (Area(id="x", link="a", end_m=301.0),)}, "place-outside", "301 m"),
    ({"areas": (Area(id="x", link="a", begin_m=300.0),)}, "place-outside", "300 m"),
    ({"areas": (Area(id="x", link="a", lane=1),)}, "unknown-lane", "lanes 0 to 0"),
    ({"areas": (Area(id="x", link="a"), Area(id="x", link="b"))}, "duplicate-id", "second area"),
    ({"travel_times": (TravelTime(id="t", links=("a", "c")),)}, "broken-way", "no movement"),
    ({"travel_times": (TravelTime(id="t", links=("a",), begin_m=20.0, end_m=10.0),)}, "empty-way", "10 m"),
    ({"travel_times": (TravelTime(id="t", links=("b", "x")),)}, "unknown-link", "'x'"),
    ({"travel_times": (TravelTime(id="t", links=("a", "b"), end_m=400.0),)}, "place-outside", "400 m"),
    ({"speed_histograms": SpeedHistograms(links=("q",))}, "unknown-link", "'q'"),
])
def test_places_that_are_not_there_are_refused(wishes: dict[str, Any], code: str, says: str) -> None:
    world = make_world(road(), trips=stream(3.0, 3), **wishes)
    (found,) = [one for one in check_world(world) if one.code == code]
    assert found.level == "error"
    assert says in found.message
    assert found.remedy


def test_an_unknown_link_is_refused_when_a_world_is_lowered_unchecked() -> None:
    with pytest.raises(InputError, match="'q'"):
        lower(make_world(road(), trips=stream(3.0, 3), areas=(Area(id="x", link="q"),)), ())


def test_an_area_must_end_beyond_its_begin() -> None:
    with pytest.raises(ValueError, match="not beyond"):
        Area(id="x", link="a", begin_m=20.0, end_m=20.0)
