"""Commands that look without simulating: ``check`` and ``schema``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trafficsim.cli.guard import guarded, line_of, print_json
from trafficsim.cli.options import Json, Strict

if TYPE_CHECKING:
    from trafficsim.base.findings import Finding

INPUT_WRONG = 2
SHOWN_PER_CODE = 3


class Subject(StrEnum):
    """What a schema can be had of."""

    scenario = "scenario"
    study = "study"
    network = "network"
    fixes = "fixes"


@guarded
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Scenario or study (.toml), or a network file.")],
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw the network of a scenario with lanes and signals.")
    ] = None,
    map_file: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE.html", help="Write an interactive map with all findings, for any browser."),
    ] = None,
    lang: Annotated[str, typer.Option(metavar="en|ar", help="Language of the map.")] = "en",
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Validate a scenario, study or network, and report what was repaired or inferred."""
    from trafficsim import api
    from trafficsim.base.errors import InputError
    from trafficsim.base.findings import finding_of

    seen = None
    try:
        seen = api.examine(file, strict=strict)
        findings = seen.findings
    except InputError as error:
        if not as_json:
            raise
        findings = (finding_of(error, "invalid"),)
    ok = not any(finding.level == "error" for finding in findings)
    if as_json:
        print_json({"file": str(file), "ok": ok, "findings": [finding.as_dict() for finding in findings]})
    else:
        _show(file, findings)
    if map_file is not None and seen is not None:  # errors too are seen best where they lie
        api.write_map(seen, map_file, lang)
    if not ok:
        raise typer.Exit(INPUT_WRONG)
    if picture is not None:
        api.draw(file, picture)


@guarded
def schema(
    subject: Annotated[Subject, typer.Argument(metavar="KIND", help="Kind of file.")] = Subject.scenario,
) -> None:
    """Print the JSON Schema of a kind of file, for editors."""
    from trafficsim.io.json_schema import schema_of
    from trafficsim.policies import load_policies

    print_json(schema_of(subject.value, load_policies()))


def _show(file: Path, findings: tuple[Finding, ...]) -> None:
    from collections import Counter

    from trafficsim.base.findings import count_by_code

    counts = count_by_code(findings)
    shown: Counter[str] = Counter()
    for finding in sorted(findings, key=lambda one: ("error", "warning", "info").index(one.level)):
        shown[finding.code] += 1
        # Errors are all shown, on stderr; of the rest a few of each kind are enough to see what is meant.
        if finding.level == "error" or shown[finding.code] <= SHOWN_PER_CODE:
            typer.echo(line_of(finding), err=finding.level == "error")
        elif shown[finding.code] == SHOWN_PER_CODE + 1:
            more = counts[finding.code] - SHOWN_PER_CODE
            typer.echo(f"{finding.level}: {finding.code}: {more} more (all with --json)")
    errors = sum(finding.level == "error" for finding in findings)
    typer.echo(f"{file}: " + (f"{errors} errors" if errors else "ok"), err=bool(errors))
