"""SUMO as it is installed beside the tests, and networks that went there and came back."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from trafficsim.spec.network import Network
from trafficsim.spec.signals import SignalProgram

CLOSE = 0.01
"""Share by which lengths may differ."""


def sumo_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the programs of the environment on the path."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def require_sumo(monkeypatch: pytest.MonkeyPatch, *programs: str) -> None:
    """Put the programs of the environment on the path, and skip a test where one that it needs is not there."""
    sumo_on_path(monkeypatch)
    absent = [program for program in programs if shutil.which(program) is None]
    if absent:
        pytest.skip(f"SUMO ABSENT: no program {', '.join(absent)}; install the package eclipse-sumo==1.28.0")


def shown(program: SignalProgram, index: int) -> list[str]:
    """What an index shows in every second of a cycle; who has priority is for right of way to say."""
    times = [(phase.duration_s, phase.state[index].lower()) for phase in program.phases]
    letters = [letter for seconds, letter in times for _ in range(round(seconds))]
    shift = round(program.offset_s) % len(letters)
    return letters[-shift:] + letters[:-shift] if shift else letters


def compare_links(network: Network, back: Network, names: dict[str, str]) -> None:
    """Hold the links of a network that came back against those that were written under these names."""
    assert set(back.links) == set(names.values())
    for link, one in network.links.items():
        other = back.links[names[link]]
        assert other["lanes"] == one["lanes"], link
        assert other["length_m"] == pytest.approx(one["length_m"], rel=CLOSE), link
        assert other["speed_limit_kmh"] == pytest.approx(one["speed_limit_kmh"], abs=0.05), link


def compare_connections(network: Network, back: Network, names: dict[str, str]) -> None:
    """Hold movements, lane by lane, and what their signals show, against those that were written."""
    others = {(one.from_link, one.from_lane, one.to_link, one.to_lane): one for one in back.connections}
    own = {(names[one.from_link], one.from_lane, names[one.to_link], one.to_lane): one for one in network.connections}
    assert set(own) == set(others)
    programs, written = ({one.id: one for one in side.signals} for side in (network, back))
    for key, one in own.items():
        other = others[key]
        assert (one.signal is None) == (other.signal is None), key
        if one.signal is not None and other.signal is not None:
            assert shown(programs[one.signal], one.signal_index or 0) == \
                shown(written[other.signal], other.signal_index or 0), key
