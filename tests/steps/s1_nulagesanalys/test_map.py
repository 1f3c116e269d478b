"""What the map's exhibit says, on a grid of made-up squares."""

from __future__ import annotations

import re
from typing import Any

import pytest

from effektiv.analysis.comparison import Comparison
from effektiv.analysis.sizes import Classified, Size
from effektiv.analysis.uncertainty import ShareOfYears
from effektiv.exhibits.context import Context, Peers
from effektiv.exhibits.exhibit import Source
from effektiv.exhibits.swedish import NBSP, Mark
from effektiv.steps.s1_nulagesanalys.map import Extent, Surroundings, no_map, surroundings_map
from effektiv.types import Better, Flag, Kpi, Role
from tests.exhibits.test_map import CODES, NAMES, NAN, PLACES, VALUES, spot, square, texts
from tests.steps.readability import lix

KPI = Kpi(
    id="DEV", title="Avvikelse", label="Avvikelse", unit="%", role=Role.RESOURCE, better=Better.LOWER,
    preliminary_until_final=True,
)  # fmt: skip


def context(**change: Any) -> Context:
    peers = Peers((CODES[3], "2799"), "liknande kommuner", "de liknande kommunerna", "Gruppen är Koladas.")
    values = {
        "municipality": CODES[0],
        "names": dict(zip([*CODES, "2799"], [*NAMES, "Fjärran"], strict=True)),
        "peers": peers,
        "kpis": {"DEV": KPI},
        "year": 2025,
        "preliminary_year": None,
    }
    return Context(**{**values, **change})


def comparison(**change: Any) -> Comparison:
    values = {
        "year": 2025, "own": 2.4, "median": 0.6, "median_interval": None, "low": -1.5, "high": 3.0, "n": 7,
        "riket": NAN, "difference": 1.8, "noise": 0.5, "size": Classified(Size.SOMEWHAT, 1), "spread": None,
        "held": ShareOfYears(3, 3, (2023, 2024, 2025)), "since": None,
    }  # fmt: skip
    return Comparison(**{**values, **change})


def seen(**change: Any) -> Surroundings:
    values = {
        "kpi": "DEV",
        "year": 2025,
        "values": dict(zip(CODES, VALUES, strict=True)),
        "marks": {CODES[6]: Mark.PRIVACY},
        "neighbours": tuple(CODES[1:5]),
        "shapes": {code: (square(place),) for code, place in zip(CODES, PLACES, strict=True)},
        "spots": {code: spot(place) for code, place in zip(CODES, PLACES, strict=True)},
        "somewhat": 1.2,
        "clearly": 3.0,
        "comparison": comparison(),
        "extent": Extent.COUNTY,
    }
    return Surroundings(**{**values, **change})


def said(text: str | None) -> str:
    return (text or "").replace(NBSP, " ")


FLAG = Flag(code="preliminary", text="Kostnader är preliminära.")
MADE = surroundings_map(context(), seen(), (FLAG,))


def test_the_finding_tells_level_median_years_and_neighbours() -> None:
    assert said(MADE.finding) == (
        "Nettokostnadsavvikelsen för Mitt var +2,4 procent 2025. Det är något högre än medianen för sju andra kommuner "
        "på kartan (+0,6 %). Alla de tre senaste åren låg den över medianen. De fyra grannkommunerna låg mellan −1,5 och "
        "+5,0 procent, och Mitt låg inom det spannet."
    )
    assert MADE.source is Source.OWN and MADE.flags == (FLAG,)
    assert lix(MADE.finding) <= 45


@pytest.mark.parametrize(("own", "where"), [(5.2, "över"), (-9.0, "under"), (-1.5, "inom")])
def test_the_finding_says_whether_it_stands_out_among_the_neighbours(own: float, where: str) -> None:
    made = surroundings_map(context(), seen(values={**seen().values, CODES[0]: own}), ())
    assert f"Mitt låg {where} det spannet" in made.finding


def test_no_side_of_the_median_is_claimed_when_it_is_about_equal_or_unknown() -> None:
    for size, words in (
        (Classified(Size.ABOUT_EQUAL, 0), "Det är ungefär lika högt som medianen"),
        (None, "Det är inte säkert jämförbart med medianen"),
    ):
        made = surroundings_map(context(), seen(comparison=comparison(size=size)), ())
        assert words in made.finding
        assert "senaste" not in made.finding


def test_an_own_value_that_is_missing_is_said_and_the_others_are_shown() -> None:
    values = {**seen().values, CODES[0]: NAN}
    made = surroundings_map(
        context(), seen(values=values, marks={**seen().marks, CODES[0]: Mark.MISSING}, comparison=None), ()
    )
    assert said(made.finding) == (
        "Nettokostnadsavvikelsen saknas för Mitt 2025. De fyra grannkommunerna låg mellan −1,5 och +5,0 procent."
    )
    assert "Mitt saknar uppgift." in said(made.alt)


