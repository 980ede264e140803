"""Picture of timing plans: what every movement at a signal sees over the cycle, before above after."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from trafficsim.report.look import Picture, save
from trafficsim.spec.network import Network
from trafficsim.spec.signals import SignalProgram


class Look(NamedTuple):
    """How a state is drawn: fill, hatching, and words for the legend."""

    colour: str
    hatch: str
    words: str


# Okabe and Ito (2008) colours; in grey the states differ by lightness, hatching and height.
LOOKS = {
    "G": Look("#00664B", "", "green"),
    "g": Look("#8FD3BD", "////", "green, gives way"),
    "y": Look("#F0E442", "", "yellow"),
    "u": Look("#E69F00", "xx", "red-amber"),
    "r": Look("#9A9A9A", "", "red"),
}
SAME_LOOK = {"O": "G", "o": "g", "s": "g"}
WIDTH_INCH, ROW_INCH, HEAD_INCH = 9.0, 0.34, 0.75
BAR, THIN = 0.36, 0.06
MOST_ROWS, MOST_NAME = 24, 44
BEFORE, AFTER = 0, 1


def timing_picture(
    network: Network, before: Sequence[SignalProgram], after: Sequence[SignalProgram],
    path: str | Path | None = None, title: str = "",
) -> Figure:
    """Draw programs before and after, one panel per program, and save the figure as PNG when a path is given.

    Each row is a group of movements that always see the same; its upper bar is the plan before, the lower one after.
    Bars begin at clock times that are multiples of the cycle, so that a shifted offset shows; a triangle marks where
    the first phase begins.

    Parameters
    ----------
    network
        Gives the movements.
    before, after
        The same programs in the same order.
    path
        PNG file to write.
    title
        Title of the figure.

    Raises
    ------
    MachineError
        If the file cannot be written.

    Examples
    --------
    >>> from trafficsim.design.synthetic import junction
    >>> network = junction()
    >>> len(timing_picture(network, network.signals, network.signals).axes)
    1
    """
    groups = [_groups(network, program) for program in before]
    heights = [HEAD_INCH + ROW_INCH * len(part) for part in groups]
    figure = Picture(figsize=(WIDTH_INCH, sum(heights) + 0.6), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(max(1, len(before)), 1, squeeze=False, height_ratios=heights or None)[:, 0]
    longest = max((program.cycle_s for program in (*before, *after)), default=1.0)
    for axes, members, old, new in zip(panels, groups, before, after, strict=False):
        _panel(axes, members, (old, new), longest)
    if not before:
        panels[0].set_axis_off()
    figure.suptitle(title or "Signal timing: upper bars before, lower bars after", fontsize=10, x=0.01, ha="left")
    _legend(figure, (*before, *after))
    if path is not None:
        save(figure, path)
    return figure


def _groups(network: Network, program: SignalProgram) -> list[tuple[int, str]]:
    """Signal index and label of every distinct sequence of letters, in the order of the indices."""
    labels: dict[str, tuple[int, list[str]]] = {}
    for movement in sorted((movement for movement in network.connections if movement.signal == program.id),
                           key=lambda movement: movement.signal_index or 0):
        letters = "".join(phase.state[movement.signal_index or 0] for phase in program.phases)
        names = labels.setdefault(letters, (movement.signal_index or 0, []))[1]
        name = f"{movement.from_link} {movement.turn.replace('_', '-')}"
        if name not in names:
            names.append(name)
    return [(index, _short(names)) for index, names in list(labels.values())[:MOST_ROWS]]


def _short(names: Sequence[str]) -> str:
    text = ", ".join(names)
    return text if len(text) <= MOST_NAME else text[: MOST_NAME - 1] + "…"


def _panel(axes: Any, groups: Sequence[tuple[int, str]], programs: tuple[SignalProgram, SignalProgram],
           longest_s: float) -> None:
    for row, (index, _) in enumerate(groups):
        for when, program in enumerate(programs):
            _bars(axes, program, index, row - 0.38 + 0.39 * when)
    for when, program in enumerate(programs):
        axes.plot([program.offset_s % program.cycle_s], [-0.62 if when == BEFORE else len(groups) - 0.38],
                  marker="v" if when == BEFORE else "^", color="black", markersize=5, clip_on=False)
    old, new = programs
    axes.set_title(f"{_short([old.id])}: cycle {old.cycle_s:g} → {new.cycle_s:g} s, "
                   f"offset {old.offset_s:g} → {new.offset_s:g} s", fontsize=8, loc="left", pad=8)
    axes.set_yticks(range(len(groups)), [label for _, label in groups], fontsize=6)
    axes.set_ylim(len(groups) - 0.4, -0.6)
    axes.set_xlim(0.0, longest_s)
    axes.set_xlabel("time in the cycle [s]", fontsize=7)
    axes.tick_params(axis="x", labelsize=7)
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _bars(axes: Any, program: SignalProgram, index: int, top: float) -> None:
    """Draw one cycle of a group, cut where the clock begins it anew."""
    begin, cycle = program.offset_s % program.cycle_s, program.cycle_s
    for phase in program.phases:
        letter = phase.state[index]
        look = LOOKS[SAME_LOOK.get(letter, letter)]
        for left, right in ((begin, begin + phase.duration_s), (begin - cycle, begin - cycle + phase.duration_s)):
            left, right = max(left, 0.0), min(right, cycle)
            if right > left:
                height = THIN if letter == "r" else BAR
                axes.barh(top + (BAR - height) / 2, right - left, height=height, left=left, align="edge",
                          color=look.colour, hatch=look.hatch,
                          edgecolor="#444444" if look.hatch else look.colour, linewidth=0.3)
        begin += phase.duration_s


def _legend(figure: Figure, programs: Sequence[SignalProgram]) -> None:
    shown = {SAME_LOOK.get(letter, letter) for program in programs for phase in program.phases
             for letter in phase.state}
    handles = [Patch(facecolor=look.colour, hatch=look.hatch, edgecolor="#444444", linewidth=0.3, label=look.words)
               for letter, look in LOOKS.items() if letter in shown]
    if handles:
        figure.legend(handles=handles, fontsize=7, loc="outside lower center", ncols=len(handles), frameon=False)
