"""An appendix, or a report to be signed, as a Word file: real headings and tables, alternative text, in Swedish.

All text comes from what exhibits say of themselves (`effektiv.outputs.EXHIBIT_MIME`). A table behind a figure is
left out, as on paper: the alternative text tells what the figure shows.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import docx
from babel.numbers import format_decimal
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Tbl
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from effektiv.outputs import EXAMPLE_BAND

LANGUAGE = "sv-SE"
AUTHOR = "Effektivare kommun"
"""Word wants an author; no person is named."""

_FONT = "Arial"
_BLUE, _MUTED, _INK = (RGBColor.from_string(colour) for colour in ("08427E", "595F69", "1A1A1A"))
_CONTENTS_HEADING = "TOC Heading"
_DETAIL = "Uppgift"
"""Style of measure, unit, remarks and source."""

_SIZES = {
    "Title": 22,
    "Heading 1": 16,
    "Heading 2": 13,
    "Heading 3": 11,
    "Heading 4": 10.5,
    "Heading 5": 10.5,
}
CONTENTS_LEVELS = 2
"""Levels of headings in a table of contents."""

_MARGIN, _PAGE = Cm(2.2), (Cm(21), Cm(29.7))
_WIDTH = int(_PAGE[0] - 2 * _MARGIN)
_LONG = 28
"""Signs of a line of a column with long text."""
_NARROWEST = 5
"""Signs of a line of the narrowest column."""
_EDGES = 3
"""Signs that the edges of a column take."""
_SIGNS, _TABLE_SIZE, _LEAST_SIZE = 92, 9, 6.5
"""So many signs have room beside each other in a table's letters, the size of these, and the least they are made."""

_WIDEST, _TALLEST = Cm(16), Cm(17)
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_VIEW_BOX = re.compile(r'<svg\b[^>]*?\sviewBox="0 0 ([\d.]+) ([\d.]+)"')

Draw = Callable[[str, tuple[float, float]], bytes]
"""Makes a picture (PNG) of a figure's SVG and its size."""


@dataclass(frozen=True)
class Chapter:
    """A heading and the exhibits below it; no heading for what stands before the first.

    Attributes
    ----------
    title
        The heading.
    exhibits
        What is shown below it.
    level
        Of the heading; its exhibits' are one below.
    texts
        Paragraphs between the heading and the exhibits.
    """

    title: str
    exhibits: Sequence[Mapping[str, Any]]
    level: int = 1
    texts: Sequence[str] = ()


