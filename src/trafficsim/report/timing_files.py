"""Files about the signals of every alternative that changes some: table, audit, bands, SUMO programs, picture."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from trafficsim.base.errors import MachineError
from trafficsim.io.sumo.additional import write_programs
from trafficsim.plan.lower import DESIGN_DAY, Lowered, design_volumes, lower
from trafficsim.plan.prepare import Prepared
from trafficsim.policies.green_wave import GreenWave
from trafficsim.results.timing import audit_table, band_table, changed_programs, programs_with, timing_table
from trafficsim.spec.policy import Policy
from trafficsim.spec.study import Study

MOST_DRAWN = 40
"""Programs in a picture: each is a panel, and hundreds of them take minutes to lay out."""


def write_timing(folder: str | Path, study: Study, worlds: Mapping[str, Prepared]) -> tuple[Path, ...]:
    """Write what each alternative does to the signals.

    For every scenario and alternative that changes a program: ``timing@SCENARIO@ALTERNATIVE.csv`` (stages, greens,
    splits, cycle, offsets before and after), ``timing_audit@...csv`` (minimum greens, intergreens, saturation),
    ``timing_bands@...csv`` (with a green wave), ``timing@...add.xml`` (programs for SUMO) and ``timing@...png``.

    Parameters
    ----------
    folder
        An existing folder.
    study
        Its alternatives count.
    worlds
        Prepared scenarios by name.

    Returns
    -------
    The files written.

    Raises
    ------
    MachineError
        If a file cannot be written.
    PolicyError
        If an alternative is wrong.
    """
    written: list[Path] = []
    for scenario, prepared in worlds.items():
        for alternative, policies in study.alternatives.items():
            lowered = lower(prepared, policies, DESIGN_DAY)
            if changed_programs(lowered.baseline.signals, lowered.plan.signals):
                ending = f"@{quote(scenario, safe='')}@{quote(alternative, safe='')}"
                written += _write_one(Path(folder), ending, prepared, (alternative, policies), lowered)
    return tuple(written)


def _write_one(folder: Path, ending: str, prepared: Prepared, alternative: tuple[str, tuple[Policy, ...]],
               lowered: Lowered) -> list[Path]:
    from trafficsim.report.timing_plan import timing_picture

    network, name = prepared.world.network, alternative[0]
    before, after = lowered.baseline.signals, lowered.plan.signals
    tables = {"timing": timing_table(network, before, after),
              "timing_audit": audit_table(network, before, after, design_volumes(prepared)),
              **_bands(prepared, alternative[1], lowered)}
    files = []
    for kind, table in tables.items():
        files.append(folder / f"{kind}{ending}.csv")
        _csv(table, files[-1])
    files += [folder / f"timing{ending}.add.xml", folder / f"timing{ending}.png"]
    write_programs(programs_with(network, after), files[-2], name)
    changed = changed_programs(before, after)
    drawn = set(changed[:MOST_DRAWN])
    old, new = ([one for one in programs_with(network, signals) if one.id in drawn] for signals in (before, after))
    title = f"{prepared.world.scenario.name}, {name}: signal timing, upper bars before, lower bars after"
    if len(changed) > MOST_DRAWN:
        title += f"; the first {MOST_DRAWN} of {len(changed)} programs"
    timing_picture(network, old, new, files[-1], title)
    return files


def _bands(prepared: Prepared, policies: tuple[Policy, ...], lowered: Lowered) -> dict[str, pd.DataFrame]:
    """Bands of every green wave, at that of its speeds at which they are widest."""
    make = partial(band_table, prepared.world.network, lowered.baseline.signals, lowered.plan.signals)
    parts = []
    for wave in (one for one in policies if isinstance(one, GreenWave)):
        paths = [path for path in (wave.along, wave.back) if path is not None]
        tables = [make(paths, speed_kmh) for speed_kmh in wave.speeds_kmh]
        parts.append(max(tables, key=lambda table: round(float(table["band_after_s"].sum()), 6)))
    return {"timing_bands": pd.concat(parts, ignore_index=True)} if parts else {}


def _csv(table: pd.DataFrame, path: Path) -> None:
    try:
        table.to_csv(path, index=False)
    except OSError as error:
        raise MachineError(str(path), error.strerror or str(error), "a file that can be written",
                           "choose another folder, or free space") from None
