"""Hand-made pieces for the tests of summary, gap, problem statement, role models and overview."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from effektiv.analysis.comparison import Comparison
from effektiv.analysis.panels import RunEnd, Since
from effektiv.analysis.role_models import COLUMNS
from effektiv.analysis.sizes import Classified, Size
from effektiv.analysis.uncertainty import Interval, ShareOfYears, Spread
from effektiv.exhibits.context import Context, Peers
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.swedish import NBSP
from effektiv.steps.s1_nulagesanalys.gap import CostGapView, QualityGapView
from effektiv.steps.s1_nulagesanalys.role_models import RoleModels
from effektiv.steps.s1_nulagesanalys.summary import AreaFacts, EfficiencyFacts, Level
from effektiv.types import Better, Direction, FocusArea, Gap, Kpi, Role, Sections, StructuralModel

NAMES = {
    "0000": "Riket",
    "0001": "Lillby",
    "0002": "Storby",
    "0003": "Norrby",
    "0004": "Söderby",
    "0005": "Västby",
}
NAN = float("nan")
THREE = (2023, 2024, 2025)


def _kpi(ident: str, label: str, unit: str, role: Role, better: Better, **more: Any) -> Kpi:
    return Kpi(id=ident, title=label, label=label, unit=unit, role=role, better=better, **more)


DEVIATION = _kpi(
    "DEV", "Nettokostnadsavvikelse", "%", Role.RESOURCE, Better.LOWER, preliminary_until_final=True
)
UNIT_COST = _kpi("COST", "Kostnad per elev", "kr/elev", Role.RESOURCE, Better.LOWER, decimals=0)
VOLUME = _kpi("VOL", "Elever", "antal", Role.VOLUME, Better.NEITHER, decimals=0)
QUALITY = _kpi("Q", "Nöjda elever", "%", Role.QUALITY, Better.HIGHER, denominator="VOL")
WAIT = _kpi("W", "Väntetid", "dagar", Role.QUALITY, Better.LOWER, decimals=0)
KPIS = {kpi.id: kpi for kpi in (DEVIATION, UNIT_COST, VOLUME, QUALITY, WAIT)}

AREA = FocusArea(
    id="skola",
    label="Skola",
    in_text="skolan",
    direction=Direction.QUALITY,
    family="Liknande kommuner skola",
    deviation_pct="DEV",
    deviation_mnkr="MNKR",
    deviation_label="Nettokostnadsavvikelse, hela skolan",
    reference_cost="REF",
    population="POP",
    unit_cost="COST",
    volume="VOL",
    volume_word="elever",
    quality_for_k=("Q",),
    headline_quality="Q",
    gaps=(Gap(label="Kostnad per elev", kind="unit", unit_cost="COST", volume="VOL"),),
    structural_model=StructuralModel(cost="COST", quality="Q", structure=()),
    sections=Sections(conditions=(), forecast=(), resource=("COST",), volume=("VOL",), quality=("Q",)),
    limits=("Första gränsen.", "Andra gränsen.", "Tredje gränsen."),
)


def context(*, whole_country: bool = False, preliminary: int | None = None) -> Context:
    peers = Peers(
        members=("0002", "0003", "0004"),
        label="liknande kommuner",
        definite="de liknande kommunerna",
        description="Gruppen är påhittad.",
        official=True,
        whole_country=whole_country,
    )
    return Context("0001", NAMES, peers, KPIS, 2025, preliminary)


def comparison(own: float, median: float, size: Size | None = Size.CLEARLY, **changes: Any) -> Comparison:
    """A comparison in 2025 whose difference has held two of three years."""
    difference = own - median
    sign = (difference > 0) - (difference < 0)
    classified = None if size is None else Classified(size, 0 if size is Size.ABOUT_EQUAL else sign)
    found = Comparison(
        year=2025,
        own=own,
        median=median,
        median_interval=Interval(median - 1, median + 1, 0.95),
        low=median - 2,
        high=median + 2,
        n=3,
        riket=median,
        difference=difference,
        noise=1.0,
        size=classified,
        spread=Spread(own - 1, own, own - 0.5, 0.7, THREE),
        held=ShareOfYears(2, 3, THREE),
        since=Since(2022, 2025, sign, 4, RunEnd.OTHER_SIDE) if sign else None,
    )
    return replace(found, **changes)


def cost_gap(gap: float = 4.0, low: float = 1.0, high: float = 9.0, **changes: Any) -> CostGapView:
    """Cost per pupil against the median: 2 000 kr a pupil for each mnkr, 500 pupils."""
    view = CostGapView(
        label="Kostnad per elev",
        kpi=UNIT_COST,
        year=2025,
        own=100_000.0 + gap * 1e6 / 500,
        comparator=100_000.0,
        base=500.0,
        gap=gap,
        low=low,
        high=high,
        year_low=gap - 1.0,
        year_high=gap,
        years=THREE,
        best_quarter=gap + 2.0,
        by_year={2024: gap - 1.0, 2025: gap},
        size=Classified(Size.CLEARLY, 1),
    )
    return replace(view, **changes)


def quality_gap(
    gap: float = 6.0,
    kpi: Kpi = QUALITY,
    size: Size | None = Size.CLEARLY,
    count: float = 50.0,
    **changes: Any,
) -> QualityGapView:
    """A share with its median at 80, or a waiting time with its median at 20."""
    median = 80.0 if kpi.better is Better.HIGHER else 20.0
    own = median - gap if kpi.better is Better.HIGHER else median + gap
    found = comparison(own, median, size, **changes)
    persons = gap / 100.0 * count if kpi.unit == "%" else NAN
    return QualityGapView(kpi, found, gap, count if kpi.unit == "%" else NAN, persons)


def role_models(*rows: tuple[str, bool, bool], chosen: dict[str, str] | None = None) -> RoleModels:
    """Role models as (code, in the peer group, certain)."""
    frame = pd.DataFrame(
        [
            {"peer": peer, "years_better": 2, "years_compared": 3, "cost_difference": -3.0, "quality_difference": 4.0,
             "margin": 0.5, "since": 2024, "since_ended_by": "other_side", "certain": certain}
            for _, peer, certain in rows
        ],
        index=[code for code, _, _ in rows],
        columns=COLUMNS,
    )  # fmt: skip
    return RoleModels(frame, DEVIATION, QUALITY, THREE, chosen or {})


def efficiency(**changes: Any) -> EfficiencyFacts:
    facts = EfficiencyFacts(2025, ln_e=-0.2, ln_k=-0.1, ln_unit_cost=0.1, low=-0.3, high=-0.2, years=THREE)
    return replace(facts, **changes)


def area_facts(**changes: Any) -> AreaFacts:
    facts = AreaFacts(
        area=AREA,
        deviation=comparison(5.0, 2.0),
        deviation_level=Level(2025, 5.0, None),
        deviation_kpi=DEVIATION,
        unit_cost=comparison(108_000.0, 100_000.0),
        unit_cost_kpi=UNIT_COST,
        headline=quality_gap(),
        headline_level=Level(2025, 70.0, None),
        efficiency=efficiency(),
        cost_gaps=(cost_gap(),),
        role_models=role_models(("0002", True, True)),
        volume=500.0,
        volume_year=2025,
    )
    return replace(facts, **changes)


NOTHING: dict[str, Any] = {
    "deviation": None,
    "deviation_level": None,
    "unit_cost": None,
    "headline": None,
    "headline_level": None,
    "efficiency": None,
    "cost_gaps": (),
    "role_models": None,
    "volume": NAN,
    "volume_year": None,
}
"""Changes that leave an area without any figure."""


def plain(exhibit: Exhibit) -> str:
    """Return all that the exhibit says, with ordinary spaces."""
    return exhibit.to_text().replace(NBSP, " ")
