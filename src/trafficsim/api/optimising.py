"""Optimise signal programs by simulation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trafficsim.api.reading import build, place_of
from trafficsim.io.load import naming
from trafficsim.spec.check_world import require_sound
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.world import World

if TYPE_CHECKING:
    from trafficsim.run.optimisation.result import SignalOptimisation


def optimise_signals(  # noqa: PLR0913 - the options of a search are named one by one for those who call it
    scenario: str | Path | Scenario | World, *, variables: Sequence[str] = ("offsets", "splits"), days: int = 3,
    judged_on: int = 10, futures: Sequence[float] = (1.0,), budget: int = 400, seed: int = 1, engine: str = "queue",
    demand_variation: float = 0.10, workers: int = 1, out: str | Path | None = None, resume: bool = False,
    told: Callable[[str], None] | None = None,
) -> SignalOptimisation:
    """Search for offsets and splits with less delay by simulation, and judge what was found on other days.

    CMA-ES (Hansen 2016, arXiv:1604.00772) proposes plans, an engine drives each of them on the same few days, and the
    mean delay of all trips that are due counts, of those too that could not enter. Cycles, stages and intergreens stay
    as they are, minimum greens and the time for people on foot are kept. What is found is then run beside the start
    plan on other days, in pairs, as a study does. With several futures there is a plan for each, and one whose largest
    loss over all of them is smallest (minimax regret, Savage 1951).

    Parameters
    ----------
    scenario
        A scenario file, a scenario or a world. Its fixed-time programs are the start plan; signals that react, and
        those whose programs change by time of day, stay as they are.
    variables
        ``"offsets"``, ``"splits"`` or both.
    days
        Number of days on which plans are designed; they are never those of a study.
    judged_on
        Number of other days on which they are judged.
    futures
        Factors of demand, such as ``(0.8, 1.0, 1.2)``.
    budget
        Plans that every search looks at, at most.
    seed
        Of the random draws of the search.
    engine
        Name of the engine.
    demand_variation
        Coefficient of variation of the demand of a whole day.
    workers
        Number of processes; the results do not depend on it.
    out
        Folder for all evaluations, the plans and the runs that judge them.
    resume
        Go on from the evaluations in the folder.
    told
        Called with a line about what is done.

    Returns
    -------
    A :class:`~trafficsim.run.optimisation.result.SignalOptimisation`: ``programs`` and ``policy``, ``history``,
    ``design``, ``differences`` (with intervals and verdicts) and ``regret``.

    Raises
    ------
    InputError
        If an argument or the scenario is wrong, there is nothing to optimise, or the package ``cma`` is missing.
    SimulationError
        If a run breaks off.

    Examples
    --------
    >>> import trafficsim as ts
    >>> road = ts.corridor((300, 300, 200), signals=(1, 2), side_streets=(1, 2), cycle_s=60)
    >>> flow = ts.Flow(id="f", origin="east1", destination="east3", volume_veh_h=400)
    >>> town = ts.Scenario(name="town", time=ts.Time(analysis_s=300), network=road, demand=ts.Demand(flows=(flow,)))
    >>> found = ts.optimise_signals(town, variables=["offsets"], days=1, judged_on=2, budget=13)
    >>> list(found.plans), found.programs[0].cycle_s
    (['start plan', 'optimised'], 60.0)
    """
    from trafficsim.policies import load_policies
    from trafficsim.run.optimisation.optimise import Searching, optimise

    load_policies()
    world, place = build(scenario), place_of(scenario)
    searching = Searching(tuple(variables), days, judged_on, tuple(futures), budget, seed, engine, demand_variation)
    with naming(place.label):
        require_sound(world)
    return optimise(world, searching, workers=workers, out=None if out is None else Path(out), resume=resume,
                    cache=place.cache, told=told or (lambda _: None))
