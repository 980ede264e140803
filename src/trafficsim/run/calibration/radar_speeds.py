"""From readings of radar to the speeds of road classes and to drivers for scenarios."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from trafficsim.base.errors import InputError, MachineError, quoted
from trafficsim.base.findings import Finding
from trafficsim.design.calibration.speed_distributions import (
    DRAWS,
    FROM_KMH,
    ChoiceEstimate,
    GroupSpeeds,
    Interval,
    choices_by_group,
    fit_one,
    fit_sites,
    speeds_by_group,
    usable,
)
from trafficsim.io.radar import RadarTable, SpeedUnit, read_radar, read_street_classes, require_streets
from trafficsim.spec.drivers import Drivers, RoadClass, SpeedChoice

By = Literal["class", "street_type", "street"]
STEP_KMH = 10.0
"""How far the speed from which readings count is moved to show what hangs on it."""
MOST_CV = 0.5
CAUTION = ("all vehicles that passed are in the readings, those that followed another among them: free speeds are "
           "somewhat higher and less spread")


@dataclass(frozen=True)
class SpeedDistributions:
    """Speeds of groups of sites, and what drivers of road classes choose.

    Attributes
    ----------
    groups : by group
    choices : by road class, where a limit is known
    sensitivity : mean and spread of all sites together, by the speed from which readings count
    findings : what was read, repaired and ignored
    source : the file
    from_kmh : the speed from which readings count
    """

    groups: tuple[GroupSpeeds, ...]
    choices: tuple[ChoiceEstimate, ...]
    sensitivity: pd.DataFrame
    findings: tuple[Finding, ...]
    source: str
    from_kmh: float

    @property
    def table(self) -> pd.DataFrame:
        """One row per group: mean, spread of drivers, spread of sites and 85th percentile with their intervals."""
        rows = []
        for one in self.groups:
            row: dict[str, Any] = {name: getattr(one, name) for name in ("group", "sites", "streets", "readings")}
            for name in ("mean", "sd", "site_sd", "p85"):
                value: Interval = getattr(one, name)
                row |= {f"{name}_kmh": value.value, f"{name}_low_kmh": value.low, f"{name}_high_kmh": value.high}
            rows.append({**row, "lognormal_share": one.lognormal_share, "left_out": one.left_out})
        return pd.DataFrame(rows)

    def drivers(self) -> Drivers:
        """Return drivers for a scenario: the road classes for which a limit is known.

        Raises
        ------
        InputError
            If no limit is known.
        """
        self._require_choices()
        return Drivers(**{one.group: SpeedChoice(share_over_limit=one.share_over_limit.value, cv=one.cv.value)
                          for one in self.choices})

    def write(self, path: str | Path) -> None:
        """Write a file of drivers, which a scenario names as ``drivers.file``.

        Raises
        ------
        InputError
            If no limit is known: speeds are chosen relative to it.
        MachineError
            If the file cannot be written.
        """
        self._require_choices()
        try:
            Path(path).write_text("\n".join(self._lines()) + "\n", encoding="utf-8")
        except OSError as error:
            raise MachineError(str(path), error.strerror or str(error), "a file that can be written",
                               "choose another file with --out, or free space") from None

    def _require_choices(self) -> None:
        if not self.choices:
            raise InputError(self.source, "no limit", "a limit: drivers choose their speeds relative to it",
                             "give --limit-kmh, or a table of streets with --classes that has limit_kmh")

    def _lines(self) -> Iterator[str]:
        yield f"# Drivers from readings of radar: {Path(self.source).name}, readings from {self.from_kmh:g} km/h on."
        yield f"# {CAUTION[0].upper()}{CAUTION[1:]}."
        for one in self.choices:
            share, cv, ratio = one.share_over_limit, one.cv, one.mean_over_limit
            yield ""
            yield f"# {one.sites} deployments; mean speed {ratio.value:.3f} of the limit ({_ends(ratio)})."
            yield f"[{one.group}]"
            yield f"share_over_limit = {share.value:.6f}    # 95 % interval {_ends(share)}"
            yield f"cv = {cv.value:.6f}    # 95 % interval {_ends(cv)}"

    def as_json(self) -> dict[str, Any]:
        """Return the object of ``speeds --json``."""
        return {
            "source": self.source, "from_kmh": self.from_kmh, "caution": CAUTION,
            "groups": self.table.to_dict("records"),
            "choices": [{"road_class": one.group, "sites": one.sites, **{
                name: getattr(one, name)._asdict() for name in ("share_over_limit", "cv", "mean_over_limit")}}
                for one in self.choices],
            "sensitivity": self.sensitivity.to_dict("records"),
            "findings": [one.as_dict() for one in self.findings],
        }


def _ends(one: Interval) -> str:
    return f"{one.low:.3f} to {one.high:.3f}"


def speed_distributions(  # noqa: PLR0913 - each says how the readings are to be taken
    source: str | Path, *, classes: str | Path | None = None, limit_kmh: float | None = None,
    road_class: RoadClass = "urban", by: By = "class", from_kmh: float = FROM_KMH, unit: SpeedUnit = "km/h",
    draws: int = DRAWS, seed: int = 1,
) -> SpeedDistributions:
    """Estimate mean and spread of speeds from readings of radar in bins, with their uncertainty.

    Parameters
    ----------
    source
        Table of deployments (see :func:`trafficsim.io.radar.read_radar`).
    classes
        Table of streets with their road class and limit; streets that it does not name are left out.
    limit_kmh
        Limit of all sites, or of those for which ``classes`` has none.
    road_class
        Class of all sites, without ``classes``.
    by
        What groups are made by: road class, type of street (last word of its name), or street.
    from_kmh
        Slower readings are left out as a truncation; the edge of a bin.
    unit
        Of the edges of the bins.
    draws, seed
        Of the bootstrap over streets.

    Raises
    ------
    InputError
        If a table cannot be read, or too few readings can be used.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "radar.csv"
    >>> bins = "20,160,680,1360,1360,680,160,20"
    >>> rows = [f"{street},{bins}" for street in ("High St", "Low St", "Mill Rd")]
    >>> head = "street,spd_20,spd_30,spd_40,spd_45,spd_50,spd_55,spd_60,spd_65_and_above"
    >>> _ = file.write_text(chr(10).join([head, *rows]))
    >>> found = speed_distributions(file, limit_kmh=50)
    >>> round(found.groups[0].mean.value), round(found.drivers().urban.share_over_limit, 1)
    (50, 0.5)
    """
    if limit_kmh is not None and not 0.0 < limit_kmh <= 300.0:
        raise InputError("limit_kmh", f"{limit_kmh:g}", "a speed above 0 and at most 300 km/h", "correct it")
    radar = read_radar(source, unit)
    fits, street = fit_sites(radar.edges_kmh, radar.counts, from_kmh), radar.sites["street"].tolist()
    kinds, limits = _classes(radar, classes, road_class, limit_kmh)
    known = np.array([kind != "" for kind in kinds])
    fits = fits._replace(used=fits.used & known)
    named = _named(by, kinds, street)
    groups = speeds_by_group(fits, [one if there else "" for one, there in zip(named, known, strict=True)], street,
                             draws=draws, seed=seed)
    groups = tuple(one for one in groups if one.group)
    if not groups:
        raise InputError(str(source), "no group of at least two deployments that can be fitted",
                         "deployments with readings in several bins above --from-kmh", "lower --from-kmh")
    choices = tuple(one for one in choices_by_group(fits, kinds, street, limits, draws=draws, seed=seed)
                    if 0.0 < one.share_over_limit.value < 1.0 and one.cv.value <= MOST_CV)
    return SpeedDistributions(groups, choices, _sensitivity(radar, fits.used, from_kmh), radar.findings, str(source),
                              from_kmh)


def _classes(
    radar: RadarTable, classes: str | Path | None, road_class: RoadClass, limit_kmh: float | None,
) -> tuple[list[str], np.ndarray]:
    """Road class (empty: not named) and limit of every deployment."""
    street, other = radar.sites["street"].tolist(), np.nan if limit_kmh is None else limit_kmh
    if classes is None:
        return [road_class] * len(street), np.full(len(street), other)
    table: Mapping[str, tuple[RoadClass, float | None]] = read_street_classes(classes)
    require_streets(table, street, str(classes))
    limits = [table[name][1] if name in table else None for name in street]
    return ([table[name][0] if name in table else "" for name in street],
            np.array([other if one is None else one for one in limits]))


def _named(by: By, kinds: Sequence[str], street: Sequence[str]) -> list[str]:
    """Group of every deployment."""
    named: dict[str, Callable[[str, str], str]] = {
        "class": lambda kind, _: kind, "street": lambda _, name: name or "no name",
        "street_type": lambda _, name: street_type(name)}
    if by not in named:
        raise InputError(f"by {quoted(by)}", "no such grouping", f"one of {', '.join(named)}", "correct it")
    return [named[by](kind, name) for kind, name in zip(kinds, street, strict=True)]


def street_type(name: str) -> str:
    """Last word of a street's name that is no direction.

    Examples
    --------
    >>> street_type("Bloor St W"), street_type("Avenue Rd"), street_type("")
    ('St', 'Rd', 'no name')
    """
    words = [word for word in name.split() if word not in ("N", "S", "E", "W")]
    return words[-1] if words else "no name"


def _sensitivity(radar: RadarTable, used: np.ndarray, from_kmh: float) -> pd.DataFrame:
    """Mean and spread of the same sites if readings counted from another speed on."""
    rows = []
    for start in (max(from_kmh - STEP_KMH, 0.0), from_kmh, from_kmh + STEP_KMH):
        fit = fit_one(radar.edges_kmh, radar.counts[used], start)
        good = usable(fit, start)
        if good.any():
            rows.append({"from_kmh": start, "sites": int(good.sum()), "mean_kmh": float(fit.mean[good].mean()),
                         "sd_kmh": float(np.sqrt(np.mean(fit.sd[good] ** 2)))})
    return pd.DataFrame(rows)
