"""What a cost for a unit is made of: Kolada's parts, Skolverket's where those are missing, and both."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from effektiv import open_case
from effektiv.data.importer import import_files
from effektiv.exhibits.exhibit import Exhibit, Paragraph, Source
from effektiv.steps.s1_nulagesanalys.case import AreaCase
from effektiv.steps.s1_nulagesanalys.pool import KINDS

UNCLEAR = "går inte att skilja från noll"


def shown(area: str, kommun: str, data: str = "exempel") -> tuple[AreaCase, Exhibit]:
    case = open_case(area, kommun=kommun, data=data)
    assert isinstance(case, AreaCase)
    choice = next(item for item in case.area.findings if item.kind == "split")
    exhibit = KINDS["split"](case.area_view, choice)
    assert exhibit is not None
    return case, exhibit


def text(exhibit: Exhibit) -> str:
    return " ".join(block.text if isinstance(block, Paragraph) else block for block in exhibit.blocks)  # type: ignore[misc]


@pytest.mark.parametrize(("area", "parts"), [("grundskola", 6), ("forskola", 2)])
def test_each_part_stands_beside_the_middle_of_the_group(area: str, parts: int) -> None:
    case, exhibit = shown(area, "Exempelby")
    assert exhibit.table is not None and exhibit.figure is not None
    assert len(exhibit.table.rows) == parts + 1 and exhibit.source is Source.OWN
    assert exhibit.kpis == next(item.kpis for item in case.area.findings if item.kind == "split")
    own = case.judge(exhibit.kpis[1])
    assert own is not None
    row = exhibit.table.rows[1]
    assert row[1:4] == (own.kpi.id, own.found.own, own.found.comparator)
    assert row[5] == pytest.approx(own.found.own - own.found.comparator)
    assert len(text(exhibit).split()) <= 60 and "I riket var det" in text(exhibit)


@pytest.mark.parametrize(
    ("kommun", "title"),
    [
        ("Exempelby", "Ingen del av kostnaden per elev i kommunens egna skolor går att skilja från gruppens mitt"),
        ("Kornnäs", "Kostnaden för undervisning är troligen "),
        ("Åkulla", "Kostnaden för undervisning är "),
    ],
)  # fmt: skip
def test_the_title_names_the_largest_difference_that_can_be_told(kommun: str, title: str) -> None:
    _, exhibit = shown("grundskola", kommun)
    assert exhibit.table is not None and exhibit.title.startswith(title)
    told = [row for row in exhibit.table.rows[1:] if row[6] != UNCLEAR]
    if not told:
        assert kommun == "Exempelby"
        return
    largest = max(told, key=lambda row: abs(float(row[5] or 0)))
    assert largest[0] == "Undervisning"
    assert ("troligen" in exhibit.title) == (largest[6] == "trolig")
    assert ("högre" in exhibit.title) == (float(largest[5] or 0) > 0)
    assert "delar går inte att skilja" in text(exhibit) or len(told) == 6


@pytest.fixture
def real(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots of Skolverket's tables alone, and with Kolada's cost for a pupil beside them."""
    monkeypatch.setenv("EFFEKTIV_DATA", str(tmp_path / "data"))
    folder = shared / "data"
    tables, metadata = (
        folder / "skolverket-kommun-2016-2022" / "kostnader*.csv.gz",
        folder / "kolada-metadata",
    )
    kolada = pd.read_csv(
        folder / "kolada-1994-2022" / "values_catalogue.csv.gz", dtype={"municipality_id": str}
    )
    kolada[kolada["kpi"] == "N15008"].to_csv(tmp_path / "kolada.csv", index=False)
    import_files([tables], "skolverket", metadata)
    import_files([tables, tmp_path / "kolada.csv"], "bada", metadata)


@pytest.mark.usefixtures("real")
def test_skolverkets_parts_stand_in_and_the_source_says_so() -> None:
    _, alone = shown("grundskola", "Göteborg", "skolverket")
    assert alone.title == "Kostnaden för undervisning är 11\u00a0000\u00a0kronor högre än i gruppens mitt"
    assert alone.source_line.startswith("Källa: Skolverket (S-KOSTNAD, S-UNDERVISNING")
    assert "gruppens mitt och skillnaderna är beräknade ur dem" in alone.notes
    assert alone.table is not None and alone.table.rows[1][1:3] == ("S-UNDERVISNING", 78500.0)
    _, both = shown("grundskola", "Göteborg", "bada")
    assert both.source_line.startswith("Egen bearbetning, beräknat ur N15008, S-UNDERVISNING")
    assert both.notes.startswith("Siffrorna för S-UNDERVISNING, ")
    assert len(text(both).split()) <= 60
