"""One figure beside peers and Riket: order, words, the table and the figure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from effektiv.analysis.sizes import Classified, Size
from effektiv.exhibits.swedish import Mark
from effektiv.steps.standing import (
    MANY_PEERS,
    Range,
    Uncertainty,
    by_distance,
    draw,
    held,
    level_words,
    quality_words,
    table,
    unbroken,
    usual_year,
    without_value,
)
from effektiv.types import Better
from tests.steps.standing_samples import comparison, context, kpi, standing, without_own


def test_the_one_that_differs_most_comes_first_whatever_its_unit():
    share = standing(kpi("A"), own=10, median=14, spread=4.0)  # one spread
    money = standing(kpi("B", unit="kr/inv"), own=5_000, median=9_000, spread=1_000.0)  # four spreads
    missing = without_own(kpi("C"))
    assert [item.kpi.id for item in by_distance([missing, share, money])] == ["B", "A", "C"]


@pytest.mark.parametrize("spread", [0.0, float("nan")])
def test_a_figure_without_spread_between_municipalities_has_no_distance(spread: float):
    assert standing(kpi(), own=3, median=1, spread=spread).distance == 0.0


@pytest.mark.parametrize(
    ("better", "sign", "words"),
    [
        (Better.HIGHER, 1, "tydligt bättre"),
        (Better.HIGHER, -1, "tydligt sämre"),
        (Better.LOWER, 1, "tydligt sämre"),
        (Better.LOWER, -1, "tydligt bättre"),
        (Better.NEITHER, 1, "tydligt högre"),
    ],
)
def test_better_and_worse_follow_the_direction_of_the_figure(better: Better, sign: int, words: str):
    assert quality_words(kpi(better=better), Classified(Size.CLEARLY, sign)) == words


def test_what_cannot_be_judged_is_said():
    item = replace(standing(kpi(), 1, 2), comparison=replace(comparison(1, 2), size=None))
    assert level_words(item) == "går inte att bedöma"
    assert quality_words(item.kpi, None) == "går inte att bedöma"


def test_a_difference_of_zero_has_held_for_no_years():
    assert held(standing(kpi(), 5, 5, Size.ABOUT_EQUAL)) == ""
    assert held(standing(kpi(), 6, 5)) == "två av de tre senaste åren"
    assert held(without_own(kpi())) == ""


def test_the_table_has_numbers_and_says_why_one_is_missing():
    items = [
        standing(kpi("A", "Har arbete"), 60.25, 55, range=Range(57.0, 63.0, Uncertainty.COUNT)),
        without_own(kpi("B", "Utredningstid", unit="dagar"), mark=Mark.PRIVACY),
    ]
    made = table(context(), "Bildtext", items, level_words, counted="svar eller elever")
    shown = made.to_json()
    keys = [column["key"] for column in shown["columns"]]
    assert shown["rows"][0][keys.index("kommun")] == 60.25
    assert shown["rows"][0][keys.index("lagst")] == 57.0
    assert shown["rows"][0][keys.index("grund")] == "antal svar eller elever"
    assert shown["rows"][0][keys.index("jamfort")] == "tydligt högre"
    assert shown["rows"][1][keys.index("kommun")] is None
    assert {"row": 1, "column": "kommun"}.items() <= shown["marks"][0].items()
    assert "sekretess" in made.to_html(id_prefix="ex-prov")


def test_the_table_leaves_ranges_out_unless_asked_for():
    assert "lagst" not in [
        column.key for column in table(context(), "B", [standing(kpi(), 2, 1)], str).columns
    ]


def test_a_figure_of_another_year_carries_it():
    items = [standing(kpi("A", "Ny"), 2, 1), standing(kpi("B", "Ny två"), 2, 1),
             standing(kpi("C", "Gammal"), 2, 1, year=2021)]  # fmt: skip
    assert usual_year(items) == 2025
    drawn = draw(context(), items)
    assert drawn is not None
    html = drawn.to_html("x")
    assert "(2021)" in html
    assert "(2025)" not in html


def test_only_figures_with_an_own_value_are_drawn_and_the_others_are_named():
    assert draw(context(), [without_own(kpi())]) is None
    drawn = draw(context(), [standing(kpi("A", "Finns"), 2, 1), without_own(kpi("B", "Borta"))])
    assert drawn is not None
    assert "Finns" in drawn.to_html("x")
    assert "Borta" not in drawn.to_html("x")
    assert "Borta" in without_value([without_own(kpi("B", "Borta"))])
    assert without_value([standing(kpi(), 2, 1)]) == ""


def test_a_large_group_is_drawn_by_its_quartiles():
    small = context()
    members = tuple(f"{code:04d}" for code in range(1000, 1000 + MANY_PEERS + 1))
    large = replace(small, peers=replace(small.peers, members=members))
    item = standing(kpi(), 2, 1, peers=tuple(float(i) for i in range(MANY_PEERS + 1)))
    few, many = draw(small, [item]), draw(large, [item])
    assert few is not None
    assert many is not None
    assert "Kvartiler" in many.to_html("x")
    assert len(many.to_html("x")) < len(few.to_html("x"))


def test_the_number_of_people_in_the_country_does_not_stretch_the_scale():
    drawn = draw(context(), [standing(kpi(unit="antal", decimals=0), 900, 1_000, riket=10_500_000)])
    assert drawn is not None
    assert "10" + "\u00a0" + "500" not in drawn.to_html("x")


def test_a_number_stays_on_the_line_of_its_word():
    assert (
        unbroken("Invånare 65–79 år, kommande 5 år, åk 9")
        == "Invånare 65–79\u00a0år, kommande 5\u00a0år, åk\u00a09"
    )
