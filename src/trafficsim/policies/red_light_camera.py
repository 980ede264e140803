"""Red-light cameras on approaches of signals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field

from trafficsim.base.errors import PolicyError
from trafficsim.policies.enforcing import COMMON_NUMBERS, EnforcementPolicy
from trafficsim.spec.enforcement import Deployment, Offence
from trafficsim.spec.network import Network
from trafficsim.spec.policy import Builder
from trafficsim.spec.selectors import Links

TAU50, HARD_STOPS = "approach.tau50_s", "approach.hard_stop_share"


class RedLightCamera(EnforcementPolicy):
    """Put up red-light cameras on approaches of signals.

    Mechanism: red running is two processes. A camera moves the first: on the approaches that have one, the time to the
    stop line at which half of the drivers stop at yellow, tau50, is ``shift_s`` less; more drivers stop, also those who
    are near. It leaves the second, drivers who do not see the signal at all, as it is. ``hard_stop_share`` is a stated
    option: so many more of those who stop at yellow brake late, with the hardest braking that drivers accept
    (5 m/s²). Whoever crosses later than ``tolerance_s`` after the onset of red, of either process, is detected with
    the probability ``detection`` and sanctioned with ``sanctioned``: rows of the table ``events``. Drivers know the
    place and not its hours: tau50 is less on all days from the first to the last of the schedule.

    Source: violations fall by 20 to 60 % where cameras were put up (US DOT, ITS Knowledge Resources, summary of systems
    in the United States); a shift of 0.5 to 0.8 s, and 5 to 10 % more who brake harder than 3.9 m/s², are chosen to
    give this. Grade C. Origin: input.

    Limits: the fall of violations is an input and no evidence for the simulation. Nothing is claimed about crashes.
    Published are fewer right-angle injury crashes (-33 %), more rear-end crashes (+39 %) and no significant change of
    all (Høye 2013); the better a study is controlled, the smaller the benefit. Right-angle crashes happen mostly more
    than 2 s after the onset of red, by drivers who did not see it: the shift of late decisions must not be taken for
    their cause. No effect on approaches without a camera.

    Parameters
    ----------
    on
        Approaches: links at whose end there is a signal.
    shift_s
        By how much tau50 falls; 0 changes nothing.
    hard_stop_share
        Additional share, of drivers who stop at yellow, that brake late and hard.
    tolerance_s
        Time after the onset of red in which crossings are let pass.
    schedule
        Days, weeks, weekdays and hours in force.
    present
        Probability that it works on such a day.
    detection, sanctioned
        Probability that a crossing at red is recorded, and that the driver is then sanctioned.
    fine_eur, points
        Fine and demerit points of a sanction.
    publicity
        Probability per person and day of hearing of it.

    Examples
    --------
    >>> RedLightCamera(on=Links(ids=("in0", "in2"))).shift_s
    0.6
    """

    kind: ClassVar[str] = "red_light_camera"
    offence: ClassVar[Offence] = "red_running"
    mechanism: ClassVar[str] = (
        "More drivers stop at yellow on approaches with a camera; who does not see the signal is not moved by it."
    )
    source: ClassVar[str] = (
        "shift chosen to give the published fall of violations, -20 to -60 % (US DOT, ITS Knowledge Resources, summary "
        "of systems in the United States)"
    )
    grade: ClassVar[str] = "C"
    limits: ClassVar[str] = (
        "The fall of violations is an input. No crash effect is claimed: right-angle crashes belong mostly to drivers "
        "who did not see the signal, rear-end conflicts are not measured."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        **COMMON_NUMBERS,
        "on": "given by the user",
        "shift_s": "input, grade C: 0.5 to 0.8 s give violations -20 to -60 % (US DOT)",
        "hard_stop_share": "modelling assumption: 0; option 0.05 to 0.10, grade C",
        "tolerance_s": "modelling assumption: 0.5 s, lower end of practice (0.5 to 1 s)",
    }

    on: Links
    shift_s: float = Field(default=0.6, ge=0, le=3)
    hard_stop_share: float = Field(default=0.0, ge=0, le=1)
    tolerance_s: float = Field(default=0.5, ge=0, le=10)

    def lower(self, builder: Builder) -> None:
        """Move the decision at yellow on the approaches, and sanction who crosses at red there."""
        approaches = signal_approaches(self.on, builder.network, self.kind)
        if self.schedule.first_day <= builder.day and builder.day <= (self.schedule.last_day or builder.day):
            self._move_decisions(builder, approaches)
        for link in approaches:
            builder.deploy(Deployment(
                name=f"red-light camera {link}", kind="red_light_camera", along=(link,), schedule=self.schedule,
                present=self.present, publicity=self.publicity, devices=1,
                sanction=self.sanction(red_tolerance_s=self.tolerance_s)))

    def _move_decisions(self, builder: Builder, approaches: tuple[str, ...]) -> None:
        before_s = builder.value(TAU50, approaches)
        builder.set(TAU50, approaches, np.maximum(before_s - self.shift_s, 0.0))
        if self.hard_stop_share > 0.0:
            before = builder.value(HARD_STOPS, approaches)
            builder.set(HARD_STOPS, approaches, np.minimum(before + self.hard_stop_share, 1.0))


def signal_approaches(on: Links, network: Network, kind: str) -> tuple[str, ...]:
    """Return the selected links, all of which must have a signal at their end.

    Raises
    ------
    PolicyError
        If a link is unknown, or has no signal.
    """
    chosen = on.resolve(network)
    approaches = {connection.from_link for connection in network.connections if connection.signal is not None}
    without = [link for link in chosen if link not in approaches]
    if without:
        known = ", ".join(map(repr, sorted(approaches)[:5])) or "(no link of this network has one)"
        raise PolicyError(f"policy {kind}: link {without[0]!r}", "no signal at its end",
                          f"an approach of a signal, such as {known}", "correct `on`")
    return chosen
