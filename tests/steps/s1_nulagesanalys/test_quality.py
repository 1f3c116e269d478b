"""Quality now, over the years and by gender: words, figures and tables, on hand-made numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from effektiv.analysis.panels import RunEnd, Since
from effektiv.analysis.sizes import Classified, Size
from effektiv.analysis.trend import LevelChange
from effektiv.analysis.trend import Trend as Direction
from effektiv.analysis.uncertainty import Interval
from effektiv.data.catalogue import load_catalogue
from effektiv.exhibits.swedish import Mark
from effektiv.steps.s1_nulagesanalys.quality_by_gender import GenderBasis, GenderGap, gap_words
from effektiv.steps.s1_nulagesanalys.quality_trend import MOST_PANELS, Course, course_text
from effektiv.steps.standing import Range, Uncertainty
from effektiv.types import Better, Break, FocusArea, Kpi
from tests.steps.s1_nulagesanalys.shows import quality, quality_by_gender, quality_trend
from tests.steps.standing_samples import comparison, context, kpi, plain, standing, without_own

GRADES = kpi("Q1", "Meritvärde, åk 9", unit="meritpoäng")
SAFE = kpi("Q2", "Trygga elever")
TIME = kpi("Q3", "Utredningstid", unit="dagar", decimals=0, better=Better.LOWER)
NEUTRAL = kpi("Q4", "Aldrig placerade", better=Better.NEITHER)
ALL = context(GRADES, SAFE, TIME, NEUTRAL)
AREAS = load_catalogue().areas


def led_by(headline: str) -> FocusArea:
    return AREAS["grundskola"].model_copy(update={"headline_quality": headline})


# --- now -------------------------------------------------------------------------------


def test_the_headline_has_value_year_size_comparator_and_uncertainty():
    item = standing(GRADES, 197.8, 205.4, range=Range(192.1, 199.0, Uncertainty.YEARS))
    made = quality(ALL, led_by("Q1"), [item], ())
    assert plain(made.finding) == (
        "Meritvärde, åk 9 var 197,8 meritpoäng 2025, tydligt sämre än medianen för de liknande kommunerna (205,4). "
        "Under medianen två av de tre senaste åren. De tre senaste åren låg det mellan 192,1 och 199,0."
    )


def test_an_interval_is_called_uncertainty_and_equal_is_as_good_as():
    item = standing(SAFE, 82, 81, Size.ABOUT_EQUAL, range=Range(75, 88, Uncertainty.COUNT))
    near = standing(GRADES, 200, 201, Size.SOMEWHAT)
    finding = plain(quality(ALL, led_by("Q2"), [item, near], ()).finding)
    assert "ungefär lika bra som medianen" in finding
    assert "Osäkerheten är 75,0–88,0." in finding
    assert "Inget av två mått skiljer sig tydligt" in finding


def test_lower_is_better_for_waiting_and_neutral_figures_are_not_judged():
    items = [standing(TIME, 120, 100), standing(NEUTRAL, 60, 90), standing(SAFE, 90, 80)]
    finding = plain(quality(ALL, led_by("Q2"), items, ()).finding)
    assert (
        "Av två mått är kommunen tydligt sämre på ett (”Utredningstid”) och tydligt bättre på ett" in finding
    )
    assert "Aldrig placerade" not in finding


def test_many_are_counted_not_named():
    figures = [kpi(f"M{place}", f"Mått {place}") for place in range(6)]
    items = [standing(figure, 50, 60) for figure in figures]
    finding = quality(context(*figures), led_by("M0"), items, ()).finding
    assert "tydligt sämre på sex." in finding
    assert "Mått 3" not in finding


def test_a_headline_without_value_is_said_first():
    items = [without_own(GRADES), standing(SAFE, 90, 80)]
    assert quality(ALL, led_by("Q1"), items, ()).finding.startswith(
        "Meritvärde, åk 9 kan inte jämföras: värde saknas."
    )


def test_a_headline_that_cannot_be_judged_is_not_called_worse():
    item = standing(GRADES, 197.8, 205.4)
    unknown = replace(item, comparison=comparison(197.8, 205.4, Size.CLEARLY))
    assert unknown.comparison is not None
    unknown = replace(unknown, comparison=replace(unknown.comparison, size=None))
    finding = quality(ALL, led_by("Q1"), [unknown], ()).finding
    assert "går inte att bedöma" in finding
    assert "sämre" not in finding


def test_own_margin_unknown_uncertainty_and_missing_values_are_noted():
    items = [
        standing(SAFE, 90, 80, range=Range(88, 92, Uncertainty.PUBLISHED)),
        standing(GRADES, 200, 210),
        without_own(TIME),
    ]
    made = quality(ALL, led_by("Q2"), items, ())
    assert "Koladas egen felmarginal används" in made.notes
    assert "Osäkerheten är okänd" in made.notes
    assert "Utredningstid" in made.notes
    assert made.figure is not None
    assert "Utredningstid" not in made.figure.to_html("x")


def test_no_quality_is_said_in_words():
    for items in ([], [without_own(SAFE)]):
        assert "saknar kvalitetsmått" in quality(ALL, led_by("Q2"), items, ()).to_text()


# --- over the years --------------------------------------------------------------------


def direction(change: float, half: float, first: int = 2023, **changes: Any) -> Direction:
    sign = 0 if abs(change) <= half else (1 if change > 0 else -1)
    found = Direction(change / 2, change, change - half, change + half, first, 2025, 3, sign)
    return replace(found, **changes)


def level(size: float = -10.0, **changes: Any) -> LevelChange:
    found = LevelChange(2020, 1.0, 1.0 + size, size, -6.0, 0.004, trend_fits_better=False, n=10)
    return replace(found, **changes)


def course(figure: Kpi = GRADES, **changes: Any) -> Course:
    by_year = {year: 200.0 + year - 2016 for year in range(2016, 2026)}
    fields: dict[str, Any] = {
        "kpi": figure,
        "own": by_year,
        "median": {year: value + 8 for year, value in by_year.items()},
        "low": {year: value + 4 for year, value in by_year.items()},
        "high": {year: value + 12 for year, value in by_year.items()},
        "riket": {year: value + 20 for year, value in by_year.items()},
        "comparison": comparison(209.0, 217.0),
        "three": direction(15.7, 11.7),
        "five": direction(2.8, 10.5, first=2021),
        "level": None,
        "spread": 10.0,
        "marks": {},
    }
    return Course(**(fields | changes))


def test_the_course_says_side_since_when_and_both_directions():
    assert plain(course_text(ALL, course())) == (
        "Meritvärde, åk 9: 8,0 meritpoäng under medianen för de liknande kommunerna 2025. Värdet har legat under medianen "
        "sedan 2022. Mellan 2023 och 2025 ändrades skillnaden med +15,7 meritpoäng, en förbättring utöver slumpen "
        "(+4,0 till +27,4). Mellan 2021 och 2025 ändrades skillnaden med +2,8 meritpoäng, vilket ryms i slumpen "
        "(-7,7 till +13,3)."
    )


def test_falling_is_better_where_lower_is_better():
    text = course_text(ALL, course(TIME, three=direction(-20, 5), five=None))
    assert "en förbättring utöver slumpen" in text
    assert "en försämring" in course_text(ALL, course(TIME, three=direction(20, 5), five=None))
    assert "en förändring" in course_text(ALL, course(NEUTRAL, three=direction(20, 5), five=None))


def test_an_unknown_noise_gives_no_verdict():
    text = course_text(ALL, course(three=direction(5, 1, low=math.nan, high=math.nan, sign=0), five=None))
    assert "osäkerheten är okänd" in text
    assert "slumpen" not in text
    assert " nan" not in text


def test_three_and_five_years_that_are_the_same_are_said_once():
    same = direction(5, 1)
    assert course_text(ALL, course(three=same, five=same)).count("Mellan") == 1
    assert "för få värden i följd" in course_text(ALL, course(three=None, five=None))


def test_a_run_of_one_year_is_not_dressed_up():
    found = comparison(209, 217, since=Since(2025, 2025, -1, 1, RunEnd.OTHER_SIDE))
    assert "har legat" not in course_text(ALL, course(comparison=found))


@pytest.mark.parametrize(
    ("changes", "mentioned"),
    [
        ({}, True),
        ({"p_value": 0.2}, False),
        ({"trend_fits_better": True}, False),
        ({"size": 2.0, "after": 3.0}, False),  # a fifth of the spread between municipalities
    ],
)
def test_only_a_convincing_change_of_level_is_mentioned(changes: dict[str, Any], mentioned: bool):
    text = plain(course_text(ALL, course(level=level(**changes))))
    sentence = "Nivån mot gruppen har ändrats omkring 2020, från i genomsnitt +1,0 till -9,0 meritpoäng."
    assert (sentence in text) is mentioned


def test_several_figures_share_the_chance_of_being_wrong():
    step = course(level=level(p_value=0.03))
    alone = quality_trend(ALL, [step], ()).finding
    among = quality_trend(ALL, [step, course(SAFE)], ()).finding
    assert "Nivån mot gruppen har ändrats" in alone
    assert "Nivån mot gruppen har ändrats" not in among


def test_no_cause_is_claimed():
    text = quality_trend(ALL, [course(level=level())], ()).to_text()
    for word in ("beror på", "orsak", "på grund av", "därför att"):
        assert word not in text


def test_the_trend_shows_three_panels_and_lists_every_figure():
    figures = [kpi(f"K{place}", f"Mått {place}") for place in range(MOST_PANELS + 1)]
    made = quality_trend(context(*figures), [course(figure) for figure in figures], ())
    assert made.figure is not None
    html = made.figure.to_html("x")
    assert [place for place in range(MOST_PANELS + 1) if f"Mått {place}" in html] == [0, 1, 2]
    assert "Mått 3" in made.notes
    assert len(made.to_json()["table"]["rows"]) == 10 * (MOST_PANELS + 1)


def test_a_single_figure_names_its_lines_and_break():
    figure = kpi("Q1", "Meritvärde, åk 9", breaks=(Break(year=2019, reason="nytt"),))
    made = quality_trend(context(figure), [course(figure)], ())
    assert made.figure is not None
    html = made.figure.to_html("x")
    assert "Mitthälften av gruppen" in html
    assert "Brott 2019" in html


def test_a_missing_year_is_named_and_marked():
    whole = course()
    own = {year: value for year, value in whole.own.items() if year != 2021}
    made = quality_trend(ALL, [replace(whole, own=own, marks={2021: Mark.PRIVACY})], ())
    assert "Eget värde saknas 2021." in made.finding
    assert made.table is not None
    assert "sekretess" in made.table.to_html(id_prefix="x")


def test_no_course_is_said_in_words_and_one_lacking_is_noted():
    empty = course(SAFE, own={}, comparison=None, three=None, five=None)
    assert "Lillby saknar värden för ”Trygga elever”." in quality_trend(ALL, [empty], ()).to_text()
    made = quality_trend(ALL, [course(), empty], ())
    assert "Trygga elever" in made.notes
    assert "Trygga elever" not in made.finding


# --- women and men ---------------------------------------------------------------------


def gap(figure: Kpi = SAFE, women: float = 80.0, men: float = 70.0, **changes: Any) -> GenderGap:
    fields: dict[str, Any] = {
        "kpi": figure,
        "year": 2025,
        "women": women,
        "men": men,
        "women_mark": Mark.ABSENT,
        "men_mark": Mark.ABSENT,
        "size": Classified(Size.CLEARLY, 1),
        "against_peers": Classified(Size.SOMEWHAT, 1),
        "peers_median": 4.0,
        "interval": Interval(3.0, 17.0, 0.95),
        "basis": GenderBasis.HALF,
    }
    return GenderGap(**(fields | changes))


def divided(area: FocusArea) -> bool:
    """Whether Kolada divides any of the area's quality figures by gender."""
    return any(load_catalogue().kpis[kpi].gender for kpi in area.sections.quality)


