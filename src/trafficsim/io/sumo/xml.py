"""Read XML that may be hostile or broken, keeping the line of every element for messages."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException, DTDForbidden, EntitiesForbidden
from defusedxml.ElementTree import DefusedXMLParser

from trafficsim.base.errors import InputError, quoted
from trafficsim.io.files import CHUNK_BYTES, Budget, opened, unreadable
from trafficsim.io.sumo.foreign import refuse_other_formats

# Modelling assumptions that bound hostile input: no road network or demand file known to us comes near them.
MOST_BYTES = 4 << 30
MOST_DEPTH = 100
MOST_DIGITS = 18
MOST_NUMBER = 1.0e15
"""Numbers beyond it are no length, time or speed; their products would leave what a number can hold."""
MEMORY_PER_BYTE = 25.0
"""Memory that a byte of a demand file takes until the end of a run: about 2 kB for a trip of 80 bytes."""


@dataclass(slots=True)
class Element:
    """An XML element: tag, attributes, children, and where it stands.

    Examples
    --------
    >>> lane = Element("lane", {"id": "a_0", "length": "12.5"}, 7, "demo.net.xml")
    >>> lane.number("length"), lane.where
    (12.5, "demo.net.xml, line 7: lane 'a_0'")
    """

    tag: str
    attributes: dict[str, str]
    line: int
    file: str
    children: list[Element] = field(default_factory=list)

    @property
    def where(self) -> str:
        """File, line, tag and id, for messages."""
        name = self.attributes.get("id")
        return f"{self.file}, line {self.line}: {self.tag}" + (f" {name!r}" if name is not None else "")

    def all(self, *tags: str) -> Iterator[Element]:
        """Iterate over the children with one of these tags."""
        return (child for child in self.children if child.tag in tags)

    def get(self, name: str, default: str = "") -> str:
        """Return an attribute, or the default."""
        return self.attributes.get(name, default)

    def text(self, name: str) -> str:
        """Return an attribute that must be there and not be empty.

        Raises
        ------
        InputError
            If it is missing or empty.
        """
        value = self.attributes.get(name, "")
        if not value:
            raise InputError(self.where, f"no attribute {name!r}", f"{name}=\"...\"", f"add {name} to this {self.tag}")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """Return an attribute as a finite number.

        Raises
        ------
        InputError
            If it is missing without a default, or not a finite number.
        """
        if default is not None and name not in self.attributes:
            return default
        return self._finite(name, self.text(name))

    def whole(self, name: str) -> int:
        """Return an attribute as a whole number of at least 0.

        Raises
        ------
        InputError
            If it is missing or anything else.
        """
        value = self.text(name)
        if not (value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS):
            raise InputError(f"{self.where}: {name}", quoted(value), "a whole number >= 0", f"correct {name}")
        return int(value)

    def clock(self, name: str, default: float | None = None) -> float:
        """Return an attribute as seconds; ``[days:]hours:minutes:seconds`` is understood.

        Examples
        --------
        >>> Element("flow", {"begin": "1:00:30"}, 1, "demo.rou.xml").clock("begin")
        3630.0

        Raises
        ------
        InputError
            If it is missing without a default, or not a time.
        """
        if default is not None and name not in self.attributes:
            return default
        value = self.text(name)
        if ":" not in value:
            return self._finite(name, value)
        parts = [self._finite(name, part) for part in value.removeprefix("-").split(":")]
        if len(parts) not in (3, 4):
            raise self._not(name, value, "seconds, h:m:s or d:h:m:s")
        days, hours, minutes, seconds = [0.0] * (4 - len(parts)) + parts
        return (-1.0 if value.startswith("-") else 1.0) * (((days * 24 + hours) * 60 + minutes) * 60 + seconds)

    def points(self, name: str) -> tuple[tuple[float, float], ...]:
        """Return a shape ``"x,y x,y ..."`` (heights are dropped) as points in metres; empty when absent.

        Raises
        ------
        InputError
            If it is not a shape.
        """
        points = []
        for pair in self.get(name).split():
            parts = pair.split(",")
            if len(parts) not in (2, 3):
                raise self._not(name, pair, "points x,y separated by blanks")
            points.append((self._finite(name, parts[0]), self._finite(name, parts[1])))
        return tuple(points)

    def _finite(self, name: str, value: str) -> float:
        try:
            number = float(value)
        except ValueError:
            raise self._not(name, value, "a number") from None
        if not abs(number) <= MOST_NUMBER:  # NaN too
            raise self._not(name, value, "a finite number")
        return number

    def _not(self, name: str, value: str, expected: str) -> InputError:
        return InputError(f"{self.where}: {name}", quoted(value), expected, f"correct {name}")


class _Builder:
    """Target of the parser that builds elements."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.parser: DefusedXMLParser | None = None
        self.open: list[Element] = []
        self.root: Element | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        line = self.parser.parser.CurrentLineNumber if self.parser is not None else 0
        element = Element(tag.rpartition("}")[2], attributes, line, self.file)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)
        if len(self.open) > MOST_DEPTH:
            raise InputError(f"{self.file}, line {line}", f"elements nested more than {MOST_DEPTH} deep",
                             "a SUMO file", "check where the file comes from")

    def end(self, tag: str) -> None:
        self.open.pop()

    def close(self) -> Element | None:
        return self.root


