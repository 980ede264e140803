"""Audit the signals of a network or scenario."""

from __future__ import annotations

from os.path import isfile
from pathlib import Path
from typing import TYPE_CHECKING

from trafficsim.api.reading import build, place_of
from trafficsim.io.formats import read
from trafficsim.io.load import naming
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trafficsim.design.timing.audited import SignalAudit
    from trafficsim.design.timing.breaches import AuditRules


def audit_signals(
    subject: str | Path | Scenario | World | Network, *, volumes: Mapping[tuple[str, str], float] | None = None,
    rules: AuditRules | None = None,
) -> SignalAudit:
    """Hold every signal program against guidelines, and its greens against the volumes of the design day.

    Checked are conflicting greens, movements without green, yellow, intergreens for the geometry of the junction,
    minimum greens and the time of pedestrians; with volumes also the cycle and the degree of saturation of every lane.
    Each breach names signal, phase (from 0) and movement, what was found and expected, and by which source. Programs
    are not changed.

    Parameters
    ----------
    subject
        A scenario file, a network file of any format that :func:`trafficsim.read` knows, a scenario, a world or a
        network.
    volumes
        pcu/h by (link in, link out); without them those of the scenario's design day, and of a network none.
    rules
        What programs are held against (:class:`trafficsim.AuditRules`); RiLSA without them.

    Raises
    ------
    InputError
        If the file cannot be read, or the scenario is wrong.

    Examples
    --------
    >>> import trafficsim as ts
    >>> found = ts.audit_signals(ts.junction(cycle_s=60), rules=ts.AuditRules(guideline="ite"))
    >>> found.table[["code", "phase", "movement", "found"]].values.tolist()[0]
    ['yellow-too-short', 1, 'in0 (right, through, left)', 3.0]
    """
    from trafficsim.design.timing.audited import audit
    from trafficsim.design.timing.breaches import DEFAULT_AUDIT_RULES

    held = rules or DEFAULT_AUDIT_RULES
    if isinstance(subject, Network):
        return audit(subject, volumes, held)
    if isinstance(subject, str | Path) and Path(subject).suffix.lower() != ".toml" and isfile(subject):
        return audit(read(subject).network, volumes, held)
    world, place = build(subject), place_of(subject)
    with naming(place.label):
        return audit(world.network, _volumes(world) if volumes is None else volumes, held)


def _volumes(world: World) -> Mapping[tuple[str, str], float] | None:
    """Volumes of the design day; ``None`` where nobody travels."""
    from trafficsim.plan.lower import design_volumes
    from trafficsim.plan.prepare import prepare
    from trafficsim.spec.check_world import require_sound

    if not (world.demand.flows or world.demand.trips) or not world.network.signals:
        return None
    require_sound(world)
    return design_volumes(prepare(world))
