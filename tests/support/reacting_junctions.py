"""A junction of two streets whose signal reacts, in either engine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import trafficsim as ts
from trafficsim.design.timing.controls import control_of
from trafficsim.spec.control import SignalDetector
from trafficsim.spec.network import Network

ARMS = range(4)


def crossing(volume_veh_h: float = 300.0, seconds: float = 600.0, network: Network | None = None) -> ts.Scenario:
    """Everybody goes straight on, from all four arms."""
    flows = tuple(ts.Flow(id=f"f{arm}", origin=f"in{arm}", destination=f"out{(arm + 2) % 4}",
                          volume_veh_h=volume_veh_h) for arm in ARMS)
    return ts.Scenario(name="crossing", time=ts.Time(analysis_s=seconds, clear_s=1200.0),
                       network=network or ts.junction(), demand=ts.Demand(flows=flows))


def reacting(network: Network, method: str = "requested", **more: Any) -> Network:
    """The network with a signal that has a detector 30 m before and one at every line; ``more`` changes phases."""
    control = control_of(network, network.signals[0], "requested")
    assert control is not None
    phases = tuple(one.model_copy(update=more) for one in control.phases)
    detectors = tuple(SignalDetector(id=f"{at}{arm}", link=f"in{arm}", distance_m=at, length_m=3.0)
                      for arm in ARMS for at in (0, 30))
    return replace(network, controls=(control.model_copy(update={
        "method": method, "phases": phases, "detectors": detectors, "intergreens": ()}),))
