"""One look for all plots: colours that all readers can tell apart, and SVG that is the same every time."""

from __future__ import annotations

import base64
import functools
import inspect
import io
import math
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter

from trafficsim.base.errors import MachineError
from trafficsim.report.language import DEFAULT, END, OF_ITS_OWN, RIGHT_TO_LEFT, Language, load

Arguments = ParamSpec("Arguments")
Drawn = TypeVar("Drawn")
WIDTH_INCH = 7.6
RASTER_DPI = 150.0
"""Of parts with too many lines for SVG."""
NOTEBOOK_DPI = 110.0


class SeriesStyle(NamedTuple):
    """How a series is drawn; marker and dash tell it apart without colour."""

    colour: str
    marker: str
    dash: Any


# Okabe and Ito (2008), Color Universal Design: colours that differ for all common kinds of colour vision.
MARKS = (
    SeriesStyle("#000000", "o", "solid"),
    SeriesStyle("#0072B2", "s", (0, (5, 1.5))),
    SeriesStyle("#D55E00", "^", (0, (1.5, 1))),
    SeriesStyle("#007A5A", "D", (0, (6, 1.5, 1.5, 1.5))),
    SeriesStyle("#B5568A", "v", (0, (3, 1))),
    SeriesStyle("#8A6A00", "P", (0, (8, 2))),
    SeriesStyle("#2A7FB8", "X", (0, (1, 2))),
)
LESS, MORE, STILL = "#0072B2", "#D55E00", "#8C8C8C"
SLOW_TO_FAST = ("#6B0000", "#D55E00", "#B58900", "#2A7FB8", "#08306B")
"""Speeds from standing to free: dark red over ochre to dark blue, all dark enough for thin lines on white."""
GREEN, RED, INTERGREEN = "#007A5A", "#D55E00", "#E8C547"
GRID = "#D9D9D9"
UNTOLD = ("Date", "Creator", "Format", "Type")
NOT_FOR_A_PAGE = re.compile(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->|\sxmlns(:\w+)?=\"[^\"]*\"", re.S)
STYLE: dict[Any, Any] = {
    "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"], "font.size": 9.0, "axes.titlesize": 9.0,
    "axes.titlelocation": "left", "axes.labelsize": 9.0, "xtick.labelsize": 8.0, "ytick.labelsize": 8.0,
    "legend.fontsize": 8.0, "legend.frameon": False, "axes.spines.top": False, "axes.spines.right": False,
    "axes.axisbelow": True, "grid.color": GRID, "grid.linewidth": 0.6, "lines.linewidth": 1.5, "lines.markersize": 5.0,
    "figure.facecolor": "white", "axes.unicode_minus": True, "svg.fonttype": "none", "text.parse_math": False,
}


def styled(draw: Callable[Arguments, Drawn]) -> Callable[Arguments, Drawn]:
    """Draw in the common style, whatever the style of the caller is, with numbers as the language writes them."""
    signature = inspect.signature(draw)

    @functools.wraps(draw)
    def drawn(*arguments: Arguments.args, **options: Arguments.kwargs) -> Drawn:
        given = signature.bind(*arguments, **options)
        given.apply_defaults()
        with rc_context(STYLE):
            figure = draw(*arguments, **options)
            if isinstance(figure, Figure):
                _localise(figure, load(given.arguments.get("language", DEFAULT)))
            return figure

    return drawn


class Picture(Figure):
    """A figure that a notebook shows by itself; pyplot, which would show it otherwise, knows nothing of it."""

    def _repr_png_(self) -> bytes:
        return png_bytes(self, NOTEBOOK_DPI)


def new_figure(height_inch: float, width_inch: float = WIDTH_INCH) -> Figure:
    """Make an empty figure that lays itself out; nothing is shown on a screen."""
    figure = Picture(figsize=(width_inch, height_inch), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


CLOCK_STEPS_S = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
MOST_CLOCK_STEPS = 10


def clock(time_s: float) -> str:
    """Write a clock time in s since midnight as hours and minutes, with seconds where there are any.

    Examples
    --------
    >>> clock(57600.0), clock(90.0), clock(90000.0)
    ('16:00', '00:01:30', '25:00')
    """
    whole = round(time_s)
    hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours:02d}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")


