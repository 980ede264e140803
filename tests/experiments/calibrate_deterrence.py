"""Fit the rates of learning, getting used to and forgetting enforcement to published decays.

    python -m tests.experiments.calibrate_deterrence [--forms] [--write FOLDER]

Five published decays, and nothing else:

* section control, Italian A1: crash reduction 39.4 % in the first half-year, 18.7 % in the fifth (Montella et al.
  2012); the ratio is fitted, crashes avoided being taken as proportional to the mean degree of compliance;
* demerit points, Spain: half-life 9 months, range 6 to 24;
* one checkpoint for breath tests: gone after about a week (Los Angeles), read as a tenth of the peak 7 days later;
* a patrol, 9 hours a day for 6 weeks: no more than 8 weeks (Vaa 1997), read as a tenth of the peak 56 days later;
* less than 6 days at a place leave little or nothing: half-life at most 2 days after 2 days.

The French programme of cameras (injuries -26.2 % in its first month, -0.8 % after seven years; Carnis & Blais 2013)
is not in the fit: it is predicted.

Rates of learning are not identified by how effects fade; they stay at the values of the file. ``certainty`` and
``fine_weight`` follow in closed form from the elasticity of violations with respect to the fine where detection is
certain (-0.14) and from the fall of violations under section control (-71 %, E40).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from trafficsim.evidence.decays import camera_programme, checkpoint, half_life_days, patrol, points_law, section_control
from trafficsim.spec.deterrence import Deterrence

F8 = NDArray[np.float64]
MONTH_DAYS = 365.25 / 12.0
MEMORY, NOVELTY = ("forget", "consolidate"), ("habituate", "lasting")
START = {"forget": 0.33, "consolidate": 0.04, "habituate": 0.0026, "lasting": 0.02}
PEOPLE = 250


class Target(NamedTuple):
    """A published number, its range, and how much its logarithm may differ (one standard deviation).

    Ranges but that of the demerit points are assumptions: what is published there are single numbers.
    """

    name: str
    unit: str
    published: float
    low: float
    high: float
    at_most: bool = False

    def residual(self, value: float) -> float:
        """Distance in standard deviations, four to the range; below an upper end there is none."""
        tolerance = np.log(self.high / self.low) / 4.0
        distance = float(np.log(np.clip(value / self.published, 1e-3, 1e3)) / tolerance)
        return max(distance, 0.0) if self.at_most else distance


TARGETS = {
    "section": Target("section control: 5th half-year over 1st", "", 18.7 / 39.4, 0.29, 0.78),
    "law": Target("demerit points: half-life", "months", 9.0, 6.0, 24.0),
    "checkpoint": Target("checkpoint: 7 days later over peak", "", 0.1, 0.035, 0.3),
    "patrol": Target("patrol of 6 weeks: 56 days later over peak", "", 0.1, 0.05, 0.2),
    "short": Target("patrol of 2 days: half-life", "days", 2.0, 1.6, 2.4, at_most=True),
}
OF_MEMORY, OF_NOVELTY = ("checkpoint", "patrol", "short"), ("section", "law")


def predicted(name: str, rates: Deterrence) -> float:
    """What a set of parameters says of a target."""
    if name == "section":
        effect = section_control(rates, PEOPLE)
        return float(effect[4] / effect[0])
    if name == "law":
        return half_life_days(points_law(rates, people=PEOPLE)) / MONTH_DAYS
    if name == "checkpoint":
        effect = checkpoint(rates)
        return float(effect[effect.argmax() + 7] / effect.max())
    days = 42 if name == "patrol" else 2
    effect = patrol(rates, days, days + 60, PEOPLE)
    return float(effect[days + 56] / effect.max()) if name == "patrol" else half_life_days(effect[days:])


class Form(NamedTuple):
    """A form of the model: which parameters are free, and what the others are."""

    name: str
    free: tuple[str, ...]
    fixed: Mapping[str, float]


FORMS = (
    Form("one memory (exponential learning)", ("forget",), {"consolidate": 1.0, "habituate": 0.0, "lasting": 1.0}),
    Form("one memory, novelty", ("forget", "habituate", "lasting"), {"consolidate": 1.0}),
    Form("two memories", ("forget", "consolidate"), {"habituate": 0.0, "lasting": 1.0}),
    Form("two memories, novelty", ("forget", "consolidate", "habituate"), {"lasting": 0.0}),
    Form("two memories, novelty, a share of sight lasts", ("forget", "consolidate", "habituate", "lasting"), {}),
)
CHOSEN = FORMS[3]


def severity(share: float = Deterrence().offending_share, risk: float = Deterrence().initial_risk) -> dict[str, float]:
    """``certainty`` and ``fine_weight`` in closed form.

    Violations fall by 71 % where detection is certain (E40 in Belgium), and an increase of the fine by 1 % lowers them
    by 0.14 % there.
    """
    there = (1.0 - 0.71) * share
    fine = 0.14 / (1.0 - there)
    rise = float(np.log(share / (1.0 - share)) - np.log(there / (1.0 - there)))
    return {"certainty": rise / (1.0 - risk) - fine, "fine_weight": fine}


def fitted(form: Form, targets: Mapping[str, Target] = TARGETS, moved: str = "") -> Deterrence:
    """Fit the free parameters of a form: those of memory, then those of novelty (of one target, those it moves)."""
    values = {**START, **form.fixed, **severity()}
    for names, aims in ((MEMORY, OF_MEMORY), (NOVELTY, OF_NOVELTY)):
        free = tuple(name for name in names if name in form.free)
        if free and (not moved or moved in aims):
            values |= _least(free, aims, values, targets)
    return Deterrence(**values)  # type: ignore[arg-type]


def _least(free: tuple[str, ...], aims: tuple[str, ...], values: Mapping[str, float],
           targets: Mapping[str, Target]) -> dict[str, float]:
    def inside(point: F8) -> dict[str, float]:
        return {name: float(1.0 / (1.0 + np.exp(-one))) for name, one in zip(free, point, strict=True)}

    @cache
    def loss(point: tuple[float, ...]) -> float:
        rates = Deterrence(**{**values, **inside(np.array(point))})  # type: ignore[arg-type]
        return sum(targets[name].residual(predicted(name, rates)) ** 2 for name in aims)

    begin = np.array([np.log(values[name] / (1.0 - values[name])) for name in free])
    found = minimize(lambda point: loss(tuple(point.tolist())), begin, method="Nelder-Mead",
                     options={"xatol": 0.01, "fatol": 0.002, "maxfev": 50})
    return inside(found.x)


def programme(rates: Deterrence) -> tuple[float, float]:
    """French programme, injuries in per cent: last year, and months 7 to 12, given -26.2 % in the first month."""
    effect = camera_programme(rates)
    scale = -26.2 / float(effect[1:31].mean())
    return scale * float(effect[-365:].mean()), scale * float(effect[183:365].mean())


def fit_table(rates: Deterrence) -> str:
    """Fit and prediction as Markdown."""
    lines = ["| | published | range | model | standard deviations |", "|---|--:|---|--:|--:|"]
    for name, target in TARGETS.items():
        value = predicted(name, rates)
        given = f"at most {target.published:g}" if target.at_most else f"{target.low:.2g} to {target.high:.2g}"
        lines.append(f"| {target.name}{', ' + target.unit if target.unit else ''} | {target.published:.3g} | {given} | "
                     f"{value:.3g} | {target.residual(value):+.1f} |")
    last, second = programme(rates)
    lines += ["", "Kept out of the fit:", "", "| French programme, injuries | published | predicted |", "|---|--:|--:|",
              "| first month (scale of the prediction) | -26.2 % | -26.2 % |",
              f"| months 7 to 12 | | {second:.1f} % |", f"| seventh year | -0.8 % | {last:.2f} % |"]
    return "\n".join(lines)


def form_table() -> str:
    """All forms as Markdown."""
    lines = [f"| form | free | {' | '.join(target.name for target in TARGETS.values())} | sum of squares |",
             "|---|--:|" + "--:|" * (len(TARGETS) + 1)]
    for form in FORMS:
        rates = fitted(form)
        values = {name: predicted(name, rates) for name in TARGETS}
        loss = sum(TARGETS[name].residual(value) ** 2 for name, value in values.items())
        shown = " | ".join("never" if np.isinf(value) else f"{value:.3g}" for value in values.values())
        lines.append(f"| {form.name} | {len(form.free)} | {shown} | {loss:.1f} |")
    published = " | ".join(f"{target.published:.3g}" for target in TARGETS.values())
    return "\n".join([*lines, f"| *published* | | {published} | |"])


def ends() -> str:
    """How far the parameters move when one published number is moved to the ends of its range."""
    lines = ["| parameter | fitted | with the targets at the ends of their ranges |", "|---|--:|---|"]
    best, moved = Deterrence(), []
    for name, target in TARGETS.items():
        moved += [fitted(CHOSEN, {**TARGETS, name: target._replace(published=end)}, name)
                  for end in (() if target.at_most else (target.low, target.high))]
    for name in CHOSEN.free:
        values = [getattr(one, name) for one in moved]
        lines.append(f"| `{name}` | {getattr(best, name):.3g} | {min(values):.2g} to {max(values):.2g} |")
    return "\n".join(lines)


TABLES: Mapping[str, Callable[[], str]] = {
    "deterrence_fit": lambda: fit_table(Deterrence()), "deterrence_forms": form_table, "deterrence_ends": ends}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--forms", action="store_true", help="fit all forms, and the ends of the ranges, too")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write tables to this folder")
    given = parser.parse_args()
    rates = fitted(CHOSEN)
    print("fitted:", ", ".join(f"{name} {getattr(rates, name):.4g}" for name in (*CHOSEN.free, *severity())))
    for name in TABLES if given.forms else ("deterrence_fit",):
        table = TABLES[name]()
        print(f"\n{table}")
        if given.write:
            (given.write / f"{name}.md").write_text(table + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
