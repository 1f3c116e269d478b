from __future__ import annotations

import json
import subprocess
import sys

import openpyxl
import pandas as pd
import pytest
import seaborn
from bs4 import BeautifulSoup
from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.errors import InputError
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
from effektiv.exhibits.style import jupyter_css, look
from effektiv.exhibits.svg import Drawing, Figure
from effektiv.exhibits.swedish import Mark
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


def test_each_brings_its_style_to_a_notebook():
    html = exhibit()._repr_mimebundle_()["text/html"]
    assert html == f"<style>{jupyter_css()}</style>{exhibit().to_html()}"


def test_a_table_becomes_a_data_frame():
    table = Table(
        "Värden",
        (Column("name", "Kommun"), Column("x", "Värde", "number", "kr"), Column("y", "Värde", "number", "kr"),
         Column("year", "År", "year")),
        (("Ö", 1.5, None, 2024), ("=1+1", None, 2.0, None)),
    )  # fmt: skip
    frame = exhibit(table=table).to_frame()
    assert list(frame.columns) == ["Kommun", "Värde (kr)", "Värde (kr) #2", "År"]
    assert frame["Värde (kr)"].tolist()[0] == 1.5 and frame["Värde (kr)"].isna().tolist() == [False, True]
    assert str(frame["År"].dtype) == "Int64"
    with pytest.raises(InputError, match="”Kostnad per elev” har ingen tabell, bara en figur"):
        exhibit(table=None).to_frame()


def test_a_table_becomes_an_excel_file(tmp_path):
    columns = (
        Column("name", "Kommun"),
        Column("x", "Värde", "number", "kr", 1, signed=True),
        Column("y", "År", "year"),
    )
    rows = (("=1+1", 1234.56, 2024), ("Ö", None, 2023))
    path = tmp_path / "Mått.xlsx"
    path.write_bytes(b"an earlier one")
    one = exhibit(table=Table("Siffror", columns, rows, {(1, "x"): Mark.PRIVACY}), notes="Ur åtta mått.")
    one.to_excel(str(path))
    book = openpyxl.load_workbook(path)
    sheet, about = book.worksheets
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        ["Kommun", "Värde (kr)", "År"], ["=1+1", 1234.56, 2024], ["Ö", "..", 2023],
    ]  # fmt: skip
    assert sheet["A2"].data_type == "s"
    assert sheet["B2"].number_format == "+#,##0.0;-#,##0.0;#,##0.0"
    said = [cell.value for (cell,) in about.rows]
    assert said[:2] == ["Siffror", "Kostnad per elev"] and said[-1] == "Källa: Kolada"
    assert "Preliminärt: 2025 är preliminärt." in said and "Ur åtta mått." in said
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("tabell.csv", "ska ha ett namn som slutar på .xlsx"),
        ("ingen/mapp.xlsx", r"gick inte att skriva \(filen eller mappen finns inte\): mappen ska finnas"),
    ],
)
def test_an_excel_file_that_cannot_be_written(tmp_path, name, sentence):
    with pytest.raises(InputError, match=sentence):
        exhibit().to_excel(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_figure_of_matplotlib_or_seaborn_is_taken():
    frame = pd.DataFrame({"a": [1, 2, 3], "b": [1000, 2000, 3000]})
    with look():
        fig = MatplotlibFigure()
        axes = fig.subplots()
        axes.plot([1, 2], [3, 4])
        grid = seaborn.relplot(frame, x="a", y="b", height=3)
    for given in (fig, axes, grid):
        shown = exhibit(figure=given)
        assert isinstance(shown.figure, Figure)
        assert "<text" in shown.to_html()
    with pytest.raises(
        TypeError, match=r"figure ska vara en figur från matplotlib eller seaborn, inte 'bild.png'"
    ):
        exhibit(figure="bild.png")


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
