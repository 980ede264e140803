"""A signal that reacts in stages, as offices keep it: tables of signal groups, of stages, and of intergreens."""

from __future__ import annotations

from pydantic import Field

from trafficsim.spec.control import Method
from trafficsim.spec.model import Model


class StageTable(Model):
    """Files from which a signal gets a controller of stages.

    Parameters
    ----------
    signal
        The signal.
    groups
        What each signal group controls: CSV with columns ``group`` and ``link``, and as far as needed ``lane``,
        ``turn`` and ``to``; or a table of signal groups with its sections, of which yellow and red-amber are taken too.
    stages
        CSV with a row for each stage, in their order: ``stage`` (its name), ``groups`` (those with green, blanks
        between), and as far as needed values of :class:`~trafficsim.spec.control.ControlPhase`.
    intergreens
        CSV with ``before``, ``after`` and ``seconds``, or a square matrix: a row for each group whose green ends, a
        column for each whose green begins. Without it yellow and red clearance of the stage that ends hold.
    detectors
        CSV with ``id``, ``link`` and as far as needed other values of
        :class:`~trafficsim.spec.control.SignalDetector`, and ``stages`` instead of ``phases``. Without it there is one
        at each stop line and one 2 s before it, where signals decide by them.
    method
        Who decides.
    offset_s
        Of the coordinated plan; its cycle is the sum of ``split_s``.

    Examples
    --------
    >>> StageTable(signal="j1", groups="groups.csv", stages="stages.csv").method
    'actuated'
    """

    signal: str = Field(min_length=1)
    groups: str
    stages: str
    intergreens: str | None = None
    detectors: str | None = None
    method: Method = "actuated"
    offset_s: float = 0.0
