"""The words of reports and plots: one catalogue per language, a TOML file in the folder ``strings``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from markupsafe import Markup, escape

from trafficsim.base.errors import InputError

DEFAULT = "en"
ABSENT = "–"


def folder() -> Traversable:
    """Return the folder of the catalogues."""
    return files("trafficsim.report") / "strings"


def languages() -> tuple[str, ...]:
    """Return the languages that have a catalogue.

    Examples
    --------
    >>> "en" in languages()
    True
    """
    return tuple(sorted(one.name.removesuffix(".toml") for one in folder().iterdir() if one.name.endswith(".toml")))


@lru_cache
def load(language: str = DEFAULT) -> Language:
    """Read the catalogue of a language.

    Raises
    ------
    InputError
        If there is none, or it lacks a text.

    Examples
    --------
    >>> load("en").plain("verdict.better")
    'better'
    """
    if language not in languages():
        raise InputError(f"language {language!r}", "no catalogue of it", f"one of {', '.join(languages())}",
                         "choose another language")
    texts = catalogue(language)
    missing = sorted(set(catalogue(DEFAULT)) - set(texts))
    if missing:
        raise InputError(f"catalogue {language!r}", f"no text for {', '.join(missing[:5])}",
                         f"a text for every key of {DEFAULT!r}", "add the texts")
    return Language(texts)


def catalogue(language: str) -> dict[str, str]:
    """Read a catalogue as it is, with dotted keys."""
    return dict(_flat(tomllib.loads((folder() / f"{language}.toml").read_text(encoding="utf-8")), ""))


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, str(value)


class Language:
    """Texts of one language, and its way of writing numbers.

    Parameters
    ----------
    texts
        By dotted key. Texts have places in braces: ``"{count} of {all}"``.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.code, self.direction = texts["language.code"], texts["language.direction"]
        self._decimal, self._group, self._minus = (texts[f"number.{part}"] for part in ("decimal", "group", "minus"))
        self._keys = {text: key for key, text in catalogue(DEFAULT).items() if key.startswith("reason.")}

    def plain(self, key: str, **values: object) -> str:
        """Return a text for where there is no markup: alternative texts and figures."""
        return self.texts[key].format(**values)

    def say(self, key: str, **values: object) -> Markup:
        """Return a text as HTML; values that are no markup are escaped."""
        return Markup(escape(self.texts[key])).format(**values)

    def named(self, family: str, name: str) -> str | None:
        """Return what a member of a family (an indicator, a field of the plan) is called, or ``None``."""
        return self.texts.get(f"{family}.{name.replace('.', '_')}")

    def reason(self, text: str) -> Markup:
        """Return a reason that the tables give, in this language where the catalogue has it."""
        key = self._keys.get(text)
        return Markup(escape(self.texts[key])) if key else foreign(text)

    def number(self, value: float | None, decimals: int | None = None, *, signed: bool = False) -> str:
        """Write a number as text: with some decimals, or with four significant digits.

        Examples
        --------
        >>> english = load("en")
        >>> english.number(-1234.56, 1), english.number(0.012346), english.number(None)
        ('−1,234.6', '0.01235', '–')
        >>> english.number(3, 0, signed=True), english.number(-0.01, 1)
        ('+3', '0.0')
        """
        if value is None:
            return ABSENT
        places = decimals_of(value) if decimals is None else decimals
        text = f"{value:{'+' if signed and round(value, places) != 0 else ''},.{places}f}"
        if round(value, places) == 0:
            text = text.removeprefix("-")
        marks = {",": self._group, ".": self._decimal, "-": self._minus}
        return "".join(marks.get(letter, letter) for letter in text)

    def figure(self, value: float | None, decimals: int | None = None, *, signed: bool = False) -> Markup:
        """Write a number as HTML that reads from left to right in any text."""
        return Markup('<bdi dir="ltr">{}</bdi>').format(self.number(value, decimals, signed=signed))


def decimals_of(value: float, digits: int = 4) -> int:
    """Return the decimals that show a number with some significant digits, without zeros at its end.

    Examples
    --------
    >>> decimals_of(123.456), decimals_of(2.0), decimals_of(0.5), decimals_of(0.00012345), decimals_of(1e6)
    (1, 0, 1, 7, 0)
    """
    text = f"{value:.{digits}g}"
    mantissa, _, exponent = text.partition("e")
    return max(0, len(mantissa.partition(".")[2]) - int(exponent or 0))


def name(text: str) -> Markup:
    """Mark up a name that somebody gave: it may be in any script and is never translated."""
    return Markup('<bdi translate="no">{}</bdi>').format(text)


def foreign(text: str) -> Markup:
    """Mark up a text that is English in every report: descriptions of policies, messages of a run."""
    return Markup('<span lang="en" dir="ltr" translate="no">{}</span>').format(text)
