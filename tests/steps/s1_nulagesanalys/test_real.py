"""Every area on the real country's values, where they are at hand."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from effektiv.data.catalogue import load_catalogue, source_kpis
from effektiv.data.importer import import_files
from effektiv.steps.opening import open_case
from effektiv.steps.s1_nulagesanalys.case import AreaCase
from tests.steps.shown import FOCUS_AREAS, called, faults, sentences, undrawn

VALUES = ("kolada-1994-2022/*.csv.gz", "kolada-derived/values.csv.gz")
METADATA = ("kpi_2026-03.csv.gz", "municipality_2026-03.csv", "municipality_groups_2026-03.csv.gz")


@pytest.fixture(scope="module")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a snapshot imported from those of the catalogue's figures that the extracts have."""
    folder = tmp_path_factory.mktemp("verkliga")
    files = [path for pattern in VALUES for path in sorted((shared / "data").glob(pattern))]
    if not files:
        pytest.skip("de verkliga utdragen ur Kolada finns inte här")
    wanted = source_kpis(load_catalogue())
    rows = pd.concat(pd.read_csv(path, dtype={"municipality_id": str}) for path in files)
    rows[rows["kpi"].isin(wanted) & (rows["year"] >= 2012)].to_csv(folder / "varden.csv", index=False)
    (folder / "metadata").mkdir()
    for name in METADATA:
        shutil.copy(shared / "data" / "kolada-metadata" / name, folder / "metadata")
    return import_files([folder / "varden.csv"], "verkliga", folder / "metadata", folder=folder / "data").path


@pytest.mark.parametrize("area", FOCUS_AREAS)
def test_a_notebook_s_exhibits_can_be_shown_of_a_real_municipality(area: str, real: Path) -> None:
    opened = open_case(area, kommun="Älvkarleby", data=real)
    with undrawn():
        for name in sorted(called(area)):
            assert faults(sentences(getattr(opened, name)())) == [], name


def test_preschool_has_its_published_figures(real: Path) -> None:
    """What Kolada gives for Älvkarleby in 2022, and the computed volume beside the published total."""
    opened = open_case("forskola", kommun="Älvkarleby", data=real)
    assert isinstance(opened, AreaCase)
    assert round(opened.own("N11032")[2022]) == 160_324
    assert opened.own("N11024")[2022] == pytest.approx(-3.0, abs=0.05)
    computed, published = opened.panel("E-BARN-KOMMUNAL")[2022], opened.panel("N11732")[2022]
    ratio = (computed / (published * opened.panel("N11711")[2022] / 100)).dropna()
    assert len(ratio) > 280
    assert ratio.quantile([0.05, 0.95]).between(0.97, 1.03).all()
