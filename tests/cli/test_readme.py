"""The example of the README runs as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[2] / "README.md"


def test_python_example(capsys: pytest.CaptureFixture[str]) -> None:
    examples = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(examples) == 1
    exec(examples[0], {})
    printed = capsys.readouterr().out
    assert "link.speed_limit_ms" in printed, "the ledger"
    assert re.search(r"mean_delay_s +\d.* (worse|no evidence)", printed), "the comparison"
