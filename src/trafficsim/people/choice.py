"""The choice whether to offend, and the degree of compliance that follows from perceived risk and sanction.

A person offends with probability ``P = 1 / (1 + exp(p C - p0 C0 - b))``: p is the perceived risk of being caught, C
what being caught costs, p0 and C0 the same before the study, and b the inclination of then: what is observed today.
The degree of compliance is ``c = 1 - P / P0``, 0 while nothing has changed, to the bit.

The cost is ``certainty + fine_weight * min(fine / today's fine, fine_saturation) + point_weight * x^4``, x the points
after the offence over the limit, at most 1. ``certainty`` is what being caught costs however high the fine.
Where detection is certain the elasticity of violations with respect to the fine is
``-(1 - P) fine_weight p`` = -0.14; where p is 0.01 it is a hundredth of that.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trafficsim.spec.deterrence import Deterrence

F8 = NDArray[np.float64]


class Cost(NamedTuple):
    """What being caught brings.

    Attributes
    ----------
    fine : fine over today's fine of the same offence; 0 where there is none
    points : demerit points of the offence
    """

    fine: float
    points: int


def cost_of_sanction(cost: Cost, points: ArrayLike, limit: ArrayLike, deterrence: Deterrence) -> F8:
    """Cost of being caught, in units of the logit.

    Parameters
    ----------
    cost
        The sanction.
    points, limit
        Points that people have, and at which they lose the licence; shape (people,).

    Examples
    --------
    The same three points are nearly nothing for who has none, and everything for who has nine of twelve:

    >>> rates = Deterrence(certainty=1.0, fine_weight=0.0, point_weight=2.0)
    >>> cost_of_sanction(Cost(1.0, 3), [0, 9], 12, rates).tolist()
    [1.0078125, 3.0]
    """
    fine = deterrence.fine_weight * min(cost.fine, deterrence.fine_saturation)
    after = np.minimum((np.asarray(points) + cost.points) / np.asarray(limit), 1.0)
    square = after * after
    near = deterrence.point_weight * (square * square) if cost.points > 0 else 0.0 * after
    return np.asarray(deterrence.certainty + fine + near)


def inclination(speed_score: ArrayLike, deterrence: Deterrence) -> F8:
    """Inclination b of people: the logit of ``offending_share`` for score 0, and ``score_weight`` more per score."""
    share = deterrence.offending_share
    return np.asarray(np.log(share / (1.0 - share)) + deterrence.score_weight * np.asarray(speed_score, np.float64))


def offending(inclined: ArrayLike, added: ArrayLike) -> F8:
    """Probability of offending when the expected cost (perceived risk times cost) has risen by ``added``.

    Examples
    --------
    >>> offending(0.0, [0.0, 1.0]).round(3).tolist()
    [0.5, 0.269]
    """
    return np.asarray(1.0 / (1.0 + np.exp(np.asarray(added, np.float64) - np.asarray(inclined, np.float64))))


def compliance(inclined: ArrayLike, added: ArrayLike) -> F8:
    """Degree of compliance in [0, 1) when the expected cost has risen by ``added``; 0 where it has fallen.

    Examples
    --------
    >>> compliance(0.0, [0.0, -0.1, 2.0]).round(3).tolist()
    [0.0, 0.0, 0.762]
    """
    return np.asarray(np.maximum(1.0 - offending(inclined, added) / offending(inclined, 0.0), 0.0))


def fine_elasticity(risk: float, cost: Cost, deterrence: Deterrence) -> float:
    """Elasticity of offending with respect to the fine, for a person with score and points 0.

    Examples
    --------
    >>> fine_elasticity(1.0, Cost(3.0, 0), Deterrence())  # beyond the saturation
    0.0
    """
    if cost.fine >= deterrence.fine_saturation:
        return 0.0
    total = float(cost_of_sanction(cost, 0, 1, deterrence))
    added = (risk - deterrence.initial_risk) * total
    probability = float(offending(inclination(0.0, deterrence), added))
    return -(1.0 - probability) * risk * deterrence.fine_weight * cost.fine
