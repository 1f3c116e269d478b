"""The step's cases: all that its notebooks may show."""

from __future__ import annotations

from effektiv.steps.evidence import EvidenceCase
from effektiv.steps.s1_nulagesanalys.conditions import ConditionsCase
from effektiv.steps.s1_nulagesanalys.cost_parts import CostPartsCase
from effektiv.steps.s1_nulagesanalys.deviation import DeviationCase
from effektiv.steps.s1_nulagesanalys.deviations import DeviationsCase
from effektiv.steps.s1_nulagesanalys.efficiency_change import EfficiencyChangeCase
from effektiv.steps.s1_nulagesanalys.focus_areas import FocusAreasCase
from effektiv.steps.s1_nulagesanalys.forecast import ForecastCase
from effektiv.steps.s1_nulagesanalys.index_check import IndexCheckCase
from effektiv.steps.s1_nulagesanalys.map import MapCase
from effektiv.steps.s1_nulagesanalys.overview_summary import OverviewSummaryCase
from effektiv.steps.s1_nulagesanalys.peer_group import PeerGroupCase
from effektiv.steps.s1_nulagesanalys.problem_statement import ProblemStatementCase
from effektiv.steps.s1_nulagesanalys.quadrant import QuadrantCase
from effektiv.steps.s1_nulagesanalys.quality import QualityCase
from effektiv.steps.s1_nulagesanalys.quality_by_gender import QualityByGenderCase
from effektiv.steps.s1_nulagesanalys.quality_trend import QualityTrendCase
from effektiv.steps.s1_nulagesanalys.structure import StructureCase
from effektiv.steps.s1_nulagesanalys.three_ways import ThreeWaysCase
from effektiv.steps.s1_nulagesanalys.unit_cost import UnitCostCase
from effektiv.steps.s1_nulagesanalys.volume import VolumeCase


class AreaCase(
    ProblemStatementCase,
    ConditionsCase,
    ForecastCase,
    PeerGroupCase,
    QuadrantCase,
    EfficiencyChangeCase,
    DeviationCase,
    UnitCostCase,
    CostPartsCase,
    VolumeCase,
    QualityCase,
    QualityTrendCase,
    QualityByGenderCase,
    ThreeWaysCase,
    StructureCase,
    EvidenceCase,
):
    """En kommun i ett fokusområde: varje metod visar en del av rapporten."""


class OverviewCase(
    OverviewSummaryCase,
    ConditionsCase,
    ForecastCase,
    PeerGroupCase,
    DeviationsCase,
    MapCase,
    IndexCheckCase,
    FocusAreasCase,
    EvidenceCase,
):
    """En kommun i alla verksamheter: varje metod visar en del av översikten."""
