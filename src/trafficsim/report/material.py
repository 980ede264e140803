"""What a report is made from: a folder of results, or the result of a study in memory. Nothing is simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic import ValidationError

from trafficsim import __version__
from trafficsim.base.errors import InputError, TrafficsimError
from trafficsim.base.findings import Finding
from trafficsim.io.load import load_world
from trafficsim.io.network_file import read_network
from trafficsim.outcomes.sites.history import Judged
from trafficsim.report.places import junction_names, street_names
from trafficsim.results.appraisal import Appraisal, appraisal_of
from trafficsim.results.asked import network_path, question_from, read_asked, setting_of
from trafficsim.results.compare import Comparison
from trafficsim.results.compared import compared
from trafficsim.results.days import over_days
from trafficsim.results.distribution import Distribution, distribution
from trafficsim.results.history_outcomes import with_history
from trafficsim.results.question import Question
from trafficsim.results.rollout import Programme, read_programmes
from trafficsim.results.scope import read_warnings
from trafficsim.results.sites import Histories, judged_by_setting, read_histories
from trafficsim.results.store import DONE, MANIFEST, StoredTables, check_readable, read_manifest, stored_runs
from trafficsim.results.validation import ValidationResult, validation_of
from trafficsim.spec.calendar import Days
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.setting import Setting

if TYPE_CHECKING:
    from trafficsim.run.result import StudyResult

DO_NOTHING = "do nothing"
Policies = Sequence[Mapping[str, Any]]
"""Policies of an alternative as they are written: ``kind`` and parameters."""


@dataclass(frozen=True)
class Material:
    """Everything that a report says, before it is put into words.

    Attributes
    ----------
    study, question : name and words of the study
    asked : baseline, primary indicators, levels
    assumed : whether ``asked`` had to be assumed, because the folder does not hold it
    alternatives : policies by name, in the order of the study
    scenarios : content of the scenarios by name
    demand_variation : coefficient of variation from day to day
    version : that made the results
    tables : by name
    networks : by scenario; without geometry the reason stands in ``no_network``
    folder : where the tables came from, if from one
    setting : where the measures shall work, if the study declares it
    histories : crash histories by scenario
    programmes : rollouts of the study
    days : over which the study ran, if it did
    warnings : what lies outside the evidence behind the model of behaviour
    """

    study: str
    question: str
    asked: Question
    assumed: bool
    alternatives: Mapping[str, Policies]
    scenarios: Mapping[str, Mapping[str, Any]]
    demand_variation: float
    version: str
    tables: Mapping[str, pd.DataFrame]
    networks: Mapping[str, Network] = field(default_factory=dict)
    no_network: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    setting: Setting | None = None
    histories: Histories = field(default_factory=dict)
    programmes: tuple[Programme, ...] = ()
    days: Days | None = None
    warnings: tuple[Finding, ...] = ()

    @cached_property
    def comparison(self) -> Comparison:
        """Every alternative against the baseline."""
        return compared(self.tables, self.asked, self.histories)

    @cached_property
    def appraisal(self) -> Appraisal | None:
        """What the alternatives are worth; ``None`` without ``[economics]`` in the study."""
        return appraisal_of(self.tables, with_history(self.asked, self.crashes), tuple(self.alternatives))

    @cached_property
    def distribution(self) -> Distribution:
        """Every path, movement and group against the baseline."""
        return distribution(self.over_days, self.asked)

    @cached_property
    def crashes(self) -> dict[tuple[str, str], Judged]:
        """Crashes and casualties under do nothing by scenario and engine, where there is a crash history."""
        return judged_by_setting(self.over_days, self.asked.baseline, self.histories)

    @cached_property
    def held(self) -> ValidationResult | None:
        """The baseline against the observations of the scenarios; ``None`` without any."""
        return validation_of(self.tables, self.asked.baseline, self.asked.confidence)

    @cached_property
    def streets(self) -> dict[str, dict[str, str]]:
        """Street names by scenario and link."""
        return {name: street_names(network) for name, network in self.networks.items()}

    @cached_property
    def junctions(self) -> dict[str, dict[str, str]]:
        """Names of junctions and signals by scenario and id, as far as the networks have them."""
        return {name: junction_names(network) for name, network in self.networks.items()}

    @cached_property
    def settings(self) -> tuple[tuple[str, str], ...]:
        """Scenario and engine of all runs, in their order."""
        runs = self.tables[DONE][["scenario", "engine"]].drop_duplicates()
        known = list(self.scenarios)
        pairs = [(str(one.scenario), str(one.engine)) for one in runs.itertuples()]
        return tuple(sorted(pairs, key=lambda pair: (known.index(pair[0]) if pair[0] in known else 0, pair[1])))

    @cached_property
    def over_days(self) -> Mapping[str, pd.DataFrame]:
        """Tables by replication: means over its days, where the study has days."""
        return over_days(self.tables)

    @property
    def marks(self) -> tuple[int, ...]:
        """Days on which a policy begins, or is in force no more."""
        events = self.days.events if self.days is not None else ()
        begins = {one.begin_day for one in events if one.begin_day is not None}
        return tuple(sorted(begins | {one.end_day + 1 for one in events if one.end_day is not None}))

    @property
    def others(self) -> tuple[str, ...]:
        """Alternatives without the baseline."""
        return tuple(name for name in self.alternatives if name != self.asked.baseline)

    def table(self, name: str, scenario: str, engine: str) -> pd.DataFrame | None:
        """Return the rows of a scenario and engine, alternatives in the order of the study; ``None`` without any."""
        if name not in self.over_days:
            return None
        whole = self.over_days[name]
        rows = whole[(whole["scenario"] == scenario) & (whole["engine"] == engine)]
        parts = [rows[rows["alternative"] == alternative] for alternative in self.alternatives]
        parts = [part for part in parts if len(part)]
        return pd.concat(parts, ignore_index=True) if parts else None


def from_folder(folder: str | Path) -> Material:
    """Read a folder of results.

    Raises
    ------
    InputError
        If it is no folder of results, or a file in it is damaged.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(str(folder), "no such folder", "a folder of results", "give the folder that --out named")
    runs = stored_runs(folder)
    if not any(DONE in files for files in runs.values()):
        raise InputError(str(folder), "no complete run", "a folder of results", "give the folder that --out named")
    for files in runs.values():
        check_readable(files)
    manifest = read_manifest(folder)
    if manifest is None or not isinstance(manifest.get("scenarios"), dict):
        found = "no such file" if manifest is None else "no study or scenario in it"
        raise InputError(str(folder / MANIFEST), found, "the study that the results beside it belong to",
                         "put the file back, or give another folder")
    study = manifest.get("study", {})
    asked, question, order = _asked(folder, manifest)
    written = manifest.get("alternatives", {DO_NOTHING: []})
    networks, reasons = _networks(folder, manifest["scenarios"])
    return Material(
        study=str(study.get("name", next(iter(manifest["scenarios"]), ""))), question=question, asked=asked,
        assumed=order is None, alternatives=_ordered(written, order or [asked.baseline]),
        scenarios=manifest["scenarios"], version=str(manifest.get("version", "")), tables=StoredTables(runs),
        demand_variation=float(study.get("demand_variation", manifest.get("demand_variation", 0.0))),
        networks=networks, no_network=reasons, folder=folder, setting=setting_of(folder),
        histories=read_histories(folder, networks), programmes=read_programmes(folder, manifest["scenarios"]),
        days=None if manifest.get("days") is None else Days.model_validate(manifest["days"]),
        warnings=read_warnings(folder),
    )


