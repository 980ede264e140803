"""Settings of the queue engine: the table ``[queue]`` of a scenario."""

from __future__ import annotations

from pydantic import Field

from trafficsim.spec.model import Model


class QueueSettings(Model):
    """Settings of the engine ``queue``.

    Parameters
    ----------
    saturation_flow_veh_h
        Saturation flow of a lane with cars of the default class that goes straight on at 50 km/h (veh/h); other
        classes, speeds and turns follow from it. Default: what the cellular automaton discharges (1,880; field values
        1,780 to 1,950).
    start_loss_s
        Start-up lost time: the first vehicle of a queue crosses its line so long and one headway after the begin of
        green. Default: 2.0 (HCM 2016, ch. 19).
    bounded_acceleration
        Who starts at a stop line loses time in speeding up beyond it. Default: true; false: queues leave at free speed,
        as in kinematic-wave theory.
    spillback
        Links have the room that they are long, and queues spill back. Default: true; false: every link stores any
        number of vehicles (vertical queues), as theorems on stability suppose; a result to report beside the other.

    Examples
    --------
    >>> QueueSettings().saturation_flow_veh_h
    1880.0
    """

    saturation_flow_veh_h: float = Field(default=1880.0, ge=600, le=2800)
    start_loss_s: float = Field(default=2.0, ge=0, le=6)
    bounded_acceleration: bool = True
    spillback: bool = True
