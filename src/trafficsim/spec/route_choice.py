"""Choice of routes: what routes cost drivers, how they choose among several, and who changes route on the way."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from trafficsim.spec.model import Model

EVERY_OTHER = "*"
VALUES_OF_TIME_EUR_H = {EVERY_OTHER: 12.0, "van": 28.0, "truck": 32.5}
"""Per vehicle-hour: the placeholders of the table ``eu_handbook_2019``, to be replaced by national appraisal values."""
ValueOfTime = Annotated[float, Field(gt=0, le=10_000)]


class RouteChoice(Model):
    """Generalised cost of routes, choice among several of them, and drivers who change route on the way.

    The cost of a route is its time, plus tolls and distance costs divided by the value of time. With ``[demand]
    routes = "logit"`` a trip without a route takes one of the k cheapest paths without a loop (Yen 1971,
    doi:10.1287/mnsc.17.11.712) by a path-size logit model (Ben-Akiva & Bierlaire 1999,
    doi:10.1007/978-1-4615-5203-1_2): ``P_i = exp(-scale c_i) PS_i^overlap / sum over j``, with the path size
    ``PS_i = sum over links a of i of (l_a / L_i) / (number of paths that use a)``.

    Parameters
    ----------
    paths
        k: most paths that a driver considers (modelling assumption).
    longest
        Paths whose cost is above this multiple of the cheapest are not considered (modelling assumption).
    scale_per_min
        Scale of the logit model per minute of generalised cost: with 1, of two routes that differ by one minute the
        faster takes 73 % (modelling assumption; estimate it where you have counts).
    overlap
        Exponent of the path size: 1 counts two routes that are the same as one (Ben-Akiva & Bierlaire 1999), 0 is the
        multinomial logit model.
    value_of_time_eur_h
        Value of time of a vehicle by class; ``"*"`` for all that have none of their own. Where a class is not given:
        12 EUR/h, vans 28, trucks 32.5 (unverified placeholders: give the values of your country).
    distance_cost_eur_km
        Cost of driving a kilometre that drivers count, fuel above all; 0: none.
    informed_share
        Share of drivers who know the times and closures of the moment and change route on the way. Who does is a trait
        of the person: those of 10 % are among those of 20 %.
    update_s
        Interval at which they look.
    least_gain
        Share of the remaining cost that another route must save (indifference band, Mahmassani & Jayakrishnan 1991,
        doi:10.1016/0191-2607(91)90145-G; the number is a modelling assumption).

    Examples
    --------
    >>> RouteChoice(value_of_time_eur_h={"*": 10.0}).value_of("truck"), RouteChoice().value_of("truck")
    (10.0, 32.5)
    """

    paths: int = Field(default=4, ge=1, le=20)
    longest: float = Field(default=1.5, ge=1, le=10)
    scale_per_min: float = Field(default=1.0, gt=0, le=1000)
    overlap: float = Field(default=1.0, ge=0, le=10)
    value_of_time_eur_h: dict[str, ValueOfTime] = Field(default_factory=dict)
    distance_cost_eur_km: float = Field(default=0.0, ge=0, le=100)
    informed_share: float = Field(default=0.0, ge=0, le=1)
    update_s: float = Field(default=120.0, ge=1, le=86_400)
    least_gain: float = Field(default=0.1, ge=0, le=1)

    def value_of(self, vehicle_class: str) -> float:
        """Value of time of a class (EUR per vehicle-hour)."""
        given = self.value_of_time_eur_h
        table = given if EVERY_OTHER in given else {**VALUES_OF_TIME_EUR_H, **given}
        return table.get(vehicle_class, table[EVERY_OTHER])
