"""The problem statement: prefilled from numbers, completed by the municipality's own text."""

from __future__ import annotations

from typing import Any

import pytest

from effektiv.analysis.panels import RunEnd, Since
from effektiv.analysis.sizes import Size
from effektiv.analysis.uncertainty import ShareOfYears
from effektiv.exhibits.context import Context
from effektiv.steps.s1_nulagesanalys.problem_statement import MOST_NAMED, OwnText
from effektiv.steps.s1_nulagesanalys.summary import AreaFacts
from effektiv.types import Direction
from tests.steps.s1_nulagesanalys.shows import problem_statement
from tests.steps.s1_nulagesanalys.written_samples import (
    NAN,
    NOTHING,
    area_facts,
    comparison,
    context,
    cost_gap,
    plain,
    quality_gap,
)

QUALITY = OwnText(Direction.QUALITY, direction_is_own=False)
RESOURCE = OwnText(Direction.RESOURCE, direction_is_own=False)
HEADINGS = ("Vad", "Hur stort", "Jämfört med vem", "Sedan när", "För vem", "Mål", "Avgränsning")


def written(facts: AreaFacts | None = None, own: OwnText = QUALITY, ctx: Context | None = None) -> str:
    return plain(problem_statement(ctx or context(), facts or area_facts(), own, ()))


def section(text: str, heading: str) -> str:
    return text.split(f"\n{heading}\n")[1].split("\n\n", maxsplit=1)[0]


def test_every_question_is_answered_in_order() -> None:
    text = written()
    places = [text.index(f"\n{heading}\n") for heading in HEADINGS]
    assert places == sorted(places)
    assert "Problemformulering: skola i Lillby" in text
    assert "\nBeslut och kontakt\n" not in text


def test_the_direction_is_the_municipality_s_own_or_the_usual() -> None:
    assert "I skolan är den vanliga inriktningen att höja kvaliteten utan att kostnaden ökar." in written()
    own = OwnText(Direction.RESOURCE, direction_is_own=True)
    assert "Lillby vill sänka kostnaden utan att kvaliteten försämras i skolan." in written(own=own)


@pytest.mark.parametrize(
    ("changes", "own", "expected"),
    [
        ({}, QUALITY, "Siffrorna visar att ”Nöjda elever” är lägre än i gruppen."),
        ({"headline": quality_gap(1.5, size=Size.SOMEWHAT)}, QUALITY,
         "Siffrorna tyder på att ”Nöjda elever” är lägre än i gruppen, men"),
        ({"headline": quality_gap(-6.0)}, QUALITY, "Siffrorna visar inte att ”Nöjda elever” är lägre än i gruppen."),
        ({"headline": None}, QUALITY, "Om ”Nöjda elever” är lägre än i gruppen går inte att bedöma."),
        ({}, RESOURCE, "Siffrorna visar att ”Nettokostnadsavvikelse” är högre än i gruppen. "
                       "Siffrorna visar att ”Kostnad per elev” är högre än i gruppen."),
        ({"deviation": comparison(1.0, 2.0)}, RESOURCE,
         "Siffrorna visar inte att ”Nettokostnadsavvikelse” är högre än i gruppen."),
        ({"deviation": None, "unit_cost": None}, RESOURCE, "Om kostnaden är högre än i gruppen går inte att bedöma."),
    ],
)  # fmt: skip
def test_the_numbers_support_the_direction_or_not(
    changes: dict[str, Any], own: OwnText, expected: str
) -> None:
    assert expected in section(written(area_facts(**changes), own), "Vad")


def test_how_large_gives_kronor_and_quality_with_their_uncertainty() -> None:
    text = section(written(), "Hur stort")
    assert "4,0 miljoner kronor dyrare än medianen för de liknande kommunerna 2025" in text
    assert "Lillby 1,0–9,0 miljoner kronor dyrare" in text
    assert (
        "I kvalitet: ”Nöjda elever” är 6,0 procentenheter från gruppens median 2025, ungefär 3 personer."
        in text
    )
    assert "Osäkerheten är plus eller minus 2,0 procentenheter." in text
    better = section(written(area_facts(headline=quality_gap(-6.0))), "Hur stort")
    assert "I kvalitet finns inget gap: ”Nöjda elever” når gruppens median 2025." in better
    unknown = section(written(area_facts(headline=quality_gap(6.0, noise=NAN))), "Hur stort")
    assert "plus eller minus" not in unknown


