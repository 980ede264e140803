"""Commands that simulate: ``run`` and ``compare``."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperOption

from trafficsim.cli.guard import guarded, print_json, say, say_findings, show
from trafficsim.cli.options import Executor, Json, Out, Resume, Strict, Workers

if TYPE_CHECKING:
    import pandas as pd

    from trafficsim.results.frames import Labels
    from trafficsim.run.result import RunResult, StudyResult
    from trafficsim.run.runner import Progress


class RunCommand(TyperCommand):
    """The command ``run``: the engines that there are are looked up when its help is read."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Name the engines, each in its own words."""
        from trafficsim.engines.registry import DEFAULT_ENGINE, engines

        for option in self.params:
            if isinstance(option, TyperOption) and option.name == "engine":
                known = " ".join(f"{name}: {engine.summary}" for name, engine in engines().items())
                option.help = f"{ENGINE_HELP} {known} [default: {DEFAULT_ENGINE}]"
        super().format_help(ctx, formatter)


def _engine_names(incomplete: str) -> list[str]:
    from trafficsim.engines.registry import engines

    return [name for name in engines() if name.startswith(incomplete)]


ENGINE_HELP = "How vehicles move."
LEARNT = "routes: rehearsals {rehearsals}, relative gap {relative_gap:.1%}"
"""How drivers came to the routes that they take."""


@guarded
def run(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO.toml", help="Scenario file.")],
    engine: Annotated[
        str | None, typer.Option(metavar="NAME", help=ENGINE_HELP, autocompletion=_engine_names)
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Replaces the seed of the scenario.")
    ] = None,
    replications: Annotated[int, typer.Option(min=1, metavar="N", help="Number of replications.")] = 1,
    workers: Workers = 1,
    out: Out = None,
    csv: Annotated[bool, typer.Option("--csv", help="Write the tables as CSV too; needs --out.")] = False,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Run a scenario and show its indicators."""
    _require_out("--csv", csv, out)
    from trafficsim import api

    with progress_shown() as progress:
        named = {} if engine is None else {"engine": engine}
        result = api.run(scenario, seed=seed, replications=replications, workers=workers, out=out, progress=progress,
                         strict=strict, **named)
    if csv and out is not None:
        _write_csv(result.tables, out)
    if as_json:
        print_json(result.as_json())
    else:
        _show_run(result)


@guarded
def compare(
    study: Annotated[Path, typer.Argument(metavar="STUDY.toml", help="Study file.")],
    replications: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Replaces the number given in the study.")
    ] = None,
    workers: Workers = 1,
    executor: Executor = "local",
    out: Out = None,
    resume: Resume = False,
    show_all: Annotated[bool, typer.Option("--all", help="Show the secondary indicators too.")] = False,
    as_json: Json = False,
) -> None:
    """Run all alternatives of a study on the same replications and compare them to its baseline."""
    _require_out("--resume", resume, out)
    from trafficsim import api

    with progress_shown() as progress:
        result = api.compare(study, replications=replications, workers=workers, executor=executor, out=out,
                             resume=resume, progress=progress)
    if as_json:
        print_json(result.as_json())
    else:
        _show_study(result, show_all)


@contextmanager
def progress_shown() -> Iterator[Progress | None]:
    """Show progress on stderr, and only on a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("running", total=None)

        def advance(done: int, total: int, labels: Labels) -> None:
            bar.update(task, completed=done, total=total, description=f"{labels.alternative}, {labels.replication}")

        with _told(lambda message: bar.update(task, description=message)):
            yield advance


@contextmanager
def _told(tell: Callable[[str], None]) -> Iterator[None]:
    """Hand on what the library logs, such as that kernels are compiled: else the first run seems to hang."""
    log, handler, level = logging.getLogger("trafficsim"), logging.Handler(), logging.getLogger("trafficsim").level
    handler.emit = lambda record: tell(record.getMessage())  # type: ignore[method-assign]
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


def _require_out(option: str, given: bool, out: Path | None) -> None:
    if given and out is None:
        from trafficsim.base.errors import InputError

        raise InputError(option, "no folder", "a folder for the tables", "add --out DIR")


def _write_csv(tables: Mapping[str, pd.DataFrame], out: Path) -> None:
    for name, table in tables.items():
        table.to_csv(out / f"{name}.csv", index=False)


def _show_run(result: RunResult) -> None:
    from trafficsim.results.formats import indicators_view
    from trafficsim.results.gridlocks import status_lines
    from trafficsim.results.unserved import unserved_lines
    from trafficsim.results.validation_lines import validation_lines

    summary = result.as_json()
    title = "{scenario} ({engine}, seed {seed}, replications {replications})".format(**summary)
    show(indicators_view(summary["indicators"], title))
    vehicles = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in summary["vehicles"].items())
    typer.echo(f"vehicles: {vehicles}")
    if summary["routes"]["rehearsals"]:
        typer.echo(LEARNT.format(**summary["routes"]))
    for line in (*status_lines(summary), *unserved_lines(summary.get("unserved", {})),
                 *validation_lines(result.validation())):
        typer.echo(line)
    for name, entry in summary["indicators"].items():
        if "reason" in entry:
            typer.echo(f"{name}: {entry['reason']}")
    if "repairs" in summary:
        done = ", ".join(f"{count} {code}" for code, count in summary["repairs"].items())
        typer.echo(f"repaired: {done} (details: trafficsim check)")
    for name, reason in summary["not_computed"].items():
        typer.echo(f"{name}: not computed, {reason}")
    say_findings(result.findings)
    typer.echo(f"digest: {summary['digest']}")


def _show_study(result: StudyResult, show_all: bool) -> None:
    from trafficsim.results.agreement_view import agreement_view
    from trafficsim.results.appraisal_lines import appraisal_lines
    from trafficsim.results.formats import comparison_view, losers_lines
    from trafficsim.results.gridlocks import odd_runs
    from trafficsim.results.unserved import unserved_lines
    from trafficsim.results.validation_lines import validation_lines

    title = f"{result.study.name}, compared to {result.study.baseline}"
    primary = () if show_all else result.study.primary
    show(comparison_view(result.comparison, *primary, title=title))
    if result.side_by_side is not None:
        show(agreement_view(result.side_by_side, *primary))
    outside = [f"outside the evidence: {one.message}" for one in result.warnings]
    for line in (*losers_lines(result.distribution), *appraisal_lines(result.appraisal), *outside,
                 *validation_lines(result.validation())):
        typer.echo(line)
    if not show_all:
        typer.echo("Primary indicators only: --all shows the others, --json every value, and trafficsim report a page.")
    summary = result.as_json()
    broken: list[dict[str, Any]] = summary.get("failed", [])
    for one in broken:
        say(f"failed: {one}")
    for scenario, told in summary.get("routes", {}).items():
        typer.echo(f"{scenario}: {LEARNT.format(**told)}")
    lost = [f"{name}: {line}" for name, one in summary.get("unserved", {}).items() for line in unserved_lines(one)]
    for line in (*odd_runs(summary), *lost):
        typer.echo(line)
    say_findings(result.findings)
    idle: list[dict[str, str]] = summary.get("without_effect", [])
    for one in idle:
        typer.echo("no effect: policy {policy} of {alternative} in {scenario}, {engine}: {reason}".format(**one))
