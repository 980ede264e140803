"""A scenario against observations: from the files to the table and the words, on a road that takes a second to run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import trafficsim as ts
from trafficsim.base.errors import InputError
from trafficsim.cli import app
from trafficsim.outcomes.validation.flows import geh
from trafficsim.results.frames import Labels, concatenate, frame, nullable, strings
from trafficsim.results.validation import RULE, validation_of
from trafficsim.results.validation_lines import validation_lines
from trafficsim.spec.validation import ObservedCounts, ObservedSpeeds, ObservedTravelTimes, Validation

HEAD = "detector,link,to_link,date,begin,end,vehicles\n"
DAYS = ("2026-03-02", "2026-03-03", "2026-03-04")


def counts(path: Path, *rows: str) -> str:
    path.write_text(HEAD + "\n".join(rows) + "\n")
    return str(path)


def quarters(link: str, per_quarter: float, detector: str = "D") -> list[str]:
    """Four quarters of an hour on three days, a few vehicles more on each."""
    return [f"{detector},{link},,{day},07:{15 * at:02d},{'08:00' if at == 3 else f'07:{15 * at + 15}'},"
            f"{per_quarter + more}" for more, day in enumerate(DAYS) for at in range(4)]


def road(validation: Validation | None, **changed: object) -> ts.Scenario:
    content: dict[str, object] = {
        "name": "road", "network": ts.NetworkSource(builder=ts.BuilderSpec(kind="corridor", arguments={
            "lengths_m": [300, 400]}), paths={"way": ("east1", "east2")}),
        "time": ts.Time(start_s=25200.0, analysis_s=3600.0),
        "demand": ts.DemandSource(flows=(ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600),)),
        "validation": validation, **changed}
    return ts.Scenario(**content)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("counts")
    held = [*quarters("east1", 149), "T,east1,east2,,07:00,08:00,610", "E,east2,,,07:00,07:30,300"]
    return {"held": counts(folder / "held.csv", *held), "used": counts(folder / "used.csv", *quarters("east2", 179)),
            "same": counts(folder / "same.csv", *quarters("east1", 149, detector="other"))}


@pytest.fixture(scope="module")
def found(files: Mapping[str, str]) -> object:
    wish = Validation(
        counts=(ObservedCounts(file=files["held"]), ObservedCounts(file=files["used"], data="used")),
        screenlines={"all": ("east1",)},
        travel_times=(ObservedTravelTimes(path="way", mean_s=55.0, sd_s=4.0),),
        speeds=(ObservedSpeeds(link="east2", bins_kmh=(0, 30, 40, 50, 60, 90), vehicles=(1, 9, 40, 40, 10)),
                ObservedSpeeds(link="east1", mean_kmh=48.0, unimpeded=True)))
    return ts.run(road(wish), replications=2)


def test_without_the_table_nothing_changes(found: object) -> None:
    plain = ts.run(road(None), replications=2)
    assert plain.validation() is None
    assert "validation" not in plain.tables
    assert "validation" not in plain.as_json()
    assert plain.as_json()["digest"] == found.as_json()["digest"]  # type: ignore[attr-defined]


def test_what_the_run_says_is_what_its_other_tables_say(found: object) -> None:
    held = found.validation()  # type: ignore[attr-defined]
    rows = held.table.set_index(["kind", "place"])
    links = found.tables["links"].query("link == 'east1' and begin_s < 28800")  # type: ignore[attr-defined]
    by_replication = links.groupby("replication")["flow_veh_h"].mean()
    assert rows.loc[("count", "D (east1)"), "simulated"] == pytest.approx(by_replication.mean())
    movements = found.tables["movements"]  # type: ignore[attr-defined]
    assert rows.loc[("turning_count", "T (east1 > east2)"), "simulated"] == pytest.approx(
        movements["volume_veh_h"].astype(float).mean())
    times = found.tables["paths"].query("path == 'way'")["mean_time_s"]  # type: ignore[attr-defined]
    assert rows.loc[("travel_time", "way"), "simulated"] == pytest.approx(times.mean())
    one = rows.loc[("count", "D (east1)")]
    assert one["geh"] == pytest.approx(float(geh(one["simulated"], 600.0)))
    assert (one["observed"], one["joined"], bool(one["scaled"])) == (600.0, 4, False)
    assert one["low"] < one["simulated"] < one["high"]


def test_short_intervals_are_scaled_and_it_is_said(found: object) -> None:
    held = found.validation()  # type: ignore[attr-defined]
    half = held.table.set_index("place").loc["E (east2)"]
    assert (half["observed"], bool(half["scaled"])) == (600.0, True)
    assert any(RULE in line for line in validation_lines(held))


def test_held_out_and_used_data_are_called_by_different_words(found: object) -> None:
    lines = list(validation_lines(found.validation()))  # type: ignore[attr-defined]
    heads = [line for line in lines if not line.startswith(" ")]
    assert [head.partition(",")[0] for head in heads] == ["Validation", "Fit"]
    fit = lines[lines.index(heads[1]):]
    assert not any("alidat" in line for line in fit)
    assert not any("calibrat" in line for line in lines[:lines.index(heads[1])])


def test_criteria_of_days(found: object) -> None:
    criteria = found.validation().criteria  # type: ignore[attr-defined]
    days = criteria[criteria["guideline"] == "FHWA 2019"]
    assert set(days["place"]) == {"D (east1)", "D (east2)", "all"}
    third = days[(days["place"] == "D (east1)") & days["criterion"].str.startswith("III")].iloc[0]
    # counts of 149, 150, 151 a quarter: 596, 600, 604 veh/h; the second day is the mean, the others are 4 veh/h off
    assert third["bound"] == pytest.approx(4.0)


def test_speeds(found: object) -> None:
    rows = found.validation().table.set_index(["kind", "place"])  # type: ignore[attr-defined]
    assert {kind for kind, _ in rows.index if kind.startswith("speed")} == {
        "speed_mean", "speed_sd", "speed_p85", "speed_distance"}
    assert 35.0 < rows.loc[("speed_mean", "east2"), "simulated"] < 60.0
    assert 0.0 < rows.loc[("speed_distance", "east2"), "simulated"] < 1.0
    assert rows.loc["speed_mean"]["observed_sd"].isna().all(), "of single vehicles, not of days"
    histograms = found.tables["speed_histograms"]  # type: ignore[attr-defined]
    assert set(histograms["link"]) == {"east1", "east2"}


@pytest.mark.parametrize("calibrated", [True, False])
def test_a_count_that_was_used_is_not_held_out(files: Mapping[str, str], calibrated: bool) -> None:
    """The same counts under another name of file and detector are found by place, date and time."""
    wish = Validation(counts=files["held"], calibrated_with=(files["same"],)) if calibrated else Validation(
        counts=(ObservedCounts(file=files["held"]), ObservedCounts(file=files["same"], data="used")))
    with pytest.raises(InputError, match=r"with which the scenario was calibrated.*called a fit"):
        ts.build(road(wish))


@pytest.mark.parametrize(("wish", "message"), [
    ({"counts": "held", "screenlines": {"a": ("nowhere",)}}, "unknown link 'nowhere'"),
    ({"travel_times": (ObservedTravelTimes(path="way2", mean_s=1.0),)}, "no path or travel-time measurement"),
    ({"travel_times": (ObservedTravelTimes(path="way", mean_s=1.0, begin_s=0.0),)}, "within the analysis period"),
    ({"speeds": (ObservedSpeeds(link="x", mean_kmh=1.0),)}, "unknown link 'x'"),
    ({"speeds": (ObservedSpeeds(link="east1", detector="d", mean_kmh=1.0),)}, "no detector 'd' on link 'east1'"),
])
def test_what_does_not_fit_is_one_message(files: Mapping[str, str], wish: dict[str, object], message: str) -> None:
    wish = {**wish, "counts": files["held"]} if "counts" in wish else wish
    with pytest.raises(InputError, match=message):
        ts.build(road(Validation(**wish)))


def test_what_is_not_taken_is_told(tmp_path: Path) -> None:
    file = counts(tmp_path / "twice.csv", *quarters("east1", 149), *quarters("east1", 100, detector="E"))
    wish = Validation(counts=file, screenlines={"all": ("east1",)}, critical_s=(25200.0, 1.0))
    world = ts.build(road(wish))
    line = next(one for one in world.observations.series if one.kind == "screenline")
    first = next(one for one in world.observations.series if one.place == "D (east1)")
    assert line.observed == first.observed
    told = {one.code: one.message for one in ts.check(world)}
    assert "E (east1)" in told["screenline-counted-twice"]
    assert "begins at 1 s" in told["critical-interval-unknown"]


def test_times_that_the_run_does_not_have(files: Mapping[str, str], tmp_path: Path) -> None:
    night = counts(tmp_path / "night.csv", "D,east1,,,02:00,03:00,5")
    with pytest.raises(InputError, match="no count within the analysis period"):
        ts.build(road(Validation(counts=night)))
    with pytest.raises(InputError, match=r"set time\.interval_s"):
        ts.build(road(Validation(counts=files["held"]), time=ts.Time(start_s=25200, interval_s=700)))


@pytest.mark.parametrize(("content", "message"), [
    ({}, "nothing to hold the scenario against"),
    ({"screenlines": {"a": ("x",)}, "speeds": (ObservedSpeeds(link="x", mean_kmh=3.0),)}, "screenlines without counts"),
    ({"counts": "c.csv", "screenlines": {"a": ("x", "x")}}, "no link, or one twice"),
])
def test_models_refuse(content: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Validation(**content)


@pytest.mark.parametrize(("kind", "content", "message"), [
    (ObservedTravelTimes, {"path": "way", "days_s": {"mon": (5.0,)}, "sd_s": 1.0}, "leave sd_s out"),
    (ObservedSpeeds, {"link": "x", "bins_kmh": (30, 40), "vehicles": (9,), "sd_kmh": 3.0}, "leave sd_kmh out"),
    (ObservedSpeeds, {"link": "x", "mean_kmh": 40.0, "vehicles": (9,)}, "vehicles without bins_kmh"),
])
def test_nothing_that_is_given_is_left_aside(kind: type, content: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kind(**content)


def test_a_calibrated_scenario_is_validated_on_what_was_held_out_and_fitted_to_the_rest(tmp_path: Path) -> None:
    """From calibrate to a run: the file names both sets of counts, and nothing is validated on what was used."""
    (tmp_path / "town.toml").write_text("""
