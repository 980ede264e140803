"""Controls as logics of SUMO: netconvert and SUMO take them, and they come back as they were."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import trafficsim as ts
from tests.io.sumo_files import PROGRAM, imported, signal_net
from tests.io.test_sumo_loops import LOGIC as ACTUATED
from tests.io.test_sumo_nema import LOGIC as NEMA
from tests.support.sumo_peer import require_sumo
from trafficsim.io.sumo import read_sumo
from trafficsim.spec.control import SignalControl
from trafficsim.spec.network import Network

COORDINATED = ACTUATED.replace('<param key="max-gap" ', '<param key="coordinated" value="true"/><param key="max-gap" '
                               ).replace('<phase duration="20"', '<phase earliestEnd="53" duration="20"')
MORE = '<phase duration="2" state="rrrrr"/><phase duration="1" state="rrruu"/>'
THREE = ACTUATED.replace('<phase duration="3" state="yyyrr"/>', '<phase duration="3" state="yGgrr"/>'
                         '<phase duration="12" minDur="5" maxDur="20" state="rGGrr"/>'
                         '<phase duration="3" state="ryyrr"/>')
LOGICS = {"actuated": ACTUATED, "a stage in which nobody begins": THREE, "coordinated actuated": COORDINATED,
          "NEMA": NEMA,
          "NEMA without coordination": NEMA.replace('mode" value="true"', 'mode" value="false"'),
          "Type 170": NEMA.replace('<param key="minRecall"', '<param key="controllerType" value="Type170"/>'
                                   '<param key="fixForceOff" value="true"/><param key="minRecall"'),
          "actuated with all red": ACTUATED.replace('state="yyyrr"/>', f'state="yyyrr"/>{MORE}')}


def network_of(folder: Path, logic: str) -> Network:
    """Return the small network with a logic."""
    return imported(folder, signal_net().replace(PROGRAM, logic)).network


def exported(network: Network, folder: Path) -> tuple[Path, ...]:
    """Write a network for SUMO."""
    folder.mkdir()
    return ts.export("sumo", ts.Scenario(name="s", network=network), folder).files


def same(one: SignalControl, other: SignalControl) -> None:
    """Hold two controls against each other, but for what files name anew."""
    free = {"origin", "program", "detectors"}
    assert one.model_dump(exclude=free) == other.model_dump(exclude=free)
    places = [{(each.link, each.lane, round(each.distance_m, 1), round(each.length_m, 1), frozenset(each.phases),
                each.use) for each in control.detectors} for control in (one, other)]
    assert places[0] == places[1]


@pytest.mark.parametrize("case", LOGICS)
def test_controls_come_back_from_sumo_as_they_were(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_sumo(monkeypatch, "netconvert", "sumo")
    network = network_of(tmp_path, LOGICS[case])
    exported(network, tmp_path / "out")
    net, more = tmp_path / "out" / "s.net.xml", tmp_path / "out" / "s.add.xml"
    for files in ((), (more,)):
        (control,) = read_sumo(net, additional=files).network.controls
        assert control.method == network.controls[0].method
    same(network.controls[0], control)
    done = subprocess.run(["sumo", "-n", str(net), "-a", str(more), "--end", "200", "--no-step-log"], text=True,
                          capture_output=True, check=False, stdin=subprocess.DEVNULL, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Error" not in done.stderr


def test_a_method_that_sumo_does_not_have_runs_its_fixed_program(tmp_path: Path) -> None:
    network = network_of(tmp_path, ACTUATED)
    (control,) = network.controls
    asked = control.model_copy(update={"method": "max_pressure"})
    changed = Network(network.graph, network.connections, network.signals, controls=(asked,))
    (tmp_path / "out").mkdir()
    done = ts.export("sumo", ts.Scenario(name="s", network=changed), tmp_path / "out")
    assert 'type="static"' in (tmp_path / "out" / "s.tll.xml").read_text()
    assert any(note.startswith("warning: 1 signals that react run their fixed programs in SUMO") for note in done.notes)
