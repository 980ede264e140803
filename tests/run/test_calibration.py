"""Demand of scenarios from counts: what is fitted, written, kept, held out and refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import trafficsim as ts
from trafficsim.base.errors import TrafficsimError
from trafficsim.cli import app
from trafficsim.io.counts import read_counts
from trafficsim.run.calibration.result import CalibratedDemand

SCENARIO = """
name = "town"
[time]
start_s = 25200
analysis_s = 3600
clear_s = 600
[network.builder]
kind = "grid"
arguments = { rows = 3, columns = 3 }
[demand]
routes = "free_flow"
"""
FLOW = '[[demand.flows]]\nid = "{0}"\norigin = "{1}"\ndestination = "{2}"\nvolume_veh_h = {3}\n'
ENDS = {"w0_r0c0": "r0c2_e0", "w1_r1c0": "r1c2_e1", "s1_r0c1": "r2c1_n1", "s2_r0c2": "r2c2_n2", "e2_r2c2": "r2c0_w2"}


def write_town(folder: Path, extra: str = "", volume: float = 200.0) -> Path:
    """Every entry sends to every exit."""
    flows = [FLOW.format(f"f{number}", origin, destination, volume) for number, (origin, destination)
             in enumerate((a, b) for a in ENDS for b in ENDS.values())]
    path = folder / "town.toml"
    path.write_text(SCENARIO + "\n".join(flows) + extra)
    return path


def counted(scenario: Path, factor: float = 1.5) -> ts.Counts:
    """Counts of all links that are passed: a factor times what the scenario has."""
    nothing = ts.Counts((ts.Count("x", "link", "w0_r0c0", "", "", 25200.0, 28800.0, "all", 1.0),))
    links = ts.calibrate(scenario, nothing, hold_out=0.0, iterations=0).links
    return ts.Counts(tuple(ts.Count(f"D{row.link}", "link", row.link, "", "", 25200.0, 28800.0, "all",
                                    round(factor * row.seed)) for row in links.itertuples() if row.seed > 0))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def counts(town: Path) -> ts.Counts:
    return counted(town)


@pytest.fixture(scope="module")
def found(town: Path, counts: ts.Counts) -> CalibratedDemand:
    return ts.calibrate(town, counts, iterations=0)


def test_a_seed_that_is_too_low_is_raised_to_the_counts(found: CalibratedDemand) -> None:
    fit = found.summary["fit_on_held_out_counts"]
    assert fit["counts"] >= 3
    assert fit["r2"] > 0.98 > fit["r2_of_seed"]
    assert found.summary["estimate"]["trips"] == pytest.approx(1.5 * found.summary["seed"]["trips"], rel=0.03)
    assert found.summary["broken_detectors"] == []


def test_tables_agree_with_each_other(found: CalibratedDemand) -> None:
    assert found.od["trips"].sum() == pytest.approx(sum(flow.volume_veh_h for flow in found.demand.flows))
    for _, part in found.zones.groupby("end"):
        assert part["trips"].sum() == pytest.approx(found.od["trips"].sum())
    by_link = found.links.set_index("link")["vehicles"]
    rows = found.counts
    assert by_link[rows["link"]].to_numpy() == pytest.approx(rows["estimated"].to_numpy(), rel=0.1)
    for table in (found.od, found.zones, found.links):
        middle = table["trips"] if "trips" in table else table["vehicles"]
        assert (table["low"] <= middle + 1e-9).all()
        assert (middle <= table["high"] + 1e-9).all()


def test_the_same_seed_holds_the_same_detectors_out(town: Path, counts: ts.Counts, found: CalibratedDemand) -> None:
    again = ts.calibrate(town, counts, iterations=0)
    assert again.counts.equals(found.counts)
    other = ts.calibrate(town, counts, iterations=0, seed=2)
    assert other.counts["role"].tolist() != found.counts["role"].tolist()


def test_held_out_counts_change_nothing(town: Path, counts: ts.Counts, found: CalibratedDemand) -> None:
    held = set(found.counts.loc[found.counts["role"] == "held out", "detector"])
    wild = ts.Counts(tuple(replace(one, vehicles=9.0) if one.detector in held else one for one in counts.counts))
    other = ts.calibrate(town, wild, iterations=0)
    assert other.od.equals(found.od)
    assert other.summary["broken_detectors"] == []


def test_a_dead_detector_is_named(town: Path, counts: ts.Counts) -> None:
    first = counts.counts[5]
    dead = ts.Counts(tuple(replace(one, vehicles=0.0) if one is first else one for one in counts.counts))
    result = ts.calibrate(town, dead, hold_out=0.0, iterations=0)
    assert result.summary["broken_detectors"] == [first.detector]
    assert any(one.code == "detector-broken" and one.where == first.detector for one in result.findings)
    assert result.counts.set_index("detector").loc[first.detector, "role"] == "broken"


def test_the_written_scenario_brings_the_estimate(town: Path, counts: ts.Counts, tmp_path: Path) -> None:
    out = tmp_path / "town-calibrated.toml"
    result = ts.calibrate(town, counts, iterations=0, out=out)
    world = ts.build(out)
    assert sum(flow.volume_veh_h for flow in world.demand.flows) == pytest.approx(result.od["trips"].sum())
    used, held = (read_counts(tmp_path / f"town-calibrated-counts-{name}.csv", world.network)
                  for name in ("used", "held-out"))
    assert not set(used.detectors) & set(held.detectors)
    assert len(used.counts) + len(held.counts) == len(counts.counts)
    assert world.demand.routes == "free_flow"
    assert world.scenario.validation is not None
    assert {Path(one.file).name: one.data for one in world.scenario.validation.count_files} == {
        "town-calibrated-counts-held-out.csv": "held_out", "town-calibrated-counts-used.csv": "used"}
    again = ts.calibrate(out, counts, hold_out=0.0, iterations=0)
    assert again.summary["estimate"]["moved_share"] < 0.05


def test_slices_follow_the_counts(town: Path, counts: ts.Counts) -> None:
    """Twice as much in the second half hour."""
    halves = tuple(replace(one, begin_s=begin_s, end_s=begin_s + 1800.0, vehicles=one.vehicles * share)
                   for one in counts.counts for begin_s, share in ((25200.0, 0.33), (27000.0, 0.67)))
    result = ts.calibrate(town, ts.Counts(halves), hold_out=0.0, iterations=0)
    trips = result.od.groupby("begin_s")["trips"].sum()
    assert trips.index.tolist() == [25200.0, 27000.0]
    assert 1.6 < trips[27000.0] / trips[25200.0] < 2.4


def test_days_are_averaged(town: Path, counts: ts.Counts) -> None:
    days = tuple(replace(one, date=f"2024-05-0{day}", vehicles=one.vehicles * factor)
                 for one in counts.counts for day, factor in ((6, 0.9), (7, 1.1)))
    result = ts.calibrate(town, ts.Counts(days), hold_out=0.0, iterations=0)
    assert result.counts["days"].unique().tolist() == [2]
    assert result.counts["counted"].tolist() == pytest.approx([one.vehicles for one in counts.counts])


def test_classes_that_counts_tell_apart_are_estimated_apart(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    text = town.read_text().replace("volume_veh_h", "vehicle_classes = { car = 0.9, truck = 0.1 }\nvolume_veh_h")
    town.write_text(text)
    every = counted(town)
    counts = tuple(replace(one, vehicle_class=name, vehicles=one.vehicles * share)
                   for one in every.counts for name, share in (("car", 0.6), ("truck", 0.2)))
    result = ts.calibrate(town, ts.Counts(counts), hold_out=0.0, iterations=0, out=tmp_path / "new.toml")
    trips = result.od.groupby("vehicle_class")["trips"].sum()
    assert trips["truck"] / trips["car"] == pytest.approx(1 / 3, rel=0.1)
    assert len(list(tmp_path.glob("new-matrix*.csv"))) == 2


def test_given_routes_and_timetables_are_kept(tmp_path: Path) -> None:
    bus = ('[[demand.flows]]\nid = "bus"\norigin = "w0_r0c0"\ndestination = "r0c2_e0"\nvolume_veh_h = 12\n'
           'departures = "scheduled"\nvehicle_classes = { bus = 1 }\n')
    route = ["w2_r2c0", "r2c0_r2c1", "r2c1_r2c2", "r2c2_e2"]
    given = f'[[demand.flows]]\nid = "given"\nroute = {route}\nvolume_veh_h = 100\n'.replace("'", '"')
    town = write_town(tmp_path, bus + given)
    counts = counted(town, 1.0)
    busy = tuple(replace(one, vehicles=one.vehicles + 80.0) if one.link in route else one for one in counts.counts)
    result = ts.calibrate(town, ts.Counts(busy), hold_out=0.0, iterations=0, out=tmp_path / "new.toml")
    flows = {flow.id: flow for flow in ts.build(tmp_path / "new.toml").demand.flows}
    assert flows["bus"].volume_veh_h == 12
    on_route = [flow for flow in flows.values() if flow.route == tuple(route)]
    assert len(on_route) == 1
    assert on_route[0].volume_veh_h > 115.0
    assert "bus" not in set(result.od["vehicle_class"])


def test_turning_proportions_move_trips(tmp_path: Path) -> None:
    """From one entry half go straight on in the seed, and nine of ten by the proportions."""
    ends = ("r0c2_e0", "r2c0_n0")
    flows = "".join(FLOW.format(f"f{number}", "w0_r0c0", end, 200) for number, end in enumerate(ends))
    town = tmp_path / "town.toml"
    town.write_text(SCENARIO + flows)
    shares = tuple(ts.TurnShare("w0_r0c0", link, share, 25200.0, 28800.0)
                   for link, share in (("r0c0_r0c1", 0.9), ("r0c0_r1c0", 0.1)))
    count = ts.Count("D", "link", "w0_r0c0", "", "", 25200.0, 28800.0, "all", 400.0)
    result = ts.calibrate(town, ts.Counts((count,), shares), hold_out=0.0, iterations=0)
    trips = result.od.set_index("destination")["trips"]
    assert trips["r0c2_e0"] > 2.0 * trips["r2c0_n0"]
    none = ts.TurnShare("w0_r0c0", "r0c0_s0", 0.3, 25200.0, 28800.0)
    lost = ts.calibrate(town, ts.Counts((count,), (*shares, none)), hold_out=0.0, iterations=0)
    assert any(one.code == "turns-not-in-seed" for one in lost.findings)
    assert lost.od["trips"].sum() == pytest.approx(400.0, rel=0.1)


def test_a_seed_of_zero_where_vehicles_are_counted_is_told(town: Path, counts: ts.Counts) -> None:
    lonely = ts.Count("lonely", "link", "n0_r2c0", "", "", 25200.0, 28800.0, "all", 70.0)
    result = ts.calibrate(town, ts.Counts((*counts.counts, lonely)), hold_out=0.0, iterations=0)
    assert [one.where for one in result.findings if one.code == "seed-zero"] == ["lonely"]
    assert result.counts.set_index("detector").loc["lonely", "role"] == "no trip passes"


def test_a_seed_matrix_takes_the_place_of_the_demand(town: Path, counts: ts.Counts, tmp_path: Path) -> None:
    matrix = tmp_path / "seed.csv"
    matrix.write_text("origin,destination,trips\n" + "".join(
        f"{a},{b},50\n" for a in ENDS for b in ENDS.values()))
    result = ts.calibrate(town, counts, seed_matrix=matrix, iterations=0)
    assert result.summary["seed"]["trips"] == pytest.approx(1250.0)
    assert result.summary["fit_on_held_out_counts"]["r2"] > 0.8


def test_counts_that_no_trip_passes_are_one_message(town: Path) -> None:
    nobody = ts.Counts((ts.Count("D", "link", "w1_r1c0", "", "", 25200.0, 28800.0, "all", 300.0),))
    flow = FLOW.format("f", "w0_r0c0", "r0c2_e0", 200.0)
    lonely = town.with_name("lonely.toml")
    lonely.write_text(SCENARIO + flow)
    with pytest.raises(ts.InputError, match="none that a trip of the seed passes"):
        ts.calibrate(lonely, nobody, hold_out=0.0, iterations=0)


def test_without_any_demand_a_gravity_model_is_the_seed(tmp_path: Path, counts: ts.Counts) -> None:
    town = tmp_path / "empty.toml"
    town.write_text(SCENARIO)
    result = ts.calibrate(town, counts, hold_out=0.0, iterations=0, out=tmp_path / "new.toml")
    assert any(one.code == "seed-gravity" for one in result.findings)
    assert result.summary["fit_on_used_counts"]["r2"] > 0.8
    assert ts.build(tmp_path / "new.toml").demand.flows


def test_demand_that_an_import_made_up_is_no_seed(tmp_path: Path, counts: ts.Counts) -> None:
    town = tmp_path / "made_up.toml"
    town.write_text(SCENARIO + FLOW.format("made up w0_r0c0 to r0c2_e0", "w0_r0c0", "r0c2_e0", 500.0))
    result = ts.calibrate(town, counts, hold_out=0.0, iterations=0)
    assert any(one.code == "seed-gravity" for one in result.findings)
    assert "no trip passes" not in set(result.counts["role"])


@pytest.mark.parametrize(("rows", "shares"), [
    ("zone,production,attraction\nw0_r0c0,900,0\nr0c2_e0,0,5\nr2c2_n2,0,1\n",
     {("w0_r0c0", "r0c2_e0"): 5 / 6, ("w0_r0c0", "r2c2_n2"): 1 / 6}),
    # Cells near the western and the eastern end of one street: both send and receive, by the product of their people.
    ("x_m,y_m,population\n-200,0,900\n800,0,700\n",
     {("w0_r0c0", "r0c2_e0"): 63 / 256, ("e0_r0c2", "r0c0_w0"): 63 / 256, ("w0_r0c0", "r0c0_w0"): 81 / 256,
      ("e0_r0c2", "r0c2_e0"): 49 / 256}),
])
def test_zones_may_have_weights(
    tmp_path: Path, town: Path, counts: ts.Counts, rows: str, shares: dict[tuple[str, str], float]
) -> None:
    (tmp_path / "weights.csv").write_text(rows)
    result = ts.calibrate(town, counts, zone_weights=tmp_path / "weights.csv", hold_out=0.0, iterations=0)
    seed = result.od.set_index(["origin", "destination"])["seed"]
    assert seed.sum() > 0
    assert (seed / seed.sum()).to_dict() == pytest.approx(shares)


def refused(*arguments: object, **options: object) -> str:
    with pytest.raises(TrafficsimError) as caught:
        ts.calibrate(*arguments, **options)  # type: ignore[arg-type]
    return str(caught.value)


def test_what_cannot_be_used_is_one_message(town: Path, counts: ts.Counts, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("origin,destination,trips\nnowhere,r0c2_e0,5\n")
    assert "no such link" in refused(town, counts, seed_matrix=tmp_path / "m.csv")
    late = ts.Counts(tuple(replace(one, begin_s=0.0, end_s=3600.0) for one in counts.counts))
    assert "between 07:00 and 08:00" in refused(town, late)
    assert "--hold-out" in refused(town, counts, hold_out=1.0)
    assert "--method" in refused(town, counts, method="magic")
    assert "--iterations" in refused(town, counts, iterations=-1)
    assert "exists already" in refused(town, counts, iterations=0, out=town)
    assert "trip length" in refused(town, counts, trip_length_m=1e6)
    assert "engine: found 'warp'; expected one of ['ca', 'hybrid', 'queue']" in refused(town, counts, engine="warp")


def test_the_command_says_fit_distance_and_what_is_determined(town: Path, counts: ts.Counts, tmp_path: Path) -> None:
    from trafficsim.io.counts import write_counts

    write_counts(tmp_path / "counts.csv", counts.counts)
    command = ["calibrate", str(town), "--counts", str(tmp_path / "counts.csv"), "--hold-out", "0.2",
               "--iterations", "0", "--out", str(tmp_path / "new.toml")]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    for part in ("held out (not used)", "broken detectors", "mean trip length", "determined:", "written:"):
        assert part in done.output
    assert "validated" not in done.output
    assert CliRunner().invoke(app, command).exit_code == 2


def test_an_engine_drives_for_the_matrix(tmp_path: Path) -> None:
    """Counts are those of a run with half as much again as the seed has."""
    (tmp_path / "truth").mkdir()
    run = ts.run(write_town(tmp_path / "truth", volume=120.0), engine="queue", replications=1)
    entered = run.links.groupby("link")["entered"].sum()
    counts = ts.Counts(tuple(ts.Count(f"D{link}", "link", link, "", "", 25200.0, 28800.0, "all", float(number))
                             for link, number in entered.items() if number > 50))
    result = ts.calibrate(write_town(tmp_path, volume=80.0), counts, iterations=1, engine="queue")
    rows = result.counts
    assert np.isfinite(rows["driven"].to_numpy(np.float64)).all()
    fit = result.summary["fit_on_held_out_counts"]
    assert fit["r2"] > 0.9 > fit["r2_of_seed"]
    assert fit["largest_geh"] < 8.0
    assert result.summary["assignment"] == "queue"
