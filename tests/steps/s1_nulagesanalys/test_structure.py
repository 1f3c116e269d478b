"""Actual against predicted, on hand-made predictions."""

from __future__ import annotations

import pytest

from effektiv.exhibits.context import Context, Peers
from effektiv.exhibits.exhibit import Exhibit
from effektiv.steps.s1_nulagesanalys.structure import Expected, StructureView
from effektiv.types import Better, Kpi, Role
from tests.steps.s1_nulagesanalys.shows import structure

COST = Kpi(id="C", title="Kostnad", label="Kostnad per elev", unit="kr/elev", role=Role.RESOURCE,
           better=Better.LOWER, decimals=0, preliminary_until_final=True)  # fmt: skip
QUALITY = Kpi(id="Q", title="Merit", label="Meritvärde, åk 9", unit="poäng", role=Role.QUALITY)
TOWN = Kpi(id="S1", title="Tätort", label="Bor i tätort", unit="%", role=Role.STRUCTURE)
POOR = Kpi(id="S2", title="Standard", label="Låg ekonomisk standard", unit="%", role=Role.STRUCTURE)

COST_NOW = Expected(COST, (2025,), 110_000.0, 100_000.0, 80_000.0, 125_000.0, 78.4, 285)
COST_MEAN = Expected(COST, (2023, 2024, 2025), 130_000.0, 100_000.0, 82_000.0, 122_000.0, 70.0, 280)
QUALITY_NOW = Expected(QUALITY, (2025,), 180.0, 200.0, 170.0, 230.0, 55.5, 270)


def context(preliminary: int | None = None) -> Context:
    peers = Peers(("0320",), "liknande kommuner", "de liknande kommunerna", "")
    kpis = {item.id: item for item in (COST, QUALITY, TOWN, POOR)}
    return Context("0319", {"0319": "Exempelby"}, peers, kpis, 2025, preliminary)


def show(
    *expected: Expected, left_out: dict[str, str] | None = None, preliminary: int | None = None
) -> Exhibit:
    view = StructureView(expected=expected, structure=(TOWN,), left_out=left_out or {})
    return structure(context(preliminary), view, ())


def test_the_distance_from_the_model_is_told_with_its_interval() -> None:
    found = show(COST_NOW, preliminary=2025)
    assert found.finding == (
        "År 2025 (prel.) var ”Kostnad per elev” i Exempelby 10,0 procent högre än modellen väntar sig, inom modellens "
        "spann (mellan −20,0 och +25,0)."
    )


def test_the_mean_of_years_stands_beside_the_latest_year() -> None:
    finding = show(COST_NOW, COST_MEAN).finding
    assert finding.endswith(
        "I medel 2023–2025 är skillnaden +30,0 procent, utanför modellens spann (mellan −18,0 och +22,0)."
    )


def test_what_the_models_leave_unexplained_is_printed() -> None:
    text = show(COST_NOW, COST_MEAN, QUALITY_NOW).to_text()
    assert (
        "78 procent av skillnaderna mellan kommuner i ”Kostnad per elev” förklaras inte av modellen, och 56 procent "
        "av skillnaderna i ”Meritvärde, åk 9”." in text
    )
    assert "270–285 kommuner" in text


def test_quality_has_its_own_sentence() -> None:
    assert "”Meritvärde, åk 9” i Exempelby 10,0 procent lägre" in str(show(COST_NOW, QUALITY_NOW).blocks[0])


def test_the_table_holds_outcome_prediction_and_interval_in_the_figures_unit() -> None:
    table = show(COST_NOW, QUALITY_NOW).to_json()["table"]
    assert table is not None
    assert table["rows"][0] == [
        "Kostnad per elev", "2025", "kr/elev", 110_000.0, 100_000.0, 80_000.0, 125_000.0, pytest.approx(10.0), 78.4,
    ]  # fmt: skip
    assert table["row_decimals"] == [0, 1]


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("absent", "saknas i frysningen"),
        ("constant", "är lika i alla kommuner"),
        ("collinear", "följer de andra så nära att det inte tillför något"),
    ],
)
def test_structure_figures_that_are_left_out_say_why(reason: str, words: str) -> None:
    text = show(COST_NOW, left_out={"S2": reason}).to_text()
    assert "- Bor i tätort (%)" in text
    assert f"- Låg ekonomisk standard ingår inte: det {words}." in text


def test_no_cause_is_claimed() -> None:
    text = show(COST_NOW).to_text()
    assert "inte ett mått på effektivitet" in text
    assert "beror på" not in text


def test_the_figure_has_an_alternative_with_its_numbers() -> None:
    found = show(COST_NOW)
    assert found.alt is not None
    assert "10,0 procent högre" in found.alt
    assert "förklaras inte av modellen" in found.alt


def test_without_a_model_the_exhibit_names_what_is_missing() -> None:
    view = StructureView(expected=(), structure=(), left_out={}, lacking=(COST, POOR))
    assert (
        "saknar ”Kostnad per elev” och ”Låg ekonomisk standard” för Exempelby"
        in structure(context(), view, ()).to_text()
    )
    empty = StructureView(expected=(), structure=(), left_out={})
    found = structure(context(), empty, ())
    assert found.figure is None
    assert "för Exempelby själv" in found.to_text()
