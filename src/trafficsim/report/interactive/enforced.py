"""Places of the enforcement in the alternatives of a study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trafficsim.base.errors import TrafficsimError
from trafficsim.policies.enforcing import EnforcementPolicy
from trafficsim.spec.network import Network
from trafficsim.spec.selectors import Links
from trafficsim.spec.study import Study


def enforced(study: Study, network: Network) -> tuple[Mapping[str, Any], ...]:
    """Return a table for every place of every enforcement policy, each once, with the alternatives that have it.

    Examples
    --------
    >>> import trafficsim as ts
    >>> road = ts.corridor([300, 200])
    >>> camera = ts.policies.SpeedCamera(at=({"link": "east1", "position_m": 50},))
    >>> flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600)
    >>> town = ts.Scenario(name="road", network=road, demand=ts.Demand(flows=(flow,)))
    >>> study = ts.Study(scenarios=[town], alternatives={"do nothing": [], "camera": [camera]})
    >>> [(one["kind"], one["link"], one["alternatives"]) for one in enforced(study, road)]
    [('speed_camera', 'east1', 'camera')]
    """
    found: dict[tuple[str, str, float, tuple[str, ...]], list[str]] = {}
    for alternative, policies in study.alternatives.items():
        for policy in policies:
            if isinstance(policy, EnforcementPolicy):
                for link, position_m, links in _places(policy, network):
                    found.setdefault((policy.kind, link, position_m, links), []).append(alternative)
    return tuple({"kind": kind, "name": f"{kind} {link} {position_m:g} m", "link": link, "position_m": position_m,
                  "links": links, "alternatives": ", ".join(dict.fromkeys(names))}
                 for (kind, link, position_m, links), names in found.items())


def _places(policy: EnforcementPolicy, network: Network) -> Iterator[tuple[str, float, tuple[str, ...]]]:
    at, on = getattr(policy, "at", ()), getattr(policy, "on", None)
    for place in at if isinstance(at, tuple) else ():
        if hasattr(place, "link") and hasattr(place, "position_m"):
            yield place.link, place.position_m, (place.link,)
    if isinstance(on, Links):
        try:
            links = on.resolve(network)
        except TrafficsimError:  # the check tells it
            return
        yield links[0], 0.0, links
