"""The agent of four weights learns by the cross-entropy method on days of its own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trafficsim.engines.registry import engine_named
from trafficsim.envs.agent import ELITE, FEATURES, LEAST_SPREAD, SPREAD, START, LinearAgent
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared
from trafficsim.policies.controlled import Controlled

VARIATION = 0.10
"""Coefficient of variation of demand from day to day, as in studies."""
ENGINE = "queue"


class Budget(NamedTuple):
    """How long an agent learns: generations, candidates in each, the days of all, and the seed of the trying."""

    generations: int = 8
    population: int = 12
    days: tuple[int, ...] = (1001, 1002)
    seed: int = 0


class Learnt(NamedTuple):
    """An agent, the time spent of the best quarter of each generation (veh h), and how it was found."""

    agent: LinearAgent
    curve: tuple[float, ...]
    budget: Budget


def time_spent_veh_h(prepared: Prepared, agent: LinearAgent, day: int) -> float:
    """Return the time that all trips of a day take together under an agent, waiting to enter included."""
    plan = lower(prepared, (Controlled(by=agent),), day, demand_variation=VARIATION).plan
    engine = engine_named(ENGINE)
    record = engine.run(plan, engine.settings_of(prepared.world))
    time = prepared.world.scenario.time
    end_s = time.start_s + time.analysis_s + time.clear_s
    left_s = np.where(record.trips.exit_s >= 0.0, record.trips.exit_s, end_s)
    return float((left_s - plan.trips.depart_s).sum()) / 3600.0


def trained(prepared: Prepared, budget: Budget) -> Learnt:
    """Train an agent: the best quarter of each generation says where the next one looks."""
    generator = np.random.default_rng(budget.seed)
    mean, spread = np.array(START), np.full(len(FEATURES), SPREAD)
    curve = list[float]()
    for _ in range(budget.generations):
        tried = mean + spread * generator.standard_normal((budget.population, len(FEATURES)))
        tried[0] = mean
        spent = np.array([np.mean([time_spent_veh_h(prepared, LinearAgent(one.tolist()), day) for day in budget.days])
                          for one in tried])
        best = np.argsort(spent, kind="stable")[: max(2, round(ELITE * budget.population))]
        curve.append(float(spent[best].mean()))
        mean, spread = tried[best].mean(axis=0), np.maximum(tried[best].std(axis=0), LEAST_SPREAD)
    return Learnt(LinearAgent(mean.tolist()), tuple(curve), budget)
