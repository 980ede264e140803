"""Crash histories beside results: kept for the report, and judged with the traffic that was simulated."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trafficsim.base.errors import InputError
from trafficsim.outcomes.sites.history import Judged, SiteHistory, site_history
from trafficsim.results.store import read_manifest, write_manifest
from trafficsim.spec.crashes import History
from trafficsim.spec.network import Network

F8 = NDArray[np.float64]
Histories = Mapping[str, SiteHistory]
"""Crash histories by scenario."""


def history_name(scenario: str) -> str:
    """Return the name of the file of a scenario's crash history beside its results.

    Examples
    --------
    >>> history_name("main road")
    'history@main%20road.json'
    """
    return f"history@{quote(scenario, safe='')}.json"


def write_histories(folder: Path | None, histories: Histories) -> None:
    """Write crash histories beside the results; nothing without a folder.

    Raises
    ------
    MachineError
        If the folder cannot be written or the disk is full.
    """
    for scenario, one in histories.items() if folder is not None else ():
        crashes = None if one.crashes is None else {
            name: _written(one.crashes[name]) for name in one.crashes.columns}
        content = {"history": one.history.model_dump(mode="json"), "aadt": dict(one.aadt), "crashes": crashes,
                   "period_s": list(one.period_s)}
        write_manifest(folder, content, history_name(scenario))  # type: ignore[arg-type]


def _written(column: pd.Series[Any]) -> list[Any]:
    if column.name == "date":
        return [f"{day:%Y-%m-%d}" for day in column]
    return [None if value != value else value for value in column.tolist()]


def read_histories(folder: Path, networks: Mapping[str, Network]) -> dict[str, SiteHistory]:
    """Read the crash histories of the scenarios that have one.

    Raises
    ------
    InputError
        If a file is damaged.
    """
    found = {name: read_history(folder, name, network) for name, network in networks.items()}
    return {name: one for name, one in found.items() if one is not None}


def read_history(folder: Path, scenario: str, network: Network) -> SiteHistory | None:
    """Read what :func:`write_histories` wrote, and match it anew; ``None`` if it is not there.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    content = read_manifest(folder, history_name(scenario))
    if content is None:
        return None
    try:
        history = History.model_validate(content["history"])
        crashes = None if content["crashes"] is None else pd.DataFrame(content["crashes"])
        if crashes is not None:
            crashes = crashes.assign(date=pd.to_datetime(crashes["date"]).astype("datetime64[s]"),
                                     x_m=crashes["x_m"].astype(np.float64), y_m=crashes["y_m"].astype(np.float64))
        begin_s, end_s = content["period_s"]
        return site_history(history, network, crashes, content["aadt"], (begin_s, end_s))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(str(folder / history_name(scenario)), f"a damaged file ({error})", "a crash history",
                         "run the study again with --resume: finished runs are kept") from None


def hourly_flows(links: pd.DataFrame, baseline: str, period_s: tuple[float, float]) -> dict[str, float]:
    """Return the mean flow of every link in the analysis period over all replications of the baseline, veh/h.

    Parameters
    ----------
    links
        The ``links`` table of one scenario and engine.
    baseline
        Name of the alternative.
    period_s
        Begin and end of the analysis period; intervals that reach beyond count with the part inside.

    Examples
    --------
    >>> rows = {"alternative": "do nothing", "replication": 1, "link": "a", "begin_s": [0.0, 300.0]}
    >>> table = pd.DataFrame({**rows, "end_s": [300.0, 600.0], "flow_veh_h": [600.0, 300.0]})
    >>> hourly_flows(table, "do nothing", (0.0, 600.0))
    {'a': 450.0}
    """
    rows = links[links["alternative"] == baseline]
    begin, end, flow = (rows[name].to_numpy(np.float64) for name in ("begin_s", "end_s", "flow_veh_h"))
    inside = np.maximum(np.minimum(end, period_s[1]) - np.maximum(begin, period_s[0]), 0.0)
    codes, names = pd.factorize(rows["link"].astype(str))
    time = np.bincount(codes, inside, len(names))
    vehicles = np.bincount(codes, inside * flow, len(names))
    mean = np.divide(vehicles, time, out=np.zeros(len(names)), where=time > 0.0)
    return dict(zip(names.tolist(), mean.tolist(), strict=True))


def judged_by_setting(
    tables: Mapping[str, pd.DataFrame], baseline: str, histories: Histories,
) -> dict[tuple[str, str], Judged]:
    """Judge the crash histories of a study with the traffic of its baseline, by scenario and engine.

    Parameters
    ----------
    tables
        Of the study, by name: ``runs`` and ``links`` are read.
    baseline
        Name of the alternative.
    histories
        Crash histories by scenario.
    """
    found = {}
    for scenario, engine in tables["runs"][["scenario", "engine"]].drop_duplicates().itertuples(index=False):
        if scenario in histories:
            links = tables["links"]
            rows = links[(links["scenario"] == scenario) & (links["engine"] == engine)]
            found[str(scenario), str(engine)] = judge(histories[scenario], rows, baseline)
    return found


def sites_table(tables: Mapping[str, pd.DataFrame], baseline: str, histories: Histories) -> pd.DataFrame:
    """Return what is observed, predicted and expected at every site, of all scenarios and engines.

    Parameters
    ----------
    tables, baseline, histories
        As for :func:`judged_by_setting`.

    Returns
    -------
    The columns of :func:`trafficsim.outcomes.sites.estimates.estimate` after ``scenario`` and ``engine``.
    """
    parts = [one.estimates.table.assign(scenario=scenario, engine=engine)
             for (scenario, engine), one in judged_by_setting(tables, baseline, histories).items()]
    if not parts:
        return pd.DataFrame()
    whole = pd.concat(parts, ignore_index=True)
    labels = ["scenario", "engine"]
    return whole[[*labels, *(name for name in whole.columns if name not in labels)]]


def history_json(histories: Histories) -> dict[str, Any]:
    """Return by scenario how many crashes were matched, and what was found on the way."""
    return {scenario: {**({} if one.matches is None else one.matches.counts()),
                       "findings": [finding.as_dict() for finding in one.findings]}
            for scenario, one in histories.items()}


def judge(history: SiteHistory, links: pd.DataFrame, baseline: str) -> Judged:
    """Estimate crashes and casualties of a scenario, with traffic from the runs of the baseline where none is given.

    Parameters
    ----------
    history
        Crash history of the scenario.
    links
        Its ``links`` table, of one engine.
    baseline
        Name of the alternative.
    """
    given = history.history.expansion_factor is None
    return history.judged({} if given else hourly_flows(links, baseline, history.period_s))
