"""Ring-barrier diagram: the phases of every ring over the cycle, and the barriers that all rings cross together."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from trafficsim.design.timing.ring_barrier import Window, windows
from trafficsim.report.language import Language, load
from trafficsim.report.look import GRID, new_figure, styled
from trafficsim.report.timing_plan import LOOKS
from trafficsim.spec.control import SignalControl
from trafficsim.spec.ring_barrier import RingBarrier, RingPhase

ROW_INCH, HEAD_INCH, BAR = 0.75, 1.15, 0.72
PALE_GREEN = "#BFE3D6"
NARROW = 0.07
"""Share of the cycle below which a green has room for the number of its phase alone."""


@styled
def ring_barrier(timing: RingBarrier | SignalControl, language: str = "en") -> Figure:
    """Draw the phases of a controller in their rings.

    Parameters
    ----------
    timing
        Phases with rings, barriers and times, as :func:`trafficsim.read_ring_barriers` reads them; or a signal that
        reacts: with the splits of its coordinated plan, or else its maximum greens.
    language
        Language of labels.

    Returns
    -------
    A figure: a row per ring, from the first barrier on; green, yellow and red clearance of every phase, with the
    length of its split and, where known, the limits of its green. Coordinated phases are dark.

    Examples
    --------
    >>> import trafficsim as ts
    >>> phases = [ts.RingPhase(number=n, ring=r, barrier=b, position=1, green_s=20, yellow_s=3, all_red_s=1)
    ...           for n, r, b in ((2, 1, 1), (4, 1, 2), (6, 2, 1), (8, 2, 2))]
    >>> ring_barrier(ts.RingBarrier(phases=tuple(phases))).axes[0].get_xlabel()
    'time in the cycle (s)'
    """
    if isinstance(timing, SignalControl):
        timing = _planned(timing)
    words, rings, when = load(language), timing.rings, windows(timing)
    figure = new_figure(HEAD_INCH + ROW_INCH * len(rings))
    axes = figure.add_subplot()
    for phase in timing.phases:
        _phase(axes, phase, when[phase.number], (rings.index(phase.ring), timing, words))
    ends = [max(when[phase.number].end_s for phase in timing.phases if phase.barrier == barrier)
            for barrier in timing.barriers]
    for time in (0.0, *ends):
        axes.plot([time, time], [-0.5, len(rings) - 0.5], color="black", linewidth=2.6, clip_on=False, zorder=4)
    axes.set_yticks(range(len(rings)), [words.plain("signal_picture.ring", ring=ring) for ring in rings])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(rings) - 0.5, -0.5)
    axes.set_xlim(0.0, timing.cycle_s)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(words.plain("signal_picture.in_cycle"))
    axes.set_title(words.plain("signal_picture.ring_plan", cycle=words.number(timing.cycle_s),
                               offset=words.number(timing.offset_s)))
    _legend(figure, timing, words)
    return figure


def _planned(control: SignalControl) -> RingBarrier:
    """Return the plan of a signal that reacts."""
    phases = tuple(
        RingPhase(number=one.number, ring=one.ring, barrier=one.barrier, position=one.position,
                  green_s=one.max_green_s if one.split_s is None else one.split_s - one.clearance_s,
                  yellow_s=one.yellow_s, all_red_s=one.red_clearance_s, min_green_s=one.min_green_s,
                  max_green_s=one.max_green_s) for one in control.phases)
    return RingBarrier(phases=phases, offset_s=control.offset_s, reference=control.reference,
                       coordinated=tuple(one.number for one in control.phases if one.coordinated))


def _phase(axes: Any, phase: RingPhase, at: Window, place: tuple[int, RingBarrier, Language]) -> None:
    row, timing, words = place
    dark = phase.number in timing.coordinated
    parts = ((at.begin_s, at.yellow_at_s, LOOKS["G"].colour if dark else PALE_GREEN),
             (at.yellow_at_s, at.red_at_s, LOOKS["y"].colour), (at.red_at_s, at.end_s, LOOKS["r"].colour))
    for begin, end, colour in parts:
        axes.barh(row, end - begin, left=begin, height=BAR, color=colour, edgecolor="black", linewidth=0.4)
    lines = [words.plain("signal_picture.phase", phase=phase.number),
             f"{words.number(at.end_s - at.begin_s)} {words.word('unit.s')}"]
    if phase.min_green_s is not None and phase.max_green_s is not None:
        lines.append(words.plain("signal_picture.limits", least=words.number(phase.min_green_s),
                                 most=words.number(phase.max_green_s)))
    if at.yellow_at_s - at.begin_s < NARROW * timing.cycle_s:
        lines = [words.digits(str(phase.number))]
    axes.text((at.begin_s + at.yellow_at_s) / 2.0, row, "\n".join(lines), fontsize=7.5, horizontalalignment="center",
              verticalalignment="center", color="white" if dark else "black")


def _legend(figure: Figure, timing: RingBarrier, words: Language) -> None:
    fills = [(PALE_GREEN, "green"), (LOOKS["y"].colour, "yellow"), (LOOKS["r"].colour, "red_clearance")]
    if timing.coordinated:
        fills.insert(0, (LOOKS["G"].colour, "coordinated"))
    handles: list[Any] = [Patch(facecolor=colour, edgecolor=GRID, label=words.plain(f"signal_picture.{key}"))
                          for colour, key in fills]
    handles.append(Line2D([], [], color="black", linewidth=2.6, label=words.plain("signal_picture.barrier")))
    figure.legend(handles=handles, loc="outside lower left", ncols=len(handles))
