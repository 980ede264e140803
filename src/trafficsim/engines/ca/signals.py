"""Signals of a program: the state of every group, and the controller that commands it."""

from __future__ import annotations

import numpy as np

from trafficsim.base.codes import NOT_SHOWN
from trafficsim.control.metered import controller_of
from trafficsim.engines.ca.control import NEVER, SignalControl
from trafficsim.engines.ca.merged_groups import MergedGroups
from trafficsim.engines.ca.network import table
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.reacting import reacting_groups
from trafficsim.kernels.ca.signal_tables import GROUP_FIELDS, SWITCH_FIELDS, Signals
from trafficsim.plan.arrays import Plan


def compile_signals(merged: MergedGroups) -> Signals:
    """Return groups that show nothing yet, and no command."""
    group = table(GROUP_FIELDS, len(merged.name), {"name": merged.name})
    group.state[:] = NOT_SHOWN
    return Signals(group=group, switch=table(SWITCH_FIELDS, 1, {"tick": np.array([NEVER])}), done=np.zeros(1, np.int64))


def fixed_time(plan: Plan, settings: CellularAutomaton, merged: MergedGroups) -> SignalControl:
    """Return the control of a run whose signals follow the programs of the plan; its control ticks are the engine's."""
    reacting = reacting_groups(plan)
    fixed = merged.name[~reacting[merged.name]]
    return SignalControl(controller_of(plan, settings.tick_s).only(fixed), merged, reacting)
