"""Deterrence: how drivers learn the risk of being caught, and what it does to their choice of speed."""

from __future__ import annotations

from pydantic import Field

from trafficsim.spec.model import Model


class Deterrence(Model):
    """Parameters of learning and of choice.

    Perceived risk p of each kind of enforcement follows ``p <- p + rate * (signal - p)`` at every exposure: the signal
    is 1 for who is caught, sees the enforcement or hears of it, 0 for who passes and meets nothing.

    Sources: form and first values are a modelling assumption; they are fitted to published decays.

    Parameters
    ----------
    learn_caught, learn_seen, learn_heard, forget
        Rates of learning by being caught, by seeing and by hearing, and of forgetting when nothing is met.
    initial_risk
        Perceived risk of each kind before the study begins.
    sensitivity
        How much the expected sanction lowers the inclination to speed.
    fine_unit_eur
        Fine that counts as one unit of sanction.
    point_weight
        Units of sanction of a point, far from the limit.
    fine_saturation
        Factor on the fine of today beyond which a higher fine changes nothing.

    Examples
    --------
    >>> Deterrence().learn_caught
    0.5
    """

    learn_caught: float = Field(default=0.5, ge=0, le=1)
    learn_seen: float = Field(default=0.05, ge=0, le=1)
    learn_heard: float = Field(default=0.01, ge=0, le=1)
    forget: float = Field(default=0.005, ge=0, le=1)
    initial_risk: float = Field(default=0.01, ge=0, le=1)
    sensitivity: float = Field(default=3.0, ge=0)
    fine_unit_eur: float = Field(default=100.0, gt=0)
    point_weight: float = Field(default=0.5, ge=0)
    fine_saturation: float = Field(default=2.0, ge=1)
