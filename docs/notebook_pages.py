"""Notebooks of the project as pages: shown with the outputs they are kept with.

``python docs/notebook_pages.py`` executes them and keeps the new outputs; ``make notebooks`` does the same.
"""

from __future__ import annotations

import shutil
from pathlib import Path

DOCS = Path(__file__).resolve().parent
SOURCES = DOCS.parent / "notebooks"
PAGES = DOCS / "notebooks"


def copy_pages() -> None:
    """Put the notebooks where Sphinx reads pages."""
    shutil.rmtree(PAGES, ignore_errors=True)
    shutil.copytree(SOURCES, PAGES, ignore=shutil.ignore_patterns(".*"))


def keep_outputs() -> None:
    """Execute every notebook and write it with its outputs, without what differs from time to time."""
    import nbformat
    from cells import prepare
    from nbclient import NotebookClient

    prepare()
    for path in sorted(SOURCES.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(notebook, timeout=600, kernel_name="python3", record_timing=False,
                       resources={"metadata": {"path": str(SOURCES)}}).execute()
        notebook.metadata.pop("language_info", None)
        for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
            if "text/html" in output.get("data", {}):
                output.data.pop("text/plain", None)  # nobody sees it, and that of a result tells how long it took
        nbformat.write(notebook, path)


if __name__ == "__main__":
    keep_outputs()