@pytest.mark.parametrize("area", [area for area in AREAS.values() if divided(area)], ids=lambda area: area.id)
def test_words_for_gender_and_for_what_is_counted_are_the_area_s(area: FocusArea):
    by_gender = quality_by_gender(ALL, area, [gap(basis=GenderBasis.KNOWN)], ())
    assert by_gender.title == f"Kvaliteten för {area.women_word} och {area.men_word}"
    assert f"antal {area.women_word} och {area.men_word}" in by_gender.table.to_html(id_prefix="x")
    item = standing(SAFE, 82, 81, range=Range(75, 88, Uncertainty.COUNT))
    now = quality(ALL, area.model_copy(update={"headline_quality": "Q2"}), [item], ())
    assert f"antalet {area.counted_words} är känt" in now.how_to_read
    assert f"antal {area.counted_words}" in now.table.to_html(id_prefix="x")


def test_what_kolada_does_not_divide_is_not_blamed_on_the_snapshot():
    school = AREAS["grundskola"]
    without = school.model_copy(
        update={"sections": school.sections.model_copy(update={"quality": ("N15814",)})}
    )
    made = quality_by_gender(ALL, without, [], ())
    assert "Kolada delar inte upp områdets kvalitetsmått på flickor och pojkar." in made.to_text()
    assert "frysning" not in made.to_text()
    assert made.flags == ()


