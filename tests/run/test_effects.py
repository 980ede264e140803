"""Policies without effect: refused when they say nothing anywhere, named when they change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from tests.run import fake_engine
from tests.run.fake_engine import Slower, fake_world
from trafficsim.base.errors import PolicyError
from trafficsim.engines.registry import ENGINES
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.run.effects import Effect, check_policies, without_effect
from trafficsim.run.runner import run_study
from trafficsim.spec.policy import REGISTRY, Builder, Policy, PolicyPhase
from trafficsim.spec.study import Study


class Speechless(Policy):
    """Says nothing to the builder, but in a scenario of one name."""

    kind: ClassVar[str] = "test_speechless"
    phase: ClassVar[PolicyPhase] = "network"
    cells: tuple[str, ...] = ()

    def lower(self, builder: Builder) -> None:
        builder.cap("link.free_speed_mean_ms", self.cells, 5.0)


@pytest.fixture(scope="module", autouse=True)
def _registry() -> Iterator[None]:
    yield
    REGISTRY.pop("test_speechless", None)


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENGINES, "ca", fake_engine.FAKE)


def study(*policies: Policy) -> tuple[Study, dict[str, Prepared]]:
    alternatives = {"do nothing": (), "tried": policies}
    world = fake_world()
    return (Study(name="toy", scenarios=(world.scenario,), alternatives=alternatives, replications=2),
            {"small": prepare(world)})


@pytest.mark.parametrize("others", [(), (Slower(),)])
def test_a_policy_that_records_no_operation_is_refused_before_anything_runs(others: tuple[Policy, ...]) -> None:
    with pytest.raises(PolicyError, match="alternative 'tried': policy test_speechless: found no operation recorded"):
        run_study(*study(Speechless(), *others))


def test_the_second_of_a_kind_is_named_with_its_number() -> None:
    with pytest.raises(PolicyError, match="policy test_speechless #2: found no operation"):
        run_study(*study(Speechless(cells=("b",)), Speechless()))


def test_a_policy_that_leaves_all_values_runs_and_is_named() -> None:
    report = run_study(*study(Slower(speed_ms=99.0))).as_json()
    assert report["without_effect"] == [{"scenario": "small", "engine": "ca", "alternative": "tried",
                                         "policy": "test_slower", "reason": "leaves every value as it was"}]


def test_a_policy_with_effect_is_not_named() -> None:
    assert "without_effect" not in run_study(*study(Slower())).as_json()
    effects = check_policies(*study(Slower()))
    assert effects == (Effect("small", "ca", "tried", "test_slower", 1, 1),)
    assert without_effect(effects) == ()


def test_what_finds_nothing_to_do_in_one_of_two_scenarios_is_named_and_runs() -> None:
    effects = [Effect("a", "ca", "tried", "webster", 0, 0), Effect("b", "ca", "tried", "webster", 6, 4)]
    (found,) = without_effect(effects)
    assert (found.level, found.code) == ("warning", "no-effect")
    assert found.where == "scenario 'a': alternative 'tried': policy webster"
    assert found.message == "recorded no operation here"
