"""Mutators of text: characters, lines, numbers and quoted texts, whatever the format."""

from __future__ import annotations

import random
import re

from tests.fuzz import values

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])")
QUOTED = re.compile(r'"[^"\n]*"')
TOKENS = ("[", "]", "{", "}", "=", ",", '"', "'", "\n", "#", "<", ">", "/", "&", ";", "\x00", "\ufeff", "é", "[[", "]]",
          '"""', "1979-05-27T07:32:00Z", "\x1b[31m")


def mutate(source: str, rng: random.Random) -> bytes:
    """Change a text in one to three places; sometimes its bytes."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        source = rng.choice(MUTATORS)(source, rng)
    data = source.encode("utf-8", "surrogatepass")
    return _bytes(data, rng) if rng.random() < 0.1 else data


def other_number(source: str, rng: random.Random) -> str:
    """Put another number in the place of one."""
    return _replaced(source, NUMBER, lambda _: values.number(rng), rng)


def other_text(source: str, rng: random.Random) -> str:
    """Put another quoted text in the place of one."""
    return _replaced(source, QUOTED, lambda _: f'"{values.text(rng)}"', rng)


def text_of_another(source: str, rng: random.Random) -> str:
    """Put a quoted text of the file in the place of another."""
    found = QUOTED.findall(source)
    return _replaced(source, QUOTED, lambda _: rng.choice(found), rng) if found else source


def without_a_line(source: str, rng: random.Random) -> str:
    """Leave a line out."""
    lines = source.splitlines(keepends=True)
    if lines:
        del lines[rng.randrange(len(lines))]
    return "".join(lines)


def line_twice(source: str, rng: random.Random) -> str:
    """Write a line a second time, somewhere."""
    lines = source.splitlines(keepends=True)
    if lines:
        lines.insert(rng.randrange(len(lines) + 1), rng.choice(lines))
    return "".join(lines)


def lines_swapped(source: str, rng: random.Random) -> str:
    """Let two lines change places."""
    lines = source.splitlines(keepends=True)
    if len(lines) > 1:
        one, two = rng.sample(range(len(lines)), 2)
        lines[one], lines[two] = lines[two], lines[one]
    return "".join(lines)


def without_a_part(source: str, rng: random.Random) -> str:
    """Leave some characters out."""
    at = rng.randrange(len(source) + 1)
    return source[:at] + source[at + rng.choice((1, 2, 8, 60)):]


def cut(source: str, rng: random.Random) -> str:
    """Cut the end off."""
    return source[: rng.randrange(len(source) + 1)]


def token(source: str, rng: random.Random) -> str:
    """Put a token somewhere."""
    at = rng.randrange(len(source) + 1)
    return source[:at] + rng.choice(TOKENS) + source[at:]


def letter(source: str, rng: random.Random) -> str:
    """Misspell a word."""
    at = rng.randrange(len(source) + 1)
    return source[:at] + rng.choice("abcdefghijklmnopqrstuvwxyz_.") + source[at + rng.randrange(2):]


def deep(source: str, rng: random.Random) -> str:
    """Nest something deeply, or repeat it often."""
    at = rng.randrange(len(source) + 1)
    many = rng.choice((values.DEEP, 70, 20000))
    return source[:at] + rng.choice(("[" * many, "{" * many, "a." * many + "b = 1\n", "<a>" * many, '{"a":' * many,
                                     "[" * many + "]" * many, "x = " + "[" * many + "]" * many + "\n")) + source[at:]


MUTATORS = (other_number, other_number, other_number, other_text, other_text, text_of_another, without_a_line,
            line_twice, lines_swapped, without_a_part, cut, token, letter, deep)


def _replaced(source: str, pattern: re.Pattern[str], by: object, rng: random.Random) -> str:
    spots = [match.span() for match in pattern.finditer(source)]
    if not spots:
        return source
    start, end = rng.choice(spots)
    return source[:start] + by(source[start:end]) + source[end:]  # type: ignore[operator]


def _bytes(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randrange(1, 4)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)
