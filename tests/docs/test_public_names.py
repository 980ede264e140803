"""Every public name says what it is: a sentence, parameters with units, what it raises, and an example."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest

import trafficsim as ts
from trafficsim.spec.policy import Policy

SUFFIXES = ("_s", "_m", "_kmh", "_ms", "_ms2", "_veh_h", "_per_s", "_h", "_km", "_year", "_years", "_months", "_days",
            "_eur", "_percent", "_per_10000", "_veh_km_lane", "_veh_h_lane")
# Numbers without a unit: counts, shares, factors, seeds.
PURE = {
    "lanes", "priority", "seed", "replications", "workers", "lane", "confidence", "demand_variation", "share", "cv",
    "share_over_limit", "margin_mean", "margin_sd", "unaffected", "mean_response", "weight_back", "dawdle_p", "columns",
    "rows", "links", "depart_lane", "from_lane", "to_lane", "signal_index", "speed_factor_mean", "speed_factor_sd",
    "waiting_places", "deaths_of_ksi", "start_p", "light_p", "keep_clear_share", "headway_spread",
    "discount_rate", "exchange_rate", "draws",
    "deaths", "serious_injuries", "hard_stop_share", "detection", "sanctioned", "fine_eur", "half_life_days",
    "slight_injuries", "compliance", "expansion_factor", "factor", "low", "high",
    "people", "limit", "novice_limit", "alcohol_factor", "belt_share", "isa_share", "isa_override_share", "trip_rate",
    "licensed_share", "speed_score_mean", "speed_score_sd", "violators", "first_day", "last_day", "points_back",
    "crashes", "impaired", "lessons", "override_share", "year", "night_share",
    "officers", "devices", "points", "present", "publicity", "noticed", "offending_share",
    "officer_hours_per_day", "merge_priority", "gantries",
    "number", "sample", "resimulate_at", "begin_day", "end_day",
    "paths", "longest", "scale_per_min", "overlap", "informed_share", "least_gain",
    "ring", "barrier", "position", "max_green_factor", "platoon_veh",
    "units", "crashes_per_mvkm",
    "rubbernecking", "rubbernecking_opposite", "injured", "capacity_factor", "speed_factor", "vehicles",
    "clearance_factor",
    "years", "effect", "level", "margin", "queue_share", "gap", "cost",  # cost in the unit of the budget
}
RAISERS = re.compile(r"\braise (InputError|MachineError|SimulationError|PolicyError|NetworkError|DemandError)\b")
# Errors are made by us, not by users; their example is the message that they show.
WITHOUT_EXAMPLE = (Exception,)


def public() -> Iterator[tuple[str, Any]]:
    """Names with what they stand for: of the package, of its policies, of its plots."""
    for room, prefix in ((ts, "ts"), (ts.policies, "ts.policies"), (ts.plot, "ts.plot"), (ts.design, "ts.design")):
        for name in getattr(room, "__all__", None) or _own_classes(room):
            thing = getattr(room, name)
            if name.startswith("_") or (inspect.ismodule(thing) and not callable(thing)):
                continue
            yield f"{prefix}.{name}", _called(thing, name)


def _own_classes(room: Any) -> list[str]:
    return [name for name, thing in vars(room).items()
            if inspect.isclass(thing) and thing.__module__.startswith(room.__name__)]


def _called(thing: Any, name: str) -> Any:
    """Return the function behind a module that can be called."""
    if not inspect.ismodule(thing):
        return thing
    from trafficsim import api
    from trafficsim.report import page

    return getattr(api, name, None) or getattr(page, name)


NAMES = dict(public())
EVERY = pytest.mark.parametrize("name", sorted(NAMES))


def doc_of(thing: Any) -> str:
    """Own docstring, not that of a base class."""
    return inspect.cleandoc(thing.__doc__ or "")


def section(text: str, title: str) -> str:
    """Body of a section."""
    found = re.search(rf"^{title}\n-+\n(.*?)(?=\n\n[A-Z]\w+\n-+\n|\Z)", text, re.DOTALL | re.MULTILINE)
    return found[1] if found else ""


def parameters_of(thing: Any) -> list[str]:
    """Names that a caller can give."""
    fields = getattr(thing, "model_fields", None)
    if fields is not None:
        return list(fields)
    return [name for name in inspect.signature(thing).parameters if name not in ("self", "kwargs", "args")]


@EVERY
def test_begins_with_one_sentence(name: str) -> None:
    summary = doc_of(NAMES[name]).split("\n\n")[0].replace("\n", " ")
    assert summary.endswith("."), summary
    assert not re.search(r"\. [A-Z]", summary), f"more than one sentence: {summary}"


@EVERY
def test_says_what_its_parameters_are(name: str) -> None:
    thing = NAMES[name]
    if inspect.isclass(thing) and issubclass(thing, Exception):
        return
    text = doc_of(thing)
    described = section(text, "Parameters") + section(text, "Attributes")
    missing = [one for one in parameters_of(thing) if not re.search(rf"\b{one}\b", described)]
    assert missing == [], f"{name}: {missing}"


@EVERY
def test_numbers_carry_their_unit(name: str) -> None:
    fields = getattr(NAMES[name], "model_fields", {})
    numbers = {key for key, field in fields.items() if re.search(r"\b(float|int)\b", str(field.annotation))
               and "dict" not in str(field.annotation) and "tuple" not in str(field.annotation)}
    assert {key for key in numbers if not key.endswith(SUFFIXES)} <= PURE


@EVERY
def test_says_what_it_raises(name: str) -> None:
    thing = NAMES[name]
    if inspect.isclass(thing):
        return
    raised = set(RAISERS.findall(inspect.getsource(inspect.unwrap(thing))))
    text = section(doc_of(thing), "Raises")
    assert {error for error in raised if error not in text} == set()


@EVERY
def test_shows_an_example(name: str) -> None:
    thing = NAMES[name]
    if inspect.isclass(thing) and issubclass(thing, WITHOUT_EXAMPLE):
        return
    assert ">>> " in doc_of(thing)


def test_policies_say_on_what_evidence_they_stand() -> None:
    for policy in (thing for thing in NAMES.values() if inspect.isclass(thing) and issubclass(thing, Policy)):
        if policy is not Policy:
            assert all(getattr(policy, fact) for fact in ("mechanism", "source", "grade", "limits")), policy
            assert set(policy.numbers) <= set(policy.model_fields), policy
