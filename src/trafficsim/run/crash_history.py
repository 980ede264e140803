"""Crash histories of a study's scenarios, read before anything runs: what is wrong with them is told at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from trafficsim.base.findings import Finding
from trafficsim.io.crashes import read_aadt, read_crashes
from trafficsim.io.load import naming
from trafficsim.outcomes.sites.history import SiteHistory, site_history
from trafficsim.spec.study import Study
from trafficsim.spec.world import World


def read_histories(study: Study, worlds: Mapping[str, World]) -> dict[str, SiteHistory]:
    """Read the crash table of a study once and match it to the network of every scenario; nothing without a history.

    Parameters
    ----------
    study
        The study, with absolute paths.
    worlds
        Its scenarios by name.

    Raises
    ------
    InputError
        Naming the file and rows, or the scenario.
    """
    history = study.history
    if history is None:
        return {}
    crashes, told = (None, ()) if history.crashes is None else read_crashes(Path(history.crashes), history)
    aadt = {} if history.aadt is None else read_aadt(Path(history.aadt))
    found = {}
    for name, world in worlds.items():
        time = world.scenario.time
        with naming(f"scenario {name!r}"):
            found[name] = site_history(history, world.network, crashes, aadt,
                                       (time.analysis_begin_s, time.analysis_end_s))
    first = next(iter(found), None)
    if first is not None and told:
        one = found[first]
        found[first] = replace(one, findings=(*told, *one.findings))
    return found


def history_findings(histories: Mapping[str, SiteHistory]) -> tuple[Finding, ...]:
    """Return what reading and matching found, in all scenarios."""
    return tuple(dict.fromkeys(finding for one in histories.values() for finding in one.findings))
