"""Routes that drivers learnt, kept for the next time: in this process, and in a folder beside the study.

A key is the hash of all that rehearsals depend on. A file is taken only if its own hash is right and its routes fit the
network; else it is as if it were not there.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from trafficsim import __version__
from trafficsim.plan.experience import without_rounds
from trafficsim.plan.prepare import Prepared
from trafficsim.plan.rehearsals import Rehearsals, iteration_of
from trafficsim.plan.routes import RouteTable
from trafficsim.run.manifest import scenario_content

IN_MEMORY = 16
"""Scenarios of which this process remembers the routes."""
_SOURCES = ("kernels", "engines", "control", "plan", "run")
_PARTS = ("start", "link", "found", "share", "rehearsals")
_HASH_BYTES = 32
_known: dict[str, RouteTable] = {}


def cache_key(prepared: Prepared, engine: str, more: Mapping[str, Any] | None = None) -> str:
    """Hash the scenario, what files and builders made of it, the engine, and the code that drives and learns.

    ``more`` is what else the routes depend on: policies, and how an equilibrium is looked for.
    """
    scenario = scenario_content(prepared, (engine,))
    content = {"version": __version__, "code": _code(), "engine": engine, "scenario": scenario, **(more or {})}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def recall(key: str, prepared: Prepared, folder: Path | None) -> RouteTable | None:
    """What is known under a key; ``None`` if nothing is, or if it is damaged."""
    if key not in _known and folder is not None:
        with suppress(OSError, ValueError, KeyError, EOFError, BadZipFile):
            _remember(key, _read(_path(folder, key), prepared))
    return _known.get(key)


def remember(key: str, routes: RouteTable, folder: Path | None) -> None:
    """Keep routes under a key. A folder that cannot be written is left alone: they are worked out again next time."""
    _remember(key, routes)
    if folder is None:
        return
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
        (folder / ".gitignore").write_text("*\n")
        part = folder / f".{os.getpid()}.{key[:16]}"
        part.write_bytes(_packed(routes))
        part.replace(_path(folder, key))


def _remember(key: str, routes: RouteTable) -> None:
    while len(_known) >= IN_MEMORY:
        del _known[next(iter(_known))]
    _known[key] = routes


def _path(folder: Path, key: str) -> Path:
    return folder / f"routes-{key[:32]}.npz"


def _packed(routes: RouteTable) -> bytes:
    stream = io.BytesIO()
    told = routes.rehearsals
    np.savez_compressed(stream, start=routes.start, link=routes.link, found=routes.found, share=routes.share,
                        draws=np.array(routes.draws), interval_s=np.array(routes.interval_s),
                        rehearsals=np.array(told[:2], np.float64),
                        iterations=np.array(told.iterations, np.float64))
    content = stream.getvalue()
    return hashlib.sha256(content).digest() + content


def _read(path: Path, prepared: Prepared) -> RouteTable:
    """Read a file.

    Raises
    ------
    OSError, ValueError, KeyError, EOFError, BadZipFile
        If it is not there or is not what was written.
    """
    given = path.read_bytes()
    content = given[_HASH_BYTES:]
    if hashlib.sha256(content).digest() != given[:_HASH_BYTES]:
        raise ValueError("not what was written")
    with np.load(io.BytesIO(content), allow_pickle=False) as parts:
        start, link, found, share, (number, gap) = (parts[name] for name in _PARTS)
        interval_s = float(parts["interval_s"])
        draws, iterations = int(parts["draws"]), tuple(iteration_of(row) for row in parts["iterations"].tolist())
    free = without_rounds(prepared, interval_s)
    routes = replace(free, start=start, link=link, found=found, share=share, draws=draws,
                     rehearsals=Rehearsals(int(number), float(gap), iterations))
    if found.shape[1:] != free.found.shape[1:] or not _goes_on(routes, free):
        raise ValueError("routes of something else")
    return routes


def _goes_on(routes: RouteTable, free: RouteTable) -> bool:
    """Whether a table begins with the free-flow routes, and names only routes that it has."""
    return (np.array_equal(routes.start[:len(free.start)], free.start)
            and np.array_equal(routes.link[:len(free.link)], free.link) and routes.start[-1] == len(routes.link)
            and bool(((routes.found >= 0) & (routes.found < len(routes.start) - 1)).all()))


def _code() -> str:
    """Hash the sources of the rooms that drive and learn."""
    package, sha = Path(__file__).resolve().parents[1], hashlib.sha256()
    for source in sorted(path for room in _SOURCES for path in (package / room).rglob("*.py")):
        content = source.read_bytes()
        sha.update(f"{source.relative_to(package)} {len(content)}\n".encode() + content)
    return sha.hexdigest()
