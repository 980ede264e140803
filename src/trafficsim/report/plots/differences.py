"""Paired differences from the baseline: one dot per replication, mean and interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from trafficsim.base.errors import InputError
from trafficsim.report.language import Language, load
from trafficsim.report.look import new_figure, series_style, styled
from trafficsim.report.quantities import quantity
from trafficsim.results.compare import Comparison, compare
from trafficsim.results.difference import Difference
from trafficsim.results.indicators import declaration
from trafficsim.results.question import Question, require_indicator

DOT_SPREAD, ROW_INCH = 0.22, 0.42


@styled
def difference(
    source: pd.DataFrame | Comparison, indicator: str = "mean_delay_s", baseline: str = "do nothing",
    confidence: float = 0.95, language: str = "en",
) -> Figure:
    """Draw the paired differences of every alternative from the baseline in one indicator.

    Parameters
    ----------
    source
        The ``indicators`` table of a study, or a comparison (which knows no single replications: no dots then).
    indicator
        Name of the indicator.
    baseline, confidence
        Alternative to compare to and level of the interval; a comparison has its own.
    language
        Language of labels.

    Returns
    -------
    A figure: a row per alternative, a dot per replication, the mean with its t-interval beneath.

    Raises
    ------
    InputError
        If the indicator or the baseline is unknown, or there is no other alternative.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"scenario": "a", "engine": "ca", "indicator": "mean_delay_s", "unit": "s",
    ...                       "alternative": ["do nothing", "retimed"] * 3, "replication": [1, 1, 2, 2, 3, 3],
    ...                       "value": [60.0, 51.0, 62.0, 55.0, 58.0, 50.0]})
    >>> difference(table).axes[0].get_xlabel()
    'mean delay, difference from do nothing (s); left is better'
    """
    require_indicator(indicator, "plot")
    dots: dict[tuple[str, str, str], list[float]] = {}
    if isinstance(source, Comparison):
        comparison = source
    else:
        chosen = source[source["indicator"] == indicator]
        comparison = compare(chosen, Question(baseline, (indicator,), confidence))
        dots = paired_differences(source, indicator, baseline)
    rows = list(comparison.chosen(indicator))
    if not rows:
        raise InputError("plot: difference", "no alternative beside the baseline", "two alternatives or more",
                         "run a study with alternatives")
    return _drawn(rows, dots, comparison.question.baseline, load(language))


def paired_differences(
    indicators: pd.DataFrame, indicator: str, baseline: str
) -> dict[tuple[str, str, str], list[float]]:
    """Differences (alternative - baseline) by scenario, engine and alternative, in order of replication."""
    part = indicators[indicators["indicator"] == indicator].dropna(subset=["value"])
    wide = part.pivot_table(index=["scenario", "engine", "replication"], columns="alternative", values="value",
                            sort=False).sort_index()
    if baseline not in wide:
        return {}
    found: dict[tuple[str, str, str], list[float]] = {}
    for alternative in (one for one in wide.columns if one != baseline):
        gaps = (wide[alternative] - wide[baseline]).dropna().rename("gap").reset_index()
        for scenario, engine in gaps[["scenario", "engine"]].drop_duplicates().to_numpy(object).tolist():
            chosen = gaps["gap"][(gaps["scenario"] == scenario) & (gaps["engine"] == engine)]
            found[str(scenario), str(engine), str(alternative)] = chosen.to_numpy(np.float64).tolist()
    return found


def _drawn(rows: Sequence[Difference], dots: Mapping[tuple[str, str, str], list[float]], baseline: str,
           words: Language) -> Figure:
    figure = new_figure(1.0 + ROW_INCH * len(rows))
    axes = figure.add_subplot()
    shown = quantity(declaration(rows[0].indicator))
    settings = {(one.scenario, one.engine) for one in rows}
    axes.axvline(0.0, color="black", linewidth=0.8)
    for place, one in enumerate(rows):
        look = series_style(1 + list(dict.fromkeys(row.alternative for row in rows)).index(one.alternative))
        values = np.array(dots.get((one.scenario, one.engine, one.alternative), [])) * shown.factor
        axes.plot(values, place - DOT_SPREAD + _spread(len(values)), linestyle="none", marker="o", markersize=3.5,
                  markerfacecolor="none", markeredgecolor=look.colour, markeredgewidth=0.9)
        _interval(axes, one, place + DOT_SPREAD, shown.factor, look)
    labels = [one.alternative if len(settings) == 1 else f"{one.alternative}\n{one.scenario} ({one.engine})"
              for one in rows]
    axes.set_yticks(range(len(rows)), labels)
    axes.set_ylim(len(rows) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    side = words.word(f"plot.side_{declaration(rows[0].indicator).direction}")
    axes.set_xlabel(words.plain("plot.difference", indicator=shown.label(words), baseline=baseline,
                                unit=shown.difference_unit(words), side=side))
    return figure


def _spread(count: int) -> np.ndarray:
    """Keep dots with close values apart: a fixed zigzag."""
    return 0.05 * ((np.arange(count) % 5) - 2.0)


def _interval(axes: Any, one: Difference, height: float, factor: float, look: Any) -> None:
    if one.low is not None and one.high is not None:
        axes.plot([one.low * factor, one.high * factor], [height, height], color=look.colour, linewidth=2.2,
                  solid_capstyle="butt", marker="|", markersize=7)
    if one.diff is not None:
        axes.plot([one.diff * factor], [height], color=look.colour, marker="D", markersize=5.5, linestyle="none")
