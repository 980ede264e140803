"""Open a run that goes on step by step."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trafficsim.api.reading import build, place_of
from trafficsim.engines.registry import DEFAULT_ENGINE
from trafficsim.io.load import naming, policies_with_files
from trafficsim.spec.check_world import require_sound
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.world import World

if TYPE_CHECKING:
    from trafficsim.run.session import Session


def open_run(subject: str | Path | Scenario | World, *, engine: str = DEFAULT_ENGINE,
             policies: Sequence[Policy] = (), replication: int = 1, seed: int | None = None) -> Session:
    """Open one replication of a scenario, to be run step by step.

    Parameters
    ----------
    subject
        A scenario file, a scenario or a world.
    engine
        ``"ca"`` or ``"queue"``.
    policies
        The alternative; nothing is changed without them.
    replication
        Number of the realisation.
    seed
        Replaces the seed of the scenario.

    Raises
    ------
    InputError
        If the scenario, the engine or a policy is wrong.

    Examples
    --------
    >>> import trafficsim as ts
    >>> flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600)
    >>> road = ts.Scenario(name="road", time=ts.Time(analysis_s=60), network=ts.corridor([300, 200]),
    ...                    demand=ts.Demand(flows=(flow,)))
    >>> run = ts.open_run(road, engine="queue")
    >>> while not run.ended:
    ...     run.advance(run.time_s + 5.0)
    >>> run.finish().as_json()["vehicles"]["en_route"]
    0
    """
    from trafficsim.run.session import open_session

    world, place = build(subject), place_of(subject)
    with naming(place.label):
        require_sound(world)
        return open_session(world, engine, policies_with_files(policies, Path()), replication, seed)
