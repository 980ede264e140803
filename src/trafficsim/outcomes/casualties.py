"""From free speeds by link to relative crashes and casualties of a whole network, with draws of every exponent.

A network's relative number is ``sum_l w_l f(v0_l, v1_l) / sum_l w_l`` with the links' baseline casualties, or their
exposure, as weights. As a function of the exponent alone it is smooth, so it is sampled at a few Chebyshev nodes and
read off there for thousands of drawn exponents: the links are gone through once per node, not once per draw.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from trafficsim.base.draws import hash_name, u01
from trafficsim.base.errors import InputError
from trafficsim.outcomes.sourced import DRAWS, OUTCOME, SEED, Sourced
from trafficsim.outcomes.speed_models import SETS, Exponents, Roads, Severity

F8 = NDArray[np.float64]
Outcome = Literal[
    "ksi", "deaths", "injury_crashes", "fatal_crashes", "injured", "seriously_injured", "slightly_injured"]
NODES = 24
"""Chebyshev nodes in the exponent. For changes of speed up to a half and exponents within ten of each other the error
is below 1e-12: terms fall as (0.69 x 5 / 2)^24 / 24!."""
DEATHS_OF_KSI = Sourced("share of deaths among killed and seriously injured", 1.0 / 6.0, "1",
                        "modelling assumption: five seriously injured for every death (European Commission, road "
                        "safety statistics)", "D", "input")
MODEL_FORM = "model form"
FATAL: frozenset[str] = frozenset({"deaths", "fatal_crashes"})


@dataclass(frozen=True)
class SpeedChange:
    """Mean free speeds by link without and with an alternative; all arrays of shape (links,).

    Attributes
    ----------
    before_kmh, after_kmh : mean free-flow spot speed of unimpeded vehicles
    weight : baseline casualties, or exposure, of each link; their scale does not matter
    urban : whether the exponents of urban and residential roads hold; else those of rural roads and motorways
    """

    before_kmh: F8
    after_kmh: F8
    weight: F8
    urban: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Refuse weights and speeds that mean nothing."""
        for name, values in (("weight", self.weight), ("before_kmh", self.before_kmh), ("after_kmh", self.after_kmh)):
            if not np.isfinite(values).all() or (values < 0.0).any():
                raise InputError(f"speed change: {name}", "negative or not finite", "finite numbers from 0",
                                 "correct them")
        moving = self.weight > 0.0
        if not moving.any():
            raise InputError("speed change: weight", "no weight above 0", "casualties or traffic on some link",
                             "give weights, or measure links with traffic")
        if not ((self.before_kmh[moving] > 0.0) & (self.after_kmh[moving] > 0.0)).all():
            raise InputError("speed change: speeds", "0 km/h on a link with weight", "speeds above 0",
                             "leave the link out")


@dataclass(frozen=True)
class Models:
    """Which models and numbers turn speeds into casualties.

    Attributes
    ----------
    exponents : of the power model, by severity and roads
    betas : coefficient of the exponential model for fatal and for other injuries; ``None`` where none is given
    form : ``"power"``, ``"exponential"``, or ``"both"``: one of them, even odds, in every draw
    deaths_of_ksi : share of deaths among killed and seriously injured at the baseline
    number, seed : of the draws
    """

    exponents: Exponents = field(default_factory=lambda: SETS["elvik_2009"])
    betas: Mapping[str, Sourced] | None = None
    form: Literal["power", "exponential", "both"] = "power"
    deaths_of_ksi: Sourced = DEATHS_OF_KSI
    number: int = DRAWS
    seed: int = SEED

    def __post_init__(self) -> None:
        """Refuse a form whose coefficient nobody gave."""
        if self.form != "power" and not {"fatal", "injury"} <= set(self.betas or ()):
            raise InputError(f"casualty models: form {self.form!r}", "no coefficients of the exponential model",
                             "a coefficient for fatal and for other injuries, with their source",
                             "give beta_fatal and beta_injury, or use form 'power'")

    def parts(self, outcome: Outcome) -> tuple[tuple[Severity, Sourced | None], ...] | None:
        """Severities that an outcome is made of, with the share of each; ``None`` if an exponent is not in the set."""
        parts: tuple[tuple[Severity, Sourced | None], ...] = (
            (("deaths", self.deaths_of_ksi), ("seriously_injured", None)) if outcome == "ksi" else ((outcome, None),))
        known = {severity for severity, _ in self.exponents}
        return parts if self.form == "exponential" or known >= {severity for severity, _ in parts} else None

    def beta(self, severity: Severity) -> Sourced:
        """Coefficient of the exponential model for a severity."""
        return (self.betas or {})["fatal" if severity in FATAL else "injury"]


