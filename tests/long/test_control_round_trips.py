"""Controllers of real files, written and read back: as they were, as far as a format carries them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import trafficsim as ts
from tests.support.sumo_peer import require_sumo
from trafficsim.io.gmns.writer import WRITTEN_BY, write_gmns
from trafficsim.io.sumo import read_sumo
from trafficsim.io.sumo.names import Names
from trafficsim.plan.control_patterns import patterns_of
from trafficsim.spec.control import ControlPhase, SignalControl
from trafficsim.spec.network import Network

pytestmark = pytest.mark.long
LIMITS = ("number", "min_green_s", "extension_s", "split_s", "coordinated")
OF_SUMO = (*LIMITS, "green", "yellow_s", "red_clearance_s", "recall", "locking", "max_green_s")
OF_GMNS = (*LIMITS, "ring", "barrier", "position", "walk_s", "ped_clearance_s", "clearance_s")
CLOSE_M = 0.15
"""SUMO's loops lie 0.1 m before the end of a lane at least."""


def corridor(real_data: Path, folder: Path) -> Network:
    """Return the corridor of the UTDF file, with its signals made actuated-coordinated."""
    text = (real_data / "utdf_bullhead" / "UTDF.csv").read_text()
    (folder / "corridor.csv").write_text(re.sub(r"(Control Type,\d+),0", r"\1,3", text))
    return ts.read(folder / "corridor.csv").network


def through_sumo(network: Network, folder: Path) -> Network:
    """Return what comes back of a network that was written for SUMO."""
    (folder / "out").mkdir()
    done = ts.export("sumo", ts.Scenario(name="s", network=network), folder / "out")
    more = [path for path in done.files if path.name.endswith(".add.xml")]
    return read_sumo(folder / "out" / "s.net.xml", additional=more).network


def values(phases: tuple[ControlPhase, ...], names: tuple[str, ...]) -> list[list[object]]:
    """Return some values of all phases, in the order of their numbers."""
    return [[pytest.approx(value) if isinstance(value := getattr(one, name), float) else value for name in names]
            for one in sorted(phases, key=lambda one: one.number)]


def plain(phases: tuple[ControlPhase, ...], names: tuple[str, ...]) -> list[list[object]]:
    return [[getattr(one, name) for name in names] for one in sorted(phases, key=lambda one: one.number)]


def begins(control: SignalControl) -> tuple[object, float]:
    """Clock time of the first barrier, whatever the offset refers to, and the cycle."""
    plan = patterns_of(control)[0]
    return pytest.approx(plan.zero_s % plan.cycle_s, abs=0.01), plan.cycle_s


def zero_and_cycle(control: SignalControl) -> tuple[float, float]:
    plan = patterns_of(control)[0]
    return plan.zero_s % plan.cycle_s, plan.cycle_s


def test_actuated_signals_of_a_street_come_back_from_sumo(real_data: Path, tmp_path: Path,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    """But for one loop: of two opposing movements that cross in the file one gives way, and has no loop then."""
    require_sumo(monkeypatch, "netconvert")
    network = ts.read(real_data / "sumo_doerpfeldstr" / "net.net.xml.gz").network
    back = {one.id: one for one in through_sumo(network, tmp_path).controls}
    ids, lost = Names(network.links), []
    assert len(back) == len(network.controls) == 6
    for control in network.controls:
        other = back[control.id]
        named = {"detectors", "origin", "program"}
        assert control.model_dump(exclude=named) == other.model_dump(exclude=named)
        places = {(one.link, one.lane): one for one in other.detectors}
        for one in control.detectors:
            found = places.get((ids[one.link], one.lane))
            if found is None:
                lost.append((one.link, one.lane))
                continue
            assert found.distance_m == pytest.approx(one.distance_m, abs=CLOSE_M)
            assert (found.length_m, found.phases, found.use) == (one.length_m, one.phases, one.use)
    assert lost == [("178028203#1", 2)]


def test_coordinated_signals_of_a_corridor_come_back_from_sumo(real_data: Path, tmp_path: Path,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    """Walks, single entry and second detectors of a lane are lost, which the export says; offsets are converted."""
    require_sumo(monkeypatch, "netconvert")
    network = corridor(real_data, tmp_path)
    back = {one.id: one for one in through_sumo(network, tmp_path).controls}
    assert len(back) == len(network.controls) == 8
    for control in network.controls:
        other = back[control.id]
        assert (other.method, other.force_off) == ("coordinated", control.force_off)
        assert plain(other.phases, OF_SUMO) == values(control.phases, OF_SUMO)
        assert zero_and_cycle(other) == begins(control)


def test_coordinated_signals_come_back_from_gmns(real_data: Path, tmp_path: Path) -> None:
    """All of them by our own columns; by those of the specification alone without recalls, arrows, single entry."""
    network = corridor(real_data, tmp_path)
    write_gmns(network, tmp_path / "gmns")
    assert ts.read(tmp_path / "gmns").network.controls == network.controls
    config = tmp_path / "gmns" / "config.csv"
    config.write_text(config.read_text().replace(WRITTEN_BY, "somebody"))
    back = {one.id: one for one in ts.read(tmp_path / "gmns").network.controls}
    assert len(back) == len(network.controls)
    for control in network.controls:
        other = back[control.id]
        assert other.method == "coordinated"
        assert plain(other.phases, OF_GMNS) == values(control.phases, OF_GMNS)
        assert zero_and_cycle(other) == begins(control)
