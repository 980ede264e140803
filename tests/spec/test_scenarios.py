"""The scenarios of this part load, are sound, and their pictures are small."""

from __future__ import annotations

from pathlib import Path

import pytest

from trafficsim.design.synthetic import grid, ring
from trafficsim.io.load import load_world
from trafficsim.report.network_map import network_map
from trafficsim.spec.check_world import check_world
from trafficsim.spec.world import World

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="module", params=["arterial", "emergency", "motorway_camera"])
def world(request: pytest.FixtureRequest) -> World:
    return load_world(SCENARIOS / request.param / "scenario.toml")


def test_scenarios_are_sound(world: World) -> None:
    assert check_world(world) == ()
    folder = SCENARIOS / world.scenario.name
    assert (folder / "README.md").read_text().count("network.png") == 1
    assert (folder / "network.png").stat().st_size < 150_000


def test_the_arterial_is_what_its_file_says() -> None:
    network = load_world(SCENARIOS / "arterial" / "scenario.toml").network
    assert len(network.signals) == 8
    tunnel = [network.links[link] for link in network.groups["tunnel"]]
    assert [(link["length_m"], link["speed_limit_kmh"], link["free_speed_mean_kmh"]) for link in tunnel] == [
        (3000.0, 80.0, 92.0)] * 2
    length = sum(network.links[link]["length_m"] for link in network.paths["king_road"])
    crossing = {
        (movement.from_link, movement.to_link): movement.length_m
        for movement in network.connections
        if movement.turn == "through"
    }
    pairs = zip(network.paths["king_road"], network.paths["king_road"][1:], strict=False)
    # 300 + 2800 + 350 m from node to node
    assert length + sum(crossing[pair] for pair in pairs) == pytest.approx(3450.0, abs=8 * 3.0)


def test_maps_are_drawn_and_saved(tmp_path: Path) -> None:
    for number, network in enumerate((grid(2, 2), ring(400, links=2))):
        figure = network_map(network, tmp_path / f"{number}.png", title="map")
        assert figure.axes[0].get_title(loc="left") == "map"
        assert 1_000 < (tmp_path / f"{number}.png").stat().st_size < 150_000