name = "town"
[time]
analysis_s = 3600.0
[network.builder]
kind = "corridor"
arguments = { lengths_m = [300, 300, 300, 300, 300] }
[demand]
routes = "free_flow"
[[demand.flows]]
id = "f"
origin = "east1"
destination = "east5"
volume_veh_h = 400.0
""")
    lines = ["detector,link,begin,end,vehicles", *(f"D{at},east{at},00:00,01:00,{500 + at}" for at in range(1, 6))]
    (tmp_path / "counts.csv").write_text("\n".join(lines) + "\n")
    ts.calibrate(tmp_path / "town.toml", tmp_path / "counts.csv", hold_out=0.4, iterations=0, out=tmp_path / "new.toml")
    found = ts.run(tmp_path / "new.toml").validation()
    assert found.table["data"].value_counts().to_dict() == {"used": 3, "held_out": 2}
    assert [line.partition(",")[0] for line in validation_lines(found) if line[0] != " "] == ["Validation", "Fit"]


@pytest.fixture(scope="module")
def folder(files: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of a study whose scenario was held against nothing, with a detector that counts were taken at."""
    slower = ts.policies.SpeedLimit(on=ts.links("east2"), limit_kmh=30)
    world = road(None, detectors=(ts.Detector(id="E", link="east2", position_m=100.0),))
    study = ts.Study(name="s", scenarios=[world], alternatives={"do nothing": [], "slow": [slower]}, replications=2)
    out = tmp_path_factory.mktemp("results") / "out"
    ts.compare(study, out=out)
    return out