def make_docx(
    chapters: Iterable[Chapter],
    *,
    title: str,
    intro: Sequence[str],
    about: Mapping[str, str],
    example: bool,
    made: dt.date,
    draw: Draw,
    flowing: str = "",
    contents: str = "",
    pages: Sequence[int] = (),
) -> bytes:
    """Make the Word file.

    Parameters
    ----------
    chapters
        What it holds; each of them and of their exhibits begins a page, where there is neither `flowing` nor
        `contents`.
    title, intro
        The document's title and the paragraphs below it.
    about
        What stands last, of the document itself: Swedish term to text.
    example
        Whether the values are invented, which every page then says.
    made
        Day of making.
    draw
        Makes the pictures, such as `effektiv.render.pdf.draw_png` with a browser.
    flowing
        Id of the exhibit whose title the document has; its exhibits are then parts of one text, where else each
        begins a page. Empty: there is none.
    contents
        Heading of a table of contents of the chapters of the two highest levels, which then begin a page each; their
        exhibits and the chapters below them do not. Empty: there is none.
    pages
        The pages of what the table of contents has, line by line. Empty: nobody has counted, and Word is asked to
        when it opens the file.

    Raises
    ------
    ValueError
        An exhibit has a block of an unknown kind, or a figure of unknown size, or there are pages of other lines.
    """
    document = docx.Document()
    title, intro, about = _allowed(title), _allowed(intro), _allowed(about)
    _set_up(document, title, example=example, made=made)
    document.add_heading(title, 0)
    for text in intro:
        document.add_paragraph(text)
    chapters = list(chapters)
    last = "Om dokumentet" if flowing or contents else "Om bilagan"
    if contents:
        shown = [each for each in enumerate(chapters) if each[1].title and each[1].level <= CONTENTS_LEVELS]
        lines = [_Line(chapter.title, chapter.level, number) for number, chapter in shown]
        _add_contents(document, contents, [*lines, _Line(last, 1, len(chapters))], pages)
    before = None
    for number, chapter in enumerate(chapters):
        if chapter.title:
            heading = document.add_heading(_allowed(chapter.title), chapter.level)
            if not contents:
                heading.paragraph_format.page_break_before = number > 0
            elif chapter.level <= CONTENTS_LEVELS:
                # A chapter's first part goes on below its heading.
                heading.paragraph_format.page_break_before = before is None or chapter.level <= before
                _add_bookmark(heading, number)
        before = chapter.level
        for text in chapter.texts:
            document.add_paragraph(_allowed(text))
        for place, exhibit in enumerate(chapter.exhibits):
            if flowing:
                _add_part(document, _allowed(exhibit), draw, chapter, flowing)
                continue
            added = _add_exhibit(document, _allowed(exhibit), draw, chapter.level + 1)
            added.paragraph_format.page_break_before = place > 0 and not contents
    heading = document.add_heading(last, 1)
    if contents:
        heading.paragraph_format.page_break_before = True
        _add_bookmark(heading, len(chapters))
    for term, said in about.items():
        paragraph = document.add_paragraph(style=_DETAIL)
        paragraph.add_run(f"{term}: ").bold = True
        paragraph.add_run(said)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _allowed(value: Any) -> Any:
    """Return what is said without the signs that no XML may hold, which a municipality's own text may have."""
    match value:
        case str():
            return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", value)
        case Mapping():
            return {key: _allowed(each) for key, each in value.items()}
        case list() | tuple():
            return [_allowed(each) for each in value]
    return value


# The document's frame -------------------------------------------------------------------------


def _set_up(document: Document, title: str, *, example: bool, made: dt.date) -> None:
    """Set language, fonts, page and properties; python-docx's own template is American."""
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = title, AUTHOR, AUTHOR
    properties.comments, properties.language = "", LANGUAGE
    properties.created = properties.modified = dt.datetime.combine(made, dt.time())
    _set_language(document)
    for name, size in (
        {"Normal": 10.5, "Caption": 9.5, "List Bullet": 10.5, "List Number": 10.5} | _SIZES
    ).items():
        style = document.styles[name]
        if isinstance(style, ParagraphStyle):
            _set_font(style, size, _BLUE if name in _SIZES else _INK)
    detail = document.styles.add_style(_DETAIL, WD_STYLE_TYPE.PARAGRAPH)
    if isinstance(detail, ParagraphStyle):
        detail.base_style = document.styles["Normal"]
        _set_font(detail, 9, _MUTED)
        detail.paragraph_format.space_before = detail.paragraph_format.space_after = Pt(3)
    section = document.sections[0]
    section.page_width, section.page_height = _PAGE
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    if example:
        band = section.header.paragraphs[0]
        band.alignment = WD_ALIGN_PARAGRAPH.CENTER
        first, colon, rest = EXAMPLE_BAND.partition(":")
        band.add_run(first + colon).bold = True
        band.add_run(rest)
    footer = section.footer.paragraphs[0]
    footer.style = document.styles[_DETAIL]
    footer.add_run(f"{title}, sida ")
    _add_field(footer, "PAGE")
    footer.add_run(" av ")
    _add_field(footer, "NUMPAGES")


def _set_language(document: Document) -> None:
    """Make Swedish the language of all styles, so that Word checks spelling and reads aloud in it."""
    for language in document.styles.element.iter(qn("w:lang")):
        for kind in ("w:val", "w:eastAsia"):
            language.set(qn(kind), LANGUAGE)
    for language in document.settings.element.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), LANGUAGE)


def _set_font(style: ParagraphStyle, size: float, colour: RGBColor) -> None:
    style.font.name, style.font.size = _FONT, Pt(size)
    style.font.color.rgb = colour
    fonts = style.element.rPr.rFonts
    for name in list(fonts.attrib):
        # A theme's font would win over the one that is named.
        if name.endswith("Theme"):
            del fonts.attrib[name]
    fonts.set(qn("w:cs"), _FONT)


