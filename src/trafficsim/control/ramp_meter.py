"""ALINEA: a ramp meter that keeps the road beyond the merge at an occupancy.

Papageorgiou, Hadj-Salem & Blosseville 1991 (Transportation Research Record 1320, 58-64):
``r(k) = r(k-1) + K_R (o* - o(k))`` with rates in vehicles per hour and occupancies in percentage points.
"""

from __future__ import annotations

from collections.abc import Mapping

from trafficsim.control.measured import Measured, Site
from trafficsim.spec.roadside import RampMeter

ROAD, RAMP = 0, 1
"""Places of the links of its site."""


class Alinea:
    """One meter. It begins at its highest rate, and remembers the rate that it showed, within the bounds.

    Occupancy is that of a detector in the mean lane: the density per lane times the length over which a vehicle
    occupies the detector. While the ramp is full the meter lets go at its highest rate (queue override), and remembers
    the rate that it would have shown.

    Parameters
    ----------
    meter
        Its parameters.
    site
        The link beyond the merge, and the ramp.

    Examples
    --------
    >>> import numpy as np
    >>> meter = RampMeter(name="m", ramp="on", measured="main", every_s=40, occupancy_percent=20, gain_veh_h=70,
    ...                   least_veh_h=240, most_veh_h=900, effective_length_m=5, queue_share=0.8)
    >>> two = np.ones(2)
    >>> site = Site(500 * two, two, 100 * two, 100 * two, 7.0)
    >>> dense = Measured(0 * two, np.array([46.0, 0.0]), 50 * two)  # 46 veh/km over 5 m: 23 %
    >>> one = Alinea(meter, site)
    >>> one.decide(40.0, dense)[0][0], one.decide(80.0, dense)[0][0]
    (690.0, 480.0)
    """

    def __init__(self, meter: RampMeter, site: Site) -> None:
        self._meter, self._site = meter, site
        self._rate = meter.most_veh_h

    def decide(self, time_s: float, traffic: Measured) -> Mapping[int, tuple[float, str]]:
        """Return the new rate."""
        meter = self._meter
        percent = occupancy_percent(float(traffic.density_veh_km[ROAD] / self._site.lanes[ROAD]),
                                    meter.effective_length_m)
        wanted = self._rate + meter.gain_veh_h * (meter.occupancy_percent - percent)
        self._rate = round(min(max(wanted, meter.least_veh_h), meter.most_veh_h), 6)
        why = f"occupancy {percent:.1f} % beyond the merge"
        if self._taken(traffic) >= meter.queue_share:
            return {0: (meter.most_veh_h, f"the queue fills the ramp; {why}")}
        return {0: (self._rate, why)}

    def _taken(self, traffic: Measured) -> float:
        """Share of the storage of the ramp that is taken."""
        return float(traffic.density_veh_km[RAMP] / self._site.lanes[RAMP] * self._site.vehicle_m / 1000.0)


def occupancy_percent(density_veh_km_lane: float, effective_length_m: float) -> float:
    """Share of time in which a detector is occupied, in per cent: density times the length that occupies it.

    Athol 1965 (Highway Research Record 72): with vehicles of one length and steady traffic the two are proportional.

    Examples
    --------
    >>> occupancy_percent(25.0, 6.5)
    16.25
    """
    return 0.1 * density_veh_km_lane * effective_length_m
