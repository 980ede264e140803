"""The plan builder: order of operations, conflicts, ledger, and what an engine can represent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.plan.small import Demand, diamond, flow, world
from tests.plan.test_lower import flat
from trafficsim.base.errors import BelowResolution, PolicyError, UnreadField
from trafficsim.plan.arrays import Plan
from trafficsim.plan.builder import PlanBuilder
from trafficsim.plan.fields import FIELDS
from trafficsim.plan.ledger import LedgerRow, ledger_table
from trafficsim.plan.lower import lower
from trafficsim.plan.representation import check_representation
from trafficsim.spec.incident import Incident
from trafficsim.spec.policy import REGISTRY, Builder, Policy, PolicyPhase
from trafficsim.spec.population import Population

LIMIT = "link.speed_limit_ms"
HARMLESS = Incident(id="i", link="b", position_m=10.0, shoulder=True, rubbernecking=1.0, begin_s=700.0, duration_s=60.0)
PLAN = lower(world(Demand(flows=(flow(volume_veh_h=60.0),)), population=Population(people=50),
                   incidents=(HARMLESS,))).plan

Step = tuple[str, str, tuple[str, ...], float]


class Steps(Policy):
    """Does the operations it is given."""

    kind: ClassVar[str] = "test_steps"
    phase: ClassVar[PolicyPhase] = "network"
    steps: tuple[Step, ...]

    def lower(self, builder: Builder) -> None:
        for operation, field, cells, value in self.steps:
            getattr(builder, operation)(field, cells, value)


class LateSteps(Steps):
    """The same in a later phase."""

    kind: ClassVar[str] = "test_late_steps"
    phase: ClassVar[PolicyPhase] = "signals"


@pytest.fixture(scope="module", autouse=True)
def _registry() -> Iterator[None]:
    yield
    for kind in ("test_steps", "test_late_steps"):
        REGISTRY.pop(kind, None)


def build(*policies: Policy) -> tuple[Plan, tuple[LedgerRow, ...]]:
    builder = PlanBuilder(PLAN, diamond())
    builder.run(policies)
    return builder.finish()


def steps(*given: Step) -> Steps:
    return Steps(steps=given)


def test_operations_act_in_fixed_order_per_cell() -> None:
    # set 10, times 3 = 30, cap 25, floor 26: 26, although written the other way round.
    plan, _ = build(steps(("floor", LIMIT, ("b",), 26.0), ("cap", LIMIT, ("b",), 25.0)),
                    steps(("scale", LIMIT, ("b",), 3.0), ("set", LIMIT, ("b", "d"), 10.0)))
    assert plan.links.speed_limit_ms[[1, 3]].tolist() == [26.0, 10.0]
    assert plan.links.speed_limit_ms[[0, 2]].tolist() == PLAN.links.speed_limit_ms[[0, 2]].tolist()


CELLS = st.lists(st.sampled_from(PLAN.link_id), min_size=1, max_size=3, unique=True).map(tuple)
STEP = st.tuples(st.sampled_from(("scale", "cap", "floor")), st.just(LIMIT), CELLS, st.floats(0.1, 50.0))


@given(st.lists(STEP, max_size=6), st.floats(1.0, 40.0), st.randoms(use_true_random=False))
def test_the_order_of_policies_does_not_matter(operations: list[Step], value: float, rng: Any) -> None:
    policies = [steps(step) for step in [*operations, ("set", LIMIT, ("a", "c"), value)]]
    shuffled = list(policies)
    rng.shuffle(shuffled)
    assert flat(build(*policies)[0]) == flat(build(*shuffled)[0])


@given(st.lists(STEP, max_size=5))
def test_values_obey_the_last_bounds(operations: list[Step]) -> None:
    plan, _ = build(*[steps(step) for step in operations])
    for index, cell in enumerate(PLAN.link_id):
        value = plan.links.speed_limit_ms[index]
        floors = [step[3] for step in operations if step[0] == "floor" and cell in step[2]]
        caps = [step[3] for step in operations if step[0] == "cap" and cell in step[2]]
        assert value >= max(floors, default=0.0)
        assert value <= max([*floors, min(caps, default=np.inf)])


def test_two_policies_that_set_one_cell_are_in_conflict() -> None:
    one, two = steps(("set", LIMIT, ("a", "b"), 10.0)), steps(("set", LIMIT, ("b",), 10.0))
    with pytest.raises(PolicyError, match=r"test_steps #1 and test_steps #2: link.speed_limit_ms of 'b'.*Remedy"):
        build(one, two)


def test_one_policy_may_set_a_cell_twice() -> None:
    plan, _ = build(steps(("set", LIMIT, ("a",), 10.0), ("set", LIMIT, ("a",), 11.0)))
    assert plan.links.speed_limit_ms[0] == 11.0


def test_no_effect_leaves_the_plan_bit_for_bit() -> None:
    present = float(PLAN.links.speed_limit_ms[0])
    for idle in (steps(), steps(("set", LIMIT, ("a",), present)), steps(("scale", LIMIT, ("a",), 1.0)),
                 steps(("scale", LIMIT, ("a",), 0.25), ("scale", LIMIT, ("a",), 4.0))):
        assert flat(build(idle)[0]) == flat(PLAN)


def test_applying_never_changes_the_plan_without_policies() -> None:
    before = flat(PLAN)
    build(steps(("scale", LIMIT, PLAN.link_id, 0.5)))
    assert flat(PLAN) == before


def test_ledger_says_what_changed_in_order_of_phases() -> None:
    late = LateSteps(steps=(("set", "signal.offset_s", ("j",), 20.0),))
    _, ledger = build(late, steps(("scale", LIMIT, ("b", "d"), 0.5)))
    assert [(row.policy, row.field, row.unit, row.operation) for row in ledger] == [
        ("test_steps", LIMIT, "m/s", "scale"), ("test_late_steps", "signal.offset_s", "s", "set")]
    table = ledger_table(ledger)
    assert table.cell.tolist() == ["b", "d", "j"]
    assert table.operand.tolist() == [0.5, 0.5, 20.0]
    assert table.before.tolist() == [20.0, 10.0, 7.0]
    assert table.after.tolist() == [10.0, 5.0, 20.0]


def test_empty_ledger_is_an_empty_table() -> None:
    assert ledger_table(()).columns.tolist() == [
        "policy", "field", "unit", "operation", "cell", "operand", "before", "after"]


@pytest.mark.parametrize(("step", "found"), [
    (("set", "link.speed_limit", ("a",), 1.0), "no such field.*did you mean 'link.speed_limit_ms'"),
    (("set", LIMIT, ("q",), 1.0), "unknown value 'q'"),
    (("set", LIMIT, ("a", "a"), 1.0), "a value named twice"),
    (("set", LIMIT, ("a",), 0.0), "found 0 m/s; expected a finite value > 0"),
    (("scale", LIMIT, ("a",), -1.0), "expected a finite value > 0"),
])
def test_impossible_operations_are_refused(step: Step, found: str) -> None:
    with pytest.raises(PolicyError, match=found):
        build(steps(step))


@pytest.mark.parametrize("value", [[1.0, 2.0, 3.0], "fast", float("nan")])
def test_impossible_operands_are_refused(value: Any) -> None:
    with pytest.raises(PolicyError, match=f"set {LIMIT}"):
        PlanBuilder(PLAN, diamond()).set(LIMIT, ("a", "b"), value)


def test_baseline_is_read_before_any_policy() -> None:
    builder = PlanBuilder(PLAN, diamond())
    builder.set(LIMIT, ("b",), 3.0)
    assert builder.baseline(LIMIT, ("d", "b")).tolist() == [10.0, 20.0]


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_can_be_written_and_read(name: str) -> None:
    field = FIELDS[name]
    cell = field.cells(PLAN)[:1]
    value = max(field.low, 0.125)
    plan, _ = build(steps(("set", name, cell, value)))
    assert field.read(plan)[0] == value
    assert field.read(plan)[1:].tolist() == field.read(PLAN)[1:].tolist()


def in_steps(size: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda values: np.rint(values / size) * size


def test_representation_checks() -> None:
    plan, ledger = build(steps(("scale", LIMIT, ("b", "d"), 1.01)))
    check_representation(PLAN, plan, ledger, {LIMIT: in_steps(0.01)})
    with pytest.raises(UnreadField, match=r"link\.speed_limit_ms: found a field that the engine does not read"):
        check_representation(PLAN, plan, ledger, {"signal.offset_s": in_steps(1.0)})
    with pytest.raises(BelowResolution, match=r"test_steps: .* of 'b' \(and 1 more\): found 20 -> 20.2 m/s"):
        check_representation(PLAN, plan, ledger, {LIMIT: in_steps(0.5)})


def test_a_policy_without_effect_is_not_below_resolution() -> None:
    plan, ledger = build(steps(("scale", LIMIT, ("b",), 1.0)))
    check_representation(PLAN, plan, ledger, {LIMIT: in_steps(5.0)})
    assert len(ledger) == 1


@pytest.mark.parametrize(("phase", "says"), [
    ("netwrok", r"found 'netwrok'; expected one of demand, network, behaviour, signals, coordination, timeline\. "
                r"Remedy: did you mean 'network'"),
    ("before breakfast", "found 'before breakfast'"),
    (None, "phase: found none"),
])
def test_a_phase_that_does_not_exist_is_refused_where_the_policy_is_defined(phase: str | None, says: str) -> None:
    annotations = {"kind": ClassVar[str], "phase": ClassVar[str]}
    body = {"kind": "test_lost", "__annotations__": annotations, "__module__": __name__}
    with pytest.raises(PolicyError, match=says):
        type("Lost", (Policy,), body if phase is None else {**body, "phase": phase})
    assert "test_lost" not in REGISTRY


def test_a_phase_that_was_changed_afterwards_is_refused_when_the_policy_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Steps, "phase", "never")
    with pytest.raises(PolicyError, match="found 'never'"):
        build(steps(("cap", LIMIT, ("b",), 5.0)))


@pytest.mark.parametrize(("step", "message"), [
    (("scale", "group.belt_share", ("novice",), 1.1), r"belt_share of 'novice'.*1.045.*<= 1"),
    (("set", "group.belt_share", ("pensioner",), 0.5), r"unknown value 'pensioner'.*experienced, novice"),
    (("scale", "group.alcohol_factor", ("novice",), -1.0), r"alcohol_factor of 'novice'.*>= 0"),
    (("set", "sanction.fine_factor", ("smile",), 2.0), r"unknown value 'smile'.*speed_camera"),
])
def test_what_people_cannot_be_is_refused(step: Step, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        build(steps(step))