def test_the_difference_has_interval_and_the_peers_difference():
    made = quality_by_gender(ALL, AREAS["grundskola"], [gap()], ())
    assert plain(made.finding) == (
        "Trygga elever: flickor 80,0 och pojkar 70,0 procent 2025, en skillnad på +10,0 procentenheter (osäkerhet +3,0 "
        "till +17,0). Medianen av skillnaden i gruppen är +4,0. Det är tydligt att flickor har högre värde."
    )
    assert "hälften var" in made.notes


def test_clear_differences_are_counted_for_each():
    gaps = [gap(), gap(TIME, 10, 20, size=Classified(Size.CLEARLY, -1)), gap(NEUTRAL, size=None)]
    finding = plain(quality_by_gender(ALL, AREAS["grundskola"], gaps, ()).finding)
    assert (
        "Av tre mått har flickor tydligt högre värde i ett (”Trygga elever”) och pojkar tydligt högre"
        in finding
    )


def test_differences_that_are_not_clear_are_said_not_to_be():
    vague = gap(size=Classified(Size.SOMEWHAT, 1))
    one = quality_by_gender(ALL, AREAS["grundskola"], [vague], ()).finding
    two = quality_by_gender(ALL, AREAS["grundskola"], [vague, replace(vague, kpi=TIME)], ()).finding
    assert "Den är inte tydlig." in one
    assert "I inget av två mått är skillnaden tydlig." in two


