"""The table of formats: commands, Python and scenarios find readers there, and one entry adds a format."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import trafficsim as ts
from tests.io.sumo_files import priority_net
from trafficsim.base.errors import InputError
from trafficsim.base.repairs import repair
from trafficsim.cli.convert import importer
from trafficsim.io.formats import FORMATS, Format, documentation, format_of, register
from trafficsim.io.imported import Imported
from trafficsim.io.network_file import write_network

RINGS = Format(
    name="rings", title="list of rings", reads=("rings",), network="Rings (.rings).", endings=(".rings",),
    marks=(b"rings ",), reader=f"{__name__}:read_rings", files={"more": "Further rings; may be repeated."},
    choices={"lanes": ("Lanes.", ("one", "two"))},
)


def read_rings(network: Path, more: Sequence[Path] = (), lanes: str = "one") -> Imported:
    """Read a length after the word 'rings'."""
    length_m = sum(float(path.read_text().split()[1]) for path in (network, *more))
    return Imported(ts.ring(length_m, lanes=1 + (lanes == "two")), description="Made from rings.",
                    counts={"read": {"ring": 1 + len(more)}})


@pytest.fixture
def _rings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import sys

    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or _this_module())
    register(RINGS)
    yield
    del FORMATS["rings"]


def _this_module() -> object:
    import types

    module = types.ModuleType(__name__)
    vars(module).update(globals())
    return module


@pytest.mark.parametrize(("name", "format_name"), [
    ("town.net.xml", "sumo"), ("TOWN.NET.XML.GZ", "sumo"), ("network.json", "trafficsim"),
    ("network.json.gz", "trafficsim"), ("nowhere.txt", None),
])
def test_formats_are_recognised_by_name(name: str, format_name: str | None) -> None:
    found = format_of(Path(name))
    assert (found and found.name) == format_name


def test_formats_are_recognised_by_their_beginning(tmp_path: Path) -> None:
    (tmp_path / "plain.xml").write_text(priority_net())
    (tmp_path / "packed").write_bytes(gzip.compress(priority_net().encode()))
    write_network(ts.ring(500.0), tmp_path / "ours.txt")
    (tmp_path / "broken.gz").write_bytes(b"\x1f\x8b but not packed")
    names = {path.name: (found := format_of(path)) and found.name for path in tmp_path.iterdir()}
    assert names == {"plain.xml": "sumo", "packed": "sumo", "ours.txt": "trafficsim", "broken.gz": None}


def test_python_reads_every_format(tmp_path: Path) -> None:
    (tmp_path / "town.net.xml").write_text(priority_net())
    write_network(ts.ring(500.0), tmp_path / "ring.json.gz")
    town = ts.read(tmp_path / "town.net.xml", drivers="own")
    assert town.counts["read"]
    assert 'drivers = "own"' in town.description
    assert list(ts.read(tmp_path / "ring.json.gz").network.links) == ["ring0"]


@pytest.mark.parametrize(("options", "named"), [
    ({"format": "teapot"}, "teapot.*sumo"), ({"format": "trafficsim", "routes": ()}, "routes.*nothing beside"),
    ({"format": "sumo", "drivers": "mine"}, "drivers.*mine.*file, own"),
    ({"format": "sumo", "tripz": ()}, "tripz.*routes, additional, drivers"), ({}, "no known format.*net.xml"),
])
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, options: dict[str, object], named: str) -> None:
    (tmp_path / "any.txt").write_text("hello")
    with pytest.raises(InputError, match=named):
        ts.read(tmp_path / "any.txt", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["nowhere.txt", "nowhere\0.txt", "nowhere" * 1000])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"nowhere.*no such file"):
        ts.read(tmp_path / name)


@pytest.mark.usefixtures("_rings")
def test_one_further_file_needs_no_list(tmp_path: Path) -> None:
    for name, length_m in (("a.rings", 300), ("b.rings", 400)):
        (tmp_path / name).write_text(f"rings {length_m}")
    both = [ts.read(tmp_path / "a.rings", more=more) for more in (tmp_path / "b.rings", [tmp_path / "b.rings"])]
    assert [one.network.links["ring0"]["length_m"] for one in both] == [700.0, 700.0]


def test_a_scenario_may_name_a_network_file_of_any_format(tmp_path: Path) -> None:
    (tmp_path / "town.net.xml").write_text(priority_net())
    source = ts.NetworkSource(file=str(tmp_path / "town.net.xml"))
    direct = ts.build(ts.Scenario(name="direct", network=source)).network
    assert list(direct.links) == list(ts.read(tmp_path / "town.net.xml").network.links)


@pytest.mark.usefixtures("_rings")
def test_one_entry_adds_a_format_everywhere(tmp_path: Path) -> None:
    for name, length_m in (("a.rings", 300), ("b.rings", 400)):
        (tmp_path / name).write_text(f"rings {length_m}")
    assert ts.read(tmp_path / "a.rings").network.links["ring0"]["length_m"] == 300.0
    built = ts.build(ts.Scenario(name="r", network=ts.NetworkSource(file=str(tmp_path / "a.rings"))))
    assert built.network.links["ring0"]["lanes"] == 1
    assert "| `rings` | list of rings |" in documentation()
    app = typer.Typer()
    app.command()(importer(RINGS))
    arguments = [tmp_path / "a.rings", "--more", tmp_path / "b.rings", "--lanes", "two", "--out", tmp_path / "r.toml"]
    done = CliRunner().invoke(app, [str(each) for each in arguments])
    assert done.exit_code == 0, done.output
    link = json.loads((tmp_path / "r-network.json").read_text())["links"][0]
    assert (link["length_m"], link["lanes"]) == (700.0, 2)
    assert "2 ring" in done.output


def test_a_network_file_keeps_how_often_a_repair_was_done(tmp_path: Path) -> None:
    made = replace(ts.ring(500.0), findings=(repair("value-capped", ["link 'a'"], count=12),))
    write_network(made, tmp_path / "ring.json")
    assert ts.read(tmp_path / "ring.json").network.findings == made.findings
    text = (tmp_path / "ring.json").read_text()
    (tmp_path / "ring.json").write_text(re.sub(r'"count": ?12', '"count": 0', text))
    with pytest.raises(InputError, match=r"findings\[0\]: found no finding"):
        ts.read(tmp_path / "ring.json")
