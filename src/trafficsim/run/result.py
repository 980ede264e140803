"""What a run or a study gives: its tables, their sums, the comparison with the baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from trafficsim import __version__
from trafficsim.base.errors import InputError
from trafficsim.base.findings import Finding
from trafficsim.engines.registry import engines
from trafficsim.results.agreement import Agreement
from trafficsim.results.agreement import agreement as agreement_of
from trafficsim.results.appraisal import Appraisal, appraisal_of
from trafficsim.results.compare import Comparison, Question
from trafficsim.results.compared import compared
from trafficsim.results.days import over_days
from trafficsim.results.distribution import Distribution, distribution
from trafficsim.results.fallbacks import failure_findings
from trafficsim.results.frames import label_columns
from trafficsim.results.gridlocks import gridlock_list
from trafficsim.results.history_outcomes import with_history
from trafficsim.results.left import left_list
from trafficsim.results.question import TABLES
from trafficsim.results.rollout import Programme
from trafficsim.results.sites import Histories, history_json, judged_by_setting, sites_table
from trafficsim.results.summary import learnt_by_scenario, run_endings, summarise
from trafficsim.results.unserved import unserved_by_scenario
from trafficsim.results.validation import ValidationResult, validation_of
from trafficsim.run.effects import Effect, without_effect_json
from trafficsim.spec.study import Study
from trafficsim.spec.world import World


class WithTables:
    """Result tables as attributes: ``result.trips`` is ``result.tables["trips"]``."""

    tables: Mapping[str, pd.DataFrame]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What went otherwise than meant in the runs: controllers and detectors that failed."""
        return failure_findings(self.tables)

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Return a table."""
        tables: Mapping[str, pd.DataFrame] = self.__dict__.get("tables", {})
        if name in tables:
            return tables[name]
        raise AttributeError(f"{type(self).__name__} has no attribute or table {name!r}; tables: {sorted(tables)}")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.tables]


@dataclass(frozen=True)
class RunResult(WithTables):
    """Replications of one scenario under do nothing: labelled tables and their sums."""

    scenario: str
    engine: str
    seed: int
    replications: int
    tables: Mapping[str, pd.DataFrame]
    repairs: Mapping[str, int] = field(default_factory=dict)
    """How often what was repaired before the run, by code."""

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Digest, vehicles, indicators with t-intervals, reasons and performance over the replications."""
        return summarise(self.tables)

    def as_json(self) -> dict[str, Any]:
        """Return the object of ``run --json``."""
        head = {"scenario": self.scenario, "engine": self.engine, "seed": self.seed, "replications": self.replications}
        more: dict[str, Any] = {"repairs": dict(self.repairs)} if self.repairs else {}
        more |= {"findings": [one.as_dict() for one in self.findings]} if self.findings else {}
        held = self.validation()
        more |= {} if held is None else {"validation": held.as_json()}
        return {**head, "version": __version__, **self.summary, **more}

    def validation(self) -> ValidationResult | None:
        """Hold the scenario against its observations; ``None`` without ``[validation]`` in it."""
        return validation_of(self.tables)

    def _repr_html_(self) -> str:
        """Show the indicators in a notebook."""
        from trafficsim.results.html import indicators_html

        return indicators_html(self.as_json())


