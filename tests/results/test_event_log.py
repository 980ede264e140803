"""Event logs: of a run, of a real controller, and as the package ``atspm`` reads both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

import trafficsim as ts
from tests.support.reacting_junctions import crossing
from tests.support.real_data import NoData, data_folder, require_data
from trafficsim.results.event_log import EventLog
from trafficsim.results.event_log_files import read_event_log, write_event_log
from trafficsim.results.event_log_making import event_log
from trafficsim.results.store import stored_runs
from trafficsim.spec.control import ControlPhase, SignalControl, SignalDetector

CYCLE_S, ANALYSIS_S = 60.0, 360.0


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of one junction with detectors 60 m and 5 m before a stop line, under two alternatives."""
    network = ts.junction(cycle_s=CYCLE_S)
    links = network.links
    approach = next(one.from_link for one in network.connections if one.signal is not None)
    leaving = next(one.to_link for one in network.connections if one.from_link == approach and one.turn == "through")
    length_m = float(links[approach]["length_m"])
    detectors = [ts.Detector(id=name, link=approach, position_m=length_m - before, headways=True)
                 for name, before in (("far", 60.0), ("near", 5.0))]
    detectors.append(ts.Detector(id="beyond", link=leaving, position_m=50.0, headways=True))
    flow = ts.Flow(id="f", origin=approach, destination=leaving, volume_veh_h=500.0)
    scenario = ts.Scenario(name="cross", time=ts.Time(analysis_s=ANALYSIS_S), network=network, detectors=detectors,
                           demand=ts.Demand(flows=(flow,)))
    folder = tmp_path_factory.mktemp("results")
    study = ts.Study(name="s", question="q", scenarios=(scenario,), replications=1, alternatives={"do nothing": ()})
    ts.compare(study, out=folder)
    return folder


@pytest.fixture(scope="module")
def simulated(results: Path) -> EventLog:
    return ts.event_log_of(results)


@pytest.fixture(scope="module")
def real() -> EventLog:
    try:
        folder = data_folder() / "atspm"
        require_data(folder / "sample_raw_data.parquet", folder / "sample_config.parquet")
    except NoData as absent:
        pytest.skip(str(absent))
    return read_event_log(folder / "sample_raw_data.parquet", folder / "sample_config.parquet")


def test_greens_are_those_of_the_program(simulated: EventLog) -> None:
    program = ts.junction(cycle_s=CYCLE_S).signals[0]
    splits = simulated.splits()
    whole = splits.dropna(subset=["cycle_s"])
    assert set(whole["cycle_s"]) == {CYCLE_S}
    for row in simulated.phases.itertuples():
        index = int(str(row.groups).split()[0])
        green_s = sum(phase.duration_s for phase in program.phases if phase.state[index] in "Gg")
        yellow_s = sum(phase.duration_s for phase in program.phases if phase.state[index] == "y")
        own = whole[whole["Phase"] == row.Phase]
        assert (set(own["green_s"]), set(own["yellow_s"])) == ({green_s}, {yellow_s})
    assert set(whole["termination"]) == {"force_off"}


def test_two_phases_at_a_time_fill_the_cycle(simulated: EventLog) -> None:
    splits = simulated.splits().dropna(subset=["cycle_s"])
    assert splits.groupby("Phase")["split_s"].median().sum() == pytest.approx(2.0 * CYCLE_S)


def test_every_passed_vehicle_is_one_arrival(simulated: EventLog, results: Path) -> None:
    from trafficsim.results.store import read_tables

    passed = read_tables(results)["headways"]
    on = simulated.events[simulated.events["EventId"] == 82]
    assert len(on) == int(passed["detector"].isin(["far", "near"]).sum()) > 30
    off = simulated.events[simulated.events["EventId"] == 81]
    for channel, times in on.groupby("Parameter")["TimeStamp"]:
        ends = off.loc[off["Parameter"] == channel, "TimeStamp"].to_numpy()
        begins = times.to_numpy()
        assert (begins <= ends).all()
        assert (ends[:-1] <= begins[1:]).all()


def test_a_detector_with_no_signal_ahead_is_told(simulated: EventLog) -> None:
    assert any("'beyond'" in note for note in simulated.notes)


