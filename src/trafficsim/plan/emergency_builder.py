"""What policies may do to emergency response: set one of its values, add stations, add units."""

from __future__ import annotations

import math
from typing import Any

from pydantic import ValidationError

from trafficsim.base.errors import PolicyError
from trafficsim.plan.control_builder import ControlBuilder
from trafficsim.plan.ledger import LedgerRow
from trafficsim.plan.trip_operations import TripOperations
from trafficsim.spec.emergency import Emergency, Station

RESPONSE_FIELDS = ("emergency.chain.ecall_share", "emergency.rescue_lane.share", "emergency.station.units")
"""What the ledger calls the values of emergency response."""
STATION_UNITS = "emergency.station.units"


class EmergencyBuilder(ControlBuilder):
    """The part of a plan builder that changes emergency response.

    Parameters
    ----------
    trips
        The trips of the plan.
    response
        The response of the scenario; ``None`` without one.
    """

    def __init__(self, trips: TripOperations, response: Emergency | None) -> None:
        super().__init__(trips)
        self._written, self._response = response, response
        self._response_rows: dict[str, LedgerRow] = {}

    def set_response(self, field: str, value: float) -> None:
        """Set a value of emergency response: ``chain.ecall_share`` or ``rescue_lane.share``.

        Raises
        ------
        PolicyError
            If the scenario has no emergency response, the field is none of it, another policy has set it, or the value
            is outside its range.
        """
        part, _, name = field.partition(".")
        if f"emergency.{field}" not in RESPONSE_FIELDS[:2]:
            known = ", ".join(one.removeprefix("emergency.") for one in RESPONSE_FIELDS[:2])
            raise PolicyError(f"policy {self._policy}: emergency.{field}", "no such field", f"one of {known}",
                              "name one of them")
        response = self._require_response()
        before = float(getattr(getattr(response, part), name))
        self._note(LedgerRow(self._policy, f"emergency.{field}", "1", "set", ("all",), (value,), (before,), (value,)))
        self._take(part, {**getattr(response, part).model_dump(), name: value}, field)

    def add_station(self, station: Station) -> None:
        """Add a station, or units to one that there is, by its id.

        Raises
        ------
        PolicyError
            If the scenario has no emergency response, or another policy has changed the station.
        """
        response = self._require_response()
        known = {one.id: one for one in response.stations}
        before = known[station.id].units if station.id in known else 0
        if before and (station.link or station.node or station.x_m is not None) and not _same_place(
                station, known[station.id]):
            raise PolicyError(f"policy {self._policy}: station {station.id!r}", "a second station of this name",
                              "a name of its own", "rename it, or give the place of the station that there is")
        units = before + station.units
        self._note(LedgerRow(self._policy, STATION_UNITS, "1", "add", (station.id,), (float(station.units),),
                             (float(before) if before else math.nan,), (float(units),)))
        place = known.get(station.id, station)
        known[station.id] = place.model_copy(update={"units": units})
        self._response = response.model_copy(update={"stations": tuple(known.values())})

    @property
    def response(self) -> Emergency | None:
        """The response as the policies leave it."""
        return self._response

    @property
    def response_rows(self) -> tuple[LedgerRow, ...]:
        """Rows of the ledger."""
        return tuple(self._response_rows.values())

    def _require_response(self) -> Emergency:
        if self._response is None:
            raise PolicyError(f"policy {self._policy}", "a scenario without emergency response",
                              "stations and units under [emergency]", "write [emergency] in the scenario")
        return self._response

    def _note(self, row: LedgerRow) -> None:
        key = f"{row.field} of {row.cells[0]!r}"
        if key in self._response_rows:
            raise PolicyError(f"policies {self._response_rows[key].policy} and {self._policy}: {key}", "both set it",
                              "one policy that sets it", "drop one of them")
        self._response_rows[key] = row

    def _take(self, part: str, values: dict[str, Any], field: str) -> None:
        response = self._require_response()
        model = type(getattr(response, part))
        try:
            self._response = response.model_copy(update={part: model.model_validate(values)})
        except ValidationError as error:
            raise PolicyError(f"policy {self._policy}: emergency.{field}", str(error.errors()[0]["input"]),
                              error.errors()[0]["msg"], "correct it") from None


def _same_place(one: Station, other: Station) -> bool:
    names = ("link", "node", "x_m", "y_m")
    return all(getattr(one, name) == getattr(other, name) for name in names)