def _add_field(paragraph: Paragraph, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"  # until Word counts
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


@dataclass(frozen=True)
class _Line:
    """A line of a table of contents: a heading, its level, and the number that its bookmark has."""

    title: str
    level: int
    number: int


def _add_contents(document: Document, title: str, lines: Sequence[_Line], pages: Sequence[int]) -> None:
    """Add a table of contents as Word makes it: each line leads to its heading and has a field with its page.

    Word counts the pages of such fields again when it prints. It is asked to count when it opens the file only where
    nobody has, since it then puts a question to the reader.
    """
    for level in range(1, CONTENTS_LEVELS + 1):
        style = document.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        if isinstance(style, ParagraphStyle):
            style.base_style = document.styles["Normal"]
            style.paragraph_format.left_indent = Cm(0.6 * (level - 1))
            style.paragraph_format.space_after = Pt(2)
            style.paragraph_format.tab_stops.add_tab_stop(
                Emu(_WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
            )
    heading = document.styles[_CONTENTS_HEADING]
    if isinstance(heading, ParagraphStyle):
        _set_font(heading, _SIZES["Heading 1"], _BLUE)
    document.add_paragraph(title, heading)
    if pages and len(pages) != len(lines):
        raise ValueError(f"{len(pages)} pages are told of {len(lines)} lines")
    for place, line in enumerate(lines):
        paragraph = document.add_paragraph(style=f"toc {line.level}")
        if place == 0:
            _add_field_part(paragraph._p, "begin", dirty=not pages)
            _add_instruction(paragraph._p, f'TOC \\o "1-{CONTENTS_LEVELS}" \\h \\z')
            _add_field_part(paragraph._p, "separate")
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), _bookmark(line.number))
        _add_run(link, "w:t", _allowed(line.title))
        if pages:
            _add_run(link, "w:tab")
            _add_field_part(link, "begin")
            _add_instruction(link, f"PAGEREF {_bookmark(line.number)} \\h")
            _add_field_part(link, "separate")
            _add_run(link, "w:t", str(pages[place]))
            _add_field_part(link, "end")
        paragraph._p.append(link)
        if place == len(lines) - 1:
            _add_field_part(paragraph._p, "end")


def _bookmark(number: int) -> str:
    return f"_Toc{number + 1:06d}"


def _add_bookmark(heading: Paragraph, number: int) -> None:
    """Give a heading the name that the table of contents leads to."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(number + 1))
    start.set(qn("w:name"), _bookmark(number))
    heading._p.insert_element_before(start, "w:r")
    heading._p.append(end)


def _add_field_part(parent: BaseOxmlElement, kind: str, *, dirty: bool = False) -> None:
    part = _add_run(parent, "w:fldChar")
    part.set(qn("w:fldCharType"), kind)
    if dirty:
        part.set(qn("w:dirty"), "true")


def _add_instruction(parent: BaseOxmlElement, code: str) -> None:
    _add_run(parent, "w:instrText", f" {code} ").set(qn("xml:space"), "preserve")


def _add_run(parent: BaseOxmlElement, kind: str, text: str = "") -> BaseOxmlElement:
    """Add a run that holds one element; return that."""
    run, held = OxmlElement("w:r"), OxmlElement(kind)
    held.text = text or None
    run.append(held)
    parent.append(run)
    return held


# Exhibits -------------------------------------------------------------------------------------


def _add_exhibit(document: Document, exhibit: Mapping[str, Any], draw: Draw, level: int) -> Paragraph:
    """Add an exhibit in the order that it has as HTML, with a heading of some level; return the heading."""
    heading: Paragraph = document.add_heading(exhibit["title"], level)
    _add_body(document, exhibit, draw, level)
    _keep_last(document)
    _add_details(
        document, [*(flag["text"] for flag in exhibit["flags"]), exhibit["notes"], exhibit["source"]]
    )
    return heading


def _add_part(
    document: Document, exhibit: Mapping[str, Any], draw: Draw, chapter: Chapter, title_of: str
) -> None:
    """Add an exhibit as a part of one text: its source is said only of what it shows, not of running text."""
    level = 0 if exhibit["id"] == title_of else 2 if chapter.title else 1
    if level:
        document.add_heading(exhibit["title"], level)
    _add_body(document, exhibit, draw, level)
    shows = exhibit["table"] is not None or exhibit.get("svg")
    _add_details(
        document,
        [
            *(flag["text"] for flag in exhibit["flags"]),
            exhibit["notes"],
            exhibit["source"] if shows or exhibit.get("kpis") else "",
        ],
    )


def _add_body(document: Document, exhibit: Mapping[str, Any], draw: Draw, level: int) -> None:
    """Add what stands below an exhibit's heading of some level."""
    _add_details(document, [exhibit.get("subtitle")])
    # What an exhibit shows begins on the page of its heading.
    _keep_last(document)
    svg = exhibit.get("svg")
    if svg:
        _add_picture(document, svg, exhibit["alt"], draw)
    for block in exhibit.get("blocks", []):
        _add_block(document, block, level + 1)
    if exhibit["table"] is not None and not svg:
        _add_table(document, exhibit["table"])