def read_xml(path: Path, roots: Collection[str]) -> Element:
    """Read an XML file, plain or gzip, refusing entities, document types and external references.

    Parameters
    ----------
    path
        The file; gzip is recognised by its first bytes, not by its name.
    roots
        Tags that the root element may have.

    Raises
    ------
    InputError
        If the file is missing, unreadable, truncated, not XML, hostile, or has another root element.
    """
    refuse_other_formats(path)
    builder = _Builder(path.name)
    parse_xml(path, builder)
    root = builder.root
    assert root is not None, "the parser reports a file without elements itself"
    if root.tag not in roots:
        raise InputError(f"{path.name}, line {root.line}", f"root element <{root.tag}>",
                         " or ".join(f"<{tag}>" for tag in roots), _other_kind(root.tag))
    return root


class Target(Protocol):
    """What a parser reports elements to; it gets the parser, which knows the line."""

    parser: DefusedXMLParser | None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""

    def end(self, tag: str) -> None:
        """End an element."""


def parse_xml(path: Path, target: Target) -> None:
    """Report the elements of an XML file, plain or gzip, refusing entities, document types and external references.

    Raises
    ------
    InputError
        If the file is missing, unreadable, truncated, not XML, or hostile.
    """
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    target.parser = parser
    try:
        with opened(path) as stream:
            _feed(parser, stream, path)
        parser.close()
    except (DefusedXmlException, ParseError, ValueError, LookupError, OSError, EOFError, zlib.error) as error:
        raise _explained(error, path, parser) from None


def _feed(parser: DefusedXMLParser, stream: IO[bytes], path: Path) -> None:
    left = Budget(path, MOST_BYTES, MEMORY_PER_BYTE)
    while chunk := stream.read(CHUNK_BYTES):
        left.spend(len(chunk))
        parser.feed(chunk)


def _explained(error: Exception, path: Path, parser: DefusedXMLParser) -> InputError:
    """Say in the user's words what is wrong with the file."""
    here = f"{path.name}, line {parser.parser.CurrentLineNumber}"
    again = "write or download the file again"
    if isinstance(error, DTDForbidden | EntitiesForbidden | DefusedXmlException):
        return InputError(here, "a document type or entity declaration", "plain elements and attributes",
                          "remove the <!DOCTYPE ...> part; such declarations can exhaust memory or read other files")
    if isinstance(error, EOFError | zlib.error | gzip.BadGzipFile):
        return InputError(path.name, f"a damaged or truncated gzip file ({error})", "a complete gzip file", again)
    if isinstance(error, ParseError):
        position = getattr(error, "position", None)
        where = f"{path.name}, line {position[0]}" if position else here
        return InputError(where, f"XML that cannot be parsed ({error})", "a complete, well-formed XML file", again)
    if isinstance(error, OSError):
        return unreadable(path, error)
    return InputError(here, f"an encoding that cannot be read ({error})", "UTF-8", "save the file as UTF-8")


def _other_kind(tag: str) -> str:
    hints = {
        "net": "this is a network: give it as the network",
        "routes": "this is a route file: give it as routes",
        "additional": "this is an additional file: give it as additional",
        "configuration": "this is a configuration: give the files that it names",
        "sumoConfiguration": "this is a configuration: give the files that it names",
        "osm": "this is OpenStreetMap data: convert it with SUMO's netconvert first",
    }
    return hints.get(tag, "give a SUMO file of the right kind")
