"""The page of practices is made from the catalogue: every entry and every finding is on it."""

from __future__ import annotations

import importlib.util

from tests.docs.pages import ROOT
from trafficsim.io.practices import load_practices
from trafficsim.outcomes.catalogue import finding_text


def test_every_entry_and_every_finding_is_on_the_page() -> None:
    spec = importlib.util.spec_from_file_location("generated", ROOT / "docs" / "generated.py")
    assert spec is not None
    assert spec.loader is not None
    generated = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generated)
    page = generated.practices()
    for name, entry in load_practices().items():
        assert f"({name.replace('_', '-')})=\n### {entry.practice.name}" in page
        for one in entry.practice.evidence:
            assert f"| {finding_text(one)} |" in page, name
