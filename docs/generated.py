"""Reference pages that are made from the package when the documentation is built, so that they cannot go stale.

Each function returns Markdown; :func:`setup` writes all of them into ``reference/generated`` before Sphinx reads pages.
"""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "reference" / "generated"
MOST_SHOWN = 1e12
LABELS = ("scenario", "alternative", "replication", "engine")
# The unit of a name is the longest suffix that fits.
UNITS = {
    "_veh_h": "veh/h", "_veh_km": "veh/km", "_per_s": "1/s", "_veh_s": "veh/s", "_s_per_vehicle": "s/veh",
    "_kmh": "km/h", "_ms2": "m/s2", "_mb": "MB", "_km": "km", "_ms": "m/s", "_m": "m", "_s": "s", "_h": "h",
}


def command_line() -> str:
    """The help of every command, as the program prints it."""
    from typer.main import get_command
    from typer.testing import CliRunner

    from trafficsim.cli import app

    def help_of(words: list[str]) -> str:
        return CliRunner().invoke(app, [*words, "--help"], terminal_width=100, prog_name="trafficsim").stdout.strip()

    parts = [f"```text\n{help_of([])}\n```"]
    for name, command in getattr(get_command(app), "commands", {}).items():
        inner = getattr(command, "commands", None)
        for words in ([[name, one] for one in inner] if inner else [[name]]):
            parts.append(f"## trafficsim {' '.join(words)}\n\n```text\n{help_of(words)}\n```")
    return "\n\n".join(parts)


def file_keys(subject: str) -> str:
    """Tables of all keys of scenario or study files, from their JSON Schema."""
    from trafficsim.io.json_schema import schema_of
    from trafficsim.policies import load_policies

    schema = schema_of(subject, load_policies() if subject == "study" else {})
    policies = {policy.__name__ for policy in load_policies().values()}
    models = {"(the file itself)": schema, **{
        name: model for name, model in schema.get("$defs", {}).items() if "properties" in model and name not in policies
        and name != "Demand"}}
    return "\n\n".join(_model(name, model) for name, model in models.items())


def _model(name: str, model: Mapping[str, Any]) -> str:
    summary, meanings = _read_docstring(model.get("description", ""))
    rows = ["| key | type | default | range | meaning |", "|---|---|---|---|---|"]
    for key, entry in model["properties"].items():
        default = "required" if key in model.get("required", ()) else _default(entry)
        meaning = _cell(meanings.get(key, ""))
        rows.append(f"| `{key}` | {_type(entry)} | {_cell(default)} | {_range(entry)} | {meaning} |")
    return f"## {name}\n\n{summary}\n\n" + "\n".join(rows)


def _default(entry: Mapping[str, Any]) -> str:
    value = entry.get("default")
    if isinstance(value, dict) and value:
        return "as below"
    if value is None or value in ([], {}, ""):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _read_docstring(text: str) -> tuple[str, dict[str, str]]:
    """Summary and extended words, and the meaning of each parameter."""
    head, _, rest = inspect.cleandoc(text).partition("Parameters\n----------\n")
    body = rest.split("\n\nExamples")[0]
    meanings: dict[str, str] = {}
    names: list[str] = []
    for line in body.splitlines():
        if line and not line.startswith(" "):
            names = [name.strip() for name in line.split(",")]
        for name in names:
            meanings[name] = f"{meanings.get(name, '')} {line.strip()}".strip() if line.startswith(" ") else ""
    return head.split("\n\nExamples")[0].strip().replace("``", "`"), meanings


