"""What is wrong in a file of ``key: value`` lines, on the line where it was written.

YAML notices many faults lines after they were made, and takes some for text: a missing
space after a colon, a text that is not indented, a key that is. Whoever knows which keys
the file may have sees more: this module reads the lines as their writer meant them, keys
on one level or two (a third is left to YAML), and names those that YAML will read otherwise. What it does not
understand it leaves to `effektiv.params.textyaml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from effektiv.validation import hidden_sign

Keys = Mapping[str, Mapping[str, object]]
"""Keys that a file may have, and under each those that may stand on indented lines."""

QUOTE = "sätt den inom citattecken"
OPEN_QUOTE = "ett citattecken öppnas men stängs aldrig"
OPEN_LIST = "ett kommatecken eller avslutande ] saknas i listan"

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
# Lengths are bounded so that no line, however long, takes more than a moment.
_KEY = re.compile(
    r"""(?P<quote>["']?)(?P<key>[^\s"'#\[\]{},&*!|>%@`?:-][^:"']{0,80}?)(?P=quote)\s{0,20}:(?:\s+(?P<value>.*))?$"""
)
_NO_SPACE = re.compile(r"(?P<key>\w+):(?=[^\s/])")
_WORD = re.compile(r"(?P<key>\w+)(?=\s|$)")
_LIKE_A_KEY = re.compile(r"[a-z_]+")
_ITEM = re.compile(r"-(?:\s+|$)")
_BLOCK = re.compile(r"[>|][-+0-9]*\s*(?:#.*)?$")
_NOT_LINES = re.compile(r"[?{\[%]|---|\.\.\.")
_REST_OF_QUOTE = {
    '"': re.compile(r'(?:[^"\\]|\\.|\\$)*"'),
    "'": re.compile(r"(?:[^']|'')*'(?!')"),
}
_IN_LIST = re.compile(r"""\"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?P<open>[\[{])|(?P<close>[\]}])""")
_STEP = 2
"""Spaces that a level is indented by in the files that the project writes."""


@dataclass(frozen=True)
class Fault:
    """What is wrong (a Swedish clause without a full stop) and on which line, if any.

    Attributes
    ----------
    parent
        Line of the key that YAML takes the line to belong to: what is wrong there may be
        no more than a consequence.
    """

    line: int | None
    text: str
    parent: int | None = None


@dataclass(frozen=True)
class _Line:
    number: int
    indent: int
    text: str


@dataclass
class _Entry:
    """A key that has been read, and the lines of its text.

    Attributes
    ----------
    value
        What follows the colon on the line.
    kind
        What that is: ``block`` (text on the lines below), ``plain``, ``closed`` (a
        quotation or a list on the line) or ``empty``.
    """

    key: str
    line: int
    column: int
    value: str
    kind: str
    texts: list[_Line] = field(default_factory=list)


def line_faults(text: str, keys: Keys) -> list[Fault]:
    """Return what is wrong line by line, in order; nothing for lines that may be right.

    Parameters
    ----------
    text
        The whole file.
    keys
        The keys that it may have.
    """
    lines = list(_significant(text))
    reader = _Reader(lines, keys)
    reader.read()
    # One fault a line: what cannot be seen explains what else is wrong there.
    by_line = {fault.line: fault for fault in reversed([*_hidden(lines), *reader.faults])}
    return sorted(by_line.values(), key=lambda fault: fault.line or 0)


