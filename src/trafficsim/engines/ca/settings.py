"""Settings of the cellular automaton: the table ``[ca]`` of a scenario."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from trafficsim.spec.model import Model

Rule = Literal["default", "nasch", "vdr", "brake-light"]
PUBLISHED_CELL_M: dict[str, float] = {"nasch": 7.5, "vdr": 7.5, "brake-light": 1.5}
"""Cells in which the rules of the literature are published; with ticks of 1 s and one cell per tick of acceleration."""
CELL_RANGE_M: dict[str, tuple[float, float]] = {"nasch": (5.0, 10.0), "vdr": (5.0, 10.0), "brake-light": (1.5, 1.5)}
"""Cells that they may have: with NaSch and VDR one cell is what one vehicle takes in a jam."""
RULE_PARAMETERS: dict[str, tuple[str, ...]] = {
    "dawdle_p": ("default", "nasch", "vdr", "brake-light"), "start_p": ("default", "vdr", "brake-light"),
    "light_p": ("brake-light",), "horizon_s": ("brake-light",), "security_m": ("brake-light",),
    "headway_spread": ("default",),
}
"""Which rules read a parameter."""


class CellularAutomaton(Model):
    """Settings of the engine ``ca``.

    Parameters
    ----------
    rule
        Car-following rule: ``"default"`` (safe distance, for engineering), ``"nasch"`` (Nagel and
        Schreckenberg 1992), ``"vdr"`` (with slow-to-start, Barlovic et al. 1998) or ``"brake-light"``
        (comfortable driving, Knospe et al. 2000); see the theory page of the rules.
    cell_m
        Cell length. Default: 0.5, with ``"nasch"`` and ``"vdr"`` 7.5 (5 to 10 are possible), with
        ``"brake-light"`` 1.5 (nothing else).
    tick_s
        Time step; 1 with all rules but ``"default"``.
    dawdle_p
        Probability that a moving vehicle dawdles, per second; ``None``: 0.2, with ``"nasch"`` 0.5, ``"vdr"`` 1/64,
        ``"brake-light"`` 0.1.
    start_p
        Probability that a standing vehicle does not start in a second in which it could (slow-to-start; not with
        ``"nasch"``); ``None``: 0.2, with ``"vdr"`` 0.75, ``"brake-light"`` 0.5.
    light_p
        Only with ``"brake-light"``: probability of dawdling behind a lit brake light; ``None``: 0.94.
    horizon_s
        Only with ``"brake-light"``: headway within which drivers respond to a brake light; ``None``: 6.
    security_m
        Only with ``"brake-light"``: part of the leader's expected distance that its follower does not rely on;
        ``None``: 10.5.
    headway_spread
        Only with ``"default"``: variation of drivers' headways around the mean of their class (standard
        deviation of the logarithm); ``None``: homogeneous drivers within a class.

    Examples
    --------
    >>> CellularAutomaton(rule="vdr").cell_m
    7.5
    """

    rule: Rule = "default"
    cell_m: float = Field(default=0.5, gt=0, le=10)
    tick_s: float = Field(default=1.0, gt=0, le=2)
    dawdle_p: float | None = Field(default=None, ge=0, lt=1)
    start_p: float | None = Field(default=None, ge=0, lt=1)
    light_p: float | None = Field(default=None, ge=0, lt=1)
    horizon_s: float | None = Field(default=None, ge=1, le=60)
    security_m: float | None = Field(default=None, ge=1.5, le=60)
    headway_spread: float | None = Field(default=None, ge=0, le=0.6)

    @model_validator(mode="before")
    @classmethod
    def _cells_of_the_rule(cls, given: Any) -> Any:
        if isinstance(given, dict) and "cell_m" not in given and given.get("rule") in PUBLISHED_CELL_M:
            return {**given, "cell_m": PUBLISHED_CELL_M[given["rule"]]}
        return given

    @model_validator(mode="after")
    def _only_what_the_rule_reads(self) -> Self:
        for name, rules in RULE_PARAMETERS.items():
            if getattr(self, name) is not None and self.rule not in rules:
                raise ValueError(f"{name} = {getattr(self, name)}, which rule {self.rule!r} does not read; "
                                 f"remove {name}, or choose rule = {' or '.join(map(repr, rules))}")
        return self

    @model_validator(mode="after")
    def _resolution_of_the_rule(self) -> Self:
        least, most = CELL_RANGE_M.get(self.rule, (0.0, 10.0))
        if not least <= self.cell_m <= most:
            raise ValueError(f"cell_m = {self.cell_m} with rule {self.rule!r}, whose speeds are whole cells of "
                             f"{PUBLISHED_CELL_M[self.rule]} m; remove cell_m, or choose rule = 'default'")
        if self.rule != "default" and self.tick_s != 1.0:
            raise ValueError(f"tick_s = {self.tick_s} with rule {self.rule!r}, whose probabilities hold for 1 s; "
                             "remove tick_s, or choose rule = 'default'")
        return self
