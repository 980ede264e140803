"""The command that optimises signal programs by simulation: ``optimise``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trafficsim.cli.guard import guarded, print_json, say, show
from trafficsim.cli.options import Json, Resume, Workers

if TYPE_CHECKING:
    from trafficsim.run.optimisation.result import SignalOptimisation


@guarded
def optimise(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO.toml", help="Scenario file.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for plans, all evaluations and the judgement.")],
    variables: Annotated[str, typer.Option(metavar="NAMES", help="What may change.")] = "offsets,splits",
    engine: Annotated[str, typer.Option(metavar="NAME", help="How vehicles move.")] = "queue",
    days: Annotated[int, typer.Option(metavar="N", help="Days that plans are designed on.")] = 3,
    judge_days: Annotated[int, typer.Option(metavar="N", help="Other days, on which they are judged.")] = 10,
    budget: Annotated[int, typer.Option(metavar="N", help="Plans that every search looks at, at most.")] = 400,
    futures: Annotated[str, typer.Option(metavar="FACTORS", help="Factors of demand, as 0.8,1,1.2.")] = "1",
    demand_variation: Annotated[float, typer.Option(help="Coefficient of variation of demand by day.")] = 0.10,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the random draws of the search.")] = 1,
    workers: Workers = 1,
    resume: Resume = False,
    as_json: Json = False,
) -> None:
    """Search for offsets and splits with less delay, and judge what was found on other days.

    Cycles, stages and intergreens stay, minimum greens are kept. The folder gets plan.add.xml, for the policy
    signal_plan of a study and for SUMO. Whatever was simulated is kept there when the search is interrupted.
    """
    from trafficsim import api

    with _progress() as told:
        found = api.optimise_signals(
            scenario, variables=_names(variables), days=days, judged_on=judge_days, futures=_factors(futures),
            budget=budget, seed=seed, engine=engine, demand_variation=demand_variation, workers=workers, out=out,
            resume=resume, told=told)
    if as_json:
        print_json(found.as_json())
        return
    for line in search_lines(found):
        typer.echo(line)
    _show(found)
    typer.echo(f'written: {out}; in a study: {{ kind = "signal_plan", file = "{out / "plan.add.xml"}" }}')


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    from trafficsim.cli.simulate import progress_shown

    with progress_shown() as bar:
        yield (lambda _: None) if bar is None else say


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _factors(text: str) -> list[float]:
    from trafficsim.base.errors import InputError, quoted

    try:
        return [float(part) for part in _names(text)]
    except ValueError:
        raise InputError("--futures", quoted(text), "factors of demand with commas between, as 0.8,1,1.2",
                         "correct it") from None


def search_lines(found: SignalOptimisation) -> Iterator[str]:
    """Say what every search found on its own days."""
    for name, rows in found.history.groupby("search", sort=False):
        what = "largest loss over all futures" if name == "robust" else "mean delay"
        first, last = float(rows["value_s"].iloc[0]), float(rows["best_s"].iloc[-1])
        yield f"{name}: {len(rows):,} plans, {what} on days of design {first:.1f} s -> {last:.1f} s"


def _show(found: SignalOptimisation) -> None:
    from rich.table import Table

    table = Table("demand", "start plan s", f"{found.chosen} s", "difference s", "95 % interval", "verdict",
                  title=f"Mean delay on {found.searching['judged_on']} other days, {found.chosen} against start plan")
    for future, one in found.differences.items():
        table.add_row(f"{future:g}", _number(one.baseline_mean), _number(one.mean), _number(one.diff, "+"),
                      f"{_number(one.low, '+')} to {_number(one.high, '+')}", one.verdict)
    show(table)
    if len(found.names) > 1:
        _show_regret(found)


def _show_regret(found: SignalOptimisation) -> None:
    from rich.table import Table

    table = Table("plan", *(f"loss at {future:g} s" for future in found.names), "largest s", "largest, by design s",
                  title="Loss against the best plan of each future, on other days")
    for row, planned in zip(found.regret.to_dict("records"), found.design["largest_loss_s"], strict=True):
        table.add_row(f"{row['plan']}{' (chosen)' if row['plan'] == found.chosen else ''}",
                      *(_number(row[f"loss_s at {future:g}"]) for future in found.names),
                      _number(row["largest_loss_s"]), _number(float(planned)))
    show(table)


def _number(value: float | None, sign: str = "") -> str:
    return "-" if value is None else f"{value:{sign}.2f}"
