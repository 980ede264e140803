"""Result store: one Parquet file per run and table, written under a temporary name and renamed; present means done."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, unquote

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from trafficsim.base.errors import InputError, MachineError
from trafficsim.base.old_names import COLUMNS, FIELDS
from trafficsim.results.checksums import SUFFIX, checksum, expected, written
from trafficsim.results.checksums import TABLE as CHECKSUMS
from trafficsim.results.frames import LABEL_COLUMNS, Labels

DONE = "runs"
"""The table that is written last: once it is there, the run is complete."""
FAILED = "failed"
"""What the ``runs`` table of a failed run is called on disk: such a run is tried again."""
MANIFEST = "study.json"
SOME_RUNS = ("trajectories", "signals_shown", "routes", "responses", "control_events", "roadside", "pedestrian_delay")
"""Tables that a study keeps of some runs only, or that older versions did not keep; any other table is there of all
runs or of none."""
LONGEST_TABLE = "trajectories"
MOST_NAME = 240
"""Longest file name: file systems take 255 bytes, and a temporary name is up to 15 longer."""
Files = Mapping[str, Path]
"""The files of one run by table."""


def file_name(table: str, labels: Labels, suffix: str = "parquet") -> str:
    """Name of the file of one run and table; characters that a file system may refuse are percent-encoded.

    Examples
    --------
    >>> file_name("trips", Labels("arterial", "do nothing", 3, "ca"))
    'trips@arterial@do%20nothing@3@ca.parquet'
    """
    return "@".join((table, *(quote(str(part), safe="") for part in labels if part is not None))) + f".{suffix}"


def check_file_names(folder: Path | None, labels: Iterable[Labels]) -> None:
    """Refuse names of scenarios and alternatives too long for the files of their results; nothing without a folder.

    Raises
    ------
    InputError
        Naming scenario and alternative.
    """
    for one in labels if folder is not None else ():
        length = len(file_name(LONGEST_TABLE, one))
        if length > MOST_NAME:
            raise InputError(f"scenario {one.scenario!r}, alternative {one.alternative!r}",
                             f"names that make file names of {length} characters (a letter outside a-z counts up to 9)",
                             f"at most {MOST_NAME}", "shorten the name of the alternative or of the scenario")


def write_tables(folder: Path, labels: Labels, tables: Mapping[str, pd.DataFrame], *, csv: bool = False) -> None:
    """Write all tables of one run and their checksums, ``runs`` last.

    Raises
    ------
    MachineError
        If the folder cannot be written or the disk is full.
    """
    contents = {name: _parquet(table) for name, table in tables.items()}
    sums = {file_name(name, labels): checksum(content) for name, content in contents.items()}
    _write(folder / file_name(CHECKSUMS, labels, SUFFIX), lambda path: path.write_text(written(sums)))
    for name in sorted(tables, key=lambda table: (table == DONE, table)):
        if csv:
            _write(folder / file_name(name, labels, "csv"), partial(tables[name].to_csv, index=False))
        _write(folder / file_name(name, labels), partial(_write_bytes, contents[name]))
    _remove(folder / file_name(FAILED, labels))


def write_failure(folder: Path, labels: Labels, row: pd.DataFrame) -> None:
    """Write the row of a failed run.

    Raises
    ------
    MachineError
        If the folder cannot be written or the disk is full.
    """
    _write(folder / file_name(FAILED, labels), partial(_write_bytes, _parquet(row)))


def is_done(folder: Path, labels: Labels) -> bool:
    """Whether all tables of a run are there."""
    return (folder / file_name(DONE, labels)).is_file()


def stored_runs(folder: Path) -> dict[Labels, Files]:
    """List the runs that are complete or failed, in the order engine, scenario, replication, alternative."""
    found: dict[Labels, dict[str, Path]] = {}
    for path in folder.glob("[!.]*@*.parquet"):
        table, *labels = path.name.removesuffix(".parquet").split("@")
        if len(labels) in (len(LABEL_COLUMNS), len(Labels._fields)) and all(one.isdigit() for one in labels[2::2]):
            scenario, alternative, engine = (unquote(labels[at]) for at in (0, 1, 3))
            day = (int(one) for one in labels[4:])
            found.setdefault(Labels(scenario, alternative, int(labels[2]), engine, *day), {})[table] = path
    ended = [labels for labels, files in found.items() if DONE in files or FAILED in files]
    ended.sort(key=lambda one: (one.engine, one.scenario, one.replication, one.alternative, one.day or 0))
    return {labels: found[labels] for labels in ended}


def check_readable(files: Files) -> None:
    """Refuse files of a run that are no longer as they were written.

    Raises
    ------
    InputError
        Naming the file.
    """
    for path in files.values():
        _sound(path)


class StoredTables(Mapping[str, pd.DataFrame]):
    """Tables of runs in a folder by name, the runs stacked in the order given; each is read when it is asked for.

    Parameters
    ----------
    runs
        Files by run, as :func:`stored_runs` lists them. Of a failed run only its row in ``runs`` is there.
    """

    def __init__(self, runs: Mapping[Labels, Files]) -> None:
        self._runs = {labels: files if DONE in files else {DONE: files[FAILED]} for labels, files in runs.items()}
        self._names = sorted({table for files in self._runs.values() for table in files} - {FAILED})
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._read:
            self._read[name] = _stacked([_read_arrow(path) for path in self._paths(name)])
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def _paths(self, name: str) -> list[Path]:
        present = {(labels.scenario, labels.engine) for labels, files in self._runs.items() if name in files}
        for labels, files in self._runs.items():
            # A failed run has nothing but its row.
            complete = len(files) == 1 or name in files or name in SOME_RUNS
            if not complete and (labels.scenario, labels.engine) in present:
                missing = files[DONE].with_name(file_name(name, labels))
                raise InputError(str(missing), "no such file, though the run is complete",
                                 "all tables of a complete run", _remedy(files[DONE]))
        return [files[name] for files in self._runs.values() if name in files]


def _pair(labels: Labels) -> tuple[str, str, int]:
    """Name the runs that have the same tables: one replication under every alternative."""
    return labels.scenario, labels.engine, labels.replication


def read_run(folder: Path, labels: Labels) -> dict[str, pd.DataFrame]:
    """Read the tables of one run, by name.

    Raises
    ------
    InputError
        If the run is not there or a file is damaged.
    """
    if not is_done(folder, labels):
        raise InputError(f"{folder}", f"no complete run {labels}", "a run with all its tables", "run it again")
    return dict(StoredTables({labels: stored_runs(folder)[labels]}))


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the tables of all runs in a folder, stacked, by name; a failed run is a row of ``runs``.

    Raises
    ------
    InputError
        If the folder holds no complete run, or a file is damaged.
    """
    runs = stored_runs(folder)
    if not any(DONE in files for files in runs.values()):
        raise InputError(f"{folder}", "no complete run", "a folder of results", "give the folder that --out named")
    return dict(StoredTables(runs))


