"""The words of reports and plots: one catalogue per language, a TOML file in the folder ``strings``.

A language is named by its tag; ``-u-nu-`` and a system of digits may follow, as in ``ar-u-nu-arab`` (BCP 47, Unicode
extension): ``latn`` for 0 to 9, ``arab`` for ٠ to ٩.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from markupsafe import Markup, escape

from trafficsim.base.errors import InputError

DEFAULT = "en"
ABSENT = "–"
EXTENSION = "-u-nu-"
DIGITS = {"latin": "latn", "arabic-indic": "arab"}
"""Systems of digits by the name that users give, with their codes in the tag of a language."""
LATIN = "0123456789"
SHAPES = {"latn": LATIN, "arab": "٠١٢٣٤٥٦٧٨٩"}
MARKS = {"arab": {".": "٫", ",": "٬"}}
"""Decimal and thousands separators of a system of digits that has its own."""
RIGHT_TO_LEFT, OF_ITS_OWN, END = "\u2067", "\u2068", "\u2069"
"""Isolates of the bidirectional algorithm (Unicode Standard Annex 9), for texts without markup."""
PLACE = re.compile(r"(\{\w*\})")
NUMBER_IN_TEXT = re.compile(r"(?<![\w.,-])[0-9]+(?:[.,][0-9]+)*(?![A-Za-z0-9-])")


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


def tagged(language: str, digits: str) -> str:
    """Return the tag of a language with a system of digits.

    Raises
    ------
    InputError
        If there is no such system.

    Examples
    --------
    >>> tagged("en", "latin"), tagged("ar", "arabic-indic")
    ('en', 'ar-u-nu-arab')
    """
    if digits not in DIGITS:
        raise InputError(f"digits {digits!r}", "no such digits", f"one of {', '.join(DIGITS)}", "choose others")
    return language if digits == "latin" else f"{language}{EXTENSION}{DIGITS[digits]}"


@lru_cache
def load(language: str = DEFAULT) -> Language:
    """Read the catalogue of a language.

    Raises
    ------
    InputError
        If there is none, or it lacks a text.

    Examples
    --------
    >>> load("en").plain("verdict.better"), load("ar-u-nu-arab").number(1234.5, 1)
    ('better', '١٬٢٣٤٫٥')
    """
    tag, _, digits = language.partition(EXTENSION)
    if tag not in languages() or (digits or "latn") not in SHAPES:
        raise InputError(f"language {language!r}", "no catalogue of it", f"one of {', '.join(languages())}",
                         "choose another language")
    english, own = catalogue(DEFAULT), catalogue(tag)
    by_text = {key: own[f"text.{text}"] for key, text in english.items() if f"text.{text}" in own}
    texts = {**by_text, **own}
    missing = sorted(set(english) - set(texts))
    if missing:
        raise InputError(f"catalogue {tag!r}", f"no text for {', '.join(missing[:5])}",
                         f"a text for every key of {DEFAULT!r}", "add the texts")
    return Language(texts, digits or "latn")


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
    digits
        System of digits, a key of ``SHAPES``.
    """

    def __init__(self, texts: Mapping[str, str], digits: str = "latn") -> None:
        self.direction = texts["language.direction"]
        self.code = texts["language.code"] + (f"{EXTENSION}{digits}" if digits != "latn" else "")
        marks = MARKS.get(digits, {})
        self._decimal, self._group = (marks.get(mark, texts[f"number.{part}"])
                                      for mark, part in ((".", "decimal"), (",", "group")))
        self._minus, self._shapes = texts["number.minus"], str.maketrans(LATIN, SHAPES[digits])
        self.texts = texts if digits == "latn" else {key: self._own_digits(text) for key, text in texts.items()}

    def _own_digits(self, text: str) -> str:
        """Write the numbers of a text, but not those in codes and formulas, in the digits of the language."""
        parts = PLACE.split(text)
        return "".join(part if PLACE.fullmatch(part) else NUMBER_IN_TEXT.sub(
            lambda found: self.as_written(found[0]), part) for part in parts)

    def as_written(self, text: str) -> str:
        """Put the marks and digits of the language into a number as programs write it."""
        marks = {",": self._group, ".": self._decimal, "-": self._minus}
        return self.digits("".join(marks.get(letter, letter) for letter in text))

    @cached_property
    def _reasons(self) -> list[tuple[re.Pattern[str], str]]:
        """What the tables say in English, with places for numbers, and the key of each."""
        keys = [(key, text) for key, text in catalogue(DEFAULT).items() if key.startswith("reason.")]
        keys += [(key, key.removeprefix("text.")) for key in self.texts if key.startswith("text.")]
        return [(re.compile("".join(f"(?P<{part[1:-1]}>.+?)" if PLACE.fullmatch(part) else re.escape(part)
                                    for part in PLACE.split(text))), key) for key, text in keys]

    @property
    def mirrored(self) -> bool:
        """Whether texts run from right to left."""
        return self.direction == "rtl"

    def digits(self, text: str) -> str:
        """Write the digits of a text in those of the language.

        Examples
        --------
        >>> load("ar-u-nu-arab").digits("16:30")
        '١٦:٣٠'
        """
        return text.translate(self._shapes)

    def plain(self, key: str, **values: object) -> str:
        """Return a text for where there is no markup: alternative texts and figures."""
        shown = {one: self._isolated(value) for one, value in values.items()}
        text = self.texts[key].format(**shown)
        return f"{RIGHT_TO_LEFT}{text}{END}" if self.mirrored and text else text

    def _isolated(self, value: object) -> object:
        """Keep a value from changing the order of the words around it."""
        text = self.number(value, 0) if isinstance(value, int) else str(value)
        if not self.mirrored or text.startswith((RIGHT_TO_LEFT, OF_ITS_OWN)):
            return text
        return f"{OF_ITS_OWN}{text}{END}"

    def word(self, key: str) -> str:
        """Return a text as it is: one word or unit, to stand inside others.

        Examples
        --------
        >>> load("en").word("unit.h")
        'h'
        """
        return self.texts[key]

    def say(self, key: str, **values: object) -> Markup:
        """Return a text as HTML; values that are no markup are escaped."""
        return Markup(escape(self.texts[key])).format(**values)

    def listed(self, parts: Iterable[Markup]) -> Markup:
        """Join parts by the comma of the language."""
        return self.say("summary.also").join(parts)

    def apart(self, parts: Iterable[Markup]) -> Markup:
        """Join parts by the semicolon of the language."""
        return self.say("summary.then").join(parts)

    def named(self, family: str, name: str) -> str | None:
        """Return what a member of a family (an indicator, a field of the plan) is called, or ``None``."""
        return self.texts.get(f"{family}.{name.replace('.', '_')}")

    def reason(self, text: str) -> Markup:
        """Return a text that the tables give, in this language where the catalogue has it."""
        for pattern, key in self._reasons:
            found = pattern.fullmatch(text)
            if found is not None:
                values = {place: Markup('<bdi dir="ltr">{}</bdi>').format(self.as_written(value))
                          for place, value in found.groupdict().items()}
                return self.say(key, **values)
        return foreign(text)

    def reasons(self, joined: str) -> Markup:
        """Return reasons that the tables join by semicolons."""
        return self.apart(self.each_reason(joined))

    def each_reason(self, joined: str) -> list[Markup]:
        """Return reasons that the tables join by semicolons, which a single one may hold too."""
        pieces, found = joined.split("; "), list[Markup]()
        while pieces:
            tried = (len(pieces) - less for less in range(len(pieces)))
            taken = next((count for count in tried if self._known("; ".join(pieces[:count]))), 1)
            found.append(self.reason("; ".join(pieces[:taken])))
            pieces = pieces[taken:]
        return found

    def _known(self, text: str) -> bool:
        return any(pattern.fullmatch(text) for pattern, _ in self._reasons)

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
        return self.as_written(text.removeprefix("-") if round(value, places) == 0 else text)

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
