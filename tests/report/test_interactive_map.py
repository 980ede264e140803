"""The interactive map holds everything that it shows, where it lies; nothing in it can break the page."""

from __future__ import annotations

import html
import itertools
import math
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

import trafficsim as ts
from tests.report.html import Page
from trafficsim.base.findings import Finding
from trafficsim.design.inference.geometry import line_length
from trafficsim.report.interactive.contents import contents
from trafficsim.report.interactive.findings import Register, Target
from trafficsim.report.interactive.lines import drawn_lines
from trafficsim.report.interactive.page import page, unpacked
from trafficsim.report.interactive.signs import signs
from trafficsim.report.interactive.sources import Sources
from trafficsim.report.interactive.subject import Subject
from trafficsim.report.language import load
from trafficsim.spec.demand import Demand, Flow, Stop, Trip
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Detector
from trafficsim.spec.zones import Zone

HOSTILE = ("</script><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "<!--<script>", "a\u2028b\u202ec",
           "{{ 7 * 7 }}", "'; alert(1); '", "&lt;b&gt;", "ﷺ اسم", "\ud83d\ude97")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def shown(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="text/plain" id="data">([A-Za-z0-9+/=]*)</script>', text)
    assert found is not None
    return unpacked(found[1])


def points(given: list[int], found: dict[str, Any]) -> list[tuple[float, float]]:
    """Metres of a line that is given by its first point and the steps from there."""
    whole = list(itertools.accumulate(zip(given[::2], given[1::2], strict=True),
                                      lambda one, two: (one[0] + two[0], one[1] + two[1])))
    return [(found["corner"][0] + x / found["per_m"], found["corner"][1] + y / found["per_m"]) for x, y in whole]


def distance_to(line: Any, point: tuple[float, float]) -> float:
    def to_piece(a: Any, b: Any) -> float:
        dx, dy = b[0] - a[0], b[1] - a[1]
        share = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / ((dx * dx + dy * dy) or 1.0)
        share = min(1.0, max(0.0, share))
        return math.dist(point, (a[0] + share * dx, a[1] + share * dy))
    return min(to_piece(a, b) for a, b in itertools.pairwise(line))


@pytest.fixture(scope="module", params=["grid", "corridor", "roundabout", "left"])
def network(request: pytest.FixtureRequest) -> Network:
    return {"grid": lambda: ts.grid(3, 4), "corridor": lambda: ts.corridor([300, 200, 150], signals=[1],
                                                                           side_streets=[1, 2]),
            "roundabout": lambda: ts.junction(control="roundabout"),
            "left": lambda: ts.junction(lanes=2, left_hand_traffic=True)}[request.param]()


def test_everything_is_in_it(network: Network) -> None:
    findings = (Finding("warning", "odd", f"link {next(iter(network.links))!r}", "odd"),
                Finding("info", "general", "network", "nothing in particular"))
    found = shown(page(Subject("town", network, findings), load("en")))
    assert found["links"]["id"] == list(network.links)
    assert found["nodes"]["id"] == list(map(str, network.graph))
    assert [one["id"] for one in found["signals"]] == [program.id for program in network.signals]
    assert [one["phases"] for one in found["signals"]] == [
        [[phase.duration_s, phase.state] for phase in program.phases] for program in network.signals]
    ids, drawn = found["links"]["id"], found["connections"]
    assert [(ids[a], b, ids[c], d) for a, b, c, d in zip(
        drawn["from"], drawn["from_lane"], drawn["to"], drawn["to_lane"], strict=True)] == [
        (one.from_link, one.from_lane, one.to_link, one.to_lane) for one in network.connections]
    assert [tuple(one) for one in drawn["yields"]] == [one.yields_to for one in network.connections]
    assert [(one["code"], one["at"]) for one in found["findings"]] == [("odd", [["link", 0]]), ("general", [])]
    assert found["left_hand"] == network.left_hand_traffic


def test_lines_lie_where_the_links_do(network: Network) -> None:
    found = shown(page(Subject("town", network), load("en")))
    for link, given in zip(network.links.values(), found["links"]["line"], strict=True):
        nodes = [network.graph.nodes[link[end]] for end in ("from", "to")]
        ends = [(node["x_m"], node["y_m"]) for node in nodes]
        line, whole = points(given, found), link["geometry"] or ends
        assert max(distance_to(whole, point) for point in line) < 0.1
        assert line_length(line) <= line_length(whole) + 0.2
        assert math.dist(line[0], whole[0]) < math.dist(line[0], whole[-1])


def test_a_link_ends_at_its_stop_line() -> None:
    network = ts.junction(arms=4, lanes=2)
    for name, line in drawn_lines(network).items():
        assert line.length_m == pytest.approx(network.links[name]["length_m"], abs=0.01)
        assert line.spread == "side"
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    graph.add_node("a", x_m=0.0, y_m=0.0)
    graph.add_node("b", x_m=100.0, y_m=0.0)
    graph.add_edge("a", "b", id="one way", lanes=2)
    assert drawn_lines(ts.network_from_graph(graph))["one way"].spread == "centre"


def test_attributes_have_units_and_say_where_they_are_from() -> None:
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    graph.add_node("a", x_m=0.0, y_m=0.0)
    graph.add_node("b", x_m=100.0, y_m=0.0)
    graph.add_edge("a", "b", id="road", lanes=2, speed_limit_kmh=48.28, layer=1, mood="calm",
                   origins={"speed_limit_kmh": "read: way 7, maxspeed=30 mph"})
    network = ts.network_from_graph(graph)
    found = contents(Subject("road", network, network.findings))
    columns = {one["name"]: one for one in found["links"]["attributes"]}
    told = {name: (one["values"][one["at"][0]], one["unit"], one["sources"][one["source"][0]])
            for name, one in columns.items()}
    assert told["speed_limit_kmh"] == (48.28, "km/h", "read: way 7, maxspeed=30 mph")
    assert told["lanes"] == (2, "", "given: ")
    assert told["length_m"] == (100.0, "m", "inferred: length-inferred")
    assert told["road_class"] == ("urban", "", "default: ")
    assert told["mood"] == ("calm", "", "given: ")
    assert found["links"]["layer"] == [1]
    assert "origins" not in columns


def test_only_what_was_inferred_is_told_to_be() -> None:
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    for node, x_m in (("a", 0.0), ("b", 100.0), ("c", 300.0)):
        graph.add_node(node, x_m=x_m, y_m=0.0)
    graph.add_edge("a", "b", id="measured", length_m=90.0)
    graph.add_edge("b", "c", id="drawn")
    network = ts.network_from_graph(graph)
    lengths = next(one for one in contents(Subject("road", network, network.findings))["links"]["attributes"]
                   if one["name"] == "length_m")
    assert [lengths["sources"][one] for one in lengths["source"]] == ["given: ", "inferred: length-inferred"]


def test_what_a_builder_made_says_so() -> None:
    assert Sources((), "grid").of("lanes", 2, {}, "a") == "built: grid"
    assert Sources((), "grid").of("lanes", 1, {}, "a") == "default: "
    network = ts.grid(2, 2)
    assert {one["source"] for one in contents(Subject("town", network, builder="grid"))["signals"]} == {"built: grid"}


def test_signs_are_those_of_the_right_of_way() -> None:
    assert set(signs(ts.junction(control="signal")).values()) == {"signal"}
    assert set(signs(ts.junction(control="right_before_left")).values()) == {"right_before_left"}
    minor = {link for link, sign in signs(ts.junction(control="priority")).items() if sign == "give_way"}
    assert minor == {"in1", "in3"}
    assert {link for link, sign in signs(ts.junction(control="roundabout")).items() if sign == "roundabout"} == {
        "in0", "in1", "in2", "in3"}


@pytest.mark.parametrize(("where", "places"), [
    ("link 'in0': length_m", [("link", 4)]),
    ("town.net.xml, line 3: lane 'in0_1'", [("link", 4)]),
    ("connection 2 (in0 to out1)", [("connection", 2)]),
    ("signal 'centre', phase 3", [("signal", 0)]),
    ("in0 lane 0, in1 lane 1 ...", [("link", 4), ("link", 5)]),
    ("centre", [("node", 0)]),
    ("flow 'f'", [("link", 4)]),
    ("detector 'd'", [("thing", 0)]),
    ("scenario 'town': link 'out0'", [("link", 0)]),
    ("demand", []), ("way 99", []), ("connection 9999", []), ("link 'nowhere'", []),
])
def test_findings_are_placed_by_what_they_name(where: str, places: list[tuple[str, int]]) -> None:
    network = ts.junction(lanes=2)
    demand = Demand(flows=(Flow(id="f", origin="in0", destination="out1", volume_veh_h=1),))
    assert list(network.links) == ["out0", "out1", "out2", "out3", "in0", "in1", "in2", "in3"]
    register = Register(network, demand, [("detector", "d")])
    found = register.places_of(Finding("info", "code", where, "message"))
    assert found == [Target(kind, number) for kind, number in places]


def test_all_places_of_a_finding_are_marked() -> None:
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    for number in range(12):
        graph.add_edge(number, number + 1, length_m=50.0)
    made = ts.network_from_graph(graph)
    told = next(one for one in made.findings if one.code == "id-inferred")
    assert told.where.endswith(" ...")
    assert Register(made, Demand()).places_of(told) == [Target("link", number) for number in range(12)]


def test_enforcement_of_a_study_is_shown(tmp_path: Path) -> None:
    camera = ts.policies.SpeedCamera(at=({"link": "east1", "position_m": 50},))
    flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600)
    town = ts.Scenario(name="road", time=ts.Time(analysis_s=60), network=ts.corridor([300, 200]),
                       demand=ts.Demand(flows=(flow,)))
    ts.draw_map(ts.Study(scenarios=[town], alternatives={"do nothing": [], "camera": [camera]}, replications=2),
                tmp_path / "map.html")
    thing = shown((tmp_path / "map.html").read_text(encoding="utf-8"))["things"][0]
    assert (thing["kind"], thing["at"]) == ("enforcement", [500, 0])
    assert ["alternatives", "camera", "given: "] in thing["facts"]


