"""Deterrence: how drivers learn the risk of being caught, and what it does to their choice."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

from pydantic import Field

from trafficsim.spec.enforcement import EnforcementKind
from trafficsim.spec.model import Model

FITTED: dict[str, dict[str, Any]] = tomllib.loads(
    files("trafficsim").joinpath("people", "parameters", "deterrence.toml").read_text(encoding="utf-8"))
"""Fitted values with sources and grades."""
_LEARNING, _CHOICE, _AT_LARGE = (FITTED[part]["values"] for part in ("learning", "choice", "at_large"))


def _at_large() -> dict[str, float]:
    return {kind: float(share) for kind, share in _AT_LARGE.items()}


class Deterrence(Model):
    """Parameters of learning and of choice.

    Each person keeps, for each kind of enforcement, an alertness that a meeting raises and ``forget`` lowers, a belief
    that follows it slowly, and a novelty that wears off. The perceived risk is
    ``initial_risk + (1 - initial_risk) max(alertness, belief)``.

    Sources: the form is a modelling assumption; the values are fitted to published decays, see
    ``people/parameters/deterrence.toml`` and the page on the fit.

    Parameters
    ----------
    learn_caught, learn_seen, learn_heard, forget
        Rates per day by which alertness moves to the signal of a day on which the person is caught, sees the
        enforcement, hears of it, or meets nothing.
    consolidate
        Rate per day by which belief follows alertness.
    habituate
        Rate per day by which novelty wears off from the first meeting on.
    lasting
        What sight still counts when all novelty is gone, as a share of the first impression.
    lasting_kinds
        Kinds of which sight does not wear off while they stand. Fixed cameras by default: 223 Norwegian cameras had
        22 % fewer injury crashes over years (Høye 2015, Accident Analysis & Prevention 82). That it does not fade at
        all is a modelling assumption.
    word_of_mouth
        How many others hear of it from each person who was caught on the day before; 0: nobody, then what a person
        does depends on nobody else.
    initial_risk
        Perceived risk of each kind before the study begins.
    certainty
        What being caught costs however high the fine, in units of the logit of offending.
    fine_weight
        The same for a fine as high as today's.
    fine_saturation
        Factor on the fine of today beyond which a higher fine changes nothing.
    point_weight
        The same for points that cost the licence.
    offending_share
        Share of people of speed score 0 who offend at the initial risk.
    score_weight
        How much the inclination grows with the speed score.
    at_large
        By kind: how much of the perceived risk acts away from the places where enforcement is known to be.

    Examples
    --------
    >>> Deterrence().fine_saturation
    2.0
    """

    learn_caught: float = Field(default=_LEARNING["learn_caught"], ge=0, le=1)
    learn_seen: float = Field(default=_LEARNING["learn_seen"], ge=0, le=1)
    learn_heard: float = Field(default=_LEARNING["learn_heard"], ge=0, le=1)
    forget: float = Field(default=_LEARNING["forget"], ge=0, le=1)
    consolidate: float = Field(default=_LEARNING["consolidate"], ge=0, le=1)
    habituate: float = Field(default=_LEARNING["habituate"], ge=0, le=1)
    lasting: float = Field(default=_LEARNING["lasting"], ge=0, le=1)
    lasting_kinds: tuple[EnforcementKind, ...] = ("speed_camera",)
    word_of_mouth: float = Field(default=_LEARNING["word_of_mouth"], ge=0, le=100)
    initial_risk: float = Field(default=_LEARNING["initial_risk"], ge=0, le=1)
    certainty: float = Field(default=_CHOICE["certainty"], ge=0)
    fine_weight: float = Field(default=_CHOICE["fine_weight"], ge=0)
    fine_saturation: float = Field(default=_CHOICE["fine_saturation"], ge=1)
    point_weight: float = Field(default=_CHOICE["point_weight"], ge=0)
    offending_share: float = Field(default=_CHOICE["offending_share"], gt=0, lt=1)
    score_weight: float = Field(default=_CHOICE["score_weight"], ge=0)
    at_large: dict[str, float] = Field(default_factory=_at_large)