def _type(entry: Mapping[str, Any]) -> str:
    if "$ref" in entry:
        model = entry["$ref"].rsplit("/", 1)[-1]
        return f"table [{model}](#{model.lower()})"
    if "anyOf" in entry:
        given = [one for one in entry["anyOf"] if one.get("type") != "null" and one.get("$ref", "")[-7:] != "/Demand"]
        return " or ".join(dict.fromkeys(map(_type, given)))
    if "enum" in entry:
        return " or ".join(f"`{one}`" for one in entry["enum"])
    if entry.get("type") == "array":
        items = entry.get("items")
        return "list of " + (_type(items) if isinstance(items, Mapping) and items else "values")
    if entry.get("type") == "object":
        inner = entry.get("additionalProperties")
        return "table of " + (_type(inner) if isinstance(inner, Mapping) and inner else "values") + " by name"
    return {"string": "text", "number": "number", "integer": "whole number", "boolean": "true or false"}.get(
        str(entry.get("type")), "value")


def _range(entry: Mapping[str, Any]) -> str:
    for one in (entry, *entry.get("anyOf", ())):
        signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<",
                 "minLength": "length ≥"}
        found = [f"{sign} {one[key]:g}" for key, sign in signs.items() if key in one and one[key] < MOST_SHOWN]
        if found:
            return ", ".join(found)
    return ""


def _cell(text: Any) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ").replace("``", "`")


def network_attributes() -> str:
    """Attributes of nodes and links, from the schema of networks."""
    from trafficsim.spec.schema import EDGE_ATTRIBUTES, NODE_ATTRIBUTES, documentation

    return f"## Nodes\n\n{documentation(NODE_ATTRIBUTES)}\n\n## Links\n\n{documentation(EDGE_ATTRIBUTES)}"


def policies() -> str:
    """The catalogue of policies."""
    from trafficsim.policies import load_policies
    from trafficsim.policies.catalogue import catalogue

    return "\n\n".join(_policy(kind, entry) for kind, entry in catalogue(load_policies()).items())


def _policy(kind: str, entry: Mapping[str, Any]) -> str:
    facts = [f"**{heading.capitalize()}.** {entry[heading]}" for heading in ("mechanism", "source", "grade", "limits")]
    rows = ["| parameter | type | default | where its number comes from |", "|---|---|---|---|"]
    rows += [f"| `{name}` | {_cell(one['type'])} | `{_cell(one['default'])}` | {_cell(one['origin'])} |"
             for name, one in entry["parameters"].items()]
    example = f"```toml\n\"an alternative\" = [{entry['example']}]\n```"
    summary = entry["summary"].replace("``", "`")
    return "\n\n".join([f"## {kind}", summary, *facts, f"Phase: {entry['phase']}.", "\n".join(rows), example])


def indicators() -> str:
    """All indicators, and those that are not computed with the reason."""
    from trafficsim.results.indicators import INDICATORS, NOT_COMPUTED, path_time

    rows = ["| name | unit | better | formula | population | origin |", "|---|---|---|---|---|---|"]
    for one in (*INDICATORS, path_time("NAME")):
        if one.name not in NOT_COMPUTED:
            cells = (f"`{one.name}`", one.unit, one.direction, one.formula, one.population, one.origin)
            rows.append(f"| {' | '.join(map(_cell, cells))} |")
    missing = ["| name | unit | why |", "|---|---|---|"]
    missing += [f"| `{one.name}` | {one.unit} | {one.reason} |" for one in INDICATORS if one.name in NOT_COMPUTED]
    return "\n".join(rows) + "\n\n## Not computed\n\n" + "\n".join(missing)


def result_tables() -> str:
    """Columns of all result tables, from a run of the scenario that ``trafficsim new`` writes."""
    tables = _first_tables()
    describes = _table_functions()
    parts = []
    for name in sorted(tables):
        rows = ["| column | unit | type |", "|---|---|---|"]
        rows += [f"| `{column}` | {_unit(str(column))} | {kind} |" for column, kind in tables[name].dtypes.items()
                 if column not in LABELS]
        words = inspect.cleandoc(inspect.getdoc(describes[name]) or "") if name in describes else ""
        text = words.split("\n\nParameters")[0].split("\n\nReturns")[0].split("\n\nRaises")[0].replace("``", "`")
        parts.append(f"## {name}\n\n{text}\n\n" + "\n".join(rows))
    return "\n\n".join(parts)


