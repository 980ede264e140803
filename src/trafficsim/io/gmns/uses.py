"""Who may use a lane: the uses of GMNS, its groups of uses, and our kinds of vehicles."""

from __future__ import annotations

from collections.abc import Mapping

from trafficsim.io.gmns.tables import Folder
from trafficsim.spec.vehicles import KINDS, Kind

USES: dict[str, tuple[Kind, ...]] = {
    "all": KINDS, "auto": KINDS, "any": KINDS, "motor": KINDS,
    **dict.fromkeys(("car", "sov", "passenger", "taxi"), ("car", "motorcycle")),
    "motorcycle": ("motorcycle",), "truck": ("van", "truck"),
    "freight": ("van", "truck"), "delivery": ("van",), "bus": ("bus",), "transit": ("bus",),
    **dict.fromkeys(("hov", "hov2", "hov3", "hov3+", "walk", "bike", "bicycle", "pedestrian", "parking", "shoulder",
                     "rail", "tram", "scooter", "closed"), ()),
}
"""Kinds of ours by use (GMNS specification 0.96, use_definition); lanes for cars with several people alone are closed
to cars, for occupancies are not known. A use that is not listed here, and no group of the file, is open to nobody."""


class UseTable:
    """Uses of a folder, with the groups that it defines."""

    def __init__(self, folder: Folder) -> None:
        self._groups = {row.text("use_group").lower(): row.text("uses") for row in folder.table("use_group")}
        folder.table("use_definition")
        self.unknown: set[str] = set()

    def kinds(self, text: str) -> tuple[Kind, ...]:
        """Return the kinds of vehicles that a list of uses lets in; nothing stated: all."""
        if not text:
            return KINDS
        found = {kind for use in self._split(text) for kind in self._of(use, 0)}
        return tuple(kind for kind in KINDS if kind in found)

    def _of(self, use: str, depth: int) -> tuple[Kind, ...]:
        if use in USES:
            return USES[use]
        if use in self._groups and depth < len(self._groups):
            return tuple(kind for one in self._split(self._groups[use]) for kind in self._of(one, depth + 1))
        self.unknown.add(use)
        return ()

    @staticmethod
    def _split(text: str) -> list[str]:
        return [use for part in text.replace(";", ",").replace("|", ",").split(",") if (use := part.strip().lower())]


LaneUses = Mapping[int, tuple[Kind, ...]]
