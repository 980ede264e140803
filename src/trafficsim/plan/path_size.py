"""Path-size logit: who chooses which of several overlapping paths (Ben-Akiva & Bierlaire 1999)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.draws import PeopleStream, u01
from trafficsim.plan.arrays import F8, U8


def path_sizes(paths: Sequence[Sequence[int]], length_m: F8) -> F8:
    """Path size of each path among others: ``sum over its links a of (l_a / L) / (number of paths that use a)``.

    Ben-Akiva & Bierlaire 1999 (doi:10.1007/978-1-4615-5203-1_2), in the form without correction by lengths, which
    Frejinger & Bierlaire 2007 (doi:10.1016/j.trb.2006.06.003) find to be the one that theory supports. What all paths
    share at their ends counts, too.

    Parameters
    ----------
    paths
        Links of each path.
    length_m
        Length of all links.

    Examples
    --------
    Three paths of 10 km, two of which share 8 km:

    >>> path_sizes([[0], [1, 2], [1, 3]], np.array([10.0, 8.0, 2.0, 2.0])).round(3).tolist()
    [1.0, 0.6, 0.6]
    """
    users = Counter(link for path in paths for link in set(path))
    return np.array([sum(length_m[link] / users[link] for link in path) / sum(length_m[link] for link in path)
                     for path in paths])


def utilities(cost_min: F8, size: F8, scale_per_min: float, overlap: float) -> F8:
    """Systematic utility of each path: ``-scale c + overlap ln PS``."""
    return np.asarray(-scale_per_min * cost_min + overlap * np.log(size))


def shares(utility: F8) -> F8:
    """Probability of each path.

    Examples
    --------
    >>> shares(np.array([0.0, -1.0])).round(3).tolist()
    [0.731, 0.269]
    """
    weight = np.exp(utility - utility.max())
    return np.asarray(weight / weight.sum())


def chosen(utility: F8, path_key: U8, person_key: U8) -> NDArray[np.int64]:
    """Path that each person chooses: the one of highest utility with the person's own view of it.

    That view is a Gumbel draw by person and path, so the shares are those of the logit model, and whose path and whose
    costs do not change does not move: what another path costs makes people leave, or come to it, and nobody change
    between two others.

    Parameters
    ----------
    utility
        By path.
    path_key
        A number of 64 bits by path: the same in every alternative.
    person_key
        Random key by person.

    Returns
    -------
    array of shape (persons,), positions of paths

    Examples
    --------
    >>> people = np.arange(10_000, dtype=np.uint64)
    >>> where = chosen(np.array([0.0, -1.0]), np.array([3, 4], np.uint64), people)
    >>> bool(abs((where == 0).mean() - 1.0 / (1.0 + np.exp(-1.0))) < 0.015)
    True
    """
    view = u01(person_key[:, np.newaxis], PeopleStream.PATH, path_key[np.newaxis, :], 0)
    return np.asarray(np.argmax(utility - np.log(-np.log(view)), axis=1), np.int64)