def _keep_last(document: Document) -> None:
    """Keep the last paragraph, or row of a table, on the page of what comes next."""
    *_, last, _ = document.element.body
    row = last.tr_lst[-1] if isinstance(last, CT_Tbl) else last
    for paragraph in row.iter(qn("w:p")):
        Paragraph(paragraph, document._body).paragraph_format.keep_with_next = True


def _add_details(document: Document, texts: Iterable[str | None]) -> None:
    for text in texts:
        if text:
            document.add_paragraph(text, _DETAIL)


def _add_block(document: Document, block: Mapping[str, Any], level: int) -> None:
    match block:
        case {"kind": "paragraph", "pieces": pieces}:
            paragraph = document.add_paragraph()
            for text, is_strong in pieces:
                paragraph.add_run(text).bold = is_strong
        case {"kind": "paragraph", "text": text}:
            document.add_paragraph(text)
        case {"kind": "heading", "text": text}:
            document.add_heading(text, level)
        case {"kind": "definitions", "items": items}:
            for term, said in items:
                paragraph = document.add_paragraph()
                paragraph.paragraph_format.space_after = Pt(2)
                paragraph.add_run(f"{term}: ").bold = True
                paragraph.add_run(said)
        case {"kind": "bullets", "items": items}:
            for item in items:
                document.add_paragraph(item, "List Bullet")
        case {"kind": "ordered", "items": items}:
            number = _new_numbering(document)
            for item in items:
                properties = document.add_paragraph(item, "List Number")._p.get_or_add_pPr()
                properties.get_or_add_numPr().get_or_add_numId().val = number
                properties.get_or_add_numPr().get_or_add_ilvl().val = 0
        case _:
            raise ValueError(f"unknown block {block!r}")


def _new_numbering(document: Document) -> int:
    """Return a numbering of the style's own look that begins at one; by its style alone a list goes on from the last."""
    numbering = document.part.numbering_part.element
    style = document.styles["List Number"].element
    of_style = next(
        each for each in numbering.num_lst if each.numId == style.pPr.numPr.numId.val
    ).abstractNumId.val
    new = numbering.add_num(of_style)
    new.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(new.numId)


def figure_size(svg: str) -> tuple[float, float]:
    """Return the width and height of a figure's ``<svg>``, in its own units.

    Raises
    ------
    ValueError
        It does not say them.
    """
    found = _VIEW_BOX.search(svg)
    if found is None:
        raise ValueError("a figure's SVG has no viewBox from 0 0")
    return float(found[1]), float(found[2])


def _add_picture(document: Document, svg: str, alt: str, draw: Draw) -> None:
    width, height = figure_size(svg)
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    wide = min(_WIDEST, int(_TALLEST * width / height))
    picture = paragraph.add_run().add_picture(io.BytesIO(draw(svg, (width, height))), width=wide)
    for side in "TBLR":
        picture._inline.set(f"dist{side}", "0")  # or LibreOffice adds a margin of its own
    properties = picture._inline.docPr
    properties.set("descr", alt)
    properties.set("name", f"Figur {properties.id}")


