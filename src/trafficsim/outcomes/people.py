"""From who drives to casualties: kilometres of people x their relative risk x the severity of their crashes.

``sum_i k_i r_i s_i`` over groups of people by months since the licence and alcohol, relative to the same sum without
the alternative. It stands beside the number by free speeds and multiplies it; nothing here reads a speed, and no
published effect on crashes is multiplied on top. A change has three parts that add up to it: exposure (kilometres),
risk (crashes per kilometre) and severity (belts).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import InputError
from trafficsim.outcomes.casualties import Models, Outcome
from trafficsim.outcomes.decomposition import contributions
from trafficsim.outcomes.severity import BELTS
from trafficsim.outcomes.sourced import Sourced
from trafficsim.outcomes.uncertainty import Draws
from trafficsim.people.alcohol import impaired_risk
from trafficsim.people.alcohol import parameters as alcohol_parameters
from trafficsim.people.licensing import practice_months
from trafficsim.people.novices import PAIR, default_curve, drawn_pairs, mean_risk, pairs_at

F8 = NDArray[np.float64]
SPEED, EXPOSURE, RISK, SEVERITY = "speed", "exposure", "risk", "severity"
PARTS = (EXPOSURE, RISK, SEVERITY)
WITH_BELTS: frozenset[str] = frozenset({"ksi", "deaths", "seriously_injured"})
"""Outcomes that belts change; crashes are as many."""
_SCALE = alcohol_parameters()["risk"]["log_scale"]
ALCOHOL_SCALE = Sourced(
    "alcohol: factor on the logarithm of relative risk", _SCALE[1], "1",
    f"{alcohol_parameters()['risk']['source']}; interval by lower risks elsewhere: modelling assumption", "D", "input",
    _SCALE[0], _SCALE[2])


class Drivers(NamedTuple):
    """Rows of people, arrays of shape (rows,); the same rows in the same order without and with an alternative.

    Attributes
    ----------
    vehicle_km : kilometres driven in the run
    begin_months, end_months : since the licence
    impaired_share : share of the kilometres driven above 0.5 g/l
    exposure : factor on kilometres that the traffic does not show
    risk : factor on crash risk per km
    practice_km : supervised kilometres before the licence beyond those of today
    belt_share : share of drivers who wear a belt
    """

    vehicle_km: F8
    begin_months: F8
    end_months: F8
    impaired_share: F8
    exposure: F8
    risk: F8
    practice_km: F8
    belt_share: F8


class PeopleChange(NamedTuple):
    """The same people without and with an alternative."""

    before: Drivers
    after: Drivers


class Numbers(NamedTuple):
    """Published numbers, at their best estimates or drawn: shape (draws,) each."""

    r0: F8
    tau_months: F8
    alcohol_scale: F8
    belt: F8


def best() -> Numbers:
    """Best estimates, one of each."""
    curve = default_curve()
    return Numbers(*(np.array([value]) for value in (
        curve.r0, curve.tau_months, ALCOHOL_SCALE.value, BELTS["front"].value)))


def drawn_numbers(models: Models) -> Numbers:
    """Draws of all numbers, the same for every alternative; R0 and tau of the learning curve together."""
    r0, tau = drawn_pairs(models.number, models.seed)
    return Numbers(r0, tau, ALCOHOL_SCALE.draws(models.number, models.seed),
                   BELTS["front"].draws(models.number, models.seed))


def numbers_at(draws: Draws) -> Numbers:
    """Numbers of draws by name, best estimates where there are none."""
    found = best()
    r0, tau = (found.r0, found.tau_months) if PAIR not in draws else pairs_at(draws[PAIR])
    return Numbers(r0, tau, np.asarray(draws.get(ALCOHOL_SCALE.name, found.alcohol_scale)),
                   np.asarray(draws.get(BELTS["front"].name, found.belt)))


def factors(drivers: Drivers, numbers: Numbers, outcome: Outcome) -> dict[str, F8]:
    """Kilometres, risk and severity of rows: arrays of shape (rows,) or (draws, rows)."""
    months = practice_months(drivers.practice_km)
    curve = mean_risk(numbers.r0[:, None], numbers.tau_months[:, None], drivers.begin_months + months,
                      drivers.end_months + months)
    alcohol = 1.0 + drivers.impaired_share * (impaired_risk(numbers.alcohol_scale)[:, None] - 1.0)
    severity = 1.0 - numbers.belt[:, None] * drivers.belt_share if outcome in WITH_BELTS else np.ones((1, 1))
    return {EXPOSURE: drivers.vehicle_km * drivers.exposure, RISK: drivers.risk * curve * alcohol, SEVERITY: severity}


def relative_by_part(
    change: PeopleChange, outcome: Outcome, numbers: Numbers, speed: F8 | None = None
) -> dict[str, F8]:
    """Parts of the relative change of an outcome by exposure, risk and severity; shape (draws,) each.

    They add up to the relative number less one, exactly 0 where nothing changes. With ``speed``, the relative number by
    free speeds, shape (draws,), its part stands among them, and they add up to the product of both less one.

    Raises
    ------
    InputError
        If nobody drives without the alternative.

    Examples
    --------
    Half the risk of a group that has a third of all crashes:

    >>> one = Drivers(*(np.array(column) for column in ([50.0, 100.0], [600.0, 600.0], [600.0, 600.0],
    ...     [0.0, 0.0], [1.0, 1.0], [1.0, 1.0], [0.0, 0.0], [0.9, 0.9])))
    >>> parts = relative_by_part(PeopleChange(one, one._replace(risk=np.array([0.5, 1.0]))), "ksi", best())
    >>> {name: round(float(value[0]), 3) for name, value in parts.items()}
    {'exposure': 0.0, 'risk': -0.167, 'severity': 0.0}
    """
    before, after = (factors(side, numbers, outcome) for side in change)
    total = np.asarray((before[EXPOSURE] * before[RISK] * before[SEVERITY]).sum(axis=-1))
    if speed is not None:
        before, after = {SPEED: np.ones((1, 1)), **before}, {SPEED: speed[:, np.newaxis], **after}
    if not (total > 0.0).all():
        raise InputError("people: kilometres", "nobody drove under the baseline", "traffic of people",
                         "give demand, or leave casualties out")
    found: Mapping[str, F8] = contributions(before, after)
    return {name: np.asarray(part / total) for name, part in found.items()}


def relative_people(change: PeopleChange, outcome: Outcome, numbers: Numbers) -> F8:
    """Relative number of an outcome by who drives; shape (draws,)."""
    return np.asarray(1.0 + sum(relative_by_part(change, outcome, numbers).values()))
