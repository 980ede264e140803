"""Controllers of stages from tables of signal groups, stages and intergreens: read, checked, refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import trafficsim as ts
from tests.cli.support import SCENARIO, Answer
from tests.io.test_signal_groups import PLAN
from trafficsim.spec.control import SignalControl

FILES = {
    "groups.csv": "group,link,turn\nK1,main_in,through\nK2,main_in,left\nK3,side_in,\n",
    "stages.csv": ("stage,groups,min_green_s,max_green_s,extension_s,recall,split_s,coordinated\n"
                   "main,K1 K2,8,40,2.5,min,36,yes\nside,K3,6,25,3,,24,no\n"),
    "matrix.csv": "ends,K1,K2,K3\nK1,,-,6\nK2,,x,5\nK3,4,5.5,\n",
    "loops.csv": ("id,link,lane,distance_m,use,stages,fault\nfar,main_in,0,30,both,main,\n"
                  "side,side_in,0,0,call,,stuck_on\n"),
}
TABLE = """
[[stage_tables]]
signal = "centre"
groups = "groups.csv"
stages = "stages.csv"
intergreens = "matrix.csv"
detectors = "loops.csv"
"""


def written(folder: Path, table: str = TABLE, **changed: str) -> Path:
    """Write the scenario and its tables, of which some may be other ones."""
    for name, text in FILES.items():
        (folder / name).write_text(changed.get(name.partition(".")[0], text))
    (folder / "cross.toml").write_text(SCENARIO + table)
    return folder / "cross.toml"


def control_of(folder: Path, table: str = TABLE, **changed: str) -> SignalControl:
    """Return the controller that the tables make."""
    (control,) = ts.build(written(folder, table, **changed)).network.controls
    return control


def test_tables_become_a_controller_of_stages(tmp_path: Path) -> None:
    control = control_of(tmp_path)
    assert (control.id, control.method) == ("centre", "actuated")
    assert [(one.number, one.name, one.green, one.min_green_s, one.max_green_s, one.extension_s, one.recall)
            for one in control.phases] == [(1, "main", "GGrr", 8.0, 40.0, 2.5, "min"),
                                           (2, "side", "rrGG", 6.0, 25.0, 3.0, "none")]
    assert [(one.yellow_s, one.red_clearance_s) for one in control.phases] == [(3.0, 3.0), (3.0, 2.5)]
    given = {(one.before, one.after): one.time_s for one in control.intergreens}
    assert given == {(0, 2): 6.0, (0, 3): 6.0, (1, 2): 5.0, (1, 3): 5.0, (2, 0): 4.0, (3, 0): 4.0, (2, 1): 5.5,
                     (3, 1): 5.5}
    assert [(one.id, one.link, one.lane, one.distance_m, one.use, one.phases, one.fault)
            for one in control.detectors] == [
        ("far", "main_in", 0, 30.0, "both", (1,), "none"), ("side", "side_in", 0, 0.0, "call", (), "stuck_on")]


def test_a_list_of_intergreens_and_a_matrix_say_the_same(tmp_path: Path) -> None:
    listed = "before,after,seconds\nK1,K3,6\nK2,K3,5\nK3,K1,4\nK3,K2,5.5\n"
    (tmp_path / "list.csv").write_text(listed)
    (tmp_path / "matrix.csv").write_text(FILES["matrix.csv"])
    (tmp_path / "german.csv").write_text("von;K1;K2;K3\nK1;;;6\nK2;;;5\nK3;4,0;5,5;\n")
    found = [ts.read_intergreens(tmp_path / name) for name in ("list.csv", "matrix.csv", "german.csv")]
    assert found[0] == found[1] == found[2]


def test_detectors_come_by_rule_and_times_from_the_plan_of_groups(tmp_path: Path) -> None:
    """Yellow and red-amber are those of the table of groups; a signal of 50 km/h has loops 0 m and 27.8 m before."""
    table = TABLE.replace('detectors = "loops.csv"\n', "").replace('intergreens = "matrix.csv"\n', "")
    control = control_of(tmp_path, table, groups=PLAN.replace("1;3\n", "1;4\n").replace("main_in_0", "main_in"),
                         stages="stage,groups\nA,K1\nB,K2\n")
    assert (control.red_amber_s, [(one.yellow_s, one.red_clearance_s) for one in control.phases]) == (
        1.0, [(4.0, 2.0), (4.0, 2.0)])
    assert [(one.link, one.distance_m, one.use) for one in control.detectors] == [
        ("main_in", 0.0, "call"), ("main_in", 27.8, "both"), ("side_in", 0.0, "call"), ("side_in", 27.8, "both")]


def test_coordinated_stages_have_their_splits_and_offset(tmp_path: Path) -> None:
    control = control_of(tmp_path, TABLE + 'method = "coordinated"\noffset_s = 12.0\n')
    assert (control.method, control.offset_s) == ("coordinated", 12.0)
    assert [(one.split_s, one.coordinated) for one in control.phases] == [(36.0, True), (24.0, False)]


def test_who_gives_way_is_said_by_right_of_way(tmp_path: Path) -> None:
    """Opposing streets in one stage: the left turn of the junction gives way beside who comes towards it."""
    folder = tmp_path
    (folder / "groups.csv").write_text("group,link\nK1,in0\nK1,in2\nK2,in1\nK2,in3\n")
    (folder / "stages.csv").write_text("stage,groups\nA,K1\nB,K2\n")
    network = ts.junction()
    control = ts.read_stages(ts.StageTable(signal="centre", groups="groups.csv", stages="stages.csv"), network, folder)
    left = {one.signal_index for one in network.connections if one.turn == "left"}
    assert {control.phases[0].green[index or 0] for index in left} == {"g", "r"}


def test_a_scenario_with_tables_is_checked_and_told_of_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                                                     ) -> None:
    answer = Answer("check", written(tmp_path), "--json")
    assert answer.status == 0, answer.stderr
    told = {one["code"]: one["message"] for one in json.loads(answer.stdout)["findings"]}
    assert told["signals-react"].startswith("1 signal reacts to traffic: 1 actuated")
    (elsewhere := tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(elsewhere)
    assert ts.build(ts.load(Path("..") / "cross.toml")).network.controls == (control_of(tmp_path),)  # type: ignore[arg-type]


BROKEN = [
    ("groups", "K3,side_in,", "K3,nowhere,", ("group 'K3'", "nowhere", "does not control")),
    ("groups", "K3,side_in,\n", "", ("no group for signal index 2, 3",)),
    ("groups", "group,link", "name,link", ("groups.csv:1: header", "no column group")),
    ("stages", "main,K1 K2,", "main,K1 K9,", ("stages.csv:2: stage 'main'", "unknown group 'K9'", "known: K1, K2, K3")),
    ("stages", "main,K1 K2,", "main,K1 K2 K3,", ("matrix.csv: K3 to K1", "stage 'main' serves together")),
    ("stages", "side,K3,", "side,K1,", ("no stage with group 'K3'", "never go")),
    ("stages", "side,K3,", "main,K3,", ("stage 'main'", "a second time")),
    ("stages", "side,K3,", "side,,", ("stages.csv:3: groups", "found nothing")),
    ("stages", "stage,groups", "stage,grups", ("no column groups",)),
    ("stages", "extension_s", "extention_s", ("unknown column 'extention_s'", "did you mean 'extension_s'")),
    ("stages", "8,40,", "8,4,", ("stage 'main'", "max_green_s 4 is under min_green_s 8")),
    ("stages", "8,40,", "long,40,", ("stage 'main': min_green_s", "'long'", "number")),
    ("stages", ",min,36", ",often,36", ("stage 'main': recall", "'often'")),
    ("stages", "\nside,K3,6,25,3,,24,no", "", ("no stage with group 'K3'",)),
    ("matrix", "K1,,-,6", "K1,,-,soon", ("matrix.csv:2: K1 to K3", "'soon'", "seconds")),
    ("matrix", "K1,,-,6", "K1,,-,-6", ("K1 to K3", "'-6'")),
    ("matrix", "K1,,-,6", "K1,7,-,6", ("matrix.csv:2: K1", "'7'", "to itself")),
    ("matrix", "K1,,-,6", "K1,,-,", ("no intergreen from K1 to K3", "cross")),
    ("matrix", "ends,K1,K2,K3", "ends,K1,K2,K4", ("'K3' only in a row or a column",)),
    ("matrix", "K3,4,5.5,", "K2,4,5.5,", ("group 'K2' in two rows",)),
    ("loops", "far,main_in,0,30", "far,moon,0,30", ("detector 'far'", "'moon'")),
    ("loops", "far,main_in,0,30", "far,main_in,0,-30", ("loops.csv:2: distance_m", "'-30'")),
    ("loops", "both,main,", "both,mian,", ("loops.csv:2: stages", "unknown stage 'mian'", "did you mean 'main'")),
    ("loops", "stuck_on", "asleep", ("loops.csv:3: fault", "'asleep'")),
    ("loops", "side,side_in", "far,side_in", ("two detectors 'far'",)),
    ("loops", "id,link,lane", "id,where,lane", ("no column link",)),
]


@pytest.mark.parametrize(("file", "old", "new", "says"), BROKEN, ids=[f"{one[0]}: {one[2]!r}" for one in BROKEN])
def test_faults_of_tables_are_one_message(file: str, old: str, new: str, says: tuple[str, ...], tmp_path: Path) -> None:
    sound = next(text for name, text in FILES.items() if name.startswith(file))
    assert old in sound
    answer = Answer("run", written(tmp_path, **{file: sound.replace(old, new, 1)}), "--out", tmp_path / "out")
    refused(answer, says, tmp_path)


@pytest.mark.parametrize(("old", "new", "says"), [
    ('signal = "centre"', 'signal = "center"', ("stage_tables[0].signal", "'center'", "did you mean 'centre'")),
    ('"matrix.csv"', '"lost.csv"', ("stage_tables[0].intergreens", "lost.csv")),
    ('stages = "stages.csv"', "", ("stage_tables[0].stages", "add stages")),
    ('signal = "centre"', 'signal = "centre"\nmethod = "clever"', ("stage_tables[0].method", "'clever'")),
    ('signal = "centre"', 'signal = "centre"\noffset_s = 70\nmethod = "coordinated"', ("offset_s", "70 s", "60 s")),
])
def test_faults_of_the_entry_are_one_message(old: str, new: str, says: tuple[str, ...], tmp_path: Path) -> None:
    refused(Answer("run", written(tmp_path, TABLE.replace(old, new)), "--out", tmp_path / "out"), says, tmp_path)


def refused(answer: Answer, says: tuple[str, ...], folder: Path) -> None:
    """One message with a remedy, status 2, and nothing written."""
    assert answer.status == 2, answer.stdout
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert "Traceback" not in answer.stderr
    assert "Remedy:" in answer.stderr
    missing = [part for part in says if part not in answer.stderr]
    assert not missing, answer.stderr
    assert not (folder / "out").exists()
