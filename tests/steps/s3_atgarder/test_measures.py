"""The form of measures: made by ny, checked by kontrollera, and each way in which it contradicts itself or others."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from effektiv import cli
from effektiv.analysis.portfolio import Benefit, Overlap
from effektiv.data.catalogue import load_catalogue
from effektiv.params import load_params
from effektiv.steps.s3_atgarder.measures import Planned, earlier, overlaps, planned
from effektiv.steps.s3_atgarder.measures_form import MEASURES_FORM
from effektiv.steps.s3_atgarder.measures_params import form_of
from tests import small_snapshot as small

AREAS = tuple(load_catalogue().areas)
HEADINGS = {column.key: place for place, column in enumerate(MEASURES_FORM.sheets[0].columns, 1)}
LETTERS = {key: openpyxl.utils.get_column_letter(place) for key, place in HEADINGS.items()}

GOOD = {
    "id": "A1", "area": "Grundskola", "name": "Läs i årskurs 1", "benefit": "frigör pengar", "unit": "kr per år",
    "resource_low": 100_000, "resource_likely": 300_000, "resource_high": 900_000, "support": "egen erfarenhet",
    "start": dt.date(2026, 8, 15), "first": 2027, "first_share": 0.4, "full": 2029, "one_off": 50_000, "yearly": 20_000,
}  # fmt: skip
TIME = {**GOOD, "id": "A2", "benefit": "frigör tid", "unit": "timmar per år", "resource_low": 100, "resource_likely": 200,
        "resource_high": 300, "pay": 30_000}  # fmt: skip


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of its own with a folder that `effektiv ny` has made, with the forms of steps 2 and 3."""
    place = tmp_path_factory.mktemp("nytt")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        for name in ("EFFEKTIV_DATA", "EFFEKTIV_PARAMS"):
            patch.delenv(name, raising=False)
        small.write_small("liten", place / "data", groups=small.every_group())
        assert cli.main(["ny", "Älvby", "--steg", "2"]) == 0
        assert cli.main(["ny", "Älvby", "--steg", "3"]) == 0
    return place


