"""Revisions: kept with the snapshot whose fetch found them, and no trace where there are none."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from effektiv.data import snapshot as snapshots
from effektiv.data.observations import normalise
from effektiv.data.revisions import COLUMNS, revisions_frame, revisions_of
from effektiv.data.snapshot import Snapshot, compare_observations, open_snapshot, with_units, write_snapshot
from effektiv.errors import InputError, SnapshotError
from tests import small_snapshot as small


def found() -> pd.DataFrame:
    """Two revisions, the second a value that has been withdrawn."""
    rows = [(small.BY_GENDER, "0330", 2024, "K", 51.5, np.nan), (small.MEAN, "0319", 2025, "T", 3.25, 2.75)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def written(name: str, folder: Path, revisions: pd.DataFrame | None) -> Snapshot:
    return write_snapshot(
        name,
        observations=small.small_observations(),
        kpis=small.small_kpis(),
        municipalities=small.small_municipalities(),
        groups=small.small_groups(),
        revisions=revisions,
        source="Påhittade värden för test",
        kind="import",
        folder=folder,
    )


def layout(snapshot: Snapshot) -> int:
    content = json.loads((snapshot.path / "manifest.json").read_text(encoding="utf-8"))
    return int(content["format"])


def test_they_are_kept_and_a_snapshot_without_them_is_as_before(tmp_path: Path) -> None:
    without, with_them = written("utan", tmp_path, None), written("med", tmp_path, found().iloc[::-1])
    assert without.revisions is None
    assert (layout(without), layout(with_them)) == (snapshots.FORMAT, snapshots.FORMAT_WITH_REVISIONS)
    assert {path.name for path in with_them.path.iterdir()} - {
        path.name for path in without.path.iterdir()
    } == {"revisions.parquet"}
    for name in snapshots.FILES:
        assert (without.path / name).read_bytes() == (with_them.path / name).read_bytes()
    assert with_them.revisions is not None
    order = found().sort_values(["kpi", "municipality"], ignore_index=True)
    pd.testing.assert_frame_equal(with_them.revisions, order, check_dtype=False)
    units = with_units("enheter", with_them, units=small.small_units(), source="Enheter",
                       unit_observations=small.small_unit_observations())  # fmt: skip
    assert units.revisions is not None
    pd.testing.assert_frame_equal(units.revisions, with_them.revisions)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = written("med", tmp_path, found()).path
    (path / "revisions.parquet").write_bytes(b"x")
    with pytest.raises(SnapshotError, match=r"skadad: filen .*revisions\.parquet"):
        open_snapshot(path)


def test_of_changes_new_values_are_no_revisions() -> None:
    before = normalise(small.small_observations())
    known = before.index[before["value"].notna()]
    after = before.copy()
    after.loc[known[3], "value"] += 1
    changes = compare_observations(before.drop(index=known[9]), after.drop(index=known[5]))
    assert sorted(changes["change"]) == ["borttagen", "ny", "reviderad"]
    kept = revisions_of(changes)
    assert kept is not None
    assert tuple(kept.columns) == COLUMNS
    assert kept["after"].isna().tolist() == [False, True]
    assert kept["before"].tolist() == [before.loc[known[3], "value"], before.loc[known[5], "value"]]
    assert revisions_of(compare_observations(before, before)) is None


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (found().drop(columns="after"), "saknar kolumnen after"),
        (pd.concat([found(), found().head(1)]), "kön K finns mer än en gång"),
        (found().assign(before=np.nan), "har inget värde före"),
    ],
)
def test_what_is_no_revision_is_refused(frame: pd.DataFrame, said: str) -> None:
    with pytest.raises(InputError, match=said):
        revisions_frame(frame)


def test_an_unknown_municipality_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="9999, som inte finns i kommunlistan"):
        written("fel", tmp_path, found().assign(municipality=["9999", "0319"]))
