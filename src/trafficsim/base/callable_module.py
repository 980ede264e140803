"""Let a room be called like the function it is named after: ``trafficsim.run(study)`` beside ``trafficsim.run.runner``.

Python binds a sub-package to its parent under its own name as soon as it is imported, so a function of the same name
would be there or not depending on what was imported before.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class CallableModule(ModuleType):
    """A module that passes calls on to the function of the same name in ``trafficsim.api``."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call the function of the same name in ``trafficsim.api``."""
        function = getattr(import_module("trafficsim.api"), self.__name__.rpartition(".")[2])
        return function(*arguments, **options)


def make_callable(module_name: str) -> None:
    """Turn an imported module into a :class:`CallableModule`."""
    sys.modules[module_name].__class__ = CallableModule
