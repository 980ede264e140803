"""Studies over days: chains instead of single runs, and what is there of them already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from trafficsim.base.errors import InputError
from trafficsim.base.findings import Finding
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared
from trafficsim.results.days import TABLE
from trafficsim.results.frames import Labels, concatenate
from trafficsim.results.store import DONE, Files, StoredTables, check_readable, remove_parts, stored_runs
from trafficsim.run.chain import Chain, do_chain, policies_in_force, unimpeded_shares
from trafficsim.run.jobs import Outcome, Setting, stored
from trafficsim.run.options import Options
from trafficsim.spec.policy import policy_labels
from trafficsim.spec.study import Study
from trafficsim.spec.world import World

SHOWN_DAYS = 20
"""Days that a finding names one by one."""


def check_days(study: Study, worlds: Mapping[str, World]) -> None:
    """Refuse a study over days whose scenarios have no people who could remember, or with events of unknown policies.

    Raises
    ------
    InputError
        Naming the scenario, or the policy.
    """
    if study.days is None:
        return
    for name, world in worlds.items():
        if world.scenario.population is None:
            raise InputError("study: days", f"scenario {name!r} without a population",
                             "people who stay the same from day to day",
                             "give the scenario a table [population], or leave out [days]")
    for event in study.days.events:
        known = policy_labels(study.alternatives[event.alternative])
        if event.policy not in known:
            raise InputError(f"study: days.events: policy {event.policy!r}",
                             f"none of alternative {event.alternative!r}",
                             f"one of {', '.join(known)}" if known else "an alternative with policies",
                             "correct the name: the kind of the policy, with its number where there are several")


def days_findings(study: Study) -> tuple[Finding, ...]:
    """Say which days of a study are simulated in any case."""
    if study.days is None:
        return ()
    days, found = study.days, []
    for alternative, policies in study.alternatives.items():
        simulated = planned_days(Chain(Labels("", alternative, 1, ""), policies, days))
        shown = ", ".join(map(str, simulated[:SHOWN_DAYS])) + (", ..." if len(simulated) > SHOWN_DAYS else "")
        found.append(Finding(
            "info", "simulated-days", f"alternative {alternative!r}",
            f"{len(simulated)} of {days.number} days will be simulated: {shown}; further ones once mean free speeds "
            f"have moved by more than {days.resimulate_at:.3g} of themselves",
            "change days.sample or days.resimulate_at"))
    return tuple(found)


def planned_days(chain: Chain) -> tuple[int, ...]:
    """Days of a chain that are simulated however behaviour moves: sample days, and those that begin or end a policy."""
    changes = [day for day in range(2, chain.days.number + 1)
               if policies_in_force(chain, day) != policies_in_force(chain, day - 1)]
    return tuple(sorted({*chain.days.sample_days(), *changes}))


def run_chains(setting: Setting, chains: Sequence[Chain], options: Options) -> Mapping[str, pd.DataFrame]:
    """Run what is not there yet of the chains; the tables of all their days, whoever finished first."""
    missing = _unfinished(setting, chains, options)
    finished = len(chains) - len(missing)
    outcomes: list[tuple[Outcome, ...]] = [()] * len(missing)
    sent = setting if options.executor.shares_disk else replace(setting, out=None)
    executed = options.executor.execute(do_chain, sent, missing)
    for done, (position, found) in enumerate(executed, start=finished + 1):
        outcomes[position] = tuple(stored(one, options.out) if options.out is not None and one.tables else one
                                   for one in found)
        if options.progress is not None:
            options.progress(done, len(chains), missing[position].labels)
    ended = [one for chain in outcomes for one in chain]
    failures = [one.failure for one in ended if one.failure is not None]
    if len(failures) == len(chains):
        raise failures[0]
    return concatenate([one.tables for one in ended]) if options.out is None else _from_files(options.out, chains)


def _unfinished(setting: Setting, chains: Sequence[Chain], options: Options) -> list[Chain]:
    """Chains that are not complete in the folder, with what is known of their simulated days."""
    if options.out is None or not options.resume:
        return list(chains)
    by_chain = _stored_days(options.out, chains)
    missing = []
    for chain in chains:
        there = by_chain[chain.labels]
        for files in there.values():
            check_readable(files)
        if not there or _last_day(there[max(there)]) < chain.days.number:
            missing.append(replace(chain, unimpeded=_known(setting.worlds[chain.labels.scenario], chain, there)))
    return missing


def _stored_days(out: Path, chains: Iterable[Chain]) -> dict[Labels, dict[int, Files]]:
    """Files of the simulated days that are complete, by chain."""
    found: dict[Labels, dict[int, Files]] = {chain.labels: {} for chain in chains}
    for labels, files in stored_runs(out).items():
        chain = labels._replace(day=None)
        if labels.day is not None and chain in found and DONE in files:
            found[chain][labels.day] = files
    return found


def _last_day(files: Files) -> int:
    return int(pd.read_parquet(files[TABLE])["day"].max())


def _known(prepared: Prepared, chain: Chain, there: Mapping[int, Files]) -> dict[int, dict[str, float]]:
    """What later days need of the simulated days in the store."""
    found = {}
    for day, files in there.items():
        deployments = lower(prepared, policies_in_force(chain, day), chain.labels.replication).deployments
        found[day] = unimpeded_shares(pd.read_parquet(files["speeds"]), {one.name: one for one in deployments})
    return found


def _from_files(out: Path, chains: Sequence[Chain]) -> StoredTables:
    """Tables of the chains, read when they are asked for; those that every comparison needs at once."""
    remove_parts(out)
    wanted = [chain.labels for chain in chains]
    order = {labels: position for position, labels in enumerate(wanted)}
    runs = {labels: files for labels, files in stored_runs(out).items() if labels._replace(day=None) in order}
    ordered = sorted(runs, key=lambda one: (order[one._replace(day=None)], one.day or 0))
    tables = StoredTables({labels: runs[labels] for labels in ordered})
    for name in ("runs", "indicators", TABLE):
        tables.get(name)
    return tables
