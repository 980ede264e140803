"""Plans by signal groups: the table is read, mapped to movements, run and audited for intergreens."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import trafficsim as ts
from tests.cli.support import SCENARIO, Answer
from trafficsim.base.errors import PolicyError
from trafficsim.design.timing.groups import Controlled, GroupMovement, phases_of_groups
from trafficsim.io.signal_groups import Between
from trafficsim.spec.network import Connection

PLAN = """[general]
cycle time;60
key;centre
subkey;SP1
offset;5
[links]
K1;main_in_0;
K2;side_in;
[signal groups]
id;on1;off1;transOn;transOff
K1;35;0;1;3
K2;5;28;1;3
"""
STUDY = """name = "groups"
scenarios = ["cross.toml"]
replications = 2
[alternatives]
"do nothing" = []
"SP1" = [{{ kind = "signal_plan", {plan} }}]
"""


def written(folder: Path, text: str = PLAN, name: str = "plan.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def world(folder: Path) -> ts.World:
    (folder / "cross.toml").write_text(SCENARIO)
    return ts.build(folder / "cross.toml")


def test_a_table_is_read(tmp_path: Path) -> None:
    found = ts.read_signal_groups(written(tmp_path))
    assert (found.signal, found.name, found.cycle_s, found.offset_s) == ("centre", "SP1", 60.0, 5.0)
    first, second = found.groups
    assert (first.green, first.red_amber_s, first.yellow_s) == (((35.0, 0.0),), 1.0, 3.0)
    assert second.movements == (GroupMovement(link="side_in"),)


def test_a_table_becomes_the_program_of_its_signal(tmp_path: Path) -> None:
    program = ts.read_signal_groups(written(tmp_path)).program(world(tmp_path).network)
    assert [(phase.duration_s, phase.state) for phase in program.phases] == [
        (3.0, "yyrr"), (1.0, "rrrr"), (1.0, "rruu"), (23.0, "rrGG"), (3.0, "rryy"), (3.0, "rrrr"), (1.0, "uurr"),
        (25.0, "GGrr")]
    assert (program.id, program.offset_s, program.name) == ("centre", 5.0, "SP1")


def test_a_mapping_says_what_groups_control(tmp_path: Path) -> None:
    mapping = written(tmp_path, "group,link,turn\nK1,main_in,through\nK2,main_in,left\nK2,side_in,\n", "map.csv")
    program = ts.read_signal_groups(written(tmp_path), mapping).program(world(tmp_path).network)
    states = {phase.state for phase in program.phases}
    turns = [one.turn for one in world(tmp_path).network.connections if one.from_link == "main_in"]
    left = turns.index("left")
    assert any(state[left] in "gG" and state[1 - left] == "r" for state in states)


@pytest.mark.parametrize("file", ["Rudolfplatz.csv", "Rudolfplatz_SP33.csv"])
def test_a_real_plan_shows_what_is_written(file: str, real_data: Path) -> None:
    """Every second of the cycle, every group: green, red-amber before it and yellow after it, over the cycle's end."""
    path = real_data / "signal_brunswick_rudolfplatz" / file
    table = ts.read_signal_groups(path)
    assert (table.signal, table.cycle_s, len(table.groups)) == ("Rudolfplatz", 85.0, 12)
    lines = path.read_text().split("[links]")[1].split("[signal groups]")
    controls = [row for row in csv.reader(lines[0].split(), delimiter=";") if row]
    connections = tuple(Connection(from_link=link.rpartition("_")[0] or link, from_lane=int(link[-1]) if "_" in link
                                   else 0, to_link="on", to_lane=0, signal="Rudolfplatz", signal_index=number)
                        for number, (_, link, _) in enumerate(controls))
    of_link: dict[str, tuple[int, ...]] = {}
    for one in connections:
        of_link[one.from_link] = (*of_link.get(one.from_link, ()), one.signal_index or 0)
    there = Controlled("Rudolfplatz", len(connections), of_link, dict.fromkeys(range(len(connections)), 50.0),
                       connections)
    phases = phases_of_groups(table.groups, table.cycle_s, there, "plan")
    seconds = [phase.state for phase in phases for _ in range(round(phase.duration_s))]
    assert len(seconds) == 85
    plan = {row["id"]: row for row in csv.DictReader(lines[1].split(), delimiter=";")}
    for number, (group, _, _) in enumerate(controls):
        on, off = int(plan[group]["on1"]), int(plan[group]["off1"])
        expected = ["r"] * 85
        for second in range((off - on) % 85):
            expected[(on + second) % 85] = "G"
        for second in range(3):
            expected[(off + second) % 85] = "y"
        expected[(on - 1) % 85] = "u"
        assert [state[number] for state in seconds] == expected, group


