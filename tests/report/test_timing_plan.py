"""Timing plans as a picture and as files."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import parse
from matplotlib.colors import to_rgb

from tests.policies.signal_worlds import main_road, prepared
from trafficsim.base.errors import MachineError
from trafficsim.plan.lower import lower
from trafficsim.policies.green_wave import GreenWave
from trafficsim.policies.webster import Webster
from trafficsim.report.timing_files import write_timing
from trafficsim.report.timing_plan import BAR, LOOKS, THIN, timing_picture
from trafficsim.results.timing import programs_with
from trafficsim.spec.signals import Phase, SignalProgram
from trafficsim.spec.study import Study


def bars(axes: Any) -> list[tuple[float, float, float]]:
    """Left, width and height of all bars."""
    return [(round(p.get_x(), 6), round(p.get_width(), 6), round(p.get_height(), 6)) for p in axes.patches]


def test_every_movement_fills_the_cycle_before_and_after() -> None:
    world = prepared(main_road())
    network = world.world.network
    lowered = lower(world, [Webster(common_cycle=True), GreenWave(along="east", speed_kmh=50)])
    before, after = (programs_with(network, plan.signals) for plan in (lowered.baseline, lowered.plan))
    figure = timing_picture(network, before, after)
    assert len(figure.axes) == 3
    for axes, old, new in zip(figure.axes, before, after, strict=True):
        groups = len(axes.get_yticks())
        assert groups >= 2
        assert sum(width for _, width, _ in bars(axes)) == pytest.approx(groups * (old.cycle_s + new.cycle_s))
        assert f"offset 0 → {new.offset_s:g} s" in axes.get_title(loc="left")


def test_offsets_shift_the_bars() -> None:
    network = main_road()
    one = network.signals[0]
    later = one.model_copy(update={"offset_s": 30.0})
    axes = timing_picture(network, [one], [later]).axes[0]
    green = [(left, width) for left, width, height in bars(axes) if height == BAR]
    assert (0.0, 35.0) in green
    assert (30.0, 35.0) in green


def test_states_differ_in_grey_too() -> None:
    def lightness(letter: str) -> float:
        red, green, blue = to_rgb(LOOKS[letter].colour)
        return 0.299 * red + 0.587 * green + 0.114 * blue

    drawn = {letter: (look.hatch, THIN if letter == "r" else BAR) for letter, look in LOOKS.items()}
    for first in LOOKS:
        for second in LOOKS:
            if first < second:
                assert drawn[first] != drawn[second] or abs(lightness(first) - lightness(second)) > 0.3


def test_signals_that_are_off_are_drawn_too() -> None:
    network = main_road()
    dark = SignalProgram(id="j1", phases=(Phase(duration_s=60, state="o" * len(network.signals[0].phases[0].state)),))
    assert len(timing_picture(network, [dark], [dark]).axes) == 1


def test_files_of_a_study(tmp_path: Path) -> None:
    world = prepared(main_road())
    wave = GreenWave(along="east", back="west", speed_kmh=50, slowest_kmh=30)
    alternatives = {"do nothing": (), "new/plan": (Webster(common_cycle=True), wave)}
    study = Study(name="s", scenarios=("a",), alternatives=alternatives)
    written = write_timing(tmp_path, study, {"main road": world})
    ending = "@main%20road@new%2Fplan"
    assert sorted(path.name for path in written) == sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [f"timing{ending}.csv", f"timing_audit{ending}.csv", f"timing_bands{ending}.csv", f"timing{ending}.add.xml",
         f"timing{ending}.png"])
    with (tmp_path / f"timing{ending}.csv").open(encoding="utf-8") as stream:
        assert {row["program"] for row in csv.DictReader(stream)} == {"j1", "j2", "j3"}
    with (tmp_path / f"timing_bands{ending}.csv").open(encoding="utf-8") as stream:
        assert all(float(row["band_after_s"]) > 0.0 for row in csv.DictReader(stream))
    assert (tmp_path / f"timing{ending}.png").read_bytes().startswith(b"\x89PNG")
    assert {one.get("programID") for one in parse(tmp_path / f"timing{ending}.add.xml").getroot()} == {"new_plan"}


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    study = Study(name="s", scenarios=("a",), alternatives={"do nothing": (), "new": (Webster(),)})
    with pytest.raises(MachineError, match="absent"):
        write_timing(tmp_path / "absent", study, {"main road": prepared(main_road())})
