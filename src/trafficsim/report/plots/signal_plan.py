"""Signal timing plan: what each signal group shows over one cycle."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Patch

from trafficsim.base.errors import InputError
from trafficsim.report.language import Language, load
from trafficsim.report.look import new_figure, short, styled
from trafficsim.report.timing_plan import LOOKS, SAME_LOOK
from trafficsim.spec.network import Network
from trafficsim.spec.signals import SignalProgram
from trafficsim.spec.world import World

ROW_INCH, HEAD_INCH, BAR, THIN = 0.3, 1.2, 0.62, 0.1
WORDS = {"G": "green", "g": "gives_way", "y": "yellow", "u": "red_amber", "r": "red"}
MOST_NAME = 34
ARROWS = {"through": "↑", "left": "←", "right": "→", "u_turn": "↶"}


@styled
def signal_plan(network: Network | World, signal: str = "", language: str = "en") -> Figure:
    """Draw the timing plan of a signal: a bar for each group of movements that always see the same.

    Parameters
    ----------
    network
        A network, or a world.
    signal
        Name of the signal program; the first one without it.
    language
        Language of labels.

    Returns
    -------
    A figure: rows are signal groups, from the begin of the first phase; seconds of green stand in the bars, broken
    lines mark where phases of the program begin.

    Raises
    ------
    InputError
        If there is no such signal.

    Examples
    --------
    >>> import trafficsim as ts
    >>> signal_plan(ts.junction(cycle_s=60)).axes[0].get_xlabel()
    'time in the cycle (s)'
    """
    roads = network.network if isinstance(network, World) else network
    program = _program(roads, signal)
    words, groups = load(language), _groups(roads, program)
    figure = new_figure(HEAD_INCH + ROW_INCH * len(groups))
    axes = figure.add_subplot()
    for row, index in enumerate(groups):
        _row(axes, (row, index), program, words)
    begin_s = 0.0
    for phase in program.phases:
        axes.axvline(begin_s, color="#777777", linewidth=0.6, linestyle=(0, (2, 2)), zorder=0)
        begin_s += phase.duration_s
    axes.set_yticks(range(len(groups)), [short(name, MOST_NAME) for name in groups.values()], fontsize=7)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.set_xlim(0.0, program.cycle_s)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(words.plain("signal_picture.in_cycle"))
    axes.set_title(words.plain("signal_picture.plan", program=short(program.id), cycle=words.number(program.cycle_s),
                               offset=words.number(program.offset_s)))
    _legend(figure, program, words)
    return figure


def _program(network: Network, signal: str) -> SignalProgram:
    found = [one for one in network.signals if signal in ("", one.id)]
    if not found:
        names = ", ".join(one.id for one in network.signals[:8])
        raise InputError(f"plot: signal {signal!r}", "no such signal", f"one of {names}" if names else "a signal",
                         "correct the name, or choose a network with signals")
    return found[0]


def _groups(network: Network, program: SignalProgram) -> dict[int, str]:
    """First signal index of every group with the approaches and directions that it is for."""
    found: dict[str, int] = {}
    turns: dict[str, dict[str, list[str]]] = {}
    for one in sorted((one for one in network.connections if one.signal == program.id),
                      key=lambda one: one.signal_index or 0):
        letters = "".join(phase.state[one.signal_index or 0] for phase in program.phases)
        found.setdefault(letters, one.signal_index or 0)
        arrows = turns.setdefault(letters, {}).setdefault(one.from_link, [])
        if ARROWS[one.turn] not in arrows:
            arrows.append(ARROWS[one.turn])
    return {index: ", ".join(f"{link} {''.join(arrows)}" for link, arrows in turns[letters].items())
            for letters, index in found.items()}


def _row(axes: Any, place: tuple[int, int], program: SignalProgram, words: Language) -> None:
    """Draw what one group shows; states that go on are one bar."""
    (row, index), begin_s = place, 0.0
    bars: list[tuple[str, float, float]] = []
    for phase in program.phases:
        letter = SAME_LOOK.get(phase.state[index], phase.state[index])
        if bars and bars[-1][0] == letter:
            bars[-1] = (letter, bars[-1][1], begin_s + phase.duration_s)
        else:
            bars.append((letter, begin_s, begin_s + phase.duration_s))
        begin_s += phase.duration_s
    for letter, begin, end in bars:
        look = LOOKS[letter]
        axes.barh(row, end - begin, left=begin, height=THIN if letter == "r" else BAR, color=look.colour,
                  hatch=look.hatch, edgecolor="#444444" if look.hatch else look.colour, linewidth=0.3)
        if letter in "Gg" and end - begin > 0.05 * program.cycle_s:
            axes.text((begin + end) / 2, row, words.number(end - begin), fontsize=7, horizontalalignment="center",
                      verticalalignment="center", color="white" if letter == "G" else "black",
                      bbox=None if letter == "G" else {"facecolor": "white", "pad": 0.8, "linewidth": 0})


def _legend(figure: Figure, program: SignalProgram, words: Language) -> None:
    shown = {SAME_LOOK.get(letter, letter) for phase in program.phases for letter in phase.state}
    handles = [Patch(facecolor=look.colour, hatch=look.hatch, edgecolor="#444444", linewidth=0.3,
                     label=words.plain(f"signal_picture.{WORDS[letter]}"))
               for letter, look in LOOKS.items() if letter in shown]
    figure.legend(handles=handles, loc="outside lower left", ncols=len(handles))
