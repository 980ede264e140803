"""Average-speed enforcement over a section."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import ClassVar, Literal

from pydantic import Field

from trafficsim.policies.enforcing import COMMON_NUMBERS, EnforcementPolicy, one_limit_kmh
from trafficsim.policies.halo import chains, downstream, upstream
from trafficsim.spec.behaviour import Response, SpeedCheck, Zone
from trafficsim.spec.enforcement import Deployment
from trafficsim.spec.policy import Builder
from trafficsim.spec.selectors import Links

CALIBRATIONS: dict[str, tuple[float, float, float]] = {"strict": (-0.03, 0.04, 0.0), "open": (-0.05, 0.07, 0.06)}
"""Mean and standard deviation of the margin, share of drivers who are not affected."""


class SectionControl(EnforcementPolicy):
    """Enforce the average speed over sections: every vehicle is measured.

    Mechanism: along the section drivers keep below ``limit * (1 + margin)``: the desired speed is
    ``min(v0, limit (1 + margin))`` with a normal margin of the driver. They slow down within 300 m before the section
    and return to their own speed within about 1 km beyond it. Only drivers whose route uses the section respond.

    Source: two calibrations, because the evidence does not fit one. ``strict``: Kaisermühlen tunnel in Vienna, limit
    80, mean 92 to 77 km/h, 0.06 to 0.11 % of vehicles cited (operator's balance after 15 years). ``open``: A56 Naples,
    standard deviation -26 %, share above limit + 20 km/h -84 % (Montella et al. 2015, Accident Analysis & Prevention
    75). Margins by Monte Carlo for free speeds N(92, 10). Grade C (strict), B (open). Origin: input.

    Limits: cannot bind where signals, queues or curves hold the average down already: there it changes nothing. The
    speeds are an input, not evidence for the simulation. Crash effects found in practice (all crashes -22 to -32 %,
    killed and seriously injured about -50 %) are not computed here and halve within about 2.5 years (Montella et al.
    2012).

    Parameters
    ----------
    on
        Links; neighbouring ones form one section.
    calibration
        ``"strict"`` or ``"open"``.
    margin_mean, margin_sd, unaffected
        Numbers of one's own in place of the calibration's.
    upstream_m, rebound_m
        Way of slowing down before, and of returning to the own speed beyond the section.
    tolerance_kmh
        Vehicles with an average faster than the limit by more than this are cited.
    schedule
        Days, weeks, weekdays and hours in force.
    present, detection, sanctioned
        Probability that it works on such a day, that an offence is detected, and that a detected one is sanctioned.
    fine_eur, points
        Fine and demerit points.
    publicity
        Probability per person and day of hearing of it.

    Examples
    --------
    >>> SectionControl(on=Links(group="tunnel")).response.margin_sd
    0.04
    """

    kind: ClassVar[str] = "section_control"
    mechanism: ClassVar[str] = (
        "Drivers keep their average over the section below their own margin over the limit; the spread of speeds falls."
    )
    source: ClassVar[str] = (
        "strict: Kaisermühlen tunnel, ASFINAG balance after 15 years (2018); open: Montella et al. 2015, Accident "
        "Analysis & Prevention 75:164-178"
    )
    grade: ClassVar[str] = "C (strict), B (open)"
    limits: ClassVar[str] = (
        "Cannot bind where signals or queues hold the average down. Speeds are an input. No crash effect is claimed; "
        "those found in practice fade."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        **COMMON_NUMBERS,
        "margin_mean": "input: fitted to the mean speed (strict -0.03, open -0.05)",
        "margin_sd": "input: fitted to citations (strict 0.04) or to the fall of the standard deviation (open 0.07)",
        "unaffected": "input: fitted to the share above limit + 20 km/h (strict 0, open 0.06)",
        "upstream_m": "input: at most 300 m (policy evidence)",
        "rebound_m": "input: about 1 km (policy evidence); its linear form is a modelling assumption",
        "tolerance_kmh": "input: +6 km/h, with which the strict calibration meets the share cited in Vienna",
    }

    on: Links
    calibration: Literal["strict", "open"] = "strict"
    margin_mean: float | None = Field(default=None, ge=-0.5, le=0.5)
    margin_sd: float | None = Field(default=None, ge=0, le=0.5)
    unaffected: float | None = Field(default=None, ge=0, le=1)
    upstream_m: float = Field(default=300.0, ge=0, le=5000)
    rebound_m: float = Field(default=1000.0, ge=0, le=10000)
    tolerance_kmh: float = Field(default=6.0, ge=0, le=50)

    @property
    def response(self) -> Response:
        """How drivers respond."""
        given = (self.margin_mean, self.margin_sd, self.unaffected)
        mean, sd, share = (default if own is None else own
                           for own, default in zip(given, CALIBRATIONS[self.calibration], strict=True))
        return Response(trait=self.kind, margin_mean=mean, margin_sd=sd, unaffected=share)

    def lower(self, builder: Builder) -> None:
        """Let drivers respond along every section, and measure its average speed."""
        for chain in chains(builder.network, self.on.resolve(builder.network)):
            self._control(builder, chain)

    def _control(self, builder: Builder, chain: tuple[str, ...]) -> None:
        network = builder.network
        length_m = {link: float(network.links[link]["length_m"]) for link in chain}
        end = (chain[-1], length_m[chain[-1]])
        inside = [Zone(link=link, begin_m=0.0, end_m=length_m[link], strength=1.0) for link in chain]
        before = upstream(network, (chain[0], 0.0), self.upstream_m, lambda x: 1.0 - x / self.upstream_m)
        beyond = downstream(network, end, self.rebound_m, lambda x: 1.0 - x / self.rebound_m)
        name = f"section {chain[0]}" + (f" to {chain[-1]}" if len(chain) > 1 else "")
        limit_kmh = one_limit_kmh(builder, chain, f"policy {self.kind}: {name}")
        between_m = sum(_connector_m(builder, pair) for pair in pairwise(chain))
        check = SpeedCheck(name=name, role="section", begin=(chain[0], 0.0), end=end,
                           length_m=sum(length_m.values()) + between_m,
                           citation_kmh=limit_kmh + self.tolerance_kmh, links=chain)
        builder.deploy(Deployment(
            name=name, kind="section_control", along=chain, link=chain[0], response=self.response,
            zones=(*before, *inside, *beyond), checks=(check,), schedule=self.schedule, publicity=self.publicity,
            present=self.present, sanction=self.sanction(tolerance_kmh=self.tolerance_kmh), devices=2))


def _connector_m(builder: Builder, pair: tuple[str, str]) -> float:
    """Mean length of the connections between two links."""
    lengths = [one.length_m for one in builder.network.connections if (one.from_link, one.to_link) == pair]
    return sum(lengths) / len(lengths)
