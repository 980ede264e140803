"""What lies beside results: the study or scenario and the version that made them, so that runs are never mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trafficsim import __version__
from trafficsim.base.errors import InputError
from trafficsim.results.store import MANIFEST, read_manifest, write_manifest
from trafficsim.spec.demand import Demand
from trafficsim.spec.network import Network
from trafficsim.spec.study import Study
from trafficsim.spec.world import World


def scenario_content(world: World) -> dict[str, Any]:
    """The scenario as written; a network or demand that was built in Python is left out."""
    scenario = world.scenario
    kinds = {"network": Network, "demand": Demand}
    built = {name for name, kind in kinds.items() if isinstance(getattr(scenario, name), kind)}
    return scenario.model_dump(mode="json", exclude=built)


def study_content(study: Study, worlds: Sequence[World]) -> dict[str, Any]:
    """The study as written, without its number of replications: more may be added later."""
    alternatives = {
        name: [{"kind": policy.kind, **policy.model_dump(mode="json")} for policy in policies]
        for name, policies in study.alternatives.items()
    }
    return {
        "study": study.model_dump(mode="json", exclude={"scenarios", "alternatives", "replications"}),
        "alternatives": alternatives,
        "scenarios": {world.scenario.name: scenario_content(world) for world in worlds},
    }


def claim_folder(out: Path | None, content: Mapping[str, Any]) -> None:
    """Write the manifest, or see that the one that is there is the same.

    Raises
    ------
    InputError
        If the folder holds results of something else, or of another version.
    MachineError
        If the folder cannot be written.
    """
    if out is None:
        return
    wanted = {"version": __version__, **content}
    present = read_manifest(out)
    if present is not None and present != wanted:
        differing = sorted(key for key in {*present, *wanted} if present.get(key) != wanted.get(key))
        raise InputError(str(out / MANIFEST), f"results of something else (differing: {', '.join(differing)})",
                         "an empty folder, or results of the same study", "give another folder with --out")
    write_manifest(out, wanted)