def test_small_groups_are_named_and_large_ones_described() -> None:
    assert (
        "Lillby jämförs med liknande kommuner: Storby, Norrby och Söderby. Gruppen är påhittad." in written()
    )
    codes = tuple(f"1{place:03}" for place in range(MOST_NAMED + 1))
    ctx = context()
    peers = type(ctx.peers)(codes, "alla kommuner", "alla kommuner", "Gruppen är alla.")
    names = {**ctx.names, **{code: f"By {code}" for code in codes}}
    large = Context("0001", names, peers, ctx.kpis, 2025, None)
    assert (
        section(written(ctx=large), "Jämfört med vem") == "Lillby jämförs med alla kommuner. Gruppen är alla."
    )


def test_since_when_for_cost_and_quality() -> None:
    assert section(written(), "Sedan när") == (
        "”Nettokostnadsavvikelse” har varit högre än gruppens median sedan 2022. Det gäller två av de tre senaste åren. "
        "”Kostnad per elev” har varit högre än gruppens median sedan 2022. Det gäller två av de tre senaste åren. "
        "”Nöjda elever” har varit lägre än gruppens median sedan 2022. Det gäller två av de tre senaste åren."
    )


def test_a_single_year_is_not_a_long_time() -> None:
    one = comparison(5.0, 2.0, since=Since(2025, 2025, 1, 1, RunEnd.BREAK), held=ShareOfYears(1, 1, (2025,)))
    text = section(written(area_facts(deviation=one, unit_cost=None, headline=None)), "Sedan när")
    assert text == "”Nettokostnadsavvikelse” var högre än gruppens median 2025."


@pytest.mark.parametrize(
    ("changes", "own", "expected"),
    [
        ({}, QUALITY, "gruppens median: ”Nöjda elever” från 74,0 till 80,0 procent"),
        ({"headline": quality_gap(-6.0)}, QUALITY, "inget självklart mål: ”Nöjda elever” når redan gruppens median"),
        ({"headline": None}, QUALITY, "inget mål för kvaliteten: ”Nöjda elever” saknas"),
        ({}, RESOURCE, "Det motsvarar 4,0 miljoner kronor lägre kostnad per år"),
        ({"cost_gaps": (cost_gap(low=-1.0),)}, RESOURCE, "Gapet i kronor är inte säkert större än noll."),
        ({"cost_gaps": (cost_gap(year_low=-1.0),)}, RESOURCE, "Gapet i kronor är inte säkert större än noll."),
        ({"cost_gaps": (cost_gap(low=NAN, high=NAN),)}, RESOURCE, "Gapet i kronor är inte säkert större än noll."),
        ({"cost_gaps": (cost_gap(-4.0),)}, RESOURCE, "Lillby är inte dyrare än gruppens median"),
        ({"cost_gaps": ()}, RESOURCE, "kostnadsgapet kan inte räknas ut för Lillby"),
    ],
)  # fmt: skip
def test_a_goal_only_where_the_numbers_carry_one(
    changes: dict[str, Any], own: OwnText, expected: str
) -> None:
    assert expected in section(written(area_facts(**changes), own), "Mål")


def test_own_text_is_marked_and_stays_text() -> None:
    own = OwnText(
        Direction.QUALITY,
        direction_is_own=True,
        what="Första raden.\n\n<script>alert(1)</script>",
        for_whom="Alla **elever**",
        goal="=1+1",
        limits="<b>Inte</b> fritids",
        decision="KS 2026-03-01 §\u00a012.",
        record_number="KS 2026/17",
        contact="Eva Ek, controller",
    )
    exhibit = problem_statement(context(), area_facts(), own, ())
    html = exhibit.to_html()
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "&lt;b&gt;Inte&lt;/b&gt; fritids" in html
    assert html.count("Kommunens text: ") == 5
    text = plain(exhibit)
    assert "Beslut: KS 2026-03-01 § 12. Diarienummer: KS 2026/17. Kontakt: Eva Ek, controller." in text
    assert ".." not in text


def test_without_figures_every_section_still_says_something() -> None:
    for own in (QUALITY, RESOURCE):
        text = written(area_facts(**NOTHING), own)
        for heading in HEADINGS:
            assert len(section(text, heading)) > 20
        assert "”Elever” saknas för Lillby" in section(text, "För vem")
        assert "värden saknas" in section(text, "Sedan när")


def test_limits_name_what_is_not_claimed() -> None:
    text = section(written(), "Avgränsning")
    assert "säger inte vad skillnaderna beror på" in text
    assert "Första gränsen. Andra gränsen." in text
    assert "Tredje" not in text
