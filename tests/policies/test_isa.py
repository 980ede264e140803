"""Intelligent speed assistance: who is held to the limit, nested, and what it does to speeds and to nobody else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.plan.test_people import TOWN, town
from trafficsim.base.errors import PolicyError
from trafficsim.plan.arrays import Plan
from trafficsim.plan.desired_speed import desired_speed_ms
from trafficsim.plan.ledger import ledger_table
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import prepare
from trafficsim.policies.isa import Isa
from trafficsim.run.free_speeds import acted_on

PREPARED = prepare(town())
BEFORE = lower(PREPARED).plan
shares = st.floats(0, 1)


def under(*policies: Isa) -> Plan:
    return lower(PREPARED, policies).plan


def held(plan: Plan) -> np.ndarray:
    return plan.trips.limit_factor == 1.0


@given(shares, shares)
def test_those_equipped_at_a_smaller_share_are_equipped_at_a_larger_one(one: float, other: float) -> None:
    few, many = under(Isa(share=min(one, other))), under(Isa(share=max(one, other)))
    assert (few.drivers.isa <= many.drivers.isa).all()
    assert (held(few) <= held(many)).all()


@given(shares, shares)
def test_those_who_override_are_nested_too(one: float, other: float) -> None:
    few, many = (under(Isa(share=1, override_share=share)) for share in (min(one, other), max(one, other)))
    assert (held(few) >= held(many)).all()


def test_who_is_held_wants_the_limit_at_most_and_others_what_they_wanted() -> None:
    after = under(Isa(share=0.5, type="hard"))
    assert (held(after) == after.drivers.isa).all()
    assert 0.4 < after.drivers.isa.mean() < 0.6
    trips = np.arange(len(after.trips.key))
    for link in range(len(after.link_id)):
        wanted, now = (desired_speed_ms(plan.links, plan.classes, plan.trips, trips, np.full(len(trips), link))
                       for plan in (BEFORE, after))
        most = np.where(held(after), after.links.speed_limit_ms[link], np.inf)
        assert (now == np.minimum(wanted, most)).all()


def test_soft_assistance_holds_those_who_do_not_override_it() -> None:
    after = under(Isa(share=1.0))
    assert after.drivers.isa.all()
    assert abs(held(after).mean() - 0.7) < 0.06


def test_a_group_alone_can_be_equipped() -> None:
    after = under(Isa(share=1.0, groups=("fast",), type="hard"))
    assert (held(after) == (after.drivers.group == 1)).all()


def test_nobody_equipped_changes_nothing() -> None:
    after = under(Isa(share=0.0))
    for name, old, new in zip(BEFORE.trips._fields, BEFORE.trips, after.trips, strict=True):
        assert np.array_equal(old, new), name
    assert all(np.array_equal(old, new) for old, new in zip(BEFORE.drivers, after.drivers, strict=True))


def test_the_ledger_says_what_changed_by_group() -> None:
    table = ledger_table(lower(PREPARED, [Isa(share=0.25, type="hard")]).ledger)
    shown = table[table["field"] == "group.isa_share"]
    assert shown[["cell", "before", "after"]].values.tolist() == [["calm", 0.0, 0.25], ["fast", 0.0, 0.25]]


def test_groups_may_have_it_before_any_policy() -> None:
    groups = tuple(group.model_copy(update={"isa_share": 0.4, "isa": "hard"}) for group in TOWN.groups)
    plan = lower(town(TOWN.model_copy(update={"groups": groups}))).plan
    assert 0.3 < held(plan).mean() < 0.5
    assert (held(plan) <= held(under(Isa(share=0.6, type="hard")))).all()


@pytest.mark.parametrize(("world", "policies", "message"), [
    (town(None), [Isa(share=0.5)], r"policy isa: found a scenario without people; expected .*\[population\]"),
    (town(), [Isa(share=0.5, groups=("old",))], "found no group 'old'; expected some of calm, fast"),
    (town(), [Isa(share=0.5), Isa(share=0.6)], "both set this value"),
])
def test_mistakes_are_told(world: object, policies: list[Isa], message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        lower(world, policies)  # type: ignore[arg-type]


def test_free_speeds_are_measured_everywhere_once_somebody_is_held() -> None:
    assert acted_on(lower(PREPARED, [Isa(share=0.3)])).all()
    assert not acted_on(lower(PREPARED, [Isa(share=0.0)])).any()
