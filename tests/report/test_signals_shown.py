"""Time-space diagrams draw what signals showed; results of older versions, which do not hold it, open as before."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

import trafficsim as ts
from tests.report.studies import world
from trafficsim.report.plots.time_space import greens, stop_lines
from trafficsim.results.signals import shown_greens

PLANNED = "greens are those of the programs as planned"


def test_a_page_of_new_results_says_nothing_of_plans(page: str) -> None:
    assert PLANNED not in page


def test_results_without_the_table_are_drawn_as_planned_and_that_is_said(folder: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    shutil.copytree(folder, old)
    removed = list(old.glob("signals_shown@*"))
    for path in removed:
        path.unlink()
    ts.report(old, tmp_path / "old.html")
    assert removed
    assert PLANNED in (tmp_path / "old.html").read_text(encoding="utf-8")


def test_fixed_programs_are_shown_as_they_are_planned(folder: Path) -> None:
    network = ts.build(world()).network
    shown = pd.read_parquet(next(folder.glob("signals_shown@small@do%20nothing@1@*")))
    lines = stop_lines(network, network.paths["main"])
    assert len(lines) == 2
    for line in lines:
        program = next(one for one in network.signals if one.id == line.program)
        assert shown_greens(shown, line.program, line.indices, (200.0, 900.0)) == greens(
            program, line.indices, 200.0, 900.0)


def test_every_group_of_every_program_is_shown_from_the_start(folder: Path) -> None:
    network = ts.build(world()).network
    shown = pd.read_parquet(next(folder.glob("signals_shown@small@do%20nothing@1@*")))
    for program in network.signals:
        own = shown[(shown["program"] == program.id) & (shown["since_s"] == 0.0)]
        groups = sorted(int(index) for members in own["groups"] for index in members.split())
        assert groups == list(range(len(program.phases[0].state)))
        state = {int(index): letter for members, letter in zip(own["groups"], own["state"], strict=True)
                 for index in members.split()}
        begin = -program.offset_s % program.cycle_s
        for phase in program.phases:
            if begin < phase.duration_s:
                assert "".join(state[index] for index in groups) == phase.state
                break
            begin -= phase.duration_s


def test_a_trace_brings_what_signals_showed() -> None:
    trace = ts.trace(world(), "main", window_s=(120.0, 240.0))
    assert trace.shown is not None
    assert set(trace.shown["program"]) == {one.id for one in trace.signals}
    assert ts.plot.time_space(trace).axes[0].get_ylabel() == "distance along the route (m)"


def test_a_time_space_diagram_has_the_greens_that_signals_gave_by_themselves() -> None:
    """Bars at the first stop line are greens that the actuated signal showed, and not those of its program."""
    trace = ts.trace(world(), "main", window_s=(120.0, 240.0), policies=[ts.policies.Actuated()])
    assert trace.shown is not None
    line = stop_lines(trace.network, trace.route)[0]
    program = next(one for one in trace.network.signals if one.id == line.program)
    given = shown_greens(trace.shown, line.program, line.indices, (120.0, 240.0))
    assert given
    assert given != greens(program, line.indices, 120.0, 240.0)
    bars = [segment for collection in ts.plot.time_space(trace).axes[0].collections
            for segment in collection.get_segments() if (segment[:, 1] == line.position_m).all()]
    drawn = [(float(bar[0, 0]), float(bar[-1, 0])) for bar in bars]
    begin, end = (float(trace.trajectories["time_s"].agg(how)) for how in ("min", "max"))
    assert drawn == [(max(first, begin), min(last, end)) for first, last in given if first < end and last > begin]


@pytest.mark.parametrize("row", ["green_share", "capacity_veh_h"])
def test_greens_of_whole_cycles_are_those_of_the_program(folder: Path, row: str) -> None:
    movements = pd.read_parquet(next(folder.glob("movements@small@do%20nothing@1@*")))
    network = ts.build(world()).network
    main = movements[(movements["from_link"] == "east1") & (movements["to_link"] == "east2")].iloc[0]
    (program,) = [one for one in network.signals if one.id == stop_lines(network, ["east1", "east2"])[0].program]
    index = stop_lines(network, ["east1", "east2"])[0].indices[0]
    share = sum(phase.duration_s for phase in program.phases if phase.state[index] in "Ggs") / program.cycle_s
    assert main["green_share"] == pytest.approx(share, abs=1e-12)
    assert main[row] > 0.0