def test_names_of_openstreetmap_are_known() -> None:
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    graph.add_node("10", x_m=0.0, y_m=0.0, osm_nodes="10;11")
    graph.add_node("20", x_m=100.0, y_m=0.0)
    graph.add_edge("10", "20", id="5@10", osm_way="5;6")
    register = Register(ts.network_from_graph(graph), Demand())
    assert register.places_of(Finding("info", "a", "way 6", "")) == [Target("link", 0)]
    assert register.places_of(Finding("info", "a", "node 11", "")) == [Target("node", 0)]


def test_things_stand_where_they_are() -> None:
    network = ts.corridor([200.0, 200.0])
    trips = tuple(Trip(id=f"bus{n}", depart_s=n, route=("east1", "east2"),
                       stops=(Stop(link="east2", position_m=50.0, dwell_s=20.0 + n),)) for n in range(2))
    network.graph.graph["enforcement"] = [
        {"kind": "speed_camera", "link": "east1", "position_m": 100.0, "origin": "read: node 4"}]
    subject = Subject("road", network, demand=Demand(trips=trips), detectors=(
        Detector(id="d", link="east1", position_m=50.0),), zones=(Zone(id="z", origins=("east1",)),))
    found = contents(subject)
    places = {one["kind"]: points(one["at"], found)[0] for one in found["things"]}
    assert places == {"detector": (50.0, 0.0), "stop": (250.0, 0.0), "zone": (0.0, 0.0), "enforcement": (100.0, 0.0)}
    facts = {one["kind"]: {name: (value, source) for name, value, source in one["facts"]} for one in found["things"]}
    assert facts["stop"]["dwell_s"] == (20.5, "given: ")
    assert facts["enforcement"]["kind"] == ("speed_camera", "read: node 4")


