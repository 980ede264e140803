"""What consolidation tells about its work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Note:
    """What was inferred, repaired or ignored: the act, the thing and the place, as a ledger of an import has it."""

    act: Literal["inferred", "repaired", "ignored"]
    what: str
    where: str
