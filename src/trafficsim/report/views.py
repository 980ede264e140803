"""The few things that a page is made of: tables, pictures, and what is left out with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from markupsafe import Markup

from trafficsim.report.language import ABSENT, Language, name
from trafficsim.report.look import clock
from trafficsim.report.material import Material

Cell = Markup
Row = Sequence[Cell]


class Column(NamedTuple):
    """Heading of a column; numbers are set flush at their end."""

    head: Markup
    number: bool = False


class Group(NamedTuple):
    """Rows of a table under a heading of their own; no heading where it is empty."""

    head: Markup
    rows: Sequence[Row]


@dataclass(frozen=True)
class Table:
    """A table with a caption; the first cell of a row is its heading.

    Attributes
    ----------
    key : names it on the page
    fold : words under which it is folded up; ``None`` shows it at once
    notes : lines beneath it
    """

    key: str
    caption: Markup
    columns: Sequence[Column]
    groups: Sequence[Group]
    fold: Markup | None = None
    notes: Sequence[Markup] = ()


@dataclass(frozen=True)
class Picture:
    """A drawing with its alternative text."""

    key: str
    svg: Markup
    alt: str
    caption: Markup
    fold: Markup | None = None


class Missing(NamedTuple):
    """Something that is left out, and why."""

    what: Markup
    reason: Markup


@dataclass(frozen=True)
class Writer:
    """What every section is written with.

    Attributes
    ----------
    words : language
    material : what is reported
    left_out : filled by the sections, told at the end of the page
    """

    words: Language
    material: Material
    left_out: list[Missing] = field(default_factory=list)

    def columns(self, *keys: str) -> list[Column]:
        """Return columns by key; those that begin with ``#`` hold numbers, and level stands for that of the study."""
        level = self.words.figure(100.0 * self.material.asked.confidence)
        heads = [self.words.say(f"columns.{key.removeprefix('#')}", level=level) for key in keys]
        return [Column(head, key.startswith("#")) for head, key in zip(heads, keys, strict=True)]

    def setting(self, scenario: str, engine: str) -> Markup:
        """Name a scenario and engine."""
        return self.words.say("page.setting", scenario=name(scenario), engine=name(engine))

    def plain_setting(self, scenario: str, engine: str) -> str:
        """Name a scenario and engine without markup."""
        return self.words.plain("page.setting", scenario=scenario, engine=engine)

    def number(self, value: object, decimals: int | None = None, *, signed: bool = False) -> Markup:
        """Write a number, or a dash where there is none."""
        known = None if value is None or value != value else float(value)  # type: ignore[arg-type]
        return Markup(ABSENT) if known is None else self.words.figure(known, decimals, signed=signed)

    def clock(self, time_s: float) -> Markup:
        """Write a clock time."""
        return Markup('<bdi dir="ltr">{}</bdi>').format(self.words.digits(clock(time_s)))

    def leave_out(self, what: Markup, reason: Markup) -> Missing:
        """Note something that is left out."""
        missing = Missing(what, reason)
        if missing not in self.left_out:
            self.left_out.append(missing)
        return missing


def plain_rows(rows: Sequence[Row]) -> list[Group]:
    """Put rows into one group without a heading."""
    return [Group(Markup(""), rows)]
