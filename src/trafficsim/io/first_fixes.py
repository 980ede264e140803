"""A first fixes file: every guess of an import as an entry to edit, commented out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from trafficsim.base.errors import InputError, MachineError
from trafficsim.io.toml import dump_toml
from trafficsim.spec.fixes import LINK_SETTINGS
from trafficsim.spec.network import Network

GUESSES = ("inferred: ", "repaired: ", "designed: ")
HEAD = """\
## What is known better than the extract says. Take the "# " away from the lines of an entry and correct its values;
## entries that are left as they are may go. Lines with ## explain. Keys: trafficsim schema fixes.
"""
JUNCTION_SETTINGS = ("control", "nearside_turn_on_red", "capacity_veh_h")


def write_first_fixes(path: Path, network: Network) -> Path:
    """Write a fixes file in which every guess is an entry that is commented out; return its path.

    Raises
    ------
    InputError
        If the file exists.
    MachineError
        If it cannot be written.
    """
    if path.exists():
        raise InputError(str(path), "a file that exists already", "a new name",
                         "give another --write-fixes, or move the file")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(first_fixes(network), encoding="utf-8")
    except OSError as error:
        raise MachineError(str(path), error.strerror or str(error), "a file that can be written",
                           "give another name with --write-fixes") from None
    return path


def first_fixes(network: Network) -> str:
    """Return the text of a first fixes file.

    Examples
    --------
    >>> from trafficsim.design.synthetic import ring
    >>> road = ring(1000.0)
    >>> row = next(row for *_, row in road.graph.edges(data=True))
    >>> row["origins"] = {"lanes": "inferred: residential road, no lanes"}
    >>> print(first_fixes(road).split(chr(10), 2)[2])
    <BLANKLINE>
    # [[link]]
    # id = "ring0"
    # lanes = 1  # inferred: residential road, no lanes
    <BLANKLINE>
    """
    parts = [*_links(network), *_junctions(network), *_signals(network)]
    return "\n".join([HEAD, *parts] if parts else [HEAD, "## Nothing was guessed.\n"])


def _guesses(attributes: Mapping[str, Any], names: Sequence[str]) -> dict[str, tuple[Any, str]]:
    """Return the guessed values of a link or node, each with its origin."""
    origins = attributes.get("origins") or {}
    return {name: (attributes[name], str(origins[name])) for name in names
            if str(origins.get(name, "")).startswith(GUESSES) and attributes.get(name) is not None}


def _links(network: Network) -> Iterator[str]:
    """Links of a way in one direction share an entry where they share all guesses, both directions likewise."""
    links = network.links
    sides: dict[str, dict[str, list[tuple[str, dict[str, tuple[Any, str]]]]]] = {}
    for link, row in links.items():
        # An entry by way also selects links that have no guess: they count as different.
        way = str(row.get("osm_way") or "")
        known = way if way.isdigit() else ""
        sides.setdefault(known or f"link {link}", {}).setdefault(
            "backward" if link.startswith("-") else "forward", []).append((link, _guesses(row, LINK_SETTINGS)))
    for key, ways in sides.items():
        rows = [row for side in ways.values() for row in side]
        if not any(guesses for _, guesses in rows):
            continue
        name = next((str(links[link]["name"]) for link, _ in rows if links[link].get("name")), "")
        if key.isdigit() and _alike(rows):
            yield _entry("link", {"way": int(key)}, rows[0][1], name)
            continue
        for direction, side in ways.items():
            one_entry = key.isdigit() and _alike(side)
            for link, guesses in side[:1] if one_entry else side:
                if guesses:
                    selects = {"way": int(key), "direction": direction} if one_entry else {"id": link}
                    yield _entry("link", selects, guesses, name)


def _alike(rows: Sequence[tuple[str, dict[str, tuple[Any, str]]]]) -> bool:
    return all(guesses == rows[0][1] for _, guesses in rows)


def _junctions(network: Network) -> Iterator[str]:
    for node, row in network.graph.nodes(data=True):
        guesses = _guesses(row, JUNCTION_SETTINGS)
        if guesses:
            yield _entry("junction", {"id": str(node)}, guesses, str(row.get("name") or ""))


def _signals(network: Network) -> Iterator[str]:
    for program in network.signals:
        if program.origin.startswith(GUESSES):
            phases = [phase.model_dump() for phase in program.phases]
            values = {"offset_s": (program.offset_s, ""), "phases": (phases, program.origin)}
            yield _entry("signal", {"junction": program.id}, values, "")


def _entry(table: str, selects: Mapping[str, Any], values: Mapping[str, tuple[Any, str]], name: str) -> str:
    lines = [f"## {_plain(name)}"] if name else []
    lines.append(f"# [[{table}]]")
    lines += [f"# {_line(key, value)}" for key, value in selects.items()]
    for key, (value, origin) in values.items():
        lines.append(f"# {_line(key, value)}" + (f"  # {_plain(origin)}" if origin else ""))
    return "\n".join(lines) + "\n"


def _line(key: str, value: Any) -> str:
    """Write one key; a list of tables on one line."""
    if key == "allow":
        value = [" ".join(kinds or ()) for kinds in value]
    if key == "phases":
        return "phases = [" + ", ".join(f'{{ duration_s = {one["duration_s"]}, state = "{one["state"]}" }}'
                                        for one in value) + "]"
    return _plain(f"{key} = []" if value in ((), []) else dump_toml({key: value}).strip())


def _plain(text: str) -> str:
    """On one line, for a comment ends there."""
    return " ".join(text.split())
