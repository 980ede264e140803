"""Loops of actuated logics: where they lie, and which greens they extend. Places were asked of SUMO 1.28.0 by TraCI."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.io.sumo_files import PROGRAM, imported, signal_net
from trafficsim.base.errors import InputError
from trafficsim.io.sumo import read_sumo
from trafficsim.io.sumo.logics import parameters, steps_of, stretches
from trafficsim.io.sumo.loops import Loop, extending, lanes_of, loops_of
from trafficsim.io.sumo.xml import Element, read_xml
from trafficsim.spec.network import Network

LOGIC = """<tlLogic id="T" type="actuated" programID="0" offset="7">
        <param key="max-gap" value="2.5"/><param key="max-gap:s_in_0" value="4"/>
        <phase duration="30" minDur="10" maxDur="40" state="GGgrr"/><phase duration="3" state="yyyrr"/>
        <phase duration="20" minDur="4" maxDur="30" state="rrrGG"/><phase duration="3" state="rrryy"/>
    </tlLogic>"""
BY_SUMO = {
    "1525212345": {("206889086#1", 0): 2.2, ("206889086#1", 1): 2.2},
    "220523277": {("178028203#1", 1): 12.14, ("178028203#1", 2): 12.14, ("-178028203#2", 1): 16.02,
                  ("-178028203#2", 2): 16.02},
    "246771374": {("72230304#1", 2): 23.49, ("72230304#1", 3): 23.49},
    "cluster_101333380_1652675105_1704693841_2169462573_#17more": {
        ("-152839428.39", 1): 6.65, ("-152839428.39", 2): 6.65, **{("318210357#0", lane): 23.49 for lane in range(4)},
        ("52036180#5", 1): 23.49, ("52036180#5", 2): 23.49, ("220194458#4", 0): 23.49,
        **{("318210355", lane): 0.05 for lane in range(2, 6)}},
    "cluster_1412093644_1704693818_1704693823_3094848229_#8more": {("-218797686#0", 0): 23.49},
    "cluster_261705708_8243171049_987195315_9945733967": {
        ("23925119#3", 0): 9.22, **{("1102336903#0", lane): 23.49 for lane in range(3)}},
    "J0": {},
}
"""Metres before the end of the lane, of the loops on lanes for cars."""


def small(tmp_path: Path, old: str = "", new: str = "") -> tuple[Element, Network]:
    """Return the logic, with a part of it replaced, and its network."""
    text = LOGIC.replace(old, new, 1) if old else LOGIC
    network = imported(tmp_path, signal_net().replace(PROGRAM, text)).network
    return next(read_xml(tmp_path / "a.net.xml", ("net",)).all("tlLogic")), network


def loops(element: Element, network: Network) -> tuple[Loop, ...]:
    """Return the loops of a logic."""
    steps = steps_of(element, range(len(list(element.all("phase")))))
    return loops_of(element, parameters(element), steps, network, {})


def test_loops_of_a_real_street_lie_where_sumo_places_them(real_data: Path) -> None:
    file = real_data / "sumo_doerpfeldstr" / "net.net.xml.gz"
    network = read_sumo(file).network
    actuated = [one for one in read_xml(file, ("net",)).all("tlLogic") if one.get("type") == "actuated"]
    found = {one.get("id"): {(loop.link, loop.lane): loop.distance_m for loop in loops(one, network)}
             for one in actuated}
    assert found == {name: pytest.approx(places, abs=0.006) for name, places in BY_SUMO.items()}


def test_gap_of_a_lane_comes_before_that_of_the_logic(tmp_path: Path) -> None:
    element, network = small(tmp_path)
    found = {(loop.link, loop.lane): (loop.gap_s, loop.distance_m) for loop in loops(element, network)}
    assert found == {("w_in", 0): (2.5, pytest.approx(2 * 50 / 3.6, abs=0.01)),
                     ("e_in", 1): (2.5, pytest.approx(2 * 50 / 3.6, abs=0.01)),
                     ("s_in", 0): (4.0, pytest.approx(2 * 30 / 3.6, abs=0.05))}


def test_short_greens_bring_a_loop_nearer(tmp_path: Path) -> None:
    """Two vehicles and a half in 3.8 s of 1.9 s each: 2.5 x 7.5 m; at 60 km/h and 2 s it would be 33 m."""
    element, network = small(tmp_path, 'minDur="10"', 'minDur="3.8"')
    places = {loop.link: loop.distance_m for loop in loops(element, network)}
    assert places["w_in"] == pytest.approx(2.5 * 7.5)


def test_a_green_is_extended_by_lanes_of_which_every_movement_goes(tmp_path: Path) -> None:
    """The lane from the east has a left turn that gives way and never has more: the through movement counts."""
    element, network = small(tmp_path)
    steps = steps_of(element, range(4))
    lanes, all_loops = lanes_of(network, "T"), loops(element, network)
    greens = stretches(steps, set(lanes.connections))
    by_green = [{loop.link for loop in extending(green.state, steps, all_loops, lanes, network.links)}
                for green in greens]
    assert by_green == [{"w_in", "e_in"}, {"s_in"}]
    assert [(green.least_s, green.most_s) for green in greens] == [(10.0, 40.0), (4.0, 30.0)]


def test_steps_that_differ_for_people_on_foot_alone_are_one_green(tmp_path: Path) -> None:
    element, network = small(tmp_path, '<phase duration="3" state="yyyrr"/>',
                             '<phase duration="5" state="GGgrr"/><phase duration="3" state="yyyrr"/>')
    steps = steps_of(element, range(5))
    (first, _) = stretches(steps, set(lanes_of(network, "T").connections))
    assert (first.least_s, first.most_s, [step.place for step in first.steps]) == (15.0, 45.0, [0, 1])


def test_no_detector_and_unknown_names(tmp_path: Path) -> None:
    gap = '<param key="max-gap" value="2.5"/>'
    element, network = small(tmp_path, gap, '<param key="w_in_0" value="NO_DETECTOR"/>')
    assert {loop.link for loop in loops(element, network)} == {"e_in", "s_in"}
    with pytest.raises(InputError, match="param max-gap:s_in_9: found lane 's_in_9'"):
        small(tmp_path, "max-gap:s_in_0", "max-gap:s_in_9")
    with pytest.raises(InputError, match="detector 'loop', which no file holds"):
        small(tmp_path, gap, '<param key="w_in_0" value="loop"/>')
