"""A rollout: candidate places, a budget per year, and the order in which they are built."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from trafficsim.spec.model import Model

RolloutOrder = Literal["expected casualties", "observed counts", "equity", "random"]
EquityRule = Literal["one per area", "equal risk reduction"]


class Candidate(Model):
    """A place where enforcement could stand.

    Parameters
    ----------
    link
        Link.
    position_m
        Distance from its start.
    cost
        What it costs there, in the unit of the budget; that of the rollout where it is left out.
    area
        Municipality or district, for rules of equity.

    Examples
    --------
    >>> Candidate(link="east2", position_m=150.0).name
    'east2 150 m'
    """

    link: str = Field(min_length=1)
    position_m: float = Field(ge=0)
    cost: float | None = Field(default=None, gt=0)
    area: str = ""

    @property
    def name(self) -> str:
        """What tables call it."""
        return f"{self.link} {self.position_m:g} m"


class SteppedWedge(Model):
    """Sites get their turn at random, so that the programme can be evaluated honestly afterwards.

    Parameters
    ----------
    effect
        Share of injury crashes around a site that the evaluation shall be able to see; that of the speed model if it is
        left out.
    level
        Two-sided level of the test.
    seed
        Seed of the draw.

    Examples
    --------
    >>> SteppedWedge(effect=0.2).level
    0.05
    """

    effect: float | None = Field(default=None, gt=0, lt=1)
    level: float = Field(default=0.05, gt=0, lt=0.5)
    seed: int = Field(default=1, ge=0, lt=2**63)


class Rollout(Model):
    """A programme of enforcement over years.

    A site acts from the beginning of the year in which it is built.

    Parameters
    ----------
    name
        Name of the programme.
    kind
        Kind of a policy that stands at places.
    parameters
        Its parameters, beside the places.
    candidates
        Places, or a CSV file with the columns ``link``, ``position_m`` and, where wanted, ``cost`` and ``area``.
    every_m
        Instead of candidates: places along every link, at most so far apart.
    cost
        What a site costs to build.
    running_cost_per_year
        What a site costs in every year in which it stands; it comes out of the same budget.
    budget_per_year
        Budget of every year; what is left of one does not go into the next.
    years
        Number of years.
    order
        ``"expected casualties"``: what avoids most casualties per cost next, by the expected crashes of sites
        (empirical Bayes); ``"observed counts"``: where most crashes were counted; ``"equity"``; ``"random"``.
    equity
        ``"one per area"``: first one site in every area, then what avoids most; ``"equal risk reduction"``: always the
        area whose casualties have been reduced by the smallest share.
    stepped_wedge
        Sites that the order chooses get their year at random; gives the power of the evaluation afterwards.
    seed
        Seed of the order ``"random"``.

    Examples
    --------
    >>> places = (Candidate(link="east2", position_m=150.0),)
    >>> Rollout(name="cameras", kind="speed_camera", candidates=places, cost=60000, budget_per_year=120000).years
    3
    """

    name: str = Field(default="rollout", min_length=1, pattern=r"^[\w.+ -]+$")
    kind: str = Field(default="speed_camera", min_length=1)
    parameters: dict[str, Any] = Field(default_factory=dict)
    candidates: tuple[Candidate, ...] | str | None = None
    every_m: float | None = Field(default=None, ge=50, le=100_000)
    cost: float = Field(default=1.0, gt=0)
    running_cost_per_year: float = Field(default=0.0, ge=0)
    budget_per_year: float = Field(gt=0)
    years: int = Field(default=3, ge=1, le=50)
    order: RolloutOrder = "expected casualties"
    equity: EquityRule = "one per area"
    stepped_wedge: SteppedWedge | None = None
    seed: int = Field(default=1, ge=0, lt=2**63)

    @model_validator(mode="after")
    def _has_candidates(self) -> Self:
        if (self.candidates is None) == (self.every_m is None):
            raise ValueError("give candidates (places, or a CSV file) or every_m, one of the two")
        if self.candidates is not None and not self.candidates:
            raise ValueError("no candidates: name at least one place, a CSV file, or give every_m")
        if self.order == "equity" and not isinstance(self.candidates, str) and not any(
                one.area for one in self.candidates or ()):
            raise ValueError("order 'equity' needs the area of the candidates: give each of them an area")
        return self