def _first_tables() -> Mapping[str, Any]:
    import trafficsim as ts
    from trafficsim.cli.start import new

    with tempfile.TemporaryDirectory() as folder:
        with redirect_stdout(StringIO()):
            new(Path(folder) / "first")
        study = ts.load(Path(folder) / "first" / "study.toml")
        assert isinstance(study, ts.Study)
        return dict(ts.run(study, replications=1).tables)


def _table_functions() -> dict[str, Callable[..., Any]]:
    from trafficsim.plan.builder import ledger_table
    from trafficsim.results import indicators as of_indicators
    from trafficsim.results import movements, speeds, tables

    return {
        "ledger": ledger_table, "trips": tables.trips_table, "links": tables.links_table,
        "movements": movements.movements_table, "detectors": tables.detectors_table, "events": tables.events_table,
        "speeds": speeds.speeds_table, "speed_counts": speeds.speed_counts_table, "paths": speeds.paths_table,
        "trajectories": tables.trajectories_table, "indicators": of_indicators.indicators_table,
    }


def _unit(column: str) -> str:
    fitting = [suffix for suffix in UNITS if column.endswith(suffix)]
    return UNITS[max(fitting, key=len)] if fitting else ""


def public_names() -> str:
    """Every name of ``trafficsim``, by the kind of thing that it is."""
    import trafficsim as ts

    names: dict[str, list[str]] = {heading: [] for heading in ("Functions", "Files and models", "Errors", "Results")}
    for name in ts.__all__:
        thing = getattr(ts, name)
        if name.startswith("_") or (inspect.ismodule(thing) and name != "run"):
            continue
        path = _home(thing, name)
        heading = ("Errors" if inspect.isclass(thing) and issubclass(thing, Exception)
                   else "Files and models" if inspect.isclass(thing) else "Functions")
        names[heading].append(path)
    names["Results"] = [
        "trafficsim.run.runner.RunResult", "trafficsim.run.runner.StudyResult", "trafficsim.results.compare.Comparison",
        "trafficsim.results.difference.Difference",
    ]
    names |= dict(_rooms())
    return "\n\n".join(f"## {heading}\n\n{_summary_list(paths)}" for heading, paths in names.items() if paths)


def _home(thing: Any, name: str) -> str:
    return "trafficsim.api.run" if name == "run" else f"{thing.__module__}.{thing.__qualname__}"


def _rooms() -> Iterator[tuple[str, list[str]]]:
    from trafficsim import policies as room
    from trafficsim.spec.policy import Builder, Policy

    of_policies = [thing for thing in vars(room).values()
                   if inspect.isclass(thing) and thing.__module__.startswith(room.__name__)]
    yield "Policies", [_home(thing, "") for thing in (*of_policies, Policy, Builder)]
    try:
        from trafficsim.report import plot
    except ImportError:
        return
    yield "Plots", [_home(getattr(plot, name), name) for name in plot.__all__]


def _summary_list(paths: list[str]) -> str:
    lines = "\n".join(f"   {path}" for path in sorted(paths, key=lambda path: path.rsplit(".", 1)[-1].lower()))
    return f"```{{eval-rst}}\n.. autosummary::\n   :toctree: ../api\n   :nosignatures:\n\n{lines}\n```"


PAGES: Mapping[str, Callable[[], str]] = {
    "command-line": command_line,
    "scenario": lambda: file_keys("scenario"),
    "study": lambda: file_keys("study"),
    "network": network_attributes,
    "policies": policies,
    "indicators": indicators,
    "tables": result_tables,
    "python": public_names,
}


def write_pages(*_: object) -> None:
    """Write all pages; one that has not changed keeps its time, so that Sphinx need not read it again."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, make in PAGES.items():
        path, text = FOLDER / f"{name}.md", make() + "\n"
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.connect("builder-inited", write_pages, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
