"""Words bound to numbers: sizes, certainty, since when, persons."""

from __future__ import annotations

import pytest

from effektiv.analysis.panels import RunEnd, Since
from effektiv.analysis.sizes import Classified, Size
from effektiv.exhibits import words
from effektiv.exhibits.swedish import MINUS, NBSP
from effektiv.types import Better, Kpi, Role
from tests.steps.s1_nulagesanalys.written_samples import (
    DEVIATION,
    NAN,
    QUALITY,
    UNIT_COST,
    VOLUME,
    WAIT,
    comparison,
)


@pytest.mark.parametrize(
    ("kpi", "expected"),
    [(DEVIATION, "cost"), (QUALITY, "quality"), (WAIT, "level"), (VOLUME, "level")],
)
def test_subject_decides_the_words(kpi: Kpi, expected: str) -> None:
    assert words.subject(kpi) == expected


def test_a_structure_figure_where_higher_is_better_is_no_quality() -> None:
    kpi = Kpi(id="S", title="", label="", unit="%", role=Role.STRUCTURE, better=Better.HIGHER)
    assert words.subject(kpi) == "level"


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (Classified(Size.CLEARLY, 1), "tydligt högre än medianen"),
        (Classified(Size.SOMEWHAT, -1), "något lägre än medianen"),
        (Classified(Size.ABOUT_EQUAL, 0), "ungefär lika högt som medianen"),
        (None, "inte säkert jämförbart med medianen"),
    ],
)
def test_a_size_against_a_comparator(size: Classified | None, expected: str) -> None:
    assert words.against_text(size, "medianen") == expected


def test_a_size_that_cannot_be_judged_says_so() -> None:
    assert words.size_text(None) == "går inte att bedöma"


def test_values_and_differences() -> None:
    assert words.value(UNIT_COST, 1234.4) == f"1{NBSP}234{NBSP}kr/elev"
    assert words.value_in_text(UNIT_COST, 1234.4) == f"1{NBSP}234{NBSP}kronor per elev"
    assert words.difference_in_text(QUALITY, -2.0, signed=True) == f"{MINUS}2,0{NBSP}procentenheter"
    assert words.difference_in_text(WAIT, 3.0) == f"3{NBSP}dagar"
    assert words.named(QUALITY) == "”Nöjda elever”"


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0.0, "mindre än en person"),
        (0.6, "mindre än en person"),
        (1.2, f"ungefär 1{NBSP}person"),
        (1.6, f"ungefär 2{NBSP}personer"),
        (1200.0, f"ungefär 1{NBSP}200{NBSP}personer"),
    ],
)
def test_persons_are_never_none_and_agree_in_number(count: float, expected: str) -> None:
    assert words.people(count) == expected


@pytest.mark.parametrize(
    ("size", "noise", "expected"),
    [
        (Size.CLEARLY, 1.0, "Siffrorna visar att den är högre."),
        (
            Size.SOMEWHAT,
            1.6,
            "Siffrorna tyder på att den är högre, men skillnaden är inte större än osäkerheten.",
        ),
        (
            Size.SOMEWHAT,
            NAN,
            "Siffrorna tyder på att den är högre, men det går inte att säga hur säker skillnaden är.",
        ),
        (Size.ABOUT_EQUAL, 0.1, "Siffrorna visar inte att den är högre."),
        (None, 1.0, "Om den är högre går inte att bedöma."),
    ],
)
def test_evidence_claims_no_more_than_the_noise_allows(
    size: Size | None, noise: float, expected: str
) -> None:
    assert words.evidence_text(comparison(5.0, 2.0, size, noise=noise), "den är högre") == expected


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (Since(2025, 2025, 1, 1, RunEnd.OTHER_SIDE), "2025"),
        (Since(2022, 2025, 1, 4, RunEnd.OTHER_SIDE), "sedan 2022"),
        (Since(2019, 2025, 1, 7, RunEnd.BREAK), "åtminstone sedan 2019 (mätningen ändrades då)"),
        (Since(2019, 2025, 1, 7, RunEnd.MISSING), "åtminstone sedan 2019 (året före saknas)"),
        (
            Since(2012, 2025, 1, 14, RunEnd.DATA_START),
            "åtminstone sedan 2012 (längre tillbaka finns inga värden)",
        ),
    ],
)
def test_since_when(since: Since, expected: str) -> None:
    assert words.since_text(since) == expected


def test_a_figure_reads_as_words_in_a_sentence_where_it_can() -> None:
    worded = QUALITY.model_copy(update={"in_text": "andelen nöjda elever"})
    assert (words.named(worded), words.named_first(worded)) == (
        "andelen nöjda elever",
        "Andelen nöjda elever",
    )
    assert words.named_first(QUALITY) == words.named(QUALITY) == "”Nöjda elever”"
