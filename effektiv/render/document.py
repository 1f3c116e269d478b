"""From an executed notebook to the parts of a document: sections, contents, unique ids.

nbconvert turns the cells into HTML by the template ``rapport``, which marks where each
text and each output starts. Here the texts' headings become sections, every heading gets
an id, ids that occur twice are told apart, and tables can be scrolled by keyboard.

What a cell shows may be anything, and long: each search here goes through it once, whatever is
opened in it and never closed.

Heading levels in a report: h1 is the page's title, h2 the notebook's sections, h3 the
titles of exhibits; of those shown before the first section, a first page, h2. A notebook's own
first h1 is its title in JupyterLab; the page has its own, so it is left out.

A link in a text to another notebook, which works in JupyterLab, leads in a report to the report that is
made of it: of the same municipality, in the same or another step.
"""

# nbconvert is half typed.
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from typing import Any

from markupsafe import Markup
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbformat import NotebookNode
from traitlets.config import Config

from effektiv.names import slug
from effektiv.outputs import CASE_MIME, DATA_MIME, EXHIBIT_MIME
from effektiv.render.pages import TEMPLATES
from effektiv.steg import NETWORK, STEPS

NO_ALT = "Figur utan alternativtext"
"""What a screen reader is told of a picture that is no exhibit and says nothing itself."""

UNDERLAY = "Underlag"
"""Heading of the section that is folded."""

_PART = re.compile(r"<!--effektiv:(text|visning)-->")
ATTRIBUTES = r"""(?:"[^"]*"|'[^']*'|[^"'<>])*+"""
"""Pattern of what stands in a tag after its name; it never gives back what it has taken."""

TAG = re.compile(rf"<{ATTRIBUTES}>")

_HEADING = re.compile(rf"<h([1-6])\b({ATTRIBUTES})>")
_ID = re.compile(r'(?<=\s)id="([^"]*)"')
_TABLE = re.compile(r"<table\b")
_REACHED = re.compile(r'\btabindex="0"')
_CAPTION = re.compile(rf"<caption\b{ATTRIBUTES}>")
_OWN_STYLE = re.compile(r'\A<style>[^<]*</style>|<style>[^<]*</style>(?=\s*<(?:figure|section) class="ex\b)')
_NOTEBOOK_LINK = re.compile(
    rf'(?<=\shref=")((?:\.\./(?:{"|".join(step.folder for step in (*STEPS.values(), NETWORK))})/)?[^"/:]+)\.ipynb(?=["#])'
)
_FRAME_IDS = ("innehall", "toc-rubrik", "ordlista", "om-rapporten")
_REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "headers", "for")


@dataclass(frozen=True)
class Entry:
    """A line in the table of contents."""

    id: str
    title: Markup


@dataclass
class Section:
    """A section of the report.

    Attributes
    ----------
    id
        Id of its heading.
    title
        The heading as plain text, escaped.
    heading
        The heading itself.
    html
        The section with its heading.
    entries
        The headings below it.
    """

    id: str
    title: Markup
    heading: Markup
    html: Markup
    entries: list[Entry] = field(default_factory=list)

    @property
    def body(self) -> Markup:
        """The section without its heading."""
        return Markup(self.html.removeprefix(self.heading))

    @property
    def is_underlay(self) -> bool:
        """Whether it is what defends the findings: folded, and printed only when asked for."""
        return self.title == UNDERLAY


class Ids(set[str]):
    """Ids that are taken.

    Attributes
    ----------
    numbers
        For an id that has been asked for again, the number that was free then.
    """

    def __init__(self, *taken: str) -> None:
        super().__init__(taken)
        self.numbers: dict[str, int] = {}


@dataclass
class Document:
    """The body of a report: what stands before the first section, and the sections.

    Attributes
    ----------
    intro, sections
        The body.
    ids
        All ids of the page, those of its frame included.
    """

    intro: Markup = field(default_factory=Markup)
    sections: list[Section] = field(default_factory=list)
    ids: Ids = field(default_factory=lambda: Ids(*_FRAME_IDS))


