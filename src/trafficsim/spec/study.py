"""A study as it is written: scenarios, alternatives, replications, engines, and the indicators to compare."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, ConfigDict, Field, SerializeAsAny, field_validator, model_validator

from trafficsim.base.errors import quoted
from trafficsim.spec.calendar import Days
from trafficsim.spec.casualties import Casualties
from trafficsim.spec.crashes import History
from trafficsim.spec.economics import Economics
from trafficsim.spec.engines import default_engine, settings_models
from trafficsim.spec.equilibrium import Equilibrium
from trafficsim.spec.model import Model
from trafficsim.spec.policy import REGISTRY, Policy
from trafficsim.spec.rollout import Rollout
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.setting import Setting

MOST_VARIATION = 0.3
"""Above a third, a day of the normal distribution cut at three deviations could have no demand at all."""


def _known_engine(name: str) -> str:
    if name not in settings_models():
        raise ValueError(f"unknown engine {quoted(name)}; known: {sorted(settings_models())}")
    return name


EngineName = Annotated[str, AfterValidator(_known_engine)]


class Study(Model):
    """Scenarios x alternatives x replications x engines.

    Parameters
    ----------
    name
        Name of the study.
    question
        The question of the study, a text.
    scenarios
        Scenario files (relative to the study file) or scenario models.
    alternatives
        Lists of policies by name; one of them, the baseline, is empty.
    baseline
        Name of the alternative with which others are compared.
    replications
        Number of replications per alternative, in pairs.
    demand_variation
        Replications are days: coefficient of variation of the demand of a whole day, 0 for the same volumes every day.
        The default of 10 % is a modelling assumption.
    engines
        Names of engines; the default one if empty.
    primary
        Indicators on which verdicts are based; all others are secondary.
    confidence
        Level of the intervals.
    equivalence_margins
        Margin by indicator (relative to the baseline's mean) for calling two alternatives equivalent.
    precision
        Requested precision by indicator: half-width of the interval of the difference, relative to the baseline's mean.
    casualties
        How free speeds become casualties. Given, or an indicator of casualties named, free speeds are measured on all
        links that an alternative acts on.
    economics
        What differences are worth and what alternatives cost; without it nothing is put into money.
    setting
        Where the measures shall work; evidence from elsewhere is carried to it (:func:`trafficsim.transfer`).
    history
        Crashes of past years, for casualties per year.
    days
        Days over which the study runs; its scenarios then need a population. ``None``: replications of one day.
    equilibrium
        Every alternative has the routes of its own dynamic user equilibrium on the design day, found with the first
        engine; verdicts need a gap that is small against the effect. ``None``: all have the routes of the scenario.
    rollout
        Programmes that build places of enforcement over years; what they come to is worked out before anything runs.

    Examples
    --------
    >>> Study(name="toy", scenarios=("scenario.toml",), alternatives={"do nothing": ()}).baseline
    'do nothing'
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: str = Field(default="study", min_length=1, pattern=r"^[\w.+-]+$")
    question: str = ""
    scenarios: tuple[str | Scenario, ...] = Field(min_length=1)
    alternatives: dict[str, tuple[SerializeAsAny[Policy], ...]] = Field(min_length=1)
    baseline: str = "do nothing"
    replications: int = Field(default=10, ge=1, le=100000)
    demand_variation: float = Field(default=0.10, ge=0, le=MOST_VARIATION)
    engines: tuple[EngineName, ...] = Field(default_factory=lambda: (default_engine(),), min_length=1)
    primary: tuple[str, ...] = ("mean_delay_s",)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    equivalence_margins: dict[str, float] = Field(default_factory=dict)
    precision: dict[str, float] = Field(default_factory=dict)
    history: History | None = None
    casualties: Casualties | None = None
    economics: Economics | None = None
    setting: Setting | None = None
    days: Days | None = None
    equilibrium: Equilibrium | None = None
    rollout: tuple[Rollout, ...] = ()

    @field_validator("alternatives", mode="before")
    @classmethod
    def _policies_by_kind(cls, alternatives: Any) -> Any:
        if not isinstance(alternatives, dict):
            return alternatives
        return {name: tuple(_policy(entry, name) for entry in entries) if isinstance(entries, list | tuple) else entries
                for name, entries in alternatives.items()}

    @model_validator(mode="after")
    def _has_baseline(self) -> Self:
        if self.baseline not in self.alternatives:
            raise ValueError(
                f"the baseline {self.baseline!r} is not among the alternatives {sorted(self.alternatives)};"
                f' add it as an empty list: "{self.baseline}" = []'
            )
        if self.alternatives[self.baseline]:
            raise ValueError(f"the baseline {self.baseline!r} must be an empty list of policies")
        return self

    @field_validator("rollout")
    @classmethod
    def _one_name_each(cls, rollouts: tuple[Rollout, ...]) -> tuple[Rollout, ...]:
        names = [one.name for one in rollouts]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two rollouts named {quoted(name)}; give each a name of its own")
        return rollouts

    @model_validator(mode="after")
    def _seeks_one_equilibrium(self) -> Self:
        if self.equilibrium is not None and self.days is not None:
            raise ValueError("a study over days with [equilibrium]: routes are looked for on one day; leave one out")
        if self.equilibrium is not None and self.equilibrium.optimises:
            raise ValueError('equilibrium.objective "system_optimum": alternatives are compared in user equilibrium; '
                             "leave it out")
        return self

    @model_validator(mode="after")
    def _rolls_out_by_crashes(self) -> Self:
        if self.rollout and self.history is None:
            raise ValueError("a rollout without a crash history: casualties avoided need a table [history]")
        return self

    @model_validator(mode="after")
    def _prices_its_alternatives(self) -> Self:
        for name in self.economics.measures if self.economics is not None else ():
            if name not in self.alternatives:
                raise ValueError(f"economics.measures names {quoted(name)}, which is no alternative; "
                                 f"known: {sorted(self.alternatives)}")
            if name == self.baseline:
                raise ValueError(f"economics.measures gives the baseline {quoted(name)} a cost; costs are those of "
                                 "an alternative beyond the baseline")
        return self

    @model_validator(mode="after")
    def _dates_its_alternatives(self) -> Self:
        for event in self.days.events if self.days is not None else ():
            where = f"days.events: policy {quoted(event.policy)}"
            if event.alternative not in self.alternatives:
                raise ValueError(f"{where} of {quoted(event.alternative)}, which is no alternative; "
                                 f"known: {sorted(self.alternatives)}")
        return self


def _policy(entry: Any, alternative: str) -> Policy:
    if isinstance(entry, Policy):
        return entry
    if not isinstance(entry, dict) or "kind" not in entry:
        raise ValueError(f"alternative {alternative!r}: each policy is a table with a key 'kind'; "
                         f"found {quoted(entry)}")
    values = dict(entry)
    kind = values.pop("kind")
    if not isinstance(kind, str) or kind not in REGISTRY:
        raise ValueError(f"alternative {alternative!r}: unknown policy kind {quoted(kind)}; known: {sorted(REGISTRY)}")
    return REGISTRY[kind].model_validate(values)