@dataclass(frozen=True)
class StudyResult(WithTables):
    """All runs of a study: labelled tables, the comparison with the baseline, and what its policies did."""

    study: Study
    tables: Mapping[str, pd.DataFrame]
    effects: tuple[Effect, ...] = ()
    histories: Histories = field(default_factory=dict)
    """Crash histories by scenario."""
    programmes: tuple[Programme, ...] = ()
    """Rollouts of the study, in all of its scenarios."""
    warnings: tuple[Finding, ...] = ()
    """What the study asks of the model of behaviour that the evidence behind it does not bear."""
    worlds: Mapping[str, World] = field(default_factory=dict)
    """The scenarios by name, as they were read."""

    @cached_property
    def comparison(self) -> Comparison:
        """Every alternative against the baseline, replication by replication."""
        return self.compare(to=self.study.baseline)

    def compare(self, to: str) -> Comparison:
        """Compare every alternative with one of them.

        Parameters
        ----------
        to
            Name of an alternative; the study's own baseline, or any other.

        Raises
        ------
        InputError
            If there is no such alternative.
        """
        if to not in self.study.alternatives:
            raise InputError(f"study {self.study.name!r}: baseline {to!r}", "no such alternative",
                             f"one of {sorted(self.study.alternatives)}", "correct the name")
        question = replace(question_of(self.study), baseline=to)
        return compared(self.tables, question, self.histories)

    @cached_property
    def side_by_side(self) -> Agreement | None:
        """The effects of the study in each of its engines, as a value; ``None`` where a single engine ran."""
        if self.tables["runs"]["engine"].nunique() < 2:
            return None
        limits = {name: engine.limits for name, engine in engines().items()}
        return agreement_of(self.comparison, over_days(self.tables), limits)

    def agreement(self, *indicators: str) -> pd.DataFrame:
        """Return sign and size of every effect in both engines, where they disagree, and what may be why.

        Parameters
        ----------
        indicators
            Names to show; without any, the primary ones first and then all others.

        Returns
        -------
        A row per scenario, alternative and indicator, and per pair of engines that follow each other in the study:
        ``agreement`` (``agree``, ``disagree``, ``one undecided``, ``both undecided``: an interval includes zero;
        ``no value``), ``same_size`` (the intervals overlap), then engine, difference from the baseline, interval and
        share of the baseline's mean of the one engine and (``other_``) of the other, and ``reason``.

        Raises
        ------
        InputError
            If the study ran with a single engine.
        """
        found = self.side_by_side
        return (agreement_of(self.comparison, self.tables, {}) if found is None else found).table(*indicators)

    @cached_property
    def appraisal(self) -> Appraisal | None:
        """What the alternatives are worth; ``None`` without ``[economics]`` in the study."""
        known = judged_by_setting(over_days(self.tables), self.study.baseline, self.histories)
        question = with_history(question_of(self.study), known)
        return appraisal_of(self.tables, question, tuple(self.study.alternatives))

    def validation(self) -> ValidationResult | None:
        """Hold the baseline against the observations of the scenarios; ``None`` without ``[validation]`` in any."""
        return validation_of(self.tables, self.study.baseline, self.study.confidence)

    @cached_property
    def sites(self) -> pd.DataFrame:
        """Observed, predicted and expected crashes of junctions and roads; empty without a crash history."""
        return sites_table(over_days(self.tables), self.study.baseline, self.histories)

    @cached_property
    def distribution(self) -> Distribution:
        """Who gains and who loses: every path, movement and group of trips against the baseline."""
        return distribution(over_days(self.tables), question_of(self.study))

    def as_json(self) -> dict[str, Any]:
        """Return the object of ``compare --json``.

        ``distribution`` says who loses, by scenario, engine, alternative and family of tests; ``appraisal`` what
        alternatives are worth, where the study has ``[economics]``. Only when there is something to tell it has
        ``failed`` (failed runs), ``status`` (how many runs of each alternative ended how, once a vehicle was left
        somewhere), ``gridlocks``, ``left`` (where vehicles were left, since when, behind what), ``without_effect``
        (policies that changed nothing in a scenario), ``routes`` (rehearsals and relative gap of the scenarios in which
        drivers learnt theirs), and ``unserved`` (trips and flows of each scenario that nothing can carry, with
        reasons), ``crash_history`` (how many crashes were matched to sites), ``rollout`` (programmes of the study),
        ``agreement`` (of engines, where several ran), ``warnings`` (what lies outside the evidence behind the model
        of behaviour), and ``findings`` (controllers and detectors of signals that failed).
        """
        head = {"study": self.study.name, "baseline": self.study.baseline, "version": __version__}
        runs = self.tables["runs"]
        broken = runs[runs["status"] == "failed"]
        odd = runs["status"].isin(["incomplete", "gridlock"]).any()
        told: dict[str, Any] = {
            "failed": broken[[*label_columns(broken), "reason"]].to_dict("records"),
            "status": run_endings(self.tables) if odd else None, "gridlocks": gridlock_list(self.tables["events"]),
            "left": left_list(self.tables["events"]) if odd else None,
            "without_effect": without_effect_json(self.effects), "routes": learnt_by_scenario(runs),
            "unserved": unserved_by_scenario(over_days(self.tables)),
            "appraisal": None if self.appraisal is None else self.appraisal.as_json(),
            "crash_history": history_json(self.histories),
            "agreement": None if self.side_by_side is None else self.side_by_side.as_json(),
            "rollout": [one.as_json() for one in self.programmes],
            "warnings": [one.as_dict() for one in self.warnings],
            "findings": [one.as_dict() for one in self.findings],
            "validation": None if (held := self.validation()) is None else held.as_json(),
        }
        return {**head, "results": self.comparison.as_json(), "distribution": self.distribution.as_json(),
                **{key: value for key, value in told.items() if value}}

    def _repr_html_(self) -> str:
        """Show the comparison with the baseline in a notebook."""
        from trafficsim.results.formats import losers_lines
        from trafficsim.results.html import comparison_html

        title = f"{self.study.name}, compared to {self.study.baseline}"
        return comparison_html(self.comparison, title=title, losers=losers_lines(self.distribution))


def question_of(study: Study) -> Question:
    """What the study wants compared."""
    outcomes = {name: table for name in TABLES if (table := getattr(study, name)) is not None}
    return Question(study.baseline, study.primary, study.confidence, study.equivalence_margins, study.precision,
                    outcomes).with_outcomes()
