"""The five points of a focus area's first page, on hand-made numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from effektiv.analysis.sizes import Size
from effektiv.analysis.uncertainty import ShareOfYears, Spread
from effektiv.exhibits.exhibit import Source
from effektiv.exhibits.swedish import NBSP
from effektiv.steps.s1_nulagesanalys.summary import (
    Level,
    cost_point,
    efficiency_point,
    gap_point,
    one_line,
    quality_point,
    relative,
    role_model_point,
)
from tests.steps.s1_nulagesanalys.shows import summary
from tests.steps.s1_nulagesanalys.written_samples import (
    AREA,
    NAN,
    NOTHING,
    UNIT_COST,
    area_facts,
    comparison,
    context,
    cost_gap,
    efficiency,
    plain,
    quality_gap,
    role_models,
)


def text(found: str) -> str:
    return found.replace(NBSP, " ")


def test_five_points_with_a_finding() -> None:
    exhibit = summary(context(), area_facts(), ())
    shown = plain(exhibit)
    for place, label in enumerate(("Kostnad", "Kvalitet", "Effektivitet", "Gap", "Förebilder"), start=1):
        assert f"{place}. {label}. " in shown
    assert exhibit.source is Source.OWN
    assert text(exhibit.finding) == (
        "Hela skolan kostade 5,0 procent mer än referenskostnaden 2025. "
        "”Nöjda elever”: 74,0 procent 2025, tydligt lägre än medianen för de liknande kommunerna."
    )


def test_cost_names_level_group_years_and_the_area_s_own_unit_cost() -> None:
    assert text(cost_point(context(), area_facts())) == (
        "Hela skolan kostade 5,0 procent mer än referenskostnaden 2025. Det är tydligt högre än medianen i gruppen, "
        "+2,0 procent. Under 2023–2025 var avvikelsen mellan +4,0 och +5,0 procent. ”Kostnad per elev” var 108 000 "
        "kronor per elev 2025. Det är tydligt högre än medianen i gruppen, 100 000."
    )


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (-3.0, "kostade 3,0 procent mindre än referenskostnaden"),
        (0.04, "kostade lika mycket som referenskostnaden"),
    ],
)
def test_cost_below_and_at_the_reference(own: float, expected: str) -> None:
    facts = area_facts(deviation=comparison(own, 2.0))
    assert expected in text(cost_point(context(), facts))


def test_years_with_gaps_are_named_one_by_one() -> None:
    deviation = comparison(5.0, 2.0, spread=Spread(1.0, 5.0, 3.0, 2.8, (2023, 2025)))
    assert "Under 2023 och 2025 var avvikelsen mellan +1,0 och +5,0 procent." in text(
        cost_point(context(), area_facts(deviation=deviation))
    )
    alone = comparison(5.0, 2.0, spread=Spread(5.0, 5.0, 5.0, NAN, (2025,)))
    assert "Under" not in cost_point(context(), area_facts(deviation=alone))


def test_a_preliminary_year_is_marked() -> None:
    assert "referenskostnaden 2025 (prel.)" in cost_point(context(preliminary=2025), area_facts())


def test_quality_names_level_group_uncertainty_and_years() -> None:
    assert text(quality_point(context(), area_facts())) == (
        "”Nöjda elever” var 74,0 procent 2025. Det är tydligt lägre än medianen i gruppen, 80,0. Osäkerheten i "
        "skillnaden är plus eller minus 2,0 procentenheter. Värdet låg under medianen två av de tre senaste åren."
    )


def test_quality_without_known_noise_or_difference_says_less() -> None:
    same = quality_gap(0.0, size=Size.ABOUT_EQUAL, noise=NAN, held=ShareOfYears(0, 3, (2023, 2024, 2025)))
    found = text(quality_point(context(), area_facts(headline=same)))
    assert found.endswith("Det är ungefär lika högt som medianen i gruppen, 80,0.")


@pytest.mark.parametrize(
    ("worse_by", "size", "noise", "unsure"),
    [
        (6.0, Size.SOMEWHAT, 3.0, False),  # 1.96 · 3.0 = 5.88
        (6.0, Size.SOMEWHAT, 3.1, True),
        (-6.0, Size.SOMEWHAT, 3.1, True),
        (6.0, Size.ABOUT_EQUAL, 3.1, False),  # no difference is named
    ],
)
def test_a_quality_difference_within_its_uncertainty_is_not_sure(
    worse_by: float, size: Size, noise: float, *, unsure: bool
) -> None:
    found = quality_point(context(), area_facts(headline=quality_gap(worse_by, size=size, noise=noise)))
    assert ("Skillnaden är alltså inte säker." in found) is unsure


def test_efficiency_is_quality_over_relative_cost() -> None:
    found = text(efficiency_point(context(), area_facts()))
    # exp(-0.2), exp(-0.1) and exp(0.1) against Riket.
    assert found == (
        "Effektiviteten var 18 procent lägre än i riket 2025. Kvaliteten var 10 procent lägre än i riket. Kostnaden per "
        "enhet var 11 procent högre än i riket. Under 2023–2025 var effektiviteten mellan −26 och −18 procent mot riket. "
        "Måttet tar inte hänsyn till kommunens förutsättningar."
    )


def test_efficiency_like_riket_is_written_with_som() -> None:
    facts = area_facts(efficiency=efficiency(ln_e=0.003, ln_k=0.0, ln_unit_cost=-0.003, years=(2025,)))
    found = text(efficiency_point(context(), facts))
    assert "Effektiviteten var ungefär lika hög som i riket 2025." in found
    assert "hög än" not in found
    assert "Under" not in found


@pytest.mark.parametrize(("log_ratio", "expected"), [(0.0, 0.0), (0.1, 10.517), (-0.2, -18.127)])
def test_log_ratios_become_per_cent(log_ratio: float, expected: float) -> None:
    assert relative(log_ratio) == pytest.approx(expected, abs=1e-3)


def test_gap_names_what_it_covers_and_the_persons() -> None:
    found = text(gap_point(context(), area_facts()))
    assert found == (
        "”Kostnad per elev” är 4,0 miljoner kronor dyrare än medianen i gruppen 2025. Räknas medianens osäkerhet med är "
        "Lillby 1,0–9,0 miljoner kronor dyrare. I kvalitet motsvarar gapet ungefär 3 personer."
    )
    wide = cost_gap(kpi=area_facts().deviation_kpi)
    assert text(gap_point(context(), area_facts(cost_gaps=(wide,)))).startswith("Hela skolan är 4,0 miljoner")


@pytest.mark.parametrize("headline", [quality_gap(-1.0), quality_gap(0.01), None])
def test_no_persons_without_a_gap(headline: Any) -> None:
    assert "person" not in gap_point(context(), area_facts(headline=headline))


def test_persons_below_one_are_not_none() -> None:
    small = quality_gap(1.0, count=20.0)
    assert "mindre än en person" in gap_point(context(), area_facts(headline=small))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("0002", True, True)], "Storby har både bättre kvalitet och lägre kostnad i minst två av åren 2023–2025. "
                                 "Skillnaden är säker."),
        ([("0002", True, False)], "Ingen av skillnaderna är säker."),
        ([("0002", True, True), ("0003", True, False)], "Skillnaden är säker för Storby."),
        ([("0005", False, True)], "I landet finns en kommun som har det. Säker är skillnaden för en."),
        ([("0004", False, False), ("0005", False, False)],
         "I landet finns två kommuner som har det. Säker är skillnaden för ingen."),
        ([], "Ingen i gruppen har både bättre kvalitet och lägre kostnad i minst två av åren 2023–2025. "
             "Det har ingen annan kommun i landet heller."),
    ],
)  # fmt: skip
def test_role_models(rows: list[tuple[str, bool, bool]], expected: str) -> None:
    assert expected in text(role_model_point(context(), area_facts(role_models=role_models(*rows))))


def test_without_figures_every_point_says_what_is_missing() -> None:
    exhibit = summary(context(), area_facts(**NOTHING), ())
    shown = plain(exhibit)
    assert shown.count("Det går inte") + shown.count("går inte att") + shown.count("kan inte") >= 5
    assert "”Nöjda elever” saknas för " in shown
    assert exhibit.finding.startswith("Varken kostnad eller kvalitet")


def test_the_unit_cost_is_shown_where_the_deviation_is_missing() -> None:
    found = cost_point(context(), area_facts(deviation=None, deviation_level=None))
    assert "”Nettokostnadsavvikelse” saknas" in found
    assert "”Kostnad per elev” var" in found


def test_one_line_leaves_out_what_is_missing() -> None:
    assert "Nöjda" not in one_line(context(), area_facts(headline=None))
    assert "referenskostnaden" not in one_line(context(), area_facts(deviation=None, deviation_level=None))


def test_what_a_wider_deviation_covers_is_named() -> None:
    facts = replace(
        area_facts(), area=AREA.model_copy(update={"deviation_label": "Nettokostnadsavvikelse, hela IFO"})
    )
    assert cost_point(context(), facts).startswith("Hela IFO kostade")
    assert UNIT_COST.label in cost_point(context(), facts)


def test_own_values_are_told_where_the_group_has_too_few() -> None:
    facts = area_facts(
        deviation=None,
        deviation_level=Level(
            2025, -2.7, Spread(low=-3.0, high=-2.4, mean=-2.7, sd=0.3, years=(2023, 2024, 2025))
        ),
        unit_cost=None,
        headline=None,
        headline_level=Level(2025, 71.0, None),
    )
    cost, quality = text(cost_point(context(), facts)), text(quality_point(context(), facts))
    assert "2,7 procent mindre än referenskostnaden" in cost
    assert "Gruppen har för få värden att jämföra med." in cost
    assert "saknas" not in cost
    assert "71,0 procent 2025" in quality
    assert "Gruppen har för få värden att jämföra med." in quality
