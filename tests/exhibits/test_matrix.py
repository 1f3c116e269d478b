"""Things between two scores: every one is drawn, and those that matter are named."""

from __future__ import annotations

import pytest

from effektiv.exhibits.charts import Matrix, Scored, matrix

CORNERS = ("Uppe vänster", "Uppe höger", "Nere vänster", "Nere höger")


def drawn(*points: Scored) -> str:
    data = Matrix(points, "Mer insats", "Mer nytta", "Går vidare", "Övriga", CORNERS)
    return matrix(data).to_html("Ett diagram")


def test_the_strong_are_named_and_those_in_one_place_share_a_dot() -> None:
    html = drawn(Scored("I1", 2, 4, strong=True), Scored("I2", 2, 4), Scored("I3", 4.25, 1.5))
    assert html.count("I1, I2") >= 2 and html.count(">I3<") >= 2  # once for each width
    assert all(word in html for word in (*CORNERS, "Går vidare", "Övriga"))


def test_of_many_faint_ones_none_are_named() -> None:
    html = drawn(Scored("I0", 1, 5, strong=True), *(Scored(f"I{at}", 1 + at / 20, 3) for at in range(1, 60)))
    assert ">I0<" in html and ">I7<" not in html


def test_only_the_kinds_that_are_there_have_a_key() -> None:
    assert "Går vidare" not in drawn(Scored("I1", 5, 1))


def test_without_points_there_is_nothing_to_draw() -> None:
    with pytest.raises(ValueError, match="minst en punkt"):
        drawn()
