"""Commands that read files of others: one ``import`` per foreign format of the table (:mod:`trafficsim.io.formats`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from inspect import Parameter, Signature
from os.path import isdir
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trafficsim.cli.guard import guarded, say
from trafficsim.cli.options import Strict
from trafficsim.io.formats import FORMATS, Format

if TYPE_CHECKING:
    from trafficsim.io.imported import Imported

app = typer.Typer(
    help="Import a scenario from files of other programs.", no_args_is_help=True, rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
Scenario = Annotated[Path, typer.Option(metavar="FILE.toml", help="Scenario to write; network and trips go beside it.")]

FixesFile = Annotated[Path | None, typer.Option(metavar="FILE", help="What is known better than the files say "
                                                "(NAME.fixes.toml); found by itself beside NET or the scenario.")]
StartFixes = Annotated[Path | None, typer.Option(metavar="FILE", help="Write every guess as an entry to edit, all of "
                                                 "them commented out.")]


@app.callback()
def formats() -> None:
    """Import a scenario from files of other programs."""


def importer(form: Format) -> Callable[..., None]:
    """Make the command that reads a format: one option per kind of further files, and one per choice."""

    def command(network: Path, out: Path, **options: Any) -> None:
        _import(form, network, out, options)

    parameters = [*_parameters(form)]
    command.__doc__ = f"Make a scenario. Read: {form.title}."
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return guarded(command)


def _parameters(form: Format) -> list[Parameter]:
    made = [_parameter("network", Annotated[Path, typer.Argument(metavar="NET", help=form.network)]),
            _parameter("out", Scenario)]
    for name, meaning in form.files.items():
        made.append(_parameter(name, Annotated[list[Path] | None, typer.Option(metavar="FILE", help=meaning)], None))
    for name, (meaning, words) in form.choices.items():
        kind = StrEnum(name.capitalize(), {word: word for word in words})  # type: ignore[misc]
        made.append(_parameter(name, Annotated[kind, typer.Option(help=meaning)], kind(words[0])))
    return [*made, _parameter("fixes", FixesFile, None), _parameter("write_fixes", StartFixes, None),
            _parameter("strict", Strict, False)]


def _parameter(name: str, annotation: Any, default: Any = Parameter.empty) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _import(form: Format, network: Path, out: Path, options: dict[str, Any]) -> None:
    from trafficsim.base.repairs import refuse_repairs
    from trafficsim.io.first_fixes import write_first_fixes
    from trafficsim.io.scenario_file import write_scenario
    from trafficsim.run.trial import served

    net = network if form.members and isdir(network) else _file(network, "NET")
    files = {name: tuple(_file(path, f"--{name}") for path in options[name] or ()) for name in form.files}
    fixes = _fixes(net, out, options["fixes"])
    found = served(form.read(net, fixes=fixes, **files, **{name: str(options[name]) for name in form.choices}))
    if options["strict"]:
        refuse_repairs(found.network.findings)
    written = write_scenario(out, found)
    if options["write_fixes"] is not None:
        written.append(write_first_fixes(options["write_fixes"], found.network))
    _report(found)
    for finding in found.network.findings if fixes is not None else ():
        if finding.code == "fixed":
            typer.echo(f"fixed: {finding.where}: {finding.message}")
    for path in written:
        typer.echo(f"wrote {path}")


def _fixes(net: Path, out: Path, given: Path | None) -> Path | None:
    """Return the file of fixes that is given, or that has the name of the network or of the scenario."""
    from trafficsim.io.fixes import fixes_beside

    return fixes_beside(net, out) if given is None else _file(given, "--fixes")


def _file(path: Path, option: str) -> Path:
    """Find a file, also inside an installed package (``package://NAME/PATH``, of which a path keeps one slash)."""
    from trafficsim.io.paths import PACKAGE_PREFIX, resolve_path

    return resolve_path(re.sub(r"^package:/+", PACKAGE_PREFIX, path.as_posix()), Path(), option)


def _report(found: Imported) -> None:
    """Print the counts, how many signals react, and every repair with its rule and some places."""
    from trafficsim.spec.check_controls import reacting

    for act, things in found.counts.items():
        typer.echo(f"{act}:" if things else f"{act}: nothing")
        for thing, count in things.items():
            typer.echo(f"  {count:>8,} {thing}")
    if found.network.controls:
        typer.echo(reacting(found.network.controls))
    for finding in found.network.findings:
        if finding.code == "fixed":
            continue  # good news, told beside the files that are written
        say(f"warning: {finding.code}: {finding.where}: {finding.message}")


for _format in FORMATS.values():
    if _format.foreign:
        app.command(_format.name)(importer(_format))
