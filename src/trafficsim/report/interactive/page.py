"""The file of an interactive map: one page with its script, its style, and its contents packed."""

from __future__ import annotations

import base64
import gzip
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from trafficsim import __version__
from trafficsim.base.errors import MachineError
from trafficsim.report.interactive.contents import contents
from trafficsim.report.interactive.subject import Subject
from trafficsim.report.language import Language, load

SCRIPTS = ("model.js", "draw.js", "marks.js", "panel.js", "main.js")
PACKING = 6
"""Level of compression: one of 9 takes twice as long for a hundredth of the size."""
FAMILIES = ("network_map", "attribute", "turn", "unit", "network_value")
"""Parts of the catalogue that the script uses."""


def write_page(subject: Subject, path: str | Path, language: str = "en") -> None:
    """Write the interactive map of a subject.

    Raises
    ------
    InputError
        If there is no such language.
    MachineError
        If the file cannot be written.
    """
    text = page(subject, load(language))
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise MachineError(str(path), error.strerror or str(error), "a file that can be written",
                           "choose another folder, or free space") from None


def page(subject: Subject, words: Language) -> str:
    """Return the page as text; the same subject gives the same characters.

    Names of the network are nowhere in it but in the packed contents and, escaped, in its title.
    """
    environment = Environment(loader=PackageLoader("trafficsim.report"), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    found = {**contents(subject), "language": words.code, "version": __version__, "texts": _texts(words)}
    return environment.get_template("map/page.html").render(
        words=words, t=words.say, title=subject.title, data=packed(found),
        style=Markup(_file("style.css")), script=Markup("\n".join(map(_file, SCRIPTS)))).strip() + "\n"


def _file(name: str) -> str:
    return (files("trafficsim.report") / "templates" / "map" / name).read_text(encoding="utf-8")


def packed(found: dict[str, Any]) -> str:
    """Pack contents as a text of letters, digits, plus, slash and equals signs: nothing of it can end a script.

    Examples
    --------
    >>> unpacked(packed({"a": [1, "</script>"]}))
    {'a': [1, '</script>']}
    """
    text = json.dumps(found, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode("utf-8", "replace"), PACKING, mtime=0)).decode("ascii")


def unpacked(text: str) -> dict[str, Any]:
    """Return what :func:`packed` was given."""
    found: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(text)))
    return found


def _texts(words: Language) -> dict[str, str]:
    return {key: text for key, text in sorted(words.texts.items()) if key.partition(".")[0] in FAMILIES}
