"""Reference pages that are made from the package when the documentation is built, so that they cannot go stale.

Each function returns Markdown; :func:`setup` writes all of them into ``reference/generated`` before Sphinx reads pages.
"""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from functools import cache
from importlib import import_module
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

    commands = getattr(get_command(app), "commands", {})
    words = [[name, *inner] for name, command in commands.items()
             for inner in ([[one] for one in getattr(command, "commands", ())] or [[]])]
    parts = [f"## trafficsim {' '.join(one)}\n\n```text\n{help_of(one)}\n```" for one in words]
    return "\n\n".join([f"```text\n{help_of([])}\n```", *parts])


def file_keys(subject: str) -> str:
    """Tables of all keys of scenario or study files, from their JSON Schema."""
    from trafficsim.io.json_schema import schema_of
    from trafficsim.policies import load_policies

    schema = schema_of(subject, load_policies() if subject == "study" else {})
    # Policies have a page of their own; Demand is what Python may give in place of DemandSource.
    elsewhere = {*_kinds(), "Demand", "Scenario"}
    if subject == "study":
        elsewhere |= set(schema_of("scenario", {}).get("$defs", {}))
    models = {"The file": schema, **{
        name: model for name, model in schema.get("$defs", {}).items()
        if "properties" in model and name not in elsewhere}}
    text = "\n\n".join(_model(name, model) for name, model in models.items())
    for name in elsewhere - models.keys():
        text = text.replace(f"](#{name.lower()})", f"](scenario.md#{name.lower()})")
    return text


def _model(name: str, model: Mapping[str, Any]) -> str:
    summary, meanings = _read_docstring(model.get("description", ""))
    rows = ["| key | type | default | range | meaning |", "|---|---|---|---|---|"]
    for key, entry in model["properties"].items():
        default = "required" if key in model.get("required", ()) else _default(entry)
        meaning = _cell(meanings.get(key, ""))
        rows.append(f"| `{key}` | {_type(entry)} | {_cell(default)} | {_range(entry)} | {meaning} |")
    return f"## {name}\n\n{summary}\n\n" + "\n".join(rows)


@cache
def _kinds() -> dict[str, str]:
    """Kinds of policies by the name of their class."""
    from trafficsim.policies import load_policies

    return {policy.__name__: kind for kind, policy in load_policies().items()}


def _default(entry: Mapping[str, Any]) -> str:
    value = entry.get("default")
    if value and (isinstance(value, dict) or (isinstance(value, list) and isinstance(value[0], dict))):
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
        kind = _kinds().get(model)
        return f"[`{kind}`](policies.md#{kind})" if kind else f"table [{model}](#{model.lower()})"
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
    example = f"```text\n\"an alternative\" = [{entry['example']}]\n```"
    summary = entry["summary"].replace("``", "`")
    return "\n\n".join([f"## {kind}", summary, *facts, f"Phase: {entry['phase']}.", "\n".join(rows), example])


def practices() -> str:
    """The catalogue of practices, group by group."""
    from trafficsim import api
    from trafficsim.outcomes.practice import GROUPS

    entries = api.practice_entries()
    parts = []
    for group in GROUPS:
        members = {name: one for name, one in entries.items() if one["group"] == group}
        rows = ["| number | practice | grade | how it is modelled |", "|---|---|---|---|"]
        rows += [f"| {one['number'] or ''} | [{_cell(one['name'])}](#{name.replace('_', '-')}) | {_cell(one['grade'])} "
                 f"| {_cell(one['modelled']['text'])} |" for name, one in members.items()]
        parts += [f"## {group.capitalize()}", "\n".join(rows), *(_practice(name, one) for name, one in members.items())]
    return "\n\n".join(parts)


def _practice(name: str, entry: Mapping[str, Any]) -> str:
    from trafficsim.outcomes.practice import Use

    facts = {
        "Who does it": "; ".join(str(Use.model_validate(one)) for one in entry["used"]),
        "Mechanism": f"{entry['mechanism']} ({', '.join(entry['acts_on'])})", "Grade": entry["grade"],
        "Caveats": entry["caveats"], "Transferability": entry["transferability"], "Modelled": entry["modelled"]["text"],
    }
    lines = [f"**{heading}.** {_cell(text)}" for heading, text in facts.items() if text]
    rows = ["| row | finding | where | source | note |", "|---|---|---|---|---|"]
    for one in entry["evidence"]:
        cite = one["cite"] if one["checked"] else f"{one['cite']} (quoted from memory, to be checked)"
        cells = (one["row"], one["text"], _where(one["setting"]), cite, one["note"])
        rows.append(f"| {' | '.join(map(_cell, cells))} |")
    table = ["\n".join(rows)] if entry["evidence"] else []
    heading = f"({name.replace('_', '-')})=\n### {entry['name']}"
    return "\n\n".join([heading, f"`{name}`: {_cell(entry['summary'])}", *lines, *table])