def test_counts_that_come_later_are_held_against_the_same_numbers(files: Mapping[str, str], folder: Path) -> None:
    later = ts.validate(folder, files["held"]).table
    world = road(Validation(counts=files["held"]), detectors=(ts.Detector(id="E", link="east2", position_m=100.0),))
    study = ts.Study(name="s", scenarios=[world], alternatives={"do nothing": []}, replications=2)
    pd.testing.assert_frame_equal(later, ts.compare(study).validation().table)
    assert later["simulated"].notna().all()


def test_a_detector_of_the_same_name_on_another_link_is_not_meant(folder: Path, tmp_path: Path) -> None:
    """One name for both directions of a road: only the link where the scenario has it is held against its counts."""
    both = counts(tmp_path / "both.csv", "E,east2,,,07:00,08:00,600", "E,east1,,,07:00,08:00,600")
    flows = ts.validate(folder, both).table.set_index("place")["simulated"]
    links = ts.validate(folder, counts(tmp_path / "links.csv", *(f"L,east{at},,,07:00,08:00,600" for at in (1, 2))))
    by_link = links.table.set_index("place")["simulated"]
    assert flows["E (east1)"] == by_link["L (east1)"]
    assert flows["E (east2)"] != by_link["L (east2)"]


def test_commands_on_results(files: Mapping[str, str], folder: Path) -> None:
    told = CliRunner().invoke(app, ["validate", str(folder), "--counts", files["held"], "--used"])
    assert told.exit_code == 0
    assert told.output.startswith("Fit, on data that the calibration has used (road, ca):")
    as_json = json.loads(CliRunner().invoke(app, ["validate", str(folder), "--counts", files["held"], "--json"]).stdout)
    assert {row["place"] for row in as_json["rows"]} == {"D (east1)", "T (east1 > east2)", "E (east2)"}


