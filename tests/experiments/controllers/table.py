"""Run the comparison of a network and write its table."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from tests.experiments.controllers.alternatives import Comparison
from tests.experiments.controllers.networks import Place
from tests.experiments.controllers.training import Learnt
from trafficsim.api.running import compare
from trafficsim.results.statistics import t_interval
from trafficsim.spec.study import Study

DELAY = "mean_delay_s"


class Told(NamedTuple):
    """What is told beside the rows: place, engine, how the agent was trained, and the CPU time of that."""

    place: Place
    engine: str
    learnt: Learnt | None
    training_s: float


class Row(NamedTuple):
    """One controller: delay with its interval, difference to the existing program, verdict, vehicles that arrived."""

    name: str
    delay_s: tuple[float, float, float]
    diff_s: tuple[float, float, float] | None
    verdict: str
    arrived: float
    demanded: float
    pairs: int


def judged(comparison: Comparison, engine: str, replications: int) -> list[Row]:
    """Run all rows on the same days, and compare them to the existing program."""
    study = Study(name="controllers", scenarios=(comparison.scenario,), alternatives=comparison.rows,
                  baseline=next(iter(comparison.rows)), engines=(engine,), replications=replications)
    result = compare(study)
    differences = {one.alternative: one for one in result.comparison.differences if one.indicator == DELAY}
    rows = []
    for name in comparison.rows:
        one, is_base = differences[name], name == study.baseline
        told = (None if is_base or one.diff is None or one.low is None or one.high is None
                else (one.diff, one.low, one.high))
        runs = result.tables["runs"].query("alternative == @name")
        rows.append(Row(name, interval(result.tables["indicators"], name), told, "–" if is_base else one.verdict,
                        float(runs["completed"].mean()), float(runs["demanded"].mean()), one.n))
    return rows


def interval(indicators: pd.DataFrame, name: str) -> tuple[float, float, float]:
    """Return mean and 95 % t-interval of the delay over days."""
    chosen = indicators[(indicators["alternative"] == name) & (indicators["indicator"] == DELAY)]
    values = chosen["value"].to_numpy(float)
    mean, low, high = t_interval(values)
    return float(mean), float(low), float(high)


def markdown(rows: list[Row], refused: dict[str, str], told: Told) -> list[str]:
    """Return the table of a network, with what others found and what could not be run."""
    days = max(row.pairs for row in rows)
    lines = [f"**{told.place.title}**, {told.engine} engine, {days} days:", "",
             "| controller | mean delay (s) | less existing (s) | change | verdict | arrived |",
             "|---|---|---|--:|---|--:|"]
    base = rows[0].delay_s[0]
    for row in rows:
        change = f"{100.0 * row.diff_s[0] / base:+.1f} %" if row.diff_s and base else "–"
        diff = _with_interval(row.diff_s, "+.1f") if row.diff_s else "–"
        lines.append(f"| {row.name} | {_with_interval(row.delay_s, '.1f')} | {diff} | {change} | {row.verdict} | "
                     f"{row.arrived:,.1f} of {row.demanded:,.1f} |")
    lines += ["", *(f"- Not run, {name}: {reason}" for name, reason in refused.items())]
    if told.learnt is not None:
        lines.append(trained_how(told.learnt, told.training_s))
    return lines


def trained_how(learnt: Learnt, training_s: float) -> str:
    """Tell how the agent was trained."""
    budget = learnt.budget
    weights = ", ".join(f"{one:.2f}" for one in learnt.agent.weights)
    curve = ", ".join(f"{one:.1f}" for one in learnt.curve)
    return (f"- Agent: {budget.generations} generations of {budget.population} on {len(budget.days)} days of its own, "
            f"{training_s:.0f} s of CPU; weights {weights} (waiting, beyond, green, since); time spent of the best "
            f"quarter by generation {curve} veh h.")


def _with_interval(values: tuple[float, float, float], form: str) -> str:
    mean, low, high = (format(one, form) for one in values)
    return f"{mean} ({low} to {high})"
