"""Lower what drivers do on the approaches of signals: the decision at yellow, and who does not see the signal."""

from __future__ import annotations

import numpy as np

from trafficsim.plan.arrays import ApproachArrays
from trafficsim.plan.network import NetworkPlan
from trafficsim.spec.drivers import Drivers

PER_10000 = 1.0e-4


def lower_approaches(network: NetworkPlan, drivers: Drivers) -> ApproachArrays:
    """Give every link from which a signal is met the values of the scenario's drivers.

    Where all stop who can (``at_yellow = "if_possible"``) median and spread are 0: a shift cannot move them below.
    """
    connections = network.connections
    link = np.unique(network.lanes.link[connections.from_lane[connections.signal_group >= 0]]).astype(np.int32)
    late = drivers.at_yellow == "observed"
    return ApproachArrays(
        link=link, tau50_s=np.full(len(link), drivers.tau50_s if late else 0.0),
        spread_s=np.full(len(link), drivers.tau_spread_s if late else 0.0),
        inattention=np.full(len(link), drivers.inattention_per_10000 * PER_10000),
        hard_stop_share=np.zeros(len(link)),
    )