def test_figures_of_another_unit_are_only_in_the_table():
    made = quality_by_gender(ALL, AREAS["grundskola"], [gap(GRADES, 220, 200), gap(SAFE), gap(NEUTRAL)], ())
    assert made.figure is not None
    assert "Meritvärde" not in made.figure.to_html("x")
    assert "Meritvärde" in made.notes
    assert len(made.to_json()["table"]["rows"]) == 3
    assert made.finding.startswith("Meritvärde")


def test_one_gender_missing_is_marked_and_not_compared():
    half = gap(men=math.nan, men_mark=Mark.PRIVACY, size=None, against_peers=None, peers_median=math.nan,
               interval=None, basis=None)  # fmt: skip
    made = quality_by_gender(ALL, AREAS["grundskola"], [half], ())
    assert "Inget mått har värden för både flickor och pojkar" in made.finding
    assert made.table is not None
    assert "sekretess" in made.table.to_html(id_prefix="x")
    assert " nan" not in made.to_text()


def test_no_values_by_gender_is_said_in_words():
    none = gap(women=math.nan, men=math.nan)
    for items in ([], [none]):
        made = quality_by_gender(ALL, AREAS["grundskola"], items, ())
        assert "Kan inte visas" in made.to_text()
        assert "flickor" in made.to_text()


@pytest.mark.parametrize(
    ("own", "peers", "size", "words"),
    [
        (10.0, 4.0, Classified(Size.SOMEWHAT, 1), "något större"),
        (-10.0, -4.0, Classified(Size.CLEARLY, -1), "tydligt större"),
        (-1.0, -4.0, Classified(Size.SOMEWHAT, 1), "något mindre"),
        (3.0, -4.0, Classified(Size.CLEARLY, 1), "tydligt annorlunda, åt andra hållet"),
        (3.0, 4.0, Classified(Size.ABOUT_EQUAL, 0), "ungefär lika stor"),
        (3.0, 4.0, None, "går inte att bedöma"),
    ],
)
def test_the_difference_against_the_peers_is_larger_smaller_or_the_other_way(
    own: float, peers: float, size: Classified | None, words: str
):
    assert gap_words(gap(women=50 + own, men=50, peers_median=peers, against_peers=size)) == words


def test_questions_to_guardians_say_whose_gender_is_unknown():
    note = "I frågor till vårdnadshavare säger Kolada inte om könet är barnets."
    asked = [kpi(name, f"Nöjda {name}").model_copy(update={"gender_note": note}) for name in ("Q8", "Q9")]
    made = quality_by_gender(context(*asked), AREAS["barn-och-unga"], [gap(item) for item in asked], ())
    assert made.notes.count(note) == 1
    assert note not in quality_by_gender(ALL, AREAS["barn-och-unga"], [gap()], ()).notes
