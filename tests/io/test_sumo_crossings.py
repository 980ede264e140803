"""Crossings of SUMO networks that have a signal of their own, and how long pedestrians wait there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import trafficsim as ts
from tests.io.sumo_files import PROGRAM, imported, signal_net
from tests.results.test_pedestrians import seen, shown
from tests.results.tiny import LABELS
from trafficsim.io.gmns.writer import write_gmns
from trafficsim.io.sumo import read_sumo
from trafficsim.plan.lower import lower
from trafficsim.results.pedestrians import OWN, pedestrian_delay_table
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

ENTRY = '<connection from=":j_w0" to=":j_c0" fromLane="0" toLane="0" tl="T" linkIndex="5" dir="s" state="M"/>\n</net>'


def with_crossing(tmp_path: Path, program: str) -> ts.Imported:
    return imported(tmp_path, signal_net().replace(PROGRAM, program).replace("</net>", ENTRY))


def test_a_crossing_with_a_signal_index_is_read(tmp_path: Path) -> None:
    program = PROGRAM.replace('state="GGgrr"', 'state="GGgrrr"').replace('state="yyyrr"', 'state="yyyrrr"').replace(
        'state="rrrGG"', 'state="rrrGGG"').replace('state="rrryy"', 'state="rrryyr"')
    found = with_crossing(tmp_path, program)
    (crossing,) = found.network.crossings
    assert (crossing.id, crossing.signal, crossing.signal_index, crossing.length_m) == (":j_c0", "T", 5, 4.0)
    assert found.counts["read"]["crossing for pedestrians with a signal"] == 1
    write_gmns(found.network, tmp_path / "gmns")
    assert ts.read(tmp_path / "gmns").network.crossings == found.network.crossings


def test_a_crossing_without_a_letter_of_its_own_is_none(tmp_path: Path) -> None:
    assert not with_crossing(tmp_path, PROGRAM).network.crossings


def test_pedestrians_at_a_worked_example_of_the_german_guideline(real_data: Path) -> None:
    """Green for 26 of 90 s on all four sides: (90 - 30)^2 / 180 = 20 s."""
    network = read_sumo(real_data / "sumo_rilsa" / "RiLSA1" / "rilsa1.net.xml").network
    assert [one.length_m for one in network.crossings] == [9.8] * 4
    links = list(network.links)
    flow = ts.Flow(id="f", origin=links[0], destination=links[0], volume_veh_h=10.0)
    scenario = ts.Scenario(name="rilsa", network=network, time=ts.Time(analysis_s=900.0))
    plan = lower(World(scenario, network, ts.Demand(flows=(flow,)), DEFAULT_CLASSES)).plan
    record = seen(shown([(one.duration_s, one.state) for one in network.signals[0].phases], 10))
    table = pedestrian_delay_table(plan, replace(record, end_s=900.0), LABELS)
    assert table["basis"].tolist() == [OWN] * 4
    assert table["delay_s"].tolist() == pytest.approx([20.0] * 4, abs=0.5)
    assert set(table["level"]) <= {"B", "C"}
