"""Dynamic equilibrium of the routes of a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from trafficsim.api.reading import build, place_of
from trafficsim.base.errors import InputError, quoted
from trafficsim.io.load import naming, policies_with_files
from trafficsim.spec.check_world import require_sound
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.world import World

if TYPE_CHECKING:
    from trafficsim.run.dynamic_equilibrium import DynamicEquilibrium

ENGINE = "queue"
"""The engine that drives where none is named: equilibria need many runs."""


def equilibrium(  # noqa: PLR0913 - the options of a search are named one by one for those who call it
    subject: str | Path | Scenario | World, *, engine: str = ENGINE, policies: Sequence[Policy] = (), starts: int = 1,
    objective: Literal["user_equilibrium", "system_optimum"] | None = None, gap: float | None = None,
    iterations: int | None = None, interval_s: float | None = None, switching: Literal["gap", "msa"] | None = None,
) -> DynamicEquilibrium:
    """Look for a dynamic user equilibrium: nobody finds a route that takes less time, at the time of departure.

    An engine drives the design day again and again. After each run everybody's route is compared with the least time
    under the times that were measured, link by link and interval by interval, and some switch. Settings that are not
    given are those of the scenario (table ``[equilibrium]``).

    Parameters
    ----------
    subject
        A scenario file, a scenario or a world. Routes that are given are kept; all others are looked for.
    engine
        Name of the engine.
    policies
        Policies under which the equilibrium is looked for.
    starts
        Number of searches with other draws of who switches: their differences show how far the equilibrium is unique.
    objective
        ``"user_equilibrium"``, or ``"system_optimum"``: routes of least marginal cost, a heuristic that gives an upper
        bound on the least total time.
    gap
        Relative gap at which to stop: sum of the times of the routes taken over the sum of least times, less one.
    iterations
        Most iterations. The result tells whether the gap was reached.
    interval_s
        Length of an interval of departure and of measured times.
    switching
        ``"gap"``: the more the longer one's route takes; ``"msa"``: a share 1/(k + 1) in iteration k.

    Returns
    -------
    A :class:`~trafficsim.run.dynamic_equilibrium.DynamicEquilibrium`: tables ``convergence``, ``starts`` and ``links``,
    and the routes.

    Raises
    ------
    InputError
        If the scenario, a policy or a setting is wrong, or no trip's route is to be found.
    SimulationError
        If a run breaks off.

    Examples
    --------
    >>> import trafficsim as ts
    >>> flow = ts.Flow(id="f", origin="w0_r0c0", destination="r1c1_e1", volume_veh_h=600)
    >>> town = ts.Scenario(name="town", time=ts.Time(analysis_s=600), network=ts.grid(2, 2),
    ...                    demand=ts.Demand(flows=(flow,)))
    >>> found = ts.equilibrium(town, gap=0.05, iterations=10)
    >>> found.converged, found.relative_gap <= 0.05
    (True, True)
    """
    from trafficsim.engines.registry import check_engine
    from trafficsim.plan.prepare import prepare
    from trafficsim.run.dynamic_equilibrium import equilibrium_of, settings_of

    check_engine(engine)
    if not (isinstance(starts, int) and starts >= 1):
        raise InputError("equilibrium: starts", quoted(starts), "a whole number >= 1", "correct it")
    world, place = build(subject), place_of(subject)
    with naming(place.label):
        require_sound(world)
        prepared = prepare(world)
        settings = settings_of(prepared, {"objective": objective, "gap": gap, "iterations": iterations,
                                          "interval_s": interval_s, "switching": switching})
        return equilibrium_of(prepared, engine, settings, policies_with_files(policies, Path()), starts)