def _where(setting: Mapping[str, Any]) -> str:
    """Setting of a source on one line, as far as it says so."""
    limits = setting.get("limit_kmh")
    parts = [", ".join(setting.get("countries", ())), ", ".join(setting.get("road_classes", ())),
             "" if limits is None else f"{limits[0]:g} km/h", setting.get("enforcement", ""), setting.get("years", "")]
    return "; ".join(part for part in parts if part)


def indicators() -> str:
    """All indicators, and those that are not computed with the reason."""
    from trafficsim.results.indicators import not_computed, path_time, registered

    rows = ["| name | unit | better | formula | made from | population | origin |", "|---|---|---|---|---|---|---|"]
    for one in (*registered().values(), path_time("NAME")):
        if one.is_computed:
            made_from = ", ".join((one.tables and (*one.tables, "of both runs")) or one.needs)
            cells = (f"`{one.name}`", one.unit, one.direction, one.formula, made_from, one.population, one.origin)
            rows.append(f"| {' | '.join(map(_cell, cells))} |")
    missing = ["| name | unit | why |", "|---|---|---|"]
    missing += [f"| `{name}` | {registered()[name].unit} | {reason} |" for name, reason in not_computed().items()]
    return "\n".join(rows) + "\n\n## Not computed\n\n" + "\n".join(missing)


def exports() -> str:
    """The table of what is written for other programs."""
    from trafficsim.io.exports import documentation

    return documentation()


def formats() -> str:
    """The table of formats that networks are read from."""
    from trafficsim.io.formats import documentation

    return documentation()


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


def repairs() -> str:
    """Every repair with its rule."""
    from trafficsim.base.repairs import REPAIRS

    rows = "\n".join(f"| `{code}` | {rule} |" for code, rule in REPAIRS.items())
    return f"| code | rule |\n|---|---|\n{rows}"


def _first_tables() -> Mapping[str, Any]:
    import trafficsim as ts
    from trafficsim.cli.start import new

    with tempfile.TemporaryDirectory() as folder:
        with redirect_stdout(StringIO()):
            new(Path(folder) / "first")
        study = ts.load(Path(folder) / "first" / "study.toml")
        assert isinstance(study, ts.Study)
        return {**_asked_tables(), **dict(ts.run(study, replications=1).tables)}


def _asked_tables() -> dict[str, Any]:
    """Tables that a scenario has only when it asks for them."""
    import trafficsim as ts

    asked = dict(ts.run(ts.Scenario(
        name="asked", time=ts.Time(analysis_s=120.0, clear_s=60.0), network=ts.corridor([300.0, 300.0]),
        demand=ts.Demand(flows=(ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600.0),)),
        detectors=(ts.Detector(id="d", link="east1", position_m=150.0, headways=True),),
        areas=(ts.Area(id="a", link="east1"),), speed_histograms=ts.SpeedHistograms(all_links=True),
        validation=ts.Validation(speeds=(ts.ObservedSpeeds(link="east1", mean_kmh=50.0),)),
        trajectories=ts.Trajectories(share=1.0), population=ts.Population(people=100),
        incidents=(ts.Incident(id="i", link="east2", position_m=100.0, lanes=(0,), begin_s=30.0, duration_s=30.0),),
    )).tables)
    road = ts.Scenario(
        name="asked", time=ts.Time(analysis_s=60.0, clear_s=60.0), network=ts.corridor([300.0, 300.0]),
        demand=ts.Demand(flows=(ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600.0),)))
    slower = ts.policies.SpeedLimit(on=ts.links("east1"), limit_kmh=30.0)
    study = ts.Study(scenarios=[road], alternatives={"do nothing": [], "limit 30": [slower]},
                     casualties=ts.Casualties(), replications=1)
    people = study.model_copy(update={"scenarios": (road.model_copy(update={"population": ts.Population(people=100)}),),
                                      "days": ts.Days(number=2, sample=1), "casualties": None})
    grid = ts.Scenario(
        name="asked", time=ts.Time(analysis_s=60.0, clear_s=300.0), network=ts.grid(2, 2),
        demand=ts.Demand(flows=(ts.Flow(id="f", origin="w0_r0c0", destination="r1c1_e1", volume_veh_h=600.0),),
                         routes="equilibrium"))
    return {**asked, "convergence": ts.run(grid, engine="queue").tables["convergence"],
            "free_speeds": ts.run(study).tables["free_speeds"], "days": ts.run(people).tables["days"]}


def _table_functions() -> dict[str, Callable[..., Any]]:
    from trafficsim.plan.ledger import ledger_table
    from trafficsim.results import (
        convergence,
        days_table,
        exposure,
        free_speeds,
        groups,
        incidents,
        movements,
        observed,
        pedestrians,
        queues,
        requested,
        roadside,
        routes,
        runs,
        signals,
        speeds,
        tables,
        unserved,
    )
    from trafficsim.results import indicators as of_indicators

    return {
        "ledger": ledger_table, "convergence": convergence.convergence_table,
        "trips": tables.trips_table, "links": tables.links_table,
        "movements": movements.movements_table, "queues": queues.queues_table,
        "detectors": tables.detectors_table, "events": tables.events_table,
        "speeds": speeds.speeds_table, "speed_counts": speeds.speed_counts_table, "paths": speeds.paths_table,
        "exposure": exposure.exposure_table, "groups": groups.groups_table, "trajectories": tables.trajectories_table,
        "indicators": of_indicators.indicators_table,
        "incidents": incidents.incidents_table, "incident_curves": incidents.incident_curves_table,
        "areas": requested.areas_table, "headways": requested.headways_table,
        "speed_histograms": speeds.speed_histograms_table,
        "free_speeds": free_speeds.free_speeds_table, "days": days_table.days_table, "runs": runs.runs_table,
        "unserved": unserved.unserved_table, "signals_shown": signals.signals_shown_table,
        "control_events": signals.control_events_table, "pedestrian_delay": pedestrians.pedestrian_delay_table,
        "routes": routes.routes_table, "roadside": roadside.roadside_table, "validation": observed.validation_table,
    }


