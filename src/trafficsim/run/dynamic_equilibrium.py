"""What a search for a dynamic equilibrium gives: whether it converged, and whether another start leads elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from trafficsim import __version__
from trafficsim.io.mistakes import mistake
from trafficsim.io.trips import write_trips
from trafficsim.plan.prepare import Prepared
from trafficsim.results.convergence import convergence_rows
from trafficsim.results.frames import Labels
from trafficsim.results.unserved import unserved_summary, unserved_table
from trafficsim.run.equilibrium import Kept, find_equilibrium, in_equilibrium
from trafficsim.spec.demand import Trip, Unserved
from trafficsim.spec.equilibrium import Equilibrium
from trafficsim.spec.policy import Policy

UPPER_BOUND = "upper bound on the least total time: the best of the iterations of a heuristic"


@dataclass(frozen=True, eq=False)
class DynamicEquilibrium:
    """Routes of a dynamic equilibrium of the design day, from one or several starts.

    Starts differ in who of the travellers switches. They share demand, people and random numbers of driving, so that
    what differs between them shows how far the equilibrium is from being unique.

    Attributes
    ----------
    scenario, engine : what was driven
    settings : how it was looked for
    kept : by start, the iteration whose routes are kept
    unserved : trips and flows that nothing can carry, with reasons; they are not in the search
    """

    scenario: str
    engine: str
    settings: Equilibrium
    kept: tuple[Kept, ...]
    unserved: tuple[Unserved, ...] = ()

    @cached_property
    def convergence(self) -> pd.DataFrame:
        """One row per start and iteration (see :func:`trafficsim.results.convergence.convergence_rows`)."""
        return pd.concat([convergence_rows(one.routes.rehearsals.iterations).assign(start=start)
                          for start, one in enumerate(self.kept, start=1)], ignore_index=True)

    @property
    def relative_gap(self) -> float:
        """Largest relative gap of the routes that are kept, over the starts."""
        return max(float(one.routes.rehearsals.relative_gap or 0.0) for one in self.kept)

    @property
    def converged(self) -> bool:
        """Whether every start reached the gap that was asked for; trips that did not arrive are told beside it."""
        return self.relative_gap <= self.settings.gap

    @cached_property
    def starts(self) -> pd.DataFrame:
        """One row per start: iterations, the one kept, its gap, mean travel time, total time, unfinished trips."""
        rows = [{"start": start, "iterations": one.routes.rehearsals.number, "kept": one.number,
                 **{name: getattr(self._told(one), name) for name in
                    ("relative_gap", "travel_time_s", "total_time_h", "unfinished")}}
                for start, one in enumerate(self.kept, start=1)]
        return pd.DataFrame(rows)

    @cached_property
    def link_volumes(self) -> pd.DataFrame:
        """One row per start and link: vehicles that entered in the run, and their mean time on it (s; null: nobody)."""
        parts = []
        for start, one in enumerate(self.kept, start=1):
            mean = pd.array(one.vehicle_s / np.where(one.entered > 0, one.entered, np.nan), "Float64")
            parts.append(pd.DataFrame({"start": start, "link": list(one.plan.link_id), "vehicles": one.entered,
                                       "mean_time_s": mean}))
        return pd.concat(parts, ignore_index=True)

    @property
    def volume_difference(self) -> float | None:
        """Largest difference between link volumes of two starts: sum of absolute ones over the mean sum.

        ``None`` with one start.
        """
        pairs = [np.abs(a.entered - b.entered).sum() / max(0.5 * (a.entered.sum() + b.entered.sum()), 1.0)
                 for a, b in combinations(self.kept, 2)]
        return float(max(pairs)) if pairs else None

    def trips(self, start: int = 1) -> list[Trip]:
        """Return the trips of the design day with the routes of a start, fixed for any scenario of this network."""
        plan = self.kept[start - 1].plan
        trips, link = plan.trips, plan.link_id
        ends = list(zip(trips.route_start[:-1].tolist(), trips.route_start[1:].tolist(), strict=True))
        return [Trip(id=name, depart_s=depart_s, vehicle_class=plan.classes.name[number],
                     route=tuple(link[one] for one in trips.route_link[first:last].tolist()))
                for name, depart_s, number, (first, last) in
                zip(trips.name, trips.depart_s.tolist(), trips.vehicle_class.tolist(), ends, strict=True)]

    def save(self, folder: str | Path) -> None:
        """Write the tables as CSV, and ``trips.csv`` with the routes of the first start."""
        out = Path(folder)
        out.mkdir(parents=True, exist_ok=True)
        for name, table in (("convergence", self.convergence), ("starts", self.starts), ("links", self.link_volumes)):
            table.to_csv(out / f"{name}.csv", index=False)
        write_trips(out / "trips.csv", self.trips())

    def as_json(self) -> dict[str, Any]:
        """Return the object of ``equilibrium --json``."""
        told = self._told(self.kept[0])
        several = {} if self.volume_difference is None else {
            "starts": self.starts.to_dict("records"), "volume_difference": self.volume_difference}
        labels = Labels(self.scenario, "", 0, self.engine)
        lost = unserved_summary(unserved_table(self.unserved, labels))
        bound = {"total_time_is": UPPER_BOUND} if self.settings.optimises else {}
        return {
            "scenario": self.scenario, "engine": self.engine, "version": __version__,
            "objective": self.settings.objective, "converged": self.converged, "relative_gap": self.relative_gap,
            "gap": self.settings.gap, "iterations": self.kept[0].routes.rehearsals.number, "kept": self.kept[0].number,
            "trips": len(self.kept[0].plan.trips.name), "unfinished": told.unfinished,
            "without_path": told.without_path, "travel_time_s": told.travel_time_s, "total_time_h": told.total_time_h,
            **bound, **several, **({"unserved": lost} if lost else {}),
        }

    def _told(self, one: Kept) -> Any:
        return one.routes.rehearsals.iterations[one.number - 1]


def equilibrium_of(prepared: Prepared, engine: str, settings: Equilibrium, policies: Sequence[Policy] = (),
                   starts: int = 1) -> DynamicEquilibrium:
    """Look for a dynamic equilibrium from several starts, whatever the scenario says of its routes."""
    prepared = in_equilibrium(prepared)
    kept = tuple(find_equilibrium(prepared, engine, settings, policies, draws) for draws in range(starts))
    return DynamicEquilibrium(prepared.world.scenario.name, engine, settings, kept, prepared.unserved)


def settings_of(prepared: Prepared, changes: Mapping[str, Any]) -> Equilibrium:
    """Settings of the scenario with some replaced; ``None`` keeps what is there.

    Raises
    ------
    InputError
        Naming a setting that is wrong.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        return Equilibrium.model_validate({**prepared.world.scenario.equilibrium.model_dump(), **given})
    except ValidationError as error:
        raise mistake(error, Equilibrium, given, "equilibrium") from None
