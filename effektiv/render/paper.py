"""A report that is a document to be signed or spread, as a Word file: its parts in order, without the underlag.

Which reports are such is in `effektiv.steg.DOCUMENTS`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from effektiv.outputs import EXHIBIT_MIME
from effektiv.render.document import UNDERLAY
from effektiv.render.docx import Chapter, make_docx
from effektiv.render.excerpt import FIRST_PAGE
from effektiv.render.pages import sentence, swedish_date
from effektiv.render.pdf import draw_png

_SECTION = re.compile(r"^##\s+(.+?)\s*$", re.MULTILINE)


def make_paper(
    notebook: NotebookNode, about: Mapping[str, str], *, example: bool, made: dt.date, browser: Path
) -> bytes:
    """Make the Word file of an executed notebook.

    Parameters
    ----------
    notebook
        It has shown a first page, whose title is the document's.
    about
        What is said of the document itself, last: Swedish term to text.
    example, made
        As for `make_docx`.
    browser
        Draws the pictures.

    Raises
    ------
    ValueError
        There is no first page; the message is for the controller.
    """
    chapters = chapters_of(notebook)
    title = next(
        (
            str(shown["title"])
            for chapter in chapters
            for shown in chapter.exhibits
            if shown["id"] == FIRST_PAGE
        ),
        None,
    )
    if title is None:
        raise ValueError(
            f"notebooken visar ingen {FIRST_PAGE}, som Wordfilen ska börja med; låt en cell visa den"
        )
    return make_docx(
        chapters,
        title=title,
        intro=(),
        about=about,
        example=example,
        made=made,
        draw=lambda svg, size: draw_png(svg, size, browser),
        flowing=FIRST_PAGE,
    )


def chapters_of(notebook: NotebookNode) -> list[Chapter]:
    """Return what the notebook shows under each of its headings, without what only defends it."""
    titles, shown = [""], [list[dict[str, Any]]()]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for found in _SECTION.findall(cell.source):
                titles.append(found)
                shown.append([])
        elif cell.cell_type == "code":
            for output in cell.outputs:
                told = output.get("data", {}).get(EXHIBIT_MIME, [])
                shown[-1] += told if isinstance(told, list) else [told]
    return [
        Chapter(title, exhibits)
        for title, exhibits in zip(titles, shown, strict=True)
        if exhibits and title != UNDERLAY
    ]


def about_paper(source: str, snapshot: str, created: str, version: str, made: dt.date) -> dict[str, str]:
    """Return what stands of the document itself: Swedish term to text."""
    return {
        "Data": f"Datauttag {snapshot}, {swedish_date(created)}. {sentence(source)}",
        "Version": f"Effektivare kommun {version}. Dokumentet framställt {swedish_date(made.isoformat())}.",
    }
