"""Optimise the programs of a scenario: a search for each future of demand, one for all of them, and the judgement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from trafficsim.base.errors import InputError, quoted
from trafficsim.design.timing.plan_variables import KINDS, PlanVariables, Programs, plan_variables
from trafficsim.engines.registry import check_engine
from trafficsim.plan.demand_futures import with_demand
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.policies.signal_plan import SignalPlan
from trafficsim.run.executor import WorkerPool
from trafficsim.run.manifest import scenario_content, take_folder
from trafficsim.run.optimisation.evaluating import FILE, OBJECTIVE, Evaluator, Setting, workers_of
from trafficsim.run.optimisation.result import (
    OPTIMISED,
    ROBUST,
    START,
    SignalOptimisation,
    candidates_table,
    least_regret,
    plan_for,
    write_plan,
)
from trafficsim.run.optimisation.search import Tried, best_of, search
from trafficsim.run.options import Options
from trafficsim.run.rehearsal import rehearsed
from trafficsim.run.result import StudyResult
from trafficsim.run.runner import run_study
from trafficsim.spec.study import MOST_VARIATION, Study
from trafficsim.spec.world import World

JUDGED = "judged"
"""Folder of the runs that plans are judged by."""
FEWEST_JUDGED = 2
Told = Callable[[str], None]


@dataclass(frozen=True)
class Searching:
    """What is searched, on what, and how long.

    Parameters
    ----------
    variables
        ``"offsets"``, ``"splits"`` or both.
    days
        Days that plans are designed on.
    judged_on
        Other days, on which they are judged.
    futures
        Factors of demand.
    budget
        Plans that every search looks at, at most.
    seed
        Of the search.
    engine
        Engine that drives.
    demand_variation
        Coefficient of variation of the demand of a whole day.
    """

    variables: tuple[str, ...] = KINDS
    days: int = 3
    judged_on: int = 10
    futures: tuple[float, ...] = (1.0,)
    budget: int = 400
    seed: int = 1
    engine: str = "queue"
    demand_variation: float = 0.10

    def check(self) -> None:
        """Refuse what makes no sense.

        Raises
        ------
        InputError
            Naming it.
        """
        check_engine(self.engine)
        for name, least in (("days", 1), ("judged_on", FEWEST_JUDGED), ("budget", 1)):
            value = getattr(self, name)
            if not isinstance(value, int) or value < least:
                raise InputError(name, quoted(value), f"a whole number >= {least}", "correct it")
        if not isinstance(self.seed, int) or self.seed < 0:
            raise InputError("seed", quoted(self.seed), "a whole number >= 0", "correct it")
        if not 0.0 <= self.demand_variation <= MOST_VARIATION:
            raise InputError("demand_variation", f"{self.demand_variation:g}", f"a number from 0 to {MOST_VARIATION:g}",
                             "give the coefficient of variation: 0.1 is 10 %")
        if not self.futures or len(set(self.futures)) < len(self.futures):
            raise InputError("futures", quoted(self.futures), "different factors of demand, one at least",
                             "name every future once")


def optimise(  # noqa: PLR0913 - as the public function
    world: World, searching: Searching, *, workers: int = 1, out: Path | None = None, resume: bool = False,
    cache: Path | None = None, told: Told = lambda _: None,
) -> SignalOptimisation:
    """Search for programs with less delay, and judge what was found on other days.

    Parameters
    ----------
    world
        The scenario; its programs are the start plan.
    searching
        What is searched, on what, and how long.
    workers
        Number of processes; the results do not depend on it.
    out
        Folder for evaluations, plans and the runs of the judgement; ``None`` keeps them in memory only.
    resume
        Whether evaluations in the folder are welcome.
    cache
        Folder for routes that drivers learn.
    told
        Called with a line about what is done.

    Raises
    ------
    InputError
        If an argument or the scenario is wrong, or ``cma`` is not installed.
    MachineError
        If the folder cannot be written or workers are lost.
    SimulationError
        If a run breaks off.
    """
    searching.check()
    variables = plan_variables(world.network, searching.variables)
    worlds = _worlds(world, searching, cache)
    _take(out, worlds, searching, resume)
    setting = Setting(worlds, searching.engine, searching.demand_variation)
    with workers_of(setting, workers) as pool:
        evaluator = Evaluator(setting, searching.days, None if out is None else out / FILE, pool)
        designs = _Designs(variables, searching, evaluator, out, told)
        plans = designs.plans()
    table = candidates_table({name: {future: evaluator.delays_s(future, [plan])[0] for future in worlds}
                              for name, plan in plans.items()})
    chosen = least_regret(table) if ROBUST in plans else OPTIMISED
    told("plans are judged on other days")
    judged = _judged(worlds, plans, searching, workers, out)
    found = SignalOptimisation(asdict(searching), plans, chosen, designs.history(), table, judged,
                               {future: one.world.scenario.name for future, one in worlds.items()}, evaluator.runs)
    if out is not None:
        found.save(out)
    return found


def _worlds(world: World, searching: Searching, cache: Path | None) -> dict[float, Prepared]:
    """Worlds by factor of demand, with the routes that drivers know."""
    usual = prepare(world)
    worlds = {}
    for future in searching.futures:
        one = usual if future == 1.0 else prepare(with_demand(world, usual, future))
        worlds[future] = rehearsed(one, searching.engine, cache)
    return worlds


def _take(out: Path | None, worlds: Mapping[float, Prepared], searching: Searching, resume: bool) -> None:
    """Take the folder: evaluations depend on scenario, engine, days and variation, not on the search itself."""
    if out is None:
        return
    content = {"optimise": {"engine": searching.engine, "days": searching.days,
                            "demand_variation": searching.demand_variation},
               "scenarios": {f"{future:g}": scenario_content(one, (searching.engine,))
                             for future, one in worlds.items()}}
    take_folder(out, content, resume=True)
    if (out / FILE).exists() and not resume:
        raise InputError(str(out / FILE), "evaluations of an earlier search", "an empty folder",
                         "add --resume to go on from them, or give another folder with --out")


class _Designs:
    """The searches: one for each future, and one for the smallest largest loss over all."""

    def __init__(self, variables: PlanVariables, searching: Searching, evaluator: Evaluator, out: Path | None,
                 told: Told) -> None:
        self._variables, self._searching, self._evaluator = variables, searching, evaluator
        self._out, self._told = out, told
        self._tried: dict[str, list[Tried]] = {}

    def plans(self) -> dict[str, Programs]:
        """Search; return the plans by name, the start plan first."""
        futures, start = self._searching.futures, self._variables.start
        names = {future: OPTIMISED if len(futures) == 1 else plan_for(future) for future in futures}
        found = {START: start}
        for future, name in names.items():
            found[name] = self._searched(name, partial(self._evaluator.delays_s, future), [start])
        if len(futures) > 1:
            found[ROBUST] = self._searched(ROBUST, self._largest_losses(), list(found.values()))
        return found

    def _largest_losses(self) -> Callable[[Sequence[Programs]], list[float]]:
        """Largest loss over all futures, against the best that was seen in each."""
        futures, evaluator = self._searching.futures, self._evaluator
        least = {future: best_of(tried).value for future, tried in zip(futures, self._tried.values(), strict=True)}

        def largest(plans: Sequence[Programs]) -> list[float]:
            losses = [np.array(evaluator.delays_s(future, plans)) - least[future] for future in futures]
            return [float(one) for one in np.max(losses, axis=0)]

        return largest

    def _searched(self, name: str, objective: Callable[[Sequence[Programs]], list[float]],
                  begin: Sequence[Programs]) -> Programs:
        seen: list[tuple[float, Programs]] = []

        def watched(plans: Sequence[Programs]) -> list[float]:
            values = objective(plans)
            least = min(zip(values, plans, strict=True), key=lambda one: one[0])
            if not seen or least[0] < seen[-1][0]:
                seen.append(least)
                write_plan(self._out, name, least[1])
            self._told(f"{name}: {self._evaluator.runs:,} runs, best {seen[-1][0]:.2f} s")
            return values

        tried = search(self._variables, watched, begin, self._searching.budget, self._searching.seed)
        self._tried[name] = tried
        return best_of(tried).plan

    def history(self) -> pd.DataFrame:
        """One row per plan that was looked at: search, generation, candidate, value, best value so far."""
        parts = []
        for name, tried in self._tried.items():
            values = [one.value for one in tried]
            parts.append(pd.DataFrame({
                "search": name, "generation": [one.generation for one in tried],
                "candidate": [one.candidate for one in tried], "value_s": values,
                "best_s": np.minimum.accumulate(values)}))
        return pd.concat(parts, ignore_index=True)


def _judged(worlds: Mapping[float, Prepared], plans: Mapping[str, Programs], searching: Searching, workers: int,
            out: Path | None) -> StudyResult:
    """Run all plans in all futures on days that none was designed on."""
    named = {one.world.scenario.name: one for one in worlds.values()}
    alternatives = {name: () if name == START else (SignalPlan(programs=plan),) for name, plan in plans.items()}
    study = Study(name=f"{next(iter(named))}_optimised", scenarios=tuple(one.world.scenario for one in named.values()),
                  question="Is the delay under plans that were designed on other days less than under the start plan?",
                  alternatives=alternatives, baseline=START, replications=searching.judged_on,
                  demand_variation=searching.demand_variation, engines=(searching.engine,), primary=(OBJECTIVE,))
    with WorkerPool(workers) as pool:
        options = Options(None if out is None else out / JUDGED, resume=True, executor=pool)
        return run_study(study, named, options=options)
