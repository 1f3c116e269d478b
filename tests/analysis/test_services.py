from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.services import services
from effektiv.types import Break, Overview, Service

NAN = float("nan")
OVERVIEW = Overview(
    label="",
    family="",
    families=(),
    total_deviation_pct="D",
    total_net_cost="NET",
    population="POP",
    services=(
        Service(
            id="skola", label="", deviation_pct="d1", deviation_mnkr="m1", reference_cost="ref", net_cost="n1"
        ),
        Service(id="vård", label="", deviation_pct="d2", reference_cost="ref", net_cost="n1"),
        Service(id="kultur", label="", net_cost="n1"),
    ),
    indices=(),
    conditions=(),
    forecast=(),
    limits=(),
)  # fmt: skip


@pytest.fixture
def panels(make_panel):
    others = {code: [float(k)] * 5 for k, code in enumerate("abcd")}
    return {
        "d1": make_panel({"i": [-1.0, 2.0, 4.0, 6.0, 8.0]} | others),
        "m1": make_panel({"i": [0.0, 0.0, 0.0, 0.0, 17.0]}),
        "d2": make_panel({"i": [5.0, -5.0, 5.0, -5.0, -5.0]} | others),
        "ref": make_panel({"i": [10_000.0] * 5}),
        "POP": make_panel({"i": [20_000.0] * 5}),
        "NET": make_panel({"i": [50_000.0] * 5}),
        "n1": make_panel({"i": [12_500.0] * 5}),
    }


def run(panels, **options):
    return services(OVERVIEW, panels, "i", {"": list("abc"), "vård": list("bcd")}, **options)


def test_rows_in_the_order_of_the_catalogue(panels):
    assert run(panels).index.tolist() == ["skola", "vård", "kultur"]


def test_published_gap_is_used_as_it_stands(panels):
    line = run(panels).loc["skola"]
    assert (line["gap_mnkr"], line["gap_published"]) == (17.0, True)
    assert line["gap_budget_pct"] == pytest.approx(100 * 17 / 1000)
    assert line["net_cost_pct"] == 25.0


def test_gap_is_computed_where_none_is_published(panels):
    line = run(panels).loc["vård"]
    assert line["gap_mnkr"] == pytest.approx(-5 / 100 * 10_000 * 20_000 / 1e6)
    assert not line["gap_published"]


def test_gap_against_the_service_s_own_peers(panels):
    found = run(panels)
    assert found.loc["skola", "peer_deviation_pct"] == 1.0
    assert found.loc["skola", "gap_peers_mnkr"] == pytest.approx((8 - 1) / 100 * 200)
    assert found.loc["vård", "peer_deviation_pct"] == 2.0


def test_direction_and_years_with_the_same_sign(panels):
    found = run(panels)
    assert found.loc["skola", "change"] == 4.0
    assert found.loc["skola", "change_sign"] == 1
    assert (found.loc["skola", "years_same_sign"], found.loc["skola", "years_judged"]) == (3, 3)
    assert (found.loc["vård", "years_same_sign"], found.loc["vård", "years_judged"]) == (2, 3)
    assert found.loc["vård", "change_sign"] == 0


def test_break_shortens_what_is_judged(panels):
    found = run(panels, breaks={"d1": [Break(year=2024, reason="x")]})
    assert np.isnan(found.loc["skola", "change"])
    assert found.loc["skola", "years_judged"] == 1
    assert found.loc["vård", "years_judged"] == 3


def test_not_after(panels):
    line = run(panels, not_after=2022).loc["skola"]
    assert (line["year"], line["deviation_pct"]) == (2022, 4.0)


def test_service_without_deviation_shows_its_net_cost_only(panels):
    line = run(panels).loc["kultur"]
    assert pd.isna(line["year"])
    assert np.isnan(line["gap_mnkr"])
    assert line["years_judged"] == 0


def test_nothing_at_all():
    found = run({})
    assert len(found) == 3
    assert found[["deviation_pct", "gap_mnkr", "change"]].isna().all(axis=None)
    assert list(found.columns) == list(run({}).columns)
