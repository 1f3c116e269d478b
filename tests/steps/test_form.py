"""The form of a report: what is kept of its sentences, and the first page's budgets."""

from __future__ import annotations

import pytest

from effektiv.exhibits.exhibit import Bullets, Exhibit, Paragraph, Source, SubHeading
from effektiv.exhibits.svg import Drawing, Figure
from effektiv.exhibits.table import Column, Table
from effektiv.steps.form import (
    MOST_LEADS,
    MOST_NUMBERS,
    MOST_POINTS,
    Lead,
    Picture,
    Said,
    as_table,
    first_page,
    numbers_in,
    sentences,
    without_repeats,
)

FIGURE = Figure(Drawing(1.0, 1.0, ""), Drawing(1.0, 1.0, ""))
TABLE = Table("Tal", (Column("a", "A", kind="number"),), ((1.0,),))


def page_text(page: Exhibit) -> list[str]:
    """Return title, points and leads of a first page."""
    found = [page.title]
    for block in page.blocks:
        if isinstance(block, Bullets):
            found += ["".join(getattr(part, "text", part) for part in
                              (item if isinstance(item, tuple) else (item,))) for item in block.items]  # fmt: skip
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22 miljoner, 15–17 procent sedan 2019", ["22", "15", "17"]),
        ("2\u00a0300 kronor och −3,5 procent", ["2\u00a0300", "−3,5"]),
        ("N15001 är ett id, 1999 ett år och 2\u00a0019 ett tal", ["2\u00a0019"]),
        ("inga", []),
    ],
)
def test_numbers_are_counted_without_years(text: str, expected: list[str]) -> None:
    assert numbers_in(text) == expected


def test_a_text_is_divided_at_full_stops_and_not_at_commas() -> None:
    assert sentences("Det är 2,5 procent. Så var det 2019! Varför? 17 av 70 vet.") == [
        "Det är 2,5 procent.", "Så var det 2019!", "Varför?", "17 av 70 vet.",
    ]  # fmt: skip
    assert sentences("  ") == []


def test_nothing_is_said_twice() -> None:
    said = Said()
    assert said.new("En sak. En till.") == "En sak. En till."
    assert said.new("En till. En tredje.") == "En tredje."
    assert said.new("En sak.") == ""


def test_a_first_page_is_cut_to_its_budgets() -> None:
    points = [f"Punkt {letter} är 1 och 2. Den är 3 och 4. Så är det." for letter in "ABCDEFG"]
    page = first_page("En titel med 9", None, points, [Lead(f"Se {n}.") for n in "abcd"], Said())
    texts = page_text(page)
    numbers = [number for text in texts for number in numbers_in(text)]
    assert len(numbers) <= MOST_NUMBERS
    assert len(texts) <= 1 + MOST_POINTS + MOST_LEADS
    bullets = next(block for block in page.blocks if isinstance(block, Bullets))
    assert len(bullets.items) == MOST_POINTS
    # The last points are shortened first, and every point keeps its first sentence.
    assert bullets.items[0] == "Punkt A är 1 och 2. Den är 3 och 4. Så är det."
    assert bullets.items[-1] == "Punkt E är 1 och 2."


def test_a_first_page_within_its_budgets_is_left_alone() -> None:
    said, picture = Said(), Picture(FIGURE, "En bild.", "Mått, år", TABLE, ("N15001",))
    page = first_page("Titel", picture, ["Ett är 1.", "", "Ett är 1."], [Lead("Se dit.", "Skola:")], said)
    assert page_text(page) == ["Titel", "Ett är 1.", "Skola: Se dit."]
    assert any(isinstance(block, SubHeading) for block in page.blocks)
    assert (page.alt, page.subtitle, page.table, page.kpis) == ("En bild.", "Mått, år", TABLE, ("N15001",))
    assert said.new("Ett är 1.") == "", "what the page says is remembered"


def test_findings_lose_what_has_been_said_and_keep_their_tables() -> None:
    first = Exhibit(id="a", title="A", source=Source.OWN, alt="Bild.", figure=FIGURE, table=TABLE,
                    blocks=("Ett. Två.", Paragraph("Tre.")))  # fmt: skip
    second = Exhibit(id="b", title="B", source=Source.OWN, alt=None, table=TABLE,
                     blocks=("Två. Fyra.", Paragraph("Tre.")))  # fmt: skip
    found = without_repeats([first, second], Said())
    assert found[0].blocks == ("Ett. Två.", Paragraph("Tre."))
    assert found[1].blocks == ("Fyra.",)
    opened = as_table(first)
    assert (opened.figure, opened.alt, opened.table) == (None, None, TABLE)
    bare = Exhibit(id="c", title="C", source=Source.OWN, alt="Bild.", figure=FIGURE)
    assert as_table(bare) is bare, "a finding without a table keeps its picture"
