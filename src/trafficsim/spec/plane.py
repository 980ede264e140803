"""Where the metric coordinates of a network lie on the earth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

EQUATOR_M, FLATTENING = 6378137.0, 1 / 298.257223563
"""Ellipsoid WGS 84."""
PROJECTION = "projection"
"""Name under which ``Network.graph.graph`` holds the middle of the projection, if coordinates were degrees."""


@dataclass(frozen=True)
class Plane:
    """Where coordinates lie: in metres as they are, or about a middle in degrees.

    Degrees become metres by the equidistant cylindrical projection with the radii of curvature at the middle (Snyder,
    *Map Projections*, 1987, chapter 12): 15 km away lengths are wrong by less than 0.4 % up to latitude 60.
    """

    longitude: float = 0.0
    latitude: float = 0.0
    is_projected: bool = False

    @property
    def as_dict(self) -> dict[str, float]:
        """The middle of the projection, as a network keeps it under ``graph.graph["projection"]``."""
        return {"longitude": self.longitude, "latitude": self.latitude}

    def metres(self, x: float, y: float) -> tuple[float, float]:
        """Return metres to the east and to the north.

        Examples
        --------
        >>> Plane(9.0, 52.0, is_projected=True).metres(9.0, 52.001)
        (0.0, 111.267)
        """
        if not self.is_projected:
            return x, y
        east_m, north_m = self._radii_m()
        return (round(math.radians(x - self.longitude) * east_m, 3),
                round(math.radians(y - self.latitude) * north_m, 3))

    def degrees(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Return longitude and latitude, to about a centimetre.

        Examples
        --------
        >>> Plane(9.0, 52.0, is_projected=True).degrees(0.0, 111.267)
        (9.0, 52.001)
        """
        if not self.is_projected:
            return x_m, y_m
        east_m, north_m = self._radii_m()
        return (round(self.longitude + math.degrees(x_m / east_m), 7),
                round(self.latitude + math.degrees(y_m / north_m), 7))

    def _radii_m(self) -> tuple[float, float]:
        """Metres per radian to the east and to the north, at the middle."""
        latitude, squared = math.radians(self.latitude), FLATTENING * (2.0 - FLATTENING)
        bulge = 1.0 - squared * math.sin(latitude) ** 2
        return EQUATOR_M / math.sqrt(bulge) * math.cos(latitude), EQUATOR_M * (1.0 - squared) / bulge**1.5


def plane_of_graph(attributes: Mapping[str, Any]) -> Plane | None:
    """Return the projection that the attributes of a graph (``network.graph.graph``) name; ``None`` if they name none.

    Examples
    --------
    >>> plane_of_graph({"projection": {"longitude": 9.0, "latitude": 52.0}}).latitude
    52.0
    """
    middle = attributes.get(PROJECTION)
    if not isinstance(middle, Mapping) or not {"longitude", "latitude"} <= middle.keys():
        return None
    return Plane(float(middle["longitude"]), float(middle["latitude"]), is_projected=True)
