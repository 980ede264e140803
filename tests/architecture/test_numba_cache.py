"""The compiler's cache folder: keyed by the sources, and the user's own choice is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from trafficsim.base.numba_cache import VARIABLE, cache_root, source_key, use_keyed_cache


def test_key_changes_with_any_source_and_with_the_compiler(tmp_path: Path) -> None:
    caller, callee = tmp_path / "caller.py", tmp_path / "callee.py"
    caller.write_text("from callee import step\n")
    callee.write_text("def step(): return 1\n")
    before = source_key([caller, callee], "0.60")
    assert source_key([callee, caller], "0.60") == before
    assert source_key([caller, callee], "0.61") != before
    callee.write_text("def step(): return 2\n")
    assert source_key([caller, callee], "0.60") != before


def test_folder_is_in_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = use_keyed_cache()
    assert Path(folder).parent == cache_root() == tmp_path / "trafficsim" / "numba"


def test_users_choice_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "own"))
    assert use_keyed_cache() == str(tmp_path / "own")


def test_inherited_folder_of_another_version_is_replaced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv(VARIABLE, str(tmp_path / "trafficsim" / "numba" / "0123456789abcdef"))
    assert not use_keyed_cache().endswith("0123456789abcdef")
