"""What is no file of ours, or larger than it looks, is refused before it costs anything."""

from __future__ import annotations

import gzip
import os
import threading
from pathlib import Path

import pytest

from trafficsim.base.errors import InputError, MachineError, NetworkError
from trafficsim.io.files import MEBIBYTE, SMALL_BYTES, read_bytes
from trafficsim.io.load import load_scenario
from trafficsim.io.network_file import read_network
from trafficsim.io.paths import resolve_path
from trafficsim.io.sumo.xml import read_xml
from trafficsim.io.trips import read_trips
from trafficsim.spec.schema import EDGE_ATTRIBUTES, complete

READERS = (load_scenario, read_network, read_trips, lambda path: read_xml(path, ("net",)))


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/stdin"])
def test_devices_are_no_files(read: object, device: str) -> None:
    if Path(device).is_file():
        pytest.skip("the input of the tests is a file here")
    with pytest.raises(InputError, match=r"a device|a pipe|a socket|no such file"):
        read(Path(device))  # type: ignore[operator]


@pytest.mark.parametrize("read", READERS)
def test_pipes_are_not_waited_for(read: object, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    outcome: list[BaseException] = []

    def attempt() -> None:
        try:
            read(tmp_path / "pipe")  # type: ignore[operator]
        except InputError as error:
            outcome.append(error)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(20.0)
    assert [one.found for one in outcome if isinstance(one, InputError)] == ["a pipe"]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("name", ["x" * 5000, "a\x00b", "~nosuchuser/x", "no/such/file"])
def test_names_that_cannot_be(read: object, name: str) -> None:
    with pytest.raises(InputError) as caught:
        read(Path(name))  # type: ignore[operator]
    assert len(str(caught.value)) < 2000


def test_what_unpacks_to_much_more_is_refused_early(tmp_path: Path) -> None:
    (tmp_path / "bomb.json.gz").write_bytes(gzip.compress(b" " * (64 * MEBIBYTE)))
    with pytest.raises(InputError, match="unpacks to more than 200 times its size"):
        read_network(tmp_path / "bomb.json.gz")
    (tmp_path / "bomb.net.xml").write_bytes(gzip.compress(b"<net>" + b" " * (64 * MEBIBYTE)))
    with pytest.raises(InputError, match="unpacks to more than 200 times its size"):
        read_xml(tmp_path / "bomb.net.xml", ("net",))


def test_size_is_bounded_without_packing_too(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(SMALL_BYTES + 1))
    with pytest.raises(InputError, match="more than 16 MiB"):
        read_bytes(tmp_path / "large", (SMALL_BYTES, 1.0))
    with pytest.raises(MachineError, match="memory"):
        read_bytes(tmp_path / "large", (2 * SMALL_BYTES, 1e9))


@pytest.mark.parametrize("text", [
    "a." * 20000 + "b = 1", "[" + "a." * 20000 + "b]", "x = " + "[" * 5000 + "]" * 5000, "x = " + "[" * 80 + "]" * 80,
    "x = " + "1" * 5000, "x = 1979-13-40", "x = " + "{a = " * 100 + "1" + "}" * 100, "x = " + "1" * 30,
])
def test_depth_and_length_of_toml_are_bounded(text: str, tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(text)
    with pytest.raises(InputError) as caught:
        load_scenario(tmp_path / "s.toml")
    assert len(str(caught.value)) < 2000


@pytest.mark.parametrize("text", ["[" * 100000, '{"format":' * 5000, "[" * 80 + "]" * 80, "1" * 5000])
def test_depth_and_length_of_json_are_bounded(text: str, tmp_path: Path) -> None:
    (tmp_path / "n.json").write_text(text)
    with pytest.raises(InputError):
        read_network(tmp_path / "n.json")


@pytest.mark.parametrize(("text", "found"), [
    ("package://numpy//etc/passwd", "numpy//etc/passwd"), ("package://numpy/../pandas/__init__.py", ".."),
    ("package://__main__/x", "__main__"), ("package://numpy", "numpy"), ("package://no_such_one/x", "not installed"),
    ("~nosuchuser/x", "a home folder that is not known"), ("/dev/zero", "a device"),
])
def test_paths_stay_where_they_belong(text: str, found: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        resolve_path(text, tmp_path, "network.file")
    assert found in f"{caught.value.found}"


@pytest.mark.parametrize("attributes", [
    {"length_m": 1e308}, {"length_m": 1e-308}, {"length_m": 10**400}, {"speed_limit_kmh": 0.001}, {"lanes": 10**5000},
    {"lanes": True}, {"road_class": []}, {"geometry": [{"x": 1}, 2]}, {"geometry": [(0, 0), (1e300, 0)]},
    {"allow": [[[]]]}, {"allow": [7]}, {"turn_lanes": [[1]]}, {"priority": 1e9}, {"lane_length_m": ["a"]},
])
def test_ranges_of_attributes(attributes: dict[str, object]) -> None:
    with pytest.raises(NetworkError) as caught:
        complete(attributes, EDGE_ATTRIBUTES, "link 'a'")
    assert caught.value.where.startswith("link 'a': ")
    assert len(str(caught.value)) < 2000
