"""Nodes of the queue engine against the node model of Tampère et al. (2011), over ten hours.

Exits are links that are full: a queue at their ends lets the supply through. They are long, so that a random row of
vehicles that turn elsewhere does not empty them: in the theory flows are fluids.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.oracles.node_model import turn_flows
from tests.oracles.test_node_model import CAPACITY, DEMAND, SUPPLY
from tests.support.nodes import node_plan, turns_of


def compared(demand: np.ndarray, capacity: np.ndarray, supply: np.ndarray, exit_m: float) -> tuple[np.ndarray, ...]:
    """Return the flow by approach of the engine, and of the theory with the turns that there were."""
    seen = turns_of(node_plan(demand.tolist(), capacity.tolist(), supply.tolist(), exit_m), demand.shape)
    theory = np.array(turn_flows(seen.wanted.tolist(), capacity.tolist(), supply.tolist()))
    return seen.passed.sum(axis=1), theory.sum(axis=1)


def test_the_example_of_tampere() -> None:
    found, theory = compared(np.array(DEMAND), np.array(CAPACITY), np.array(SUPPLY), exit_m=1000.0)
    assert theory == pytest.approx((500.0, 1369.7, 800.0, 1369.7), rel=0.05)
    assert found == pytest.approx(theory, rel=0.02)
    assert found / found.sum() == pytest.approx(theory / theory.sum(), rel=0.02)


def random_node(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return demand a tenth over the capacities, capacities, and supplies of a random node.

    No turn is rare: of rare ones a few vehicles decide, and the theory is discontinuous.
    """
    rng = np.random.default_rng(seed)
    ins, outs = rng.integers(2, 5), rng.integers(1, 4)
    capacity = rng.uniform(400.0, 1000.0, ins)
    share = 0.1 + rng.uniform(0.0, 1.0, (ins, outs))
    demand = share / share.sum(axis=1, keepdims=True) * capacity[:, np.newaxis]
    return 1.1 * demand, capacity, demand.sum(axis=0) * rng.uniform(0.4, 1.1, outs)


@pytest.mark.parametrize("seed", range(5))
def test_random_nodes(seed: int) -> None:
    found, theory = compared(*random_node(seed), exit_m=1000.0)
    assert found == pytest.approx(theory, rel=0.02)