class _Reader:
    """Reads lines as their writer meant them: `_root` and `_child` are the keys last read."""

    def __init__(self, lines: list[_Line], keys: Keys) -> None:
        self._keys = keys
        self._lines = lines
        self._base = min((line.indent for line in self._lines), default=0)
        found = (_key(line.text) for line in lines if line.indent == self._base)
        self._written = {key for key in found if key is not None and key in keys}
        self._seen: set[str] = set()
        self._root: _Entry | None = None
        self._child: _Entry | None = None
        self._group: list[_Entry] = []
        self._items = False
        self.faults: list[Fault] = []

    def read(self) -> None:
        """Read all lines, up to one that is written in another way than this module knows."""
        rest = iter(self._lines)
        for line in rest:
            if self._root is not None and self._root.kind == "block" and line.indent > self._base:
                self._own_text(self._root, line)
            elif line.text.startswith("\t") or (not line.indent and _NOT_LINES.match(line.text)):
                break
            else:
                self._take(self._without_odd_start(line), rest)
        self._end_root()

    def _take(self, line: _Line, rest: Iterator[_Line]) -> None:
        entry = self._root_line(line) if line.indent == self._base else self._indented_line(line)
        if entry is not None:
            self._read_value(entry, rest)

    def _add(self, line: int, text: str) -> None:
        self.faults.append(Fault(line, text, self._root.line if self._root else None))

    @property
    def _beneath(self) -> Mapping[str, object]:
        """Keys that may stand under the key of the first level that was read last."""
        return self._keys.get(self._root.key, {}) if self._root else {}

    def _without_odd_start(self, line: _Line) -> _Line:
        """Tell of a first sign that looks like a space and is none to YAML."""
        sign = line.text[0]
        if unicodedata.category(sign) not in {"Zs", "Cf"}:
            return line
        name = "ett hårt mellanslag" if sign == "\N{NO-BREAK SPACE}" else "ett ovanligt mellanslag"
        self._add(line.number, f"raden börjar med {name} (U+{ord(sign):04X}), byt det mot vanliga mellanslag")
        rest = line.text[1:].lstrip()
        indent = line.indent + len(line.text) - len(rest)
        # A key that is known on the first level is meant to stand there.
        at_root = _key(rest) in self._keys and _key(rest) not in self._beneath
        return _Line(line.number, self._base if at_root else indent, rest or "#")

    # Lines -------------------------------------------------------------------------------

    def _root_line(self, line: _Line) -> _Entry | None:
        """Read a line that is not indented: a key, or something that should be indented."""
        root, key = self._root, _key(line.text)
        if key is None:
            return self._no_key(line)
        if root is not None and key in self._beneath and (key in self._seen or key not in self._keys):
            self._add(
                line.number, f"nyckeln '{key}' hör till '{root.key}' på rad {root.line} och ska vara indragen"
            )
            return None
        if key not in self._keys and not _LIKE_A_KEY.fullmatch(key) and root and root.kind == "block":
            self._outside(line, root)
            return None
        return self._open(line, key)

    def _no_key(self, line: _Line) -> _Entry | None:
        """Say what is wrong with a line that is not indented and has no key."""
        root = self._root
        if line.text.startswith("-") and root is not None and root.kind != "block":
            return self._indented_line(line)
        key = self._unfinished(line, {**self._keys, **self._beneath}, self._written)
        if key is not None:
            return self._open(line, key) if key in self._keys else None
        if root is not None and root.kind in {"block", "plain"}:
            self._outside(line, root)
        elif root is not None:
            self._add(line.number, "raden ska ha formen nyckel: värde, eller vara indragen under sin nyckel")
        return None

    def _outside(self, line: _Line, entry: _Entry) -> None:
        """Say that a text goes on without its indent, once for lines that follow each other."""
        spaces = entry.column + _STEP
        text = f"texten under '{entry.key}' ska vara indragen: börja raden med {spaces} mellanslag"
        if not self.faults or self.faults[-1].text != text:
            self._add(line.number, text)

    def _indented_line(self, line: _Line) -> _Entry | None:
        """Read an indented line that is no text: a key under a key, or one that should not be indented."""
        root, item = self._root, _ITEM.match(line.text)
        if root is None:
            key = _key(line.text)
            if key not in self._keys:
                return None
            self._add(line.number, f"nyckeln '{key}' är indragen: ta bort mellanslagen före den")
            return self._open(line, str(key))
        if self._is_third(line, is_item=item is not None):
            return None  # YAML's own faults are enough for it.
        if item is None and line.text.startswith("-") and _key(line.text[1:]) in self._beneath:
            self._add(line.number, "ett mellanslag saknas efter listans streck (-)")
            line, item = _Line(line.number, line.indent, f"- {line.text[1:]}"), _ITEM.match("- ")
        if (item or _key(line.text) in self._beneath) and root.kind in {"closed", "plain"}:
            self._add(
                line.number,
                f"raden hör till '{root.key}', som redan har ett värde på rad {root.line}: ta bort det",
            )
            root.kind = "empty"
        if item:
            self._end_group(item_follows=True)
            line = _Line(line.number, line.indent + item.end(), line.text[item.end() :])
            return self._under(line, root) if self._beneath and line.text else None
        if self._child is not None and self._child.kind == "block" and line.indent > self._child.column:
            self._child.texts.append(line)
            return None
        return self._under(line, root)

    def _is_third(self, line: _Line, *, is_item: bool) -> bool:
        """Whether a line is of a third level: what a key under a key holds. A list may begin in the key's own column."""
        child = self._child
        if child is None or not self._beneath.get(child.key):
            return False
        return line.indent >= child.column if is_item else line.indent > child.column

    def _under(self, line: _Line, root: _Entry) -> _Entry | None:
        """Read what stands under a key of the first level."""
        key = _key(line.text)
        if key is None:
            self._no_key_under(line, root)
            return None
        if root.key not in self._keys:
            return None  # Misspelt: what its keys are cannot be told.
        if key in self._keys and key not in self._beneath:
            self._add(
                line.number,
                f"nyckeln '{key}' är indragen och hör därför till '{root.key}': ta bort mellanslagen före den",
            )
            return self._open(line, key)
        if not self._beneath:
            return None
        self._end_child()
        self._child = self._entry(line, key)
        self._group.append(self._child)
        return self._child

    def _no_key_under(self, line: _Line, root: _Entry) -> None:
        child = self._child
        if self._beneath and (child is None or line.indent <= child.column):
            written = {entry.key for entry in self._group}
            key = self._unfinished(line, self._beneath, written)
            if key is None and child is not None and child.kind == "block":
                self._outside(line, child)
            return
        absent = {key for key in self._keys if key not in self._written and key != root.key}
        match = _NO_SPACE.match(line.text)
        if match and match["key"] in (self._beneath or absent):
            self._unfinished(line, {match["key"]: ()}, ())

    def _unfinished(self, line: _Line, keys: Mapping[str, object], written: Collection[str]) -> str | None:
        """Tell of a key without its colon, or without the space after it, and return the key."""
        match = _NO_SPACE.match(line.text)
        if match and match["key"] in keys:
            self._add(
                line.number, f"ett mellanslag saknas efter kolonet, skriv '{match['key']}: ' före värdet"
            )
            return match["key"]
        match = _WORD.match(line.text)
        if match and match["key"] in keys and match["key"] not in written:
            self._add(line.number, f"ett kolon saknas efter nyckeln '{match['key']}'")
            return match["key"]
        return None

    # Texts and values --------------------------------------------------------------------

    def _own_text(self, root: _Entry, line: _Line) -> None:
        """Note a line of a text, unless it is a key that the text would swallow."""
        key = _key(line.text)
        if key is None or key not in self._keys or key in self._written:
            root.texts.append(line)
            return
        self._written.add(key)
        self._add(
            line.number,
            f"nyckeln '{key}' är indragen och blir därför text under '{root.key}': ta bort mellanslagen före den",
        )

    def _entry(self, line: _Line, key: str) -> _Entry:
        match = _KEY.match(line.text)
        value = (match["value"] or "") if match else ""
        sign = value[:1]
        if sign in {">", "|"} and not _BLOCK.match(value):
            self._add(line.number, f"texten ska börja på raden under tecknet {sign}")
        kinds = {
            "": "empty",
            "#": "empty",
            ">": "block",
            "|": "block",
            "[": "closed",
            '"': "closed",
            "'": "closed",
        }
        return _Entry(key, line.number, line.indent, value, kinds.get(sign, "plain"))

    def _read_value(self, entry: _Entry, rest: Iterator[_Line]) -> None:
        """Read a quotation or a list until its closing sign."""
        if entry.kind != "closed":
            return
        sign, after, depth = entry.value[0], entry.value[1:], 1
        while True:
            left, depth = _after_closing(sign, after, depth)
            if left is not None:
                break
            following = next(rest, None)
            if following is None or (following.indent <= entry.column and self._is_known(following)):
                self._add(entry.line, OPEN_LIST if sign == "[" else OPEN_QUOTE)
                if following is not None:
                    self._take(following, rest)
                return
            after = following.text
        if left.strip() and not left.lstrip().startswith("#"):
            closing = "]" if sign == "[" else sign
            whole = "ta bort den" if sign == "[" else "sätt hela texten inom citattecken av det andra slaget"
            self._add(entry.line, f"efter det avslutande tecknet {closing} står mer text, {whole}")

    def _is_known(self, line: _Line) -> bool:
        return _key(line.text) in {*self._keys, *self._beneath}

    # Levels ------------------------------------------------------------------------------

    def _open(self, line: _Line, key: str) -> _Entry:
        """Begin a key of the first level."""
        self._end_root()
        self._root = self._entry(line, key)
        self._seen.add(key)
        return self._root

    def _end_root(self) -> None:
        self._end_group(item_follows=False)
        if self._root is not None:
            self._check_text(self._root)

    def _end_group(self, *, item_follows: bool) -> None:
        """End a mapping under a key: its keys should stand in one column."""
        self._end_child()
        group, was_item = self._group, self._items
        self._group, self._items = [], item_follows
        columns = [entry.column for entry in group]
        if len(set(columns)) < 2:
            return
        usual = self._base + (2 * _STEP if was_item else _STEP)
        expected = usual if usual in columns else columns[0]
        wrong = next(entry for entry in group if entry.column != expected)
        right = next(entry for entry in group if entry.column == expected)
        self._add(
            wrong.line, f"nyckeln '{wrong.key}' ska stå lika långt in som '{right.key}' på rad {right.line}"
        )

    def _end_child(self) -> None:
        if self._child is not None:
            self._check_text(self._child)
        self._child = None

    def _check_text(self, entry: _Entry) -> None:
        """Find a line of a text that is less indented than the first, which YAML does not allow."""
        indents = [line.indent for line in entry.texts]
        if not indents or min(indents) >= indents[0]:
            return
        usual = entry.column + _STEP
        expected = usual if usual in indents else indents[0]
        wrong = next(line for line in entry.texts if line.indent < expected or indents[0] != expected)
        self._add(
            wrong.number, f"raden ska vara lika långt indragen som resten av texten under '{entry.key}'"
        )


def _hidden(lines: list[_Line]) -> Iterator[Fault]:
    """Yield the lines with a sign that nobody sees."""
    parent = None
    for line in lines:
        fault = hidden_sign(line.text)
        if fault is not None:
            yield Fault(line.number, f"raden {fault}", parent)
        elif not line.indent and _key(line.text):
            parent = line.number


def _significant(text: str) -> Iterator[_Line]:
    """Yield the lines that are not empty or comments."""
    for number, line in enumerate(_BREAK.split(text), start=1):
        content = line.lstrip(" ")
        if content.strip() and not content.startswith("#"):
            yield _Line(number, len(line) - len(content), content.rstrip())


def _key(text: str) -> str | None:
    match = _KEY.match(text)
    return match["key"] if match else None


def _after_closing(sign: str, text: str, depth: int) -> tuple[str | None, int]:
    """Return what follows the sign that closes a quotation or a list, None when none does."""
    if sign != "[":
        match = _REST_OF_QUOTE[sign].match(text)
        return (text[match.end() :] if match else None), depth
    for token in _IN_LIST.finditer(text):
        depth += bool(token["open"]) - bool(token["close"])
        if depth == 0:
            return text[token.end() :], depth
    return None, depth
