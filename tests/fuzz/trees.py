"""Mutators of what stands in a file: tables and lists, and the elements of XML."""

from __future__ import annotations

import copy
import random
from typing import Any
from xml.etree import ElementTree as ET

from tests.fuzz import values

OTHER_NAMES = ("from", "to", "via", "speed", "lane", "type", "begin", "end", "id")


def mutate_plain(source: Any, rng: random.Random) -> Any:
    """Change tables and lists in one to three places: another value, a key or entry less, more, twice or elsewhere."""
    tree = copy.deepcopy(source)
    for _ in range(rng.choice((1, 1, 2, 3))):
        holders = [one for one in _walk(tree) if one]
        if not holders:
            break
        holder = rng.choice(holders)
        key = rng.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        _change(holder, key, rng, tree)
    return tree


def _walk(value: Any) -> list[Any]:
    found, left = [], [value]
    while left:
        one = left.pop()
        if isinstance(one, dict | list):
            found.append(one)
            left.extend(one.values() if isinstance(one, dict) else one)
    return found


def _change(holder: Any, key: Any, rng: random.Random, tree: Any) -> None:
    act = rng.randrange(7)
    if act < 3:
        holder[key] = _number_near(holder[key], rng) if rng.random() < 0.6 else values.plain(rng)
    elif act == 3:
        del holder[key]
    elif act == 4:
        holder[key] = copy.deepcopy(rng.choice(_walk(tree)))
    elif isinstance(holder, dict):
        holder[values.text(rng) if act == 5 else rng.choice(list(holder))] = holder[key]
    else:
        holder.insert(rng.randrange(len(holder) + 1), copy.deepcopy(holder[key]))


def _number_near(value: Any, rng: random.Random) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return values.plain(rng)
    factor = rng.choice((0, -1, 0.5, 2, 10, 1000, 1e-3, 1e-9, 1e300))
    try:
        return type(value)(value * factor)
    except OverflowError:
        return value


def mutate_xml(source: str, rng: random.Random) -> bytes:
    """Change elements and attributes of XML in one to three places."""
    root = ET.fromstring(source)
    for _ in range(rng.choice((1, 1, 2, 3))):
        parents = [one for one in root.iter() if len(one)]
        if rng.random() < 0.6 or not parents:
            _change_attribute(rng.choice(list(root.iter())), rng)
        else:
            _change_children(rng.choice(parents), root, rng)
    text = ET.tostring(root, encoding="unicode")
    return text.encode("utf-8", "replace")


def _change_attribute(element: ET.Element, rng: random.Random) -> None:
    if not element.attrib:
        return
    name, act = rng.choice(list(element.attrib)), rng.randrange(6)
    if act == 0:
        del element.attrib[name]
    elif act == 1:
        element.set(rng.choice(OTHER_NAMES), element.get(name, ""))
    elif act == 2:
        element.set(name, element.get(rng.choice(list(element.attrib)), ""))
    elif act == 3:
        element.set(name, _printable(values.text(rng)))
    else:
        element.set(name, values.number(rng))


def _change_children(parent: ET.Element, root: ET.Element, rng: random.Random) -> None:
    child, act = rng.choice(list(parent)), rng.randrange(4)
    if act == 0:
        parent.remove(child)
    elif act == 1:
        parent.insert(rng.randrange(len(parent) + 1), copy.deepcopy(child))
    elif act == 2:
        rng.choice([one for one in root.iter() if one is not child]).append(copy.deepcopy(child))
    else:
        parent.remove(child)
        parent.insert(rng.randrange(len(parent) + 1), child)


def _printable(text: str) -> str:
    """XML cannot hold the other characters at all; the mutators of text try them."""
    return "".join(one for one in text if one.isprintable())