@pytest.fixture
def folder(origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A municipality's folder in a copy of that project, which is the working folder."""
    shutil.copytree(origin, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for name in ("EFFEKTIV_DATA", "EFFEKTIV_PARAMS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EFFEKTIV_IDAG", "2026-03-01")
    return tmp_path / "params" / "0319-alvby"


def fill(folder: Path, *rows: dict[str, Any]) -> None:
    book = openpyxl.load_workbook(folder / "atgarder.xlsx")
    for number, row in enumerate(rows, 4):
        for key, value in row.items():
            book["Åtgärdslista"].cell(number, HEADINGS[key]).value = value
    book.save(folder / "atgarder.xlsx")


def found(folder: Path) -> tuple[Planned, ...]:
    return planned(form_of(load_params("0319", folder.parent, areas=AREAS).files))


@pytest.fixture
def told(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """Fill in the form and return what the check says of it, without the file's name."""

    def check(*rows: dict[str, Any]) -> list[str]:
        fill(folder, *rows)
        capsys.readouterr()
        cli.main(["kontrollera"])
        start = "params/0319-alvby/atgarder.xlsx, bladet Åtgärdslista, "
        lines = [line for line in capsys.readouterr().err.splitlines() if "atgarder.xlsx" in line]
        return [line.removeprefix(start) for line in lines]

    return check


def test_a_new_form_says_nothing(folder: Path, told: Callable[..., list[str]]) -> None:
    assert told() == []
    assert found(folder) == ()


def test_what_is_filled_in_is_read_and_counted(folder: Path, told: Callable[..., list[str]]) -> None:
    assert told(GOOD, TIME, {**GOOD, "id": "A3", "support": "inget", "overlap": "A1"}) == []
    money, time, bare = found(folder)
    measure = money.to_measure()
    assert measure is not None and measure.effect is not None
    assert (measure.benefit, measure.first, measure.full, measure.first_share) == (
        Benefit.MONEY,
        2027,
        2029,
        0.4,
    )
    assert (measure.start, measure.start_share, measure.one_off) == (2026, pytest.approx(5 / 12), 50_000)
    assert time.hourly == pytest.approx(325.35, abs=5e-3)
    assert bare.counted is None and bare.resource is not None
    unsupported = bare.to_measure()
    assert unsupported is not None and unsupported.effect is None and unsupported.yearly == 20_000
    assert overlaps([money, bare]) == (Overlap("A1", "A3", 1.0),)


WRONG = {
    "low above likely": ({**GOOD, "resource_low": 400_000},
        "resource_low", "oväntat lågt (400000) är högre än troligt (300000): byt plats på dem."),
    "likely above high": ({**GOOD, "resource_high": 2},
        "resource_likely", "troligt (300000) är högre än oväntat högt (2): byt plats på dem."),
    "two of three": ({**GOOD, "quality_low": 1, "quality_high": 2},
        "quality_likely", "effekten på kvalitet behöver alla tre talen: skriv det som saknas."),
    "no numbers": ({**GOOD, "resource_low": None, "resource_likely": None, "resource_high": None},
        "resource_likely", "åtgärden säger frigör pengar men har inga tal: skriv oväntat lågt, troligt och oväntat högt."),
    "wrong unit": ({**GOOD, "unit": "timmar per år"},
        "unit", "måttet för resurs är 'timmar per år' men ska vara kr per år för en åtgärd som frigör pengar."),
    "unvalued with numbers": ({**GOOD, "benefit": "värderas inte"},
        "benefit", "en åtgärd som inte värderas har inga tal för resurs: ta bort dem eller välj frigör pengar eller frigör tid."),
    "no such hypothesis": ({**GOOD, "hypothesis": "H7"},
        "hypothesis", "det finns ingen hypotes H7 i hypoteser.xlsx: skriv en som finns."),
    "overlaps itself": ({**GOOD, "overlap": "A1"},
        "overlap", "åtgärden överlappar sig själv (A1): skriv numret på en annan rad."),
    "overlaps none": ({**GOOD, "overlap": "A9"},
        "overlap", "det finns ingen åtgärd A9: skriv numret på en annan rad."),
    "full before first": ({**GOOD, "full": 2026},
        "full", "full effekt 2026 kommer före den första effekten 2027: rätta ett av åren."),
    "effect before start": ({**GOOD, "first": 2025},
        "first", "effekten börjar 2025, före starten 2026-08-15: rätta året eller dagen."),
}  # fmt: skip


def test_what_contradicts_itself_is_told_by_its_cell(told: Callable[..., list[str]]) -> None:
    """All in one form, a row each: the others are used."""
    rows, wanted = [], []
    for number, (row, key, text) in enumerate(WRONG.values(), 1):
        own = f"B{number}"
        rows.append({**row, "id": own} | ({"overlap": own} if row.get("overlap") == "A1" else {}))
        wanted.append(f"cell {LETTERS[key]}{number + 3}: {text.replace('(A1)', f'({own})')}")
    assert sorted(told(*rows)) == sorted(wanted)


def test_a_number_that_stands_twice_is_told_and_the_first_used(
    folder: Path, told: Callable[..., list[str]]
) -> None:
    assert told(GOOD, {**GOOD, "name": "En annan"}) == [
        "cell A5: numret A1 står redan på rad 4: ge raden ett eget."
    ]
    assert [item.name for item in found(folder)] == ["Läs i årskurs 1"]


def test_what_is_wrong_is_not_counted_and_the_rest_is(folder: Path) -> None:
    fill(
        folder,
        {**GOOD, "resource_low": 400_000},
        {**GOOD, "id": "A2", "unit": "timmar per år"},
        {**GOOD, "id": "A3"},
    )
    assert [item.counted is None for item in found(folder)] == [True, True, False]


def test_earlier_savings_are_read_by_year(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "atgarder.xlsx")
    for number, row in enumerate(
        (("Grundskola", 2023, 10, 6), ("Grundskola", 2024, 8, None), ("Förskola", 2023, 1, 1)), 4
    ):
        for place, value in enumerate(row, 1):
            book["Tidigare besparingar"].cell(number, place).value = value
    book.save(folder / "atgarder.xlsx")
    said = form_of(load_params("0319", folder.parent, areas=AREAS).files)
    decided, delivered = earlier(said, "grundskola")
    assert decided.to_dict() == {2023: 10, 2024: 8}
    assert delivered.dropna().to_dict() == {2023: 6}


# --- the lock -----------------------------------------------------------------------------

AIM = (
    "mal:\n  malbild: Fler ska klara skolan.\n  primar:\n    id: N15505\n    riktning: upp\n"
    "  ovriga: [N15001]\n  baslinje_fran: 2019\n  utfallsar: [2028, 2029]\n"
)


def lock(folder: Path, *more: str) -> int:
    return cli.main(["las", "Älvby", "--omrade", "grundskola", *more])


def test_a_goal_is_locked_once_and_anew_only_with_a_reason(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "las" / "grundskola.yaml"
    assert lock(folder) == 2
    assert "har inget mål att låsa" in capsys.readouterr().err
    (folder / "grundskola.yaml").write_text(AIM, encoding="utf-8")
    fill(folder, GOOD)
    assert lock(folder, "--nytt-skal", "för tidigt") == 2
    assert lock(folder) == 0
    text = path.read_text(encoding="utf-8")
    for part in ('datum: "2026-03-01"', 'primar: "N15505"', 'referens: "liknande"', 'ovriga: ["N15001"]',
                 'utfallsar: ["2028", "2029"]', 'forsta_start: "2026-08-15"', 'frysning: "liten"'):  # fmt: skip
        assert part in text
    assert lock(folder) == 2
    assert "skrivs aldrig över" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == text
    monkeypatch.setenv("EFFEKTIV_IDAG", "2026-09-01")
    assert lock(folder, "--nytt-skal", "Nämnden bytte mått 2026-08-30") == 0
    assert path.read_text(encoding="utf-8").startswith(text)
    capsys.readouterr()
    assert cli.main(["kontrollera"]) == 0
    monkeypatch.setenv("EFFEKTIV_IDAG", "i går")
    assert lock(folder, "--nytt-skal", "x") == 2
    assert "ska vara ett datum" in capsys.readouterr().err


@pytest.mark.parametrize(
    "change",
    [
        ('"upp"', '"ned"'),
        ("2028", "2030"),
        ("2026-03-01", "2026-02-01"),
        ("lasningar", "annat"),
        ("sha256", "sha"),
    ],
)
def test_a_lock_changed_by_hand_is_found_and_stops_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str]
) -> None:
    (folder / "grundskola.yaml").write_text(AIM, encoding="utf-8")
    assert lock(folder) == 0
    path = folder / "las" / "grundskola.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["kontrollera"]) == 2
    assert "params/0319-alvby/las/grundskola.yaml: l" in capsys.readouterr().err
    load_params("0319", folder.parent, areas=AREAS)
    assert lock(folder, "--nytt-skal", "x") == 2


def test_a_measure_that_starts_before_the_lock_is_told(folder: Path, told: Callable[..., list[str]]) -> None:
    (folder / "grundskola.yaml").write_text(AIM, encoding="utf-8")
    assert lock(folder) == 0
    (line,) = told({**GOOD, "start": dt.date(2026, 2, 1)})
    assert line.startswith(
        f"cell {LETTERS['start']}4: åtgärden börjar 2026-02-01, innan målet låstes 2026-03-01"
    )
