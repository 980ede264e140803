"""The queue at a fixed-time signal that measured delay is held against; the package ships it for its evidence."""

from __future__ import annotations

from trafficsim.evidence.fixed_cycle import FixedCycle as FixedCycle
from trafficsim.evidence.fixed_cycle import crossings as crossings
from trafficsim.evidence.fixed_cycle import hcm_delay_s as hcm_delay_s
