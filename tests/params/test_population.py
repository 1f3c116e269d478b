"""The municipality's own forecast: read by age and year, and each way in which it can be wrong told by cell."""

from __future__ import annotations

import math

import pytest

from effektiv.forms import FormRead, FormRow, Value
from effektiv.params.population import POPULATION_FORM, age_of, faults, own_population


def said(*rows: tuple[Value, Value, Value, Value]) -> FormRead:
    keys = ("year", "age", "persons", "kind")
    made = tuple(
        FormRow(
            "Befolkning",
            place,
            dict(zip(keys, row, strict=True)),
            {key: f"{letter}{place}" for key, letter in zip(keys, "ABCD", strict=True)},
        )
        for place, row in enumerate(rows, 4)
    )
    return FormRead(POPULATION_FORM, {"befolkning": made})


GOOD = (
    (2025, "6", 100.0, "utfall"), (2025, "7+", 900.0, "utfall"), (2026, "6", 90.5, None), (2026, "7+", 910.0, "prognos"),
)  # fmt: skip


def test_a_forecast_is_read_by_age_and_year() -> None:
    form = said(*GOOD)
    found = own_population(form)
    assert found is not None
    assert list(faults(form)) == []
    assert found.by_age.to_dict() == {2025: {6: 100.0, 7: 900.0}, 2026: {6: 90.5, 7: 910.0}}
    assert (found.open_from, found.forecast_years) == (7, (2026,))


def test_nothing_written_is_no_population() -> None:
    assert own_population(None) is None
    assert own_population(said()) is None


@pytest.mark.parametrize(
    ("row", "place", "text"),
    [
        ((2026, "6-9", 1.0, None), "B8", "'6-9' är ingen ålder"),
        ((2026, "6", 1.0, None), "B8", "åldern 6 år 2026 står redan på rad 6"),
        ((2026, "8", 1.0, None), "B5", "åldern 7+ rymmer också 8"),
        ((2028, "6", 1.0, None), "A8", "året före är 2026, så 2027 saknas"),
        ((2027, "6", 1.0, None), "A8", "år 2027 saknar åldern 7, som andra år har"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_cell(row: tuple[Value, Value, Value, Value], place: str, text: str) -> None:
    assert any(fault.cell == place and text in fault.text for fault in faults(said(*GOOD, row)))


def test_two_rows_for_one_age_are_both_left_out_and_not_added() -> None:
    found = own_population(said(*GOOD, (2026, "6", 1.0, None)))
    assert found is not None
    assert math.isnan(float(found.by_age.loc[6, 2026]))
    assert float(found.by_age.loc[7, 2026]) == 910.0


def test_ages_are_whole_years() -> None:
    assert age_of("7 år") == (7, False)
    assert [age_of(text) for text in ("", "sju", "7.5", "-1", "121")] == [None] * 5
