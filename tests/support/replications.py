"""A small town run many times, for tests of the statistics; a retiming policy; studies made of arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from trafficsim import api
from trafficsim.design import synthetic
from trafficsim.results.compare import Comparison, Question, compare
from trafficsim.results.precision import replications_needed
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.study import Study

STRAIGHT_ON = {
    "e0_r0c1": "r0c0_w0", "e1_r1c1": "r1c0_w1", "w0_r0c0": "r0c1_e0", "w1_r1c0": "r1c1_e1",
    "n0_r1c0": "r0c0_s0", "n1_r1c1": "r0c1_s1", "s0_r0c0": "r1c0_n0", "s1_r0c1": "r1c1_n1",
}


class Retime(Policy):
    """Move the offset of one signal."""

    kind: ClassVar[str] = "test_retime"
    phase: ClassVar[PolicyPhase] = "signals"
    signal: str = "r0c0"
    by_s: float = 2.0

    def lower(self, builder: Builder) -> None:
        """Add to the offset."""
        present = builder.baseline("signal.offset_s", (self.signal,))
        builder.set("signal.offset_s", (self.signal,), present + self.by_s)


def small_town() -> Scenario:
    """Two by two signals, 200 veh/h on each of eight one-lane entries, ten minutes judged."""
    network = synthetic.grid(rows=2, columns=2, spacing_m=200.0, lanes=1, cycle_s=60.0)
    flows = tuple(Flow(id=begin, volume_veh_h=200.0, origin=begin, destination=end)
                  for begin, end in STRAIGHT_ON.items())
    return Scenario(name="town", network=network, demand=Demand(flows=flows), seed=7,
                    time=Time(warmup_s=120.0, analysis_s=600.0, clear_s=180.0))


def town_values(replications: int, *names: str) -> np.ndarray:
    """Return the values of some indicators in independent runs; shape (names, replications)."""
    rows = api.run(small_town(), replications=replications).tables["indicators"]
    return np.stack([rows.loc[rows["indicator"] == name, "value"].to_numpy(np.float64) for name in names])


def town_comparison(policies: Mapping[str, tuple[Policy, ...]], replications: int) -> Comparison:
    """Compare policies in the town, with the same volumes in all replications."""
    study = Study(name="town", scenarios=(small_town(),), alternatives={"do nothing": (), **policies},
                  replications=replications, demand_variation=0.0)
    return api.compare(study).comparison


def study_table(values: Mapping[str, np.ndarray], alternatives: int) -> pd.DataFrame:
    """Return the ``indicators`` table of a study; values by indicator of shape (1 + alternatives, replications)."""
    arms = ["do nothing", *(f"plan {number}" for number in range(1, alternatives + 1))]
    parts = [
        pd.DataFrame({"scenario": "s", "engine": "ca", "alternative": np.repeat(arms, rows.shape[1]), "indicator": name,
                      "replication": np.tile(np.arange(1, rows.shape[1] + 1), len(arms)), "value": rows.ravel()})
        for name, rows in values.items()
    ]
    return pd.concat(parts, ignore_index=True)


def false_call_share(
    pool: Mapping[str, np.ndarray], studies: int, alternatives: int = 4, replications: int = 10
) -> float:
    """Share of studies with any verdict but "no evidence", all arms being drawn from the same runs, without pairing."""
    random, question = np.random.default_rng(41), Question(primary=tuple(pool))
    runs, wrong = len(next(iter(pool.values()))), 0
    for _ in range(studies):
        drawn = random.choice(runs, (1 + alternatives, replications), replace=False)
        table = study_table({name: values[drawn] for name, values in pool.items()}, alternatives)
        wrong += any(one.verdict != "no evidence" for one in compare(table, question).chosen())
    return wrong / studies


@dataclass(frozen=True)
class Planted:
    """An effect planted in runs: all values times (1 + effect), and noise that leaves this correlation of the pairs."""

    values: np.ndarray
    correlation: float
    effect: float = 0.03

    @property
    def noise(self) -> float:
        """Standard deviation of the noise."""
        spread = (1.0 + self.effect) * self.values.std(ddof=1)
        return float(spread * np.sqrt(1.0 / self.correlation**2 - 1.0))

    def recommended(self, precision: float) -> int:
        """Replications for a half-width of the difference of ``precision`` times the mean."""
        spread = float(np.hypot(self.effect * self.values.std(ddof=1), self.noise))
        number = replications_needed(spread, precision * float(self.values.mean()))
        assert number is not None
        return number

    def found_share(self, replications: int, studies: int) -> float:
        """Share of studies of one alternative that call it worse."""
        random, found = np.random.default_rng(42), 0
        for _ in range(studies):
            base = random.choice(self.values, replications, replace=False)
            changed = (1.0 + self.effect) * base + random.normal(0.0, self.noise, replications)
            one, = compare(study_table({"mean_delay_s": np.stack([base, changed])}, 1), Question()).chosen()
            found += one.verdict == "worse"
        return found / studies
