from __future__ import annotations

import re
import time
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from effektiv.render.document import (
    NO_ALT,
    Document,
    arrange,
    build_document,
    scrollable_tables,
    unique_ids,
)
from effektiv.render.terms import link_terms, words_used


class Ids(HTMLParser):
    """Collects the ids of a page and what points at them."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in {"aria-labelledby", "aria-describedby", "headers", "for"}:
                self.targets += (value or "").split()
            elif name == "href" and value and value.startswith("#"):
                self.targets.append(value[1:])


def parse(html: str) -> Ids:
    parser = Ids()
    parser.feed(html)
    return parser


def whole(document: Document) -> str:
    return str(document.intro) + "".join(str(section.html) for section in document.sections)


def text(html: str) -> str:
    return f"<!--effektiv:text-->{html}"


def shown(html: str) -> str:
    return f"<!--effektiv:visning-->{html}"


def test_sections_contents_and_the_notebooks_own_title() -> None:
    document = arrange(
        text("<h1>Titel</h1><p>Först.</p><h2>Läge &amp; <em>kostnad</em></h2><p>Text.</p>")
        + shown('<section class="ex"><h3 class="ex-title" id="ex-a-title">Figur A</h3></section>')
        + text("<h3>Mer</h3><h2>Nästa</h2>")
    )
    assert "Titel" not in whole(document)
    assert document.intro == "<p>Först.</p>\n"
    assert [(section.id, section.title) for section in document.sections] == [
        ("lage-kostnad", "Läge &amp; kostnad"),
        ("nasta", "Nästa"),
    ]
    assert [(entry.id, entry.title) for entry in document.sections[0].entries] == [
        ("ex-a-title", "Figur A"),
        ("mer", "Mer"),
    ]
    assert '<h2 id="lage-kostnad">Läge &amp; <em>kostnad</em></h2>' in document.sections[0].html


def test_heading_levels() -> None:
    """One h1 (the page's), h2 for the notebook's sections, nothing above h3 from an output."""
    document = arrange(
        text("<h1>Titel</h1><h1>Ännu en</h1>") + shown("<h1>Visad</h1><h2>Visad</h2><h4>Under</h4>")
    )
    assert re.findall(r"<h(\d)", whole(document)) == ["2", "3", "3", "4"]


def test_the_same_exhibit_twice_keeps_its_references() -> None:
    exhibit = (
        '<figure class="ex" id="ex-a" aria-labelledby="ex-a-title"><h3 id="ex-a-title">A</h3>'
        '<div tabindex="0" role="group" aria-labelledby="ex-a-caption"><table><caption id="ex-a-caption">T</caption>'
        '<tr><th id="k">K</th><td headers="k">1</td></tr></table></div><a href="#ex-a">upp</a>'
        '<svg><clipPath id="klipp"/><g clip-path="url(#klipp)"/></svg></figure>'
    )
    document = arrange(text("<h2>Ett</h2>") + shown(exhibit) + text("<h2>Ett</h2>") + shown(exhibit))
    page = parse(whole(document))
    assert len(page.ids) == len(set(page.ids))
    assert set(page.targets) <= set(page.ids)
    assert "url(#klipp-2)" in document.sections[1].html
    assert [section.id for section in document.sections] == ["ett", "ett-2"]


@given(
    st.lists(st.lists(st.sampled_from(["a", "b", "a-2", "innehall"]), max_size=4, unique=True), max_size=5)
)
def test_ids_are_always_unique(fragments: list[list[str]]) -> None:
    seen = {"innehall"}
    html = "".join(
        unique_ids("".join(f'<p id="{name}"></p><a href="#{name}"></a>' for name in names), seen)
        for names in fragments
    )
    page = parse(html)
    assert len(page.ids) == len(set(page.ids))
    assert "innehall" not in page.ids
    assert page.targets == page.ids


MANY = 20_000
LONG = {
    "tables without an end": "<table " * MANY,
    "tables and one end": "<table>" * MANY + "</table>",
    "tables": "<table><caption>a</caption><tr><td>1</td></tr></table>" * MANY,
    "boxes without an end": '<div tabindex="0" ' * MANY + "<table></table>",
    "captions without an end": f"<table>{'<caption' * MANY}</table><table>{'<caption>' * MANY}</table>",
    "less than": "<" * MANY + "<h3>" + "<" * MANY + "</h3>",
    "headings without an end": "<h1><h2 ><h3 " * MANY + "</h4>" * MANY,
    "headings alike": "<h3>Samma</h3>" * MANY,
    "ids alike": '<p id="a"></p><a href="#a"></a>' * MANY,
    "references without an end": ' id="a" id="a"' + ' for="b url(#c href="#d ' * MANY,
    "items and paragraphs without an end": "<li>kostnad<p>" * MANY + "</dd>" * MANY,
    "items that end otherwise": "<li>kostnad " * MANY + "</p>" * MANY,
    "quotes without an end": """<p a="<b c='""" * MANY,
    "tags without an end": "</a <svg " * MANY,
    "comments without an end": "<!--" * MANY,
    "folded": "<details>" * MANY + "</details>" * MANY,
    "paragraphs": "<p>kostnad och annat</p>" * MANY,
}
WORDS = [
    {
        "rubrik": "Begrepp",
        "ord": [
            {"ord": "kostnad", "forklaring": "x", "kort": "x", "former": ["kostnad"], "bojningar": ["kostnad"], "viktig": True}
        ],
    }
]  # fmt: skip


