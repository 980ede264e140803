"""A byte that changes in a file of results is noticed, and named; folders of older versions still open."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from tests.cli.support import SCENARIO, STUDY, Answer
from tests.results.test_store import LABELS, tables
from trafficsim.base.errors import InputError
from trafficsim.results.checksums import checksums_file
from trafficsim.results.store import file_name, read_tables, write_tables


def flip(path: Path, random_draw: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[random_draw.randrange(len(content))] ^= 1 << random_draw.randrange(8)
    path.write_bytes(content)


def read_all(folder: Path) -> None:
    everything = read_tables(folder)
    for name in everything:
        everything[name]


@pytest.mark.parametrize("seed", range(5))
def test_any_flipped_bit_of_any_table_is_named(tmp_path: Path, seed: int) -> None:
    random_draw = random.Random(seed)
    for path in write(tmp_path):
        content = path.read_bytes()
        flip(path, random_draw)
        with pytest.raises(InputError) as caught:
            read_all(tmp_path)
        assert path.name in str(caught.value)
        assert "--resume" in caught.value.remedy
        path.write_bytes(content)


def test_damaged_checksums_are_named(tmp_path: Path) -> None:
    sums = checksums_file(write(tmp_path)[0])
    for content in (b"", b"\xff\xfe", b"0  other.parquet\n"):
        sums.write_bytes(content)
        with pytest.raises(InputError, match="checksums@"):
            read_tables(tmp_path)["trips"]


def test_checksums_are_those_of_sha256sum(tmp_path: Path) -> None:
    files = write(tmp_path)
    lines = checksums_file(files[0]).read_text().splitlines()
    assert lines == sorted((f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in files),
                           key=lambda line: line.split("  ")[1])


def test_folders_without_checksums_open(tmp_path: Path) -> None:
    checksums_file(write(tmp_path)[0]).unlink()
    assert len(read_tables(tmp_path)["trips"])


def write(folder: Path) -> list[Path]:
    write_tables(folder, LABELS, tables())
    return [folder / file_name(name, LABELS) for name in tables()]


def test_a_damaged_table_is_never_taken_as_complete(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(SCENARIO)
    (tmp_path / "study.toml").write_text(STUDY)
    out = tmp_path / "out"
    compare = ("compare", tmp_path / "study.toml", "--out", out, "--resume", "--json")
    first = Answer(*compare)
    damaged = sorted(out.glob("trips@*"))[1]
    flip(damaged, random.Random(1))
    for command in (compare, ("report", out)):
        answer = Answer(*command)
        assert (answer.status, answer.stdout) == (2, "")
        assert f"{damaged}: found a damaged file" in answer.stderr
    damaged.with_name(damaged.name.replace("trips@", "runs@")).unlink()
    assert Answer(*compare).stdout == first.stdout
