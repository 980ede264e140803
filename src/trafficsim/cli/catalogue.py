"""The command that shows policies and practices: ``policies``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from trafficsim.cli.guard import guarded, print_json, show
from trafficsim.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    Entries = Mapping[str, Mapping[str, Any]]

GROUPS = "enforcement|licensing|prevention|infrastructure|signals|emergency"


@guarded
def policies(
    kind: Annotated[str | None, typer.Argument(
        metavar="KIND", help="Kind of one policy, or id of one practice, to see all about it.")] = None,
    group: Annotated[str | None, typer.Option(metavar=GROUPS, help="Only the practices of one group.")] = None,
    as_json: Json = False,
) -> None:
    """Show policies and the practices that they stand for: mechanism, evidence with its grade, limits.

    A policy is what a study can use; a practice is what authorities do, with the evidence on it, modelled or not.
    """
    kinds, practices = _of_name(kind, group) if kind is not None else _of_group(group)
    if as_json:
        print_json({**kinds, **({"practices": practices} if practices else {})})
    elif kind is None:
        _show_all(kinds, practices)
    elif practices:
        _show_practice(kind, practices[kind])
    else:
        _show_one(kind, kinds[kind])


def _of_name(name: str, group: str | None) -> tuple[Entries, Entries]:
    """A policy of this kind, or else a practice of this id."""
    from trafficsim import api
    from trafficsim.base.errors import InputError
    from trafficsim.policies import load_policies

    if group is not None:
        raise InputError(f"policies {name} --group {group}", "a name and a group", "one of them", "leave one out")
    practices = api.practice_entries()
    if name in practices and name not in load_policies():
        return {}, {name: practices[name]}
    return api.policy_catalogue(name), {}


def _of_group(group: str | None) -> tuple[Entries, Entries]:
    """Practices of a group with the policies that represent some of them; all without a group."""
    from trafficsim import api

    kinds, practices = api.policy_catalogue(), api.practice_entries(group)
    wanted = {kind for one in practices.values() for kind in one["modelled"]["policies"]}
    return {kind: entry for kind, entry in kinds.items() if group is None or kind in wanted}, practices


def _show_all(kinds: Entries, practices: Entries) -> None:
    from rich.markup import escape
    from rich.table import Table

    if kinds:
        table = Table("kind", "mechanism", "evidence", "grade", show_lines=True)
        for kind, entry in kinds.items():
            table.add_row(*map(escape, (kind, entry["mechanism"], entry["source"], entry["grade"])))
        show(table)
    table = Table("practice", "what it is", "grade", "how it is modelled", show_lines=True)
    for name, entry in practices.items():
        number = "" if entry["number"] is None else f"{entry['number']} "
        cells = (number + name, f"{entry['name']}: {entry['summary']}", entry["grade"], entry["modelled"]["text"])
        table.add_row(*map(escape, cells))
    show(table)
    typer.echo("All of one: trafficsim policies KIND")


def _show_one(kind: str, entry: Mapping[str, Any]) -> None:
    from rich.markup import escape
    from rich.table import Table

    typer.echo(f"{kind}: {entry['summary']}")
    for heading in ("mechanism", "source", "grade", "limits"):
        typer.echo(f"{heading}: {entry[heading]}")
    table = Table("parameter", "type", "default", "source of the value")
    for name, parameter in entry["parameters"].items():
        cells = (name, parameter["type"], str(parameter["default"]), parameter["origin"])
        table.add_row(*map(escape, cells))
    show(table)
    typer.echo(f"In a study file: {entry['example']}")


def _show_practice(name: str, entry: Mapping[str, Any]) -> None:
    from rich.markup import escape
    from rich.table import Table

    typer.echo(f"{name}: {entry['name']}. {entry['summary']}")
    facts = {"group": entry["group"], "who does it": "; ".join(map(_use, entry["used"])),
             "mechanism": f"{entry['mechanism']} ({', '.join(entry['acts_on'])})", "grade": entry["grade"],
             "caveats": entry["caveats"], "transferability": entry["transferability"],
             "modelled": entry["modelled"]["text"]}
    for heading, text in facts.items():
        if text:
            typer.echo(f"{heading}: {text}")
    if entry["evidence"]:
        table = Table("row", "finding", "source", "note", show_lines=True)
        for one in entry["evidence"]:
            cite = one["cite"] if one["checked"] else f"{one['cite']} (quoted from memory, to be checked)"
            table.add_row(*map(escape, (one["row"], one["text"], cite, one["note"])))
        show(table)


def _use(one: Mapping[str, Any]) -> str:
    more = ", ".join(one[part] for part in ("authority", "programme", "years") if one[part])
    return f"{one['country']} ({more})" if more else str(one["country"])
