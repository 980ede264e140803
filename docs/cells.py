"""How code cells of pages are run: with the commands of this Python, without colours, what a shell says in one piece.

IPython's own ``%%bash`` hands output on in pieces of a hundred bytes, through the middle of words and characters.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

MAGIC = '''
import os, subprocess, sys
from IPython.core.magic import register_cell_magic

@register_cell_magic
def bash(line, cell):
    """Run the cell in a shell; a command that fails stops the page."""
    plain = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "CLICOLOR_FORCE")}
    done = subprocess.run(["bash", "-e", "-c", cell], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, env={**plain, "NO_COLOR": "1"})
    sys.stdout.write(done.stdout)
    if done.returncode:
        raise RuntimeError(f"exit status {done.returncode}")
'''


def prepare() -> None:
    """Set the environment that kernels inherit."""
    folder = Path(tempfile.mkdtemp(prefix="cells-"))
    startup = folder / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "bash.py").write_text(MAGIC, encoding="utf-8")
    os.environ["IPYTHONDIR"] = str(folder)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    os.environ["COLUMNS"] = "120"
