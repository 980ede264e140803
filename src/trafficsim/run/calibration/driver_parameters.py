"""Fit free speeds, their spread and the saturation flow of a scenario to counts and speeds, by running it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trafficsim.base.errors import InputError
from trafficsim.base.findings import Finding
from trafficsim.design.calibration.fitting import (
    TOLD_BY_DATA,
    TOLD_BY_PRIOR,
    Fit,
    Observations,
    Prior,
    Response,
    fit,
)
from trafficsim.design.calibration.observations import FreeSpeeds, Observation, observations_of
from trafficsim.io.scenario_file import rows_of_models
from trafficsim.run.calibration.rows import Rows, check_share, held_out, rows_of
from trafficsim.run.runner import run_scenario
from trafficsim.spec.calibration import (
    FREE_SPEED,
    SATURATION_FLOW,
    SPEED_SPREAD,
    Knob,
    classes_with,
    drivers_with,
    knob_named,
)
from trafficsim.spec.counts import Count, Counts
from trafficsim.spec.engines import default_engine
from trafficsim.spec.scenario import Detector, Scenario
from trafficsim.spec.world import World

PREFIX = "observed:"
"""Detectors that stand where something was observed are named so, and after their link."""
LEAST_INTERVAL_S = 60.0


@dataclass(frozen=True)
class Simulating:
    """How often, with what and where runs are made.

    Parameters
    ----------
    engine
        Engine; ``""``: the default one.
    replications
        Runs by point, on the same replications each time; their scatter is the noise that is counted.
    workers
        Processes.
    most_steps
        Steps of the search at most.
    hold_out, seed
        Share of the detectors that the fit does not use, and the seed that draws them.
    cache
        Folder for routes that drivers learn.
    """

    engine: str = ""
    replications: int = 6
    workers: int = 1
    most_steps: int = 6
    hold_out: float = 0.0
    seed: int = 1
    cache: Path | None = None


@dataclass(frozen=True)
class ParameterFit:
    """Parameters of a scenario after a fit, and how well they are known.

    Attributes
    ----------
    knobs : the parameters
    fit : the estimate
    observations : what it was fitted to
    world : the scenario with the estimate
    findings : what was left out of the counts, and why
    used, held_out : counts that the fit has used, and has not
    """

    knobs: tuple[Knob, ...]
    fit: Fit
    observations: tuple[Observation, ...]
    world: World
    findings: tuple[Finding, ...] = ()
    used: tuple[Count, ...] = ()
    held_out: tuple[Count, ...] = ()

    @property
    def factors(self) -> dict[str, float]:
        """The estimate by parameter, as factors on what the scenario said."""
        return _factors(self.knobs, self.fit.value)

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """One row per parameter: estimate, 95 % interval, what was believed before, and what told it."""
        fit = self.fit
        rows = [{"parameter": knob.name, "factor": value, "low": value - half, "high": value + half, "sd": sd,
                 "prior_sd": knob.belief.sd, "learnt": learnt, "told_by": _told_by(learnt)}
                for knob, value, half, sd, learnt in zip(self.knobs, fit.value, fit.half_width, fit.sd, fit.learnt,
                                                         strict=True)]
        return pd.DataFrame(rows)

    @cached_property
    def comparison(self) -> pd.DataFrame:
        """One row per observation: observed, error of measurement, simulated, standard deviation from day to day."""
        response, seen = self.fit.response, self.fit.response.seen
        day_sd = np.sqrt((response.deviations**2).sum(axis=0) / max(len(response.runs) - 1, 1))
        return pd.DataFrame({
            "link": [one.link for one in self.observations], "what": [one.what for one in self.observations],
            "begin_s": [one.begin_s for one in self.observations], "end_s": [one.end_s for one in self.observations],
            "observed": [one.value for one in self.observations], "error_sd": [one.sd for one in self.observations],
            "simulated": pd.array(np.where(seen, response.mean, np.nan), "Float64"),
            "day_sd": pd.array(np.where(seen, day_sd, np.nan), "Float64"),
        })

    @property
    def changes(self) -> dict[str, Any]:
        """Keys of the scenario that the fit changes, as a scenario file has them."""
        changed, kinds = dict[str, Any](), {knob.kind for knob in self.knobs}
        if kinds & {FREE_SPEED, SPEED_SPREAD}:
            changed["drivers"] = rows_of_models([self.world.scenario.drivers.model_copy(update={"file": None})])[0]
        if SATURATION_FLOW in kinds:
            changed["vehicle_classes"] = rows_of_models(self.world.vehicle_classes)
        return changed


def fit_parameters(
    world: World, counts: Counts, names: Sequence[str], *, speeds: Iterable[FreeSpeeds] = (),
    simulating: Simulating = Simulating(),
) -> ParameterFit:
    """Return the parameters of a scenario that fit counts and speeds best, given what is believed of them.

    Parameters
    ----------
    world
        The scenario; its demand stays.
    counts
        Counts of links, with speeds where they were measured; turning counts are not read.
    names
        Parameters: ``free_speed.ROAD_CLASS``, ``speed_spread.ROAD_CLASS``, ``saturation_flow``.
    speeds
        Means and spreads of the speeds of unimpeded vehicles.
    simulating
        Engine, replications, processes, and the share of the detectors that is held out.

    Raises
    ------
    InputError
        If a name is unknown, nothing was observed in the analysis period, or two replications are not asked for.
    """
    knobs = tuple(knob_named(name) for name in dict.fromkeys(names))
    check_share(simulating.hold_out)
    held = held_out([one.detector for one in counts.counts], simulating.hold_out, simulating.seed)
    used, kept = (tuple(one for one in counts.counts if (one.detector in held) is apart) for apart in (False, True))
    found, findings = _observed(world, replace(counts, counts=used), speeds)
    _require(found, knobs, world, simulating)
    instrumented = _instrumented(world, found)

    def simulate(point: np.ndarray) -> Response:
        result = run_scenario(with_factors(instrumented, _factors(knobs, point)),
                              engine=simulating.engine or default_engine(), replications=simulating.replications,
                              workers=simulating.workers, cache=simulating.cache)
        return _response(result.tables, found, simulating.replications)

    priors = [Prior(knob.name, 1.0, knob.belief.sd, knob.belief.low, knob.belief.high) for knob in knobs]
    best = fit(simulate, _in_numbers(found), priors, most_steps=simulating.most_steps)
    return ParameterFit(knobs, best, found, with_factors(world, _factors(knobs, best.value)), findings, used, kept)


def _observed(
    world: World, counts: Counts, speeds: Iterable[FreeSpeeds],
) -> tuple[tuple[Observation, ...], tuple[Finding, ...]]:
    """What a run can be held against, and what of the counts it cannot."""
    time, rows = world.scenario.time, Rows((), (), ())
    if counts.counts:
        rows = rows_of(counts, world)
    found = tuple(observations_of(rows.counts, rows.days, speeds, time.analysis_begin_s, time.analysis_end_s))
    findings = [*counts.findings, *rows.findings]
    turns = [one for one in rows.counts if one.kind == "turn"]
    if turns:
        findings.append(Finding("warning", "count-turn-unused", turns[0].source, f"{len(turns)} turning counts are not "
                                "used: they tell about demand, not about drivers", "", len(turns)))
    early = [one for one in rows.counts if one.kind == "link" and one.begin_s < time.analysis_begin_s]
    if early:
        findings.append(Finding("warning", "count-warmup", early[0].source, f"{len(early)} counts begin in the warm-up "
                                "and are not used", "let the warm-up end before the counts begin", len(early)))
    return found, tuple(findings)


def _in_numbers(found: Sequence[Observation]) -> Observations:
    kinds = sorted({one.what for one in found})
    return Observations(np.array([one.value for one in found]), np.array([one.sd for one in found]),
                        np.array([float(one.days) for one in found]),
                        np.array([kinds.index(one.what) for one in found], np.int64))


def _factors(knobs: Sequence[Knob], point: np.ndarray) -> dict[str, float]:
    return dict(zip((knob.name for knob in knobs), point.tolist(), strict=True))


def with_factors(world: World, factors: Mapping[str, float]) -> World:
    """Return a scenario whose drivers and vehicle classes differ by these factors."""
    scenario = world.scenario
    drivers = drivers_with(scenario.drivers, factors)
    classes = classes_with(world.vehicle_classes, factors.get(SATURATION_FLOW, 1.0))
    changed = scenario.model_copy(update={"drivers": drivers, "vehicle_classes": classes})
    return replace(world, scenario=changed, vehicle_classes=classes)


def _require(found: Sequence[Observation], knobs: Sequence[Knob], world: World, simulating: Simulating) -> None:
    if simulating.replications < 2:
        raise InputError("replications", str(simulating.replications), "at least 2, as their scatter is what tells "
                         "noise from effect", "ask for more")
    if not found:
        time = world.scenario.time
        raise InputError("counts", "none in the analysis period",
                         f"intervals of links within {time.analysis_begin_s:g} to {time.analysis_end_s:g} s",
                         "change time.start_s of the scenario, or give other counts")
    known = world.network.links
    for one in found:
        if one.link not in known:
            raise InputError(f"counts: link {one.link!r}", "no such link in the network", "a link of the scenario",
                             "correct the link")
    by_own = [one.name for one in world.vehicle_classes if one.speed_factor_mean is not None]
    if by_own and any(knob.kind != SATURATION_FLOW for knob in knobs):
        raise InputError(f"vehicle class {by_own[0]!r}", "a speed factor of its own (speed_factor_mean)",
                         "classes whose free speeds follow the scenario's drivers",
                         'import with drivers = "own", or fit saturation_flow alone')


def _instrumented(world: World, found: Sequence[Observation]) -> World:
    """Return the scenario with a detector in the middle of every link where something was observed."""
    links, scenario = world.network.links, world.scenario
    places = [Detector(id=PREFIX + link, link=link, position_m=0.5 * float(links[link]["length_m"]))
              for link in dict.fromkeys(one.link for one in found)]
    others = tuple(one for one in scenario.detectors if not one.id.startswith(PREFIX))
    time = scenario.time.model_copy(update={"interval_s": _interval_s(found, scenario)})
    changed = scenario.model_copy(update={"detectors": (*others, *places), "time": time})
    return replace(world, scenario=changed)


def _interval_s(found: Sequence[Observation], scenario: Scenario) -> float:
    """Return the longest interval of which all observed ones are made.

    Raises
    ------
    InputError
        If that would be less than a minute.
    """
    start_s = scenario.time.start_s  # where the intervals of a run begin
    ends = {round(edge - start_s) for one in found for edge in (one.begin_s, one.end_s)}
    interval_s = float(math.gcd(*ends)) or scenario.time.interval_s
    if interval_s < LEAST_INTERVAL_S:
        raise InputError("counts", f"intervals that begin and end at odd times (common step {interval_s:g} s)",
                         "intervals of whole minutes from time.start_s on",
                         "give counts of whole minutes, or let time.start_s be the begin of an interval")
    return interval_s


def _response(tables: Mapping[str, pd.DataFrame], found: Sequence[Observation], replications: int) -> Response:
    """Return what every replication shows of the observations."""
    values = np.full((replications, len(found)), np.nan)
    for number in range(1, replications + 1):
        passed = _of_run(tables["detectors"], number)
        free = _of_run(tables["speeds"], number, "place").set_index("place")
        for place, one in enumerate(found):
            values[number - 1, place] = _simulated(one, passed, free)
    return Response(values)


def _of_run(table: pd.DataFrame, number: int, column: str = "detector") -> pd.DataFrame:
    rows = table[table["replication"] == number]
    return rows[rows[column].str.startswith(PREFIX)]


def _simulated(one: Observation, passed: pd.DataFrame, free: pd.DataFrame) -> float:
    """Return what a run shows of an observation; not a number where it shows nothing."""
    name = PREFIX + one.link
    if one.what in ("free_speed_mean_kmh", "free_speed_sd_kmh"):
        column = "unimpeded_mean_kmh" if one.what == "free_speed_mean_kmh" else "unimpeded_sd_kmh"
        return _number(free.at[name, column]) if name in free.index else math.nan
    rows = passed[(passed["detector"] == name) & (passed["begin_s"] >= one.begin_s - 0.5)
                  & (passed["end_s"] <= one.end_s + 0.5)]
    vehicles = rows["count"].to_numpy(np.float64)
    if one.what == "flow_veh_h":
        return float(vehicles.sum() * 3600.0 / (one.end_s - one.begin_s))
    speeds = rows["time_mean_speed_kmh"].to_numpy(np.float64, na_value=np.nan)
    heard = vehicles > 0.0
    return float((vehicles[heard] * speeds[heard]).sum() / vehicles[heard].sum()) if heard.any() else math.nan


def _number(value: Any) -> float:
    return math.nan if value is pd.NA or value is None else float(value)


def _told_by(learnt: float) -> str:
    if learnt >= TOLD_BY_DATA:
        return "observations"
    return "observations and prior" if learnt >= TOLD_BY_PRIOR else "prior"