def test_a_network_without_coordinates_is_listed() -> None:
    network = ts.network_from_graph(nx.DiGraph([("a", "b", {"length_m": 100.0})]))
    found = contents(Subject("abstract", network, (Finding("info", "odd", "link 'a->b'", "odd"),)))
    assert found["links"]["line"] == [[]]
    assert found["nodes"]["at"] == [None, None]
    assert found["findings"][0]["at"] == [["link", 0]]


def hostile() -> Subject:
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    for number, name in enumerate(HOSTILE):
        graph.add_node(f"n{name}", x_m=100.0 * number, y_m=0.0, name=name)
    for (number, name), other in zip(enumerate(HOSTILE), HOSTILE[1:], strict=False):
        graph.add_edge(f"n{name}", f"n{other}", id=name, name=name, note=name, origins={"lanes": f"read: {name}"},
                       lanes=1 + number % 2)
    network = ts.network_from_graph(graph, groups={name: [HOSTILE[0]] for name in HOSTILE})
    findings = tuple(Finding("warning", "odd", f"link {name!r}", name, name) for name in HOSTILE)
    return Subject(HOSTILE[0], network, findings, detectors=tuple(
        Detector(id=name, link=HOSTILE[0], position_m=1.0) for name in HOSTILE))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_hostile_names_stay_names(language: str) -> None:
    text = page(hostile(), load(language))
    for name in HOSTILE[:7]:
        assert name not in text
    assert text.count("</script>") == 2
    read = Page(text)
    assert [one for one, _ in read.tags if one in ("img", "iframe")] == []
    assert html.escape(HOSTILE[0]) in text
    found = shown(text)
    assert found["links"]["id"] == list(HOSTILE[:-1])
    assert found["things"][0]["name"] == HOSTILE[0]
    assert found["findings"][0]["at"] == [["link", 0]]