def test_departures_are_on_green(simulated: EventLog) -> None:
    near = simulated.arrivals("Yellow_Red")
    # 5 m before the line only the first of a queue has passed the detector while it is red.
    assert near[near["state"] == "red"].groupby("cycle_begin").size().max() == 1
    far = simulated.arrivals()
    assert len(far) > 20
    assert (far["state"] == "green").mean() < (near["state"] == "green").mean()


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_a_written_log_reads_back(simulated: EventLog, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"log{ending}"
    write_event_log(simulated, path)
    again = read_event_log(path)
    for name in ("events", "detectors", "phases"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(simulated, name), check_dtype=False)


def test_the_export_says_where_it_wrote(results: Path, tmp_path: Path) -> None:
    done = ts.export("event-log", results, tmp_path / "log.csv")
    assert [path.name for path in done.files] == ["log.csv", "log_detectors.csv", "log_phases.csv"]
    assert list(pd.read_csv(done.files[0]).columns) == ["TimeStamp", "DeviceId", "EventId", "Parameter"]


@pytest.mark.parametrize(("text", "told"), [
    ("TimeStamp,DeviceId,EventId\n", "no column 'Parameter'"),
    ("TimeStamp,DeviceId,EventId,Parameter\nyesterday,1,1,1\n", "yesterday"),
    ("TimeStamp,DeviceId,EventId,Parameter\n2024-01-01,north,1,1\n", "north"),
    ("TimeStamp,DeviceId,EventId,Parameter\n2024-01-01,1,1.5,1\n", "1.5"),
    ("", "log.csv"),
])
def test_a_wrong_log_is_one_message(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text)
    with pytest.raises(ts.InputError, match=told):
        read_event_log(path)


def test_what_controllers_note_takes_the_place_of_what_signals_showed() -> None:
    shown = pd.DataFrame({"program": "j", "group": 0, "groups": "0", "state": ["r", "G", "r"],
                          "since_s": [0.0, 5.0, 9.0]})
    noted = [(10.0, 1, 2), (25.0, 4, 2), (25.0, 8, 2), (28.0, 10, 2), (30.0, 1, 4), (50.0, 5, 4), (50.0, 8, 4),
             (53.0, 10, 4), (54.0, 201, 9), (55.0, 1, 2)]
    control = pd.DataFrame([(time, "j", code, phase) for time, code, phase in noted],
                           columns=["time_s", "signal", "code", "parameter"])
    log = event_log(shown, control=control)
    splits = log.splits().set_index("Phase").loc[[2, 4]]
    assert splits["green_s"].dropna().tolist() == [15.0, 20.0]
    assert splits["split_s"].dropna().tolist() == [20.0, 25.0]
    assert splits["termination"].dropna().tolist() == ["gap_out", "max_out"]
    assert not (log.events["EventId"] == 201).any()


def test_logged_ends_of_clearance_hold_and_phases_keep_their_numbers() -> None:
    road = ts.junction(cycle_s=60)
    signal, width = road.signals[0].id, len(road.signals[0].phases[0].state)
    approach = next(one for one in road.connections if one.turn == "through")
    letters = ["r"] * width
    letters[approach.signal_index or 0] = "G"
    stages = (ControlPhase(number=3, green="".join(letters)),
              ControlPhase(number=7, green="r" * (width - 1) + "g", position=1))
    loops = (SignalDetector(id="a", link=approach.from_link, distance_m=40),)
    road = replace(road, controls=(SignalControl(id=signal, phases=stages, detectors=loops),))
    noted = [(5.0, 1, 3), (12.0, 82, 1), (13.0, 81, 1), (20.0, 4, 3), (20.0, 7, 3), (20.0, 8, 3), (23.0, 10, 3),
             (30.5, 11, 3), (31.0, 1, 7)]
    control = pd.DataFrame([(time, signal, code, what) for time, code, what in noted],
                           columns=["time_s", "signal", "code", "parameter"])
    shown = pd.DataFrame({"program": [signal], "group": [0], "groups": ["0"], "state": ["r"], "since_s": [0.0]})
    log = event_log(shown, road, control=control)
    assert log.splits()[["Phase", "red_clearance_s", "split_s"]].iloc[0].tolist() == [3.0, 7.5, 25.5]
    assert log.phases["Phase"].tolist() == [3, 7]
    assert log.phases["groups"].iloc[0] == str(approach.signal_index)
    assert log.arrivals()[["Phase", "state"]].values.tolist() == [[3, "green"]]


def test_what_is_on_when_a_run_begins_has_no_begin() -> None:
    shown = pd.DataFrame({"program": "j", "group": 0, "groups": "0", "state": ["y", "r"], "since_s": [0.0, 2.0]})
    assert set(event_log(shown).events["EventId"]) == {10, 11, 12}


def test_the_real_log_has_the_known_figures(real: EventLog) -> None:
    """Figures of the data's own description: 81, 91, 98 and 81 greens, 145 gap-outs, 132 force-offs."""
    splits, ended = real.splits(), real.terminations()
    assert splits.groupby("Phase").size().to_dict() == {2: 81, 5: 91, 6: 98, 8: 81}
    assert ended.groupby("termination")["count"].sum().to_dict() == {"force_off": 132, "gap_out": 145}
    assert splits.groupby("Phase")["cycle_s"].median().between(74.0, 78.0).all()


def test_splits_of_the_real_log_are_those_that_its_controller_logged(real: EventLog) -> None:
    rows = real.events[real.events["EventId"].between(300, 315)]
    logged = {(int(row.EventId) - 299, row.TimeStamp): int(row.Parameter) for row in rows.itertuples()}
    splits = real.splits()
    ends = splits["begin"] + pd.to_timedelta(splits["split_s"], unit="s")
    both = [(logged[phase, end.round("100ms")], length) for phase, end, length in
            zip(splits["Phase"], ends, splits["split_s"], strict=True)
            if not pd.isna(end) and (phase, end.round("100ms")) in logged]
    assert len(both) > 300
    assert float(np.mean([abs(one - other) <= 1.0 for one, other in both])) > 0.99


@pytest.fixture
def atspm() -> ModuleType:
    found = pytest.importorskip("atspm", reason="NOT INSTALLED: atspm 2.6.1, which reads event logs (with duckdb < 2)")
    version = metadata.version("duckdb")
    if int(version.partition(".")[0]) >= 2:
        pytest.skip(f"DOES NOT RUN: atspm 2.6.1 with duckdb {version}, which is installed; it needs duckdb < 2")
    return found  # type: ignore[no-any-return]


def peer(atspm: ModuleType, log: EventLog) -> Iterator[pd.DataFrame]:
    """What the package ``atspm`` finds in a log: terminations, splits, arrivals on green."""
    wanted: list[tuple[str, dict[str, float]]] = [
        ("has_data", {"no_data_min": 5, "min_data_points": 1}), ("terminations", {}), ("splits", {}),
        ("arrival_on_green", {"latency_offset_seconds": 0})]
    with atspm.SignalDataProcessor(
            raw_data=log.events, detector_config=log.detectors, bin_size=15, verbose=0, controller_type="maxtime",
            aggregations=[{"name": name, "params": params} for name, params in wanted]) as found:
        found.load()
        found.aggregate()
        for name, _ in wanted[1:]:
            yield found.conn.query(f"select * from {name}").df()


@pytest.mark.parametrize("which", ["simulated", "real"])
def test_atspm_reads_the_same(atspm: ModuleType, which: str, request: pytest.FixtureRequest) -> None:
    log: EventLog = request.getfixturevalue(which)
    ended, splits, arrivals = peer(atspm, log)
    assert ended["Total"].sum() == log.terminations()["count"].sum() > 0
    own = log.splits().dropna(subset=["split_s"])
    rows = splits[splits["EventId"] < 316]
    assert abs(int(rows["Services"].sum()) - len(own)) <= 5  # splits that began before the log, or end behind it
    mean_s = float((rows["Services"] * rows["Average_Split"]).sum() / rows["Services"].sum())
    assert mean_s == pytest.approx(own["split_s"].mean(), rel=0.02)
    green = (arrivals["Total_Actuations"] * arrivals["Percent_AOG"]).sum()
    mine = log.arrivals()
    assert green == pytest.approx((mine["state"] == "green").sum())
    # It counts arrivals before the first event of a phase as none on green; here they are left out.
    assert 0 <= arrivals["Total_Actuations"].sum() - len(mine) <= 12


def test_signals_that_a_policy_lets_react_have_phases_and_channels_of_their_own(tmp_path: Path) -> None:
    """Indices are those that are green in every green of the phase; its own detectors have the channels 1 to 8."""
    lengths_m = {f"in{arm}": ts.junction().links[f"in{arm}"]["length_m"] for arm in range(2)}
    far = tuple(ts.Detector(id=f"far {link}", link=link, headways=True, position_m=length_m - 60)
                for link, length_m in lengths_m.items())
    scenario = crossing(200.0, 300.0).model_copy(update={"detectors": far})
    ts.compare(ts.Study(name="logs", scenarios=[scenario], replications=1, alternatives={
        "do nothing": (), "actuated": (ts.policies.Actuated(),)}), out=tmp_path)
    labels = next(one for one, files in stored_runs(tmp_path).items()
                  if one.alternative == "actuated" and "signals_shown" in files)
    log = ts.event_log_of(tmp_path, labels)
    assert log.phases[["signal", "Phase", "groups"]].to_numpy().tolist() == [
        ["centre", 1, "0 1 2 6 7 8"], ["centre", 2, "3 4 5 9 10 11"]]
    assert log.detectors[["Phase", "Parameter", "Function"]].to_numpy().tolist() == [
        [1, 9, "Advance"], [2, 10, "Advance"]]
    assert set(log.terminations()["termination"]) == {"gap_out"}
    assert log.arrivals_on_green()["arrivals"].sum() > 20
