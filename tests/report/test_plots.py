"""Plots as functions of tables: what is drawn is what the tables say."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import trafficsim as ts
from tests.report.studies import RUDE, world
from trafficsim.base.errors import InputError
from trafficsim.report.changes import programs_after
from trafficsim.report.look import MARKS, clock, svg
from trafficsim.report.plots.delay_map import delay_change_s
from trafficsim.report.plots.fundamental_diagram import area_states
from trafficsim.report.plots.time_space import greens, stop_lines
from trafficsim.results.trace import link_starts
from trafficsim.run.result import StudyResult

EXACT = 1e-9


@pytest.fixture(scope="module")
def roads() -> ts.World:
    return ts.build(world())


def first(result: StudyResult, alternative: str = "do nothing") -> pd.DataFrame:
    table = result.trajectories
    return table[(table["alternative"] == alternative) & (table["replication"] == 1)]


def points(figure: Figure, marker: str) -> list[float]:
    return [float(x) for line in figure.axes[0].lines if line.get_marker() == marker for x in line.get_xdata()]


def test_importing_the_package_loads_no_drawing() -> None:
    code = ("import sys, trafficsim as ts; ts.load; ts.report; assert 'matplotlib' not in sys.modules; "
            "ts.plot.network; assert 'matplotlib' in sys.modules; assert 'matplotlib.pyplot' not in sys.modules; "
            "import trafficsim.report.page; assert callable(ts.report)")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_differences_are_those_of_the_comparison(result: StudyResult) -> None:
    drawn = ts.plot.difference(result.indicators, "mean_delay_s")
    rows = result.comparison.chosen("mean_delay_s")
    assert points(drawn, "D") == pytest.approx([one.diff for one in rows], abs=EXACT)
    assert len(points(drawn, "o")) == sum(one.n for one in rows)
    assert np.mean(points(drawn, "o")[:5]) == pytest.approx(rows[0].diff, abs=EXACT)
    alone = ts.plot.difference(result.comparison, "mean_delay_s")
    assert points(alone, "D") == points(drawn, "D")
    assert points(alone, "o") == []


def test_shares_are_drawn_in_percentage_points(result: StudyResult) -> None:
    drawn = ts.plot.difference(result.indicators, "share_over_limit")
    expected = [100.0 * one.diff for one in result.comparison.chosen("share_over_limit")]
    assert points(drawn, "D") == pytest.approx(expected, abs=EXACT)
    assert "percentage points" in drawn.axes[0].get_xlabel()


def test_path_times_are_means_of_replications(result: StudyResult) -> None:
    drawn = ts.plot.path_times(result.paths, names=("main",))
    rows = result.paths[(result.paths["path"] == "main") & (result.paths["alternative"] == "camera")]
    assert float(rows["mean_time_s"].mean()) in [pytest.approx(value) for line in drawn.axes[0].lines
                                                 for value in line.get_xdata()]
    assert [label.get_text() for label in drawn.axes[0].get_yticklabels()] == ["do nothing", RUDE, "camera"]


def test_speed_distribution_adds_up_to_all_traversals(result: StudyResult) -> None:
    counts = result.speed_counts
    drawn = ts.plot.speed_distribution(counts, ["middle"])
    steps = [patch for patch in drawn.axes[0].patches if hasattr(patch, "get_data")]
    assert len(steps) == 3
    rows = counts[(counts["place"] == "middle") & (counts["alternative"] == "do nothing")]
    values, edges, _ = steps[0].get_data()
    assert values.sum() == pytest.approx(100.0)
    above = rows["traversals"][rows["bin_kmh"] >= 0].sum() / rows["traversals"].sum()
    assert values[edges[:-1] >= 0].sum() == pytest.approx(100.0 * float(above))


def test_time_space_puts_vehicles_where_they_were(result: StudyResult, roads: ts.World) -> None:
    table = first(result)
    drawn = ts.plot.time_space(table, roads, "main")
    links = roads.network.paths["main"]
    starts = dict(zip(links, link_starts(roads.network, links), strict=True))
    seen = {tuple(point) for line in drawn.axes[0].collections[0].get_segments() for point in line.tolist()}
    rows = table[table["link"] == "east2"].head(50)
    assert len(rows) == 50
    for row in rows.itertuples():
        assert (row.time_s, starts["east2"] + row.position_m) in seen


def test_colours_of_vehicles_are_their_speeds_on_the_scale_of_the_limit(result: StudyResult, roads: ts.World) -> None:
    table = first(result)
    drawn = ts.plot.time_space(table, roads, "main").axes[0].collections[0]
    limit_kmh = max(roads.network.links[link]["speed_limit_kmh"] for link in roads.network.paths["main"])
    assert (drawn.norm.vmin, drawn.norm.vmax) == (0.0, limit_kmh)
    pieces = np.array(drawn.get_segments())
    speed_kmh = (pieces[:, 1, 1] - pieces[:, 0, 1]) / (pieces[:, 1, 0] - pieces[:, 0, 0]) * 3.6
    assert np.asarray(drawn.get_array()) == pytest.approx(speed_kmh, abs=EXACT)
    assert float(speed_kmh.min()) >= 0.0


def test_times_are_those_of_the_clock(result: StudyResult, roads: ts.World) -> None:
    axes = ts.plot.time_space(first(result), roads, "main").axes[0]
    marks = dict(zip(axes.get_xticks(), (text.get_text() for text in axes.get_xticklabels()), strict=True))
    assert len(marks) > 2
    assert all(text == clock(time) for time, text in marks.items())
    assert clock(16.5 * 3600 + 30) == "16:30:30"


def test_means_of_few_vehicles_are_hollow_without_a_bar_and_with_their_number(result: StudyResult) -> None:
    few = result.paths.assign(vehicles=result.paths["vehicles"].where(result.paths["alternative"] != "camera", 2))
    axes = ts.plot.path_times(few, names=("main",)).axes[0]
    fills = {line.get_marker(): line.get_markerfacecolor() for line in axes.lines if len(line.get_xdata()) == 1}
    assert list(fills.values()) == [MARKS[0].colour, MARKS[1].colour, "white"]
    assert len(axes.patches) == 2
    assert [text.get_text() for text in axes.texts] == ["2.0 veh"]


def test_length_of_a_path_is_that_of_the_tables(result: StudyResult, roads: ts.World) -> None:
    links = roads.network.paths["main"]
    length = link_starts(roads.network, links)[-1] + roads.network.links[links[-1]]["length_m"]
    assert length == pytest.approx(float(result.paths.query("path == 'main'")["length_m"].iloc[0]))


def test_greens_are_those_of_the_programs(roads: ts.World) -> None:
    line = stop_lines(roads.network, roads.network.paths["main"])[0]
    program = next(one for one in roads.network.signals if one.id == line.program)
    total = sum(phase.duration_s for phase in program.phases if phase.state[line.indices[0]] in "Gg")
    found = greens(program, line.indices, 100.0, 100.0 + 10 * program.cycle_s)
    assert sum(end - begin for begin, end in found) == pytest.approx(10 * total)


def test_vehicles_cross_stop_lines_at_green(result: StudyResult, roads: ts.World) -> None:
    """Greens and traces are drawn on one clock: nobody crosses in the middle of red, before and after retiming."""
    for alternative in ("do nothing", RUDE):
        programs = {one.id: one for one in programs_after(roads.network, result.ledger, alternative)}
        line = stop_lines(roads.network, roads.network.paths["main"])[0]
        table = first(result, alternative).sort_values(["trip", "time_s"])
        here, trip = table["link"].to_numpy(object), table["trip"].to_numpy(object)
        crossed = (here[:-1] == "east1") & (here[1:] == "east2") & (trip[:-1] == trip[1:])
        times = table["time_s"].to_numpy(float)[1:][crossed]
        assert len(times) > 20
        spans = greens(programs[line.program], line.indices, 0.0, 2000.0)
        # Yellow lasts 3 s, and the path through the junction takes up to 5 s at 14 m/s from standing.
        inside = [any(begin <= time <= end + 8.0 for begin, end in spans) for time in times]
        assert all(inside)


def test_change_of_delay_on_a_link() -> None:
    rows = [("do nothing", 1, "a", 0.0, 10.0, 8.0, 30.0), ("do nothing", 1, "a", 300.0, 5.0, 7.0, 10.0),
            ("retimed", 1, "a", 0.0, 10.0, 10.0, 12.0), ("retimed", 1, "a", 300.0, 5.0, 5.0, 6.0)]
    table = pd.DataFrame(rows, columns=["alternative", "replication", "link", "begin_s", "entered", "left",
                                        "delay_s_per_vehicle"])
    before, after = (30.0 * 10 + 10.0 * 7) / 15, (12.0 * 10 + 6.0 * 5) / 15
    assert delay_change_s(table, "retimed", "do nothing").to_dict() == {"a": pytest.approx(after - before)}
    later = delay_change_s(table, "retimed", "do nothing", begin_s=300.0)
    assert later.to_dict() == {"a": pytest.approx(6.0 - 10.0 * 7 / 5)}


def test_fundamental_diagram_shows_every_interval(result: StudyResult) -> None:
    table = result.links[result.links["alternative"] == "do nothing"]
    drawn = ts.plot.fundamental_diagram(table, ["east1"])
    rows = table[table["link"] == "east1"].dropna(subset=["speed_kmh"])
    assert list(drawn.axes[0].lines[0].get_xdata()) == rows["density_veh_km"].tolist()
    assert list(drawn.axes[1].lines[0].get_ydata()) == rows["speed_kmh"].tolist()


def test_road_classes_have_rows_of_their_own_per_lane(result: StudyResult, roads: ts.World) -> None:
    links = {link: {**one, "road_class": "rural" if link == "east1" else "urban", "lanes": 2}
             for link, one in roads.network.links.items()}
    graph = roads.network.graph.copy()
    for _, _, attributes in graph.edges(data=True):
        attributes.update({key: links[attributes["id"]][key] for key in ("road_class", "lanes")})
    table = result.links[result.links["alternative"] == "do nothing"]
    drawn = ts.plot.fundamental_diagram(table, network=replace(roads.network, graph=graph))
    assert [axes.get_title(loc="left") for axes in drawn.axes[::2]] == ["rural roads", "urban roads"]
    rows = table[table["link"] == "east1"].dropna(subset=["speed_kmh"])
    assert list(drawn.axes[0].lines[0].get_xdata()) == pytest.approx((rows["density_veh_km"] / 2).tolist())


def test_states_of_an_area_are_sums_over_lane_kilometres(result: StudyResult, roads: ts.World) -> None:
    area = ["east1", "east2"]
    found = area_states(result.links, roads, area)
    one = found[(found["alternative"] == "do nothing") & (found["replication"] == 1)].iloc[2]
    rows = result.links[(result.links["alternative"] == "do nothing") & (result.links["replication"] == 1)
                        & (result.links["begin_s"] == one["begin_s"]) & result.links["link"].isin(area)]
    lanes = [roads.network.links[link]["lanes"] for link in rows["link"]]
    hours = float((rows["end_s"] - rows["begin_s"]).iloc[0]) / 3600.0
    lane_km_h = sum(rows["measured_length_m"] * lanes) / 1000.0 * hours
    assert one["flow_veh_h_lane"] * lane_km_h == pytest.approx(rows["vehicle_km"].sum())
    assert one["density_veh_km_lane"] * lane_km_h == pytest.approx(rows["vehicle_h"].sum())
    whole = ts.plot.macroscopic_fundamental_diagram(result.links, roads).axes[0]
    assert whole.get_xlabel() == "density (veh/km/lane)"


def test_all_maps_have_one_scale_and_no_hole_at_junctions(result: StudyResult, roads: ts.World) -> None:
    scales = set()
    for alternative in (RUDE, "camera"):
        figure = ts.plot.delay_map(roads, result.links, alternative)
        scales.add(tuple(text.get_text() for text in figure.axes[1].get_xticklabels()))
        lines = [piece.tolist() for piece in figure.axes[0].collections[0].get_segments()]
        begins, ends = {tuple(line[0]) for line in lines}, {tuple(line[-1]) for line in lines}
        movements = {(movement.from_link, movement.to_link) for movement in roads.network.connections}
        assert len(lines) == len(roads.network.links) + len(movements)
        joined = [line for line in lines if tuple(line[0]) in ends and tuple(line[-1]) in begins]
        assert len(joined) >= len(movements)
    assert len(scales) == 1


def test_streets_and_signals_are_named_where_the_network_knows_them(roads: ts.World) -> None:
    graph = roads.network.graph.copy()
    for _, _, attributes in graph.edges(data=True):
        attributes["name"] = "King Road" if str(attributes["id"]).startswith("east") else ""
    named = replace(roads.network, graph=graph)
    told = [text.get_text() for text in ts.plot.network(named).axes[0].texts]
    assert told.count("King Road") == 1
    assert {"j1", "j2"} <= set(told)
    assert "King Road" not in [text.get_text() for text in ts.plot.network(roads).axes[0].texts]


@pytest.mark.parametrize("draw", [
    lambda result, roads: ts.plot.macroscopic_fundamental_diagram(result.links, roads, ["nowhere"]),
    lambda result, roads: ts.plot.difference(result.indicators, "speed"),
    lambda result, roads: ts.plot.difference(result.indicators[result.indicators["alternative"] == "do nothing"]),
    lambda result, roads: ts.plot.path_times(result.paths, names=("nowhere",)),
    lambda result, roads: ts.plot.speed_distribution(result.speed_counts, ["nowhere"]),
    lambda result, roads: ts.plot.time_space(result.trajectories, roads, "main"),
    lambda result, roads: ts.plot.time_space(first(result), roads, "nowhere"),
    lambda result, roads: ts.plot.time_space(first(result), roads, []),
    lambda result, roads: ts.plot.fundamental_diagram(result.links, ["nowhere"]),
    lambda result, roads: ts.plot.delay_map(roads, result.links, "nowhere"),
    lambda result, roads: ts.plot.path_times(result.paths, language="tlh"),
])
def test_what_cannot_be_drawn_is_refused(draw: object, result: StudyResult, roads: ts.World) -> None:
    with pytest.raises(InputError):
        draw(result, roads)  # type: ignore[operator]


def test_series_differ_without_colour() -> None:
    assert len({look.marker for look in MARKS}) == len({str(look.dash) for look in MARKS}) == len(MARKS)


def contrast(colour: str) -> float:
    """Contrast to white by WCAG 2.2."""
    parts = [int(to_hex(colour)[place: place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def test_series_stand_out_from_the_page() -> None:
    # 3 to 1 is what WCAG 2.2 (1.4.11) asks of graphics.
    assert min(contrast(look.colour) for look in MARKS) >= 3.0


def test_drawings_repeat_and_keep_their_ids_apart(result: StudyResult) -> None:
    one, again, other = (svg(ts.plot.difference(result.indicators), key) for key in ("a", "a", "b"))
    assert one == again
    assert 'id="a-' in one
    assert 'id="a-' not in other
    assert "http" not in one


def test_a_network_is_drawn_from_a_world(roads: ts.World, tmp_path: Path) -> None:
    drawn = ts.plot.network(roads, title="main road")
    assert drawn.axes[0].get_title(loc="left") == "main road"
    assert any(line.get_marker() == "s" for line in drawn.axes[0].lines)


def test_a_trace_needs_nothing_beside_it() -> None:
    road = ts.corridor([200.0, 200.0, 200.0], signals=[1])
    flow = ts.Flow(id="f", origin="east1", destination="east3", volume_veh_h=600.0,
                   vehicle_classes={"car": 0.5, "truck": 0.5})
    world = ts.Scenario(name="road", network=road, demand=ts.Demand(flows=(flow,)), time=ts.Time(analysis_s=300.0))
    found = ts.trace(world, links=["east1", "east2"], window_s=(0.0, 200.0))
    assert set(found.trajectories["link"]) == {"east1", "east2"}
    assert float(found.trajectories["time_s"].max()) <= 201.0
    assert set(found.trajectories["class"]) == {"car", "truck"}
    starts = dict(zip(found.route, link_starts(road, found.route), strict=True))
    rows = found.trajectories
    assert (rows["distance_m"] - rows["position_m"]).tolist() == pytest.approx([starts[link] for link in rows["link"]])
    assert ts.plot.time_space(found).axes[0].get_ylabel() == "distance along the route (m)"
    with pytest.raises(ts.InputError, match="no such path"):
        ts.trace(world, links="nowhere")
    with pytest.raises(ts.InputError, match="nowhere"):
        ts.trace(world, links=["nowhere"])
