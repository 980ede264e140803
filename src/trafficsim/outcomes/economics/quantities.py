"""What is compared and what it is worth: quantities saved per analysis period, each with its price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from trafficsim.outcomes.economics.valuation import Values
from trafficsim.outcomes.sourced import Sourced
from trafficsim.outcomes.uncertainty import Draws, Uncertain
from trafficsim.spec.economics import Measure

F8 = NDArray[np.float64]
SEVERITIES = ("deaths", "serious_injuries", "slight_injuries")
PRICE_OF_CASUALTY = dict(zip(SEVERITIES, ("fatality", "serious_injury", "slight_injury"), strict=True))
KG_PER_T, G_PER_KG = 1000.0, 1000.0
DELAY = "delay_h"


class Casualties(Protocol):
    """How an alternative changes casualties: a model of its own, with uncertain inputs."""

    @property
    def inputs(self) -> tuple[Uncertain, ...]:
        """What is uncertain about it."""

    @property
    def fixed(self) -> Mapping[str, float]:
        """Best estimates of the numbers in it, by the names of its inputs."""

    def relative(self, severity: str, draws: Draws, factor: F8) -> F8:
        """Return casualties of a severity relative to the baseline, shape (n,).

        Inputs that are not among ``draws`` stand at their best estimates; ``factor`` scales the change of behaviour.
        """


class Quantity(NamedTuple):
    """A quantity that traffic uses up, and its price: the sum of unit values, each times a factor.

    Attributes
    ----------
    name : such as ``"delay_h: car"``
    component : line of the appraisal that it belongs to
    prices : pairs of a unit value and a factor
    """

    name: str
    component: str
    prices: tuple[tuple[Sourced, float], ...]


OFFICER_HOURS, DEVICES, FINES = "officer_hours", "devices", "fines_eur"
COUNTED = (OFFICER_HOURS, DEVICES, FINES)
"""What runs count of enforcement: officer hours in the analysis period, devices, fines."""


@dataclass(frozen=True)
class Alternative:
    """What an alternative changes, by replication, and what it costs.

    Attributes
    ----------
    name : of the alternative
    saved : by quantity, that of the baseline less that of the alternative in an analysis period, shape (replications,);
        the same replications for all alternatives
    citations : in an analysis period, shape (replications,)
    measure : costs; ``None`` where the study gives none
    casualties : how casualties change; ``None`` where no model covers the alternative
    missing : by component, why it is not there
    enforcement : by name, what enforcement takes and brings in an analysis period, shape (replications,): those of
        :data:`COUNTED` that are not zero and have a price
    """

    name: str
    saved: Mapping[str, F8]
    citations: F8 | None = None
    measure: Measure | None = None
    casualties: Casualties | None = None
    missing: Mapping[str, str] = field(default_factory=dict)
    enforcement: Mapping[str, F8] = field(default_factory=dict)

    @property
    def costed(self) -> bool:
        """Whether its costs are known: given by the study, or counted by the runs."""
        return self.measure is not None or OFFICER_HOURS in self.enforcement or DEVICES in self.enforcement


def quantities_of(values: Values, names: Iterable[str]) -> tuple[dict[str, Quantity], dict[str, str]]:
    """Find the price of each quantity; where there is none, its component with the reason.

    Examples
    --------
    >>> from trafficsim.outcomes.economics.valuation import unit_values
    >>> from trafficsim.spec.economics import Economics
    >>> values = unit_values(Economics(currency="EUR", price_year=2016, periods_per_year=1))
    >>> priced, missing = quantities_of(values, ["co2_kg", "fuel_l"])
    >>> priced["co2_kg"].prices[0][1], sorted(missing)
    (0.001, ['fuel'])
    """
    priced: dict[str, Quantity] = {}
    missing: dict[str, str] = {}
    for name in names:
        component, prices = _prices(values, name)
        if prices:
            priced[name] = Quantity(name, component, prices)
        else:
            missing[component] = no_price(name, values)
    return priced, missing


def no_price(name: str, values: Values) -> str:
    """Say that something has no unit value."""
    return f"no unit value for {name} in {values.table}, and none in economics.unit_values"


def _prices(values: Values, name: str) -> tuple[str, tuple[tuple[Sourced, float], ...]]:
    kind, _, vehicle_class = name.partition(": ")
    if kind == DELAY:
        return "time", tuple((one.per_person, one.share * one.occupancy) for one in values.hours_of(vehicle_class))
    component, price, factor = {
        "fuel_l": ("fuel", "fuel_per_l", 1.0), "co2_kg": ("co2", "co2_per_t", 1.0 / KG_PER_T),
        "nox_g": ("nox", "nox_per_kg", 1.0 / G_PER_KG),
    }[kind]
    return component, ((values.unit[price], factor),) if price in values.unit else ()
