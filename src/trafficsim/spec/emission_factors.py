"""Emission factors by mean speed, as a study gives them."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from trafficsim.spec.model import Model

CHECKED = 50
"""Speeds at which a factor is tried."""


class EmissionFactor(Model):
    """A row of the EMEP/EEA guidebook's table of hot emissions, in its own notation, for a share of the fleet.

    Parameters
    ----------
    pollutant
        ``"co2"`` or ``"nox"``.
    share
        Share of the vehicle-kilometres to which it applies; the shares of a pollutant add up to 1.
    alpha, beta, gamma, delta, epsilon, zeta, eta
        Coefficients of ``(alpha V^2 + beta V + gamma + delta / V) / (epsilon V^2 + zeta V + eta)``: g/km, V in km/h.
    reduction
        Reduction factor RF, as a share.
    least_kmh, most_kmh
        Range of mean speeds of the row.

    Examples
    --------
    >>> EmissionFactor(pollutant="co2", gamma=180, least_kmh=10, most_kmh=130).eta
    1.0
    """

    pollutant: Literal["co2", "nox"]
    share: float = Field(default=1.0, gt=0, le=1)
    alpha: float = 0.0
    beta: float = 0.0
    gamma: float = 0.0
    delta: float = 0.0
    epsilon: float = 0.0
    zeta: float = 0.0
    eta: float = 1.0
    reduction: float = Field(default=0.0, ge=0, le=1)
    least_kmh: float = Field(gt=0, le=200)
    most_kmh: float = Field(gt=0, le=250)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.least_kmh >= self.most_kmh:
            raise ValueError(f"a range from {self.least_kmh:g} to {self.most_kmh:g} km/h; "
                             "give least_kmh below most_kmh")
        for step in range(CHECKED + 1):
            v = self.least_kmh + (self.most_kmh - self.least_kmh) * step / CHECKED
            below = self.epsilon * v * v + self.zeta * v + self.eta
            if below == 0.0 or (self.alpha * v * v + self.beta * v + self.gamma + self.delta / v) / below < 0.0:
                raise ValueError(f"coefficients that give no emission at {v:g} km/h; compare them with the guidebook")
        return self
