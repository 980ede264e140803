"""Programmes of a study: what is built when, what it costs and avoids; kept beside the results for the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from trafficsim.base.errors import InputError
from trafficsim.results.store import read_manifest, write_manifest


@dataclass(frozen=True)
class Programme:
    """One rollout in one scenario. Casualties are killed and seriously injured per year.

    Attributes
    ----------
    name, scenario, kind, order : as asked (with the rule, where the order is that of equity)
    sites : built sites: ``year``, ``name``, ``link``, ``position_m``, ``area``, ``cost``, ``observed`` and ``expected``
        (injury crashes per year where at least half of the effect is felt), ``crash_share`` (share of them avoided),
        ``alone`` and ``gain`` (casualties avoided per year by it, and beyond those before it), ``cost_per_gain``
    years : ``year``, ``built``, ``building``, ``running``, ``left`` (costs), ``avoided`` with ``low`` and ``high``
        (95 % interval: crashes, casualties per crash, exponents), ``total`` (avoided since the beginning),
        ``gain_per_cost`` (of the sites built in it)
    curve : all candidates in the order of their gain per cost: ``name``, ``spent`` (building), ``gain``, ``avoided``,
        ``gain_per_cost``
    orders : what every order would avoid: ``order``, ``sites``, ``avoided`` (per year, in the last), ``total``
    regression : sites, observed and expected crashes of the built sites, and what a comparison of before and after
        would show without any effect and with the predicted one
    wedge : power of the evaluation; ``None`` without a stepped wedge
    published : findings of the catalogue on crashes, for comparison only
    notes : what limits the numbers
    """

    name: str
    scenario: str
    kind: str
    order: str
    sites: pd.DataFrame
    years: pd.DataFrame
    curve: pd.DataFrame
    orders: pd.DataFrame
    regression: Mapping[str, float | None]
    wedge: Mapping[str, Any] | None
    published: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return values that JSON can hold."""
        return {one.name: _plain(getattr(self, one.name)) for one in fields(self)}


    def lines(self) -> tuple[str, ...]:
        """Say what a comparison of before and after would show, and what an evaluation could see."""
        known, found = self.regression, list[str]()
        if known["without_effect"] is not None and known["with_effect"] is not None:
            found.append(
                f"counted before: {known['observed']:.2f} injury crashes a year near the sites, expected "
                f"{known['expected']:.2f}: a comparison of before and after would show {known['without_effect']:+.0%} "
                f"without any effect, and {known['with_effect']:+.0%} with the predicted one of {known['effect']:+.1%}")
        if self.wedge is not None:
            found.append("stepped wedge: {sites} sites in {periods} years, {crashes_per_site_and_year:.2f} injury "
                         "crashes per site and year: power {power:.0%} for an effect of {effect:.1%}; seen with 80 % "
                         "from {detectable:.0%}".format(**self.wedge))
        return (*found, *self.notes)


TABLES = ("sites", "years", "curve", "orders")


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return [{key: None if one != one else one for key, one in row.items()} for row in value.to_dict("records")]
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return dict(value) if isinstance(value, Mapping) else value


def rollout_name(scenario: str) -> str:
    """Return the name of the file of a scenario's programmes beside its results.

    Examples
    --------
    >>> rollout_name("main road")
    'rollout@main%20road.json'
    """
    return f"rollout@{quote(scenario, safe='')}.json"


def write_programmes(folder: Path | None, programmes: Iterable[Programme]) -> None:
    """Write programmes beside the results, one file per scenario; nothing without a folder.

    Raises
    ------
    MachineError
        If the folder cannot be written or the disk is full.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for one in programmes:
        found.setdefault(one.scenario, []).append(one.as_json())
    for scenario, content in found.items() if folder is not None else ():
        write_manifest(folder, {"programmes": content}, rollout_name(scenario))  # type: ignore[arg-type]


def read_programmes(folder: Path, scenarios: Iterable[str]) -> tuple[Programme, ...]:
    """Read what :func:`write_programmes` wrote.

    Raises
    ------
    InputError
        If a file is damaged.
    """
    found: list[Programme] = []
    for scenario in scenarios:
        content = read_manifest(folder, rollout_name(scenario))
        try:
            found += [_read(one) for one in (content or {"programmes": []})["programmes"]]
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(str(folder / rollout_name(scenario)), f"a damaged file ({error})", "programmes of a study",
                             "run the study again with --resume: finished runs are kept") from None
    return tuple(found)


def _read(content: Mapping[str, Any]) -> Programme:
    tables = {name: pd.DataFrame(content[name]) for name in TABLES}
    return Programme(**{**content, **tables, "published": tuple(content["published"]),
                        "notes": tuple(content["notes"])})
