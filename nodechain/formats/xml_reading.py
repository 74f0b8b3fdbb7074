"""XML read safely and piece by piece: expat, with document types and entities refused, within limits.

A document type is where entities that grow without end and files from elsewhere come from; no format here has one.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final
from xml.parsers import expat

from nodechain.formats.errors import BadFile, too_large
from nodechain.formats.limits import (
    MAX_CELL_CHARACTERS,
    MAX_FILE_BYTES,
    MAX_XML_CHILDREN,
    MAX_XML_DEPTH,
    MAX_XML_KEPT,
    MAX_XML_TOKEN_BYTES,
)

_PIECE: Final = 1 << 16


class XmlElement:
    """An element with what it holds: local name, namespace, attributes by name, text, children."""

    __slots__ = ("attributes", "children", "name", "namespace", "text")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.namespace, _blank, self.name = name.rpartition(" ")
        self.attributes = attributes
        self.text = ""
        self.children: list[XmlElement] = []

    def child(self, *path: str) -> XmlElement | None:
        """The first descendant along local names."""
        found: XmlElement | None = self
        for name in path:
            found = next((item for item in found.children if item.name == name), None) if found else None
        return found

    def all(self, name: str) -> list[XmlElement]:
        """The children of a local name."""
        return [item for item in self.children if item.name == name]

    def value(self, *path: str) -> str:
        """The text at a path, stripped; empty where there is no such element."""
        found = self.child(*path)
        return found.text.strip() if found else ""


Ended = Callable[[list[XmlElement], XmlElement], bool]
"""Called at each element's end with those around it, outermost first; True: it was used up and need not be kept."""


def read_xml(data: bytes, ended: Ended) -> XmlElement:
    """The root with what `ended` kept. Raises `BadFile` (bad_xml, unsafe_xml, file_too_large)."""
    if len(data) > MAX_FILE_BYTES:
        raise too_large("bytes", MAX_FILE_BYTES)
    reader = _Reader(ended)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        feed(parser, io.BytesIO(data).read)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise BadFile(f"the file is no well-formed XML: {error}", code="bad_xml") from None
    if reader.root is None:
        raise BadFile("the file has no XML element", code="bad_xml")
    return reader.root


def feed(parser: expat.XMLParserType, read: Callable[[int], bytes]) -> None:
    """Parse what `read` gives, piece by piece. Raises `BadFile` (unsafe_xml, file_too_large), and what expat raises."""
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    given = 0
    while piece := read(_PIECE):
        parser.Parse(piece, False)
        given += len(piece)
        if given - max(parser.CurrentByteIndex, 0) > MAX_XML_TOKEN_BYTES:
            raise too_large("bytes in one tag", MAX_XML_TOKEN_BYTES)
    parser.Parse(b"", True)


def _refuse(*_declared: object) -> int:
    raise BadFile(
        "the file has a document type or entities: they can make a reader fetch or grow without end",
        code="unsafe_xml",
        advice="No operator's file has them: do not use this one.",
    )


class _Reader:
    def __init__(self, ended: Ended) -> None:
        self.root: XmlElement | None = None
        self._open: list[XmlElement] = []
        self._ended = ended
        self._kept = 0
        self._kept_before: list[int] = []
        """Of each open element: how many were kept when it began."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= MAX_XML_DEPTH:
            raise too_large("levels of XML", MAX_XML_DEPTH)
        found = XmlElement(name, {key.rpartition(" ")[2]: value for key, value in attributes.items()})
        self._kept_before.append(self._kept)
        self._kept += 1
        if self._kept > MAX_XML_KEPT:
            raise too_large("elements that belong together", MAX_XML_KEPT)
        if self._open:
            # What stands between two elements is layout.
            self._open[-1].text = self._open[-1].text.strip()
            around = self._open[-1].children
            if len(around) >= MAX_XML_CHILDREN:
                raise too_large("elements in one", MAX_XML_CHILDREN)
            around.append(found)
        else:
            self.root = found
        self._open.append(found)

    def characters(self, text: str) -> None:
        if self._open:
            self._open[-1].text += text
            if len(self._open[-1].text) > MAX_CELL_CHARACTERS:
                raise too_large("characters in an element", MAX_CELL_CHARACTERS)

    def end(self, _name: str) -> None:
        found, kept = self._open.pop(), self._kept_before.pop()
        if self._ended(self._open, found) and self._open:
            self._open[-1].children.pop()
            self._kept = kept
