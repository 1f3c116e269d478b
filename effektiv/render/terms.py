"""A report's terms: listed at its end, and linked where they are first used.

The terms come with the case (see `effektiv.outputs.CASE_MIME`). Where one is first
met in running text it becomes a link to its entry in the list, without script and without
anything to hover over. Nothing is explained in the text itself: its reader has ten minutes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any

from markupsafe import Markup

from effektiv.names import slug
from effektiv.render.document import ATTRIBUTES, TAG, Document, free_id

_BLOCKS = ("p", "li", "dd")
_SKIPPED = (
    "svg", "table", "details", "h1", "h2", "h3", "h4", "h5", "h6", "a", "code", "pre", "style", "math", "button",
    "label", "select", "textarea",
)  # fmt: skip
"""Elements that are no running text, or may not hold a link."""

_MET = re.compile(rf"<!--|<(?P<close>/?)(?P<tag>{'|'.join(_BLOCKS + _SKIPPED)})\b(?P<rest>{ATTRIBUTES})>")
_TEXT = re.compile(rf"</?[a-zA-Z]{ATTRIBUTES}>|(?P<text>[^<]+)")
# The lines with measure and source, and the marks on data quality, which explain themselves.
_NO_TERMS = re.compile(r'\sclass="[^"]*\bex-(?:sub|source|flag)\b')
_WORD = re.compile(r"[^\W_]+(?:[-:][^\W_]+)*")


@dataclass(frozen=True)
class Word:
    """A term that the report uses.

    Attributes
    ----------
    id
        Of its entry in the list, unique in the page.
    word
        As it is listed.
    short, more
        The explanation in one sentence, which is all that is printed, and what follows it.
    forms
        The whole words that stand for it in running text.
    in_main
        Whether it is used outside the underlay: if not, it is printed only when that is.
    """

    id: str
    word: str
    short: str
    more: str
    forms: tuple[str, ...]
    in_main: bool


@dataclass(frozen=True)
class WordGroup:
    """Words explained at a report's end, under a heading."""

    title: str
    words: tuple[Word, ...]

    @property
    def in_main(self) -> bool:
        """Whether any of them is used outside the underlay."""
        return any(word.in_main for word in self.words)


def words_used(document: Document, groups: Sequence[Mapping[str, Any]]) -> list[WordGroup]:
    """Return the part of a list of words that a document has use for.

    Parameters
    ----------
    document
        The report's body. Its `ids` grow by those of the words.
    groups
        As in `CASE_MIME`: ``rubrik``, and for each of its ``ord`` the word itself (``ord``), its
        ``forklaring`` and the same in one sentence (``kort``), the beginnings of words that tell
        that it is used (``former``) and its inflections (``bojningar``).

    Returns
    -------
    list
        The groups that are left with some word.
    """
    main = _text(document.intro, *(each.html for each in document.sections if not each.is_underlay))
    underlay = _text(*(each.html for each in document.sections if each.is_underlay))
    found = []
    for group in groups:
        words = tuple(
            _word(entry, document.ids, in_main=in_main)
            for entry in group["ord"]
            if (in_main := _is_met(entry, main)) or _is_met(entry, underlay)
        )
        if words:
            found.append(WordGroup(group["rubrik"], words))
    return found


def _text(*parts: Markup) -> str:
    # A space for each tag: the words of two table cells are not one word.
    return " ".join(unescape(TAG.sub(" ", "".join(parts))).lower().split())


def _is_met(entry: Mapping[str, Any], text: str) -> bool:
    return any(_begins_a_word(form.lower(), text) for form in entry["former"])


def _begins_a_word(form: str, text: str) -> bool:
    # Many times faster than a regular expression, for forty terms in every report.
    position = text.find(form)
    while position > 0 and text[position - 1].isalnum():
        position = text.find(form, position + 1)
    return position >= 0


def _word(entry: Mapping[str, Any], ids: set[str], *, in_main: bool) -> Word:
    identity = free_id(f"ord-{slug(entry['ord'])}", ids)
    ids.add(identity)
    whole, short = entry["forklaring"], entry["kort"]
    # One that does not begin with its short form is printed whole.
    short = short if whole.startswith(short) else whole
    return Word(
        id=identity,
        word=entry["ord"],
        short=short,
        more=whole.removeprefix(short).strip(),
        forms=tuple(entry["bojningar"]),
        in_main=in_main,
    )


def link_terms(document: Document, groups: Sequence[WordGroup]) -> Document:
    """Return the document with each of the words linked where it is first used.

    Running text is what stands in paragraphs, lists and definitions. Headings, tables, drawings,
    links, code, what is folded, marks on data quality and the lines with measure and source are left as
    they are, and so is what stands before the first section: the first page.

    Parameters
    ----------
    document
        The report's body; left as it was.
    groups
        The words that it uses, from `words_used`.
    """
    terms = _Terms(groups)
    return replace(
        document,
        sections=[
            replace(section, html=Markup(terms.link(str(section.html)))) for section in document.sections
        ],
    )


