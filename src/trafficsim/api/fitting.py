"""Fit parameters of drivers to counts and speeds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trafficsim.api.calibrating import file_of
from trafficsim.api.reading import build, place_of
from trafficsim.design.calibration.observations import free_speeds_of
from trafficsim.io.counts import read_counts
from trafficsim.io.load import naming
from trafficsim.spec.check_world import require_sound
from trafficsim.spec.counts import Counts
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.world import World

if TYPE_CHECKING:
    from trafficsim.run.calibration.driver_parameters import ParameterFit, Simulating


def fit_parameters(
    subject: str | Path | Scenario | World, counts: str | Path | Counts, parameters: Sequence[str], *,
    simulating: Simulating | None = None, time_zone: str | None = None, out: str | Path | None = None,
) -> ParameterFit:
    """Fit free speeds, their spread and the saturation flow of a scenario to counts and speeds, by running it.

    Free speeds are taken from the scenario's ``[[validation.speeds]]`` with ``data = "used"`` and ``unimpeded = true``.

    Parameters
    ----------
    subject
        A scenario file, a scenario or a world.
    counts
        A file of counts, or counts.
    parameters
        ``free_speed.ROAD_CLASS``, ``speed_spread.ROAD_CLASS``, ``saturation_flow``.
    simulating
        Engine, replications, processes, and which detectors are held out
        (:class:`trafficsim.run.calibration.driver_parameters.Simulating`).
    time_zone
        Time zone of the scenario's clock, for counts whose times have an offset from UTC.
    out
        Write a scenario with the fitted parameters there, and the counts beside it; the subject must be a file.

    Raises
    ------
    InputError
        If a file, a name or the scenario is wrong, or nothing was observed in the analysis period.

    Examples
    --------
    >>> import trafficsim as ts
    >>> flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=400)
    >>> road = ts.Scenario(name="road", time=ts.Time(analysis_s=600), network=ts.corridor([300, 200]),
    ...                    demand=ts.DemandSource(flows=(flow,), routes="free_flow"))
    >>> counted = ts.Counts((ts.Count("D", "link", "east1", "", "", 0.0, 600.0, "all", 66.0, 47.0),))
    >>> ts.fit_parameters(road, counted, ["free_speed.urban"]).parameters["told_by"].tolist()
    ['observations']
    """
    from trafficsim.io.scenario_beside import write_beside
    from trafficsim.run.calibration.driver_parameters import Simulating, fit_parameters

    source = None if out is None else file_of(subject)
    world, place = build(subject), place_of(subject)
    with naming(place.label):
        require_sound(world)
        read = counts if isinstance(counts, Counts) else read_counts(counts, world.network, time_zone)
        given = world.scenario.validation.speeds if world.scenario.validation else ()
        found = fit_parameters(world, read, parameters, speeds=free_speeds_of(given),
                               simulating=simulating or Simulating(cache=place.cache))
    if source is not None and out is not None:
        write_beside(source, Path(out), world, found.changes, (found.held_out, found.used))
    return found
