"""A key figure's name and value as sentences and cells write them."""

from __future__ import annotations

from effektiv.exhibits import words
from effektiv.exhibits.swedish import NBSP
from effektiv.types import Kpi, Role

COST = Kpi(id="C", title="", label="Kostnad per elev", in_text="kostnaden per elev", unit="kr/elev",
           role=Role.RESOURCE, decimals=0)  # fmt: skip
QUALITY = Kpi(id="Q", title="", label="Nöjda elever", unit="%", role=Role.QUALITY)


def test_a_name_reads_as_words_where_it_can_and_else_stands_in_quotation_marks() -> None:
    assert (words.named(COST), words.named_first(COST)) == ("kostnaden per elev", "Kostnaden per elev")
    assert (words.named(QUALITY), words.named_first(QUALITY)) == ("”Nöjda elever”", "”Nöjda elever”")


def test_a_value_has_its_decimals_and_short_unit() -> None:
    assert words.value(COST, 1234.4) == f"1{NBSP}234{NBSP}kr/elev"
    assert words.value(QUALITY, 81.24) == f"81,2{NBSP}%"
