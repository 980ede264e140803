"""Broken files through the real command line: status 2, one message with file, key and remedy, no traceback."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.support import SCENARIO, STUDY, Answer, edited


class Broken(NamedTuple):
    """How a file is broken: in ``old`` text replaced by ``new``; and what the message must say."""

    name: str
    old: str
    new: str
    says: tuple[str, ...]


MAIN_IN = 'id = "main_in"\nfrom = "west"\nto = "centre"\nlength_m = 300.0'
FLOW = 'volume_veh_h = 400.0'
NODES_TO_DEMAND = SCENARIO[SCENARIO.index("[[network.nodes]]"):SCENARIO.index("[[demand.flows]]")]
FLOWS = SCENARIO[SCENARIO.index("[[demand.flows]]"):]
TIME_TO_END = SCENARIO[SCENARIO.index("analysis_s = 300.0"):]
TRIP = '[[demand.trips]]\nid = "t"\ndepart_s = 10.0\n'
SIGNAL = (
    '[[signals]]\nid = "centre"\n'
    'phases = [{ duration_s = 30, state = "GGGG" }, { duration_s = 9, state = "rrrr" }]\n'
)

CAR = '[[vehicle_classes]]\nname = "car"\nkind = "car"\n'


def _table(name: str, text: str, *says: str) -> Broken:
    """A further table before the demand."""
    return Broken(name, "[[demand.flows]]", f"{text}\n\n[[demand.flows]]", says)


def _bus_stop(name: str, stop: str, *says: str) -> Broken:
    """One bus with one stop instead of all demand."""
    bus = f'{TRIP}route = ["main_in", "main_out"]\nvehicle_class = "bus"\nstops = [{{ {stop}, dwell_s = 20.0 }}]\n'
    return Broken(name, FLOWS, bus, says)


SCENARIOS = [
    Broken("missing name", 'name = "cross"\n', "", ("name", "nothing", "add name")),
    Broken("missing network", NODES_TO_DEMAND, "", ("network", "add network")),
    Broken("missing key of a link", 'from = "west"\n', "", ("network.links[0].from", "add from")),
    Broken("missing key of a flow", FLOW, "", ("demand.flows[0].volume_veh_h", "vehicles per hour")),
    Broken("flow without ends", 'origin = "main_in"\n', "", ("demand.flows[0]", "'along'", "an origin")),
    Broken("unknown key", "speed_limit_kmh", "speed_limit_kph",
           ("network.links[0].speed_limit_kph", "did you mean 'speed_limit_kmh'")),
    Broken("wrong unit", "length_m = 300.0", "length_km = 0.3",
           ("network.links[0].length_km", "did you mean 'length_m'")),
    Broken("unknown table", "[time]", "[times]", ("times", "did you mean 'time'")),
    Broken("number with unit in quotes", "length_m = 300.0", 'length_m = "300 m"',
           ("network.links[0].length_m", "'300 m'", "metres")),
    Broken("number in quotes", "analysis_s = 300.0", 'analysis_s = "300"', ("time.analysis_s", "'300'", "seconds")),
    Broken("truth value for a number", "warmup_s = 0.0", "warmup_s = true", ("time.warmup_s", "True")),
    Broken("negative length", "length_m = 300.0", "length_m = -300.0", ("main_in", "-300")),
    Broken("zero length", "length_m = 300.0", "length_m = 0.0", ("main_in", "0")),
    Broken("infinite length", "length_m = 300.0", "length_m = inf", ("network.links[0].length_m", "inf", "finite")),
    Broken("length that is no number", "length_m = 300.0", "length_m = nan", ("network.links[0].length_m", "nan")),
    Broken("nan volume", FLOW, "volume_veh_h = nan", ("demand.flows[0].volume_veh_h", "nan")),
    Broken("zero speed limit", "speed_limit_kmh = 50.0", "speed_limit_kmh = 0", ("links[0].speed_limit_kmh", "km/h")),
    Broken("negative warm-up", "warmup_s = 0.0", "warmup_s = -60",
           ("time.warmup_s", "-60", "greater than or equal to 0")),
    Broken("empty analysis period", "analysis_s = 300.0", "analysis_s = 0", ("time.analysis_s", "0")),
    Broken("date for a clock time", "start_s = 0.0", "start_s = 07:00:00", ("time.start_s", "07:00:00", "seconds")),
    Broken("parameter of another rule", FLOW, FLOW + '\n[ca]\nrule = "nasch"\nstart_p = 0.3',
           ("ca", "start_p = 0.3, which rule 'nasch' does not read", "remove start_p, or choose rule = 'default'")),
    Broken("cells of another rule", FLOW, FLOW + '\n[ca]\nrule = "vdr"\ncell_m = 0.5',
           ("ca", "cell_m = 0.5 with rule 'vdr'", "remove cell_m, or choose rule = 'default'")),
    Broken("ticks of another rule", FLOW, FLOW + '\n[ca]\nrule = "brake-light"\ntick_s = 0.5',
           ("ca", "tick_s = 0.5 with rule 'brake-light'", "remove tick_s")),
    Broken("probability above 1", FLOW, FLOW + '\n[ca]\nstart_p = 1.5', ("ca.start_p", "1.5", "less than 1")),
    Broken("unknown rule", FLOW, FLOW + '\n[ca]\nrule = "krauss"', ("ca.rule", "'krauss'", "'brake-light'")),
    Broken("unknown node", 'from = "west"', 'from = "vest"', ("main_in", "vest")),
    Broken("unknown origin", 'origin = "main_in"', 'origin = "main_inn"', ("along", "main_inn")),
    Broken("unknown link in a route", '"side_in", "side_out"', '"side_in", "side_away"', ("across", "side_away")),
    Broken("route with a gap", '"side_in", "side_out"', '"side_out", "main_in"', ("across", "side_out")),
    Broken("unreachable destination", 'destination = "main_out"', 'destination = "side_in"', ("along", "side_in")),
    Broken("empty demand", FLOWS, "", ("demand", "no trips")),
    Broken("flows without volume", FLOW, "volume_veh_h = -1", ("demand.flows[0].volume_veh_h", "-1")),
    Broken("flow after the end", FLOW, f"{FLOW}\nbegin_s = 5000", ("along", "5000", "clock times")),
    Broken("departure after the end", FLOWS, f'{TRIP}route = ["main_in"]\n'.replace("10.0", "9000.0"),
           ("trip 't'", "depart_s", "9000")),
    Broken("trip without ends", FLOWS, TRIP, ("demand.trips[0]", "'t'", "needs a route")),
    Broken("departure lane out of range", FLOWS, f'{TRIP}route = ["main_in", "main_out"]\ndepart_lane = 4\n',
           ("'t'", "4")),
    Broken("unknown class", FLOW, f"{FLOW}\nvehicle_classes = {{ tram = 1.0 }}",
           ("along", "'tram'", "vehicle_classes")),
    Broken("shares that sum to nothing", FLOW, f"{FLOW}\nvehicle_classes = {{ car = 0.0 }}",
           ("demand.flows[0]", "shares")),
    Broken("profile that goes back", FLOW, f"{FLOW}\nprofile = [[60, 1], [30, 2]]", ("demand.flows[0]", "increase")),
    Broken("duplicate link", 'id = "side_in"', 'id = "main_in"', ("main_in",)),
    Broken("duplicate flow", 'id = "across"', 'id = "along"', ("along", "second time", "rename")),
    Broken("lanes out of range", "length_m = 300.0", "length_m = 300.0\nlanes = 99", ("network.links[0].lanes", "99")),
    Broken("unknown kind of builder", NODES_TO_DEMAND, '[network.builder]\nkind = "spiral"\n',
           ("network.builder.kind", "'spiral'", "'grid'")),
    Broken("unknown argument of a builder", NODES_TO_DEMAND,
           '[network.builder]\nkind = "grid"\narguments = { rows = 2, columns = 2, rovs = 3 }\n',
           ("rovs", "did you mean 'rows'")),
    Broken("two sources of a network", NODES_TO_DEMAND, '[network]\nfile = "a.json"\nbuilder = { kind = "grid" }\n',
           ("network", "exactly one of builder, file")),
    Broken("no source of a network", NODES_TO_DEMAND, "[network]\n", ("network", "exactly one of builder, file")),
    Broken("missing network file", NODES_TO_DEMAND, '[network]\nfile = "nowhere.json"\n',
           ("network.file", "no such file", "nowhere.json")),
    Broken("package that is not installed", NODES_TO_DEMAND,
           '[network.sumo]\nnetwork = "package://no_such_package/a.net.xml"\n',
           ("network.sumo.network", "no_such_package", "pip install no_such_package")),
    Broken("missing trips file", FLOWS, '[demand]\nfile = "trips.csv"\n', ("demand.file", "trips.csv", "no such file")),
    Broken("conflicting greens", "[[demand.flows]]", f"{SIGNAL}\n[[demand.flows]]", ("centre", "green")),
    Broken("unknown signal", "[[demand.flows]]", SIGNAL.replace("centre", "center") + "\n[[demand.flows]]",
           ("signals[0].id", "'center'", "did you mean 'centre'")),
    Broken("unknown letter of a signal", "[[demand.flows]]", SIGNAL.replace("GGGG", "GGGX") + "\n[[demand.flows]]",
           ("signals[0].phases[0].state", "'GGGX'")),
    Broken("phases of different width", "[[demand.flows]]", SIGNAL.replace("GGGG", "GGG") + "\n[[demand.flows]]",
           ("signals[0]", "different numbers of states")),
    Broken("too few states", "[[demand.flows]]",
           SIGNAL.replace("GGGG", "GG").replace("rrrr", "rr") + "\n[[demand.flows]]",
           ("signals[0].phases", "centre")),
    Broken("detector beyond its link", "[[demand.flows]]",
           '[[detectors]]\nid = "d"\nlink = "main_in"\nposition_m = 900\n\n[[demand.flows]]', ("detector 'd'", "900")),
    Broken("detector on no lane", "[[demand.flows]]",
           '[[detectors]]\nid = "d"\nlink = "main_in"\nposition_m = 9\nlane = 3\n\n[[demand.flows]]',
           ("detector 'd'", "3")),
    Broken("syntax", "[time]", "[time", ("line 3", "TOML")),
    Broken("key twice", "start_s = 0.0", "start_s = 0.0\nstart_s = 1.0", ("line 5", "TOML")),
    Broken("text without end", 'name = "cross"', 'name = "cross', ("line 1", "TOML")),
    Broken("seed below zero", 'name = "cross"', 'name = "cross"\nseed = -1', ("seed", "-1")),
    _table("acceleration below zero", f"{CAR}acceleration_ms2 = -1.0", "vehicle_classes[0].acceleration_ms2", "-1.0"),
    _table("headway below a second", f"{CAR}headway_s = 0.2", "vehicle_classes[0].headway_s", "0.2", "seconds"),
    _table("fade that is no number", f"{CAR}acceleration_fade_per_s = nan", "acceleration_fade_per_s", "nan"),
    _table("dawdling more than always", "[ca]\ndawdle_p = 1.5", "ca.dawdle_p", "1.5", "probability"),
    _table("unknown rule", '[ca]\nrule = "idm"', "ca.rule", "'idm'", "'default'"),
    _table("cells of nothing", "[ca]\ncell_m = 0", "ca.cell_m", "0"),
    _table("ticks of five seconds", "[ca]\ntick_s = 5", "ca.tick_s", "5"),
    _table("cells too small for the speed", "[ca]\ncell_m = 0.05", "ca: cell_m", "km/h", "'main_in'", "larger cells"),
    _table("ticks longer than the headway", f"[ca]\ntick_s = 2.0\ncell_m = 1.0\n{CAR}headway_s = 1.1",
           "'car': headway_s", "shorter ticks"),
    _table("class longer than a word holds", f"[ca]\ncell_m = 0.2\n{CAR}length_m = 60.0", "'car': length_m", "cells"),
    Broken("zero lanes", "length_m = 300.0", "length_m = 300.0\nlanes = 0", ("network.links[0].lanes", "0")),
    Broken("node beyond the world", "x_m = -300.0", "x_m = 1e300", ("network.nodes[0].x_m", "1e+300", "metres")),
    Broken("no length between nodes in one place", MAIN_IN,
           'id = "main_in"\nfrom = "centre"\nto = "centre"', ("main_in", "length_m")),
    Broken("turn lanes of another number", MAIN_IN, f'{MAIN_IN}\nlanes = 2\nturn_lanes = ["through"]',
           ("main_in", "turn_lanes", "one per lane (2)")),
    Broken("movement without lanes", MAIN_IN, f'{MAIN_IN}\nturn_lanes = ["left"]',
           ("along", "main_in", "main_out")),
    Broken("movement whose lane is closed", MAIN_IN,
           f'{MAIN_IN}\nlanes = 2\nturn_lanes = ["through", "left"]\nallow = ["bus", ""]',
           ("along", "main_in", "'car'", "open lanes")),
    Broken("link that is closed", MAIN_IN, f'{MAIN_IN}\nallow = ["bus"]', ("along", "main_in", "'car'")),
    _bus_stop("bus stop beyond its link", 'link = "main_out", position_m = 900.0', "'t'", "stop 0", "900", "300"),
    _bus_stop("bus stop on no lane", 'link = "main_out", position_m = 90.0, lane = 3', "'t'", "stop 0", "lane 3"),
    _bus_stop("bus stop on an unknown link", 'link = "main", position_m = 90.0', "'t'", "did you mean 'main_in'"),
    _bus_stop("bus stop off the route", 'link = "side_in", position_m = 90.0', "'t'", "side_in", "route"),
    Broken("volume that no road carries", FLOW, "volume_veh_h = 1e7", ("demand.flows[0].volume_veh_h", "20000")),
    Broken("more trips than any memory holds", TIME_TO_END,
           re.sub("volume_veh_h = .*", "volume_veh_h = 20000", TIME_TO_END.replace("300.0", "1e7", 1)),
           ("demand", "trips", "GB", "shorten time.analysis_s")),
    Broken("name that is no file name", 'name = "cross"', 'name = "a/b"', ("name", "'a/b'")),
]

STUDIES = [
    Broken("baseline missing", '"do nothing" = []\n', "", ("do nothing", "add it as an empty list")),
    Broken("baseline with a policy", '"do nothing" = []',
           '"do nothing" = [{ kind = "speed_limit", on = { ids = ["main_in"] }, limit_kmh = 30.0 }]', ("empty list",)),
    Broken("unknown policy", "speed_limit", "speed_limits", ("limit 30", "kind", "did you mean 'speed_limit'")),
    Broken("policy without a kind", 'kind = "speed_limit", ', "", ("limit 30", "[0].kind", "speed_limit")),
    Broken("unknown key of a policy", "limit_kmh", "limit_mph", ("limit 30", "limit_mph", "did you mean 'limit_kmh'")),
    Broken("negative limit", "limit_kmh = 30.0", "limit_kmh = -30.0", ("limit 30", "limit_kmh", "-30")),
    Broken("policy on an unknown link", '"main_out"', '"main_street"', ("main_street",)),
    Broken("zero replications", "replications = 2", "replications = 0", ("replications", "0")),
    Broken("no scenarios", '["scenario.toml"]', "[]", ("scenarios",)),
    Broken("missing scenario", '"scenario.toml"', '"elsewhere.toml"',
           ("scenarios[0]", "elsewhere.toml", "no such file")),
    Broken("unknown indicator", "mean_travel_time_s", "mean_travel_time", ("mean_travel_time",)),
    Broken("unknown engine", "replications = 2", 'replications = 2\nengines = ["teleporter"]', ("engines[0]", "'ca'")),
    Broken("one key, two tables", "replications = 2", "[replications]", ("replications",)),
]


def assert_refused(answer: Answer, file: Path, says: tuple[str, ...], status: int = 2) -> None:
    """Status 2, nothing on stdout, one line on stderr that names the file and says all that it has to."""
    assert answer.status == status, answer.stderr
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert answer.stderr.startswith(f"trafficsim: {file}")
    assert "Remedy:" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert "defect" not in answer.stderr
    missing = [part for part in says if part not in answer.stderr]
    assert not missing, answer.stderr


def assert_found(answer: Answer, file: Path, says: tuple[str, ...]) -> None:
    """``check --json`` says the same as one object: not ok, with a place, a message and a remedy."""
    assert answer.status == 2, answer.stderr
    report = json.loads(answer.stdout)
    errors = [finding for finding in report["findings"] if finding["level"] == "error"]
    assert (report["file"], report["ok"]) == (str(file), False)
    assert errors
    assert all(finding["where"] and finding["message"] and finding["remedy"] for finding in errors)
    text = " ".join(" ".join(finding.values()) for finding in errors)
    assert all(part in text for part in says), text


@pytest.mark.parametrize("broken", SCENARIOS, ids=lambda broken: broken.name)
def test_broken_scenario(broken: Broken, tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(edited(SCENARIO, broken.old, broken.new))
    status = 1 if "memory" in broken.name else 2  # too little memory is the machine's fault
    assert_refused(Answer("run", file), file, broken.says, status)
    assert_found(Answer("check", file, "--json"), file, broken.says)


@pytest.mark.parametrize("broken", STUDIES, ids=lambda broken: broken.name)
def test_broken_study(broken: Broken, tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    (tmp_path / "scenario.toml").write_text(SCENARIO)
    file.write_text(edited(STUDY, broken.old, broken.new))
    assert_refused(Answer("compare", file), file, broken.says)
    assert_found(Answer("check", file, "--json"), file, broken.says)


def test_sound_files_are_accepted(tmp_path: Path) -> None:
    """The files that are broken above are sound before."""
    for name, text in (("scenario.toml", SCENARIO), ("study.toml", STUDY)):
        (tmp_path / name).write_text(text)
    for name in ("scenario.toml", "study.toml"):
        answer = Answer("check", tmp_path / name, "--json")
        assert answer.status == 0, answer.stdout + answer.stderr
        assert json.loads(answer.stdout)["ok"] is True


TRIPS = [
    ("unknown column", "id,depart_s,rute\nt,1,main_in\n", (":1", "'rute'", "did you mean 'route'")),
    ("missing column", "id,route\nt,main_in\n", (":1", "depart_s")),
    ("unit in a number", "id,depart_s,route\nt,1,main_in\nu,2 s,main_in\n", (":3", "depart_s", "'2 s'")),
    ("nan", "id,depart_s,route\nt,nan,main_in\n", (":2", "depart_s", "'nan'")),
    ("same id", "id,depart_s,route\nt,1,main_in\nt,2,main_in\n", (":3", "'t'", "rename")),
    ("no ends", "id,depart_s,route\nt,1,\n", (":2", "route")),
    ("more values than columns", "id,depart_s,route\nt,1,main_in,main_out\n", (":2", "columns")),
    ("unknown class", "id,depart_s,route,class\nt,1,main_in,tram\n", ("'t'", "'tram'")),
    ("nothing", "", ("empty file",)),
]


@pytest.mark.parametrize(("text", "says"), [row[1:] for row in TRIPS], ids=[row[0] for row in TRIPS])
def test_broken_trips(text: str, says: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(edited(SCENARIO, FLOWS, '[demand]\nfile = "trips.csv"\n'))
    (tmp_path / "trips.csv").write_text(text)
    assert_refused(Answer("run", file), file, says)


ENTITY_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE net [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "&a;" * 10}">' for n in range(9))
    + "]><net>&a8;</net>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE net [<!ENTITY file SYSTEM "file:///etc/passwd">]><net>&file;</net>'
NET = '<net version="1.20"><edge id="a" from="x" to="y" priority="1"><lane id="a_0" index="0" speed="13.9" length="9"'
NETWORKS: list[tuple[str, str, bytes, str]] = [
    ("truncated XML", "a.net.xml", NET.encode(), "a.net.xml"),
    ("entity bomb", "a.net.xml", ENTITY_BOMB.encode(), "a.net.xml"),
    ("file of the machine", "a.net.xml", OUTSIDE.encode(), "a.net.xml"),
    ("truncated gz", "a.net.xml.gz", gzip.compress(NET.encode() * 50)[:-20], "a.net.xml.gz"),
    ("gz that is none", "a.net.xml.gz", b"not compressed", "a.net.xml.gz"),
    ("empty", "a.net.xml", b"", "a.net.xml"),
    ("other XML", "a.net.xml", b"<routes/>", "a.net.xml"),
    ("edge without lanes", "a.net.xml", b'<net version="1.20"><edge id="a" from="x" to="y" priority="1"></edge></net>',
     "edge 'a'"),
]


@pytest.mark.parametrize(("name", "content", "says"), [row[1:] for row in NETWORKS], ids=[row[0] for row in NETWORKS])
def test_broken_sumo_network(name: str, content: bytes, says: str, tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(edited(SCENARIO, NODES_TO_DEMAND, f'[network.sumo]\nnetwork = "{name}"\n'))
    (tmp_path / name).write_bytes(content)
    assert_refused(Answer("run", file), file, (says,))
    assert_refused_import(Answer("import", "sumo", tmp_path / name, "--out", tmp_path / "out.toml"), says)
    assert not (tmp_path / "out.toml").exists()


def assert_refused_import(answer: Answer, says: str) -> None:
    """As for scenarios; the message begins with the file that was read."""
    assert answer.status == 2, answer.stderr
    assert answer.stderr.count("\n") == 1
    assert says in answer.stderr
    assert "Remedy:" in answer.stderr
    assert "Traceback" not in answer.stderr


def _missing(folder: Path) -> Path:
    return folder / "missing.toml"


def _folder(folder: Path) -> Path:
    return folder


def _latin(folder: Path) -> Path:
    file = folder / "latin.toml"
    file.write_bytes('name = "Köln"'.encode("latin-1"))
    return file


def _empty(folder: Path) -> Path:
    file = folder / "empty.toml"
    file.write_text("\n")
    return file


@pytest.mark.parametrize("command", ["run", "compare", "check"])
@pytest.mark.parametrize(
    ("make", "says"),
    [(_missing, "no such file"), (_folder, "a directory"), (_latin, "not UTF-8"), (_empty, "empty file")],
)
def test_file_that_cannot_be_read(command: str, make: Callable[[Path], Path], says: str, tmp_path: Path) -> None:
    file = make(tmp_path)
    assert_refused(Answer(command, file), file, (says,))


def test_study_and_scenario_mixed_up(tmp_path: Path) -> None:
    scenario, study = tmp_path / "scenario.toml", tmp_path / "study.toml"
    scenario.write_text(SCENARIO)
    study.write_text(STUDY)
    assert_refused(Answer("run", study), study, ("trafficsim compare",))
    assert_refused(Answer("compare", scenario), scenario, ("trafficsim run",))


@pytest.mark.parametrize(
    "arguments",
    [("run",), ("fly",), ("run", "a.toml", "--engine", "teleporter"), ("run", "a.toml", "--replications", "0"),
     ("run", "a.toml", "--seed", "-1"), ("compare", "a.toml", "--workers", "none"), ("schema", "weather")],
)
def test_wrong_arguments(arguments: tuple[str, ...]) -> None:
    answer = Answer(*arguments)
    assert answer.status == 2
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr
    assert answer.stderr
