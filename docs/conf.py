"""Settings of the documentation: ``make docs`` builds it with warnings as errors."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from cells import prepare  # noqa: E402
from notebook_pages import copy_pages  # noqa: E402

from trafficsim import __version__  # noqa: E402

prepare()
copy_pages()

project = "trafficsim"
author = "the authors of trafficsim"
copyright = author
version = release = __version__

extensions = [
    "generated", "myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.mathjax",
]
exclude_patterns = ["_build", "reference/generated", "validation/tables"]

myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 3

# Every code cell is executed in an empty folder; one that fails stops the build.
nb_execution_mode = "force"
nb_execution_excludepatterns = ["notebooks/*"]  # kept with outputs, which the tests compare
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"exclude-members": "model_config, model_post_init"}
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
python_maximum_signature_line_length = 88
add_module_names = False

html_theme = "pydata_sphinx_theme"
html_title = "trafficsim"
html_show_sourcelink = False
html_theme_options = {"show_prev_next": True, "navigation_with_keys": False, "secondary_sidebar_items": ["page-toc"]}
