"""The state of the figures, and what they cannot answer."""

from __future__ import annotations

from typing import Any

import pandas as pd

from effektiv.analysis.data_quality import data_quality
from effektiv.exhibits.context import Context, Peers
from effektiv.exhibits.evidence import data_quality as show
from effektiv.exhibits.evidence import limits
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.swedish import NBSP
from effektiv.types import Better, Break, Formula, Kpi, Role
from tests.steps.shown import plain

NAN = float("nan")
GROUP = Peers(("0002", "0003"), "liknande kommuner", "de liknande kommunerna", "Gruppen är påhittad.")
NAMES = {"0000": "Riket", "0001": "Lillby", "0002": "Storby", "0003": "Norrby"}
YEARS = range(2020, 2026)


def kpi(ident: str, label: str, **more: Any) -> Kpi:
    fields: dict[str, Any] = {"unit": "%", "role": Role.QUALITY, "better": Better.HIGHER}
    return Kpi(id=ident, title=label, label=label, **(fields | more))


def context(chosen: list[Kpi] | None = None) -> Context:
    return Context("0001", NAMES, GROUP, {item.id: item for item in chosen or []}, 2025, 2025)


def panel(own: list[float]) -> pd.DataFrame:
    return pd.DataFrame([own, [1.0] * 6, [1.0] * 6], index=["0001", "0002", "0003"], columns=list(YEARS))


KPIS = [
    kpi("A", "Nöjda"),
    kpi("B", "Trygga", denominator="NB", min_denominator=15, breaks=(Break(year=2023, reason="Ny fråga."),)),
    kpi("C", "Kostnad", unit="kr/elev", decimals=0, preliminary_until_final=True),
    kpi("D", "Gammal", valid_to=2022),
    kpi("E", "Dold"),
    kpi("F", "Aldrig"),
    kpi("G", "Beräknad", formula=Formula(powers={"A": 1})),
    kpi("H", "Släpar"),
]
PANELS = {
    "A": panel([1.0] * 6),
    "B": panel([1.0] * 6),
    "NB": panel([9.0] * 6),
    "C": panel([12_345.6] * 6),
    "D": panel([1.0] * 3 + [NAN] * 3),
    "E": panel([1.0] * 5 + [NAN]),
    "F": pd.DataFrame(),
    "G": panel([NAN] * 6),
    "H": panel([1.0] * 5 + [NAN]),
}


def exhibit(chosen: list[Kpi]) -> Exhibit:
    status = pd.DataFrame("", index=PANELS["E"].index, columns=PANELS["E"].columns)
    status.loc["0001", 2025] = "Privacy"
    facts = data_quality(chosen, PANELS, {"E": status}, "0001", preliminary_year=2025)
    return show(context(chosen), facts)


def rows(shown: Exhibit) -> dict[str, dict[str, Any]]:
    assert shown.table is not None
    keys = [column.key for column in shown.table.columns]
    return {str(row[1]): dict(zip(keys, row, strict=True)) for row in shown.table.rows}


def test_each_figure_has_its_year_value_gaps_and_marks() -> None:
    found = rows(exhibit(KPIS))
    marks = {ident: row["marken"] for ident, row in found.items()}
    assert marks == {
        "A": "inga anmärkningar",
        "B": "brott i serien 2023, små tal (omkring 9 personer)",
        "C": "preliminärt",
        "D": "avslutad efter 2022",
        "E": "saknas senaste året, sekretess",
        "F": "saknas helt",
        "G": "saknas helt, beräknat här",
        "H": "saknas senaste året",
    }
    assert (found["A"]["ar"], found["D"]["ar"], found["E"]["ar"], found["F"]["ar"]) == (
        2025,
        2022,
        2024,
        None,
    )
    assert str(found["C"]["varde"]).replace(NBSP, " ") == "12 346 kr/elev"
    assert found["H"]["luckor"] == "1 av 6"
    assert found["F"]["luckor"] == "inte i datauttaget"


def test_the_finding_counts_in_words() -> None:
    assert exhibit(KPIS).finding == (
        "Rapporten använder 8 nyckeltal. Två av dem saknar värde för Lillby. Ett av dem bygger på få personer."
    )
    assert exhibit(KPIS[:1]).finding == "Rapporten använder 1 nyckeltal. Alla har minst ett värde för Lillby."


def test_no_figures_at_all() -> None:
    facts = data_quality([], {}, {}, "0001")
    assert "Området har inga nyckeltal i katalogen." in plain(show(context(), facts))


def test_limits_list_what_is_missing_once_and_in_quotes() -> None:
    text = plain(
        limits(context(), ("En gräns.",), (), {"A": "”Betyg, åk 9”", "B": "”Trygga”", "C": "”Trygga”"})
    )
    assert "- En gräns." in text
    assert "för värden saknas: ”Betyg, åk 9” och ”Trygga”." in text
    assert "har inte lagt till något eget underlag" in text


def test_own_evidence_stays_text() -> None:
    shown = limits(context(), ("En gräns.",), (("Enkät <b>2025</b>", "9 av 10 & fler är trygga"),), {})
    html = shown.to_html()
    assert "<strong>Enkät &lt;b&gt;2025&lt;/b&gt;: </strong>9 av 10 &amp; fler är trygga" in html
    assert "saknas" not in plain(shown)
    assert "har inte lagt till" not in plain(shown)
