"""YAML in which every scalar is text and every value knows its line.

YAML's own typing destroys what municipalities write: ``0127`` becomes 87 (octal),
``nej`` becomes False, a date becomes an object. Here scalars stay exactly the text
that was written; typing them is the reader's work (`effektiv.params`). Faults are
Swedish sentences with the line they stand on, and as many as can be found at once;
`effektiv.params.textfaults` finds the line where YAML would notice too late or not at all.
"""

from __future__ import annotations

import codecs
import re
import stat
import unicodedata
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from effektiv.errors import system_reason
from effektiv.params.textfaults import OPEN_LIST, OPEN_QUOTE, QUOTE, Fault, Keys, line_faults
from effektiv.validation import Location

MAX_BYTES = 1_000_000
"""Far above any hand-written file; stops a wrong file from being read whole."""

_BACKSLASH = "omvänt snedstreck (\\) i text inom dubbla citattecken, använd enkla citattecken"
_PROBLEMS = (
    # (part of PyYAML's message, Swedish). The first that fits is used.
    ("'\\t' that cannot start", "raden innehåller en tabb där det ska vara mellanslag"),
    ("that cannot start any token", f"texten börjar med ett tecken som har egen betydelse, {QUOTE}"),
    ("mapping values are not allowed", f"raden är fel indragen eller så står ett kolon i en text, {QUOTE}"),
    ("could not find expected ':'", "ett kolon saknas efter nyckeln"),
    ("found unexpected end of stream", OPEN_QUOTE),
    ("found unexpected document separator", OPEN_QUOTE),
    ("unknown escape character", _BACKSLASH),
    ("hexadecimal numbers", _BACKSLASH),
    ("expected ',' or ']'", OPEN_LIST),
    ("expected ',' or '}'", "ett kommatecken eller avslutande } saknas"),
    ("expected <block end>", "indraget eller skrivsättet stämmer inte med raderna ovanför"),
    ("sequence entries are not allowed", "listans streck (-) står på fel plats"),
    ("another document", "filen delas av en rad med ---, ta bort den"),
    ("'<document start>'", "raden hör inte ihop med raderna ovanför"),
)
_OTHER_PROBLEM = "raden går inte att läsa som YAML, kontrollera indrag, kolon och citattecken"

_INVISIBLE = "raden innehåller ett osynligt styrtecken, skriv om den"
# Half a character, as an escape can write it ("\ud83d"): no file can hold it and no model reads it.
_HALF = re.compile("[\ud800-\udfff]")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map")}


@dataclass
class Document:
    """A read file: plain data with text scalars, and where each value stands.

    Attributes
    ----------
    data
        Mappings, lists and text; None where a value was left empty.
    lines
        Line (from 1) of each key or list item, by its location.
    faults
        Everything that is wrong with the file as YAML; `data` is then what could be
        read in spite of it, and may be empty.
    """

    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Location, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line(self, location: Location) -> int | None:
        """Return the line of the value, or of the nearest one that holds it."""
        while location:
            if location in self.lines:
                return self.lines[location]
            location = location[:-1]
        return None

    def explains(self, location: Location) -> bool:
        """Whether what is wrong at a place may be no more than a consequence of a fault in the lines."""
        wrong = {None, *(line for fault in self.faults for line in (fault.line, fault.parent))}
        return bool(self.faults) and not wrong.isdisjoint({self.line(location), self.line(location[:1])})


def read(path: Path, keys: Keys) -> Document:
    """Read a file of ``key: value`` lines.

    Parameters
    ----------
    path
        A YAML file in UTF-8, with or without a byte order mark, with any line ends.
    keys
        The keys that it may have; others are left to the reader.

    Returns
    -------
    Document
        Its data, or the faults that stopped it from being read.
    """
    try:
        text = _decode(_content(path))
    except _UnreadableError as error:
        return Document(faults=[error.fault])
    found = line_faults(text, keys)
    try:
        document = _composed(text)
    except _UnreadableError as error:
        # YAML's line is where it gave up: what is wrong on that line or before it is the cause.
        noticed = error.fault.line
        is_cause = any(noticed is None or (fault.line or 0) <= noticed for fault in found)
        return Document(faults=found if is_cause else [error.fault])
    told = {fault.line for fault in found}
    document.faults = [*found, *(fault for fault in document.faults if fault.line not in told)]
    return document


class _UnreadableError(Exception):
    """The file cannot be read further."""

    def __init__(self, line: int | None, text: str) -> None:
        super().__init__(text)
        self.fault = Fault(line, text)


