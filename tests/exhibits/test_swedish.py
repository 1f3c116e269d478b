from __future__ import annotations

import datetime as dt
import math
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from effektiv.exhibits import swedish as sv
from effektiv.exhibits.swedish import MINUS, NBSP, Mark


@pytest.mark.parametrize(
    ("value", "decimals", "options", "expected"),
    [
        (0, 0, {}, "0"),
        (1234, 0, {}, "1_234"),
        (1234567.891, 2, {}, "1_234_567,89"),
        (999.95, 1, {}, "1_000,0"),
        (-12345.65, 1, {}, "−12_345,7"),
        (2.5, 0, {}, "3"),
        (-2.5, 0, {}, "−3"),
        (0.285, 2, {}, "0,29"),
        (-0.04, 1, {}, "0,0"),
        (-0.04, 1, {"signed": True}, "0,0"),
        (3.2, 1, {"signed": True}, "+3,2"),
        (-3.2, 1, {"signed": True}, "−3,2"),
        (12.5, 1, {"unit": "%"}, "12,5_%"),
        (7, 0, {"unit": "antal"}, "7"),
        (63.4, 0, {"unit": "index"}, "63"),
        (123456, 0, {"unit": "kr/elev"}, "123_456_kr/elev"),
    ],
)
def test_number(value, decimals, options, expected):
    assert sv.number(value, decimals, **options) == expected.replace("_", NBSP)


@pytest.mark.parametrize("value", [math.nan, None, math.inf, pd.NA])
def test_missing_is_never_written_as_a_number(value):
    with pytest.raises(ValueError, match="inget tal"):
        sv.number(value)


@given(st.floats(-1e12, 1e12), st.integers(0, 4))
def test_number_can_be_read_back(value, decimals):
    text = sv.number(value, decimals)
    back = float(text.replace(NBSP, "").replace(",", ".").replace(MINUS, "-"))
    assert abs(back - value) <= 0.5000001 * 10**-decimals + abs(value) * 1e-15
    assert re.fullmatch(r"−?\d{1,3}(\u00a0\d{3})*(,\d+)?", text)
    assert "-" not in text and " " not in text


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: sv.percent(12), "12,0_%"),
        (lambda: sv.mnkr(-3.25, signed=True), "−3,3_mnkr"),
        (lambda: sv.amount(123456, "kr/elev"), "123_456_kronor per elev"),
        (lambda: sv.amount(4.2, "mnkr", 1), "4,2_miljoner kronor"),
        (lambda: sv.amount(31, "kr/inv 65+"), "31_kronor per invånare 65+"),
        (lambda: sv.amount(12, "%"), "12_procent"),
        (lambda: sv.amount(3, "per 1 000 inv"), "3_per 1 000 invånare"),
        (lambda: sv.count(1, "elev", "elever"), "1_elev"),
        (lambda: sv.count(1200, "elev", "elever"), "1_200_elever"),
        (lambda: sv.persons(0), "0_personer"),
        (lambda: sv.year(2025), "2025"),
        (lambda: sv.year(2025, preliminary=True), "2025 (prel.)"),
        (lambda: sv.years([2021, 2019, 2020, 2024]), "2019–2021 och 2024"),
        (lambda: sv.years([2019, 2020]), "2019 och 2020"),
        (lambda: sv.years([]), ""),
        (lambda: sv.join(["A"]), "A"),
        (lambda: sv.join(["A", "B"]), "A och B"),
        (lambda: sv.join(["A", "B", "C"]), "A, B och C"),
        (lambda: sv.date(dt.date(2026, 3, 5)), "5 mars 2026"),
        (lambda: sv.date("2026-11-21T19:46:00+01:00"), "21 november 2026"),
        (lambda: sv.genitive("Exempelby"), "Exempelbys"),
        (lambda: sv.genitive("Borås"), "Borås"),
        (lambda: sv.genitive("Växjö"), "Växjös"),
        (lambda: sv.genitive("Schweiz"), "Schweiz"),
        (lambda: sv.cardinal(1), "ett"),
        (lambda: sv.cardinal(1, common=True), "en"),
        (lambda: sv.cardinal(13), "13"),
        (lambda: sv.sentence(["kostnaden är", "", "högre"]), "Kostnaden är högre."),
        (lambda: sv.capitalise("äldreomsorg i Älvkarleby"), "Äldreomsorg i Älvkarleby"),
    ],
)
def test_words(call, expected):
    assert call() == expected.replace("_", NBSP)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Missing", Mark.MISSING),
        ("Privacy", Mark.PRIVACY),
        ("Not applicable", Mark.NOT_APPLICABLE),
        (None, Mark.ABSENT),
        (math.nan, Mark.ABSENT),
        (pd.NA, Mark.ABSENT),
        ("", Mark.ABSENT),
    ],
)
def test_mark_of_status(status, expected):
    assert sv.mark(status) is expected
    assert expected.sign in {"-", ".", ".."}
    assert len(expected.words) > 5


def test_unknown_status_is_an_error():
    with pytest.raises(ValueError, match="Deleted"):
        sv.mark("Deleted")
