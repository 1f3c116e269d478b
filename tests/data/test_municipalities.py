"""Which municipality a controller means: exact, or an error that suggests."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pandas as pd
import pytest

from effektiv.data.municipalities import county_of, find_municipality, municipalities_frame
from effektiv.errors import InputError
from tests.small_snapshot import small_municipalities


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return small_municipalities()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0319", "0319"),
        ("Älvby", "0319"),
        ("äLVBY", "0319"),
        ("  övre   dalen ", "0331"),
        ("Habo kommun", "2702"),
        ("Håbo", "2703"),
        (unicodedata.normalize("NFD", "Åsele"), "0330"),
    ],
)
def test_exact_name_or_code(frame: pd.DataFrame, text: str, code: str) -> None:
    assert find_municipality(text, frame) == code


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("alvby", 'Kommunen "alvby" finns inte i datamängden. Menade du Älvby?'),
        ("Älbvy", "Menade du Älvby?"),
        ("Storst", "Menade du Storstad?"),
        ("Upplands", "tvetydigt. Menade du Upplands Norr eller Upplands Syd?"),
        ("Haabo", "Habo"),
        ("319", 'skriv "0319" (Älvby)'),
        ("9", "fyra siffror"),
        ("03190", "fyra siffror"),
        ("0318", "0319 (Älvby)?"),
        ("9999", 'Kommunkoden "9999" finns inte'),
        ("Riket", "ingen kommun"),
        ("0027", "Region Syd (0027) är ingen kommun"),
        ("qqq", 'Kommunen "qqq" finns inte i datamängden.'),
        (" ", "saknas"),
    ],
)
def test_everything_else_is_an_error_that_helps(frame: pd.DataFrame, text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        find_municipality(text, frame)
    assert message in str(error.value)


def test_two_kommuner_of_one_name_need_a_code() -> None:
    frame = municipalities_frame([("0319", "Ås", "K"), ("2701", "ås", "K")])
    with pytest.raises(InputError, match="0319 eller 2701"):
        find_municipality("Ås", frame)


@pytest.mark.parametrize(("code", "county"), [("0319", "03"), ("2704", "27"), ("0027", "27"), ("0000", "")])
def test_county(code: str, county: str) -> None:
    assert county_of(code) == county


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("319", "Älvby", "K")], 'Älvby: Kommunkoden "319" har tappat sin inledande nolla'),
        ([("0319", "Älvby", "R")], "K eller L"),
        ([("0319", "Älvby", "K"), ("0319", "Annan", "K")], "0319 finns mer än en gång"),
    ],
)
def test_a_bad_list_is_refused(rows: list[tuple[str, str, str]], words: str) -> None:
    with pytest.raises(InputError) as error:
        municipalities_frame(rows)
    assert words in str(error.value)


def test_every_real_name_finds_its_code(shared: Path) -> None:
    real = pd.read_csv(shared / "data/kolada-metadata/municipality_2026-03.csv", dtype="str")
    frame = municipalities_frame(real[["id", "title", "type"]].itertuples(index=False, name=None))
    kommuner = frame[frame["type"] == "K"]
    assert len(kommuner) == 290
    found = [find_municipality(title.upper(), frame) for title in kommuner["title"]]
    assert found == kommuner["id"].tolist()
    assert frame.set_index("id")["county"][["0319", "0021", "0000"]].tolist() == ["03", "21", ""]
    with pytest.raises(InputError, match=r"Menade du Älvkarleby"):
        find_municipality("Alvkarleby", frame)