@pytest.mark.parametrize("kind", [text, shown])
@pytest.mark.parametrize("shape", LONG)
def test_the_time_grows_no_faster_than_what_is_shown(shape: str, kind: Callable[[str], str]) -> None:
    started = time.process_time()
    document = arrange(text("<h2>Avsnitt</h2>") + kind(LONG[shape]))
    link_terms(document, words_used(document, WORDS))
    # A second at most where nothing else is done; what once took the square of it took minutes.
    assert time.process_time() - started < 10


def test_tags_may_hold_what_looks_like_their_end() -> None:
    document = arrange(text("<h2 title=\"a > b\">Läge <i title='1 < 2 > 0'>nu</i></h2><p>x</p>"))
    assert [(section.id, section.title) for section in document.sections] == [("lage-nu", "Läge nu")]


def test_headings_whose_text_gives_no_id() -> None:
    document = arrange(text("<h2>日本</h2><h2>...</h2>"))
    assert [section.id for section in document.sections] == ["avsnitt", "avsnitt-2"]


def test_tables_are_put_in_boxes_that_the_keyboard_reaches() -> None:
    bare = '<table><caption>Kostnad "A"</caption><tr><td>1</td></tr></table>'
    assert scrollable_tables(bare).startswith(
        '<div class="scroll" role="group" tabindex="0" aria-label="Kostnad &quot;A&quot;">'
    )
    boxed = '<div class="ex-scroll" role="group" tabindex="0" aria-labelledby="c">\n<table><tr></tr></table></div>'
    assert scrollable_tables(boxed) == boxed
    assert scrollable_tables(bare + boxed).count("tabindex") == 2


def display(**data: str) -> object:
    return new_output("display_data", data={key.replace("_", "/"): value for key, value in data.items()})


def document_of(*outputs: object) -> str:
    cells = [
        new_markdown_cell("## Avsnitt"),
        new_code_cell("hemlig_kod()", outputs=list(outputs), execution_count=7),
    ]
    return whole(build_document(new_notebook(cells=cells)))


def test_code_prompts_streams_and_the_cases_own_html_are_not_shown() -> None:
    case = new_output(
        "execute_result",
        data={"text/html": "<p>fallet</p>", "application/vnd.effektiv.case+json": {}, "text/plain": "fallet"},
        execution_count=7,
    )
    html = document_of(
        case, new_output("stream", name="stderr", text="varning"), new_output("stream", text="utskrift")
    )
    for word in ("hemlig_kod", "[7]", "In&nbsp;", "fallet", "varning", "utskrift"):
        assert word not in html


def test_what_an_output_shows_in_order_of_preference() -> None:
    assert "<b>x</b>" in document_of(display(text_html="<b>x</b>", text_plain="nej", image_png="AAAA"))
    assert "<strong>fet</strong>" in document_of(display(text_markdown="**fet**", text_plain="nej"))
    assert "1 &lt; 2" in document_of(display(text_plain="1 < 2"))
    assert "alert" not in document_of(display(application_javascript="alert(1)", text_plain="x"))


def test_pictures_have_alternative_text() -> None:
    described = new_output(
        "display_data",
        data={"image/png": "AA\nAA", "text/plain": "x"},
        metadata={"image/png": {"alt": 'Linjen "stiger"'}},
    )
    html = document_of(described, display(image_png="BBBB", text_plain="x"))
    assert 'src="data:image/png;base64,AAAA" alt="Linjen &quot;stiger&quot;"' in html.replace(
        "&#34;", "&quot;"
    )
    assert f'alt="{NO_ALT}"' in html


def test_markdown_is_rendered_without_anchors() -> None:
    cells = [new_markdown_cell("## Läge\n\nEn **fet** text och en [länk](../index.html).\n\n- ett\n- två")]
    document = build_document(new_notebook(cells=cells))
    assert "¶" not in whole(document)
    assert '<a href="../index.html">länk</a>' in whole(document)
    assert "<li>ett</li>" in whole(document)


def test_a_notebook_without_headings() -> None:
    document = build_document(new_notebook(cells=[new_markdown_cell("Bara text.")]))
    assert document.sections == []
    assert "Bara text." in document.intro


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        ("../1-nulagesanalys/grundskola.ipynb", "../1-nulagesanalys/grundskola.html"),
        ("../2-orsaksanalys/styrning.ipynb#provet", "../2-orsaksanalys/styrning.html#provet"),
        ("oversikt.ipynb", "oversikt.html"),
        ("../annat/grundskola.ipynb", "../annat/grundskola.ipynb"),
        ("https://example.org/a.ipynb", "https://example.org/a.ipynb"),
        ("../1-nulagesanalys/grundskola.pdf", "../1-nulagesanalys/grundskola.pdf"),
    ],
)
def test_a_link_to_another_notebook_leads_to_its_report(link: str, leads_to: str) -> None:
    cells = [new_markdown_cell(f"## Mer\n\nSe [nuläget]({link})."), new_code_cell("")]
    html = whole(build_document(new_notebook(cells=cells)))
    assert re.findall(r'href="([^"]*)"', html) == [leads_to]