class CellExporter(HTMLExporter):
    """Turns a notebook's cells into marked parts of HTML with our own template."""

    def __init__(self) -> None:
        config = Config()
        # The order in which an output that can be shown in several ways is tried.
        config.NbConvertBase.display_data_priority = [
            "text/html",
            "text/markdown",
            "image/svg+xml",
            "image/png",
            "image/jpeg",
            "text/plain",
        ]
        super().__init__(
            config=config,
            template_name="rapport",
            extra_template_basedirs=[str(TEMPLATES)],
            exclude_input=True,
            exclude_input_prompt=True,
            exclude_output_prompt=True,
            exclude_anchor_links=True,
            # None of them does anything that the template does not do, and each validates the notebook.
            default_preprocessors=[],
        )
        # What is for the page's head and the Excel file is not shown in the page.
        self.environment.globals["unseen"] = (CASE_MIME, DATA_MIME)
        self.environment.filters["alt"] = _alt
        self.environment.filters["strip_ws"] = lambda text: "".join(text.split())

    def cells(self, notebook: NotebookNode) -> str:
        """Return the marked parts of a notebook."""
        # HTMLExporter's own method parses the whole page once more to add what the template
        # already has (alt texts), and in English; that is two fifths of a warm export.
        html, _ = TemplateExporter.from_notebook_node(self, _as_shown(notebook))
        return html