def write_manifest(folder: Path, content: Mapping[str, Any], name: str = MANIFEST) -> None:
    """Write the study and the versions, or another object, beside the results.

    Raises
    ------
    MachineError
        If the folder cannot be written or the disk is full.
    """
    text = json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n"
    _write(folder / name, lambda path: path.write_text(text, encoding="utf-8"))


def read_manifest(folder: Path, name: str = MANIFEST) -> dict[str, Any] | None:
    """Read what :func:`write_manifest` wrote; ``None`` if it is not there.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    path = folder / name
    if not path.is_file():
        return None
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, OSError) as error:
        raise InputError(str(path), f"a damaged file ({error})", "the study that the results beside it belong to",
                         "put the file back, or give another folder with --out") from error


def remove_parts(folder: Path) -> None:
    """Remove what processes that were killed left half written."""
    for pattern in (".*.part", ".*.network@*"):
        for path in folder.glob(pattern):
            _remove(path)


def _write(path: Path, write: Callable[[Path], object]) -> None:
    """Write under a temporary name, then rename: a reader never sees half a file."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(temporary)
        os.replace(temporary, path)
    except OSError as error:
        _remove(temporary)
        raise MachineError(str(path), f"{error.strerror or error}", "a folder with free space that can be written",
                           "free some space or give another folder with --out") from error
    except BaseException:
        _remove(temporary)
        raise


def _parquet(table: pd.DataFrame) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False, nthreads=1), sink, write_page_checksum=True)
    return sink.getvalue()


def _write_bytes(content: bytes, path: Path) -> None:
    path.write_bytes(content)


def _remove(path: Path) -> None:
    """Remove a temporary file as far as the machine lets us; the first error is the one to tell."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def _stacked(tables: Sequence[pa.Table]) -> pd.DataFrame:
    """Stack tables; where scenarios ask for different columns, a column that a run has not is null there."""
    if all(table.column_names == tables[0].column_names for table in tables):
        return cast(pd.DataFrame, pa.concat_tables(tables).to_pandas())
    return pd.concat([cast(pd.DataFrame, table.to_pandas()) for table in tables], ignore_index=True)


def _read_arrow(path: Path) -> pa.Table:
    content = _sound(path)
    with _reading(path), pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True) as file:
        return _with_new_names(file.read(use_threads=False))


def _with_new_names(table: pa.Table) -> pa.Table:
    """Call the columns of a table of an older version, and the fields that its ledger names, as they are called now."""
    for old, new in COLUMNS.items():
        if old in table.column_names:
            place = table.column_names.index(old)
            table = table.set_column(place, pa.field(new, table.schema.field(place).type), table[old])
    if "field" in table.column_names and set(table["field"].unique().to_pylist()) & set(FIELDS):
        place = table.column_names.index("field")
        names = [FIELDS.get(name, name) for name in table["field"].to_pylist()]
        table = table.set_column(place, table.schema.field(place), pa.array(names, table.schema.field(place).type))
    return table


def _sound(path: Path) -> bytes:
    """Return the content of a file of a run, compared with its checksum.

    Where none was written, a file that was cut short is refused; what is damaged inside shows when it is parsed.
    """
    with _reading(path):
        content = path.read_bytes()
        wanted = None if path.name.startswith(f"{FAILED}@") else expected(path)
        if wanted is None:
            pq.ParquetFile(pa.BufferReader(content)).close()
        elif checksum(content) != wanted:
            raise ValueError("not the bytes that were written: its checksum is another")
    return content


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Name the file of a run in whatever goes wrong while it is read."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise InputError(str(path), f"a damaged file ({str(error).strip()})", "a Parquet file",
                         _remedy(done_file(path))) from error


def done_file(path: Path) -> Path:
    """Return the file whose absence makes the run of another file be done again.

    Examples
    --------
    >>> done_file(Path("out/trips@a@b@1@ca.parquet")).name
    'runs@a@b@1@ca.parquet'
    """
    return path.with_name(f"{DONE}@{path.name.partition('@')[2]}")


def _remedy(done: Path) -> str:
    return f"delete {done} and go on with --resume: that run is then done again, all others are kept"