def relative(change: SpeedChange, outcome: Outcome, models: Models) -> float:
    """Number of crashes or casualties relative to the baseline, by the published values without their intervals.

    No change of speed gives exactly 1. With both forms it is the mean of the two.

    Raises
    ------
    InputError
        If the set of exponents has none for the outcome.
    """
    return 1.0 + float(_excess(change, outcome, models, lambda one: np.array([one.value]), np.array([0.5]))[0])


def drawn(change: SpeedChange, outcome: Outcome, models: Models) -> F8:
    """Draws of the relative number, one per draw of the exponents, shares and the model's form; shape (number,).

    The same draws for every change of speed, so that alternatives are ranked under one truth at a time.

    Raises
    ------
    InputError
        If the set of exponents has none for the outcome.
    """
    return np.asarray(1.0 + _excess(change, outcome, models,
                                    lambda one: one.draws(models.number, models.seed), _form_draws(models)))


def _form_draws(models: Models) -> F8:
    """Weight of the exponential model in every draw: 0 or 1."""
    level = u01(hash_name("outcomes", models.seed), OUTCOME, hash_name(MODEL_FORM), np.arange(models.number))
    return np.asarray((level < 0.5).astype(np.float64))


def _excess(
    change: SpeedChange, outcome: Outcome, models: Models, value: Callable[[Sourced], F8], exponential: F8
) -> F8:
    """Relative number less one: severities by their shares, links by their weights."""
    parts = models.parts(outcome)
    if parts is None:
        raise InputError(f"casualty models: {outcome}", "no exponent in this set",
                         "a set with an exponent for it", "use exponents 'elvik_2009'")
    found: F8 | None = None
    left: F8 = np.ones(1)
    for severity, share in parts:
        weight = left if share is None else np.clip(value(share), 0.0, 1.0)
        left = left - weight
        term = weight * _of_severity(change, severity, models, value, exponential)
        found = term if found is None else found + term
    assert found is not None
    return found


def _of_severity(
    change: SpeedChange, severity: Severity, models: Models, value: Callable[[Sourced], F8], exponential: F8
) -> F8:
    by_power = _by_power(change, severity, models, value) if models.form != "exponential" else None
    if models.form == "power" and by_power is not None:
        return by_power
    difference = change.after_kmh - change.before_kmh
    by_exponential = mean_excess(difference, change.weight, value(models.beta(severity))) / change.weight.sum()
    if by_power is None:
        return np.asarray(by_exponential)
    return np.asarray(exponential * by_exponential + (1.0 - exponential) * by_power)


def _by_power(change: SpeedChange, severity: Severity, models: Models, value: Callable[[Sourced], F8]) -> F8:
    moving = change.weight > 0.0
    logarithm = np.zeros(len(moving))
    logarithm[moving] = np.log(change.after_kmh[moving] / change.before_kmh[moving])
    total: F8 = np.zeros(1)
    places: Sequence[tuple[Roads, NDArray[np.bool_]]] = (("urban", change.urban), ("rural", ~change.urban))
    for roads, there in places:
        exponent = value(models.exponents[severity, roads])
        total = total + mean_excess(logarithm[there], change.weight[there], exponent)
    return np.asarray(total / change.weight.sum())


def mean_excess(x: F8, weight: F8, exponent: F8) -> F8:
    """Weighted sum over links of ``exp(e x) - 1`` for every exponent e; shape of ``exponent``.

    Links that do not change are left out, so that no change gives exactly 0.

    Examples
    --------
    >>> values = mean_excess(np.log([0.9, 1.0]), np.array([1.0, 3.0]), np.linspace(-1.0, 6.0, 100))
    >>> bool(np.abs(values - (0.9 ** np.linspace(-1.0, 6.0, 100) - 1.0)).max() < 1e-12)
    True
    """
    moved = (x != 0.0) & (weight > 0.0)
    if not moved.any():
        return np.zeros(len(exponent))
    x, weight = x[moved], weight[moved]
    low, high = float(exponent.min()), float(exponent.max())
    if len(exponent) <= NODES or high == low:
        return np.asarray(np.expm1(np.outer(exponent, x)) @ weight)
    middle, half = (low + high) / 2.0, (high - low) / 2.0
    nodes = chebyshev.chebpts1(NODES)
    at_nodes = np.expm1(np.outer(middle + half * nodes, x)) @ weight
    return np.asarray(chebyshev.chebval((exponent - middle) / half, _series(nodes, at_nodes)))


def _series(nodes: F8, values: F8) -> F8:
    """Chebyshev coefficients of the polynomial through values at the nodes of the first kind."""
    series = chebyshev.chebvander(nodes, len(nodes) - 1).T @ values * (2.0 / len(nodes))
    series[0] /= 2.0
    return np.asarray(series)
