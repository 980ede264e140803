"""How a dynamic equilibrium is looked for."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from trafficsim.spec.model import Model


class Equilibrium(Model):
    """Dynamic equilibrium of routes: how it is looked for, and when it is found.

    Parameters
    ----------
    objective
        ``"user_equilibrium"``: nobody finds a route that takes less time. ``"system_optimum"``: routes of least
        marginal cost, a heuristic; what it finds is an upper bound on the least total time.
    start
        Routes of the first run: ``"static"``: nearly in static equilibrium on volume-delay functions, interval by
        interval; ``"free_flow"``: the fastest ones on empty roads.
    gap
        Relative gap at which to stop: the sum of the times of the routes taken over the sum of least times, less one.
    iterations
        Most iterations (runs of the design day).
    interval_s
        Length of an interval of departure and of measured times.
    switching
        ``"gap"``: the more travellers save on the cheapest path, the more of them switch to it. ``"msa"``: a share
        1/(k + 1) does after iteration k (method of successive averages).
    pace
        Of ``"gap"``: the share of a cell that switches, over the share of their time that they save.

    Examples
    --------
    >>> Equilibrium(gap=0.02).iterations
    50
    """

    objective: Literal["user_equilibrium", "system_optimum"] = "user_equilibrium"
    start: Literal["static", "free_flow"] = "static"
    gap: float = Field(default=0.01, gt=0, lt=1)
    iterations: int = Field(default=50, ge=1, le=10000)
    interval_s: float = Field(default=300.0, ge=1, le=86400)
    switching: Literal["gap", "msa"] = "gap"
    pace: float = Field(default=0.5, gt=0, le=100)

    @property
    def optimises(self) -> bool:
        """Whether routes of least marginal cost are looked for."""
        return self.objective == "system_optimum"