@dataclass
class _Block:
    """A paragraph, item or definition while it is read, and whether its end has been met."""

    tag: str
    running: bool
    closed: bool = False


@dataclass
class _OpenBlocks:
    """The blocks that are open where the reading is, innermost last, and how many of each kind."""

    blocks: list[_Block] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    silent: int = 0

    @property
    def running(self) -> bool:
        """Whether what stands here is running text."""
        return bool(self.blocks) and not self.silent

    def open(self, tag: str, *, running: bool) -> None:
        """Begin a block; a paragraph ends one whose end was left out."""
        if tag == "p" and self.blocks and self.blocks[-1].tag == "p":
            self._pop()
        self.blocks.append(_Block(tag, running))
        self.kinds[tag] += 1
        self.silent += not running

    def close(self, tag: str) -> None:
        """Close the innermost block of a kind, and those in it whose end was left out."""
        if self.kinds[tag]:
            while self.blocks[-1].tag != tag:
                self._pop()
            self._pop().closed = True

    def _pop(self) -> _Block:
        block = self.blocks.pop()
        self.kinds[block.tag] -= 1
        self.silent -= not block.running
        return block


@dataclass(frozen=True)
class _Use:
    """Where a term is first used in a section: a span of its HTML, and the block around it."""

    word: Word
    start: int
    end: int
    block: _Block


@dataclass
class _Terms:
    """The words that are yet to be linked, section by section."""

    groups: Sequence[WordGroup]
    linked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        # By first word, so that a text is gone through once and not once for each term.
        self.forms: dict[str, list[tuple[re.Pattern[str], Word]]] = {}
        pairs = ((form, word) for group in self.groups for word in group.words for form in word.forms)
        for form, word in sorted(pairs, key=lambda pair: -len(pair[0])):
            parts = form.split()
            rest = r"\s+".join(re.escape(part) for part in parts)
            pattern = re.compile(rf"{rest}(?![^\W_])", re.IGNORECASE)
            self.forms.setdefault(_first(form), []).append((pattern, word))

    def link(self, html: str) -> str:
        parts, position = [], 0
        for use in self._uses(html):
            if use.block.closed:
                link = f'<a class="word" href="#{use.word.id}">{html[use.start : use.end]}</a>'
                parts += [html[position : use.start], link]
                position = use.end
                self.linked.add(use.word.id)
        return "".join([*parts, html[position:]])

    def _uses(self, html: str) -> list[_Use]:
        """Return the first use in a section of each term that is not yet linked, in order."""
        found: dict[str, _Use] = {}
        within = _OpenBlocks()
        position = 0
        while met := _MET.search(html, position):
            if within.running:
                for word, start, end in self._in_html(html, position, met.start()):
                    found.setdefault(word.id, _Use(word, start, end, within.blocks[-1]))
            position = met.end()
            tag = met["tag"]
            if tag in _BLOCKS and met["close"]:
                within.close(tag)
            elif tag in _BLOCKS:
                within.open(tag, running=not _NO_TERMS.search(met["rest"]))
            elif not met["close"]:
                position = _after(html, met)
        return list(found.values())

    def _in_html(self, html: str, start: int, end: int) -> Iterator[tuple[Word, int, int]]:
        for piece in _TEXT.finditer(html, start, end):
            if piece["text"]:
                yield from self._in_text(html, *piece.span())

    def _in_text(self, html: str, start: int, end: int) -> Iterator[tuple[Word, int, int]]:
        reached = start
        for match in _WORD.finditer(html, start, end):
            forms = self.forms.get(match[0].lower())
            if forms is None or match.start() < reached:
                continue
            for pattern, word in forms:
                found = pattern.match(html, match.start(), end)
                if found:
                    reached = found.end()
                    if word.id not in self.linked:
                        yield word, *found.span()
                    break


def _first(form: str) -> str:
    match = _WORD.match(form)
    assert match, form  # a form begins with a letter
    return match[0].lower()


def _after(html: str, met: re.Match[str]) -> int:
    """Return where a skipped element ends, those of its kind in it included; the end of all when nothing ends it."""
    opens, closes = (f"<{met['tag']}", f"</{met['tag']}>") if met["tag"] else ("<!--", "-->")
    position, depth = met.end(), 1
    while depth:
        end = html.find(closes, position)
        if end < 0:
            return len(html)
        inner = html.count(f"{opens} ", position, end) + html.count(f"{opens}>", position, end)
        depth += (inner if met["tag"] else 0) - 1
        position = end + len(closes)
    return position
