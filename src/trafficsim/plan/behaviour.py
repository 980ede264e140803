"""Responses of drivers to policies as arrays: who is affected, how much, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from trafficsim.base.errors import PolicyError
from trafficsim.kernels.rng import Stream, hash_name, u01
from trafficsim.plan.arrays import F8, U8, UNAFFECTED, BehaviourArrays, Plan
from trafficsim.plan.deploying import InForce
from trafficsim.plan.desired_speed import LEAST_FACTOR
from trafficsim.plan.realise import normal_score
from trafficsim.spec.behaviour import Response, ResponseRule, Zone

MOST_FACTORS = 100_000_000
"""Rules times trips that fit in memory (12 bytes each)."""
WHO, HOW_MUCH, NOTICES = 0, 1, 2
"""Occasions of the draws of a trait, and of a place's being noticed."""


def trait_uniform(keys: U8, trait: str, occasion: int = WHO) -> F8:
    """Uniform numbers of travellers for a trait: the same in every alternative.

    Examples
    --------
    >>> keys = np.arange(3, dtype=np.uint64)
    >>> bool((trait_uniform(keys, "camera") == trait_uniform(keys, "camera")).all())
    True
    """
    return u01(keys, Stream.TRAIT, hash_name(trait) >> 1, occasion)


def driver_factor(keys: U8, response: Response) -> F8:
    """Accepted speed over the limit by driver, :data:`~trafficsim.plan.arrays.UNAFFECTED` for those not affected.

    The margin is normal with scores cut at +-3, and the factor never below
    :data:`~trafficsim.plan.desired_speed.LEAST_FACTOR`, or else wide margins would stop traffic; who is affected is
    nested in the share.

    Parameters
    ----------
    keys
        uint64, shape (trips,): random keys of the vehicles.
    response
        The response.

    Examples
    --------
    >>> driver_factor(np.arange(2, dtype=np.uint64), Response(trait="m", margin_mean=-0.05)).tolist()
    [0.95, 0.95]
    """
    affected = trait_uniform(keys, response.trait) < 1.0 - response.unaffected
    score = normal_score(trait_uniform(keys, response.trait, HOW_MUCH))
    factor = np.maximum(1.0 + response.margin_mean + response.margin_sd * score, LEAST_FACTOR)
    return np.where(affected, factor, UNAFFECTED)


def behaviour_arrays(plan: Plan, rules: Sequence[ResponseRule]) -> BehaviourArrays:
    """Rules and zones of a plan.

    Raises
    ------
    PolicyError
        If rules times trips do not fit in memory.
    """
    if len(rules) * len(plan.trips.key) > MOST_FACTORS:
        raise PolicyError("responses of drivers", f"{len(rules)} places for {len(plan.trips.key)} trips",
                          f"at most {MOST_FACTORS // len(plan.trips.key)} places for so many trips",
                          "enforce at fewer places")
    index = {link: row for row, link in enumerate(plan.link_id)}
    factor = np.full((len(rules), len(plan.trips.key)), UNAFFECTED)
    for row, rule in enumerate(rules):
        passes = passes_any(plan, [index[link] for link in rule.along])
        if rule.noticed < 1.0:
            passes &= trait_uniform(plan.trips.key, rule.name, NOTICES) < rule.noticed
        factor[row, passes] = driver_factor(plan.trips.key[passes], rule.response)
    zones = [(row, zone) for row, rule in enumerate(rules) for zone in rule.zones]
    return BehaviourArrays(
        rule_name=tuple(rule.name for rule in rules),
        rule_link=np.array([index[rule.link] for rule in rules], np.int32), factor=factor,
        zone_rule=np.array([row for row, _ in zones], np.int32),
        zone_link=np.array([index[zone.link] for _, zone in zones], np.int32),
        zone_begin_m=np.array([zone.begin_m for _, zone in zones], np.float64),
        zone_end_m=np.array([zone.end_m for _, zone in zones], np.float64),
        zone_strength=np.array([zone.strength for _, zone in zones], np.float64),
        rule_begin_s=np.array([-np.inf if rule.begin_s is None else rule.begin_s for rule in rules], np.float64),
        rule_end_s=np.array([np.inf if rule.end_s is None else rule.end_s for rule in rules], np.float64),
    )


def kept_gaps_s(plan: Plan, brought: Sequence[InForce]) -> F8:
    """Time gap that the driver of each trip keeps at least: the longest that any deployment on the way makes it keep.

    Those are affected who pass it on a trip that departs while it is in force, notice it and care. Empty where no
    deployment is about gaps.
    """
    asked = [one for one in brought if one.deployment.gaps is not None and one.hours_s is not None]
    if not asked:
        return np.zeros(0)
    index = {link: row for row, link in enumerate(plan.link_id)}
    kept = np.zeros(len(plan.trips.key))
    for one in asked:
        deployment, gaps = one.deployment, one.deployment.gaps
        assert gaps is not None
        affected = passes_any(plan, [index[link] for link in deployment.along])
        affected &= trait_uniform(plan.trips.key, deployment.name, NOTICES) < deployment.noticed
        affected &= trait_uniform(plan.trips.key, gaps.trait) < 1.0 - gaps.unaffected
        if one.hours_s:
            depart_s = plan.trips.depart_s
            affected &= np.any([(begin <= depart_s) & (depart_s < end) for begin, end in one.hours_s], axis=0)
        kept[affected] = np.maximum(kept[affected], gaps.kept_gap_s)
    return kept


def passes_any(plan: Plan, links: Sequence[int]) -> np.ndarray:
    """Whether each trip's route has one of the links."""
    trips = plan.trips
    trip = np.repeat(np.arange(len(trips.key)), np.diff(trips.route_start))
    wanted = np.isin(trips.route_link, np.asarray(links, np.int64))
    return np.bincount(trip[wanted], minlength=len(trips.key)) > 0


def check_rule(rule: ResponseRule, lengths_m: Mapping[str, float], policy: str) -> None:
    """Refuse a rule on unknown links, or with a zone beyond its link.

    Raises
    ------
    PolicyError
        Naming the link and the remedy.
    """
    for link in (rule.link, *rule.along, *(zone.link for zone in rule.zones)):
        if link not in lengths_m:
            raise PolicyError(f"policy {policy}: {rule.name!r}", f"no link {link!r}", "a link of the network",
                              "correct the link")
    for zone in rule.zones:
        if not zone.begin_m < zone.end_m <= lengths_m[zone.link] + 1e-6:
            raise PolicyError(
                f"policy {policy}: {rule.name!r}", f"a zone from {zone.begin_m:g} to {zone.end_m:g} m on {zone.link!r}",
                f"a stretch within its {lengths_m[zone.link]:g} m", "correct the zone")


def zone_name(zone: Zone) -> str:
    """What the ledger calls a zone.

    Examples
    --------
    >>> zone_name(Zone(link="a", begin_m=0, end_m=50, strength=1))
    'a 0-50 m'
    """
    return f"{zone.link} {zone.begin_m:g}-{zone.end_m:g} m"
