"""Values of tags: numbers, directions, and lists by lane, as people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

FIRST_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


def parts_of(value: str) -> list[str]:
    """Return the values of a tag that holds several.

    Examples
    --------
    >>> parts_of("50 mph; 30;")
    ['50 mph', '30']
    """
    return [part.strip() for part in value.split(";") if part.strip()]


def number_of(value: str) -> float | None:
    """Return the number that a text is, ``None`` if it is none.

    Examples
    --------
    >>> number_of("2.5"), number_of("two")
    (2.5, None)
    """
    text = value.strip().replace(",", ".")
    return float(text) if FIRST_NUMBER.fullmatch(text) and len(text) < 12 else None


def first_of(tags: Mapping[str, str], keys: Sequence[str]) -> tuple[str, str]:
    """Return the first of several tags that is there, with its value; texts without content where none is.

    Examples
    --------
    >>> first_of({"access": "no", "vehicle": "yes"}, ("vehicle", "access"))
    ('vehicle', 'yes')
    """
    return next(((key, tags[key]) for key in keys if tags.get(key)), ("", ""))


def by_lane(value: str) -> list[str]:
    """Return the entries of a list by lane, from the left in the direction of travel.

    Examples
    --------
    >>> by_lane("left||through; right")
    ['left', '', 'through;right']
    """
    return [entry.replace(" ", "") for entry in value.split("|")]
