"""Results and networks of older versions still open: their names are read as what they are called now."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import trafficsim as ts
from tests.cli.support import Answer
from trafficsim.io.network_file import read_network, write_network
from trafficsim.results.store import StoredTables, stored_runs


def test_tables_of_older_versions_are_read_under_the_names_of_this_one(tmp_path: Path) -> None:
    labels = {"scenario": ["s"], "alternative": ["a"], "replication": [1], "engine": ["ca"]}
    old = {"runs": {**labels, "status": ["complete"]}, "speeds": {**labels, "passages": [3], "unimpeded_passages": [2]},
           "ledger": {**labels, "field": ["gate.citation_ms"]}}
    for name, columns in old.items():
        pq.write_table(pa.Table.from_pandas(pd.DataFrame(columns)), tmp_path / f"{name}@s@a@1@ca.parquet")
    tables = StoredTables(stored_runs(tmp_path))
    assert tables["speeds"]["traversals"].tolist() == [3]
    assert tables["speeds"]["unimpeded_traversals"].tolist() == [2]
    assert tables["ledger"]["field"].tolist() == ["section.citation_ms"]


def test_networks_of_older_versions_are_read(tmp_path: Path) -> None:
    road = ts.junction(control="signal", nearside_turn_on_red=True)
    write_network(road, tmp_path / "new.json")
    text = (tmp_path / "new.json").read_text(encoding="utf-8")
    old = text.replace("nearside_turn_on_red", "kerb_turn_on_red").replace("waiting_area_m", "inner_wait_m")
    assert old.count("inner_wait_m") > 0
    (tmp_path / "old.json").write_text(old, encoding="utf-8")
    found = read_network(tmp_path / "old.json")
    assert found.connections == road.connections
    assert dict(found.graph.nodes(data=True)) == dict(read_network(tmp_path / "new.json").graph.nodes(data=True))
    assert json.loads(old)["nodes"] != json.loads(text)["nodes"]


@pytest.mark.parametrize("command", ["check", "run"])
def test_an_old_key_of_a_scenario_is_refused_with_the_new_one(tmp_path: Path, command: str) -> None:
    file = tmp_path / "old.toml"
    file.write_text('name = "old"\n[[network.nodes]]\nid = "a"\nx_m = 0.0\ny_m = 0.0\nkerb_turn_on_red = "allowed"\n',
                    encoding="utf-8")
    answer = Answer(command, file)
    assert answer.status == 2
    assert "nearside_turn_on_red" in answer.stderr