def test_the_page_needs_nothing_else_and_is_the_same_every_time() -> None:
    subject = Subject("town", ts.grid(2, 2))
    text = page(subject, load("en"))
    assert text == page(subject, load("en"))
    other = r"https?://|src=|@import|fetch\(|innerHTML|outerHTML|insertAdjacent|document\.write|eval\("
    assert not re.search(other, text)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_everything_that_is_worked_has_a_name(language: str) -> None:
    read = Page(page(Subject("town", ts.grid(2, 2)), load(language)))
    labelled = {attributes.get("for") for _, attributes in read.tags}
    for tag, attributes in read.tags:
        if tag in ("input", "canvas", "aside", "section"):
            assert attributes.get("aria-label") or attributes.get("id") in labelled, attributes
    assert read.named("html") == [{"lang": language, "dir": "rtl" if language == "ar" else "ltr"}]


def test_a_file_takes_about_a_hundred_bytes_a_link() -> None:
    empty, large = (page(Subject("grid", ts.grid(n, n)), load("en")) for n in (1, 16))
    assert len(large) - len(empty) < 130 * 1_088


def test_findings_come_by_level() -> None:
    findings = tuple(Finding(level, level, "x", "") for level in ("info", "error", "warning"))  # type: ignore[arg-type]
    found = contents(replace(Subject("ring", ts.ring(100.0)), findings=findings))
    assert [one["level"] for one in found["findings"]] == ["error", "warning", "info"]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_browser_shows_what_is_chosen(tmp_path: Path, language: str) -> None:
    """The scripts run without an error, and hostile names are shown as they are."""
    if CHROMIUM is None:
        pytest.skip("CHROMIUM ABSENT: no program chromium to open the page with")
    file = tmp_path / "map.html"
    file.write_text(page(hostile(), load(language)), encoding="utf-8")
    command = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
               f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=4000", "--enable-logging=stderr",
               "--dump-dom", f"{file.as_uri()}#link=%3C!--%3Cscript%3E"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "CONSOLE" not in done.stderr
    read = Page(done.stdout)
    assert not any(attributes.get("id") == "wait" for _, attributes in read.tags)
    chosen = [text for text, around in read.texts if any(one.get("id") == "chosen" for _, one in around)]
    assert any(HOSTILE[2] in text for text in chosen)
    assert [tag for tag, _ in read.tags if tag == "img"] == []
