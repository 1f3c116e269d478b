"""The control chart and the compact table of small lines: what is drawn, and that shape and not only colour tells a signal."""

from __future__ import annotations

import math

import pytest

from effektiv.exhibits.charts import Control, ControlPoint, SparkRow, controls, sparklines

HEADINGS = ("Indikator", "Månader", "Senast", "Mål", "Variation", "Mot målet")


def points(*values: float, signals: tuple[int, ...] = (), segment: int = 0) -> tuple[ControlPoint, ...]:
    return tuple(
        ControlPoint(f"2026-{at + 1:02d}", value, 8.0, 6.0, 10.0, segment, at in signals)
        for at, value in enumerate(values)
    )


def test_a_signal_has_a_marker_of_its_own_and_a_key() -> None:
    calm = controls([Control("Sjukfrånvaro", "procent", points(8, 8.4, 7.9, 8.2), target=7.0)]).wide.body
    marked = controls(
        [Control("Sjukfrånvaro", "procent", points(8, 8.4, 7.9, 11.2, signals=(3,)), target=7.0)]
    ).wide.body
    assert "Signal: inte slump" in marked and "Signal: inte slump" not in calm
    assert "11,2" in marked and "Mål" in marked
    assert "--role" in marked and "--role" not in calm


def test_limits_break_between_segments_and_need_not_be_there() -> None:
    two = (*points(8, 8.2, 7.8), *points(5, 5.2, 4.9, segment=1))
    months = tuple(
        ControlPoint(
            f"2026-{at + 1:02d}", one.value, one.centre - 3 * one.segment, math.nan, math.nan, one.segment
        )
        for at, one in enumerate(two)
    )
    drawn = controls([Control("Hem", "hem", months, decimals=0)]).wide.body
    assert "Gränser för slumpen" not in drawn
    assert "Medelvärde" in drawn


def test_two_charts_stand_side_by_side_on_paper_and_under_each_other_on_a_telephone() -> None:
    one = Control("A", "procent", points(1, 2, 3))
    alone, both = controls([one]), controls([one, one])
    assert both.wide.height == pytest.approx(alone.wide.height)
    assert both.narrow is not None and alone.narrow is not None
    assert both.narrow.height > 1.5 * alone.narrow.height


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="minst ett värde"):
        controls([Control("A", "procent", points(math.nan))])
    with pytest.raises(ValueError, match="lika många ord"):
        sparklines([SparkRow("A", (1.0,), "1", "", ("vanlig variation",))], HEADINGS)


def test_a_row_says_its_value_target_and_words() -> None:
    row = SparkRow(
        "Tid hos brukaren", (64.0, math.nan, 65.0), "65,0", "64", ("vanlig variation", "ibland"), 64.0
    )
    found = sparklines([row], HEADINGS)
    assert found.narrow is not None
    for drawing in (found.wide.body, found.narrow.body):
        for words in ("Tid hos brukaren", "65,0", "64", "vanlig variation", "ibland"):
            assert words in drawing
    gone = sparklines([SparkRow("A", (math.nan, math.nan), "-", "", ("", ""))], HEADINGS)
    assert gone.wide.body
