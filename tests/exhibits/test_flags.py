"""Data-quality facts become the right flags, in sentences that hold together."""

from __future__ import annotations

from typing import Any

import pandas as pd

from effektiv.analysis.data_quality import data_quality
from effektiv.exhibits.flags import flags
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.swedish import NBSP
from effektiv.types import Better, Break, Formula, Kpi, Role

YEARS = range(2020, 2026)
NAN = float("nan")


def kpi(ident: str, label: str, **more: Any) -> Kpi:
    fields: dict[str, Any] = {"unit": "%", "role": Role.QUALITY, "better": Better.HIGHER}
    return Kpi(id=ident, title=label, label=label, **(fields | more))


def panel(own: list[float]) -> pd.DataFrame:
    others = [[1.0] * len(YEARS)] * 3
    return pd.DataFrame([own, *others], index=["0001", "0002", "0003", "0004"], columns=list(YEARS))


def found(
    kpis: list[Kpi], panels: dict[str, pd.DataFrame], statuses: dict[str, pd.DataFrame] | None = None
) -> list[tuple[str, str]]:
    facts = data_quality(kpis, panels, statuses or {}, "0001", preliminary_year=2025)
    result = flags(facts, {item.id: item for item in kpis}, 2025)
    return [(flag.code, flag.text.replace(NBSP, " ")) for flag in result]


WHOLE = panel([1.0] * 6)


def test_a_sound_figure_has_no_flag() -> None:
    assert found([kpi("A", "Nöjda")], {"A": WHOLE}) == []


def test_missing_for_good_and_missing_lately_are_told_apart() -> None:
    lately, never = panel([1.0] * 5 + [NAN]), panel([NAN] * 6)
    texts = found([kpi("A", "Nöjda"), kpi("B", "Trygga")], {"A": lately, "B": never})
    assert texts == [
        (
            "missing",
            "Värden saknas helt för ”Trygga”. Senaste årets värde saknas för ”Nöjda”; äldre värden visas där de finns.",
        )
    ]


def test_a_figure_that_the_snapshot_lacks_is_missing() -> None:
    assert found([kpi("A", "Nöjda")], {"A": pd.DataFrame()}) == [
        ("missing", "Värden saknas helt för ”Nöjda”.")
    ]


def test_suppressed_is_not_also_missing() -> None:
    hidden = panel([1.0] * 5 + [NAN])
    status = pd.DataFrame("", index=hidden.index, columns=hidden.columns)
    status.loc["0001", 2025] = "Privacy"
    assert found([kpi("A", "Nöjda")], {"A": hidden}, {"A": status}) == [
        ("suppressed", "Senaste värdet är dolt för ”Nöjda”: för få personer ligger bakom.")
    ]


def test_an_ended_series_is_not_also_missing() -> None:
    ended = panel([1.0] * 3 + [NAN] * 3)
    assert found([kpi("A", "Nöjda", valid_to=2022)], {"A": ended}) == [
        ("ended", "”Nöjda” publiceras inte efter 2022.")
    ]


def test_small_numbers_name_the_fewest_persons() -> None:
    counts = panel([12.0] * 6), panel([4.0] * 6)
    kpis = [
        kpi("A", "Nöjda", denominator="NA", min_denominator=15),
        kpi("B", "Trygga", denominator="NB", min_denominator=15),
        kpi("C", "Kunniga", denominator="NA", min_denominator=10),
    ]
    panels = {"A": WHOLE, "B": WHOLE, "C": WHOLE, "NA": counts[0], "NB": counts[1]}
    assert found(kpis, panels) == [
        (
            "small",
            "Få personer ligger bakom ”Nöjda” och ”Trygga”, som minst omkring 4. Slumpen kan då ändra värdena mycket.",
        )
    ]


def test_preliminary_only_for_figures_published_twice_and_shown_for_that_year() -> None:
    twice = {"preliminary_until_final": True}
    kpis = [kpi("A", "Kostnad", **twice), kpi("B", "Nöjda"), kpi("C", "Annan kostnad", **twice)]
    texts = found(kpis, {"A": WHOLE, "B": WHOLE, "C": panel([1.0] * 5 + [NAN])})
    assert ("preliminary", "2025 års värden är preliminära för ”Kostnad”.") in texts
    assert [code for code, _ in texts].count("preliminary") == 1


def test_a_break_that_two_figures_share_is_told_once() -> None:
    shared = {"breaks": (Break(year=2023, reason="Ny fråga."),)}
    texts = found([kpi("A", "Nöjda", **shared), kpi("B", "Trygga", **shared)], {"A": WHOLE, "B": WHOLE})
    assert texts == [("break", "2023: Ny fråga.")]


def test_only_the_latest_break_of_a_figure_is_told() -> None:
    breaks = (Break(year=2021, reason="Gammal."), Break(year=2024, reason="Ny."))
    assert found([kpi("A", "Nöjda", breaks=breaks)], {"A": WHOLE}) == [("break", "2024: Ny.")]


def test_computed_here() -> None:
    formula = Formula(powers={"A": 1})
    texts = found([kpi("E-1", "Kostnad per barn", formula=formula)], {"E-1": WHOLE})
    assert texts == [("own", "Värden för ”Kostnad per barn” är beräknade här ur andra nyckeltal.")]


def test_many_figures_are_counted() -> None:
    kpis = [kpi(f"A{place}", f"Mått {place}") for place in range(5)]
    assert found(kpis, {}) == [("missing", "Värden saknas helt för 5 nyckeltal.")]


def test_figures_with_one_label_are_named_once() -> None:
    kpis = [kpi("A", "Nettokostnad"), kpi("B", "Nettokostnad")]
    assert found(kpis, {}) == [("missing", "Värden saknas helt för ”Nettokostnad”.")]


def test_nothing_to_show_is_an_exhibit_with_its_reason() -> None:
    exhibit = nothing("gap", "Gapet", "Frysningen saknar kostnaden.")
    assert (exhibit.id, exhibit.title, exhibit.figure, exhibit.table) == ("gap", "Gapet", None, None)
    assert "Kan inte visas. Frysningen saknar kostnaden." in exhibit.to_html()
    # The reason stands once, in the text; the flag is for the index and the workbook.
    assert [(flag.code, flag.text) for flag in exhibit.flags] == [
        ("missing", "Underlaget finns inte i datauttaget.")
    ]
