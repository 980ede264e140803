"""Completion by the shell: what it offers, and that asking for help or completion loads nothing heavy."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = "from trafficsim.cli import main; main()"
HEAVY = ("numba", "numpy", "pandas", "matplotlib", "trafficsim.spec", "trafficsim.engines")


def ask(words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, as the shell does."""
    program = f"import sys; sys.argv = {['trafficsim', *words.split()]!r}; {PROGRAM}"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120,
                          stdin=subprocess.DEVNULL, env={**os.environ, **environment})


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_shown(shell: str) -> None:
    answer = ask(f"--show-completion {shell}", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert answer.returncode == 0, answer.stderr
    assert "trafficsim" in answer.stdout
    assert "_TRAFFICSIM_COMPLETE" in answer.stdout


@pytest.mark.parametrize("environment", [
    {"_TRAFFICSIM_COMPLETE": "complete_bash", "COMP_WORDS": "trafficsim co", "COMP_CWORD": "1"},
    {"_TRAFFICSIM_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "trafficsim co"},
    {"_TRAFFICSIM_COMPLETE": "complete_fish", "_TYPER_COMPLETE_FISH_ACTION": "get-args",
     "_TYPER_COMPLETE_ARGS": "trafficsim co"},
], ids=["bash", "zsh", "fish"])
def test_the_beginning_of_a_command_is_completed(environment: dict[str, str]) -> None:
    answer = ask("", **environment)
    assert "compare" in answer.stdout
    assert "check" not in answer.stdout


@pytest.mark.parametrize("words", ["--help", "compare --help", "import sumo --help", "--version"])
def test_help_loads_nothing_heavy(words: str) -> None:
    program = (
        f"import sys; sys.argv = {['trafficsim', *words.split()]!r}\n"
        "from trafficsim.cli import app\n"
        "app(standalone_mode=False)\n"
        f"print('loaded:', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    assert answer.stdout.splitlines()[-1] == "loaded: []", answer.stderr
