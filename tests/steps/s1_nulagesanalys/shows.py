"""What each theme shows of views made by hand: a case whose parts are given, not read from a snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, TypeVar

from effektiv.data.catalogue import load_catalogue
from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import Exhibit
from effektiv.steps.base import Case
from effektiv.steps.s1_nulagesanalys.case import AreaCase, OverviewCase
from effektiv.steps.s1_nulagesanalys.services import TOTAL
from effektiv.types import Flag, FocusArea, Kpi, Overview

Flags = Sequence[Flag]
Kind = TypeVar("Kind", bound=Case)
CATALOGUE = load_catalogue()
SCHOOL = CATALOGUE.areas["grundskola"]


def made(kind: type[Kind], context: Context, about: FocusArea | Overview, flags: Flags, **parts: Any) -> Kind:
    """Return a case in which what is else computed when asked for is there from the start."""
    case = kind.__new__(kind)
    kpis: Mapping[str, Kpi] = {**CATALOGUE.kpis, **context.kpis}
    catalogue = SimpleNamespace(kpis=kpis, areas=CATALOGUE.areas)
    vars(case).update(
        _opened=SimpleNamespace(area=about),
        municipality=context.municipality,
        national=SimpleNamespace(names=context.names, catalogue=catalogue),
        context=context,
        peers=context.peers,
        flags=lambda *_: tuple(flags),
        **parts,
    )
    return case


def area_case(context: Context, flags: Flags, area: FocusArea = SCHOOL, **parts: Any) -> AreaCase:
    return made(AreaCase, context, area, flags, **parts)


def overview_case(context: Context, flags: Flags, **parts: Any) -> OverviewCase:
    return made(OverviewCase, context, CATALOGUE.overview, flags, **parts)


def conditions(context: Context, standings: Sequence[Any], flags: Flags) -> Exhibit:
    return area_case(context, flags, standings=lambda _: standings).conditions()


def forecast(context: Context, forecasts: Sequence[Any], flags: Flags) -> Exhibit:
    return area_case(context, flags, forecasts=forecasts).forecast()


def peers(context: Context, found: Any, flags: Flags) -> Exhibit:
    return area_case(context, flags, peer_list=found).peer_group()


def quadrant(context: Context, position: Any, missing: str, flags: Flags) -> Exhibit:
    case = area_case(context, flags, index_position=position, _no_index_position=lambda: missing)
    return case.quadrant()


def efficiency(context: Context, view: Any, lacking: Sequence[Kpi], flags: Flags) -> Exhibit:
    return area_case(context, flags, efficiency_view=view, lacks=lambda _: lacking).efficiency()


def efficiency_change(context: Context, area: FocusArea, view: Any, flags: Flags) -> Exhibit:
    return area_case(context, flags, area, efficiency_view=None, change_view=view).efficiency_change()


def deviation(context: Context, area: FocusArea, view: Any, flags: Flags) -> Exhibit:
    return area_case(context, flags, area, deviation_view=view).deviation()


def unit_cost(context: Context, view: Any, flags: Flags) -> Exhibit:
    return area_case(context, flags, unit_cost_view=view).unit_cost()


def cost_tree(context: Context, views: Sequence[Any], missing: str, flags: Flags) -> Exhibit:
    return area_case(context, flags, tree_views=views, _no_tree=lambda: missing).cost_tree()


def cost_factors(context: Context, views: Sequence[Any], missing: str, flags: Flags) -> Exhibit:
    return area_case(context, flags, product_views=views, _no_product=lambda: missing).cost_factors()


def volume(context: Context, main: Any, series: Any, views: Sequence[Any], flags: Flags) -> Exhibit:
    area = SCHOOL if main is None else SCHOOL.model_copy(update={"volume": main.kpi.id})
    return area_case(context, flags, area, volume_views=views, _index_series=lambda _: series).volume()


def quality(context: Context, area: FocusArea, standings: Sequence[Any], flags: Flags) -> Exhibit:
    return area_case(context, flags, area, standings=lambda _, ranges: standings).quality()


def quality_trend(context: Context, courses: Sequence[Any], flags: Flags) -> Exhibit:
    return area_case(context, flags, courses=courses).quality_trend()


def quality_by_gender(context: Context, area: FocusArea, gaps: Sequence[Any], flags: Flags) -> Exhibit:
    return area_case(context, flags, area, gender_gaps=gaps).quality_by_gender()


def gap(
    context: Context, area: FocusArea, costs: Sequence[Any], qualities: Sequence[Any], flags: Flags
) -> Exhibit:
    return area_case(context, flags, area, cost_gaps=costs, quality_gaps=qualities).gap()


def three_ways(
    context: Context, area: FocusArea, ways: Any, view: Any, quality: Any, flags: Flags
) -> Exhibit:
    gaps = {"cost_gaps": [view] if view else [], "quality_gaps": [quality] if quality else []}
    return area_case(context, flags, area, ways=ways, **gaps).three_ways()


def structure(context: Context, view: Any, flags: Flags) -> Exhibit:
    return area_case(context, flags, structure_view=view).structure()


def summary(context: Context, facts: Any, flags: Flags) -> Exhibit:
    return area_case(context, flags, facts=facts).summary()


def role_models(context: Context, found: Any, flags: Flags) -> Exhibit:
    return area_case(context, flags, role_model_choice=found).role_models()


def problem_statement(context: Context, facts: Any, own: Any, flags: Flags) -> Exhibit:
    return area_case(context, flags, facts=facts, own_text=own).problem_statement()


def _services(views: Sequence[Any], total: Any = None) -> dict[str, Any]:
    return {**{str(place): view for place, view in enumerate(views)}, TOTAL: total}


def overview_summary(
    context: Context, views: Sequence[Any], total: Any, index_views: Sequence[Any], flags: Flags
) -> Exhibit:
    parts = {"_all_views": _services(views, total), "_index_views": index_views}
    return overview_case(context, flags, **parts).summary()


def deviations(context: Context, views: Sequence[Any], total: Any, flags: Flags) -> Exhibit:
    return overview_case(context, flags, _all_views=_services(views, total)).deviations()


def indices(context: Context, views: Sequence[Any], flags: Flags) -> Exhibit:
    return overview_case(context, flags, _index_views=views).indices()


def index_check(context: Context, checks: Sequence[Any]) -> Exhibit:
    return overview_case(context, (), checks=checks).index_check()


def services(context: Context, views: Sequence[Any], flags: Flags) -> Exhibit:
    return overview_case(context, flags, _all_views=_services(views)).services()


def focus_area_basis(context: Context, views: Sequence[Any], own: Any, flags: Flags) -> Exhibit:
    return overview_case(context, flags, _all_views=_services(views), own_choice=own).problem_statement()
