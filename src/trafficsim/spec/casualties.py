"""How a study turns free speeds into casualties: models, coefficients, weights of links."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from trafficsim.spec.model import Model


class Coefficient(Model):
    """Coefficient of the exponential model with its interval and source.

    Parameters
    ----------
    value_h_km
        Relative change of the number per km/h.
    low_h_km, high_h_km
        Ends of its 95 % interval; both or none.
    source
        Where it comes from.

    Examples
    --------
    >>> Coefficient(value_h_km=0.06, low_h_km=0.04, high_h_km=0.08, source="own analysis of 40 sites").value_h_km
    0.06
    """

    value_h_km: float = Field(ge=0, le=1)
    low_h_km: float | None = None
    high_h_km: float | None = None
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low, value, high = self.low_h_km, self.value_h_km, self.high_h_km
        if (low is None) != (high is None):
            raise ValueError("one end of an interval; give low_h_km and high_h_km, or neither")
        if low is not None and high is not None and not low <= value <= high:
            raise ValueError(f"{value:g} outside {low:g} to {high:g}; put low, value and high in order")
        return self


class Casualties(Model):
    """How free speeds become casualties; a study that has this table, or asks for such an indicator, measures them.

    Parameters
    ----------
    exponents
        Set of exponents of the power model: ``"elvik_2009"`` by road and severity with intervals, or ``"elvik_2004"``.
    form
        ``"power"``, ``"exponential"``, or ``"both"``: the intervals then cover the choice between them (even odds, a
        modelling assumption). The last two need both coefficients.
    beta_fatal, beta_injury
        Coefficients of the exponential model per km/h, of deaths and fatal crashes, and of other injuries.
    deaths_of_ksi
        Share of deaths among killed and seriously injured at the baseline; one in six without it (modelling
        assumption).
    weights
        Casualties by link at the baseline, as weights. Without it links are weighted by their traffic (vehicle-km);
        links that are not named have none.
    draws, seed
        Number and seed of the draws of the Monte Carlo.

    Examples
    --------
    >>> Casualties().exponents
    'elvik_2009'
    """

    exponents: Literal["elvik_2009", "elvik_2004"] = "elvik_2009"
    form: Literal["power", "exponential", "both"] = "power"
    beta_fatal: Coefficient | None = None
    beta_injury: Coefficient | None = None
    deaths_of_ksi: float | None = Field(default=None, gt=0, lt=1)
    weights: dict[str, float] = Field(default_factory=dict)
    draws: int = Field(default=2000, ge=1000, le=1_000_000)
    seed: int = Field(default=2009, ge=0, lt=2**63)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.form != "power" and (self.beta_fatal is None or self.beta_injury is None):
            raise ValueError(f"form {self.form!r} needs beta_fatal and beta_injury with their sources; "
                             "give both, or use form 'power'")
        negative = [link for link, weight in self.weights.items() if weight < 0.0]
        if negative or (self.weights and not any(self.weights.values())):
            raise ValueError(f"weights: {f'a negative one of link {negative[0]!r}' if negative else 'all are zero'}; "
                             "give casualties from 0, above 0 on some link")
        return self