def _asked(folder: Path, manifest: Mapping[str, Any]) -> tuple[Question, str, list[str] | None]:
    """Question, its words and the order of alternatives; the last is none where they had to be assumed."""
    content = read_asked(folder)
    if content is not None:
        try:
            question = question_from(content)
            question.check()
            return question, str(content.get("question", "")), [str(name) for name in content["alternatives"]]
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(str(folder / "question.json"), f"a damaged file ({error})", "what the study asked",
                             "remove the file: the usual question is assumed then") from None
    written = manifest.get("alternatives", {DO_NOTHING: []})
    empty = [name for name, policies in written.items() if not policies]
    baseline = DO_NOTHING if DO_NOTHING in empty or not empty else empty[0]
    words = "" if "alternatives" in manifest else next(
        (str(one.get("question", "")) for one in manifest["scenarios"].values()), "")
    return Question(baseline), words, None


def _ordered(alternatives: Mapping[str, Policies], order: Sequence[str]) -> dict[str, Policies]:
    names = [name for name in order if name in alternatives]
    return {name: alternatives[name] for name in (*names, *(name for name in alternatives if name not in names))}


def _networks(folder: Path, scenarios: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, Network], dict[str, str]]:
    """Networks as far as they are in the folder, or can be built from what the scenario says."""
    networks: dict[str, Network] = {}
    reasons: dict[str, str] = {}
    for name, content in scenarios.items():
        path = network_path(folder, name)
        try:
            networks[name] = read_network(path) if path.exists() else _built(content)
        except (TrafficsimError, ValidationError) as error:
            reasons[name] = str(error)
    return networks, reasons


def _built(content: Mapping[str, Any]) -> Network:
    scenario = Scenario.model_validate({key: value for key, value in content.items() if key in Scenario.model_fields})
    return load_world(scenario).network


def from_result(result: StudyResult) -> Material:
    """Take the result of a study."""
    from trafficsim.run.result import question_of

    study, worlds = result.study, result.worlds
    alternatives = {
        name: [{"kind": policy.kind, **policy.model_dump(mode="json")} for policy in policies]
        for name, policies in study.alternatives.items()
    }
    scenarios = {name: _content(world.scenario) for name, world in worlds.items()}
    return Material(
        study=study.name, question=study.question, asked=question_of(study), assumed=False, alternatives=alternatives,
        scenarios=scenarios, demand_variation=study.demand_variation, version=__version__, tables=result.tables,
        networks={name: world.network for name, world in worlds.items()}, setting=study.setting,
        histories=result.histories, programmes=result.programmes, days=study.days,
        warnings=result.warnings,
    )


def _content(scenario: Scenario) -> dict[str, Any]:
    kept = {"name", "question", "description", "seed", "time"}
    return scenario.model_dump(mode="json", include=kept)
