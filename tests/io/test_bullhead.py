"""One corridor in four formats: where the files agree, readers agree; where they contradict each other, it is known.

``python -m benchmarks.bullhead`` prints the same as tables, with the delays of the same demand.
"""

from __future__ import annotations

import pytest

from tests.support.bullhead import (
    FORMATS,
    LENGTH_TOLERANCE,
    corridor,
    lane_movements,
    lanes,
    lengths_m,
    movements,
    shown,
    with_lanes_beyond_of,
    with_timing_of,
)
from trafficsim.io.imported import Imported

OTHERS = FORMATS[1:]
LATE_S = 0.11
"""Files state times to 0.1 s."""


@pytest.fixture(scope="module", name="files")
def _files() -> dict[str, Imported]:
    return {form: corridor(form) for form in FORMATS}


@pytest.mark.parametrize("form", OTHERS)
def test_links_and_lanes(files: dict[str, Imported], form: str) -> None:
    first, other = files["utdf"].network, files[form].network
    assert set(map(str, first.graph)) == set(map(str, other.graph))
    assert lanes(first) == lanes(other)
    assert len(first.links) == 42


@pytest.mark.parametrize("form", OTHERS)
def test_lengths_between_junctions(files: dict[str, Imported], form: str) -> None:
    own, other = lengths_m(files["utdf"].network), lengths_m(files[form].network)
    assert max(abs(other[link] / own[link] - 1.0) for link in own) < LENGTH_TOLERANCE


@pytest.mark.parametrize("form", OTHERS)
def test_movements_and_the_lanes_from_which_they_go(files: dict[str, Imported], form: str) -> None:
    assert movements(files[form].network) == movements(files["utdf"].network)
    assert lane_movements(files[form].network) == lane_movements(files["utdf"].network)


def test_timing_of_utdf_is_that_which_synchro_computed(files: dict[str, Imported]) -> None:
    """The file states the beginning of each of its 46 phases; greens, rings and offsets lead to all of them."""
    counts = files["utdf"].counts
    assert counts["read"]["beginning of a phase that agrees with greens and offset"] == 46
    assert "signal-start-contradicted" not in counts["repaired"]
    assert "signal-cycle-fitted" not in counts["repaired"]
    cycles = {one.id: one.cycle_s for one in files["utdf"].network.signals}
    stated = {"39": 73.2, "75": 70.3, "78": 57.1, "80": 45.0, "82": 76.5, "84": 65.4, "87": 68.2, "98": 60.5}
    assert cycles == pytest.approx(stated)


def test_timing_of_the_sumo_file_differs_as_it_does(files: dict[str, Imported]) -> None:
    """SUMO's file was made without all-red: greens last longer by it. At signal 39 a step of 0.1 s got a yellow."""
    own, other = shown(files["utdf"].network), shown(files["sumo"].network)
    for pair, movement in own.items():
        match, signal = other[pair], pair[0].rpartition("_")[2]
        assert match.cycle_s - movement.cycle_s == pytest.approx(3.6 if signal == "39" else 0.0, abs=0.01)
        letter, begin_s, length_s = movement.greens[0]
        if signal == "39" or match.greens[0][2] >= match.cycle_s:  # right turns are never red in that file
            continue
        late_s = (match.greens[0][1] - begin_s) % movement.cycle_s
        assert min(late_s, movement.cycle_s - late_s) < LATE_S, pair
        assert letter in "Gg"
        assert -0.4 < match.greens[0][2] - length_s < 3.0


def test_tables_hold_another_plan(files: dict[str, Imported]) -> None:
    """Their greens do not fill their cycles, which are not those of UTDF."""
    assert files["tables"].counts["repaired"]["signal-cycle-fitted"] == 8
    assert [one.cycle_s for one in files["tables"].network.signals] == pytest.approx([80, 80, 70, 70, 60, 90, 90, 70])


def test_gmns_of_the_corridor_has_no_timing(files: dict[str, Imported]) -> None:
    assert "signal controller with ring-barrier timing" not in files["gmns"].counts["read"]


@pytest.mark.parametrize("form", ["sumo", "tables"])
def test_timing_can_be_carried_over(files: dict[str, Imported], form: str) -> None:
    """The comparison of delays gives every network the timing of UTDF, movement by movement."""
    made = with_timing_of(files[form].network, files["utdf"].network)
    assert shown(made) == shown(files["utdf"].network)


def test_lanes_beyond_can_be_carried_over(files: dict[str, Imported]) -> None:
    """What the comparison of delays does with them changes nothing where they are the network's own."""
    network = files["utdf"].network
    again = with_lanes_beyond_of(network, network)
    assert again.connections == network.connections
    assert shown(again) == shown(network)
    theirs = with_lanes_beyond_of(network, files["gmns"].network)
    own, gmns = ({(one.from_link, one.from_lane, one.to_link, one.to_lane) for one in of.connections}
                 for of in (network, files["gmns"].network))
    assert {(one.from_link, one.from_lane, one.to_link, one.to_lane) for one in theirs.connections} == gmns
    assert len(own - gmns) == 15


def test_turning_volumes_are_all_there(files: dict[str, Imported]) -> None:
    """72 movements; each gets its volume, though links bring other volumes than the next junction counts."""
    demand = files["utdf"].demand
    turned: dict[tuple[str, str], float] = {}
    for flow in demand.flows:
        for pair in zip(flow.route, flow.route[1:], strict=False):
            turned[pair] = turned.get(pair, 0.0) + flow.volume_veh_h
    assert turned["75_39", "39_106"] == pytest.approx(7732, abs=0.01)
    assert turned["84_82", "82_80"] == pytest.approx(1402, abs=0.01)
    assert turned["85_84", "84_86"] == pytest.approx(8, abs=0.01)
    assert len(turned) == 72
    assert files["utdf"].counts["repaired"]["volume-unbalanced"] == 14
