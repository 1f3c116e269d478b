"""Every difference is judged once, on values that may be shown."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.certainty import difference_of, peers_variance
from effektiv.analysis.panels import row
from effektiv.analysis.peers import group_median
from effektiv.data.snapshot import Snapshot, write_snapshot
from effektiv.steps.judging import FEWEST_PERSONS, GROUP, NATION, OLDEST, REFERENCE, JudgingCase
from effektiv.steps.opening import open_case
from effektiv.types import RIKET, Better

pytestmark = pytest.mark.usefixtures("example")


@cache
def case(area: str = "grundskola", kommun: str = "Exempelby", data: str = "exempel") -> JudgingCase:
    opened = open_case(area, kommun=kommun, data=data)
    assert isinstance(opened, JudgingCase)
    return opened


def cut(example: Snapshot, folder, keep) -> str:
    """Write the example with only the observations of four figures that are kept; return its folder."""
    rows = example.observations(["N15505", "N15419", "N15001", "N01951"])
    write_snapshot(
        "kapad",
        observations=rows[keep(rows)].reset_index(drop=True),
        kpis=example.kpis[example.kpis["id"].isin(set(rows["kpi"]))].reset_index(drop=True),
        municipalities=example.municipalities,
        groups=example.groups,
        source="Del av exempeldata",
        kind="import",
        folder=folder,
    )
    return str(folder / "kapad")


@pytest.mark.parametrize("against", [GROUP, NATION, REFERENCE])
@pytest.mark.parametrize("kpi_id", ["N15505", "N15001", "N15419"])
def test_a_judgement_is_that_of_the_certainty(kpi_id: str, against: str) -> None:
    opened = case()
    found = opened.judge(kpi_id, against)
    if found is None:
        assert against == NATION and row(opened.shown(kpi_id), RIKET).dropna().empty
        return
    panel, members = opened.shown(kpi_id), opened.peers.members
    noise = opened.national.noise(kpi_id, found.year)
    comparator = {
        GROUP: group_median(panel, members),
        NATION: row(panel, RIKET),
        REFERENCE: pd.Series(0.0, index=panel.columns),
    }[against]
    expected = difference_of(
        panel, opened.municipality, comparator, noise, found.year,
        variance=peers_variance(noise, members) if against == GROUP else 0.0, breaks=found.kpi.breaks,
    )  # fmt: skip
    assert found.found == expected
    assert found.is_higher == (found.found.own > found.found.comparator)
    assert opened.judge(kpi_id, against) is found, "judged once"
    assert found.better_peers + found.worse_peers <= len(found.place.peers)
    data = found.to_data()
    assert (data["kpi"], data["certainty"]) == (kpi_id, found.certainty.value)
    assert np.sign(data["own"] - data["comparator"]) == data["sign"]


def test_worse_follows_the_direction_of_the_figure() -> None:
    for kpi_id in ("N15505", "N15001"):
        found = case().judge(kpi_id)
        assert found is not None
        assert found.is_worse == (
            found.is_higher if found.kpi.better is Better.LOWER else not found.is_higher
        )


def test_a_share_of_few_persons_is_neither_shown_nor_judged() -> None:
    opened = case()
    shares = [kpi for kpi in opened.catalogue.kpis.values() if kpi.is_share and kpi.denominator]
    hidden = 0
    for kpi in shares:
        shown, whole = opened.shown(kpi.id), opened.panel(kpi.id)
        counts = opened.panel(kpi.denominator or "").reindex(index=whole.index, columns=whole.columns)
        few = (counts < FEWEST_PERSONS) & whole.notna()
        hidden += int(few.to_numpy().sum())
        assert shown[few].isna().all(axis=None)
        pd.testing.assert_frame_equal(shown.where(~few), whole.where(~few))
    assert hidden, "the example has small schools"


def test_nothing_older_than_two_years_is_told_as_today_s(example: Snapshot, tmp_path) -> None:
    code, year = case().municipality, case().year
    for back, is_told in ((OLDEST, True), (OLDEST + 1, False)):
        folder = tmp_path / str(back)
        folder.mkdir()
        last = year - back
        data = cut(
            example,
            folder,
            lambda rows, last=last: (rows["municipality"] != code) | (rows["year"] <= last) | (rows["kpi"] != "N15505"),
        )  # fmt: skip
        opened = case(data=data)
        assert opened.year == year
        latest = opened.latest("N15505")
        assert (latest is not None and latest[0] == last) if is_told else latest is None
        assert (opened.judge("N15505") is not None) == is_told


def test_another_figure_stands_in_where_the_first_has_no_late_value(example: Snapshot, tmp_path) -> None:
    standing = [kpi for kpi in case().catalogue.kpis.values() if kpi.stand_in is not None]
    assert standing
    for kpi in standing:
        known = case().latest(kpi.id)
        assert case().best(kpi.id).id == (kpi.id if known is not None else case().best(kpi.stand_in).id)
    data = cut(example, tmp_path, lambda rows: rows["kpi"] == "N01951")
    empty = case(data=data)  # none of the standing figures is in this snapshot
    for kpi in standing:
        last = kpi
        while last.stand_in is not None:
            last = empty.kpi(last.stand_in)
        assert empty.best(kpi.id) is last
