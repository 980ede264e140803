"""The table of signal controllers: who is in it, on which days, and that the agent learns the same twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.experiments.controllers.alternatives import EXISTING, Comparison, alternatives
from tests.experiments.controllers.networks import Place
from tests.experiments.controllers.table import Told, judged, markdown
from tests.experiments.controllers.training import Budget, Learnt, time_spent_veh_h, trained
from trafficsim.envs.worlds import corridor_world
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.spec.scenario import Time

BUDGET = Budget(generations=1, population=2, days=(1001,))


@pytest.fixture(scope="module")
def corridor() -> Prepared:
    """Three signals, which do not react by themselves, for five minutes."""
    world = corridor_world()
    network = replace(world.network, controls=())
    scenario = world.scenario.model_copy(update={"network": network, "time": Time(analysis_s=300.0, clear_s=600.0)})
    return prepare(replace(world, network=network, scenario=scenario))


@pytest.fixture(scope="module")
def learnt(corridor: Prepared) -> Learnt:
    """An agent that has hardly learnt."""
    return trained(corridor, BUDGET)


@pytest.fixture(scope="module")
def compared(corridor: Prepared, learnt: Learnt) -> Comparison:
    """All rows."""
    return alternatives(corridor, learnt.agent)


def test_an_agent_learns_the_same_from_the_same_seed(corridor: Prepared, learnt: Learnt) -> None:
    again = trained(corridor, BUDGET)
    assert (again.agent.weights, again.curve) == (learnt.agent.weights, learnt.curve)
    assert time_spent_veh_h(corridor, learnt.agent, 1001) == time_spent_veh_h(corridor, again.agent, 1001) > 0.0


def test_every_controller_has_a_row_or_a_reason(compared: Comparison) -> None:
    assert next(iter(compared.rows)) == EXISTING
    assert {"actuated", "max-pressure", "max-pressure, cyclic", "SOTL", "trained agent"} <= set(compared.rows)
    assert any("MAXBAND" in name for name in (*compared.rows, *compared.refused))
    assert all(compared.refused.values())


def test_rows_are_judged_in_pairs_on_days_without_training(compared: Comparison, learnt: Learnt) -> None:
    kept = {name: compared.rows[name] for name in (EXISTING, "max-pressure", "trained agent")}
    rows = judged(compared._replace(rows=kept), "queue", 2)
    assert [row.name for row in rows] == list(kept)
    assert rows[0].diff_s is None
    for row in rows[1:]:
        assert row.pairs == 2
        assert row.diff_s is not None
        assert row.diff_s[0] == pytest.approx(row.delay_s[0] - rows[0].delay_s[0])
    assert min(learnt.budget.days) > 1000
    lines = markdown(rows, {"green wave": "one signal"}, Told(Place("Corridor"), "queue", learnt, 1.0))
    assert [line for line in lines if line.startswith("| max-pressure")]
    assert "- Not run, green wave: one signal" in lines
