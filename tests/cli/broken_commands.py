"""Commands that cannot do what they are asked: of new, policies, import, report, schema, bench, and with policies."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from tests.cli.support import SCENARIO, edited
from trafficsim.io.toml import dump_toml

NET = """\
<net version="1.20"><edge id="a" from="x" to="y" priority="1">
<lane id="a_0" index="0" speed="13.9" length="99.0" shape="0,0 99,0"/></edge>
<junction id="x" type="dead_end" x="0" y="0" incLanes="" intLanes="" shape=""/>
<junction id="y" type="dead_end" x="99" y="0" incLanes="a_0" intLanes="" shape=""/></net>
"""
UNKNOWN_EDGES = '<routes><trip id="t" depart="0" from="b" to="c"/></routes>'
NO_TIME = '<routes><trip id="t" depart="soon" from="a" to="a"/></routes>'
FIRST = {name: files("trafficsim.cli").joinpath("templates", name).read_text(encoding="utf-8")
         for name in ("scenario.toml", "study.toml")}


@dataclass(frozen=True)
class Command:
    """Files that are there, the words of the command, its exit status, and what must be said."""

    name: str
    words: tuple[str, ...]
    says: tuple[str, ...]
    files: Callable[[Path], object] = lambda folder: None
    status: int = 2


def written(**contents: str | bytes) -> Callable[[Path], None]:
    """Return what writes files; ``__`` stands for the dot of the name."""
    def write(folder: Path) -> None:
        for name, content in contents.items():
            path = folder / name.replace("__", ".")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return write


def with_policies(*policies: str, **replaced: str) -> Callable[[Path], None]:
    """Return what writes the first study with one alternative of these policies."""
    study = FIRST["study.toml"]
    head = study[:study.index("[alternatives]")]
    text = f'{head}[alternatives]\n"do nothing" = []\n"tried" = [{", ".join(policies)}]\n'
    scenario = FIRST["scenario.toml"]
    for old, new in replaced.items():
        scenario = edited(scenario, REPLACED[old], new)
    return written(study__toml=text, scenario__toml=scenario)


def _plan(first: str, second: str = "rrrGG", signal: str = "market", duration: str = "30.0", more: str = "") -> str:
    """A plan of two phases."""
    phases = f'{{ duration_s = {duration}, state = "{first}" }}, {{ duration_s = 30.0, state = "{second}" }}'
    return f'{{ kind = "signal_plan", signal = "{signal}", phases = [{phases}]{more} }}'


def _with_plan_file(text: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        with_policies('{ kind = "signal_plan", file = "plan.add.xml" }')(folder)
        (folder / "plan.add.xml").write_text(text)
    return write


REPLACED = {"volume": "volume_veh_h = 250.0", "second_signal": 'x_m = 850.0\ny_m = 0.0\ncontrol = "signal"'}
COMPARE = ("compare", "study.toml")


def _one_stage_study(folder: Path) -> None:
    """A signal that always shows the same: Webster has no choice there."""
    with_policies('{ kind = "webster" }')(folder)
    network = {"nodes": [{"id": "a", "x_m": 0.0, "y_m": 0.0}, {"id": "c", "x_m": 600.0, "y_m": 0.0},
                         {"id": "b", "x_m": 300.0, "y_m": 0.0, "control": "signal"}],
               "links": [{"id": "in", "from": "a", "to": "b"}, {"id": "out", "from": "b", "to": "c"}]}
    signal = {"id": "b", "phases": [{"duration_s": 40.0, "state": "G"}, {"duration_s": 20.0, "state": "r"}]}
    demand = {"flows": [{"id": "f", "origin": "in", "destination": "out", "volume_veh_h": 300.0}]}
    (folder / "scenario.toml").write_text(
        dump_toml({"name": "road", "network": network, "signals": [signal], "demand": demand}), encoding="utf-8")


IMPORT = ("import", "sumo", "a.net.xml", "--out", "out.toml")


def _folder_with_a_file(folder: Path) -> None:
    (folder / "first").mkdir()
    (folder / "first" / "notes.txt").write_text("mine")


def _manifest(text: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / "results").mkdir()
        (folder / "results" / "study.json").write_text(text)
    return write


def _subfolder(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).mkdir()


def _shift(trips: str) -> str:
    return f'{{ kind = "mode_shift", trips = {{ {trips} }} }}'


def _diversion(how: str, trips: str = 'flows = ["along"]') -> str:
    return f'{{ kind = "diversion", trips = {{ {trips} }}, {how} }}'


def _variable(hours: str = "begin_h = 0.1, end_h = 0.2", more: str = "limit_kmh = 40, compliance = 0.5") -> str:
    return f'{{ kind = "variable_speed_limit", on = {{ group = "main" }}, hours = [{{ {hours} }}], {more} }}'


ON_TRIPS = (
    Command("more than all trips", COMPARE, ("share", "1.2"), with_policies(_shift("share = 1.2"))),
    Command("trips of an unknown flow", COMPARE, ("flow 'alogn'", "did you mean 'along'"),
            with_policies(_shift('flows = ["alogn"]'))),
    Command("an unknown trip", COMPARE, ("trip 'bus 9'",), with_policies(_shift('ids = ["bus 9"]'))),
    Command("trips of an unknown class", COMPARE, ("vehicle class 'tram'",),
            with_policies(_shift('vehicle_classes = ["tram"]'))),
    Command("trips from an unknown link", COMPARE, ("link 'main9'",),
            with_policies(_shift('origin = { ids = ["main9"] }'))),
    Command("trips of a group without a population", COMPARE, ("[population]",),
            with_policies(_shift('groups = ["novices"]'))),
    Command("trips at hours without length", COMPARE, ("hours", "no length"),
            with_policies(_shift("hours = [{ begin_h = 7, end_h = 7 }]"))),
    Command("trips that nobody makes", COMPARE, ("no operation recorded",),
            with_policies(_shift('vehicle_classes = ["bus"]'))),
    Command("a class that does not exist", COMPARE, ("vehicle class 'tank'",),
            with_policies('{ kind = "vehicle_shift", trips = { share = 0.5 }, to = "tank" }')),
    Command("a diversion over links that are not joined", COMPARE, ("trip 'along#", "'main1'", "'church_out'"),
            with_policies(_diversion('route = ["main1", "church_out", "main3"]'))),
    Command("a diversion to somewhere else", COMPARE, ("trip 'along#", "from 'main1' to 'main3'"),
            with_policies(_diversion('route = ["main1", "main2"]'))),
    Command("a diversion around the only road", COMPARE, ("trip 'along#", "no path", "drop these trips"),
            with_policies(_diversion('avoid = { ids = ["main2"] }'))),
    Command("a diversion by an unknown link", COMPARE, ("trip 'along#", "'bypass'"),
            with_policies(_diversion('via = ["bypass"]'))),
    Command("a diversion without a route", COMPARE, ("one of route, via and avoid",),
            with_policies('{ kind = "diversion", trips = {} }')),
    Command("two diversions of one trip", COMPARE, ("diversion #1 and diversion #2", "route of trip 'along#"),
            with_policies(*(_diversion('via = ["main2"]') for _ in range(2)))),
    Command("a ban that nobody meets", COMPARE, ("no operation recorded",), with_policies(
        '{ kind = "vehicle_ban", on = { ids = ["main2"] }, vehicle_classes = ["bus"] }')),
    Command("a limit at hours outside the run", COMPARE, ("hours 7 to 9", "within the run"),
            with_policies(_variable("begin_h = 7, end_h = 9"))),
    Command("a limit at an hour that does not exist", COMPARE, ("end_h", "25"),
            with_policies(_variable("begin_h = 7, end_h = 25"))),
    Command("a variable limit above the limit", COMPARE, ("70 km/h on link 'main2'", "50 km/h"),
            with_policies(_variable(more="limit_kmh = 70, compliance = 0.5"))),
    Command("more than everybody follows", COMPARE, ("compliance", "1.5"),
            with_policies(_variable(more="limit_kmh = 40, compliance = 1.5"))),
    Command("two variable limits at a time", COMPARE, ("variable_speed_limit #1 and", "two values"),
            with_policies(_variable(), _variable("begin_h = 0.15, end_h = 0.3"))),
)
"""Policies on trips and on limits by the clock."""

COMMANDS = (
    *ON_TRIPS,
    Command("new into a folder that holds something", ("new", "first"), ("holds notes.txt", "another folder"),
            _folder_with_a_file),
    Command("new where a file is", ("new", "first"), ("a file that exists already",), written(first="x")),
    Command("new into a folder that cannot be written", ("new", "/proc/first"), ("/proc/first",), status=1),
    Command("new without a folder", ("new",), ("Missing argument",)),
    Command("policies of an unknown kind", ("policies", "speed_limits"), ("speed_limits", "no such kind")),
    Command("schema of something else", ("schema", "weather"), ("weather",)),
    Command("bench of an unknown case", ("bench", "ring-11k"), ("ring-11k",)),
    Command("unknown command", ("simulate",), ("simulate",)),
    Command("unknown option", ("run", "a.toml", "--replication", "3"), ("--replication",)),
    Command("run of a missing file", ("run", "missing.toml"), ("missing.toml", "no such file")),
    Command("run of a folder", ("run", "."), ("Remedy",)),
    Command("run of a picture", ("run", "a.toml"), ("a.toml", "Remedy"), written(a__toml=b"\x89PNG\r\n\x1a\n\xff\x00")),
    Command("run of UTF-16", ("run", "a.toml"), ("a.toml", "Remedy"), written(a__toml=SCENARIO.encode("utf-16"))),
    Command("run of an empty file", ("run", "a.toml"), ("a.toml", "Remedy"), written(a__toml="")),
    Command("run of JSON", ("run", "a.toml"), ("a.toml", "TOML"), written(a__toml=json.dumps({"name": "a"}))),
    Command("CSV without a folder", ("run", "a.toml", "--csv"), ("--csv", "add --out DIR"),
            written(a__toml=SCENARIO)),
    Command("unknown engine", ("run", "a.toml", "--engine", "teleport"), ("teleport",), written(a__toml=SCENARIO)),
    Command("half a replication", ("run", "a.toml", "--replications", "0.5"), ("--replications",),
            written(a__toml=SCENARIO)),
    Command("seed below zero", ("run", "a.toml", "--seed", "-1"), ("--seed",), written(a__toml=SCENARIO)),
    Command("no workers", ("run", "a.toml", "--workers", "0"), ("--workers",), written(a__toml=SCENARIO)),
    Command("import of a missing network", IMPORT, ("a.net.xml", "Remedy")),
    Command("import from a package that is not there",
            ("import", "sumo", "package://no_such_package/a.net.xml", "--out", "out.toml"),
            ("no_such_package", "pip install no_such_package")),
    Command("import without --out", ("import", "sumo", "a.net.xml"), ("--out",), written(a__net__xml=NET)),
    Command("import of rubbish", IMPORT, ("a.net.xml", "Remedy"), written(a__net__xml=b"\x00\x01\x02 rubbish")),
    Command("import of routes that are missing", (*IMPORT, "--routes", "a.rou.xml"), ("a.rou.xml", "Remedy"),
            written(a__net__xml=NET)),
    Command("import of routes over unknown edges", (*IMPORT, "--routes", "a.rou.xml"), ("Remedy",),
            written(a__net__xml=NET, a__rou__xml=UNKNOWN_EDGES)),
    Command("import of routes with times that are no numbers", (*IMPORT, "--routes", "a.rou.xml"), ("Remedy",),
            written(a__net__xml=NET, a__rou__xml=NO_TIME)),
    Command("import into a folder that cannot be written", ("import", "sumo", "a.net.xml", "--out", "/proc/out.toml"),
            ("/proc", "Remedy"), written(a__net__xml=NET), status=1),
    Command("import of another format", ("import", "visum", "a.ver"), ("visum",)),
    Command("report of a missing folder", ("report", "results"), ("results", "no such folder")),
    Command("report of an empty folder", ("report", "results"), ("Remedy",), _subfolder("results")),
    Command("report of a file", ("report", "results"), ("Remedy",), written(results="x")),
    Command("report of a damaged study.json", ("report", "results"), ("Remedy",), _manifest("{")),
    Command("report in an unknown language", ("report", "results", "--lang", "xx"), ("'xx'", "language"),
            _subfolder("results")),
    Command("green wave along an unknown path", COMPARE, ("main_rood", "did you mean 'main_road'"),
            with_policies('{ kind = "green_wave", along = "main_rood", speed_kmh = 50.0 }')),
    Command("green wave along one signal", COMPARE, ("signals on the path", "at least two"),
            with_policies('{ kind = "green_wave", along = "main_road", speed_kmh = 50.0 }',
                          second_signal='x_m = 850.0\ny_m = 0.0')),
    Command("green wave with lead and way back", COMPARE, ("lead_s",), with_policies(
        '{ kind = "green_wave", along = "main_road", back = "main_road", speed_kmh = 50.0, lead_s = 3.0 }')),
    Command("green wave without a speed", COMPARE, ("speed_kmh",),
            with_policies('{ kind = "green_wave", along = "main_road" }')),
    Command("Webster on an unknown signal", COMPARE, ("'markt'", "did you mean 'market'"),
            with_policies('{ kind = "webster", on = ["markt"] }')),
    Command("Webster on demand beyond capacity", COMPARE, ("'market'", "flow ratios"),
            with_policies('{ kind = "webster" }', volume="volume_veh_h = 2500.0")),
    Command("Webster with cycles in the wrong order", COMPARE, ("minimum_cycle_s",),
            with_policies('{ kind = "webster", minimum_cycle_s = 100, maximum_cycle_s = 50 }')),
    Command("camera beyond its link", COMPARE, ("main3", "9000"), with_policies(
        '{ kind = "speed_camera", at = [{ link = "main3", position_m = 9000.0 }] }')),
    Command("camera on an unknown link", COMPARE, ("main9", "no link"), with_policies(
        '{ kind = "speed_camera", at = [{ link = "main9", position_m = 9.0 }] }')),
    Command("cameras nowhere", COMPARE, ("at",), with_policies('{ kind = "speed_camera", at = [] }')),
    Command("section control on an unknown group", COMPARE, ("tunnel",),
            with_policies('{ kind = "section_control", on = { group = "tunnel" } }')),
    Command("unknown calibration", COMPARE, ("calibration",),
            with_policies('{ kind = "section_control", on = { group = "main" }, calibration = "lenient" }')),
    Command("Webster where every signal has one stage", COMPARE, ("alternative 'tried'", "no operation recorded"),
            _one_stage_study),
    Command("10^44 vehicles through a profile", ("run", "a.toml"), ("flow 'along'", "at most 100,000"),
            written(a__toml=edited(SCENARIO, "volume_veh_h = 400.0", "volume_veh_h = 4.0\nprofile = [[0.0, 1.0e44]]"))),
    Command("10^44 vehicles through a long day", ("run", "a.toml"), ("time.analysis_s", "10000000"),
            written(a__toml=edited(SCENARIO, "analysis_s = 300.0", "analysis_s = 1.0e45"))),
    Command("a day without end", ("run", "a.toml"), ("time.analysis_s",),
            written(a__toml=edited(SCENARIO, "analysis_s = 300.0", "analysis_s = inf"))),
    Command("signal plan for an unknown signal", COMPARE, ("'markt'", "did you mean 'market'"),
            with_policies(_plan("GGGrr", signal="markt"))),
    Command("signal plan with the wrong number of signals", COMPARE,
            ("'market'", "phase 0", "found 3 letters", "5, one"),
            with_policies(_plan("GGr"))),
    Command("signal plan with states of different length", COMPARE, ("phase 1", "found 4 letters", "5, one"),
            with_policies(_plan("GGGrr", second="rrrG"))),
    Command("signal plan with a negative duration", COMPARE, ("phases[0].duration_s", "-30"),
            with_policies(_plan("GGGrr", duration="-30.0"))),
    Command("signal plan with an unknown letter", COMPARE, ("phases[0].state", "GGGxx"), with_policies(_plan("GGGxx"))),
    Command("signal plan with a cycle that its phases do not have", COMPARE, ("sum to 60 s", "cycle_s = 90"),
            with_policies(_plan("GGGrr", more=", cycle_s = 90.0"))),
    Command("signal plan with a group for no link", COMPARE, ("group 'K1'", "main3", "main1, market_in"), with_policies(
        '{ kind = "signal_plan", signal = "market", cycle_s = 60.0, '
        'groups = [{ name = "K1", links = ["main3"], green = [[0.0, 30.0]] }] }')),
    Command("signal plan with too few groups", COMPARE, ("no group for signal index 3, 4", "market_in"), with_policies(
        '{ kind = "signal_plan", signal = "market", cycle_s = 60.0, '
        'groups = [{ name = "K1", links = ["main1"], green = [[0.0, 30.0]] }] }')),
    Command("signal plan from a missing file", COMPARE, ("alternative 'tried'", "plan.add.xml", "no such file"),
            with_policies('{ kind = "signal_plan", file = "plan.add.xml" }')),
    Command("signal plan from a file without programs", COMPARE, ("plan.add.xml", "no signal program"),
            _with_plan_file("<additional/>")),
    Command("signal plan from the file of another network", COMPARE, ("no signal 'j7'", "market"),
            _with_plan_file('<additional><tlLogic id="j7" type="static" programID="a" offset="0">'
                            '<phase duration="30" state="Gr"/></tlLogic></additional>')),
    Command("signal plan twice for one signal", COMPARE, ("signal_plan #1 and signal_plan #2", "both set it"),
            with_policies(_plan("GGGrr"), _plan("GGGrr"))),
    Command("signal plan with Webster on the same signal", COMPARE, ("'market'", "both set it"),
            with_policies(_plan("GGGrr"), '{ kind = "webster", on = ["market"] }')),
    Command("two limits on one link", COMPARE, ("both set this value",), with_policies(
        *(f'{{ kind = "speed_limit", on = {{ group = "main" }}, limit_kmh = {limit} }}' for limit in (30.0, 40.0)))),
)
