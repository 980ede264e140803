"""Trajectories: exactly the positions that the road has after every tick, of the chosen vehicles, links and times."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.oracles.road_state import unpack
from tests.support.small_city import city_plan
from tests.support.tiers import long_without_compiler
from trafficsim.engines.ca import run
from trafficsim.engines.ca import traces as of_traces
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import compile_plan
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.rng import Stream, u01
from trafficsim.plan.arrays import Plan
from trafficsim.results.digest import digest
from trafficsim.results.frames import Labels
from trafficsim.results.tables import trajectories_table

Row = tuple[float, int, int, int, float, float]
SETTINGS = CellularAutomaton()


def slowly(plan: Plan, ticks: range) -> list[Row]:
    """Every vehicle after every one of some ticks, read off the road."""
    program = compile_plan(replace(plan, trajectory_share=0.0), SETTINGS)
    rows: list[Row] = []
    for tick in range(ticks.stop):
        advance(program, tick, tick + 1)
        if tick not in ticks:
            continue
        road = unpack(program)
        length = program.net.lane.length
        for trip, lane, front, speed in zip(road.trip, road.lane, road.front, road.speed, strict=True):
            link = int(plan.lanes.link[lane])
            rows.append((tick + 1.0, int(trip), link, int(lane),
                         float(front + length[lane]) * 0.5, float(speed) * 0.5))
    return sorted(rows)


def traced(plan: Plan) -> list[Row]:
    found = run(plan, SETTINGS).trajectories
    return sorted(zip(*(part.tolist() for part in found), strict=True))


@long_without_compiler
def test_all_trajectories_are_the_road_tick_by_tick() -> None:
    plan = city_plan()
    whole = slowly(plan, range(150))
    assert len(whole) > 3000
    assert traced(replace(plan, trajectory_share=1.0)) == whole


def test_shares_links_and_times_choose_from_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_traces, "MOST_ROWS", 100)  # the buffer is emptied every few ticks
    plan = city_plan()
    links = tuple(range(0, len(plan.link_id), 3))
    chosen = set(np.flatnonzero(u01(plan.trips.key, Stream.TRACE, 0, 0) < 0.4).tolist())
    expected = [row for row in slowly(plan, range(41, 90)) if row[1] in chosen and row[2] in links]
    assert len(expected) > 100
    some = replace(plan, trajectory_share=0.4, trace_link=links, trace_begin_s=40.5, trace_end_s=90.0)
    assert traced(some) == expected


def test_the_table_counts_lanes_from_the_nearside_of_their_link() -> None:
    plan = replace(city_plan(), trajectory_share=1.0)
    table = trajectories_table(plan, run(plan), Labels("town", "do nothing", 1, "ca"))
    assert set(table["lane"]) == {0, 1}


def test_traces_change_nothing() -> None:
    plan = city_plan()
    assert digest(plan, run(plan)) == digest(plan, run(replace(plan, trajectory_share=1.0)))
