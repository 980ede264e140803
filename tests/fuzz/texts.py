"""Mutators of text: characters, lines, numbers and quoted texts, whatever the format."""

from __future__ import annotations

import random
import re

from tests.fuzz import values

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])")
QUOTED = re.compile(r'"[^"\n]*"')
TOKENS = ("[", "]", "{", "}", "=", ",", '"', "'", "\n", "#", "<", ">", "/", "&", ";", "\x00", "\ufeff", "é", "[[", "]]",
          '"""', "1979-05-27T07:32:00Z", "\x1b[31m")


def mutate(source: str, luck: random.Random) -> bytes:
    """Change a text in one to three places; sometimes its bytes."""
    for _ in range(luck.choice((1, 1, 1, 2, 3))):
        source = luck.choice(MUTATORS)(source, luck)
    data = source.encode("utf-8", "surrogatepass")
    return _bytes(data, luck) if luck.random() < 0.1 else data


def other_number(source: str, luck: random.Random) -> str:
    """Put another number in the place of one."""
    return _replaced(source, NUMBER, lambda _: values.number(luck), luck)


def other_text(source: str, luck: random.Random) -> str:
    """Put another quoted text in the place of one."""
    return _replaced(source, QUOTED, lambda _: f'"{values.text(luck)}"', luck)


def text_of_another(source: str, luck: random.Random) -> str:
    """Put a quoted text of the file in the place of another."""
    found = QUOTED.findall(source)
    return _replaced(source, QUOTED, lambda _: luck.choice(found), luck) if found else source


def without_a_line(source: str, luck: random.Random) -> str:
    """Leave a line out."""
    lines = source.splitlines(keepends=True)
    if lines:
        del lines[luck.randrange(len(lines))]
    return "".join(lines)


def line_twice(source: str, luck: random.Random) -> str:
    """Write a line a second time, somewhere."""
    lines = source.splitlines(keepends=True)
    if lines:
        lines.insert(luck.randrange(len(lines) + 1), luck.choice(lines))
    return "".join(lines)


def lines_swapped(source: str, luck: random.Random) -> str:
    """Let two lines change places."""
    lines = source.splitlines(keepends=True)
    if len(lines) > 1:
        one, two = luck.sample(range(len(lines)), 2)
        lines[one], lines[two] = lines[two], lines[one]
    return "".join(lines)


def without_a_part(source: str, luck: random.Random) -> str:
    """Leave some characters out."""
    at = luck.randrange(len(source) + 1)
    return source[:at] + source[at + luck.choice((1, 2, 8, 60)):]


def cut(source: str, luck: random.Random) -> str:
    """Cut the end off."""
    return source[: luck.randrange(len(source) + 1)]


def token(source: str, luck: random.Random) -> str:
    """Put a token somewhere."""
    at = luck.randrange(len(source) + 1)
    return source[:at] + luck.choice(TOKENS) + source[at:]


def letter(source: str, luck: random.Random) -> str:
    """Misspell a word."""
    at = luck.randrange(len(source) + 1)
    return source[:at] + luck.choice("abcdefghijklmnopqrstuvwxyz_.") + source[at + luck.randrange(2):]


def deep(source: str, luck: random.Random) -> str:
    """Nest something deeply, or repeat it often."""
    at = luck.randrange(len(source) + 1)
    many = luck.choice((values.DEEP, 70, 20000))
    return source[:at] + luck.choice(("[" * many, "{" * many, "a." * many + "b = 1\n", "<a>" * many, '{"a":' * many,
                                      "[" * many + "]" * many, "x = " + "[" * many + "]" * many + "\n")) + source[at:]


MUTATORS = (other_number, other_number, other_number, other_text, other_text, text_of_another, without_a_line,
            line_twice, lines_swapped, without_a_part, cut, token, letter, deep)


def _replaced(source: str, pattern: re.Pattern[str], by: object, luck: random.Random) -> str:
    spots = [match.span() for match in pattern.finditer(source)]
    if not spots:
        return source
    start, end = luck.choice(spots)
    return source[:start] + by(source[start:end]) + source[end:]  # type: ignore[operator]


def _bytes(data: bytes, luck: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(luck.randrange(1, 4)):
        if changed:
            changed[luck.randrange(len(changed))] = luck.randrange(256)
    return bytes(changed)