def test_one_neighbour_or_none_with_a_value() -> None:
    one = surroundings_map(context(), seen(neighbours=(CODES[1],)), ())
    assert "Grannkommunen Norr hade +5,0 procent." in said(one.finding)
    none = surroundings_map(context(), seen(neighbours=(), extent=Extent.MORE), ())
    assert "grann" not in none.finding.lower() and "Grannkommuner" not in said(none.alt)
    assert "för få grannar" in none.notes
    some = surroundings_map(context(), seen(neighbours=(CODES[1], CODES[3], CODES[6])), ())
    assert "Två grannkommuner låg mellan −0,3 och +5,0 procent" in said(some.finding)


def test_the_alternative_text_tells_the_same_as_the_map() -> None:
    assert said(MADE.alt) == (
        "Karta över Mitt och åtta omgivande kommuner, 2025. Mitt +2,4 %, något dyrare än referenskostnaden. "
        "Grannkommuner: Norr +5,0 %, Öst +1,2 %, Syd −0,3 % och Väst −1,5 %. De andra på kartan, mot "
        "referenskostnaden: tydligt dyrare 2, något dyrare 1, ungefär lika dyr 2, något billigare 1, tydligt "
        "billigare 1 och utan uppgift 1."
    )


def test_classes_in_the_key_are_those_of_the_values() -> None:
    figure = MADE.figure
    assert figure is not None
    found = [said(text) for text in texts(figure.wide)]
    for row in (
        "Tydligt dyrare: minst +3,0 %",
        "Något dyrare: +1,2 till +3,0 %",
        "Ungefär lika dyr: −1,2 till +1,2 %",
        "Något billigare: −3,0 till −1,2 %",
        "Tydligt billigare: högst −3,0 %",
    ):
        assert row in found
    # At a limit the stronger word is used, as in `classify`; a number and its tone agree as written.
    tones = {code: seen().tone(code) for code in CODES}
    assert tones == dict(zip(CODES, [1, 2, 1, 0, -1, -2, None, 0, 2], strict=True))
    assert seen(values={**seen().values, CODES[0]: 1.16}).tone(CODES[0]) == 1  # written +1,2


def test_nothing_is_called_clear_when_the_noise_is_unknown() -> None:
    made = surroundings_map(context(), seen(clearly=float("inf")), ())
    assert made.figure is not None
    found = " ".join(texts(made.figure.wide))
    assert "Tydligt" not in found and "inf" not in found
    assert "Något dyrare: minst +1,2 %" in said(found)


def test_the_table_has_the_own_first_then_neighbours_then_the_others() -> None:
    table = MADE.table
    assert table is not None
    assert [row[0] for row in table.rows] == ["Mitt", "Norr", "Syd", "Väst", "Öst", "Zon", "Ås", "Älv", "Ö"]
    assert [row[1] for row in table.rows] == ["", *["granne"] * 4, *[""] * 4]
    assert [row[2] for row in table.rows].count("ja") == 1
    assert table.rows[0][3:] == (2.4, "något dyrare")
    assert table.marks == {(7, "avvikelse"): Mark.PRIVACY}
    assert table.own_rows == {0}


def test_peers_are_marked_only_when_they_are_few_enough_to_stand_out() -> None:
    assert "Fyrkant: liknande kommuner." in MADE.how_to_read
    assert "hör en till de liknande kommunerna" in MADE.notes
    county = Peers(tuple(CODES[1:]), "kommuner i samma län", "kommunerna i samma län", "")
    made = surroundings_map(context(peers=county), seen(), ())
    assert "Fyrkant" not in made.how_to_read
    assert "Av de åtta andra kommunerna hör åtta till kommunerna i samma län." in made.notes
    far = Peers(("2799",), "liknande kommuner", "de liknande kommunerna", "")
    assert "Ingen av de liknande kommunerna" in surroundings_map(context(peers=far), seen(), ()).notes


def test_a_preliminary_year_is_said_and_no_cause_is_claimed() -> None:
    made = surroundings_map(context(preliminary_year=2025), seen(), ())
    assert "2025 (prel.)" in made.finding and "2025 (prel.)" in said(made.alt)
    text = made.to_text().lower()
    assert not re.search(r"beror på att|orsak|därför att|\bplats \d|bäst|sämst", text)
    assert "kartan visar inte vad en likhet eller skillnad beror på" in text


def test_without_a_map_one_sentence_says_why() -> None:
    made = no_map("Exempeldatans kommuner är påhittade.")
    assert made.figure is None and made.table is None and made.flags == ()
    assert made.to_html().count("<p") == 2  # the sentence and the source