class _Loader(yaml.BaseLoader):
    """Composes nodes; refuses anchors, which lose text, and aliases, which can make a file endless."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if event.anchor is not None:
            sign = "asterisk (*)" if isinstance(event, yaml.AliasEvent) else "och-tecken (&)"
            raise _UnreadableError(event.start_mark.line + 1, f"texten börjar med {sign}, {QUOTE}")
        return super().compose_node(parent, index)


def _content(path: Path) -> bytes:
    try:
        # Asked before it is opened: a pipe would wait for somebody to write to it.
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            what = "en mapp" if stat.S_ISDIR(mode) else "ett rör eller en enhet"
            raise _UnreadableError(None, f"det är {what} och ingen fil")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _UnreadableError(None, f"filen går inte att läsa: {system_reason(error)}") from None


def _decode(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _UnreadableError(None, "filen är större än 1 MB och kan inte vara en parameterfil")
    if content.startswith(_UTF16):
        raise _UnreadableError(None, "filen är sparad som UTF-16, spara om den som UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _UnreadableError(line, "filen är inte sparad som UTF-8, spara om den så") from None
    return unicodedata.normalize("NFC", text)


def _composed(text: str) -> Document:
    """Return a document of its own for each who asks; raises what stops it from being read."""
    kept = _kept(text)
    if isinstance(kept, _UnreadableError):
        raise _UnreadableError(kept.fault.line, kept.fault.text)
    return deepcopy(kept)


@lru_cache(maxsize=128)
def _kept(text: str) -> Document | _UnreadableError:
    """Compose a text once in a process: every report of a municipality reads the same files."""
    try:
        return _compose(text)
    except _UnreadableError as error:
        return error.with_traceback(None)


def _compose(text: str) -> Document:
    try:
        root = _root(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _UnreadableError(line, _INVISIBLE) from None
    except yaml.MarkedYAMLError as error:
        raise _translated(error) from None
    except RecursionError:
        raise _UnreadableError(None, "filen har fler nivåer än en parameterfil kan ha") from None
    document = Document()
    if root is None or _is_empty(root):
        document.faults.append(Fault(None, "filen är tom, fyll i den eller ta bort den"))
    elif not isinstance(root, yaml.MappingNode):
        line = root.start_mark.line + 1
        document.faults.append(Fault(line, "filen ska bestå av rader av formen nyckel: värde"))
    else:
        document.data = _mapping(root, (), document)
    return document


def _root(text: str) -> yaml.Node | None:
    loader = _Loader(text)
    try:
        node: yaml.Node | None = loader.get_single_node()
        return node
    finally:
        loader.dispose()


def _translated(error: yaml.MarkedYAMLError) -> _UnreadableError:
    message = f"{error.problem} {error.context}"
    text = next((swedish for part, swedish in _PROBLEMS if part in message), _OTHER_PROBLEM)
    # An unclosed quotation mark is only noticed at the end of the file: say where it opens.
    mark = error.context_mark if "quoted scalar" in message else error.problem_mark
    return _UnreadableError(mark.line + 1 if mark else None, text)


def _is_empty(node: yaml.Node) -> bool:
    """Whether nothing was written: ``key:``, ``key: ""``, ``key: ~`` or ``key: null``."""
    if not isinstance(node, yaml.ScalarNode):
        return False
    plain = node.style is None
    return not node.value.strip() or (plain and node.value in {"~", "null"})


def _value(node: yaml.Node, location: Location, document: Document) -> Any:
    if node.tag not in _TAGS:
        line = node.start_mark.line + 1
        document.faults.append(Fault(line, f"texten börjar med utropstecken (!), {QUOTE}"))
        return None
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, location, document)
    if isinstance(node, yaml.SequenceNode):
        return list(_items(node, location, document))
    assert isinstance(node, yaml.ScalarNode)  # the only other kind
    return None if _is_empty(node) else _whole(node, document).strip()


def _whole(node: yaml.ScalarNode, document: Document) -> str:
    text, halves = _HALF.subn("\N{REPLACEMENT CHARACTER}", str(node.value))
    if halves:
        document.faults.append(Fault(node.start_mark.line + 1, _INVISIBLE))
    # A sign that is written as an escape was not yet a sign when the file was normalised.
    return unicodedata.normalize("NFC", text)


def _mapping(node: yaml.MappingNode, location: Location, document: Document) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode) or not key_node.value:
            document.faults.append(Fault(line, "en nyckel ska vara ett ord följt av kolon"))
            continue
        key = _whole(key_node, document)
        here = (*location, key)
        if key in data:
            first = document.lines[here]
            document.faults.append(Fault(line, f"nyckeln '{key}' finns redan på rad {first}"))
            continue
        document.lines[here] = line
        data[key] = _value(value_node, here, document)
    return data


def _items(node: yaml.SequenceNode, location: Location, document: Document) -> Iterator[Any]:
    for position, item in enumerate(node.value):
        here = (*location, position)
        document.lines[here] = item.start_mark.line + 1
        yield _value(item, here, document)
