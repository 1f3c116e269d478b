"""No two places in a municipality's reports say different things of the same difference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import Snapshot
from effektiv.exhibits.exhibit import Exhibit
from effektiv.national import National, national
from effektiv.steps.opening import open_case
from tests.contradictions import SAME, contradictions
from tests.steps.shown import undrawn

AREAS = ("oversikt", *load_catalogue().areas)
MUNICIPALITIES = 10


def judgements(name: str, data: str = "exempel") -> Iterator[dict[str, Any]]:
    """Yield all that a municipality's reports of step 1 judge."""
    for area in AREAS:
        case = open_case(area, kommun=name, data=data)
        with undrawn():
            report = case.report
            shown: list[Exhibit] = [report.first, *report.findings, case.measures(), case.conditions()]
        for exhibit in shown:
            yield from exhibit.to_json()["judged"]


@pytest.fixture(scope="module")
def country(example: Snapshot) -> National:
    return national(example)


def spread_out(country: National) -> list[str]:
    """Return names of municipalities all over the size scale, Exempelby among them."""
    inhabitants = country.inhabitants(2024).dropna().sort_values()
    codes = [str(inhabitants.index[round(at)]) for at in _even(len(inhabitants))]
    return list(dict.fromkeys(["Exempelby", *(country.names[code] for code in codes)]))[:MUNICIPALITIES]


def _even(count: int) -> list[float]:
    return [place * (count - 1) / (MUNICIPALITIES - 2) for place in range(MUNICIPALITIES - 1)]


def test_reports_of_ten_municipalities_contradict_themselves_nowhere(country: National) -> None:
    names = spread_out(country)
    assert len(names) == MUNICIPALITIES
    found, count = {}, 0
    for name in names:
        told = list(judgements(name))
        count += len(told)
        if faults := contradictions(told):
            found[name] = faults
    assert found == {}
    assert count > 50 * MUNICIPALITIES  # nothing is proved by silence


ONE = {
    "kpi": "N15505", "against": "gruppen", "year": 2024, "own": 200.0, "comparator": 210.0,
    "certainty": "sure", "size": "clearly", "sign": -1,
}  # fmt: skip


@pytest.mark.parametrize(("name", "other"), list(zip(SAME, ("likely", "much", 1, 201.0, 209.0), strict=True)))
def test_what_differs_is_told_once(name: str, other: object) -> None:
    assert contradictions([ONE, ONE | {name: other}, ONE, ONE | {name: other}]) == [
        f"N15505 mot gruppen 2024: {name} är {ONE[name]} och {other}"
    ]


@pytest.mark.parametrize("key", ["kpi", "against", "year"])
def test_another_figure_comparator_or_year_is_another_difference(key: str) -> None:
    assert contradictions([ONE, ONE | {key: "annat", "certainty": "unclear"}]) == []


def test_a_judgement_that_does_not_say_what_it_is_of_is_no_silence() -> None:
    with pytest.raises(ValueError, match="saknar \\['against'\\]"):
        contradictions([{key: value for key, value in ONE.items() if key != "against"}])
