"""One reading of ids and names: what is lost on no one is taken away, the rest is exact or refused."""

from __future__ import annotations

import doctest
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from effektiv.data import identifiers
from effektiv.data.identifiers import (
    Places,
    clean,
    display_name,
    group_id,
    is_missing,
    kpi_id,
    municipality_code,
)
from effektiv.errors import InputError

ROWS = [
    ("0000", "Riket", "L"),
    ("0003", "Region Uppsala", "L"),
    ("0009", "Region Gotland", "L"),
    ("0319", "Älvkarleby", "K"),
    ("0360", "Tierp", "K"),
    ("0980", "Gotland", "K"),
    ("1401", "Härryda", "K"),
    ("1490", "Borås", "K"),
    ("2080", "Falun", "K"),
]


@pytest.fixture(scope="module")
def places() -> Places:
    return Places(ROWS)


@pytest.fixture(scope="module")
def real(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "data/kolada-metadata/municipality_2026-03.csv", dtype="str")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("0319", "0319"),
        (" 0319\t", "0319"),
        ("\u00a00319\u202f", "0319"),
        ("\ufeff03\u200b19\u2060", "0319"),
        ("'0319", "0319"),
        ("' 0319", "0319"),
        (unicodedata.normalize("NFD", "Älvkarleby"), "Älvkarleby"),
        ("Lilla  Edet", "Lilla  Edet"),
        ("٠٣١٩", "٠٣١٩"),
        (319, "319"),
    ],
)
def test_only_what_is_lost_on_no_one_is_taken_away(text: object, plain: str) -> None:
    assert clean(text) == plain


@pytest.mark.parametrize("text", ["", " ", "NA", " NaN ", "nan", "None", "null", "\u00a0", "'"])
def test_missing_is_missing_everywhere(text: str) -> None:
    assert is_missing(text)


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (kpi_id, "nan", '"nan" ska vara ett nyckeltals-id som "N15001".'),
        (kpi_id, "n15001", 'skriv "N15001"'),
        (kpi_id, "N15 001", 'skriv "N15001"'),
        (kpi_id, "N15001\0", 'skriv "N15001"'),
        (kpi_id, "N١٥٠٠١", 'skriv "N15001"'),
        (kpi_id, "15001", "nyckeltals-id"),
        (kpi_id, "", '"" ska vara'),
        (group_id, "35865", 'ett grupp-id som "G35865"'),
        (group_id, "g35865", 'skriv "G35865"'),
        (group_id, "NA", "grupp-id"),
        (municipality_code, "319", 'tappat sin inledande nolla: skriv "0319"'),
        (municipality_code, "319.0", 'skriv "0319"'),
        (municipality_code, "3", "fyra siffror"),
        (municipality_code, "٠٣١٩", 'skriv "0319"'),
        (municipality_code, "Tierp", "namn kräver --metadata"),
        (municipality_code, "NA", "saknas"),
        (display_name, "Tie\u202erp", "det osynliga tecknet U+202E: ta bort det"),
        (display_name, "Tie\u2066rp", "U+2066"),
        (display_name, "Tierp\0", "U+0000"),
        (display_name, "Tie\ue000rp", "U+E000"),
        (display_name, "Tie\ud800rp", "U+D800"),
        (display_name, " NA ", "Namnet saknas."),
    ],
)
def test_what_is_not_exact_is_refused_with_what_is_right(
    read: Callable[[object], str], text: str, words: str
) -> None:
    with pytest.raises(InputError) as error:
        read(text)
    assert words in str(error.value)
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (kpi_id, "N15001", "N15001"),
        (kpi_id, " U15900", "U15900"),
        (kpi_id, "E-KR-PER-TIMME", "E-KR-PER-TIMME"),
        (group_id, "'G35865\u00a0", "G35865"),
        (municipality_code, "'0319", "0319"),
        (display_name, "Liknande kommuner  IFO,\nTierp", "Liknande kommuner  IFO, Tierp"),
        (display_name, "Tie\u200brp\ufeff", "Tierp"),
    ],
)
def test_what_is_exact_is_read(read: Callable[[object], str], text: str, value: str) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0319", "0319"),
        ("Älvkarleby", "0319"),
        ("ÄLVKARLEBY KOMMUN", "0319"),
        ("Tierps kommun", "0360"),
        ("tierps\u00a0 kommun", "0360"),
        ("Borås Stad", "1490"),
        ("Falu kommun", "2080"),
        ("Gotlands kommun", "0980"),
        ("Region Gotland", "0980"),
    ],
)
def test_a_kommun_by_code_name_or_official_name(places: Places, text: str, code: str) -> None:
    assert places.kommun(text) == code
    assert places.is_called(code, text) is (text != code)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Region Uppsala", "Region Uppsala (0003) är ingen kommun: ange en kommun."),
        ("0009", "Region Gotland (0009) är ingen kommun: kommunen är Gotland (0980)."),
        ("Riket", "ingen kommun"),
        ("1401.0", 'Kommunkoden "1401.0" ska vara fyra siffror: skriv "1401" (Härryda).'),
        ('="0319"', 'skriv "0319" (Älvkarleby)'),
        ("0319 Älvkarleby", 'skriv "0319" (Älvkarleby)'),
        ("9999", 'Kommunkoden "9999" finns inte i datamängden.'),
        ("0391", "Menade du 0319 (Älvkarleby)"),
        ("Tierps", "Menade du Tierp?"),
        ("Falus kommun", "Menade du Falun?"),
        ("NA", "saknas"),
    ],
)
def test_everything_else_is_no_kommun(places: Places, text: str, words: str) -> None:
    with pytest.raises(InputError) as error:
        places.kommun(text)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("Riket", "", "0000"),
        ("0009", "K", "0009"),
        ("region uppsala", "", "0003"),
        ("Gotland", "L", "0980"),
        ("Region Gotland", "K", "0980"),
        ("Region Gotland", "L", "0009"),
    ],
)
def test_a_place_may_be_a_region(places: Places, text: str, kind: str, code: str) -> None:
    assert places.place(text, kind) == code


