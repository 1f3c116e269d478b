"""What a document of several reports takes from a notebook's run.

An appendix takes the case, the first page and the problem statement (`Excerpt`), the document of all steps all but the
underlag (`MainPart`). A worker makes it in place of a report's files, so that it rests on the same engine, isolation
and time limits as reports do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from nbformat import NotebookNode

from effektiv.outputs import CASE_MIME, EXHIBIT_MIME
from effektiv.render.document import UNDERLAY, build_document
from effektiv.steg import step_of

EXCERPT, MAIN_PART = "utdrag", "huvuddel"
"""Stand among a task's formats in place of those of a report."""

FIRST_PAGE, PROBLEM = "forsta-sidan", "problemformulering"
"""Ids of the exhibits that are taken."""

_HTML = "text/html"
_EXHIBIT = re.compile(r'<\w+ class="ex(?: [^"]*)?" id="ex-([^"]+)"')
_DRAWING = re.compile(r'<svg class="ex-(?:wide|only)".*?</svg>', re.DOTALL)
_SECTION = re.compile(r"^##\s+(.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Excerpt:
    """What was taken from a notebook.

    Attributes
    ----------
    case
        What the opening cell shows; see `effektiv.outputs.CASE_MIME`.
    html
        What is shown of each taken exhibit, as HTML.
    exhibits
        What they say of themselves; see `effektiv.outputs.EXHIBIT_MIME`.
    """

    case: dict[str, Any]
    html: Sequence[str]
    exhibits: Sequence[dict[str, Any]]

    @property
    def name(self) -> str:
        """What the area or topic is called."""
        return str(self.case["omrade_namn"])

    @classmethod
    def from_notebook(cls, notebook: NotebookNode) -> Self:
        """Take what an appendix shows from an executed notebook, which has shown its case.

        Raises
        ------
        ValueError
            There is no first page, or no problem statement where one is due, or one of them is shown together
            with other exhibits; the message is for the controller.
        """
        bundles = [
            output.data
            for cell in notebook.cells
            if cell.cell_type == "code"
            for output in cell.outputs
            if output.output_type in {"execute_result", "display_data"}
        ]
        case = next(dict(bundle[CASE_MIME]) for bundle in bundles if CASE_MIME in bundle)
        html, exhibits = [], []
        for bundle in bundles:
            shown = bundle.get(EXHIBIT_MIME, [])
            shown = shown if isinstance(shown, list) else [shown]
            picked = [exhibit for exhibit in shown if exhibit["id"] in (FIRST_PAGE, PROBLEM)]
            if not picked:
                continue
            if len(picked) < len(shown):
                raise ValueError(
                    f"notebooken visar {picked[0]['id']} och annat i samma cell; låt den ha en egen cell"
                )
            html.append(bundle[_HTML])
            exhibits += picked
        excerpt = cls(case, html, exhibits)
        for lacking in excerpt._due() - {exhibit["id"] for exhibit in exhibits}:
            raise ValueError(f"notebooken visar ingen {lacking}, som bilagan ska ha; låt en cell visa den")
        return excerpt

    def _due(self) -> set[str]:
        """Return the ids that must be there: a problem can be stated of an area that there is data for."""
        is_area = self.case["omrade"] not in step_of(self.case["steg"]).topics
        return {FIRST_PAGE, PROBLEM} if is_area and self.case.get("underlag") != "tunt" else {FIRST_PAGE}

    def to_bytes(self) -> bytes:
        """Return the excerpt as a worker sends it."""
        text = json.dumps({"case": self.case, "html": self.html, "exhibits": self.exhibits})
        return text.encode("utf-8")

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` wrote."""
        return cls(**json.loads(content))


@dataclass(frozen=True)
class MainPart:
    """A report without what only defends it.

    Attributes
    ----------
    case
        What the opening cell shows; see `effektiv.outputs.CASE_MIME`.
    html
        What the report shows before its underlag, with the headings and ids that it has there.
    sections
        Heading and exhibits of each part, "" for what stands before the first heading; each exhibit with its figure.
    """

    case: dict[str, Any]
    html: str
    sections: Sequence[tuple[str, Sequence[dict[str, Any]]]]

    @property
    def name(self) -> str:
        """What the area or topic is called."""
        return str(self.case["omrade_namn"])

    @property
    def is_thin(self) -> bool:
        """Whether there were too few values for a report."""
        return self.case.get("underlag") == "tunt"

    @classmethod
    def from_notebook(cls, notebook: NotebookNode) -> Self:
        """Take the main part of an executed notebook, which has shown its case."""
        case = next(
            dict(output.data[CASE_MIME])
            for cell in notebook.cells
            if cell.cell_type == "code"
            for output in cell.outputs
            if CASE_MIME in output.get("data", {})
        )
        document = build_document(notebook)
        parts = [str(document.intro)]
        for section in document.sections:
            if not section.is_underlay and section.body.striptags().strip():
                parts.append(f'<section aria-labelledby="{section.id}">\n{section.html}</section>\n')
        return cls(case, "".join(parts), sections_of(notebook, figures=True))

    def to_bytes(self) -> bytes:
        """Return the part as a worker sends it."""
        text = json.dumps({"case": self.case, "html": self.html, "sections": self.sections})
        return text.encode("utf-8")

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` wrote."""
        return cls(**json.loads(content))


def sections_of(notebook: NotebookNode, *, figures: bool = False) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return what an executed notebook shows under each of its headings, without what only defends it.

    Parameters
    ----------
    notebook
        The notebook.
    figures
        Whether each exhibit is to have its figure; else only those have that bring it along.
    """
    titles, shown = [""], [list[dict[str, Any]]()]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for found in _SECTION.findall(cell.source):
                titles.append(found)
                shown.append([])
        elif cell.cell_type == "code":
            for output in cell.outputs:
                data = output.get("data", {})
                told = data.get(EXHIBIT_MIME, [])
                told = told if isinstance(told, list) else [told]
                drawn = _drawings(data.get(_HTML, "")) if figures else {}
                shown[-1] += [
                    {**each, "svg": each["svg"] or drawn[each["id"]]} if each["id"] in drawn else each
                    for each in told
                ]
    return [
        (title, exhibits)
        for title, exhibits in zip(titles, shown, strict=True)
        if exhibits and title != UNDERLAY
    ]


def _drawings(html: str) -> dict[str, str]:
    """Return the figures that are shown, as they are on a wide screen: id of the exhibit to its ``<svg>``."""
    _, *parts = _EXHIBIT.split(html)
    found = {name: _DRAWING.search(shown) for name, shown in zip(parts[::2], parts[1::2], strict=True)}
    return {name: drawing[0] for name, drawing in found.items() if drawing is not None}
