"""Static assignment of matrices to networks, from files or models."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trafficsim.spec.network import Network
from trafficsim.spec.od_matrix import ODMatrix
from trafficsim.spec.static_network import StaticNetwork

if TYPE_CHECKING:
    from trafficsim.design.assignment.result import Assignment, Objective


def assign(
    network: StaticNetwork | Network | str | Path, matrix: ODMatrix | str | Path,
    objective: Objective = "user_equilibrium", gap: float = 1e-4, iterations: int = 1000,
    weights: Mapping[str, float] | None = None,
) -> Assignment:
    """Assign a matrix to a network: static user equilibrium, or static system optimum.

    In a user equilibrium nobody finds a cheaper path (Wardrop's first principle); in a system optimum the total cost is
    least (his second). Link times follow the BPR function. Solved by the bi-conjugate Frank-Wolfe method.

    Parameters
    ----------
    network
        A static network; a road network, whose nodes are then the zones; or a file of one of them (TNTP, or any format
        that :func:`trafficsim.read` knows).
    matrix
        Trips in the period that the capacities refer to (veh/h for road networks); or a file (CSV, TNTP).
    objective
        ``"user_equilibrium"`` or ``"system_optimum"``.
    gap
        Relative gap at which to stop: (total cost - cost of all trips on the cheapest paths) / total cost. In a system
        optimum costs are the marginal ones.
    iterations
        Most iterations. The result tells whether the gap was reached.
    weights
        Time units per unit of ``"toll"`` and of ``"length"`` in the generalised cost; 0 where not given.

    Returns
    -------
    An :class:`~trafficsim.design.assignment.result.Assignment`: tables ``links`` and ``iterations``, and totals.

    Raises
    ------
    InputError
        If a file or a setting cannot be used.
    NetworkError
        If a link has a capacity of 0, or a cost that is negative or not finite.
    DemandError
        If a zone is not in the network, no path joins two zones with trips, or there are no trips.

    Examples
    --------
    >>> import numpy as np
    >>> import trafficsim as ts
    >>> roads = ts.StaticNetwork(
    ...     node=("a", "b"), link=("bridge", "ferry"), tail=np.array([0, 0]), head=np.array([1, 1]),
    ...     capacity=np.array([100.0, 100.0]), free_time=np.array([10.0, 20.0]),
    ...     b=np.array([1.0, 0.0]), power=np.array([1.0, 1.0]))
    >>> trips = ts.ODMatrix(("a", "b"), np.array([[0.0, 150.0], [0.0, 0.0]]))
    >>> ts.assign(roads, trips).links["volume"].round(3).tolist()
    [100.0, 50.0]
    >>> ts.assign(roads, trips, "system_optimum").links["volume"].round(3).tolist()
    [50.0, 100.0]
    """
    from trafficsim.design.assignment.equilibrium import equilibrium

    return equilibrium(_network_of(network), _matrix_of(matrix), objective, gap, iterations, weights)


def _network_of(given: StaticNetwork | Network | str | Path) -> StaticNetwork:
    from trafficsim.design.assignment.roads import static_network

    if isinstance(given, StaticNetwork):
        return given
    if isinstance(given, Network):
        return static_network(given)
    if Path(given).name.lower().endswith((".tntp", ".tntp.gz")):
        from trafficsim.io.tntp.network import read_tntp_network

        return read_tntp_network(Path(given))
    from trafficsim.io.formats import read

    return static_network(read(given).network)


def _matrix_of(given: ODMatrix | str | Path) -> ODMatrix:
    from trafficsim.io.matrices import read_matrix

    return given if isinstance(given, ODMatrix) else read_matrix(given)