def test_intergreens_are_audited(tmp_path: Path) -> None:
    network = world(tmp_path).network
    table = ts.read_signal_groups(written(tmp_path))
    assert ts.intergreen_breaches(table, network) == ()
    short = ts.read_signal_groups(written(tmp_path, PLAN.replace("K2;5;28", "K2;2;28").replace("K1;35;0;1;3",
                                                                                              "K1;35;0;1;1")))
    assert ts.intergreen_breaches(short, network) == ()
    tight = ts.read_signal_groups(written(tmp_path, PLAN.replace("K2;5;28", "K2;2;28")))
    (breach,) = ts.intergreen_breaches(tight, network)
    assert breach.where == "signal 'centre': K1 to K2"
    assert "2 s where 3 s" in breach.message
    matrix = ts.read_intergreens(written(tmp_path, "before,after,seconds\nK1,K2,6\nK2,K1,4\n", "matrix.csv"))
    assert matrix == {Between("K1", "K2"): 6.0, Between("K2", "K1"): 4.0}
    (breach,) = ts.intergreen_breaches(table, network, required=matrix)
    assert "5 s where 6 s" in breach.message


def test_a_study_runs_a_table(tmp_path: Path) -> None:
    world(tmp_path)
    written(tmp_path)
    (tmp_path / "study.toml").write_text(STUDY.format(plan='file = "plan.csv"'))
    study = ts.load(tmp_path / "study.toml")
    assert isinstance(study, ts.Study)
    (policy,) = study.alternatives["SP1"]
    assert policy.signal == "centre"  # type: ignore[attr-defined]
    table = ts.explain(study, "SP1")
    assert set(table[table["operation"] == "replace"]["state_after"].dropna()) >= {"GGrr", "rrGG", "uurr"}
    assert Answer("check", tmp_path / "study.toml").status == 0


def test_a_table_brings_groups_and_cycle_itself() -> None:
    with pytest.raises(ValueError, match="brings groups and cycle"):
        ts.policies.SignalPlan(file="plan.csv", cycle_s=60.0)
    with pytest.raises(ValueError, match="mapping belongs to a table"):
        ts.policies.SignalPlan(file="plan.add.xml", mapping="map.csv")


@pytest.mark.parametrize(("old", "new", "told"), [
    ("K1;35;0", "K1;35;35", "green from 35 to 35 s"), ("K1;35;0", "K1;-5;20", "on1: found '-5'"),
    ("K1;35;0", "K1;35;61", "off1: found '61'; expected seconds from 0 to 60"),
    ("K1;35;0", "K1;soon;20", "on1: found 'soon'"), ("K1;35;0", "K1;;20", "on1: found nothing"),
    ("cycle time;60", "cycle time;0", "cycle time: found '0'"), ("cycle time;60\n", "", "no cycle time"),
    ("K1;main_in_0;\n", "", "a group that controls nothing"), ("K2;5;28;1;3\n", "", "no group 'K2'"),
    ("K2;5;28", "K1;5;28", "this group a second time"), ("[signal groups]", "[groups]", "found '[groups]'"),
    ("id;on1", "id;begin", "no column on1"), ("offset;5", "offset;late", "offset: found 'late'"),
    ("K1;35;0;1;3", "K1;35;0;1;99", "transoff: found '99'"), ("[general]\n", "", "values before any section"),
    ("id;on1;off1;transOn;transOff\nK1;35;0;1;3", "on1;off1;id\n35;0", "group '': found a group that controls nothing"),
    ("K1;35;0;1;3", "K" * 140_000, "a line that cannot be read (field larger than field limit"),
])
def test_faults_of_a_table_are_one_message(old: str, new: str, told: str, tmp_path: Path) -> None:
    assert old in PLAN
    world(tmp_path)
    written(tmp_path, PLAN.replace(old, new))
    (tmp_path / "study.toml").write_text(STUDY.format(plan='file = "plan.csv"'))
    answer = Answer("check", tmp_path / "study.toml")
    assert answer.status == 2
    assert told in " ".join(answer.stderr.split())


@pytest.mark.parametrize(("text", "told"), [
    ("group,link\nK1,main_in\nK2,nowhere\n", "nowhere, which signal 'centre' does not control"),
    ("group,link\nK1,main_in\n", "group 'K2': found a group that controls nothing"),
    ("group,lane\nK1,0\n", "no column link"), ("group,link,turn\nK1,main_in,up\nK2,side_in,\n", "turn: found 'up'"),
    ("group,link\nK1,main_in\nK2,side_in\nK3,side_in\n", "no group 'K3'"),
    ("group,link\nK1,main_in\nK2,main_in\nK2,side_in\n", "which group 'K1' has already"),
    ("group,link\nK1,\nK2,side_in\n", "link: found nothing"),
])
def test_faults_of_a_mapping_are_one_message(text: str, told: str, tmp_path: Path) -> None:
    network = world(tmp_path).network
    with pytest.raises((ts.InputError, PolicyError)) as error:
        ts.read_signal_groups(written(tmp_path), written(tmp_path, text, "map.csv")).program(network)
    assert told in str(error.value)


def test_a_second_green_has_to_begin_after_the_first(tmp_path: Path) -> None:
    text = PLAN.replace("id;on1;off1", "id;on1;off1;on2;off2").replace("K1;35;0", "K1;35;50;45;55").replace(
        "K2;5;28", "K2;5;28;;")
    with pytest.raises(PolicyError, match="a change at"):
        ts.read_signal_groups(written(tmp_path, text)).program(world(tmp_path).network)