@pytest.mark.parametrize("kind", ["A", "", "X"])
def test_a_name_of_both_is_asked_for(places: Places, kind: str) -> None:
    with pytest.raises(InputError, match=r"skriv koden för Gotland \(0980\) eller Region Gotland \(0009\)"):
        places.place("Region Gotland", kind)


def test_a_region_that_is_not_in_the_list_is_not_taken_for_the_kommun() -> None:
    only = Places.of_kommuner({"0980": "Gotland"})
    assert only.kommun("Region Gotland") == "0980"
    assert only.place("Region Gotland", "K") == "0980"
    with pytest.raises(InputError, match=r"Gotland \(0980\)"):
        only.place("Region Gotland", "L")


def test_an_empty_list_is_not_an_unknown_one() -> None:
    assert Places(None).place("9999") == "9999"
    with pytest.raises(InputError, match="finns inte"):
        Places(()).place("9999")


IRREGULAR = {"Falu kommun": "2080", "Region Gotland": "0980"}
CITIES = {
    "Borås Stad": "1490", "Göteborgs Stad": "1480", "Haparanda stad": "2583", "Helsingborgs stad": "1283",
    "Landskrona stad": "1282", "Lidingö stad": "0186", "Malmö stad": "1280", "Mölndals stad": "1481",
    "Solna stad": "0184", "Stockholms stad": "0180", "Sundbybergs stad": "0183", "Trollhättans Stad": "1488",
    "Vaxholms stad": "0187", "Västerås stad": "1980",
}  # fmt: skip
KOMMUNER = {
    "Alingsås kommun": "1489", "Bengtsfors kommun": "1460", "Dals-Eds kommun": "1438", "Kalmar kommun": "0880",
    "Lilla Edets kommun": "1462", "Luleå kommun": "2580", "Malung-Sälens kommun": "2023", "Tierps kommun": "0360",
    "Upplands Väsby kommun": "0114", "Upplands-Bro kommun": "0139", "Östra Göinge kommun": "1256",
    "Älvkarleby kommun": "0319", "Älvsbyns kommun": "2560", "Höörs kommun": "1267", "Orust kommun": "1421",
}  # fmt: skip


def test_official_names_of_real_municipalities(real: pd.DataFrame) -> None:
    places = Places.of(real)
    for name, code in (IRREGULAR | CITIES | KOMMUNER).items():
        assert places.kommun(name) == code, name


def test_every_regular_official_name_means_its_own_kommun(real: pd.DataFrame) -> None:
    """The genitive takes an s, but not after s, x or z, nor, as a rule, after a vowel."""
    places = Places.of(real)
    kommuner = real[real["type"] == "K"]
    assert len(kommuner) == 290
    for code, title in zip(kommuner["id"], kommuner["title"], strict=True):
        genitive = title if title[-1] in "sxzaeiouyåäö" else f"{title}s"
        for name in (title, f"{genitive} kommun", f"{genitive} stad", f"{title} kommun"):
            assert places.kommun(name) == code, name
            assert places.is_called(code, name)


def test_no_official_name_is_another_ones(real: pd.DataFrame) -> None:
    bearers: dict[str, set[str]] = {}
    for code, title, kind in real[["id", "title", "type"]].itertuples(index=False, name=None):
        for name in (title.casefold(), *(identifiers._official_names(title) if kind == "K" else ())):
            bearers.setdefault(name, set()).add(code)
    assert {name: codes for name, codes in bearers.items() if len(codes) > 1} == {
        "region gotland": {"0009", "0980"}
    }


def test_the_examples_hold() -> None:
    result = doctest.testmod(identifiers)
    assert result.attempted > 0
    assert result.failed == 0