def test_counts_that_are_not_compared_are_told(folder: Path, tmp_path: Path) -> None:
    file = counts(tmp_path / "long.csv", "D,east1,,,07:00,08:00,600", "D,east1,,,08:00,09:00,600")
    told = CliRunner().invoke(app, ["validate", str(folder), "--counts", file])
    assert "1 of 2 counts lie outside the analysis period" in told.stderr
    assert [one.code for one in ts.validate(folder, file).findings] == ["counts-read", "count-outside"]


def test_results_refuse(files: Mapping[str, str], folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="give --counts"):
        ts.validate(folder)
    with pytest.raises(InputError, match="what counts were used for, without counts"):
        ts.validate(folder, data="used")
    with pytest.raises(InputError, match="with which the scenario was calibrated"):
        ts.validate(folder, files["held"], calibrated_with=[files["same"]])
    with pytest.raises(InputError, match="no such folder"):
        ts.validate(tmp_path / "nothing")
    with pytest.raises(InputError, match="no count that can be used"):
        ts.validate(folder, counts(tmp_path / "else.csv", "D,west9,,,07:00,08:00,5"))


def made(*simulated: float, days: int = 1) -> dict[str, pd.DataFrame]:
    """A table of one count of an hour, one replication per value."""
    runs = []
    for number, value in enumerate(simulated, start=1):
        one = np.ones(1)
        runs.append({"validation": frame(Labels("s", "do nothing", number, "ca"), {
            "kind": strings(["count"]), "place": strings(["a"]), "data": strings(["held_out"]),
            "begin_s": nullable(0.0 * one), "end_s": nullable(3600.0 * one), "unit": strings(["veh/h"]),
            "observed": nullable(1000.0 * one), "observed_sd": nullable(one, False), "days": nullable([days]),
            "representative": nullable(one, False), "day_distance": nullable(one, False),
            "critical": nullable([False]), "simulated": nullable(value * one), "simulated_n": nullable([0])})})
    return concatenate(runs)


def test_geh_of_the_mean_over_replications() -> None:
    row = validation_of(made(840.0, 860.0)).table.iloc[0]
    assert (round(row["geh"], 2), bool(row["passed"]), row["n"]) == (4.93, True, 2)  # of 850, the mean
    alone = validation_of(made(840.0)).table.iloc[0]
    assert (round(alone["geh"], 2), bool(alone["passed"])) == (5.28, False)
    assert alone["low"] is pd.NA


def test_another_alternative_is_not_judged() -> None:
    assert validation_of(made(1000.0), "limit 30") is None


def test_what_no_run_tells_is_named() -> None:
    tables = made(1000.0)
    tables["validation"]["simulated"] = nullable(np.ones(1), False)
    found = validation_of(tables)
    assert found.summaries() == ()
    assert list(validation_lines(found)) == ["Validation, on data that were held out (s, ca):",
                                             "  not compared, because the run does not tell them: a"]
