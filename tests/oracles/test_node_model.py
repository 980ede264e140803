"""The reference node model on published cases, and the seven requirements of Tampère et al. (2011)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles.node_model import acceptance, turn_flows

CAPACITY = SUPPLY = (1000.0, 2000.0, 1000.0, 2000.0)
DEMAND = ((0.0, 50.0, 150.0, 300.0), (100.0, 0.0, 300.0, 1600.0), (100.0, 100.0, 0.0, 600.0),
          (100.0, 800.0, 800.0, 0.0))
"""Example of section 4.4 of the paper, also a test of PLANit (org.goplanit, TampereNodeModelTest)."""
EPS = 1e-6


def test_the_example_of_the_paper() -> None:
    assert acceptance(DEMAND, CAPACITY, SUPPLY) == pytest.approx((1.0, 0.68483412, 1.0, 0.80568720), abs=1e-6)
    flow = np.array(turn_flows(DEMAND, CAPACITY, SUPPLY))
    assert flow.sum(axis=1) == pytest.approx((500.0, 1369.668246, 800.0, 1369.668246), abs=1e-6)
    assert flow.sum(axis=0) == pytest.approx((249.052133, 794.549763, 1000.0, 1995.734597), abs=1e-6)
    assert flow.sum() == pytest.approx(4039.336493, abs=1e-6)
    assert flow[1] == pytest.approx((68.483412, 0.0, 205.450237, 1095.734597), abs=1e-6)
    assert flow[3] == pytest.approx((80.568720, 644.549763, 644.549763, 0.0), abs=1e-6)


@pytest.mark.parametrize(("tiny", "accepted"), [(1e-6, (0.2, 1.0 / 3.0)), (0.0, (1.0, 1.0 / 3.0))])
def test_a_tiny_turn_makes_a_difference(tiny: float, accepted: tuple[float, float]) -> None:
    # first in, first out: who waits for the full exit holds up all behind it, however few they are
    demand = ((0.0, 0.0, 1000.0 - tiny, tiny), (0.0, 0.0, 0.0, 3000.0))
    assert acceptance(demand, (1000.0, 5000.0), (1e9, 1e9, 1000.0, 1000.0)) == pytest.approx(accepted, abs=1e-4)


@st.composite
def nodes(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Demand, capacity and supply of a node with any number of approaches and exits."""
    ins, outs = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    flow = st.floats(10.0, 2000.0)
    demand = np.array([[draw(st.one_of(st.just(0.0), flow)) for _ in range(outs)] for _ in range(ins)])
    demand[demand.sum(axis=1) == 0.0, 0] = 100.0
    return demand, demand.sum(axis=1) * draw(st.floats(1.0, 3.0)), np.array([draw(flow) for _ in range(outs)])


@given(nodes())
def test_flows_are_feasible_and_keep_turning_fractions(node: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    demand, capacity, supply = node  # any number of approaches and exits: requirement 1
    flow = np.array(turn_flows(demand.tolist(), capacity.tolist(), supply.tolist()))
    assert np.all(flow >= 0.0), "3: non-negativity"
    assert flow.sum(axis=0).sum() == pytest.approx(flow.sum(axis=1).sum()), "4: conservation of vehicles"
    assert np.all(flow.sum(axis=1) <= demand.sum(axis=1) + EPS), "5: demand"
    assert np.all(flow.sum(axis=0) <= supply + EPS), "5: supply"
    fractions = demand / demand.sum(axis=1, keepdims=True)
    assert flow == pytest.approx(fractions * flow.sum(axis=1, keepdims=True), abs=EPS), "6: turning fractions"


@given(nodes())
def test_no_flow_can_be_raised_alone(node: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    demand, capacity, supply = node  # 2: each flow is held by its demand or by an exit without room
    flow = np.array(turn_flows(demand.tolist(), capacity.tolist(), supply.tolist()))
    full = flow.sum(axis=0) >= supply - EPS
    held = (demand > 0.0) @ full
    assert np.all(held | (flow.sum(axis=1) >= demand.sum(axis=1) - EPS))


@given(nodes(), st.floats(1.0, 3.0))
def test_flows_do_not_change_when_those_held_up_want_more(node: tuple[np.ndarray, np.ndarray, np.ndarray],
                                                          more: float) -> None:
    demand, capacity, supply = node  # 7: behind a queue demand becomes capacity, and the flow stays
    flow = np.array(turn_flows(demand.tolist(), capacity.tolist(), supply.tolist()))
    held = flow.sum(axis=1) < demand.sum(axis=1) - EPS
    raised = np.where(held[:, np.newaxis], demand * more, demand)
    assert np.array(turn_flows(raised.tolist(), capacity.tolist(), supply.tolist())) == pytest.approx(flow, abs=1e-4)
    wider = np.where(flow.sum(axis=0) < supply - EPS, supply * more, supply)
    assert np.array(turn_flows(demand.tolist(), capacity.tolist(), wider.tolist())) == pytest.approx(flow, abs=1e-4)


@given(nodes())
def test_a_full_exit_is_shared_by_capacity(node: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    demand, capacity, supply = node  # interaction rule: of those whom one exit alone holds, flow over capacity is one
    flow = np.array(turn_flows(demand.tolist(), capacity.tolist(), supply.tolist()))
    full = flow.sum(axis=0) >= supply - EPS
    held = flow.sum(axis=1) < demand.sum(axis=1) - EPS
    for j in np.flatnonzero(full):
        alone = held & (demand[:, j] > 0.0) & (((demand > 0.0) & full).sum(axis=1) == 1)
        level = (flow.sum(axis=1) / capacity)[alone]
        assert np.all(np.abs(level - level[:1]) < 1e-6)
