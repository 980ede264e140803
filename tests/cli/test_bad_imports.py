"""Bad files of networks, counts, matrices and fixes: a report, or one message with a remedy; no traceback, no hang."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.support import Answer
from tests.fuzz import import_sources as sources
from tests.fuzz.readings import town
from tests.io.osm_files import CROSS, cross, osm_text
from tests.io.test_matrices import SCENARIO as TOWN
from trafficsim.base.errors import InputError
from trafficsim.io.counts import read_counts

CROSS_ROADS = {10: ((1, 2, 3), {"highway": "primary"}), 20: ((4, 2, 5), {"highway": "residential"})}
LOOP = CROSS | {6: (250.0, 50.0), 7: (250.0, -50.0)}
FAR = {node: (x * 1000.0, y * 1000.0) for node, (x, y) in CROSS.items()}


@dataclass(frozen=True)
class Bad:
    """Files of a format with something wrong; what the report says, or the message (``refused``)."""

    name: str
    form: str
    files: Mapping[str, str | bytes]
    says: tuple[str, ...]
    refused: bool = False
    options: tuple[str, ...] = ()


def osm(name: str, text: str | bytes, *says: str, refused: bool = False, file: str = "town.osm") -> Bad:
    return Bad(name, "osm", {file: text}, says, refused)


def way(**tags: str) -> str:
    return cross({key.replace("_", ":"): value for key, value in tags.items()})


def restriction(*members: tuple[str, int, str], kind: str = "no_left_turn") -> str:
    return cross(relations={5: (members, {"type": "restriction", "restriction": kind})})


def swapped(text: str) -> str:
    return text.replace('lat="', 'TAL="').replace('lon="', 'lat="').replace('TAL="', 'lon="')


TOWARDS = (("way", 10, "from"), ("node", 2, "via"), ("way", 20, "to"))
BOMB = '<!DOCTYPE osm [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><osm version="0.6">&b;</osm>'

OSM = [
    osm("truncated pbf", sources.pbf(sources.OSM)[:300], "cannot be read to its end", refused=True,
        file="town.osm.pbf"),
    osm("truncated xml", cross()[:400], "cannot be read to its end", refused=True),
    osm("damaged gzip", gzip.compress(cross().encode())[:80], "cannot be read to its end", refused=True,
        file="town.osm.gz"),
    osm("empty file", b"", "an empty file", refused=True),
    osm("web page", "<html><body>429 Too Many Requests</body></html>", "town.osm", refused=True),
    osm("entities", BOMB, "town.osm", refused=True),
    osm("ways without nodes", osm_text({}, CROSS_ROADS), "none of them a road", refused=True),
    osm("nodes missing", osm_text({node: CROSS[node] for node in (1, 2, 3)}, CROSS_ROADS), "osm-node-missing"),
    osm("no roads", cross({"highway": "footway"}, {"highway": "footway"}), "none of them a road", refused=True),
    osm("maxspeed walk", way(maxspeed="walk"), "read:"),
    osm("maxspeed none", way(maxspeed="none"), "read:"),
    osm("two limits", way(maxspeed="50 mph;30"), "osm-several-values"),
    osm("maxspeed fast", way(maxspeed="fast"), "osm-value-unread"),
    osm("maxspeed 0", way(maxspeed="0"), "osm-value-unread"),
    osm("no lanes", way(lanes="0"), "osm-value-unread"),
    osm("negative lanes", way(lanes="-2"), "osm-value-unread"),
    osm("lanes that contradict", way(lanes="3", lanes_forward="2", turn_lanes_forward="left|through|through|right"),
        "osm-lanes-contradict"),
    osm("loop", osm_text(LOOP, CROSS_ROADS | {30: ((3, 6, 7, 3), {"highway": "residential"})}), "osm-loop-cut"),
    osm("node twice", osm_text(CROSS, CROSS_ROADS | {30: ((3, 3, 5, 3, 3), {"highway": "residential"})}), "read:"),
    osm("way of one node", osm_text(CROSS, CROSS_ROADS | {30: ((1,), {"highway": "residential"})}), "osm-way-short"),
    osm("way twice", cross().replace("</osm>", cross().split("</node>")[-1].partition("<way")[2].join(("<way", ""))),
        "osm-way-twice"),
    osm("restriction without via", restriction(TOWARDS[0], TOWARDS[2]), "osm-restriction-left-out"),
    osm("restriction of a way that is not there", restriction(TOWARDS[0], TOWARDS[1], ("way", 77, "to")),
        "turn restriction of a road that is left out"),
    osm("restriction of an unknown kind", restriction(*TOWARDS, kind="forbidden"), "osm-value-unread"),
    osm("coordinates swapped", swapped(cross()), "law of"),
    osm("coordinates beyond the earth", cross().replace('lat="52', 'lat="152'), "none of them a road", refused=True),
    osm("projected coordinates", cross().replace('lat="52', 'lat="5762').replace('lon="9', 'lon="548'), "town.osm",
        refused=True),
    osm("a continent between two nodes", osm_text(FAR, CROSS_ROADS), "no way with two nodes", refused=True),
]

GRAPH = sources.graphml()
GRAPHML = [
    Bad("graph truncated", "osmnx", {"a.graphml": GRAPH[:900]}, ("cannot be parsed",), True),
    Bad("graph undirected", "osmnx", {"a.graphml": GRAPH.replace('"directed"', '"undirected"')},
        ("a graph without directions",), True),
    Bad("graph in metres that says degrees", "osmnx", {"a.graphml": GRAPH.replace(">9.7", ">548000.7")},
        ("beyond 180 and 90",), True),
    Bad("graph with an edge to nowhere", "osmnx", {"a.graphml": GRAPH.replace('target="3"', 'target="33"')},
        ("edge-left-out",)),
    Bad("graph with maxspeed fast", "osmnx", {"a.graphml": GRAPH.replace("30 mph", "fast")}, ("maxspeed", "'fast'"),
        True),
    Bad("graph with a negative length", "osmnx", {"a.graphml": GRAPH.replace(">200.0<", ">-200.0<")}, ("-200",), True),
    Bad("graph with entities", "osmnx", {"a.graphml": BOMB}, ("document type",), True),
]

TNTP = [
    Bad("tntp cut", "tntp", {**sources.TNTP, "town_net.tntp": sources.NET[:300]}, ("town_net.tntp",), True),
    Bad("tntp with a capacity of 0", "tntp",
        {**sources.TNTP, "town_net.tntp": sources.NET.replace("2000 1.0", "0 1.0")}, ("capacity",), True),
    Bad("matrix that does not match", "tntp",
        {**sources.TNTP, "town_trips.tntp": sources.TRIPS.replace("ZONES> 2", "ZONES> 3")}, ("NUMBER OF ZONES",), True,
        ("--trips", "town_trips.tntp")),
    Bad("negative trips", "tntp", {**sources.TNTP, "town_trips.tntp": sources.TRIPS.replace("600.0", "-600.0")},
        ("-600",), True, ("--trips", "town_trips.tntp")),
]

GMNS = [
    Bad("gmns link to nowhere", "gmns",
        {**sources.GMNS, "link.csv": sources.GMNS["link.csv"].replace(",2,1,", ",22,1,")}, ("22",)),
    Bad("gmns without lengths", "gmns", {**sources.GMNS, "link.csv": sources.GMNS["link.csv"].replace('",200,', '",,')},
        ("inferred",)),
    Bad("gmns coordinates swapped for text", "gmns",
        {**sources.GMNS, "node.csv": sources.GMNS["node.csv"].replace("0,200", "north,200")}, ("north",), True),
    Bad("gmns lanes of -1", "gmns", {**sources.GMNS, "link.csv": sources.GMNS["link.csv"].replace(",50,1,", ",50,-1,")},
        ("lanes", "-1"), True),
]
UTDF = [
    Bad("utdf without links", "utdf", {"a_utdf.csv": sources.UTDF.replace("[Links]", "[Lines]")}, ("Links",), True),
    Bad("utdf cut", "utdf", {"a_utdf.csv": sources.UTDF[:700]}, ("a_utdf.csv",), True),
    Bad("utdf with a negative volume", "utdf", {"a_utdf.csv": sources.UTDF.replace("20,100,30", "20,-100,30", 1)},
        ("-100",), True),
]
CITYFLOW = [
    Bad("roadnet cut", "cityflow", {"roadnet.json": sources.ROADNET[:500]}, ("roadnet.json",), True),
    Bad("roadnet with a road to nowhere", "cityflow",
        {"roadnet.json": sources.ROADNET.replace('"endIntersection": "centre"', '"endIntersection": "center"', 1)},
        ("center",), True),
    Bad("flow over a road that is not there", "cityflow",
        {"roadnet.json": sources.ROADNET, "flow.json": sources.FLOWS.replace("east_out", "east_end")}, ("east_end",),
        True, ("--flows", "flow.json")),
]
FIXED = {"town.osm": sources.OSM}
FIXES = [
    Bad("fixes of another city", "osm", {**FIXED, "town.fixes.toml": '[[link]]\nway = 99\nlanes = 2\n'},
        ("fix-not-found", "way 99")),
    Bad("fixes that contradict", "osm", {**FIXED, "town.fixes.toml": "".join(
        f"[[link]]\nway = 10\nlanes = {lanes}\n" for lanes in (2, 3))}, ("fix-contradicted",)),
    Bad("fixes with lanes that do not fit", "osm",
        {**FIXED, "town.fixes.toml": '[[link]]\nid = "20@4"\nturn_lanes = ["left", "through", "right"]\n'},
        ("fix-impossible", "one per lane")),
    Bad("fixes with swapped coordinates", "osm",
        {**FIXED, "town.fixes.toml": '[[junction]]\nnear = [9.7, 52.0]\ncontrol = "signal"\n'}, ("fix-not-found",)),
    Bad("fixes of no lanes", "osm", {**FIXED, "town.fixes.toml": '[[link]]\nway = 10\nlanes = 0\n'},
        ("link[0].lanes", "0"), True),
]
CASES = [*OSM, *GRAPHML, *TNTP, *GMNS, *UTDF, *CITYFLOW, *FIXES]


@pytest.mark.parametrize("bad", CASES, ids=lambda bad: bad.name)
def test_bad_files_lead_to_a_report_or_one_message(bad: Bad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, content in bad.files.items():
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    monkeypatch.chdir(tmp_path)
    subject = "." if bad.form == "gmns" else next(iter(bad.files))
    answer = Answer("import", bad.form, subject, "--out", "out/town.toml", *bad.options)
    said = answer.stdout + answer.stderr
    assert answer.status == (2 if bad.refused else 0), said
    assert "Traceback" not in said
    assert "defect" not in said
    assert [part for part in bad.says if part not in said] == [], said
    if bad.refused:
        assert answer.stdout == ""
        assert answer.stderr.count("\n") == 1
        assert answer.stderr.startswith("trafficsim: ")
        assert "Remedy:" in answer.stderr
        assert not Path("out/town.toml").exists()
    else:
        assert "repaired:" in answer.stdout
        assert Path("out/town.toml").exists()


HOURLY = "detector,link,begin,end,vehicles\n" + "".join(
    f"D1,w->c,07:{15 * quarter:02d},{'08:00' if quarter == 3 else f'07:{15 * quarter + 15:02d}'},{1500 + quarter}\n"
    for quarter in range(4))
COUNTS = [
    ("flows per hour as vehicles of a quarter", HOURLY, "as a flow per hour it would be"),
    ("empty", "", "an empty file"),
    ("no columns", "a;b\n1;2\n", "header"),
    ("negative", sources.COUNTS.replace(",100,", ",-100,"), "count-negative"),
    ("twice", sources.COUNTS + sources.COUNTS.splitlines()[1] + "\n", "count-"),
    ("speeds in another unit", sources.PLACED.replace("400,30", "400,3000"), "mean speed that is not above 0"),
    ("vehicles that are none", sources.COUNTS.replace(",120,", ",many,"), "'many'"),
    ("end before begin", sources.COUNTS.replace("07:00,07:15,all", "07:15,07:00,all"), "07:15"),
    ("times of two zones", sources.PLACED.replace("+02:00,400", "+05:00,400"), "row"),
    ("unknown link", sources.COUNTS.replace("w->c,,", "w->x,,"), "w->x"),
    ("coordinates swapped", sources.PLACED.replace("52.0,9.699", "9.699,52.0"), "count-"),
    ("projected coordinates", sources.PLACED.replace("52.0,9.699", "5762000,548000"), "548000"),
]


@pytest.mark.parametrize(("name", "text", "says"), COUNTS, ids=[name for name, *_ in COUNTS])
def test_bad_counts_lead_to_a_report_or_one_message(name: str, text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "counts.csv").write_text(text)
    said = report_or_message(tmp_path / "counts.csv")
    assert says in said, said
    assert "\n" not in said


def report_or_message(file: Path) -> str:
    """Read counts; return what is reported, or the message with which they are refused."""
    try:
        found = read_counts(file, town(), "Europe/Berlin")
    except InputError as error:
        return str(error)
    return " ".join(f"{one.code} {one.where} {one.message}" for one in found.findings)


MATRICES = [
    ("negative", sources.MATRIX.replace("400", "-400"), "-400"),
    ("no number", sources.MATRIX.replace("400", "lots"), "'lots'"),
    ("a pair twice", sources.MATRIX + "west,east,5\n", "west"),
    ("no column", sources.MATRIX.replace("trips", "vehicles"), "trips"),
    ("a zone that is not there", sources.MATRIX.replace("east,west", "east,north"), "north"),
]


@pytest.mark.parametrize(("name", "text", "says"), MATRICES, ids=[name for name, *_ in MATRICES])
def test_bad_matrices_are_one_message(name: str, text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "am.csv").write_text(text)
    (tmp_path / "town.toml").write_text(TOWN)
    answer = Answer("check", tmp_path / "town.toml")
    assert answer.status == 2, answer.stdout
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr
    assert "defect" not in answer.stderr
