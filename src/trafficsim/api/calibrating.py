"""Demand from counts, for users of Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from trafficsim.api.reading import build, place_of
from trafficsim.io.load import naming
from trafficsim.spec.counts import Counts
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.world import World

if TYPE_CHECKING:
    from trafficsim.run.calibration.result import CalibratedDemand


def calibrate(  # noqa: PLR0913 - the options of an estimation are named one by one for those who call it
    subject: str | Path | Scenario | World, counts: str | Path | Counts, *, hold_out: float | Sequence[str] = 0.2,
    seed: int = 1, seed_matrix: str | Path | None = None, method: Literal["gls", "entropy"] = "gls",
    engine: str = "queue", iterations: int = 2, slice_s: float | None = None, zone_weights: str | Path | None = None,
    trip_length_m: float | None = None, time_zone: str | None = None, out: str | Path | None = None,
) -> CalibratedDemand:
    """Estimate the demand of a scenario from counts, near the demand that it has.

    The demand that the scenario has is the seed. Vehicles are followed to the counts on static paths first, then as an
    engine drives them. A share of the detectors is held out: they are not used, and say how well the demand predicts
    what it has not seen.

    Parameters
    ----------
    subject
        A scenario file, a scenario or a world.
    counts
        File of counts (see :func:`trafficsim.io.counts.read_counts`), or counts.
    hold_out, seed
        Share of the detectors that is held out, and the seed that draws them; or the names of detectors.
    seed_matrix
        A matrix that is the seed instead; its zones are those of the scenario, or links.
    method
        ``"gls"``: generalised least squares; ``"entropy"``: maximum entropy.
    engine, iterations
        Engine, and how often it drives and the matrix is estimated anew; 0: static paths alone.
    slice_s
        Length of slices of departure; without it the shortest interval of the counts, 900 s at least.
    zone_weights, trip_length_m
        Seed by a gravity model: file of weights or of a population grid, and mean trip length (m). Without any demand
        in the scenario a gravity model is the seed in any case.
    time_zone
        Time zone of the scenario's clock, for counts whose times have an offset from UTC.
    out
        Write a scenario with the new demand there; the subject must be a file.

    Returns
    -------
    A :class:`~trafficsim.run.calibration.result.CalibratedDemand`: tables ``counts``, ``links``, ``od`` and ``zones``
    with intervals, ``summary`` and ``findings``, and the ``demand``.

    Raises
    ------
    InputError
        If a file, a count or a setting cannot be used.
    DemandError
        If the seed does not match the zones.

    Examples
    --------
    >>> import trafficsim as ts
    >>> flow = ts.Flow(id="f", origin="w0_r0c0", destination="r1c1_e1", volume_veh_h=600)
    >>> town = ts.Scenario(name="town", time=ts.Time(analysis_s=3600), network=ts.grid(2, 2),
    ...                    demand=ts.Demand(flows=(flow,), routes="free_flow"))
    >>> counted = ts.Counts((ts.Count("D", "link", "w0_r0c0", "", "", 0.0, 3600.0, "all", 800.0),))
    >>> found = ts.calibrate(town, counted, hold_out=0.0, iterations=0)
    >>> bool(700 < found.od["trips"].sum() < 800)
    True
    """
    from trafficsim.run.calibration.calibrate import Settings, fit_demand
    from trafficsim.run.calibration.result import CalibratedDemand
    from trafficsim.run.calibration.seeds import Gravity, seeded
    from trafficsim.run.calibration.writing import save

    world, place = build(subject), place_of(subject)
    with naming(place.label):
        given = counts if isinstance(counts, Counts) else _read(counts, world, time_zone)
        gravity = Gravity(None if zone_weights is None else Path(zone_weights), trip_length_m)
        world, findings = seeded(world, None if seed_matrix is None else Path(seed_matrix), gravity)
        made = any(one.code == "seed-gravity" for one in findings)
        settings = Settings(method, hold_out, seed, engine, iterations, slice_s, level_from_counts=made)
        result = CalibratedDemand(fit_demand(world, given, settings), (*given.findings, *findings))
    if out is not None:
        save(result, file_of(subject), Path(out))
    return result


def _read(path: str | Path, world: World, time_zone: str | None) -> Counts:
    from trafficsim.io.counts import read_counts

    return read_counts(path, world.network, time_zone)


def file_of(subject: object) -> Path:
    """Return the file that a subject is, for what is written beside it."""
    from trafficsim.base.errors import InputError

    if isinstance(subject, str | Path):
        return Path(subject)
    raise InputError("out", "a scenario that is no file", "a scenario file",
                     "use the demand of the result in Python, or write the scenario first")
