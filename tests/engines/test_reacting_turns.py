"""Turns on red and permitted left turns at signals that react, in both engines."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
import pytest

import trafficsim as ts
from tests.support.reacting_junctions import reacting
from trafficsim.spec.control import ControlPhase
from trafficsim.spec.network import Network

ENGINES = pytest.mark.parametrize("engine", ["ca", "queue"])
PLAIN, ON_RED = ts.junction(), ts.junction(nearside_turn_on_red=True)
TARGET = {turn: next(one.to_link for one in PLAIN.connections if one.from_link == "in0" and one.turn == turn)
          for turn in ("left", "right", "through")}


def index_of(turn: str, link: str = "in0") -> int:
    return next(one.signal_index or 0 for one in PLAIN.connections if one.from_link == link and one.turn == turn)


def world(network: Network, turn: str, others: tuple[tuple[str, str, float], ...] = ()) -> ts.Scenario:
    """Who turns from one arm, and others who drive from an arm to another."""
    flows = [ts.Flow(id="turn", origin="in0", destination=TARGET[turn], volume_veh_h=240.0)]
    flows += [ts.Flow(id=f"{origin}{target}", origin=origin, destination=target, volume_veh_h=volume)
              for origin, target, volume in others]
    return ts.Scenario(name="turns", network=network, demand=ts.Demand(flows=tuple(flows)),
                       time=ts.Time(analysis_s=600.0, clear_s=1200.0))


def delay_s(result: Any) -> float:
    trips = result.trips
    assert trips["exit_s"].notna().all()
    return float(trips[trips["name"].str.startswith("turn#")]["delay_s"].mean())


def shown_to(result: Any, index: int) -> pd.DataFrame:
    rows = result.signals_shown
    return rows[rows["groups"].str.split().map(lambda names: str(index) in names)]


@cache
def turned_on_red(engine: str, allowed: bool) -> Any:
    network = reacting(ON_RED if allowed else PLAIN, "actuated", recall="max", max_green_s=40.0)
    return ts.run(world(network, "right", (("in1", "out3", 200.0),)), engine=engine)


@ENGINES
def test_a_turn_on_red_is_shown_and_used_while_the_controller_has_others_green(engine: str) -> None:
    with_arrow, without = (turned_on_red(engine, allowed) for allowed in (True, False))
    states = shown_to(with_arrow, index_of("right"))["state"].tolist()
    assert states[:5] == ["G", "y", "s", "r", "G"], "the arrow stands in for red until it is the turn's green again"
    assert "s" not in set(without.signals_shown["state"])
    assert delay_s(with_arrow) < 0.8 * delay_s(without)


def lefts(letter: str, protected: bool) -> Network:
    """Opposing streets together with a left turn as told, after a stage in which it is protected; the cross street."""
    def green(*links: str, left: str = "g") -> str:
        turn = {one.signal_index: one for one in PLAIN.connections if one.from_link in links}
        return "".join("r" if place not in turn else left if turn[place].turn == "left" else "G"
                       for place in range(12))

    lead = ControlPhase(number=1, green=green("in0", left="G"), name="lead", min_green_s=8, max_green_s=12,
                        recall="max")
    both = ControlPhase(number=2, green=green("in0", "in2", left=letter), name="both", position=1, min_green_s=10,
                        max_green_s=40, recall="max")
    cross = ControlPhase(number=3, green=green("in1", "in3"), name="cross", position=2, min_green_s=10,
                         max_green_s=20, recall="max")
    control = reacting(PLAIN, "actuated").controls[0]
    phases = (lead, both, cross) if protected else (both, cross)
    return replace(PLAIN, controls=(control.model_copy(update={"phases": phases}),))


@cache
def turned_left(engine: str, opposing_veh_h: float, protected: bool = True) -> Any:
    opposing = (("in2", "out0", opposing_veh_h), ("in1", "out3", 60.0)) if opposing_veh_h else (("in1", "out3", 60.0),)
    return ts.run(world(lefts("g", protected), "left", opposing), engine=engine)


@ENGINES
def test_a_permitted_left_turn_gives_way_and_is_cleared_from_protected_green(engine: str) -> None:
    free, busy, alone = (turned_left(engine, 0.0), turned_left(engine, 900.0), turned_left(engine, 900.0, False))
    left, opposing = shown_to(busy, index_of("left")), shown_to(busy, index_of("through", "in2"))
    states = left["state"].tolist()
    assert {"G", "g", "y"} <= set(states)
    follows = list(itertools.pairwise(states))
    assert ("G", "g") not in follows, "oncoming vehicles get green: the protected turn is cleared by yellow first"
    begins = opposing[opposing["state"] == "G"]["since_s"].tolist()
    for since_s, state in zip(left["since_s"], states, strict=True):
        if state == "y":
            assert not [one for one in begins if since_s <= one < since_s + 3.0]
    # Who turns gives way to oncoming vehicles while the turn is permitted, and has green of its own before.
    assert delay_s(free) < delay_s(busy) < delay_s(alone)
