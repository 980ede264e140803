"""Pictures of signals: what is drawn is what plans, logs and tables say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import trafficsim as ts
from tests.support.real_data import NoData, data_folder, require_data
from trafficsim.design.timing.ring_barrier import windows
from trafficsim.report.plots.cumulative import delay_veh_h
from trafficsim.spec.control import ControlPhase, SignalControl


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def dual_ring() -> ts.RingBarrier:
    places = ((1, 1, 1, 1, 10), (2, 1, 1, 2, 30), (4, 1, 2, 1, 20), (5, 2, 1, 1, 15), (6, 2, 1, 2, 25),
              (8, 2, 2, 1, 20))
    phases = tuple(ts.RingPhase(number=number, ring=ring, barrier=barrier, position=place, green_s=green, yellow_s=3,
                                all_red_s=2, min_green_s=5, max_green_s=40)
                   for number, ring, barrier, place, green in places)
    return ts.RingBarrier(phases=phases, coordinated=(2, 6))


def log_of(times: dict[int, list[float]], phase: int = 2) -> ts.EventLog:
    """A log with events of one phase at s after eight, and one advance detector, channel 9."""
    rows = sorted((time, code) for code, found in times.items() for time in found)
    events = pd.DataFrame({
        "TimeStamp": pd.Timestamp("2024-01-01 08:00") + pd.to_timedelta([time for time, _ in rows], unit="s"),
        "DeviceId": 1, "EventId": [code for _, code in rows],
        "Parameter": [9 if code == 82 else phase for _, code in rows]})
    detectors = pd.DataFrame({"DeviceId": [1], "Phase": [phase], "Parameter": [9], "Function": ["Advance"]})
    return ts.EventLog(events, detectors)


THREE_CYCLES = log_of({10: [0.0, 60.0, 120.0], 1: [20.0, 80.0], 8: [57.0, 117.0], 4: [57.0], 6: [117.0],
                       82: [5.0, 30.0, 58.0, 90.0, 130.0]})


def test_bars_of_the_ring_diagram_are_the_windows_of_its_phases() -> None:
    timing = dual_ring()
    figure = ts.plot.ring_barrier(timing)
    bars = sorted((round(bar.get_x(), 3), round(bar.get_x() + bar.get_width(), 3)) for bar in figure.axes[0].patches)
    wanted = []
    for window in windows(timing).values():
        wanted += [(window.begin_s, window.yellow_at_s), (window.yellow_at_s, window.red_at_s),
                   (window.red_at_s, window.end_s)]
    assert bars == sorted(wanted)
    barriers = {float(np.asarray(line.get_xdata())[0]) for line in figure.axes[0].lines}
    assert barriers == {0.0, 50.0, 75.0}


def test_a_signal_that_reacts_is_drawn_with_its_splits() -> None:
    stages = (ControlPhase(number=1, green="Gr", split_s=30.0, coordinated=True),
              ControlPhase(number=2, green="rG", position=1, max_green_s=20.0))
    figure = ts.plot.ring_barrier(SignalControl(id="j", phases=stages))
    assert figure.axes[0].get_xlim() == (0.0, 55.0)
    assert any("5–40 s" in text for text in texts(figure))


@pytest.mark.parametrize(("language", "word"), [("en", "phase 2"), ("ar", "الطور")])
def test_phases_are_named_in_the_language(language: str, word: str) -> None:
    assert any(word in text for text in texts(ts.plot.ring_barrier(dual_ring(), language=language)))


def test_bullhead_has_eight_phases_in_two_rings() -> None:
    try:
        path = data_folder() / "utdf_bullhead" / "UTDF.csv"
        require_data(path)
    except NoData as absent:
        pytest.skip(str(absent))
    timing = ts.read_ring_barriers(path)["39"]
    assert (len(timing.phases), timing.rings, timing.coordinated) == (8, (1, 2), (2, 6))
    assert len(ts.plot.ring_barrier(timing).axes[0].patches) == 24


def test_a_plan_shows_the_greens_of_its_program() -> None:
    road = ts.junction(cycle_s=60)
    figure = ts.plot.signal_plan(road)
    greens = {sum(phase.duration_s for phase in road.signals[0].phases if phase.state[index] in "Gg")
              for index in range(len(road.signals[0].phases[0].state))}
    assert {float(text) for text in texts(figure)} == greens
    assert figure.axes[0].get_xlim() == (0.0, 60.0)


def test_an_unknown_signal_is_told() -> None:
    with pytest.raises(ts.InputError, match="no such signal"):
        ts.plot.signal_plan(ts.junction(), "nowhere")


def test_the_split_monitor_tells_endings_apart() -> None:
    drawn = {line.get_marker(): (np.asarray(line.get_xdata()).tolist(), np.asarray(line.get_ydata()).tolist())
             for line in ts.plot.split_monitor(THREE_CYCLES).axes[0].lines}
    assert drawn["o"] == ([8 * 3600.0 + 20.0], [40.0])
    assert drawn["s"] == ([8 * 3600.0 + 80.0], [40.0])
    assert drawn["^"] == ([], [])


def test_the_coordination_diagram_has_arrivals_by_the_begin_of_red() -> None:
    figure = ts.plot.coordination_diagram(THREE_CYCLES)
    lines = figure.axes[0].lines
    assert np.asarray(lines[0].get_ydata()).tolist() == [5.0, 30.0, 58.0, 30.0, 10.0]
    assert [np.asarray(line.get_ydata()).tolist() for line in lines[1:]] == [[20.0, 20.0], [57.0, 57.0], [60.0, 60.0]]
    assert figure.axes[0].get_title(loc="left") == "1, phase 2: 40 % of 5 arrivals on green"


@pytest.mark.parametrize(("call", "told"), [
    (lambda: ts.plot.split_monitor(THREE_CYCLES, device=7), "controller 7"),
    (lambda: ts.plot.split_monitor(log_of({10: [0.0]})), "no green"),
    (lambda: ts.plot.coordination_diagram(THREE_CYCLES, phase=4), "no arrival"),
])
def test_a_picture_of_nothing_is_told(call: object, told: str) -> None:
    assert callable(call)
    with pytest.raises(ts.InputError, match=told):
        call()


def bottleneck() -> pd.DataFrame:
    """An hour with 1,200 veh/h that arrive; for half of it only 600 may leave, then 1,800."""
    begin = np.arange(0.0, 3600.0, 300.0)
    return pd.DataFrame({"link": "a", "begin_s": begin, "end_s": begin + 300.0, "entered": 100,
                         "left": [50] * 6 + [150] * 6})


def test_the_area_between_the_curves_is_the_delay_of_the_queue_formula() -> None:
    """Triangle: 300 vehicles at most after half an hour, gone after an hour: 150 veh h (deterministic queue)."""
    figure = ts.plot.cumulative_curves(bottleneck(), "a", free_flow_s=0.0)
    assert figure.axes[0].get_title(loc="left") == "delay 150.0 veh h, most 300 vehicles"
    _, arrived, departed = (np.asarray(line.get_xydata()) for line in figure.axes[0].lines)
    assert delay_veh_h(arrived, departed) == pytest.approx(150.0)


def test_free_flow_is_no_delay() -> None:
    free = bottleneck().assign(left=100)
    shifted = delay_veh_h(*(np.array([[0.0, 0.0], [3600.0, 1200.0]]),) * 2)
    assert shifted == 0.0
    assert ts.plot.cumulative_curves(free, "a", free_flow_s=0.0).axes[0].get_title(loc="left").startswith("delay 0")


def test_curves_without_a_free_flow_time_ask_for_it() -> None:
    with pytest.raises(ts.InputError, match="free_flow_s"):
        ts.plot.cumulative_curves(bottleneck(), "a")


def test_the_report_shows_arrivals_where_detectors_record_vehicles(tmp_path: Path) -> None:
    road = ts.junction(cycle_s=60)
    approach = next(one for one in road.connections if one.turn == "through")
    far = ts.Detector(id="far", link=approach.from_link, headways=True,
                      position_m=float(road.links[approach.from_link]["length_m"]) - 60.0)
    flow = ts.Flow(id="f", origin=approach.from_link, destination=approach.to_link, volume_veh_h=500)
    cross = ts.Scenario(name="cross", time=ts.Time(analysis_s=300), network=road, detectors=[far],
                        demand=ts.Demand(flows=(flow,)))
    alternatives = {"do nothing": (), "slow": (ts.policies.SpeedLimit(on=ts.links(approach.from_link), limit_kmh=30),)}
    study = ts.Study(name="s", question="q", scenarios=(cross,), replications=2, alternatives=alternatives)
    ts.compare(study, out=tmp_path)
    log = ts.event_log_of(tmp_path)
    page = ts.report(tmp_path).read_text(encoding="utf-8")
    assert page.count("Coordination diagram of signal") == 2
    assert f"of {len(ts.event_log_of(tmp_path).arrivals())} arrivals on green" in page
    assert len(log.arrivals()) > 20
    assert "Signals at work" in page
