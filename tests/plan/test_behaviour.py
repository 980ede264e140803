"""Marks and margins of drivers, who a rule is for, and rules that cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest, norm, truncnorm

from tests.plan.small import Demand, flow, world
from trafficsim.base.errors import PolicyError
from trafficsim.plan.arrays import UNAFFECTED
from trafficsim.plan.behaviour import HOW_MUCH, behaviour_arrays, check_rule, driver_factor, passes_any, trait_uniform
from trafficsim.plan.desired_speed import LEAST_FACTOR
from trafficsim.plan.lower import lower
from trafficsim.spec.behaviour import Response, ResponseRule, Zone

DRIVERS = 20_000
KEYS = lower(world(Demand(flows=(flow(volume_veh_h=DRIVERS),)))).plan.trips.key
LENGTHS = {"a": 100.0, "b": 300.0}


def test_there_are_enough_drivers() -> None:
    assert len(KEYS) > 0.9 * DRIVERS


@pytest.mark.parametrize("occasion", [0, HOW_MUCH])
def test_marks_are_uniform(occasion: int) -> None:
    # Kolmogorov-Smirnov at the 0.1 % level; the draws are a fixed function of the names of the drivers
    assert kstest(trait_uniform(KEYS, "camera", occasion), "uniform").pvalue > 0.001


@pytest.mark.parametrize("pair", [("speed_camera", "section_control"), ("a", "b"), ("mark", "mark ")])
def test_marks_of_different_names_are_independent(pair: tuple[str, str]) -> None:
    # The standard error of a correlation of n independent pairs is 1 / sqrt(n); four of them. Tails too: the share of
    # drivers in the lowest tenth of both marks is 1 %, with a standard error of sqrt(0.01 * 0.99 / n).
    one, other = (trait_uniform(KEYS, name) for name in pair)
    assert abs(np.corrcoef(one, other)[0, 1]) < 4.0 / np.sqrt(len(KEYS))
    both = ((one < 0.1) & (other < 0.1)).mean()
    assert both == pytest.approx(0.01, abs=4.0 * np.sqrt(0.01 * 0.99 / len(KEYS)))


def test_who_responds_tells_nothing_about_how_much() -> None:
    who, how_much = trait_uniform(KEYS, "m"), trait_uniform(KEYS, "m", HOW_MUCH)
    assert abs(np.corrcoef(who, how_much)[0, 1]) < 4.0 / np.sqrt(len(KEYS))


def test_marks_tell_nothing_about_the_desired_speed() -> None:
    trips = lower(world(Demand(flows=(flow(volume_veh_h=DRIVERS),)))).plan.trips
    for occasion in (0, HOW_MUCH):
        uniform = trait_uniform(trips.key, "speed_camera", occasion)
        assert abs(np.corrcoef(uniform, trips.z)[0, 1]) < 4.0 / np.sqrt(len(KEYS))


@pytest.mark.parametrize(("mean", "sd"), [(-0.05, 0.06), (-0.03, 0.04), (0.1, 0.2)])
def test_margins_are_normal_with_the_mean_and_deviation_asked_for(mean: float, sd: float) -> None:
    # Four standard errors: sd / sqrt(n) of the mean and sd / sqrt(2 n) of the deviation, which the cut at three
    # deviations makes 1.3 % smaller.
    margins = driver_factor(KEYS, Response(trait="m", margin_mean=mean, margin_sd=sd)) - 1.0
    assert margins.mean() == pytest.approx(mean, abs=4.0 * sd / np.sqrt(len(KEYS)))
    cut = float(truncnorm(-3.0, 3.0).std())
    assert cut * sd - 4.0 * sd / np.sqrt(2 * len(KEYS)) < margins.std() < sd + 4.0 * sd / np.sqrt(2 * len(KEYS))
    inside = np.abs(margins - mean) < 2.99 * sd
    assert kstest((margins[inside] - mean) / sd, truncnorm(-2.99, 2.99).cdf).pvalue > 0.001
    assert np.abs(margins - mean).max() <= 3.0 * sd + 1e-12
    assert 1.0 - inside.mean() == pytest.approx(2.0 * norm.sf(2.99), abs=4.0 * np.sqrt(0.0028 / len(KEYS)))


@pytest.mark.parametrize("unaffected", [0.0, 0.13, 0.5, 1.0])
def test_the_share_asked_for_is_not_affected(unaffected: float) -> None:
    factor = driver_factor(KEYS, Response(trait="m", margin_sd=0.06, unaffected=unaffected))
    # four standard errors of a share
    error = 4.0 * np.sqrt(unaffected * (1.0 - unaffected) / len(KEYS))
    assert (factor == UNAFFECTED).mean() == pytest.approx(unaffected, abs=error)


def test_no_margin_makes_drivers_stop() -> None:
    factor = driver_factor(KEYS, Response(trait="m", margin_mean=-0.5, margin_sd=0.5))
    assert factor.min() == LEAST_FACTOR == 0.2
    assert (factor > LEAST_FACTOR).mean() == pytest.approx(norm.cdf(0.3 / 0.5), abs=4.0 * np.sqrt(0.2 / len(KEYS)))


def test_a_margin_is_a_driver_s_own_at_every_share() -> None:
    few, many = (driver_factor(KEYS, Response(trait="m", margin_sd=0.06, unaffected=share)) for share in (0.9, 0.2))
    affected = few < UNAFFECTED
    np.testing.assert_array_equal(few[affected], many[affected])


def test_marks_are_those_of_people_and_not_of_rows() -> None:
    shuffled = np.random.default_rng(1).permutation(len(KEYS))
    np.testing.assert_array_equal(trait_uniform(KEYS, "m")[shuffled], trait_uniform(KEYS[shuffled], "m"))


def rule(name: str = "r", along: tuple[str, ...] = ("b",), *zones: Zone) -> ResponseRule:
    return ResponseRule(name=name, link="b", response=Response(trait="m"), along=along, zones=zones)


def test_a_rule_is_for_those_whose_route_has_one_of_its_links() -> None:
    # routes a-b-d and, for buses, a-c-d
    mixed = Demand(flows=(flow("f", vehicle_classes={"car": 1.0, "bus": 1.0}),))
    plan = lower(world(mixed)).plan
    on_c = passes_any(plan, [plan.link_id.index("c")])
    assert 0 < on_c.sum() < len(on_c)
    np.testing.assert_array_equal(passes_any(plan, [plan.link_id.index("b")]), ~on_c)
    assert passes_any(plan, [plan.link_id.index(link) for link in "bc"]).all()
    assert not passes_any(plan, []).any()
    rules = behaviour_arrays(plan, [rule(), rule("s", ("c", "d"))])
    np.testing.assert_array_equal(rules.factor[0] == UNAFFECTED, on_c)
    assert (rules.factor[1] == 1.0).all()


def test_rules_and_zones_become_arrays_row_by_row() -> None:
    plan = lower(world(Demand(flows=(flow(),)))).plan
    zones = (Zone(link="a", begin_m=5.0, end_m=50.0, strength=0.25),
             Zone(link="b", begin_m=0.0, end_m=300.0, strength=1.0))
    rules = behaviour_arrays(plan, [rule("none"), rule("two", ("b",), *zones)])
    assert rules.rule_name == ("none", "two")
    assert rules.zone_rule.tolist() == [1, 1]
    assert [plan.link_id[row] for row in rules.zone_link] == ["a", "b"]
    assert (rules.zone_begin_m.tolist(), rules.zone_end_m.tolist()) == ([5.0, 0.0], [50.0, 300.0])
    assert rules.zone_strength.tolist() == [0.25, 1.0]


@pytest.mark.parametrize(("bad", "message"), [
    (ResponseRule(name="r", link="q", response=Response(trait="m"), along=("a",)), r"policy p: 'r': found no link 'q'"),
    (rule("r", ("q",)), r"found no link 'q'; expected a link of the network\. Remedy: correct the link"),
    (rule("r", ("b",), Zone(link="q", begin_m=0.0, end_m=1.0, strength=1.0)), r"found no link 'q'"),
    (rule("r", ("b",), Zone(link="a", begin_m=90.0, end_m=101.0, strength=1.0)),
     r"found a zone from 90 to 101 m on 'a'; expected a stretch within its 100 m\. Remedy: correct the zone"),
    (rule("r", ("b",), Zone(link="a", begin_m=50.0, end_m=50.0, strength=1.0)), r"a zone from 50 to 50 m"),
])
def test_impossible_rules_are_refused(bad: ResponseRule, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        check_rule(bad, LENGTHS, "p")
