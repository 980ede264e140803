"""What policies say about drivers: how they respond, where, and where their speed is measured."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from trafficsim.spec.model import Model


class Response(Model):
    """How drivers respond to enforcement of a limit L: in a zone of strength K they drive ``v0 - K max(0, v0 - L f)``.

    ``v0`` is the driver's own desired speed and ``f = 1 + margin`` the driver's own; who is slower than ``L f`` anyway
    is not affected.

    Parameters
    ----------
    trait
        Name of the trait: drivers draw one number for it, the same under every policy and alternative, so that those
        who are affected at a share of 20 % include those at 10 %.
    margin_mean, margin_sd
        Mean and standard deviation (normal) of the margin over the limit that drivers allow themselves.
    unaffected
        Share of drivers who do not know of it or do not care.
    """

    trait: str = Field(min_length=1)
    margin_mean: float = Field(default=0.0, ge=-0.5, le=0.5)
    margin_sd: float = Field(default=0.0, ge=0.0, le=0.5)
    unaffected: float = Field(default=0.0, ge=0.0, le=1.0)


class GapResponse(Model):
    """How drivers respond to enforcement of gaps: those affected keep no shorter time gap than a given one.

    Parameters
    ----------
    trait
        Name of the trait, as of :class:`Response`.
    kept_gap_s
        Time gap that they keep at least.
    unaffected
        Share of drivers who do not know of it or do not care.
    """

    trait: str = Field(min_length=1)
    kept_gap_s: float = Field(gt=0, le=5)
    unaffected: float = Field(default=0.0, ge=0, le=1)


class Zone(Model):
    """A stretch of a link, in m from its start, where a response holds with a strength from 0 to 1."""

    link: str
    begin_m: float = Field(ge=0)
    end_m: float = Field(gt=0)
    strength: float = Field(ge=0, le=1)


class ResponseRule(Model):
    """A response, the link whose limit it is about, and where it holds.

    Parameters
    ----------
    name
        What the ledger calls it.
    link
        Its limit (after all policies on limits) is the L of the response.
    along
        Only drivers whose route has one of these links respond: who never meets the place is not touched by it.
    zones
        Where on the road it holds.
    begin_s, end_s
        Clock times between which it holds, such as those of a patrol; always, where not given.
    noticed
        Share of these drivers who notice that there is something to respond to: drawn for every rule anew, nested in
        the share.
    """

    name: str
    link: str
    response: Response
    along: tuple[str, ...] = Field(min_length=1)
    zones: tuple[Zone, ...] = ()
    begin_s: float | None = None
    end_s: float | None = None
    noticed: float = Field(default=1.0, ge=0, le=1)


class SpeedCheck(Model):
    """Enforcement by measuring: the speed between two points, and the speed above which a vehicle is cited.

    One of the role ``"checkpoint"`` cites nobody for speeding: there vehicles are stopped, or their gaps are measured.

    Parameters
    ----------
    name
        What tables call it.
    role
        ``"camera"`` (a spot), ``"section"`` or ``"checkpoint"``.
    begin, end
        Link and position (m from its start) of the two points.
    length_m
        Way between them.
    citation_kmh
        A vehicle is cited when its speed is above this; 0: none is.
    links
        Links from the first point to the second, where these are on different links: who comes another way is not
        measured.
    hours_s
        Clock times (begin and end in s) between which vehicles are cited; empty: always.
    """

    name: str
    role: Literal["camera", "section", "checkpoint"]
    begin: tuple[str, float]
    end: tuple[str, float]
    length_m: float = Field(gt=0)
    citation_kmh: float = Field(default=0.0, ge=0)
    links: tuple[str, ...] = ()
    hours_s: tuple[tuple[float, float], ...] = ()
