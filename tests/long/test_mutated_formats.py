"""Two thousand spoilt files of each format of signal plans: read, or refused in one message."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import trafficsim as ts
from tests.cli.support import SCENARIO
from tests.engines.test_signals_by_time_of_day import PROGRAMS, TABLE, WAUT
from tests.fuzz import texts, trees
from tests.io.sumo_files import signal_net
from tests.io.test_signal_groups import PLAN
from trafficsim.base.errors import TrafficsimError

pytestmark = pytest.mark.long
MANY = 2000


def judged(attempt: Callable[[random.Random], object], seed: int) -> int:
    """Try many times; whatever is raised on purpose is one message of a decent length. Return how many were refused."""
    chance, refused = random.Random(seed), 0
    for _ in range(MANY):
        try:
            attempt(chance)
        except TrafficsimError as error:
            refused += 1
            text = str(error)
            assert "Remedy" in text
            assert len(text) < 2500
            assert "\n" not in text
    return refused


def test_tables_of_signal_groups(tmp_path: Path) -> None:
    (tmp_path / "cross.toml").write_text(SCENARIO)
    network = ts.build(tmp_path / "cross.toml").network

    def attempt(chance: random.Random) -> object:
        (tmp_path / "plan.csv").write_bytes(texts.mutate(PLAN, chance))
        return ts.intergreen_breaches(ts.read_signal_groups(tmp_path / "plan.csv"), network, "centre")

    assert judged(attempt, 2) > 200


@pytest.mark.parametrize("spoilt", ["switches.csv", "programs.add.xml"])
def test_switch_tables(spoilt: str, tmp_path: Path) -> None:
    sound = {"switches.csv": TABLE, "programs.add.xml": PROGRAMS}
    for name, text in sound.items():
        (tmp_path / name).write_text(text)
    file = tmp_path / "cross.toml"
    file.write_text(SCENARIO + '\n[[switch_tables]]\nfile = "switches.csv"\nprograms = ["programs.add.xml"]\n')

    def attempt(chance: random.Random) -> object:
        (tmp_path / spoilt).write_bytes(texts.mutate(sound[spoilt], chance))
        return ts.build(file)

    assert judged(attempt, 3) > 100


def test_switch_tables_of_sumo(tmp_path: Path) -> None:
    net = tmp_path / "town.net.xml"
    net.write_text(signal_net())
    program = ts.read(net).network.signals[0]
    phases = "".join(f'<phase duration="9" state="{one.state}"/>' for one in program.phases)
    sound = WAUT.format(programs=f'<tlLogic id="{program.id}" programID="late">{phases}</tlLogic>', signal=program.id)
    file = tmp_path / "day.add.xml"

    def attempt(chance: random.Random) -> object:
        file.write_bytes(trees.mutate_xml(sound, chance))
        found = ts.read(net, additional=file)
        return ts.build(ts.Scenario(name="x", network=found.network, time=ts.Time(start_s=3000, analysis_s=900)))

    assert judged(attempt, 4) > 100
    shutil.rmtree(tmp_path)
