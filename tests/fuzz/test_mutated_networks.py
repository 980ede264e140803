"""A few mutated networks: those of the data folder, and the small one that needs no data."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import fromstring, tostring

import pytest

from tests.fuzz.mutated_networks import outcome
from tests.fuzz.network_mutations import KINDS, Stable, mutated
from tests.io.sumo_files import signal_net
from trafficsim.io.toml import dump_toml

FLOWS = "".join(f'<flow id="{a}>{b}" from="{a}_in" to="{b}_out" begin="0" end="120" vehsPerHour="300"/>'
                for a, b in ("we", "ew", "es", "se", "sw"))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", KINDS)
def test_the_small_network_runs_without_a_part(kind: str, seed: int, tmp_path: Path) -> None:
    (tmp_path / "a.net.xml").write_bytes(tostring(mutated(fromstring(signal_net()), kind, seed).root))
    (tmp_path / "a.rou.xml").write_text(f"<routes>{FLOWS}</routes>")
    file = tmp_path / "a.toml"
    file.write_text(dump_toml({
        "name": "small", "network": {"sumo": {"network": "a.net.xml", "routes": ["a.rou.xml"]}},
        "time": {"analysis_s": 120.0, "clear_s": 300.0},
    }))
    found = outcome(file)
    if mutated(fromstring(signal_net()), kind, seed).removed == "j":
        assert "no edge that can be used (edge 'w_in': junction 'j' is not in the file)" in found.refusal
    else:
        assert found.vehicles["completed"] == found.vehicles["demanded"] > 0
        assert found.repairs


def test_mutations_are_drawn_by_their_seed() -> None:
    drawn = [mutated(fromstring(signal_net()), "lane", seed).removed for seed in range(20)]
    assert drawn == [mutated(fromstring(signal_net()), "lane", seed).removed for seed in range(20)]
    assert len(set(drawn)) > 5


def test_a_few_mutated_networks_run_or_say_what_is_impossible(real_data: Path, tmp_path: Path) -> None:
    stable = Stable(real_data, tmp_path)
    for seed in (1, 20, 40, 49, 63, 75):
        file, removed = stable.scenario(seed)
        found = outcome(file)
        assert found.refusal or found.vehicles["demanded"] > 0, removed
