"""Commands about signal programs: ``audit``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trafficsim.cli.guard import guarded, print_json, show
from trafficsim.cli.options import Json

if TYPE_CHECKING:
    from trafficsim.design.timing.audited import SignalAudit
    from trafficsim.design.timing.breaches import Breach

SHOWN = 200


class By(StrEnum):
    """Guidelines."""

    rilsa = "rilsa"
    ite = "ite"


@guarded
def audit(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Scenario (.toml), or a network file.")],
    guideline: Annotated[By, typer.Option(help="Rules for yellow and intergreens.")] = By.rilsa,
    pedestrians: Annotated[bool, typer.Option(help="Judge the time for crossing on foot too.")] = True,
    table: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write all breaches as a table.")] = None,
    as_json: Json = False,
) -> None:
    """Hold signal programs against guidelines and volumes: yellow, intergreens, conflicts, greens, cycle, saturation.

    A breach is no error of the file: the programs run as they are. The status is 0 whatever is found.
    """
    from trafficsim import api
    from trafficsim.design.timing.breaches import AuditRules

    found = api.audit_signals(file, rules=AuditRules(guideline=guideline.value, pedestrians=pedestrians))
    if table is not None:
        found.table.to_csv(table, index=False)
    if as_json:
        print_json({"file": str(file), "signals": found.signals,
                    "breaches": [_plain(one._asdict()) for one in found.breaches],
                    "capacity": [_plain(one._asdict()) for one in found.capacity]})
    else:
        _show(file, found)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Write what no number says (no cycle is long enough) as nothing."""
    return {name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in row.items()}


def _show(file: Path, found: SignalAudit) -> None:
    for line in _lines(found.breaches[:SHOWN]):
        typer.echo(line)
    if len(found.breaches) > SHOWN:
        typer.echo(f"{len(found.breaches) - SHOWN} more (all with --json or --table)")
    if found.capacity:
        _show_capacity(found)
    broken = len({one.signal for one in found.breaches})
    typer.echo(f"{file}: {found.signals} signals, {broken} with breaches, {len(found.breaches)} breaches")


def _lines(breaches: Sequence[Breach]) -> Iterator[str]:
    """Yield the breaches, signal by signal."""
    for signal, group in groupby(breaches, key=lambda one: one.signal):
        yield f"signal {signal}"
        for one in group:
            where = "" if one.phase is None else f"phase {one.phase}: "
            yield f"  {one.level}: {one.code}: {where}{one.movement}: {one.message} ({one.source})"


def _show_capacity(found: SignalAudit) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table("signal", "cycle s", "lost s", "Y", "least cycle s", "Webster s", "saturation", "critical lanes")
    for one in found.capacity:
        table.add_row(escape(one.signal), f"{one.cycle_s:g}", f"{one.lost_s:g}", f"{one.flow_ratio:.2f}",
                      f"{one.minimum_cycle_s:.0f}", f"{one.webster_cycle_s:.0f}", f"{one.saturation:.2f}",
                      escape(one.critical))
    show(table)