def _unit(column: str) -> str:
    fitting = [suffix for suffix in UNITS if column.endswith(suffix)]
    return UNITS[max(fitting, key=len)] if fitting else ""


def public_names() -> dict[str, list[str]]:
    """Every public name by the page that describes it."""
    import trafficsim as ts

    pages: dict[str, list[str]] = {page: [] for page in API_PAGES}
    for name in ts.__all__:
        thing = getattr(ts, name)
        if not name.startswith("_") and (not inspect.ismodule(thing) or callable(thing)):
            pages[_page_of(thing)].append(_home(thing, name))
    pages["results"] += [
        "trafficsim.run.result.RunResult", "trafficsim.run.result.StudyResult", "trafficsim.results.compare.Comparison",
        "trafficsim.results.distribution.Distribution", "trafficsim.results.distribution.Effect",
        "trafficsim.results.difference.Difference", "trafficsim.results.validation.ValidationResult",
        "trafficsim.design.assignment.result.Assignment", "trafficsim.run.dynamic_equilibrium.DynamicEquilibrium",
    ]
    pages["functions"].append("trafficsim.api.placing.place")
    pages["results"] += ["trafficsim.run.siting.place.Placement", "trafficsim.results.rollout.Programme"]
    pages |= _rooms()
    pages["models"] = [name for name in pages["models"] if name not in pages["policies"]]
    return {page: sorted(set(names), key=_last) for page, names in pages.items()}


def _page_of(thing: Any) -> str:
    if not inspect.isclass(thing):
        return "functions"
    return "errors" if issubclass(thing, Exception) else "models"


def _home(thing: Any, name: str) -> str:
    return CALLED_MODULES.get(name) or f"{thing.__module__}.{thing.__qualname__}"


def _last(path: str) -> str:
    return path.rsplit(".", 1)[-1].lower()


def _rooms() -> dict[str, list[str]]:
    from trafficsim import policies as room
    from trafficsim.report import plot
    from trafficsim.spec.policy import Builder, Policy

    of_policies = [thing for thing in vars(room).values()
                   if inspect.isclass(thing) and thing.__module__.startswith(room.__name__)]
    return {"policies": [_home(thing, "") for thing in (*of_policies, Policy, Builder)],
            "plots": [_home(getattr(plot, name), name) for name in plot.__all__]}


def api_page(page: str, names: list[str]) -> str:
    """Descriptions of some names, from their docstrings."""
    blocks = []
    for path in names:
        name = path.rsplit(".", 1)[-1]
        module = path.rsplit(".", 1)[0]
        is_class = inspect.isclass(getattr(import_module(module), name))
        members = "\n   :members:" if is_class and page in WITH_MEMBERS else ""
        directive = "autoclass" if is_class else "autofunction"
        blocks.append(f"## {name}\n\n```{{eval-rst}}\n.. {directive}:: {path}{members}\n```")
    return f"# {API_PAGES[page]}\n\n" + "\n\n".join(blocks)


PAGES: Mapping[str, Callable[[], str]] = {
    "command-line": command_line,
    "scenario": lambda: file_keys("scenario"),
    "study": lambda: file_keys("study"),
    "fixes": lambda: file_keys("fixes"),
    "network": network_attributes,
    "policies": policies,
    "practices": practices,
    "indicators": indicators,
    "exports": exports,
    "formats": formats,
    "tables": result_tables,
    "repairs": repairs,
}
API = FOLDER.parent / "api"
CALLED_MODULES = {"run": "trafficsim.api.run", "report": "trafficsim.report.page.report"}
API_PAGES = {
    "functions": "Functions", "models": "Models of files and networks", "policies": "Policies", "results": "Results",
    "plots": "Plots", "errors": "Errors",
}
WITH_MEMBERS = ("models", "policies", "results")


def write_pages(*_: object) -> None:
    """Write all pages."""
    for name, make in PAGES.items():
        _write(FOLDER / f"{name}.md", make())
    for page, names in public_names().items():
        _write(API / f"{page}.md", api_page(page, names))


def _write(path: Path, text: str) -> None:
    """Write a page; one that has not changed keeps its time, so that Sphinx need not read it again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_text(encoding="utf-8") != text + "\n":
        path.write_text(text + "\n", encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.connect("builder-inited", write_pages, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
