"""Snapshots with parts of the example data: what a municipality meets when figures are missing."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from effektiv.data.snapshot import Snapshot, write_snapshot


def subset(
    example: Snapshot,
    folder: Path,
    kpis: Collection[str],
    *,
    municipalities: Collection[str] | None = None,
    groups: pd.DataFrame | None = None,
    name: str = "delar",
) -> str:
    """Write a snapshot with only these key figures and municipalities; return its folder for `open_case`.

    Parameters
    ----------
    example
        The example data.
    folder
        Where to write it.
    kpis
        Key figures to keep.
    municipalities
        Codes to keep values of; all when left out. The municipalities themselves stay known.
    groups
        Members of groups; all of the example's when left out.
    name
        Name of the snapshot.
    """
    observations = example.observations(kpis=sorted(kpis))
    if municipalities is not None:
        observations = observations[observations["municipality"].isin(set(municipalities))]
    write_snapshot(
        name,
        observations=observations.reset_index(drop=True),
        kpis=example.kpis[example.kpis["id"].isin(set(kpis))].reset_index(drop=True),
        municipalities=example.municipalities,
        groups=example.groups if groups is None else groups,
        source="Del av exempeldata",
        kind="import",
        preliminary_year=example.manifest.preliminary_year,
        folder=folder,
    )
    return str(folder / name)
