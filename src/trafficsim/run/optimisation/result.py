"""What an optimisation of signals gives: plans, how they were found, and how they do on other days."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from trafficsim import __version__
from trafficsim.base.errors import MachineError
from trafficsim.design.timing.plan_variables import Programs
from trafficsim.io.sumo.additional import write_programs
from trafficsim.policies.signal_plan import SignalPlan
from trafficsim.results.difference import Difference
from trafficsim.run.optimisation.evaluating import OBJECTIVE
from trafficsim.run.result import StudyResult

START, OPTIMISED, ROBUST = "start plan", "optimised", "robust"
PROGRAM_ID = "optimised"
CHOSEN_FILE, HISTORY_FILE, REGRET_FILE, RESULT_FILE = "plan.add.xml", "history.csv", "regret.csv", "optimisation.json"


def plan_for(future: float) -> str:
    """Name of the plan that is designed for one future.

    Examples
    --------
    >>> plan_for(0.8)
    'for demand 0.8'
    """
    return f"for demand {future:g}"


def plan_file(name: str) -> str:
    """Name of the file of a plan.

    Examples
    --------
    >>> plan_file("for demand 0.8")
    'plan_for_demand_0.8.add.xml'
    """
    return f"plan_{re.sub(r'[^A-Za-z0-9.]+', '_', name)}.add.xml"


def write_plan(out: Path | None, name: str, plan: Programs) -> None:
    """Write a plan as a SUMO additional file; nothing without a folder."""
    if out is not None:
        write_programs(plan, out / plan_file(name), PROGRAM_ID)


def candidates_table(delays_s: Mapping[str, Mapping[float, float]]) -> pd.DataFrame:
    """Delay of every plan in every future, its loss against the best plan there, and its largest loss.

    Returns
    -------
    Columns ``plan``, ``delay_s at F`` and ``loss_s at F`` for every factor F, ``largest_loss_s``.

    Examples
    --------
    >>> table = candidates_table({"a": {0.8: 10.0, 1.2: 60.0}, "b": {0.8: 14.0, 1.2: 50.0}})
    >>> table["largest_loss_s"].tolist()
    [10.0, 4.0]
    """
    futures = list(next(iter(delays_s.values())))
    least = {future: min(one[future] for one in delays_s.values()) for future in futures}
    rows = []
    for name, delays in delays_s.items():
        losses = {future: delays[future] - least[future] for future in futures}
        rows.append({"plan": name, **{f"delay_s at {future:g}": delays[future] for future in futures},
                     **{f"loss_s at {future:g}": loss for future, loss in losses.items()},
                     "largest_loss_s": max(losses.values())})
    return pd.DataFrame(rows)


def least_regret(table: pd.DataFrame) -> str:
    """Return the plan whose largest loss is smallest, the first of several (minimax regret, Savage 1951).

    Examples
    --------
    >>> least_regret(candidates_table({"a": {0.8: 10.0, 1.2: 60.0}, "b": {0.8: 14.0, 1.2: 50.0}}))
    'b'
    """
    return str(table["plan"].iloc[int(table["largest_loss_s"].to_numpy().argmin())])


@dataclass(frozen=True)
class SignalOptimisation:
    """Plans that a search found, and how they do on days that they were not designed on.

    Attributes
    ----------
    searching : what was searched, on what, and how long
    plans : programs by name: the start plan, one for each future, and with several futures the robust one
    chosen : name of the plan that is proposed: with several futures the one whose largest loss is smallest on the days
        of design
    history : one row per plan that was looked at
    design : delays and losses on the days of design, by plan and future
    judged : the study of all plans on other days, in pairs
    names : scenario of that study by factor of demand
    runs : number of runs that the search made
    """

    searching: Mapping[str, Any]
    plans: Mapping[str, Programs]
    chosen: str
    history: pd.DataFrame
    design: pd.DataFrame
    judged: StudyResult
    names: Mapping[float, str]
    runs: int

    @property
    def programs(self) -> Programs:
        """The programs that are proposed."""
        return self.plans[self.chosen]

    @property
    def policy(self) -> SignalPlan:
        """A policy that sets them."""
        return SignalPlan(programs=self.programs)

    @cached_property
    def differences(self) -> dict[float, Difference]:
        """The chosen plan against the start plan on other days, by factor of demand."""
        found = {one.scenario: one for one in self.judged.comparison.chosen(OBJECTIVE)
                 if one.alternative == self.chosen}
        return {future: found[name] for future, name in self.names.items()}

    @cached_property
    def regret(self) -> pd.DataFrame:
        """Delays and losses on other days, by plan and future: columns as of ``design``."""
        table = self.judged.tables["indicators"]
        table = table[table["indicator"] == OBJECTIVE]
        means = table.groupby(["alternative", "scenario"], observed=True)["value"].mean()
        return candidates_table({plan: {future: float(means[plan, name]) for future, name in self.names.items()}
                                 for plan in self.plans})

    def as_json(self) -> dict[str, Any]:
        """Return the object of ``optimise --json``."""
        return {
            "version": __version__, "searching": dict(self.searching), "runs": self.runs, "chosen": self.chosen,
            "programs": {plan: [{"id": one.id, "offset_s": one.offset_s, "cycle_s": one.cycle_s,
                                 "phases_s": [phase.duration_s for phase in one.phases]} for one in programs]
                         for plan, programs in self.plans.items()},
            "design": self.design.to_dict("records"), "judged": self.regret.to_dict("records"),
            "differences": {f"{future:g}": one.as_json() for future, one in self.differences.items()},
        }

    def save(self, out: Path) -> None:
        """Write plans (SUMO additional files), ``history.csv``, ``regret.csv`` and ``optimisation.json`` to a folder.

        Raises
        ------
        MachineError
            If it cannot be written.
        """
        try:
            out.mkdir(parents=True, exist_ok=True)
            for name, plan in self.plans.items():
                write_plan(out, name, plan)
            write_programs(self.programs, out / CHOSEN_FILE, PROGRAM_ID)
            self.history.to_csv(out / HISTORY_FILE, index=False)
            self.regret.to_csv(out / REGRET_FILE, index=False)
            text = json.dumps(self.as_json(), indent=2, ensure_ascii=False, allow_nan=False)
            (out / RESULT_FILE).write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise MachineError(str(out), error.strerror or str(error), "a folder that can be written",
                               "free some space, or give another folder with --out") from error