def _add_table(document: Document, table: Mapping[str, Any]) -> None:
    caption = document.add_paragraph(table["caption"], "Caption")
    caption.paragraph_format.keep_with_next = True
    columns, rows = table["columns"], table["rows"]
    marks = {(mark["row"], mark["column"]): mark["mark"] for mark in table["marks"]}
    decimals = table.get("row_decimals")
    texts = [
        [f"{column['label']} ({column['unit']})" if column["unit"] else column["label"] for column in columns]
    ]
    for number, row in enumerate(rows):
        texts.append([marks.get((number, column["key"]), "") for column in columns])
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            if value is not None:
                texts[-1][place] = _written(value, column, 0 if decimals is None else decimals[number])
    shown = document.add_table(rows=len(texts), cols=len(columns), style="Table Grid")
    _mark_headers(shown, table)
    # The cells of a table are found anew each time they are asked for.
    cells = shown._cells
    size = _set_widths(shown, cells, texts)
    for place, (cell, text) in enumerate(zip(cells, (text for row in texts for text in row), strict=True)):
        _fill(cell, text, columns[place % len(columns)], size, bold=place < len(columns))
    legend = {mark["mark"]: mark.get("text") for mark in table["marks"]}
    _add_details(document, [f"{mark} betyder {text}" for mark, text in legend.items() if text])


def _set_widths(shown: Table, cells: Sequence[_Cell], texts: Sequence[Sequence[str]]) -> float:
    """Give each column of a table its part of the page's width, and return the size of letters that has room.

    No column is narrower than its longest word, since Word divides words anywhere; what is left over goes to those
    with longer text.
    """
    floors, wished = [], []
    for heading, *column in zip(*texts, strict=True):
        # Bold letters are wider. A number's space does not break.
        words: list[float] = [len(word) for text in column for word in re.split("[ \n]", text)]
        words += [len(word) * 1.2 for word in re.split("[ \n]", heading)]
        floors.append(max(_NARROWEST, *words) + _EDGES)
        wished.append(max(floors[-1], *(min(len(text), _LONG) + _EDGES for text in column or [""])))
    least, most = sum(floors), sum(wished)
    # As much as there is room for of what is wished beyond the least.
    part = 1.0 if most <= _SIGNS or most == least else max(0.0, (_SIGNS - least) / (most - least))
    shares = [floor + part * (wish - floor) for floor, wish in zip(floors, wished, strict=True)]
    shown.autofit = False
    for place, share in enumerate(shares):
        width = Emu(int(_WIDTH * share / sum(shares)))
        shown.columns[place].width = width
        for cell in cells[place :: len(shares)]:
            cell.width = width
    return max(_LEAST_SIZE, min(_TABLE_SIZE, _TABLE_SIZE * _SIGNS / least))


def _mark_headers(shown: Table, table: Mapping[str, Any]) -> None:
    """Repeat the row of headings on each page, keep rows whole, and tell which headings there are."""
    for number, row in enumerate(shown.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
    properties = shown._tbl.tblPr
    for look in properties.iter(qn("w:tblLook")):
        first = table["row_header"] == table["columns"][0]["key"]
        look.set(qn("w:firstRow"), "1")
        look.set(qn("w:firstColumn"), "1" if first else "0")
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), table["caption"])
    properties.append(caption)


def _fill(cell: _Cell, text: str, column: Mapping[str, Any], size: float, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(size)
    paragraph.paragraph_format.space_after = Pt(0)
    if column["kind"] != "text":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _written(value: str | float, column: Mapping[str, Any], row_decimals: int) -> str:
    """Write a value as a Swede does; a year has no space in it."""
    if isinstance(value, str):
        return value
    if column["kind"] == "year":
        return str(value)
    decimals = row_decimals if column["decimals"] is None else column["decimals"]
    rounded = round(value, decimals)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    text = str(format_decimal(abs(rounded), pattern, locale="sv_SE"))
    if rounded == 0 or (rounded > 0 and not column.get("signed")):
        return text
    return f"{'+' if rounded > 0 else '−'}{text}"
