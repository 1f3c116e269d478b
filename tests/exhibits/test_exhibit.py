from __future__ import annotations

import json
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from effektiv.exhibits.exhibit import (
    FLAG_LABELS,
    Bullets,
    Definitions,
    Exhibit,
    Paragraph,
    Source,
    Strong,
    SubHeading,
)
from effektiv.exhibits.svg import Drawing, Figure
from effektiv.exhibits.table import Column, Table
from effektiv.outputs import EXHIBIT_MIME
from effektiv.types import Flag

TABLE = Table("Siffrorna bakom", (Column("a", "A"), Column("b", "B", "number")), (("x", 1.5),))


def picture() -> Figure:
    drawn = Drawing(100, 50, '<text x="0" y="20">hej</text>')
    return Figure(drawn, drawn)


def exhibit(**change) -> Exhibit:
    values = {
        "id": "kostnad",
        "title": "Kostnad per elev",
        "source": Source.KOLADA,
        "alt": "Kostnaden steg från 90 000 till 120 000 kronor.",
        "figure": picture(),
        "table": TABLE,
        "how_to_read": "Läs från vänster.",
        "finding": "Kostnaden stiger.",
        "flags": (Flag(code="preliminary", text="2025 är preliminärt."),),
    }
    return Exhibit(**{**values, **change})


def soup(one: Exhibit) -> BeautifulSoup:
    return BeautifulSoup(one.to_html(), "html.parser")


def test_figure_has_title_alt_caption_source_flags_and_folded_table():
    page = soup(exhibit())
    figure = page.find("figure", class_="ex")
    assert figure["id"] == "ex-kostnad"
    assert page.find(id=figure["aria-labelledby"]).get_text() == "Kostnad per elev"
    assert page.h3["class"] == ["ex-title"]
    for svg in page.find_all("svg"):
        assert svg["role"] == "img"
        assert svg["aria-label"] == "Kostnaden steg från 90 000 till 120 000 kronor."
    # Only one of the two drawings is displayed without a style sheet.
    assert [svg.get("display") for svg in page.find_all("svg")] == [None, "none"]
    caption = figure.find_all(recursive=False)[-1]
    assert caption.name == "figcaption"
    assert caption.find(class_="ex-how").get_text() == "Läs från vänster."
    assert caption.find(class_="ex-source").get_text() == "Källa: Kolada"
    assert page.find("ul", class_="ex-flags").li.get_text() == "Preliminärt: 2025 är preliminärt."
    assert page.find("details", class_="ex-data").summary.get_text().startswith("Visa tabellen")
    assert page.find("details").table["class"] == ["ex-table"]


def test_table_alone_is_a_section_and_not_folded():
    page = soup(exhibit(figure=None, alt=None))
    section = page.find("section", class_="ex")
    assert section.table and not page.details and not page.figcaption
    # A named section would be a landmark.
    assert not section.has_attr("aria-labelledby")
    assert page.find(class_="ex-source").get_text() == "Källa: Kolada"


@pytest.mark.parametrize("left_out", ["id", "title", "source", "alt"])
def test_required_arguments_are_required(left_out):
    values = {"id": "a", "title": "T", "source": Source.OWN, "alt": "A", "figure": picture()}
    del values[left_out]
    with pytest.raises(TypeError, match=left_out):
        Exhibit(**values)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"alt": None}, ValueError, "alternativtext"),
        ({"alt": "  "}, ValueError, "alternativtext"),
        ({"figure": None}, ValueError, "ingen figur"),
        ({"source": "Kolada"}, TypeError, "Source"),
        ({"title": " "}, ValueError, "titel"),
        ({"id": "Två Ord"}, ValueError, "små bokstäver"),
        ({"id": '"><script>'}, ValueError, "små bokstäver"),
        ({"figure": None, "alt": None, "table": None}, ValueError, "varken"),
    ],
)
def test_faulty_exhibits_are_refused(change, error, message):
    with pytest.raises(error, match=message):
        exhibit(**change)


def test_nothing_written_by_a_municipality_becomes_markup():
    bad = '<script>alert(1)</script><img src=x onerror="y">&lt;'
    one = exhibit(
        title=bad, alt=bad, finding=bad, how_to_read=bad, notes=bad, flags=(Flag(code="own", text=bad),),
        blocks=(bad, Paragraph(("a", Strong(bad))), Bullets((bad,)), Definitions(((bad, bad),)), SubHeading(bad)),
    )  # fmt: skip
    page = soup(one)
    assert not page.find_all(["script", "img"])
    assert page.h3.get_text() == bad
    assert page.svg["aria-label"] == bad
    assert page.find("strong").get_text() == bad


def test_blocks_become_their_elements_in_order():
    one = exhibit(
        figure=None, alt=None, table=None, flags=(),
        blocks=("ett", SubHeading("Rubrik"), Bullets(("a", "b")), Bullets(("c",), ordered=True),
                Definitions((("term", "ord"),))),
    )  # fmt: skip
    section = soup(one).section
    names = [child.name for child in section.find_all(recursive=False)]
    assert names == ["h3", "p", "p", "h4", "ul", "ol", "dl", "div"]
    text = one.to_text()
    assert "- a" in text and "1. c" in text and "term: ord" in text


def test_mime_bundle():
    bundle = exhibit()._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain", EXHIBIT_MIME}
    data = json.loads(json.dumps(bundle[EXHIBIT_MIME], allow_nan=False))
    assert data["id"] == "kostnad"
    assert data["source"] == "Källa: Kolada"
    assert data["finding"] == "Kostnaden stiger."
    assert data["flags"] == [{"code": "preliminary", "text": "2025 är preliminärt."}]
    assert data["table"]["rows"] == [["x", 1.5]]
    assert "[Figur: Kostnaden steg" in bundle["text/plain"]
    assert set(exhibit()._repr_mimebundle_(include=["text/plain"])) == {"text/plain"}
    assert set(exhibit()._repr_mimebundle_(exclude=["text/html"])) == {"text/plain", EXHIBIT_MIME}


def test_no_script_style_or_address_in_the_fragment():
    html = exhibit().to_html()
    for word in ("<script", "<style", " style=", "url(", "<image", "data:", "javascript"):
        assert word not in html
    assert html.count("http") == html.count("http://www.w3.org/2000/svg")


def test_every_flag_has_a_word():
    codes = Flag.model_fields["code"].annotation.__args__
    assert set(FLAG_LABELS) == set(codes)


def test_exhibits_do_without_pyplot_which_keeps_figures_alive():
    code = (
        "import sys, effektiv.exhibits.exhibit, effektiv.exhibits.charts, effektiv.exhibits.mpl;"
        "print([m for m in sys.modules if m in {'matplotlib.pyplot', 'seaborn'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
