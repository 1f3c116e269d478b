"""Every kind of finding in the pool: its form, its arithmetic, and that it is not made of what is not known."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import Snapshot
from effektiv.exhibits.exhibit import Exhibit
from effektiv.steps.form import sentences
from effektiv.steps.opening import open_case
from effektiv.steps.s1_nulagesanalys.case import AreaCase
from effektiv.steps.s1_nulagesanalys.drivers import driven
from effektiv.steps.s1_nulagesanalys.national import REFERENCE_COST
from effektiv.steps.s1_nulagesanalys.pool import KINDS, MOST, in_order
from effektiv.steps.s1_nulagesanalys.view import AreaView
from effektiv.steps.s1_nulagesanalys.worth import worth_of
from tests.steps.shown import FOCUS_AREAS, faults, undrawn
from tests.steps.shown import sentences as running_text
from tests.steps.subsets import subset

pytestmark = pytest.mark.usefixtures("example")
TOWNS = ("Exempelby", "Kornlunda", "Stormvik")
POOL = [(area.id, item.id) for area in load_catalogue().areas.values() for item in area.findings]


@cache
def view(area: str, kommun: str = "Exempelby", data: str = "exempel") -> AreaView:
    opened = open_case(area, kommun=kommun, data=data)
    assert isinstance(opened, AreaCase)
    return opened.area_view


@cache
def made(area: str, finding: str, kommun: str) -> Exhibit | None:
    seen = view(area, kommun)
    choice = next(item for item in seen.area.findings if item.id == finding)
    with undrawn():
        return KINDS[choice.kind](seen, choice)


def texts(exhibit: Exhibit) -> list[str]:
    return [block if isinstance(block, str) else getattr(block, "text", "") for block in exhibit.blocks]


@pytest.mark.parametrize(("area", "finding"), POOL)
def test_a_finding_has_the_form_of_one(area: str, finding: str) -> None:
    found = [exhibit for town in TOWNS if (exhibit := made(area, finding, town)) is not None]
    assert found, "at least one of the towns has it"
    for exhibit in found:
        assert not exhibit.title.endswith((".", ":")) and exhibit.title[0].isupper()
        assert len(exhibit.title.split()) <= 22 and exhibit.subtitle
        words = " ".join(texts(exhibit)).split()
        assert 0 < len(words) <= 60
        assert faults(running_text(exhibit)) == []
        assert exhibit.figure is not None and exhibit.alt
        assert not {*sentences(exhibit.alt)} & {item for text in texts(exhibit) for item in sentences(text)}
        assert exhibit.kpis
        assert all(kpi in load_catalogue().kpis for kpi in exhibit.kpis)
        if exhibit.table is not None:
            for at, column in enumerate(exhibit.table.columns):
                if column.kind in ("number", "year"):
                    values = [line[at] for line in exhibit.table.rows]
                    assert all(value is None or isinstance(value, int | float) for value in values), (
                        column.key
                    )
                    assert all(value is None or np.isfinite(value) for value in values), column.key
                    assert column.may_lack or None not in values, column.key


@pytest.mark.parametrize("town", TOWNS)
@pytest.mark.parametrize("area", FOCUS_AREAS)
def test_factors_and_rest_sum_to_the_whole_difference(area: str, town: str) -> None:
    seen = view(area, town)
    for choice in (item for item in seen.area.findings if item.kind == "drivers"):
        found, exhibit = driven(seen, choice), made(area, choice.id, town)
        if found is None:
            assert exhibit is None
            continue
        difference = found.judged.found.in_unit
        assert sum(found.parts.values()) + found.rest == pytest.approx(difference, abs=1e-9)
        assert list(found.parts) != [] and abs(found.rest) <= 0.25 * abs(difference)
        if exhibit is not None and exhibit.table is not None:
            column = [float(line[-1]) for line in exhibit.table.rows]  # type: ignore[arg-type]
            assert sum(column[:-1]) == pytest.approx(column[-1], abs=1e-9)


@pytest.mark.parametrize(("area", "finding"), [pair for pair in POOL if pair[1] == "delar"])
def test_parts_are_cost_less_expected_and_sum_to_about_the_deviation(area: str, finding: str) -> None:
    exhibit, seen = made(area, finding, "Exempelby"), view(area)
    assert exhibit is not None and exhibit.table is not None and seen.facts is not None
    rows = [tuple(map(float, line[1:])) for line in exhibit.table.rows]  # type: ignore[arg-type]
    assert all(cost - expected == pytest.approx(over) for cost, expected, over in rows)
    reference = seen.case.national.result(REFERENCE_COST, seen.service).loc[
        seen.case.municipality, seen.facts.year
    ]
    # What the country's costs are of its reference cost, which the parts share out.
    assert 0.5 * reference < sum(expected for _, expected, _ in rows) < 1.5 * reference


@pytest.mark.parametrize("town", TOWNS)
@pytest.mark.parametrize("area", FOCUS_AREAS)
def test_what_it_is_worth_is_the_difference_times_what_a_unit_is_worth(area: str, town: str) -> None:
    seen = view(area, town)
    for choice in (item for item in seen.area.findings if item.kind == "worth"):
        found = worth_of(seen, choice)
        assert found is not None
        values, code = seen.case.shown(found.kpi.id)[found.year], seen.case.municipality
        if found.kpi.unit == "%":
            unit = seen.case.national.result(REFERENCE_COST, seen.service).loc[code, found.year] / 100
        else:
            unit = seen.case.panel(str(choice.persons)).loc[code, found.year] / 1e6
        for peer, gap in found.gaps.items():
            assert gap == pytest.approx((values[code] - values[peer]) * unit)
        assert set(found.gaps.index) <= set(seen.members) and found.gaps.is_monotonic_decreasing
        assert found.median == pytest.approx(found.gaps.median())


@pytest.mark.parametrize("area", FOCUS_AREAS)
def test_a_report_has_at_most_six_the_leading_side_first_and_worth_last(area: str) -> None:
    opened = open_case(area, kommun="Exempelby")
    assert isinstance(opened, AreaCase)
    with undrawn():
        shown = opened.findings()
    order = [item.id for item in in_order(opened.area_view)]
    assert 3 <= len(shown) <= MOST
    assert [order.index(item.id) for item in shown] == sorted(order.index(item.id) for item in shown)
    kinds = {item.id: item.kind for item in opened.area.findings}
    assert [kinds[item.id] for item in shown].count("worth") <= 1
    assert all(kinds[item.id] != "worth" for item in shown[:-1])
    first = opened.first_page()
    said = [item for exhibit in (first, *shown) for text in texts(exhibit) for item in sentences(text)]
    assert len(said) == len(set(said))


@pytest.mark.parametrize("area", FOCUS_AREAS)
def test_nothing_is_made_of_what_is_not_known(area: str, example: Snapshot, tmp_path) -> None:
    data = subset(example, tmp_path, ["N01951"])
    seen = view(area, data=data)
    for choice in seen.area.findings:
        assert KINDS[choice.kind](seen, choice) is None, choice.id
    opened = open_case(area, kommun="Exempelby", data=data)
    assert isinstance(opened, AreaCase)
    assert opened.report.is_thin and opened.first_page().title.startswith("Tunt underlag")
