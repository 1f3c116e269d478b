"""A report that is a document to be signed or spread, as a Word file: its parts in order, without the underlag.

Which reports are such is in `effektiv.steg.DOCUMENTS`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode

from effektiv.render.docx import Chapter, make_docx
from effektiv.render.excerpt import FIRST_PAGE, sections_of
from effektiv.render.pages import sentence, swedish_date
from effektiv.render.pdf import draw_png


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
    chapters = [Chapter(title, exhibits) for title, exhibits in sections_of(notebook)]
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


def about_paper(source: str, snapshot: str, created: str, version: str, made: dt.date) -> dict[str, str]:
    """Return what stands of the document itself: Swedish term to text."""
    return {
        "Data": f"Datauttag {snapshot}, {swedish_date(created)}. {sentence(source)}",
        "Version": f"Effektivare kommun {version}. Dokumentet framställt {swedish_date(made.isoformat())}.",
    }