def clock_axis(axes: Any, begin_s: float, end_s: float, words: Language) -> None:
    """Let the x-axis go from one clock time to another, with marks at round times."""
    step = next((one for one in CLOCK_STEPS_S if (end_s - begin_s) / one <= MOST_CLOCK_STEPS), CLOCK_STEPS_S[-1])
    first = math.ceil(begin_s / step)
    ticks = [number * step for number in range(first, math.floor(end_s / step) + 1)]
    axes.set_xticks(ticks, [words.digits(clock(time)) for time in ticks])
    axes.set_xlim(begin_s, end_s)


def _localise(figure: Figure, words: Language) -> None:
    """Let the numbers at all axes be written as the language writes them; names at them stay."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if type(axis.get_major_formatter()) is ScalarFormatter:
                axis.set_major_formatter(_Numbers(words))


class _Numbers(ScalarFormatter):
    """Numbers at an axis in the digits of a language."""

    def __init__(self, words: Language) -> None:
        super().__init__(useOffset=False)
        self.words = words

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Write the number at a mark."""
        return self.words.as_written(super().__call__(x, pos).replace("\N{MINUS SIGN}", "-"))


def series_style(position: int) -> SeriesStyle:
    """Return the mark of a series; the first is the baseline's."""
    return MARKS[position % len(MARKS)]


def short(text: str, most: int = 16) -> str:
    """Cut a long name for a label.

    Examples
    --------
    >>> short("j1"), short("cluster_1757124350_1757124352")
    ('j1', 'cluster_1757124…')
    """
    return text if len(text) <= most else text[: most - 1] + "…"


def wrapped(text: str, most: int) -> str:
    """Break a long label into lines; each keeps the direction of the whole.

    Examples
    --------
    >>> wrapped("killed and seriously injured", 16).split(chr(10))
    ['killed and', 'seriously', 'injured']
    """
    turned = text.startswith(RIGHT_TO_LEFT)
    lines = textwrap.wrap(text[1:-1] if turned else text, most)
    return "\n".join(f"{RIGHT_TO_LEFT}{line}{END}" if turned else line for line in _isolated(lines))


def _isolated(lines: Sequence[str]) -> Iterator[str]:
    """Close at the end of each line the isolates that are open, and open them again on the next."""
    still_open = ""
    for line in lines:
        text, still_open = still_open + line, ""
        for letter in text:
            if letter in (RIGHT_TO_LEFT, OF_ITS_OWN):
                still_open += letter
            elif letter == END:
                still_open = still_open[:-1]
        yield text + END * len(still_open)


def svg(figure: Figure, prefix: str) -> str:
    """Turn a figure into an SVG element for a page: text stays text, and the same figure gives the same characters.

    Parameters
    ----------
    figure
        What to draw.
    prefix
        Begins all ids, which must differ between the figures of a page.
    """
    buffer = io.StringIO()
    with rc_context({**STYLE, "svg.hashsalt": prefix}):
        figure.savefig(buffer, format="svg", dpi=RASTER_DPI, metadata=dict.fromkeys(UNTOLD))
    text = buffer.getvalue()
    text = NOT_FOR_A_PAGE.sub("", text[text.index("<svg"):]).replace("xlink:href", "href")
    for size in ("height", "width"):
        text = re.sub(rf'(<svg[^>]*?) {size}="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = re.sub(r'href="#', f'href="#{prefix}-', text)
    text = re.sub(r"url\(#", f"url(#{prefix}-", text)
    return re.sub(r"\n\s*", "\n", text).strip()


def png(figure: Figure, dpi: float = 130.0) -> str:
    """Turn a figure into a data address of a PNG picture."""
    return "data:image/png;base64," + base64.b64encode(png_bytes(figure, dpi)).decode("ascii")


def png_bytes(figure: Figure, dpi: float) -> bytes:
    """Turn a figure into a PNG picture."""
    buffer = io.BytesIO()
    with rc_context(STYLE):
        figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure as PNG, the same bytes every time.

    Raises
    ------
    MachineError
        If the file cannot be written.
    """
    try:
        figure.savefig(path, dpi=NOTEBOOK_DPI, format="png", metadata={"Software": None})
    except OSError as error:
        raise MachineError(str(path), error.strerror or str(error), "a file that can be written",
                           "choose another folder, or free space") from None
