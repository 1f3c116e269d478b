"""What a snapshot holds of what the catalogue asks for, area by area."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from effektiv.data.snapshot import Snapshot
from effektiv.types import SIMILAR_MEMBERS, Catalogue, Kpi, Model


@dataclass(frozen=True)
class AreaContents:
    """What there is of one focus area, or of the overview.

    Attributes
    ----------
    area
        Id of the area.
    label
        Its Swedish name.
    present
        Key figures that have at least one value.
    absent
        Key figures without any value.
    ended
        Present key figures whose series has ended in Kolada.
    first_year, last_year
        First and last year with a value; None when nothing is present.
    filled
        Share (0-1) of the municipalities that have a value, as the mean over the
        present key figures of each one's own last year; None when nothing is present.
    short_groups
        Title of each of the area's groups of similar municipalities of which not all
        members are in the snapshot -> how many are.
    """

    area: str
    label: str
    present: tuple[Kpi, ...]
    absent: tuple[Kpi, ...]
    ended: tuple[Kpi, ...]
    first_year: int | None
    last_year: int | None
    filled: float | None
    short_groups: dict[str, int]


def checksum_of(snapshot: Snapshot) -> str:
    """Return one checksum of all files of a snapshot."""
    text = json.dumps(dict(snapshot.manifest.checksums), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def contents(snapshot: Snapshot, catalogue: Catalogue) -> list[AreaContents]:
    """Compare a snapshot with the catalogue.

    Key figures computed here are left out: they exist when their inputs do.

    Parameters
    ----------
    snapshot, catalogue
        What there is, and what the reports ask for.

    Returns
    -------
    list of AreaContents
        The overview first, then the focus areas as the catalogue orders them.
    """
    parts: list[tuple[str, str, Model]] = [("oversikt", catalogue.overview.label, catalogue.overview)]
    parts += [(area.id, area.label, area) for area in catalogue.areas.values()]
    wanted = {part: _kpis_of(model, catalogue) for part, _, model in parts}
    series = _series(snapshot, sorted({kpi.id for kpis in wanted.values() for kpi in kpis}))
    families = {"oversikt": catalogue.overview.family} | {
        area.id: area.family for area in catalogue.areas.values()
    }
    short = _short_groups(snapshot)
    return [
        _area(part, label, wanted[part], series, _of_family(families[part], short))
        for part, label, _ in parts
    ]


def renamed(snapshot: Snapshot, catalogue: Catalogue) -> list[tuple[Kpi, str]]:
    """Return the key figures that a snapshot gives another title than the catalogue, with that title.

    Kolada keeps an id when a figure gets another title, which may mean another measure.
    Spaces do not count, and a snapshot made without metadata has ids for titles.
    """
    titles = dict(zip(snapshot.kpis["id"].tolist(), snapshot.kpis["title"].tolist(), strict=True))
    found = ((kpi, str(titles.get(kpi.id, kpi.title))) for kpi in catalogue.kpis.values())
    return [(kpi, title) for kpi, title in found if title != kpi.id and title.split() != kpi.title.split()]


def _kpis_of(model: Model, catalogue: Catalogue) -> list[Kpi]:
    """Return the published key figures that a part of the catalogue names, in its order."""
    ids = dict.fromkeys(text for text in _texts(model.model_dump()) if text in catalogue.kpis)
    return [catalogue.kpis[kpi] for kpi in ids if catalogue.kpis[kpi].formula is None]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _series(snapshot: Snapshot, kpis: list[str]) -> pd.DataFrame:
    """Return first and last year with values and the share filled in that last year, by kpi."""
    kommuner = snapshot.municipalities.loc[snapshot.municipalities["type"] == "K", "id"]
    rows = snapshot.observations(kpis, genders=["T"])
    rows = rows[rows["value"].notna()]
    years = rows.groupby("kpi", observed=True)["year"].agg(["min", "max"])
    last = rows[rows["year"] == rows["kpi"].map(years["max"]).astype(rows["year"].dtype)]
    filled = last[last["municipality"].isin(kommuner)].groupby("kpi", observed=True).size()
    return years.assign(filled=filled.reindex(years.index, fill_value=0) / max(len(kommuner), 1))


def _short_groups(snapshot: Snapshot) -> dict[str, int]:
    """Return the titles of the groups that know fewer members than Kolada gives similar ones, with how many."""
    kommuner = snapshot.municipalities.loc[snapshot.municipalities["type"] == "K", "id"]
    groups = snapshot.groups.assign(known=snapshot.groups["member_id"].isin(kommuner))
    counted = groups.groupby("group_id").agg(title=("group_title", "first"), known=("known", "sum"))
    short = counted[counted["known"] < SIMILAR_MEMBERS]
    return dict(zip(short["title"].tolist(), short["known"].tolist(), strict=True))


def _of_family(family: str, groups: dict[str, int]) -> dict[str, int]:
    """Return the groups of a family, whose titles read ``<family>, <municipality>, <year>``."""
    title = re.compile(rf"{re.escape(family)}\s*,[^,]+,\s*[0-9]{{4}}")
    return {name: number for name, number in groups.items() if title.fullmatch(name)}


def _area(
    area: str, label: str, kpis: list[Kpi], series: pd.DataFrame, short_groups: dict[str, int]
) -> AreaContents:
    present = tuple(kpi for kpi in kpis if kpi.id in series.index)
    rows = series.loc[[kpi.id for kpi in present]]
    return AreaContents(
        area=area,
        label=label,
        present=present,
        absent=tuple(kpi for kpi in kpis if kpi.id not in series.index),
        ended=tuple(kpi for kpi in present if kpi.valid_to is not None),
        first_year=int(rows["min"].min()) if present else None,
        last_year=int(rows["max"].max()) if present else None,
        filled=float(rows["filled"].mean()) if present else None,
        short_groups=short_groups,
    )