def _as_shown(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook without what exhibits bring for others.

    That is their data, which the exporter would copy twice and not show, and a style for JupyterLab.
    """
    cells = [
        NotebookNode({**cell, "outputs": [_output_as_shown(output) for output in cell.outputs]})
        if cell.cell_type == "code"
        else cell
        for cell in notebook.cells
    ]
    return NotebookNode({**notebook, "cells": cells})


def _output_as_shown(output: NotebookNode) -> NotebookNode:
    if "data" not in output:
        return output
    data = {
        mime: "" if mime in (CASE_MIME, DATA_MIME) else value
        for mime, value in output.data.items()
        if mime != EXHIBIT_MIME
    }
    if EXHIBIT_MIME in output.data and "text/html" in data:
        data["text/html"] = _OWN_STYLE.sub("", data["text/html"])
    return NotebookNode({**output, "data": NotebookNode(data)})


@cache
def cell_exporter() -> CellExporter:
    """Return this process's exporter; compiling its template takes most of a second."""
    return CellExporter()


def _alt(output: NotebookNode) -> str:
    """Return the alternative text that a picture was displayed with."""
    metadata: Any = output.metadata
    nested = [value.get("alt") for value in metadata.values() if isinstance(value, dict)]
    return next((text for text in [metadata.get("alt"), *nested] if text), NO_ALT)


def build_document(notebook: NotebookNode) -> Document:
    """Arrange what an executed notebook shows as a document.

    Returns
    -------
    Document
        With ids that are unique in the page, `reserved` ids of the page itself included.
    """
    return arrange(cell_exporter().cells(notebook))


def arrange(html: str) -> Document:
    """Arrange marked parts (see the template ``rapport``) as a document."""
    document = Document()
    builder = _Builder(document)
    pieces = _PART.split(html)
    for kind, content in zip(pieces[1::2], pieces[2::2], strict=True):
        if kind == "text":
            builder.add_text(content)
        else:
            builder.add_output(content)
    builder.finish()
    return document


class _Builder:
    """Adds parts to a document in order."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.seen = document.ids
        self.title_met = False
        self._parts: list[str] = []

    def add_text(self, html: str) -> None:
        """Add a markdown cell; its h2 (and any h1 but the first) begin sections."""
        html = unique_ids(scrollable_tables(_NOTEBOOK_LINK.sub(r"\1.html", html)), self.seen)
        position = 0
        for start, end, level, attributes, inner in _headings(html):
            self._append(html[position:start])
            position = end
            if level == 1 and not self.title_met:
                self.title_met = True
            elif level <= 2:
                self._start_section(attributes, inner)
            else:
                self._append(self._heading(level, attributes, inner))
        self._append(html[position:])

    def add_output(self, html: str) -> None:
        """Add what a cell shows; its headings are below the section's."""
        html = unique_ids(scrollable_tables(html), self.seen)
        parts, position = [], 0
        for start, end, level, attributes, inner in _headings(html):
            # No level may be skipped, and before the first section there is no h2 above.
            below = max(level, 3) - (not self.document.sections)
            parts += [html[position:start], self._heading(below, attributes, inner)]
            position = end
        self._append("".join([*parts, html[position:]]))

    def finish(self) -> None:
        """Put what has been added to the latest section, or before the first, in its place."""
        content = Markup("".join(self._parts))
        if self.document.sections:
            self.document.sections[-1].html += content
        else:
            self.document.intro += content
        self._parts.clear()

    def _heading(self, level: int, attributes: str, inner: str) -> str:
        attributes, identity = self._with_id(attributes, inner)
        if level == 3 and self.document.sections:
            self.document.sections[-1].entries.append(Entry(identity, plain_text(inner)))
        return f"<h{level}{attributes}>{inner}</h{level}>"

    def _start_section(self, attributes: str, inner: str) -> None:
        self.finish()
        attributes, identity = self._with_id(attributes, inner)
        heading = Markup(f"<h2{attributes}>{inner}</h2>")
        self.document.sections.append(Section(identity, plain_text(inner), heading, heading))

    def _with_id(self, attributes: str, inner: str) -> tuple[str, str]:
        found = _ID.search(attributes)
        if found:
            return attributes, found[1]
        identity = free_id(slug(unescape(TAG.sub("", inner))) or "avsnitt", self.seen)
        self.seen.add(identity)
        return f'{attributes} id="{identity}"', identity

    def _append(self, html: str) -> None:
        if html.strip():
            self._parts.append(html.strip("\n") + "\n")


def _elements(
    html: str, opening: re.Pattern[str], closing: Callable[[re.Match[str]], str]
) -> Iterator[_Element]:
    """Yield each element that begins as `opening` and ends with the first end tag of its kind after that."""
    absent: set[str] = set()
    position = 0
    while found := opening.search(html, position):
        position, end_tag = found.end(), closing(found)
        end = -1 if end_tag in absent else html.find(end_tag, position)
        if end < 0:
            absent.add(end_tag)  # and not further on either
        else:
            yield found, end
            position = end + len(end_tag)


_Element = tuple[re.Match[str], int]
"""The match of an element's beginning, and where its end tag is."""


def _headings(html: str) -> Iterator[tuple[int, int, int, str, str]]:
    """Yield each heading: its start, its end, its level, its attributes and what it holds."""
    for found, end in _elements(html, _HEADING, lambda found: f"</h{found[1]}>"):
        yield found.start(), end + len("</h1>"), int(found[1]), found[2], html[found.end() : end]


def plain_text(html: str) -> Markup:
    """Return HTML without its tags; entities stay, so the result is still escaped."""
    return Markup(" ".join(TAG.sub("", html).split()))


def free_id(wanted: str, seen: set[str]) -> str:
    """Return an id that the page does not have: the wanted one, with a number at its end when it is taken."""
    if wanted not in seen:
        return wanted
    numbers = seen.numbers if isinstance(seen, Ids) else {}
    number = numbers.get(wanted, 2)
    while f"{wanted}-{number}" in seen:
        number += 1
    numbers[wanted] = number
    return f"{wanted}-{number}"


def unique_ids(html: str, seen: set[str]) -> str:
    """Rename the ids in a fragment that the page already has, and the references to them.

    The same exhibit shown twice has the same ids twice. `seen` grows by the ids.
    """
    renamed: dict[str, str] = {}
    for identity in dict.fromkeys(_ID.findall(html)):
        free = free_id(identity, seen)
        seen.add(free)
        if free != identity:
            renamed[identity] = free
    if not renamed:
        return html
    html = _ID.sub(lambda match: f'id="{renamed.get(match[1], match[1])}"', html)
    for name in _REFERENCES:
        html = re.sub(
            rf'(?<=\s){name}="([^"]*)"',
            lambda match, name=name: (  # type: ignore[misc]
                f'{name}="{" ".join(renamed.get(word, word) for word in match[1].split())}"'
            ),
            html,
        )
    html = re.sub(r'href="#([^"]*)"', lambda match: f'href="#{renamed.get(match[1], match[1])}"', html)
    return re.sub(r"url\(#([^()]*+)\)", lambda match: f"url(#{renamed.get(match[1], match[1])})", html)


def scrollable_tables(html: str) -> str:
    """Put every table that is not in a scrollable box into one that the keyboard reaches and names."""
    parts, position = [], 0
    for found, end in _elements(html, _TABLE, lambda _: "</table>"):
        start, after = found.start(), end + len("</table>")
        table = html[start:after]
        if not _is_box(html[max(html.rfind("<", position, start), position) : start]):
            table = (
                f'<div class="scroll" role="group" tabindex="0" aria-label="{_label(table)}">{table}</div>'
            )
        parts += [html[position:start], table]
        position = after
    return "".join([*parts, html[position:]])


def _is_box(before: str) -> bool:
    """Say whether what stands before a table is a tag that the keyboard reaches."""
    tag, end, space = before.partition(">")
    return tag[:1] == "<" and bool(end) and not space.strip() and _REACHED.search(tag) is not None


def _label(table: str) -> str:
    for found, end in _elements(table, _CAPTION, lambda _: "</caption>"):
        return str(plain_text(table[found.end() : end])).replace('"', "&quot;")
    return "Tabell"
