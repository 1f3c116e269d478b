"""The real country, where its values are at hand: imported once a run, cut at a year as it could be known then."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from effektiv.data.catalogue import load_catalogue, source_kpis
from effektiv.data.importer import import_files

VALUES = ("kolada-1994-2022/values_*.csv.gz", "kolada-derived/values.csv.gz")
METADATA = ("kpi_2026-03.csv.gz", "municipality_2026-03.csv", "municipality_groups_2026-03.csv.gz")
FIRST_YEAR = 2010


@pytest.fixture(scope="session")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Return what makes a snapshot of those of the catalogue's figures that the extracts have, up to a year."""
    files = [path for pattern in VALUES for path in sorted((shared / "data").glob(pattern))]
    if not files:
        pytest.skip("de verkliga utdragen ur Kolada finns inte här")
    rows = _rows(files)

    @cache
    def until(year: int) -> Path:
        folder = tmp_path_factory.mktemp(f"verkliga-{year}")
        rows[rows["year"] <= year].to_csv(folder / "varden.csv", index=False)
        (folder / "metadata").mkdir()
        for name in METADATA:
            shutil.copy(shared / "data" / "kolada-metadata" / name, folder / "metadata")
        name = f"verkliga-{year}"
        return import_files([folder / "varden.csv"], name, folder / "metadata", folder=folder / "data").path

    return until


def _rows(files: list[Path]) -> pd.DataFrame:
    """Return the catalogue's rows of all files; where two have the same, that of the first."""
    wanted = source_kpis(load_catalogue())
    parts = []
    for path in files:
        frame = pd.read_csv(path, dtype={"municipality_id": str})
        parts.append(frame[frame["kpi"].isin(wanted) & (frame["year"] >= FIRST_YEAR)])
    rows = pd.concat(parts, ignore_index=True)
    keys = [key for key in ("kpi", "municipality_id", "year", "gender") if key in rows.columns]
    return rows.drop_duplicates(keys)
