"""What lies beside results: the study or scenario and the version that made them, so that runs are never mixed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trafficsim import __version__
from trafficsim.base.errors import InputError, MachineError
from trafficsim.engines.registry import engine_named
from trafficsim.io.files import what_is_there
from trafficsim.io.network_file import write_network
from trafficsim.plan.prepare import Prepared
from trafficsim.results.asked import network_path
from trafficsim.results.store import DONE, MANIFEST, read_manifest, remove_parts, stored_runs, write_manifest
from trafficsim.spec.demand import Demand
from trafficsim.spec.network import Network
from trafficsim.spec.study import Study

BESIDE = ("world", "findings", "memory")
"""Parts of a prepared world that no run reads, or that are taken from the scenario."""
PLAIN = (str, int, float, bool, type(None))


def scenario_content(prepared: Prepared, engines: Sequence[str]) -> dict[str, Any]:
    """The scenario as written, settings of the engines, and a fingerprint of what files and builders made of it."""
    scenario = prepared.world.scenario
    kinds = {"network": Network, "demand": Demand}
    built = {name for name, kind in kinds.items() if isinstance(getattr(scenario, name), kind)}
    tables = [table for engine in engines for table in engine_named(engine).tables]
    settings = {table: scenario.settings(table).model_dump(mode="json") for table in tables}
    left_out: dict[str, Any] = dict.fromkeys(built, True) | {"drivers": {"file"}}  # it has been read
    left_out |= {"validation": True} if scenario.validation is None else {}
    written = scenario.model_dump(mode="json", exclude=left_out, include=set(type(scenario).model_fields))
    return {**written, **settings, "fingerprint": fingerprint(prepared)}


def study_content(study: Study, worlds: Mapping[str, Prepared]) -> dict[str, Any]:
    """What runs of the study depend on. How they are judged, and how many there are, may be changed later."""
    alternatives = {
        name: [{"kind": policy.kind, **policy.model_dump(mode="json")} for policy in policies]
        for name, policies in study.alternatives.items()
    }
    return {
        "study": {"name": study.name, "engines": list(study.engines), "demand_variation": study.demand_variation},
        "alternatives": alternatives,
        **{name: table.model_dump(mode="json") for name in ("days", "equilibrium")
           if (table := getattr(study, name)) is not None},
        "scenarios": {name: scenario_content(prepared, study.engines) for name, prepared in worlds.items()},
    }


def write_networks(out: Path | None, worlds: Mapping[str, Prepared]) -> None:
    """Write the network of every scenario beside its results, unless it is there; the manifest's hash covers it.

    Raises
    ------
    MachineError
        If the folder cannot be written.
    """
    if out is None:
        return
    for name, prepared in worlds.items():
        path = network_path(out, name)
        if not path.exists():
            temporary = path.with_name(f".{os.getpid()}.{path.name}")
            write_network(prepared.world.network, temporary)
            try:
                temporary.replace(path)
            except OSError as error:
                raise MachineError(str(path), str(error.strerror or error), "a folder that can be written",
                                   "free some space or give another folder with --out") from error


def fingerprint(prepared: Prepared) -> str:
    """Hash everything of a world that runs or policies read: a file that a scenario names may change under its name."""
    sha = hashlib.sha256()
    network = prepared.world.network
    if prepared.world.observations.series:
        _feed(sha, prepared.world.observations.series)
    for field in fields(prepared):
        if field.name not in BESIDE:
            _feed(sha, getattr(prepared, field.name))
    _feed(sha, network.groups)
    _feed(sha, network.paths)
    for attributes in network.links.values():
        _feed(sha, {name: value for name, value in attributes.items() if isinstance(value, PLAIN)})
    return sha.hexdigest()


def _feed(sha: Any, value: Any) -> None:
    if isinstance(value, np.ndarray):
        _text(sha, f"{value.dtype} {value.shape}")
        sha.update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, Mapping):
        _feed(sha, [part for item in value.items() for part in item])
    elif isinstance(value, list | tuple):
        _text(sha, f"{len(value)}")
        for part in value:
            _feed(sha, part)
    elif is_dataclass(value) and not isinstance(value, type):
        _feed(sha, [getattr(value, field.name) for field in fields(value)])
    else:
        _text(sha, repr(value))


def _text(sha: Any, text: str) -> None:
    content = text.encode()
    sha.update(len(content).to_bytes(8, "little") + content)


def _require_folder(out: Path) -> None:
    """Refuse a file where the folder of results should be, or should lie."""
    for place in (out, *out.parents):
        found = what_is_there(place)
        if found == "a directory":
            return
        if found != "no such file":
            raise InputError(f"--out {out}", f"{found or 'a file'} at {place}", "a folder, or a name for a new one",
                             "give another folder with --out")


def take_folder(out: Path | None, content: Mapping[str, Any], *, resume: bool) -> None:
    """Write the manifest, or see that the one that is there is the same; remove what killed processes left.

    Parameters
    ----------
    out
        The folder; nothing is done without one.
    content
        The study or scenario.
    resume
        Whether finished runs in the folder are welcome.

    Raises
    ------
    InputError
        If the folder holds results of something else or of another version, or finished runs that are not to be used.
    MachineError
        If the folder cannot be written.
    """
    if out is None:
        return
    _require_folder(out)
    wanted = {"version": __version__, **content}
    present = read_manifest(out)
    finished = sum(DONE in files for files in stored_runs(out).values())
    if present is None and finished:
        raise InputError(str(out / MANIFEST), f"no such file beside {finished} finished runs",
                         "the study that they belong to", "put the file back, or give another folder with --out")
    if present is not None and present != wanted:
        differing = sorted(key for key in {*present, *wanted} if present.get(key) != wanted.get(key))
        raise InputError(str(out / MANIFEST), f"results of something else (differing: {', '.join(differing)})",
                         "an empty folder, or results of the same study", "give another folder with --out")
    if finished and not resume:
        raise InputError(str(out), f"{finished} finished runs of this study", "an empty folder",
                         "add --resume to go on from them, or give another folder with --out")
    if present is None:
        _keep_out_of_git(out)
        write_manifest(out, wanted)
    remove_parts(out)


def _keep_out_of_git(out: Path) -> None:
    """Results are made, not written: a folder that is theirs alone is ignored by git."""
    if not out.exists() or not any(out.iterdir()):
        with suppress(OSError):  # what cannot be written is told by the manifest
            out.mkdir(parents=True, exist_ok=True)
            (out / ".gitignore").write_text("*\n", encoding="utf-8")
